//! What a notification says.

use serde_json::{Map, Value, json};

use crate::criteria::{Cell, RecordRow};
use crate::org::State;
use crate::org::events::{Operation, RecordEvent};
use crate::org::zone::{time_text, write_date};
use jiff::tz::TimeZone;

use super::channel::Channel;

/// Where and when a notification is made.
pub struct Sender<'a> {
    /// The org.
    pub state: &'a State,
    /// Its zone.
    pub zone: &'a TimeZone,
    /// The sandbox's address.
    pub base_url: &'a str,
    /// The present, in milliseconds.
    pub now_ms: i64,
}

/// The notifications of one commit to one channel: one per module and operation, each with all its ids.
pub fn notifications(channel: &Channel, events: &[RecordEvent], sender: &Sender<'_>) -> Vec<(usize, Value)> {
    let now = sender.now_ms.div_euclid(1000);
    let mut groups: Vec<(usize, Operation, Vec<&RecordEvent>)> = Vec::new();
    for event in events.iter().filter(|event| channel.wants(event, now)) {
        match groups
            .iter_mut()
            .find(|(module, operation, _)| *module == event.module && *operation == event.operation)
        {
            Some((_, _, group)) => group.push(event),
            None => groups.push((event.module, event.operation, vec![event])),
        }
    }
    let body = |(module, operation, group): (usize, Operation, Vec<&RecordEvent>)| {
        (module, notification(channel, module, operation, &group, sender))
    };
    groups.into_iter().map(body).collect()
}

fn notification(
    channel: &Channel,
    module: usize,
    operation: Operation,
    events: &[&RecordEvent],
    sender: &Sender<'_>,
) -> Value {
    let name = &sender.state.modules[module].meta.api_name;
    let ids: Vec<String> = events.iter().map(|event| event.id.to_string()).collect();
    let edited = operation == Operation::Update;
    let changed_names = |event: &RecordEvent| -> Value {
        let fields = &sender.state.modules[module].meta.fields;
        event.changed_fields.iter().map(|no| json!(fields[usize::from(*no)].api_name)).collect()
    };
    let affected_fields: Vec<Value> = match edited {
        true => events.iter().map(|event| json!({ event.id.to_string(): changed_names(event) })).collect(),
        false => Vec::new(),
    };
    let affected_values: Vec<Value> = match channel.return_values && operation != Operation::Delete {
        true => events
            .iter()
            .map(|event| json!({"record_id": event.id.to_string(), "values": values(event, sender)}))
            .collect(),
        false => Vec::new(),
    };
    json!({
        "server_time": sender.now_ms,
        "affected_values": affected_values,
        "query_params": query_params(&channel.notify_url),
        "module": name,
        "resource_uri": format!("{}/crm/v8/{name}", sender.base_url),
        "ids": ids,
        "affected_fields": affected_fields,
        "operation": match operation {
            Operation::Insert => "insert",
            Operation::Update => "update",
            Operation::Delete => "delete",
        },
        "channel_id": channel.id,
        "token": channel.token,
    })
}

/// The values of the changed fields, read now: a later change may already show.
fn values(event: &RecordEvent, sender: &Sender<'_>) -> Value {
    let module = &sender.state.modules[event.module];
    let Some(record) = module.table.get(event.id) else { return json!({}) };
    let row = RecordRow { state: sender.state, module, record };
    let shown = event.changed_fields.iter().map(|no| {
        let name = &module.meta.fields[usize::from(*no)].api_name;
        (name.clone(), row.resolve(name).map_or(Value::Null, |cell| value(&cell, sender.zone)))
    });
    Value::Object(shown.collect::<Map<_, _>>())
}

fn value(cell: &Cell<'_>, zone: &TimeZone) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Text(text) => json!(text),
        Cell::Integer(number) => json!(number),
        Cell::Decimal(number) => number.normalize().to_string().parse().map_or(Value::Null, Value::Number),
        Cell::Bool(value) => json!(value),
        Cell::Date(date) => {
            let mut text = Vec::new();
            write_date(&mut text, *date);
            json!(String::from_utf8_lossy(&text))
        }
        Cell::Instant(second) => json!(time_text(zone, *second)),
        Cell::List(values) => json!(values),
        Cell::Reference { id, name } => json!({"name": name, "id": id.to_string()}),
    }
}

fn query_params(url: &str) -> Value {
    let Ok(url) = url::Url::parse(url) else { return json!({}) };
    Value::Object(url.query_pairs().map(|(key, value)| (key.into_owned(), json!(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_of_the_address_comes_back() {
        assert_eq!(query_params("http://host/hook?a=1&b=x%20y"), json!({"a": "1", "b": "x y"}));
        assert_eq!(query_params("http://host/hook"), json!({}));
    }
}
