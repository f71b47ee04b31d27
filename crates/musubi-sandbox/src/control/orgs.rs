//! `/sandbox/orgs`: what orgs there are, making one, its users, its self-client codes.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::{Outcome, find_org};
use crate::{
    accounts::{Consent, TOO_MANY},
    generate::{self, ALL_SCOPES, Wish},
    log::Line,
    org::{Org, people::User},
    world::World,
};

/// The editions there are.
const EDITIONS: [&str; 6] = ["free", "standard", "professional", "enterprise", "ultimate", "crmplus"];
/// The data centres there are.
const DATA_CENTRES: [&str; 10] = ["us", "eu", "in", "au", "jp", "cn", "ca", "sa", "ae", "uk"];

/// All orgs with credentials.
pub fn list(world: &World) -> Json {
    world.orgs().iter().map(|org| show(world, org)).collect()
}

fn show(world: &World, org: &Org) -> Json {
    let accounts = world.accounts();
    let credentials = accounts.credentials(&org.profile.org_id);
    json!({
        "service": org.profile.service.name(),
        "org_id": org.profile.org_id,
        "name": org.profile.name,
        "edition": org.profile.edition,
        "data_centre": org.profile.data_centre,
        "time_zone": org.profile.time_zone,
        "client_id": credentials.map(|(client, _)| client.id.clone()),
        "client_secret": credentials.map(|(client, _)| client.secret.clone()),
        "refresh_token": credentials.map(|(_, token)| token),
    })
}

/// Makes an org: `{"name", "edition", "data_centre", "time_zone", "country", "currency", "users": [{…}]}`, all optional.
pub fn create(world: &Arc<World>, body: &Json) -> Outcome {
    let text = |key: &str, default: &str| body[key].as_str().unwrap_or(default).to_owned();
    if body["service"].as_str().is_some_and(|service| service != "crm") {
        return Err((400, "only the service crm is there".into()));
    }
    let time_zone = text("time_zone", "UTC");
    if crate::org::zone::find(&time_zone).is_none() {
        return Err((400, format!("the time zone {time_zone} is not known")));
    }
    let edition = text("edition", "enterprise");
    if !EDITIONS.contains(&edition.as_str()) {
        return Err((400, format!("the edition {edition} is not one of {}", EDITIONS.join(", "))));
    }
    let data_centre = text("data_centre", "us");
    if !DATA_CENTRES.contains(&data_centre.as_str()) {
        return Err((
            400,
            format!("the data centre {data_centre} is not one of {}", DATA_CENTRES.join(", ")),
        ));
    }
    let person = |user: &Json| -> Option<(String, String, String)> {
        let part = |key: &str| user[key].as_str().unwrap_or("").to_owned();
        let email = user["email"].as_str()?.to_owned();
        Some((part("first_name"), part("last_name"), email))
    };
    let mut people: Vec<_> = body["users"].as_array().into_iter().flatten().filter_map(person).collect();
    if people.is_empty() {
        people.push(("Alex".into(), "Admin".into(), "admin@musubi.example".into()));
    }
    let org = generate::add_org(
        world,
        &Wish {
            name: text("name", "New Org"),
            edition,
            data_centre,
            time_zone,
            country: text("country", "US"),
            currency: (text("currency", "USD"), text("currency_symbol", "$")),
            people,
        },
    );
    Ok(show(world, &org))
}

/// A one-time code as the self-client console gives it: `{"scopes", "user_id", "seconds"}`, all optional.
pub fn self_client(world: &World, org_id: &str, body: &Json) -> Outcome {
    let org = find_org(world, org_id)?;
    let user_id = match body["user_id"].as_str().and_then(|id| id.parse().ok()) {
        Some(id) => id,
        None => org.read().users.first().map_or(0, |user| user.id),
    };
    let scopes: Vec<String> = match (&body["scopes"], &body["scope"]) {
        (Json::Array(all), _) => all.iter().filter_map(|s| s.as_str().map(str::to_owned)).collect(),
        (_, Json::String(text)) => text.split(',').map(|s| s.trim().to_owned()).collect(),
        _ => ALL_SCOPES.iter().map(|s| (*s).to_owned()).collect(),
    };
    let seconds = body["seconds"].as_i64().unwrap_or(180);
    let mut accounts = world.accounts();
    let client = accounts.credentials(org_id).map(|(client, _)| client.clone());
    let client = client.unwrap_or_else(|| accounts.register("Musubi", org_id, Vec::new()));
    let consent = Consent { client_id: client.id.clone(), org_id: org_id.to_owned(), user_id, scopes };
    let granted = accounts.grant(consent, None, true, world.clock.now(), seconds);
    let code = granted.map_err(|_| (400, TOO_MANY.to_owned()))?;
    Ok(json!({"client_id": client.id, "client_secret": client.secret, "code": code}))
}

/// Adds a user: `{"first_name", "last_name", "email"}`.
pub fn add_user(world: &World, org_id: &str, body: &Json) -> Outcome {
    let org = find_org(world, org_id)?;
    let email = body["email"].as_str().ok_or((400, "email is missing".to_owned()))?.to_owned();
    let now = world.clock.now();
    let mut state = org.write();
    let user = User {
        id: state.ids.fresh(),
        zuid: 924_000_000 + i64::from(crate::org::table::text_key(&email) as u32 % 900_000),
        first_name: body["first_name"].as_str().unwrap_or("").to_owned(),
        last_name: body["last_name"].as_str().unwrap_or("User").to_owned(),
        email,
        role: state.roles.last().map_or(0, |role| role.id),
        profile: state.profiles.last().map_or(0, |profile| profile.id),
        active: body["active"].as_bool().unwrap_or(true),
        confirmed: true,
        deleted: false,
        created: now,
        modified: now,
    };
    let id = user.id;
    state.users.push(user);
    if let Some(log) = &world.log {
        log.write(&Line::People(
            org.profile.number,
            state.users.clone(),
            state.roles.clone(),
            state.profiles.clone(),
        ));
    }
    Ok(json!({"id": id.to_string()}))
}
