//! What is read of other records: those that a page's lookups point to, or that were chosen among their children, each of them once, by their ids.

use super::{Crm, list, query, read};
use musubi_connector::{CallError, Page, Projection};
use musubi_core::schema::{Field, FieldType};
use musubi_core::{FieldName, ModuleName, Observation, RemoteId, Value};
use std::collections::HashMap;

/// What is read of one module, and the slots that it goes to.
struct Others {
    projection: Projection,
    /// A slot of the page, and the place of its field in the projection.
    slots: Vec<(usize, usize)>,
}

impl Crm {
    /// Puts the values of the records that are pointed to into the slots that hold their ids so far: a call more for a hundred of them. One that cannot be read is
    /// not known, and no blank.
    pub(super) async fn look_through(
        &self,
        page: &mut Page,
        projection: &Projection,
    ) -> Result<(), CallError> {
        self.choose_children(page, projection).await?;
        for others in others(projection) {
            let ids = pointed_to(&page.rows, &others);
            let mut found = HashMap::with_capacity(ids.len());
            for ids in ids.chunks(read::BATCH) {
                let answer = match self.read_own(&others.projection, ids).await {
                    Err(error) if query::is_forbidden(&error) => continue,
                    answer => answer?,
                };
                page.meta = list::sum(page.meta, answer.meta);
                found.extend(answer.rows.into_iter().map(|row| (row.id, row.slots)));
            }
            for row in &mut page.rows {
                for &(slot, at) in &others.slots {
                    if let Some(Value::Record(id)) = &row.slots[slot] {
                        row.slots[slot] = found.get(id).and_then(|values| values[at].clone());
                    }
                }
            }
        }
        Ok(())
    }
}

/// What is to be read, module by module.
fn others(projection: &Projection) -> Vec<Others> {
    let mut all: Vec<Others> = Vec::new();
    for (slot, own) in projection.fields.iter().enumerate() {
        let FieldType::Through { module, field, holds, .. } = &own.kind else { continue };
        let at = all.iter().position(|one| one.projection.module == *module).unwrap_or_else(|| {
            all.push(new(module));
            all.len() - 1
        });
        let place = place(&mut all[at].projection.fields, field, own, holds);
        all[at].slots.push((slot, place));
    }
    all
}

fn new(module: &ModuleName) -> Others {
    Others { projection: Projection { module: module.clone(), fields: Vec::new() }, slots: Vec::new() }
}

/// Where the field stands among those that are read.
fn place(fields: &mut Vec<Field>, name: &FieldName, own: &Field, holds: &FieldType) -> usize {
    let known = fields.iter().position(|field| field.name == *name);
    known.unwrap_or_else(|| {
        fields.push(Field { name: name.clone(), kind: holds.clone(), ..own.clone() });
        fields.len() - 1
    })
}

fn pointed_to(rows: &[Observation], others: &Others) -> Vec<RemoteId> {
    let mut ids: Vec<RemoteId> = Vec::new();
    for row in rows {
        ids.extend(others.slots.iter().filter_map(|(slot, _)| match &row.slots[*slot] {
            Some(Value::Record(id)) => Some(id.clone()),
            _ => None,
        }));
    }
    ids.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::columns::Columns;
    use crate::crm::field::tests::field;
    use crate::crm::parse;
    use musubi_core::schema::Way;

    fn through(lookup: &str, name: &str) -> Field {
        let holds = Box::new(FieldType::Text { max: 80, multiline: false });
        let kind = FieldType::Through {
            way: Way::Lookup(lookup.into()),
            module: "Accounts".into(),
            field: name.into(),
            holds,
        };
        field(&format!("{lookup}.{name}"), kind)
    }

    #[test]
    fn a_record_is_read_once_for_all_that_is_read_through_it() {
        let lookup = field("Account_Name", FieldType::Lookup { module: "Accounts".into() });
        let fields = vec![
            through("Account_Name", "Billing_City"),
            lookup,
            through("Account_Name", "Phone"),
            through("Partner", "Phone"),
        ];
        let projection = Projection { module: "Contacts".into(), fields };
        let columns = Columns::new(&projection);
        assert_eq!(columns.groups(), ["Modified_Time,Created_Time,Created_By,Account_Name,Partner"]);
        let body = r#"{"data":[
            {"id":"1","Modified_Time":"2026-05-14T12:53:58+03:00","Account_Name":{"name":"A","id":"9"},"Partner":null},
            {"id":"2","Modified_Time":"2026-05-14T12:53:58+03:00","Account_Name":{"name":"A","id":"9"},"Partner":{"name":"B","id":"8"}}
        ],"info":{"more_records":false}}"#;
        let rows = parse::page(body.as_bytes(), &columns).unwrap().rows;
        let others = others(&projection);
        assert_eq!(others.len(), 1);
        let names: Vec<&str> = others[0].projection.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["Billing_City", "Phone"]);
        assert_eq!(others[0].slots, [(0, 0), (2, 1), (3, 1)]);
        assert_eq!(pointed_to(&rows, &others[0]), ["8".into(), "9".into()]);
        assert_eq!(rows[0].slots[3], Some(Value::Blank), "no record is nothing to be read");
    }
}
