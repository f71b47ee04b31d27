//! Who takes part in an event: what a client sent, with who that is.

use serde_json::{Value as Json, json};

use crate::org::State;

/// The participants as a record shows them. One that is nobody the org knows is shown as it was sent.
pub fn show(state: &State, sent: &Json) -> Json {
    sent.as_array()
        .into_iter()
        .flatten()
        .map(|entry| one(state, entry).unwrap_or_else(|| entry.clone()))
        .collect()
}

fn one(state: &State, entry: &Json) -> Option<Json> {
    let (kind, participant) = (entry["type"].as_str()?, entry["participant"].as_str()?);
    let (name, email) = who(state, kind, participant)?;
    // Nobody is invited by the sandbox, so nobody has answered.
    Some(json!({
        "type": kind, "participant": participant, "name": name, "Email": email, "invited": false, "status": "not_known",
    }))
}

/// Name and e-mail of a participant.
fn who(state: &State, kind: &str, participant: &str) -> Option<(Option<String>, Option<String>)> {
    let person = |module: &str| {
        let module = state.module(module)?;
        let record = module.table.get(participant.parse().ok()?)?;
        let email = Some(module.text(record, "Email").to_owned()).filter(|email| !email.is_empty());
        Some((Some(module.display_name(record).into_owned()), email))
    };
    match kind {
        "contact" => person("Contacts"),
        "lead" => person("Leads"),
        "user" => {
            let user = state.user(participant.parse().ok()?)?;
            Some((Some(user.full_name()), Some(user.email.clone())))
        }
        "email" => Some((None, Some(participant.to_owned()))),
        _ => None,
    }
}
