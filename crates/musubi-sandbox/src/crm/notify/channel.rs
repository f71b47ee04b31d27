//! A notification channel: who is told about which events of which modules, and until when.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::org::events::{Operation, RecordEvent};
use crate::org::record::FieldNo;

/// Seconds a channel lives when the request does not say, or says too much.
pub const DEFAULT_LIFE: i64 = 3600;
/// Seconds a channel may live at most.
pub const MAX_LIFE: i64 = 7 * 86_400;

/// A channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// The client's own number for it.
    pub id: String,
    /// What it listens to.
    pub watched: Vec<Watched>,
    /// Where notifications go.
    pub notify_url: String,
    /// Sent back with every notification: the receiver's only proof.
    pub token: Option<String>,
    /// It lives until this second.
    pub expiry: i64,
    /// Notifications carry the new values of changed fields.
    pub return_values: bool,
    /// Kept and shown; related actions are not modelled.
    pub related: bool,
    /// Fields that must have changed, per module.
    pub conditions: Vec<FieldSelection>,
}

/// A module and the operations a channel listens to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The module's number.
    pub module: usize,
    /// Its API name.
    pub api_name: String,
    /// Listens to new records.
    pub create: bool,
    /// Listens to changes.
    pub edit: bool,
    /// Listens to deletions.
    pub delete: bool,
}

/// A condition on which fields changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldSelection {
    /// The module's number.
    pub module: usize,
    /// All of the fields must have changed, rather than any.
    pub all: bool,
    /// The fields.
    pub fields: Vec<FieldNo>,
    /// As it was sent.
    pub shown: Value,
}

impl Watched {
    /// The events as clients name them.
    pub fn events(&self) -> Vec<String> {
        let name = |event: &str| format!("{}.{event}", self.api_name);
        if self.create && self.edit && self.delete {
            return vec![name("all")];
        }
        let each = [(self.create, "create"), (self.edit, "edit"), (self.delete, "delete")];
        each.into_iter().filter(|(on, _)| *on).map(|(_, event)| name(event)).collect()
    }
}

impl Channel {
    /// Whether the channel wants to hear of an event now.
    pub fn wants(&self, event: &RecordEvent, now: i64) -> bool {
        if self.expiry <= now {
            return false;
        }
        let listens = self.watched.iter().any(|watched| {
            watched.module == event.module
                && match event.operation {
                    Operation::Insert => watched.create,
                    Operation::Update => watched.edit,
                    Operation::Delete => watched.delete,
                }
        });
        listens && (event.operation != Operation::Update || self.selected(event))
    }

    fn selected(&self, event: &RecordEvent) -> bool {
        let changed = |field: &FieldNo| event.changed_fields.contains(field);
        self.conditions.iter().filter(|condition| condition.module == event.module).all(|condition| {
            if condition.all {
                condition.fields.iter().all(changed)
            } else {
                condition.fields.iter().any(changed)
            }
        })
    }
}

/// The end of a channel's life: a wish that is absent, past or too far away gives one hour.
pub fn expiry(wish: Option<i64>, now: i64) -> i64 {
    match wish {
        Some(wish) if wish > now && wish <= now + MAX_LIFE => wish,
        _ => now + DEFAULT_LIFE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel() -> Channel {
        Channel {
            id: "1".into(),
            watched: vec![Watched {
                module: 2,
                api_name: "Contacts".into(),
                create: true,
                edit: true,
                delete: false,
            }],
            notify_url: "http://localhost/".into(),
            token: None,
            expiry: 1000,
            return_values: false,
            related: false,
            conditions: Vec::new(),
        }
    }

    fn event(operation: Operation, changed_fields: Vec<FieldNo>) -> RecordEvent {
        RecordEvent { module: 2, id: 9, operation, changed_fields, by_user: 1 }
    }

    #[test]
    fn hears_what_it_listens_to_until_it_expires() {
        assert!(channel().wants(&event(Operation::Insert, vec![]), 999));
        assert!(!channel().wants(&event(Operation::Insert, vec![]), 1000));
        assert!(!channel().wants(&event(Operation::Delete, vec![]), 1));
        let other_module = RecordEvent { module: 3, ..event(Operation::Insert, vec![]) };
        assert!(!channel().wants(&other_module, 1));
    }

    #[test]
    fn a_field_selection_narrows_edits_only() {
        let mut channel = channel();
        channel.conditions =
            vec![FieldSelection { module: 2, all: false, fields: vec![4, 5], shown: Value::Null }];
        assert!(channel.wants(&event(Operation::Update, vec![5]), 1));
        assert!(!channel.wants(&event(Operation::Update, vec![6]), 1));
        assert!(channel.wants(&event(Operation::Insert, vec![6]), 1));
        channel.conditions[0].all = true;
        assert!(!channel.wants(&event(Operation::Update, vec![5]), 1));
        assert!(channel.wants(&event(Operation::Update, vec![5, 4]), 1));
    }

    #[test]
    fn a_wish_beyond_a_week_gives_an_hour() {
        assert_eq!(expiry(None, 100), 100 + DEFAULT_LIFE);
        assert_eq!(expiry(Some(200), 100), 200);
        assert_eq!(expiry(Some(100 + MAX_LIFE), 100), 100 + MAX_LIFE);
        assert_eq!(expiry(Some(101 + MAX_LIFE), 100), 100 + DEFAULT_LIFE);
        assert_eq!(expiry(Some(50), 100), 100 + DEFAULT_LIFE);
    }
}
