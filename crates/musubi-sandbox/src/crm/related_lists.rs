//! `GET /settings/related_lists`.

use serde_json::{Value as Json, json};

use super::{context::RequestContext, linked_rows, links, related};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
    },
    org::{field::Field, module::Module},
};

/// The id of the related list that a lookup makes in the module it points at.
pub fn id(parent: &Module, field: &Field) -> String {
    (parent.meta.id + field.id % 1_000_000_000).to_string()
}

/// Serves the related lists of a module.
pub fn list(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "related_lists"], "READ")?;
    let state = ctx.org.read();
    let no = state.module_no(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_parameter)?;
    let parent = &state.modules[no];
    let mut rows: Vec<Json> = related::lists(&state, no)
        .iter()
        .enumerate()
        .map(|(at, list)| {
            let child = &state.modules[list.module].meta;
            let field = &child.fields[usize::from(list.field)];
            json!({
                "id": id(parent, field),
                "sequence_number": (at + 1).to_string(),
                "display_label": list.label,
                "api_name": list.api_name,
                "module": {"api_name": child.api_name, "id": child.id.to_string()},
                "name": list.label.replace(['(', ')'], ""),
                "action": null,
                "href": format!("{}/{{ENTITYID}}/{}", parent.meta.api_name, list.api_name),
                "type": match (&child.linking, child.custom || field.custom) {
                    (Some(_), _) => "multiselectlookup",
                    (None, true) => "custom_lookup",
                    (None, false) => "default",
                },
                "customize_sort": true,
                "customize_fields": true,
                "customize_display_label": true,
                "status": "visible",
                "connectedmodule": linked_rows::connected(&state, list),
                "linkingmodule": child.linking.as_ref().map(|_| &child.api_name),
            })
        })
        .collect();
    for list in links::lists(&state, &parent.meta.api_name) {
        let child = &state.modules[list.module].meta;
        rows.push(json!({
            "id": (parent.meta.id + child.id % 1_000_000_000).to_string(),
            "sequence_number": (rows.len() + 1).to_string(), "display_label": child.plural,
            "api_name": list.api_name, "module": {"api_name": child.api_name, "id": child.id.to_string()},
            "name": child.plural, "action": null,
            "href": format!("{}/{{ENTITYID}}/{}", parent.meta.api_name, list.api_name), "type": "default",
            "customize_sort": true, "customize_fields": true, "customize_display_label": true, "status": "visible",
            "connectedmodule": null, "linkingmodule": null,
        }));
    }
    match rows.is_empty() {
        true => Ok(Answer::no_content()),
        false => Ok(Answer::json(200, &json!({"related_lists": rows}))),
    }
}
