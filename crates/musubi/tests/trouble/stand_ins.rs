//! Somebody stands in when the credential of a connection is refused.

use crate::program::http;
use crate::program::service::text;
use crate::world::{World, within};
use serde_json::{Value as Json, json};

impl World {
    /// A connection, as the hub tells of it.
    fn connection(&self, name: &str) -> Json {
        let status = self.home.run(&["status", "--json"]).json();
        let connections = status["connections"].as_array().unwrap();
        connections.iter().find(|one| one["name"] == name).unwrap().clone()
    }

    /// Somebody of the org on this side consents, and the credential is brought as a stand-in.
    fn bring(&mut self, side: usize, user: &Json) -> crate::program::Ended {
        let (name, org) = (["tokyo", "london"][side], self.service.org(side));
        let consent = self.service.control(&format!("orgs/{org}/self_client"), &json!({"user_id": user}));
        for part in ["client_id", "client_secret"] {
            let variable = format!("MUSUBI_CONNECTION_{}_{}", name.to_uppercase(), part.to_uppercase());
            self.home.set(&variable, &text(&consent, part));
        }
        let code = text(&consent, "code");
        let ended = self.home.run(&["connect", name, "--code", &code, "--stand-in", "--json"]);
        for part in ["CLIENT_ID", "CLIENT_SECRET"] {
            self.home.set(&format!("MUSUBI_CONNECTION_{}_{part}", name.to_uppercase()), "");
        }
        ended
    }

    /// Applying stored the credentials. A hub that is given one by its environment would hold on to that.
    fn forget_environment(&mut self) {
        for part in ["CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"] {
            self.home.set(&format!("MUSUBI_CONNECTION_LONDON_{part}"), "");
        }
    }
}

/// K-31, C-45: the sync does not die with the account of whoever made it.
#[test]
fn when_a_person_is_deactivated_the_next_one_takes_over() {
    let mut world = World::new();
    world.apply();
    world.forget_environment();
    let person = world.service.colleague(1);
    let users = person.call("GET", "users?type=ActiveUsers", &Json::Null);
    let ids: Vec<Json> = users["users"].as_array().unwrap().iter().map(|user| user["id"].clone()).collect();
    assert!(ids.len() >= 3, "{users}");
    let (second, third) = (&ids[ids.len() - 2], &ids[ids.len() - 1]);
    for user in [second, third] {
        let brought = world.bring(1, user);
        assert_eq!(
            (brought.code, brought.json()["stand_in"].as_bool()),
            (0, Some(true)),
            "{}",
            brought.stderr
        );
    }
    let hub = world.serve();
    let connection = world.connection("london");
    let names = |connection: &Json| -> Vec<(Json, bool)> {
        let all = connection["stand_ins"].as_array().unwrap();
        all.iter().map(|one| (one["person"]["id"].clone(), one["refused_at"].is_null())).collect()
    };
    assert_eq!(names(&connection), [(second.clone(), true), (third.clone(), true)]);

    // The person who stands by first leaves the company, then the one whose credential is in use is revoked.
    person.call(
        "PUT",
        &format!("users/{}", second.as_str().unwrap()),
        &json!({"users": [{"status": "inactive"}]}),
    );
    let token = text(&world.service.orgs[1], "refresh_token");
    let revoke = format!("{}/oauth/v2/token/revoke?token={token}", world.service.base_url);
    assert_eq!(http::call("POST", &revoke, &[], "").unwrap().status, 200);
    let meanwhile = world.add(0, "Contacts");
    assert!(world.comes(1, "Contacts", &meanwhile), "nobody has taken over");
    world.problem_becomes("one", "Contacts", None);
    let after = names(&world.connection("london"));
    assert_eq!((after.len(), after[0].clone()), (2, (second.clone(), false)), "{after:?}");
    assert!(after.iter().all(|(_, ready)| !ready), "{after:?}");

    // Whoever looks after it is told that it goes on with another account.
    let told = || {
        let notices = world.home.run(&["notices", "--json"]).json();
        let all = notices["notices"].as_array().unwrap();
        all.iter().any(|notice| notice["matters"].to_string().contains("connection.stood_in"))
    };
    assert!(within(60, told), "{}", world.home.run(&["notices", "--json"]).stdout);
    assert_eq!(hub.interrupt(), 0);
    assert_eq!(world.home.run(&["verify", "one"]).code, 0);
}

#[test]
fn a_stand_in_is_of_the_same_org_and_another_person() {
    let mut world = World::new();
    world.apply();
    world.forget_environment();
    let elsewhere = world.service.org(0);
    let consent = world.service.control(&format!("orgs/{elsewhere}/self_client"), &json!({}));
    world.home.set("MUSUBI_CONNECTION_LONDON_CLIENT_ID", &text(&consent, "client_id"));
    world.home.set("MUSUBI_CONNECTION_LONDON_CLIENT_SECRET", &text(&consent, "client_secret"));
    let code = text(&consent, "code");
    let brought = world.home.run(&["connect", "london", "--code", &code, "--stand-in", "--json"]);
    assert_eq!(brought.code, 5, "{}", brought.stdout);
    assert!(brought.json()["error"]["message"].as_str().unwrap().contains(&elsewhere), "{}", brought.stdout);
    // The one in use is no stand-in for itself.
    for part in ["client_id", "client_secret", "refresh_token"] {
        let variable = format!("MUSUBI_CONNECTION_LONDON_{}", part.to_uppercase());
        world.home.set(&variable, &text(&world.service.orgs[1], part));
    }
    let same = world.home.run(&["connect", "london", "--stand-in", "--json"]);
    assert_eq!(same.json()["error"]["code"], "connection.stand_in_is_same", "{}", same.stdout);
    assert_eq!(world.connection("london")["stand_ins"], json!([]));
    // Nobody can stand in for an account that was never connected.
    let none =
        world.home.run(&["connect", "osaka", "--base-url", &world.service.base_url, "--stand-in", "--json"]);
    assert_ne!(none.code, 0, "{}", none.stdout);
}
