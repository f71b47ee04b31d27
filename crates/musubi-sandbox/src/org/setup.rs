//! What a new CRM org has on its first day.

use super::{
    State,
    field::Field,
    ids::Ids,
    kind::Kind,
    layout::Layout,
    module::{Linking, Meta, Module},
    people::{Profile, Role, User},
    standard,
    view::View,
};

/// A person who uses the org: first name, last name, e-mail.
pub type Person = (String, String, String);

/// The state of a new org with these users; the first is its administrator.
pub fn new_state(number: i64, people: &[Person], now: i64) -> State {
    let mut ids = Ids::new(number);
    let ceo = Role {
        id: ids.fresh(),
        name: "CEO".into(),
        reports_to: None,
        share_with_peers: false,
        description: Some("Users with this role have access to the data owned by all other users.".into()),
    };
    let manager = Role {
        id: ids.fresh(),
        name: "Manager".into(),
        reports_to: Some(ceo.id),
        share_with_peers: false,
        description: Some("Users belonging to this role cannot see data for admin users.".into()),
    };
    let profiles = vec![
        Profile {
            id: ids.fresh(),
            name: "Administrator".into(),
            custom: false,
            description: Some("This profile will have all the permissions.".into()),
            denied: Vec::new(),
        },
        Profile {
            id: ids.fresh(),
            name: "Standard".into(),
            custom: false,
            description: Some(
                "This profile will have all the permissions except administrative privileges.".into(),
            ),
            denied: Vec::new(),
        },
    ];
    let users = people
        .iter()
        .enumerate()
        .map(|(at, (first, last, email))| User {
            id: ids.fresh(),
            zuid: 924_000_000 + i64::from(super::table::text_key(email) as u32 % 900_000),
            first_name: first.clone(),
            last_name: last.clone(),
            email: email.clone(),
            role: if at == 0 { ceo.id } else { manager.id },
            profile: profiles[usize::from(at != 0)].id,
            active: true,
            confirmed: true,
            deleted: false,
            created: now,
            modified: now,
        })
        .collect();
    let modules = standard::MODULES
        .iter()
        .map(|standard| {
            let fields = standard.fields(&mut ids);
            Module::new(Meta {
                id: ids.fresh(),
                api_name: standard.api_name.into(),
                singular: standard.singular.into(),
                plural: standard.plural.into(),
                custom: false,
                tab: standard.tab,
                parent: (standard.api_name == "Pricing_Details").then(|| "Price_Books".to_owned()),
                linking: None,
                name_field: name_field(standard.api_name).into(),
                layouts: vec![Layout::standard(&mut ids, standard.singular, &fields)],
                views: if standard.tab {
                    View::standard(&mut ids, standard.api_name, standard.plural, &fields)
                } else {
                    vec![]
                },
                fields,
                tags: Vec::new(),
                modified: None,
            })
        })
        .collect();
    State::new(ids, modules, users, vec![ceo, manager], profiles)
}

/// A new custom module; its name field is text of this label.
pub fn custom_module(
    ids: &mut Ids,
    api_name: &str,
    singular: &str,
    plural: &str,
    name_label: &str,
    now: i64,
) -> Meta {
    let mut name = Field::new(ids.fresh(), "Name", name_label, Kind::Text);
    name.mandatory = true;
    name.duplicate_check = true;
    name.length = 120;
    let mut fields = vec![name];
    fields.extend(standard::parse_table(standard::CUSTOM_MODULE_FIELDS, ids));
    Meta {
        id: ids.fresh(),
        api_name: api_name.into(),
        singular: singular.into(),
        plural: plural.into(),
        custom: true,
        tab: true,
        parent: None,
        linking: None,
        name_field: "Name".into(),
        layouts: vec![Layout::standard(ids, singular, &fields)],
        views: View::standard(ids, api_name, plural, &fields),
        fields,
        tags: Vec::new(),
        modified: Some(now),
    }
}

/// A new module for the rows of a custom subform.
pub fn subform_module(ids: &mut Ids, api_name: &str, label: &str, parent: &str) -> Meta {
    let mut fields = standard::parse_table(standard::SUBFORM_FIELDS, ids);
    for field in fields.iter_mut().filter(|field| field.api_name == "Parent_Id") {
        field.targets = vec![parent.to_owned()];
    }
    Meta {
        id: ids.fresh(),
        api_name: api_name.into(),
        singular: label.into(),
        plural: label.into(),
        custom: true,
        tab: false,
        parent: Some(parent.into()),
        linking: None,
        name_field: "id".into(),
        layouts: vec![Layout::standard(ids, label, &fields)],
        views: Vec::new(),
        fields,
        tags: Vec::new(),
        modified: None,
    }
}

/// A new linking module: the two fields by which its rows point at what they link come first.
pub fn linking_module(ids: &mut Ids, api_name: &str, label: &str, ends: [Field; 2]) -> Meta {
    let linking = Linking { first: ends[0].api_name.clone(), second: ends[1].api_name.clone() };
    let mut fields = Vec::from(ends);
    fields.extend(standard::parse_table(standard::LINKING_MODULE_FIELDS, ids));
    Meta {
        id: ids.fresh(),
        api_name: api_name.into(),
        singular: label.into(),
        plural: label.into(),
        custom: true,
        tab: false,
        parent: None,
        linking: Some(linking),
        name_field: "id".into(),
        layouts: vec![Layout::standard(ids, label, &fields)],
        views: Vec::new(),
        fields,
        tags: Vec::new(),
        modified: None,
    }
}

fn name_field(module: &str) -> &'static str {
    match module {
        "Leads" | "Contacts" => "Full_Name",
        "Accounts" => "Account_Name",
        "Deals" => "Deal_Name",
        "Products" => "Product_Name",
        "Vendors" => "Vendor_Name",
        "Campaigns" => "Campaign_Name",
        "Price_Books" => "Price_Book_Name",
        "Events" => "Event_Title",
        "Notes" => "Note_Title",
        "Attachments" => "File_Name",
        "Pricing_Details" => "id",
        _ => "Subject",
    }
}
