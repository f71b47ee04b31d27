//! One module of an org: its metadata and its records.

use std::{
    borrow::Cow,
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use serde::{Deserialize, Serialize};

use crate::http::error::ApiError;

use super::{
    field::{Field, Source},
    layout::Layout,
    record::{FieldNo, Record},
    table::Table,
    tag::Tag,
    value::Value,
    view::View,
};

/// The API names of the two fields by which a row of a linking module points at what it links: the one at the record
/// whose module the linking module was made for, and the other one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Linking {
    /// Points at the record.
    pub first: String,
    /// Points at the other record, or at a user.
    pub second: String,
}

/// What the log keeps of a module besides its records.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Meta {
    /// The module's id.
    pub id: i64,
    /// Its API name.
    pub api_name: String,
    /// Name of one record.
    pub singular: String,
    /// Name of many.
    pub plural: String,
    /// Made by an admin.
    pub custom: bool,
    /// Shown as a tab.
    pub tab: bool,
    /// The module whose subform this one holds the rows of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Set on a linking module: what its rows link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linking: Option<Linking>,
    /// The field a record is called by.
    pub name_field: String,
    /// Its fields; a field's place is its number and never changes.
    pub fields: Vec<Field>,
    /// Its page layouts.
    pub layouts: Vec<Layout>,
    /// Its list views.
    pub views: Vec<View>,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<Tag>,
    /// When the metadata was last changed; `None` for never.
    #[serde(default)]
    pub modified: Option<i64>,
}

impl Meta {
    /// Whether its records are but rows that are shown in other records, of a subform or of a linking module.
    pub fn holds_rows(&self) -> bool {
        self.parent.is_some() || self.linking.is_some()
    }
}

/// A module.
#[derive(Debug)]
pub struct Module {
    /// Its metadata.
    pub meta: Meta,
    /// Its records.
    pub table: Table,
    names: HashMap<String, FieldNo, BuildHasherDefault<NameHasher>>,
    required: Vec<FieldNo>,
}

/// FNV-1a: field names are short and looked up twenty times per written record.
#[derive(Debug)]
struct NameHasher(u64);

impl Default for NameHasher {
    fn default() -> NameHasher {
        NameHasher(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Module {
    /// A module without records.
    pub fn new(meta: Meta) -> Module {
        let mut module =
            Module { meta, table: Table::default(), names: HashMap::default(), required: Vec::new() };
        module.refresh_names();
        module
    }

    /// Fields that the layout requires beyond those that are mandatory anyway.
    pub fn required(&self) -> &[FieldNo] {
        &self.required
    }

    /// Must follow every change of the field list and of the layouts.
    pub fn refresh_names(&mut self) {
        let required: Vec<i64> = self.layout().map(|layout| layout.required().collect()).unwrap_or_default();
        self.required = self
            .fields()
            .filter(|(_, field)| required.contains(&field.id) && !field.mandatory)
            .filter(|(_, field)| field.writable() && field.source == Source::Cell)
            .map(|(no, _)| no)
            .collect();
        self.names = self
            .meta
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| !field.removed)
            .map(|(no, field)| (field.api_name.clone(), no as FieldNo))
            .collect();
    }

    /// The layout records are made and changed with.
    pub fn layout(&self) -> Option<&Layout> {
        self.meta.layouts.iter().find(|layout| !layout.inactive)
    }

    /// Refuses writes to the rows of a subform and to attachments: they are written with, and on, their record.
    pub fn writable_alone(&self) -> Result<(), ApiError> {
        match self.meta.parent.is_some() || self.meta.api_name == "Attachments" {
            true => Err(ApiError::not_supported()),
            false => Ok(()),
        }
    }

    /// The number of a field by API name.
    pub fn field_no(&self, api_name: &str) -> Option<FieldNo> {
        self.names.get(api_name).copied()
    }

    /// A field by API name.
    pub fn field(&self, api_name: &str) -> Option<&Field> {
        self.field_no(api_name).map(|no| &self.meta.fields[no as usize])
    }

    /// The fields in use with their numbers.
    pub fn fields(&self) -> impl Iterator<Item = (FieldNo, &Field)> + '_ {
        self.meta.fields.iter().enumerate().filter(|(_, f)| !f.removed).map(|(no, f)| (no as FieldNo, f))
    }

    /// The text of a field of a record, empty when blank or not text.
    pub fn text<'a>(&self, record: &'a Record, api_name: &str) -> &'a str {
        self.field_no(api_name).and_then(|no| record.get(no)).and_then(Value::as_text).unwrap_or("")
    }

    /// What a record is called in lists and lookups.
    pub fn display_name<'a>(&self, record: &'a Record) -> Cow<'a, str> {
        match self.field(&self.meta.name_field).map(|field| &field.source) {
            Some(Source::FullName) => self.full_name(record, ""),
            _ => Cow::Borrowed(self.text(record, &self.meta.name_field)),
        }
    }

    /// Salutation, first and last name with spaces between.
    pub fn full_name<'a>(&self, record: &'a Record, salutation: &str) -> Cow<'a, str> {
        let (first, last) = (self.text(record, "First_Name"), self.text(record, "Last_Name"));
        if salutation.is_empty() && first.is_empty() {
            return Cow::Borrowed(last);
        }
        let parts: Vec<&str> =
            [salutation, first, last].into_iter().filter(|part| !part.is_empty()).collect();
        Cow::Owned(parts.join(" "))
    }
}
