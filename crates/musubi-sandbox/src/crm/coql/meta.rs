//! What an answer says about its columns when a request asks for `include_meta`.

use serde_json::{Map, Value, json};

use crate::crm::{context::RequestContext, fields};
use crate::org::State;
use crate::org::module::Module;

use super::check::field_at;
use super::query::{Expression, Query};

/// The selected fields by the key they are shown under.
pub fn fields(ctx: &RequestContext, query: &Query, state: &State, module: &Module) -> Value {
    let described = query.columns.iter().filter_map(|column| match &column.expression {
        Expression::Field(path) => {
            let field = field_at(path, state, module)?;
            let mut shown = fields::show(ctx, state, module, field);
            if let Some(keys) = shown.as_object_mut() {
                keys.retain(|key, _| {
                    !matches!(key.as_str(), "businesscard_supported" | "mass_update" | "profiles")
                });
            }
            // Names of the service's own tables, which mean nothing to a client.
            shown["column_name"] = json!(field.api_name.to_uppercase());
            shown["table_name"] = json!(format!("Crm{}", module.meta.api_name));
            shown["lucene_colname"] = json!(field.api_name.to_uppercase());
            shown["required"] = json!(field.mandatory);
            shown["refer_from_field"] = Value::Null;
            shown["default_value"] = field.default.clone().unwrap_or(Value::Null);
            shown["generated_type"] = json!(if field.custom { 2 } else { 1 });
            Some((column.key.clone(), shown))
        }
        Expression::Aggregate(..) => None,
    });
    Value::Object(described.collect::<Map<_, _>>())
}
