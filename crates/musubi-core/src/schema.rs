//! What a service says about its modules and fields, reduced to what deciding needs.

mod words;

use crate::{FieldName, ModuleName};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// How a field's values behave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldType {
    /// Plain text of at most `max` characters; several lines when `multiline`.
    Text {
        /// Longest text kept, in characters.
        max: u32,
        /// May hold line breaks.
        multiline: bool,
    },
    /// An e-mail address.
    Email {
        /// Longest text kept, in characters.
        max: u32,
    },
    /// A telephone number.
    Phone {
        /// Longest text kept, in characters.
        max: u32,
    },
    /// A web address.
    Url {
        /// Longest text kept, in characters.
        max: u32,
    },
    /// A whole number (integer, bigint).
    Integer,
    /// A decimal number (double, currency, percent), rounded to `scale` digits after the point.
    Decimal {
        /// Digits kept after the point.
        scale: u32,
    },
    /// A check box.
    Bool,
    /// A civil date.
    Date,
    /// A point in time, kept in whole seconds.
    DateTime,
    /// One of `options`; any text when `options` is empty.
    Picklist {
        /// The stored values, in order.
        options: Vec<CompactString>,
    },
    /// Any of `options`.
    MultiPicklist {
        /// The stored values, in order.
        options: Vec<CompactString>,
    },
    /// Names of tags: any texts of at most `max` characters, told apart without regard to case. One that is new is made by the write.
    Tags {
        /// Longest name, in characters.
        max: u32,
    },
    /// What the record or the user is called that a lookup points to; read only. Values are texts.
    NameOf,
    /// Whether there is anything in a field, whatever it holds; read only. Values are blank, or true.
    Filled,
    /// What a field of another record holds; read only. Its values are those of that field.
    Through {
        /// Which other record.
        way: Way,
        /// Its module.
        module: ModuleName,
        /// The field there.
        field: FieldName,
        /// How that field's values behave.
        holds: Box<FieldType>,
    },
    /// A record of `module`.
    Lookup {
        /// The module it points to.
        module: ModuleName,
    },
    /// A record of one of `modules`; of any module when there are none. Ids are unique across them, and a value read is the id alone. In a write to a
    /// connector it is `MODULE:ID`.
    AnyLookup {
        /// The modules it may point to.
        modules: Vec<ModuleName>,
    },
    /// A user: owner or user lookup.
    User,
    /// Rows of a subform with these columns, or the links of a lookup to several records.
    Rows {
        /// The columns of a row; rows in rows do not exist.
        columns: Vec<Field>,
        /// They are links: one column, which holds a record or a user, each once, in no order.
        links: bool,
    },
    /// Anything that is not synced (files, images …), with the service's own type name.
    Other {
        /// The service's name of the type.
        name: CompactString,
    },
}

/// How one record leads to another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It points there, by this lookup.
    Lookup(FieldName),
    /// Of those that point to it, the chosen one.
    Child(Child),
}

/// One of the records that point to another one: the first in an order. Blanks come last, and of equals the id decides in the same direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    /// The lookup by which they point there.
    pub lookup: FieldName,
    /// The field they are ordered by.
    pub by: FieldName,
    /// Which end of the order.
    pub choice: Choice,
}

/// The end of an order at which a record is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The greatest number, the latest time.
    Greatest,
    /// The least number, the earliest time.
    Least,
}

impl FieldType {
    /// How the values behave, wherever they are read.
    pub fn plain(&self) -> &FieldType {
        match self {
            FieldType::Through { holds, .. } => holds.plain(),
            own => own,
        }
    }
}

/// A yes or no with a name: may the API write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Read and write.
    Writable,
    /// Writable when a record is created, read-only afterwards.
    CreateOnly,
    /// Read only.
    ReadOnly,
}

/// One field of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// API name.
    pub name: FieldName,
    /// The label people see.
    pub label: CompactString,
    /// How its values behave.
    #[serde(flatten)]
    pub kind: FieldType,
    /// Whether the API may write it.
    pub access: Access,
    /// The service refuses a record without it.
    pub mandatory: bool,
    /// The service refuses two records with the same value.
    pub unique: bool,
    /// Made by the org, not by the vendor.
    pub custom: bool,
}

/// A module with its fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleSchema {
    /// API name.
    pub module: ModuleName,
    /// The label people see, plural.
    pub label: CompactString,
    /// Every field the API shows.
    pub fields: Vec<Field>,
    /// Fields that every page for new records demands, though they are not mandatory by themselves: a record without them is refused as long as the pages say so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demanded: Vec<FieldName>,
}

impl ModuleSchema {
    /// The field of that name.
    pub fn field(&self, name: &FieldName) -> Option<&Field> {
        self.fields.iter().find(|field| &field.name == name)
    }

    /// A new record needs the field: by itself, or because of the pages.
    pub fn needs(&self, field: &Field) -> bool {
        field.mandatory || self.demanded.contains(&field.name)
    }
}
