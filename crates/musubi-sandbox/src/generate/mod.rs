//! Makes orgs, and records that look like real ones.

pub mod demo;
pub mod links;
mod more;
pub mod names;
pub mod records;

use std::sync::Arc;

use crate::{
    Dataset,
    accounts::Consent,
    log::Line,
    org::{Org, Profile, Service, setup},
    world::World,
};

/// What a new org is made from.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The company's name.
    pub name: String,
    /// The edition.
    pub edition: String,
    /// The data centre.
    pub data_centre: String,
    /// The time zone's name.
    pub time_zone: String,
    /// Country code.
    pub country: String,
    /// ISO currency and its sign.
    pub currency: (String, String),
    /// Users; the first is the administrator.
    pub people: Vec<setup::Person>,
}

/// The scopes of the credentials that every org comes with.
pub const ALL_SCOPES: &[&str] = &[
    "ZohoCRM.modules.ALL",
    "ZohoCRM.settings.ALL",
    "ZohoCRM.users.ALL",
    "ZohoCRM.org.ALL",
    "ZohoCRM.bulk.ALL",
    "ZohoCRM.notifications.ALL",
    "ZohoCRM.coql.READ",
    "ZohoCRM.files.ALL",
    "ZohoCRM.mass_update.ALL",
    "ZohoCRM.mass_delete.ALL",
    "ZohoCRM.change_owner.ALL",
    "ZohoCRM.composite_requests.CUSTOM",
    "ZohoFiles.files.ALL",
];

/// Makes what the world's dataset holds.
pub fn dataset(world: &Arc<World>) {
    let person = |first: &str, last: &str, email: &str| (first.to_owned(), last.to_owned(), email.to_owned());
    let tokyo = add_org(
        world,
        &Wish {
            name: "Musubi Tokyo K.K.".into(),
            edition: "enterprise".into(),
            data_centre: "jp".into(),
            time_zone: "Asia/Tokyo".into(),
            country: "JP".into(),
            currency: ("JPY".into(), "¥".into()),
            people: vec![
                person("Haruka", "Sato", "haruka.sato@musubi.example"),
                person("Kenji", "Tanaka", "kenji.tanaka@musubi.example"),
                person("Emma", "Wright", "emma.wright@musubi.example"),
            ],
        },
    );
    let london = add_org(
        world,
        &Wish {
            name: "Musubi London Ltd".into(),
            edition: "enterprise".into(),
            data_centre: "eu".into(),
            time_zone: "Europe/London".into(),
            country: "GB".into(),
            currency: ("GBP".into(), "£".into()),
            people: vec![
                person("Emma", "Wright", "emma.wright@musubi.example"),
                person("Oliver", "Hughes", "oliver.hughes@musubi.example"),
                person("Haruka", "Sato", "haruka.sato@musubi.example"),
            ],
        },
    );
    if world.dataset == Dataset::Demo {
        demo::fill(world, &tokyo, &london);
    }
}

/// Makes an org with an application and a refresh token for its administrator.
pub fn add_org(world: &World, wish: &Wish) -> Arc<Org> {
    let number = world.orgs().len() as i64 + 1;
    let now = world.clock.now();
    let state = setup::new_state(number, &wish.people, now);
    let profile = Profile {
        service: Service::Crm,
        org_id: (600_000_000 + number * 104_729 + i64::from(world.seed as u16) * 7).to_string(),
        number,
        name: wish.name.clone(),
        edition: wish.edition.clone(),
        data_centre: wish.data_centre.clone(),
        time_zone: wish.time_zone.clone(),
        currency: wish.currency.0.clone(),
        currency_symbol: wish.currency.1.clone(),
        country: wish.country.clone(),
        created: now,
    };
    let user_id = state.users.first().map_or(0, |user| user.id);
    let org = world.add_org(Org::new(profile, state));
    {
        let mut accounts = world.accounts();
        let client = accounts.register("Musubi", &org.profile.org_id, Vec::new());
        accounts.issue_refresh(Consent {
            client_id: client.id,
            org_id: org.profile.org_id.clone(),
            user_id,
            scopes: ALL_SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
        });
    }
    keep(world, &org);
    org
}

/// Writes a new org to the log.
fn keep(world: &World, org: &Org) {
    let Some(log) = &world.log else { return };
    let state = org.read();
    let number = org.profile.number;
    let mut lines = vec![Line::Org(Box::new(org.profile.clone()), state.ids.clone())];
    lines.push(Line::People(number, state.users.clone(), state.roles.clone(), state.profiles.clone()));
    for (no, module) in state.modules.iter().enumerate() {
        lines.push(Line::Module(number, no, Box::new(module.meta.clone())));
    }
    lines.push(Line::Accounts(Box::new(world.accounts().clone())));
    log.write_all(&lines);
}
