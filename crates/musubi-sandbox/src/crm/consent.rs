//! `Data_Processing_Basis_Details`: on what basis a person's data is processed, and what the person consented to.

use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use super::{
    context::RequestContext,
    validate::{ItemError, Place},
};
use crate::org::{State, field::Field, value::Value};

const CHANNELS: [&str; 4] =
    ["Contact_Through_Email", "Contact_Through_Phone", "Contact_Through_Social", "Contact_Through_Survey"];
const TEXTS: [&str; 3] = ["Data_Processing_Basis", "Consent_Through", "Consent_Remarks"];
const DATE: &str = "Consent_Date";

/// What a client wrote of it. Other keys are ignored, as those of a record are.
pub fn read(field: &Field, sent: &Json, place: Place) -> Result<Json, ItemError> {
    let mut kept = Map::new();
    for (key, value) in sent.as_object().into_iter().flatten() {
        let key = key.as_str();
        let (expected, fits) = if CHANNELS.contains(&key) {
            ("boolean", value.is_boolean())
        } else if TEXTS.contains(&key) {
            ("text", value.is_null() || value.is_string())
        } else if key == DATE {
            let date = value.as_str().is_some_and(|text| text.parse::<Date>().is_ok());
            ("date", value.is_null() || date)
        } else {
            continue;
        };
        if !fits {
            let path = format!("{}.{key}", place.path(&field.api_name));
            let details = json!({"expected_data_type": expected, "api_name": key, "json_path": path});
            return Err(ItemError { code: "INVALID_DATA", message: "invalid data", details });
        }
        kept.insert(key.to_owned(), value.clone());
    }
    Ok(Json::Object(kept))
}

/// What the field holds after a write: keys that were not sent stay as they are.
pub fn merge(ctx: &RequestContext, state: &mut State, old: Option<&Value>, sent: Value) -> Value {
    let Value::Json(sent) = sent else { return sent };
    let mut all = match old {
        Some(Value::Json(old)) => old.as_object().cloned().unwrap_or_default(),
        _ => begun(ctx, state),
    };
    all.extend(sent.as_object().cloned().unwrap_or_default());
    Value::Json(Box::new(Json::Object(all)))
}

fn begun(ctx: &RequestContext, state: &mut State) -> Map<String, Json> {
    let id = state.ids.fresh().to_string();
    let by = state.user(ctx.user_id).map(|user| json!({"name": user.full_name(), "id": user.id.to_string()}));
    let mut all = Map::new();
    all.insert("id".to_owned(), json!(id));
    all.insert("Owner".to_owned(), json!(by));
    all.insert("Created_By".to_owned(), json!(by));
    all.insert("Mail_Sent_Time".to_owned(), Json::Null);
    all.extend(CHANNELS.iter().map(|key| ((*key).to_owned(), json!(false))));
    all.extend(TEXTS.iter().chain([&DATE]).map(|key| ((*key).to_owned(), Json::Null)));
    all
}
