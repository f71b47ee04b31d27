//! A stored record as conditions see it, with fields of looked-up records by dotted path.

use std::borrow::Cow;

use crate::org::State;
use crate::org::field::{Field, Source};
use crate::org::kind::Kind;
use crate::org::module::Module;
use crate::org::record::{FieldNo, Record};
use crate::org::value::Value;

use super::{Cell, Row};

/// One record of a module of an org.
#[derive(Clone, Copy)]
pub struct RecordRow<'a> {
    /// The org, for names of users and looked-up records.
    pub state: &'a State,
    /// The module.
    pub module: &'a Module,
    /// The record.
    pub record: &'a Record,
}

impl Row for RecordRow<'_> {
    fn cell(&self, api_name: &str) -> Option<Cell<'_>> {
        self.resolve(api_name)
    }
}

impl<'a> RecordRow<'a> {
    /// The value at a path such as `Email` or `Account_Name.Parent_Account.Account_Name`; blank when a lookup on the
    /// way is blank, `None` when a field on the way does not exist.
    pub fn resolve(self, path: &str) -> Option<Cell<'a>> {
        let Some((first, rest)) = path.split_once('.') else { return self.field_cell(path) };
        let field = self.module.field(first)?;
        if matches!(field.kind, Kind::OwnerLookup | Kind::UserLookup) {
            return self.user_cell(first, rest);
        }
        let target = self.state.module(field.targets.first()?)?;
        let Some(record) = self.reference(first).and_then(|id| target.table.get(id)) else {
            // The path must exist even where this record does not follow it.
            return check_path(self.state, target, rest).then_some(Cell::Null);
        };
        RecordRow { state: self.state, module: target, record }.resolve(rest)
    }

    fn reference(self, api_name: &str) -> Option<i64> {
        self.record.get(self.module.field_no(api_name)?)?.as_reference()
    }

    fn user_cell(self, field: &str, key: &str) -> Option<Cell<'a>> {
        let Some(Cell::Reference { id, .. }) = self.field_cell(field) else { return Some(Cell::Null) };
        let Some(user) = self.state.user(id) else { return Some(Cell::Null) };
        Some(match key {
            "id" => Cell::Integer(id),
            "email" => Cell::Text(Cow::Borrowed(&user.email)),
            "first_name" => Cell::Text(Cow::Borrowed(&user.first_name)),
            "last_name" => Cell::Text(Cow::Borrowed(&user.last_name)),
            "name" | "full_name" => Cell::Text(Cow::Owned(user.full_name())),
            _ => return None,
        })
    }

    fn field_cell(self, api_name: &str) -> Option<Cell<'a>> {
        Some(self.cell_at(self.module.field_no(api_name)?))
    }

    /// The value of a field by its number, with a reference's id alone.
    pub fn plain_cell_at(self, no: FieldNo) -> Cell<'a> {
        let bare = |id| Cell::Reference { id, name: None };
        match (&self.module.meta.fields[usize::from(no)].source, self.record.get(no)) {
            (Source::Owner, _) => bare(self.record.owner),
            (Source::CreatedBy, _) => bare(self.record.created_by),
            (Source::ModifiedBy, _) => bare(self.record.modified_by),
            (Source::Cell, Some(Value::User(id) | Value::Lookup(id) | Value::ModuleLookup(_, id))) => {
                bare(*id)
            }
            _ => self.cell_at(no),
        }
    }

    fn cell_at(self, no: FieldNo) -> Cell<'a> {
        let field = &self.module.meta.fields[usize::from(no)];
        match &field.source {
            Source::Cell => match self.record.get(no) {
                Some(value) => self.value_cell(field, value),
                None if field.kind == Kind::Boolean => Cell::Bool(false),
                None => Cell::Null,
            },
            Source::Id => Cell::Integer(self.record.id),
            Source::Owner => self.user_reference(self.record.owner),
            Source::CreatedBy => self.user_reference(self.record.created_by),
            Source::ModifiedBy => self.user_reference(self.record.modified_by),
            Source::CreatedTime => Cell::Instant(self.record.created),
            Source::ModifiedTime => Cell::Instant(self.record.modified),
            Source::Activity => self.record.activity.map_or(Cell::Null, Cell::Instant),
            Source::Tag => self.tags(),
            Source::FullName => {
                let salutation = self.module.text(self.record, "Salutation");
                Cell::Text(self.module.full_name(self.record, salutation))
            }
            // Shown, but no condition can be put on them.
            _ => Cell::Null,
        }
    }

    fn value_cell(self, field: &Field, value: &'a Value) -> Cell<'a> {
        match value {
            Value::Text(text) => Cell::Text(Cow::Borrowed(text)),
            Value::Bool(value) => Cell::Bool(*value),
            Value::Int(number) => Cell::Integer(*number),
            Value::Decimal(number) => Cell::Decimal(*number),
            Value::Date(date) => Cell::Date(*date),
            Value::Instant(second) => Cell::Instant(*second),
            Value::User(id) => self.user_reference(*id),
            Value::Lookup(id) => {
                let name = field.targets.first().and_then(|target| self.state.record_name(target, *id));
                Cell::Reference { id: *id, name }
            }
            Value::ModuleLookup(module, id) => {
                let target = self.state.modules.get(usize::from(*module));
                let record = target.and_then(|target| Some((target, target.table.get(*id)?)));
                Cell::Reference { id: *id, name: record.map(|(target, record)| target.display_name(record)) }
            }
            Value::Many(values) => {
                Cell::List(values.iter().map(|value| Cow::Borrowed(value.as_str())).collect())
            }
            Value::Json(_) => Cell::Null,
        }
    }

    fn user_reference(self, id: i64) -> Cell<'a> {
        let name = self.state.user(id).map(|user| Cow::Owned(user.full_name()));
        Cell::Reference { id, name }
    }

    fn tags(self) -> Cell<'a> {
        let name = |id: &i64| self.module.meta.tags.iter().find(|tag| tag.id == *id);
        Cell::List(
            self.record.tags.iter().filter_map(name).map(|tag| Cow::Borrowed(tag.name.as_str())).collect(),
        )
    }
}

/// Whether a path leads to a field, over lookups.
pub fn check_path(state: &State, module: &Module, path: &str) -> bool {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    // Rows of a linking module are no column.
    let Some(field) = module.field(first).filter(|field| field.links().is_none()) else { return false };
    let Some(rest) = rest else { return true };
    if matches!(field.kind, Kind::OwnerLookup | Kind::UserLookup) {
        return matches!(rest, "id" | "email" | "first_name" | "last_name" | "name" | "full_name");
    }
    field.targets.first().and_then(|target| state.module(target)).is_some_and(|m| check_path(state, m, rest))
}
