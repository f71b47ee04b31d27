//! Which fields a read asks for, and where each of them goes: compiled once per call from the projection.

use musubi_connector::Projection;
use musubi_core::FieldName;
use musubi_core::schema::{Field, FieldType, Way};
use std::borrow::Cow;

/// The most fields one list call may name.
const MOST_FIELDS: usize = 50;

/// Asked for with every read: when and by whom a record was made and changed. The id always comes.
const SYSTEM: [&str; 3] = ["Modified_Time", "Created_Time", "Created_By"];
/// Asked for where changes are followed, if there is room: a load needs it of no record.
const MODIFIED_BY: &str = "Modified_By";
/// Asked for of records that are read by their ids, if there is room: unlike a list, that shows converted ones like all others.
const CONVERTED: &str = "$converted";

/// One key of a record that is looked at.
#[derive(Debug)]
pub(crate) struct Column<'p> {
    /// Its API name.
    pub(crate) name: &'p str,
    /// Part of every observation besides the slots.
    pub(crate) role: Role,
    /// The slots it fills.
    pub(crate) slots: Vec<(usize, &'p FieldType)>,
}

/// What a key means for every record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The record's id.
    Id,
    /// Its modified time.
    Modified,
    /// Its creation.
    Created,
    /// Its creator.
    CreatedBy,
    /// Who changed it last.
    ModifiedBy,
    /// Whether it was converted: then it is no record of its module any more.
    Converted,
    /// A mapped field.
    Field,
}

/// The keys that are looked at.
#[derive(Debug)]
pub(crate) struct Columns<'p> {
    pub(crate) columns: Vec<Column<'p>>,
    pub(crate) slots: usize,
}

impl<'p> Columns<'p> {
    /// Compiles the projection.
    pub(crate) fn new(projection: &'p Projection) -> Columns<'p> {
        let system = [
            ("id", Role::Id),
            (SYSTEM[0], Role::Modified),
            (SYSTEM[1], Role::Created),
            (SYSTEM[2], Role::CreatedBy),
            (MODIFIED_BY, Role::ModifiedBy),
        ];
        let mut columns: Vec<Column<'p>> =
            system.into_iter().map(|(name, role)| Column { name, role, slots: Vec::new() }).collect();
        for (slot, field) in projection.fields.iter().enumerate() {
            let Some(name) = asked(field).map(FieldName::as_str) else { continue };
            match columns.iter_mut().find(|column| column.name == name) {
                Some(column) => column.slots.push((slot, &field.kind)),
                None => columns.push(Column { name, role: Role::Field, slots: vec![(slot, &field.kind)] }),
            }
        }
        Columns { columns, slots: projection.fields.len() }
    }

    /// The same, and whether a record was converted.
    pub(crate) fn and_conversion(mut self) -> Columns<'p> {
        self.columns.push(Column { name: CONVERTED, role: Role::Converted, slots: Vec::new() });
        self
    }

    /// The column of that key.
    pub(crate) fn find(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == key)
    }

    /// The values of the `fields` parameter: one group as a rule, more when there are more fields than one call may name. Every
    /// group asks for the system fields, so that each part says which version of the record it belongs to.
    pub(crate) fn groups(&self) -> Vec<String> {
        let mapped: Vec<&str> = self
            .columns
            .iter()
            .filter(|column| column.role == Role::Field || column.asked_as_field())
            .map(|column| column.name)
            .collect();
        if mapped.is_empty() {
            return vec![SYSTEM.join(",")];
        }
        mapped
            .chunks(MOST_FIELDS - SYSTEM.len())
            .map(|group| SYSTEM.iter().chain(group).copied().collect::<Vec<_>>().join(","))
            .collect()
    }
}

/// The field of the record that is asked for: of what is read through a lookup, that lookup. Of its children the record itself says nothing.
fn asked(field: &Field) -> Option<&FieldName> {
    match &field.kind {
        FieldType::Through { way: Way::Lookup(lookup), .. } => Some(lookup),
        FieldType::Through { way: Way::Child(_), .. } => None,
        _ => Some(&field.name),
    }
}

/// The group, with who changed a record last, if one more field may be named.
pub(crate) fn with_author(group: &str) -> Cow<'_, str> {
    with(group, MODIFIED_BY)
}

/// The group, with whether a record was converted, if one more field may be named.
pub(crate) fn with_conversion(group: &str) -> Cow<'_, str> {
    with(group, CONVERTED)
}

fn with<'g>(group: &'g str, field: &str) -> Cow<'g, str> {
    let mut names = group.split(',');
    if names.clone().count() >= MOST_FIELDS || names.any(|name| name == field) {
        return group.into();
    }
    format!("{group},{field}").into()
}

impl Column<'_> {
    /// It is one of every record's, and mapped besides; nobody asks for it otherwise.
    fn asked_as_field(&self) -> bool {
        self.role == Role::ModifiedBy && !self.slots.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::field::tests::field;

    fn projection(names: impl IntoIterator<Item = String>) -> Projection {
        let text = FieldType::Text { max: 255, multiline: false };
        Projection {
            module: "Contacts".into(),
            fields: names.into_iter().map(|name| field(&name, text.clone())).collect(),
        }
    }

    #[test]
    fn no_group_is_too_large_and_none_is_missing() {
        for count in [0usize, 1, 46, 47, 48, 94, 95, 200] {
            let projection = projection((0..count).map(|i| format!("F{i}")));
            let groups = Columns::new(&projection).groups();
            assert_eq!(groups.len(), count.div_ceil(47).max(1), "{count}");
            assert!(groups.iter().all(|group| group.split(',').count() <= MOST_FIELDS));
            for field in &projection.fields {
                assert_eq!(
                    groups.iter().filter(|g| g.split(',').any(|n| n == field.name.as_str())).count(),
                    1
                );
            }
        }
    }

    #[test]
    fn who_changed_a_record_is_asked_for_where_there_is_room() {
        let asked = |count: usize| {
            let projection = projection((0..count).map(|i| format!("F{i}")));
            with_author(&Columns::new(&projection).groups()[0]).ends_with(",Modified_By")
        };
        assert_eq!([0, 46, 47].map(asked), [true, true, false]);
        let mapped = projection(["Modified_By".to_owned()]);
        let groups = Columns::new(&mapped).groups();
        assert_eq!(with_author(&groups[0]), "Modified_Time,Created_Time,Created_By,Modified_By");
    }

    #[test]
    fn whether_a_record_was_converted_is_asked_for_where_there_is_room() {
        let asked = |count: usize| {
            let projection = projection((0..count).map(|i| format!("F{i}")));
            let columns = Columns::new(&projection).and_conversion();
            with_conversion(&columns.groups()[0]).ends_with(",$converted")
        };
        assert_eq!([0, 46, 47].map(asked), [true, true, false]);
    }

    #[test]
    fn a_mapped_system_field_is_asked_for_once() {
        let projection = projection(["Modified_Time".to_owned(), "City".to_owned(), "City".to_owned()]);
        let columns = Columns::new(&projection);
        assert_eq!(columns.groups(), ["Modified_Time,Created_Time,Created_By,City"]);
        assert_eq!(columns.columns[columns.find("City").unwrap()].slots.len(), 2);
    }
}
