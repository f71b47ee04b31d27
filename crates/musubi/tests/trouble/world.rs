//! Two integrations on one hub, so that it can be seen whether the trouble of one is the trouble of the other.

use crate::program::service::{Person, Service, text};
use crate::program::{Home, Running, http};
use serde_json::{Value as Json, json};
use std::thread::sleep;
use std::time::Duration;

/// Waits of the sandbox on this machine.
pub const BOUNDS: [&str; 8] =
    ["--call-timeout", "3s", "--lateness", "1s", "--list-lag", "1s", "--poll", "500ms"];

/// Four orgs: `one` keeps the first two in agreement, `two` the others.
pub struct World {
    pub home: Home,
    pub service: Service,
    pub people: Vec<Person>,
}

impl World {
    pub fn new() -> World {
        let home = Home::new();
        let mut service = Service::start(&home, "empty");
        for name in ["Paris", "Rome"] {
            service.control("orgs", &json!({"name": name, "data_centre": "eu", "time_zone": "Europe/Paris"}));
        }
        service.orgs = http::get(&format!("{}/sandbox/orgs", service.base_url)).as_array().unwrap().clone();
        service.orgs.retain(|org| org["service"] == "crm");
        let people = (0..4).map(|side| service.colleague(side)).collect();
        let mut world = World { home, service, people };
        for (name, org) in ["tokyo", "london", "paris", "rome"].iter().zip(world.service.orgs.clone()) {
            for part in ["client_id", "client_secret", "refresh_token"] {
                let variable = format!("MUSUBI_CONNECTION_{}_{}", name.to_uppercase(), part.to_uppercase());
                world.home.set(&variable, &text(&org, part));
            }
        }
        world
    }

    /// The configuration; `one` ties contacts and leads, `two` contacts.
    pub fn configuration(&self) -> String {
        let mut toml = String::new();
        for (name, org) in ["tokyo", "london", "paris", "rome"].iter().zip(&self.service.orgs) {
            toml += &format!(
                "[connections.{name}]\nservice = \"crm\"\nbase_url = \"{}\"\norg = \"{}\"\n",
                self.service.base_url,
                text(org, "org_id")
            );
        }
        for (name, left, right) in [("one", "tokyo", "london"), ("two", "paris", "rome")] {
            toml += &format!("[integrations.{name}]\nleft = \"{left}\"\nright = \"{right}\"\n");
            let modules: &[&str] = if name == "one" { &["Contacts", "Leads"] } else { &["Contacts"] };
            for module in modules {
                toml += &format!(
                    "[[integrations.{name}.modules]]\nleft = \"{module}\"\nright = \"{module}\"\nmatch = [\"Email\"]\n"
                );
            }
        }
        toml
    }

    pub fn apply(&self) {
        std::fs::write(self.home.path().join("musubi.toml"), self.configuration()).unwrap();
        let applied = self.home.run(&["apply", "musubi.toml", "--yes"]);
        assert_eq!(applied.code, 0, "{}", applied.stderr);
    }

    /// The hub at work, with both integrations in step.
    pub fn serve(&self) -> Running {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--json"];
        arguments.extend(BOUNDS);
        let (hub, _) = self.home.start(&arguments);
        assert!(
            self.arrives(0, 1, "Contacts") && self.arrives(0, 1, "Leads") && self.arrives(2, 3, "Contacts")
        );
        hub
    }

    /// `run` to agreement.
    pub fn run(&self, name: &str) -> crate::program::Ended {
        let mut arguments = vec!["run", name, "--timeout", "40s", "--json"];
        arguments.extend(BOUNDS);
        self.home.run(&arguments)
    }

    /// A faulty service, from now on.
    pub fn fault(&self, fault: Json) {
        self.service.control("faults", &fault);
    }

    /// Adds a record in one org; its e-mail address.
    pub fn add(&self, side: usize, module: &str) -> String {
        let number = self.people[side].all(module, &["Email"]).len();
        let email = format!("{}-{side}-{number}@example.com", module.to_lowercase());
        let mut record = json!({"Last_Name": format!("Person {number}"), "Email": email});
        if module == "Leads" {
            record["Company"] = "Company".into();
        }
        self.people[side].add(module, "Email", &record);
        email
    }

    /// Whether the record is in the org, soon.
    pub fn comes(&self, side: usize, module: &str, email: &str) -> bool {
        within(20, || self.people[side].all(module, &["Email"]).iter().any(|row| row["Email"] == email))
    }

    /// A new record arrives on the other side.
    pub fn arrives(&self, from: usize, to: usize, module: &str) -> bool {
        let email = self.add(from, module);
        self.comes(to, module, &email)
    }

    /// The problem `status` tells of a module, soon; `None` when there is none any more.
    #[track_caller]
    pub fn problem_becomes(&self, integration: &str, module: &str, code: Option<&str>) -> Json {
        let mut last = Json::Null;
        let found = within(20, || {
            let status = self.home.run(&["status", "--json"]).json();
            let integrations = status["integrations"].as_array().unwrap();
            let integration = integrations.iter().find(|found| found["name"] == integration).unwrap();
            let modules = integration["modules"].as_array().unwrap();
            last = modules.iter().find(|found| found["left"] == module).unwrap()["problem"].clone();
            last["code"].as_str() == code
        });
        assert!(found, "the problem of {integration} {module} is {last}, not {code:?}");
        last
    }
}

/// Whether it comes true within so many seconds.
pub fn within(seconds: u64, mut comes_true: impl FnMut() -> bool) -> bool {
    (0..seconds * 10).any(|_| {
        let true_now = comes_true();
        if !true_now {
            sleep(Duration::from_millis(100));
        }
        true_now
    })
}
