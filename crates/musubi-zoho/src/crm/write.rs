//! Creates, updates and deletes, with one outcome for every record. Never an upsert, for that writes blind.

use super::{Crm, body, cost, list, read};
use crate::envelope::{self, Entry};
use crate::session::Call;
use crate::time;
use musubi_connector::http::Answer;
use musubi_connector::retry::Effect;
use musubi_connector::{
    Automations, CallError, CallErrorKind, ItemOutcome, Priced, WriteItem, WriteKind, WriteRequest, Written,
};
use musubi_core::RemoteId;
use reqwest::Method;
use serde::Deserialize;

/// Records in one call.
const BATCH: usize = 100;

impl Crm {
    pub(super) async fn write_batch(&self, request: WriteRequest) -> Result<Written, CallError> {
        check(&request)?;
        if request.items.is_empty() {
            return Ok(Written { meta: musubi_connector::Meta::default(), outcomes: Vec::new() });
        }
        let module = request.projection.module.as_str();
        let (present, looked) = self.present(&request).await?;
        let present = &present;
        let call = match (request.kind, &request.items[..]) {
            (WriteKind::Create, items) => {
                Call::new(Effect::Write, Method::POST, [super::BASE, super::VERSION, module])
                    .body(body::records(&request.projection, items, request.automations, present)?)
            }
            // The condition is honoured for a record named in the path.
            (WriteKind::Update, [WriteItem { id: Some(id), .. }]) => {
                Call::new(Effect::Write, Method::PUT, [super::BASE, super::VERSION, module, id.as_str()])
                    .body(body::records(&request.projection, &request.items, request.automations, present)?)
                    .time_header("if-unmodified-since", request.unmodified_since)
            }
            (WriteKind::Update, items) => {
                Call::new(Effect::Write, Method::PUT, [super::BASE, super::VERSION, module])
                    .body(body::records(&request.projection, items, request.automations, present)?)
            }
            (WriteKind::Delete, items) => {
                Call::new(Effect::Write, Method::DELETE, [super::BASE, super::VERSION, module])
                    .query(
                        "ids",
                        read::join(items.iter().filter_map(|item| item.id.as_ref()).map(RemoteId::as_str)),
                    )
                    .query(
                        "wf_trigger",
                        if request.automations == Automations::Run { "true" } else { "false" },
                    )
            }
        };
        let reply = self.session.send(call).await?;
        let wrote = reply.meta(cost::price(Priced::Write(request.kind, request.items.len())));
        let meta = looked.map_or(wrote, |looked| list::sum(looked, wrote));
        Ok(Written { meta, outcomes: outcomes(&reply.answer, &request)? })
    }
}

/// Refuses what the service could only misunderstand.
fn check(request: &WriteRequest) -> Result<(), CallError> {
    let refuse = |code: &str, message: String| Err(CallError::new(CallErrorKind::NotSent, code, message));
    if request.items.len() > BATCH {
        return refuse(
            "BATCH_TOO_LARGE",
            format!("{} records in one write, {BATCH} are the most", request.items.len()),
        );
    }
    if request.unmodified_since.is_some() && (request.kind, request.items.len()) != (WriteKind::Update, 1) {
        return refuse(
            "CONDITION_NEEDS_ONE_UPDATE",
            "only the update of a single record can be conditional".to_owned(),
        );
    }
    let named = request.items.iter().filter(|item| item.id.is_some()).count();
    let expected = if request.kind == WriteKind::Create { 0 } else { request.items.len() };
    if named != expected {
        return refuse("WRONG_IDS", "updates and deletes name their records, creates do not".to_owned());
    }
    Ok(())
}

#[derive(Deserialize)]
struct Results<'a> {
    #[serde(borrow)]
    data: Vec<Entry<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Success {
    id: Option<String>,
    #[serde(rename = "Modified_Time")]
    modified: Option<String>,
}

/// One outcome per item, by their order. Refusals come with 400 and the same array when every record was refused.
fn outcomes(answer: &Answer, request: &WriteRequest) -> Result<Vec<ItemOutcome>, CallError> {
    let status = answer.status;
    let results = match status {
        200..=207 | 400 | 412 => serde_json::from_slice::<Results<'_>>(&answer.body).ok(),
        _ => None,
    };
    let Some(results) = results else {
        return match status {
            412 => Ok(vec![ItemOutcome::ConditionFailed]),
            // Accepted, but which records is not said.
            200..=207 if answer.body.is_empty() => Ok(vec![ItemOutcome::Unknown; request.items.len()]),
            200..=207 => Err(envelope::garbage(status)),
            _ => Err(envelope::refusal(answer)),
        };
    };
    if results.data.len() > request.items.len() {
        return Err(envelope::garbage(status));
    }
    let mut entries = results.data.iter();
    let outcome = |item: &WriteItem| {
        entries.next().map_or(ItemOutcome::Unknown, |entry| outcome(entry, item, answer, request.kind))
    };
    Ok(request.items.iter().map(outcome).collect())
}

fn outcome(entry: &Entry<'_>, item: &WriteItem, answer: &Answer, kind: WriteKind) -> ItemOutcome {
    if entry.code != "SUCCESS" {
        return refused(entry, answer.status);
    }
    let details: Success =
        entry.details.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    let Some(id) = details.id.map(RemoteId::from) else { return ItemOutcome::Unknown };
    // An answer about another record says nothing about this one.
    if item.id.as_ref().is_some_and(|own| *own != id) {
        return ItemOutcome::Unknown;
    }
    let modified = match kind {
        WriteKind::Delete => Some(answer.server_time),
        WriteKind::Create | WriteKind::Update => details.modified.as_deref().and_then(time::parse),
    };
    modified.map_or(ItemOutcome::Unknown, |modified| ItemOutcome::Done { id, modified })
}

fn refused(entry: &Entry<'_>, status: u16) -> ItemOutcome {
    let error = entry.error(status);
    // The service says INVALID_DATA of a wrong value and of a wrong id; the message tells them apart where the field does not.
    let of_the_id = error.field.as_deref() == Some("id")
        || (error.field.is_none() && error.message.contains("id given seems to be invalid"));
    match error.code.as_str() {
        "ALREADY_MODIFIED" => ItemOutcome::ConditionFailed,
        "INVALID_DATA" if of_the_id => ItemOutcome::NotFound,
        "RECORD_NOT_FOUND" | "RESOURCE_NOT_FOUND" => ItemOutcome::NotFound,
        "INTERNAL_ERROR" | "RECORD_LOCKED" | "LOCKED" | "TOO_MANY_REQUESTS" | "RESOURCE_LOCKED" => {
            ItemOutcome::TryLater(error)
        }
        // An entry without a code is no answer.
        "" => ItemOutcome::Unknown,
        _ => ItemOutcome::Refused(error),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::crm::field::tests::field;
    use musubi_connector::Projection;
    use musubi_core::schema::FieldType;
    use musubi_core::{Instant, Value};
    use std::sync::Arc;

    fn request(kind: WriteKind, count: usize) -> WriteRequest {
        let text = FieldType::Text { max: 80, multiline: false };
        let id = |i: usize| (kind != WriteKind::Create).then(|| RemoteId::from(i.to_string()));
        WriteRequest {
            projection: Arc::new(Projection {
                module: "Contacts".into(),
                fields: vec![field("Last_Name", text)],
            }),
            kind,
            items: (0..count).map(|i| WriteItem { id: id(i), values: vec![(0, Value::text("x"))] }).collect(),
            unmodified_since: None,
            automations: Automations::Skip,
        }
    }

    /// The outcomes of an answer to a write of the one record it speaks of.
    pub(crate) fn read_recorded(method: &str, status: u16, body: &str) -> Vec<ItemOutcome> {
        let kind = match method {
            "POST" => WriteKind::Create,
            "PUT" => WriteKind::Update,
            _ => WriteKind::Delete,
        };
        let mut request = request(kind, 1);
        let json: serde_json::Value = serde_json::from_str(body).unwrap();
        request.items[0].id =
            request.items[0].id.take().and(json["data"][0]["details"]["id"].as_str().map(RemoteId::from));
        read(status, body, &request).unwrap()
    }

    fn read(status: u16, body: &str, request: &WriteRequest) -> Result<Vec<ItemOutcome>, CallErrorKind> {
        let answer = Answer {
            status,
            server_time: Instant::from_seconds(1_000),
            headers: reqwest::header::HeaderMap::new(),
            body: body.to_owned().into(),
        };
        outcomes(&answer, request).map_err(|error| error.kind)
    }

    const DONE: &str = r#"{"code":"SUCCESS","details":{"id":"0","Modified_Time":"1970-01-01T03:00:07+03:00"},"message":"record added","status":"success"}"#;

    fn refusal(code: &str, details: &str) -> String {
        format!(r#"{{"code":"{code}","details":{details},"message":"m","status":"error"}}"#)
    }

    #[test]
    fn every_item_has_its_own_outcome_in_order() {
        let body = format!(
            r#"{{"data":[{DONE},{},{},{},{}]}}"#,
            refusal("DUPLICATE_DATA", r#"{"api_name":"Email","id":"77"}"#),
            refusal("INVALID_DATA", r#"{"api_name":"id","json_path":"$.data[2].id"}"#),
            refusal("INTERNAL_ERROR", "{}"),
            refusal("INVALID_DATA", r#"{"api_name":"Email","expected_data_type":"email"}"#),
        );
        let outcomes = read(207, &body, &request(WriteKind::Update, 6)).unwrap();
        let done = ItemOutcome::Done { id: "0".into(), modified: Instant::from_seconds(7) };
        assert_eq!(outcomes[0], done);
        assert!(
            matches!(&outcomes[1], ItemOutcome::Refused(e) if e.duplicate_of == Some("77".into())),
            "{outcomes:?}"
        );
        assert_eq!(outcomes[2], ItemOutcome::NotFound);
        assert!(matches!(&outcomes[3], ItemOutcome::TryLater(_)));
        assert!(matches!(&outcomes[4], ItemOutcome::Refused(e) if e.field.as_deref() == Some("Email")));
        assert_eq!(outcomes[5], ItemOutcome::Unknown, "a short answer");
    }

    #[test]
    fn all_refused_is_still_an_answer_per_record() {
        let body =
            format!(r#"{{"data":[{}]}}"#, refusal("MANDATORY_NOT_FOUND", r#"{"api_name":"Last_Name"}"#));
        let outcomes = read(400, &body, &request(WriteKind::Create, 1)).unwrap();
        assert!(matches!(&outcomes[0], ItemOutcome::Refused(e) if e.code == "MANDATORY_NOT_FOUND"));
    }

    #[test]
    fn what_is_not_said_is_not_known() {
        let update = request(WriteKind::Update, 2);
        assert_eq!(read(200, "", &update), Ok(vec![ItemOutcome::Unknown; 2]));
        assert_eq!(read(200, r#"{"data":[]}"#, &update), Ok(vec![ItemOutcome::Unknown; 2]));
        assert_eq!(read(200, "<html>", &update), Err(CallErrorKind::Unknown));
        assert_eq!(read(500, "", &update), Err(CallErrorKind::Unknown));
        assert_eq!(read(504, "<html>", &update), Err(CallErrorKind::Unknown));
        let swapped = format!(r#"{{"data":[{{"code":"SUCCESS","details":{{"id":"1"}}}},{DONE}]}}"#);
        assert_eq!(read(200, &swapped, &update), Ok(vec![ItemOutcome::Unknown; 2]));
        let three = format!(r#"{{"data":[{DONE},{DONE},{DONE}]}}"#);
        assert_eq!(read(200, &three, &update), Err(CallErrorKind::Unknown));
    }

    #[test]
    fn whole_refusals_are_errors() {
        let update = request(WriteKind::Update, 1);
        assert_eq!(read(400, &refusal("INVALID_MODULE", "{}"), &update), Err(CallErrorKind::SchemaChanged));
        assert_eq!(read(429, &refusal("TOO_MANY_REQUESTS", "{}"), &update), Err(CallErrorKind::Throttled));
        assert_eq!(read(403, &refusal("NO_PERMISSION", "{}"), &update), Err(CallErrorKind::Refused));
    }

    #[test]
    fn a_failed_condition_is_an_outcome() {
        let update = request(WriteKind::Update, 1);
        for body in [
            refusal("ALREADY_MODIFIED", "{}"),
            format!(r#"{{"data":[{}]}}"#, refusal("ALREADY_MODIFIED", "{}")),
        ] {
            assert_eq!(read(412, &body, &update), Ok(vec![ItemOutcome::ConditionFailed]));
        }
    }

    #[test]
    fn a_delete_is_dated_by_the_answer() {
        let body = r#"{"data":[{"code":"SUCCESS","details":{"id":"0"},"message":"record deleted","status":"success"}]}"#;
        let done = ItemOutcome::Done { id: "0".into(), modified: Instant::from_seconds(1_000) };
        assert_eq!(read(200, body, &request(WriteKind::Delete, 1)), Ok(vec![done]));
    }

    #[test]
    fn what_could_be_misunderstood_is_not_sent() {
        let conditional = |mut request: WriteRequest| {
            request.unmodified_since = Some(Instant::START);
            check(&request).map_err(|error| error.kind)
        };
        assert_eq!(conditional(request(WriteKind::Update, 1)), Ok(()));
        assert_eq!(conditional(request(WriteKind::Update, 2)), Err(CallErrorKind::NotSent));
        assert_eq!(conditional(request(WriteKind::Delete, 1)), Err(CallErrorKind::NotSent));
        let mut nameless = request(WriteKind::Update, 2);
        nameless.items[1].id = None;
        assert!(check(&nameless).is_err());
        assert!(check(&request(WriteKind::Create, 101)).is_err());
    }
}
