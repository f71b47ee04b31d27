//! One record: its system stamps and its filled cells.

use serde::{Deserialize, Serialize};

use super::value::Value;

/// The number of a field within its module.
pub type FieldNo = u16;

/// One filled field of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Which field.
    #[serde(rename = "f")]
    pub field: FieldNo,
    /// What it holds.
    #[serde(rename = "v")]
    pub value: Value,
}

/// One record. Times are whole seconds since 1970; users are ids.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// The record's id, unique in its org.
    pub id: i64,
    /// When it was made.
    pub created: i64,
    /// When it was last changed.
    pub modified: i64,
    /// When something last happened to it beyond a change of a field; `None` until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<i64>,
    /// Who owns it.
    pub owner: i64,
    /// Who made it.
    pub created_by: i64,
    /// Who changed it last.
    pub modified_by: i64,
    /// Filled fields, ordered by field number.
    pub cells: Vec<Cell>,
    /// Tag ids.
    #[serde(default, skip_serializing_if = "<[i64]>::is_empty")]
    pub tags: Box<[i64]>,
    /// Set on a lead that was converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub converted: Option<Box<Conversion>>,
}

/// What a lead was converted into.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Conversion {
    /// When.
    pub time: i64,
    /// The account made or chosen.
    pub account: Option<i64>,
    /// The contact made or chosen.
    pub contact: Option<i64>,
    /// The deal made.
    pub deal: Option<i64>,
}

/// Who made and changed a record, and when: what a write's answer tells.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// The record's id.
    pub id: i64,
    /// When it was made.
    pub created: i64,
    /// When it was last changed.
    pub modified: i64,
    /// Who made it.
    pub created_by: i64,
    /// Who changed it last.
    pub modified_by: i64,
}

impl Record {
    /// An empty record that is not in a table yet: its id is 0.
    pub fn new(user: i64, now: i64) -> Record {
        Record {
            id: 0,
            created: now,
            modified: now,
            activity: None,
            owner: user,
            created_by: user,
            modified_by: user,
            cells: Vec::new(),
            tags: Box::new([]),
            converted: None,
        }
    }

    /// Who made and changed it, and when.
    pub fn stamp(&self) -> Stamp {
        Stamp {
            id: self.id,
            created: self.created,
            modified: self.modified,
            created_by: self.created_by,
            modified_by: self.modified_by,
        }
    }

    /// The value of a field, `None` when it is blank.
    pub fn get(&self, field: FieldNo) -> Option<&Value> {
        let at = self.cells.binary_search_by_key(&field, |cell| cell.field).ok()?;
        Some(&self.cells[at].value)
    }

    /// Sets or clears a field; says whether that changed anything.
    pub fn set(&mut self, field: FieldNo, value: Option<Value>) -> bool {
        match (self.cells.binary_search_by_key(&field, |cell| cell.field), value) {
            (Ok(at), Some(value)) if self.cells[at].value == value => false,
            (Ok(at), Some(value)) => {
                self.cells[at].value = value;
                true
            }
            (Ok(at), None) => {
                self.cells.remove(at);
                true
            }
            (Err(at), Some(value)) => {
                self.cells.insert(at, Cell { field, value });
                true
            }
            (Err(_), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_and_clears() {
        let mut record = Record {
            id: 1,
            created: 0,
            modified: 0,
            activity: None,
            owner: 1,
            created_by: 1,
            modified_by: 1,
            cells: vec![],
            tags: Box::new([]),
            converted: None,
        };
        assert!(record.set(3, Some(Value::Bool(true))));
        assert!(!record.set(3, Some(Value::Bool(true))));
        assert!(record.set(1, Some(Value::Int(5))));
        assert_eq!(record.cells[0].field, 1);
        assert!(record.set(3, None));
        assert!(!record.set(3, None));
        assert_eq!(record.get(1), Some(&Value::Int(5)));
    }
}
