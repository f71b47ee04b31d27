//! The module of a drawn world.

use crate::scenario::FIELDS;
use musubi_core::schema::{Access, Field, FieldType, ModuleSchema};

/// The module as both services describe it.
pub fn schema() -> ModuleSchema {
    let text = FieldType::Text { max: 200, multiline: false };
    let kind = |name: &str| match name {
        "Email" => FieldType::Email { max: 100 },
        "Phone" => FieldType::Phone { max: 30 },
        "Status" => FieldType::Picklist { options: ["Open", "Closed"].map(Into::into).to_vec() },
        "Owner" => FieldType::User,
        "Parent" => FieldType::Lookup { module: "Contacts".into() },
        _ => text.clone(),
    };
    let field = |name: &str| Field {
        name: name.into(),
        label: name.into(),
        kind: kind(name),
        access: Access::Writable,
        mandatory: false,
        unique: false,
        custom: false,
    };
    ModuleSchema {
        module: "Contacts".into(),
        label: "Contacts".into(),
        fields: FIELDS.map(field).to_vec(),
        demanded: Vec::new(),
    }
}
