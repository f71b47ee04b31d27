//! The rows that records have before they are written: of a subform, or of a lookup to several records.
//!
//! A row that is written without its id is a new one. So what is there is read first, once for all records of the call: rows that stay keep their ids (and the cells
//! that nobody maps), and those that are too much are taken away by name, whether or not the service would take them for gone when they are left out.

use super::value::{self, Keys};
use super::{Crm, cost, read};
use crate::envelope;
use crate::session::Call;
use musubi_connector::{CallError, Meta, Priced, WriteKind, WriteRequest};
use musubi_core::schema::{Field, FieldType};
use musubi_core::{FieldName, RemoteId, Value};
use serde::Deserialize;
use std::collections::HashMap;

/// What records hold at present.
#[derive(Debug, Default)]
pub(super) struct Present(HashMap<(RemoteId, FieldName), Vec<PresentRow>>);

/// A row that is there.
#[derive(Debug)]
pub(super) struct PresentRow {
    id: String,
    /// `None`: not all of them can be read.
    cells: Option<Box<[Value]>>,
}

/// A row of a write.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Placed<'a> {
    /// A row with these cells; of the id, if it is there already.
    Row(&'a [Value], Option<&'a str>),
    /// This one goes.
    Gone(&'a str),
}

impl Present {
    /// The rows in a field of a record; `None` where nothing is known.
    pub(super) fn rows(&self, record: &RemoteId, field: &FieldName) -> Option<&[PresentRow]> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&(record.clone(), field.clone())).map(Vec::as_slice)
    }
}

#[derive(Deserialize)]
struct Records<'a> {
    #[serde(borrow)]
    data: Vec<Keys<'a>>,
}

impl Crm {
    /// What the records of an update hold in the rows that are written.
    pub(super) async fn present(&self, request: &WriteRequest) -> Result<(Present, Option<Meta>), CallError> {
        let fields: Vec<&Field> = request
            .projection
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| matches!(field.kind, FieldType::Rows { .. }))
            .filter(|(slot, _)| request.items.iter().any(|item| writes(&item.values, *slot)))
            .map(|(_, field)| field)
            .collect();
        if fields.is_empty() || request.kind != WriteKind::Update {
            return Ok((Present::default(), None));
        }
        let ids = request.items.iter().filter_map(|item| item.id.as_ref());
        let call = Call::get([super::BASE, super::VERSION, request.projection.module.as_str()])
            .query("fields", read::join(fields.iter().map(|field| field.name.as_str())))
            .query("ids", read::join(ids.map(RemoteId::as_str)));
        let reply = self.session.fetch(call).await?;
        let meta = Some(reply.meta(cost::price(Priced::Read)));
        if reply.answer.body.is_empty() {
            return Ok((Present::default(), meta));
        }
        let told: Records<'_> =
            serde_json::from_slice(&reply.answer.body).map_err(|_| envelope::garbage(reply.answer.status))?;
        Ok((taken(&told, &fields), meta))
    }
}

fn writes(values: &[(u16, Value)], slot: usize) -> bool {
    values.iter().any(|(at, _)| usize::from(*at) == slot)
}

fn taken(told: &Records<'_>, fields: &[&Field]) -> Present {
    let mut present = Present::default();
    for record in &told.data {
        let Some(id) = id(record) else { continue };
        for field in fields {
            let FieldType::Rows { columns, .. } = &field.kind else { continue };
            let rows: Vec<Keys<'_>> = record
                .get(field.name.as_str())
                .and_then(|raw| serde_json::from_str(raw.get()).ok())
                .unwrap_or_default();
            let rows = rows
                .iter()
                .filter_map(|row| Some(PresentRow { id: id_text(row)?, cells: value::cells(columns, row) }));
            present.0.insert((id.clone(), field.name.clone()), rows.collect());
        }
    }
    present
}

fn id(keys: &Keys<'_>) -> Option<RemoteId> {
    id_text(keys).map(RemoteId::from)
}

fn id_text(keys: &Keys<'_>) -> Option<String> {
    let raw = keys.get("id")?.get();
    Some(value::string(raw).map_or_else(|| raw.to_owned(), |text| text.into_owned()))
}

/// Which row each of the wanted ones is: first those that are the same, then, of a subform, the others in their order.
pub(super) fn place<'a>(
    wanted: &'a [Box<[Value]>],
    present: &'a [PresentRow],
    links: bool,
) -> Vec<Placed<'a>> {
    let mut free: Vec<&PresentRow> = present.iter().collect();
    let mut ids: Vec<Option<&str>> = wanted
        .iter()
        .map(|cells| {
            let same = free.iter().position(|row| row.cells.as_deref() == Some(&**cells))?;
            Some(free.remove(same).id.as_str())
        })
        .collect();
    if !links {
        for id in ids.iter_mut().filter(|id| id.is_none()) {
            *id = (!free.is_empty()).then(|| free.remove(0).id.as_str());
        }
    }
    let stay = wanted.iter().zip(ids).map(|(cells, id)| Placed::Row(cells, id));
    stay.chain(free.into_iter().map(|row| Placed::Gone(&row.id))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(id: &str, cell: &str) -> PresentRow {
        PresentRow { id: id.to_owned(), cells: Some([Value::text(cell)].into()) }
    }

    fn rows(cells: &[&str]) -> Vec<Box<[Value]>> {
        cells.iter().map(|cell| [Value::text(*cell)].into()).collect()
    }

    fn placed(wanted: &[&str], present: &[PresentRow], links: bool) -> Vec<(String, Option<String>)> {
        let wanted = rows(wanted);
        let text = |placed: Placed<'_>| match placed {
            Placed::Row([Value::Text(cell)], id) => (cell.to_string(), id.map(str::to_owned)),
            Placed::Gone(id) => ("gone".to_owned(), Some(id.to_owned())),
            Placed::Row(..) => unreachable!("one cell each"),
        };
        place(&wanted, present, links).into_iter().map(text).collect()
    }

    fn row(cell: &str, id: Option<&str>) -> (String, Option<String>) {
        (cell.to_owned(), id.map(str::to_owned))
    }

    #[test]
    fn rows_that_stay_keep_their_ids_and_those_too_many_go_by_name() {
        let present = [there("1", "a"), there("2", "b"), there("3", "c")];
        // One changed in the middle: it is still the same row.
        assert_eq!(
            placed(&["a", "B", "c"], &present, false),
            [row("a", Some("1")), row("B", Some("2")), row("c", Some("3"))]
        );
        assert_eq!(
            placed(&["c", "d"], &present, false),
            [row("c", Some("3")), row("d", Some("1")), row("gone", Some("2"))]
        );
        assert_eq!(placed(&[], &present[..1], false), [row("gone", Some("1"))]);
        assert_eq!(placed(&["x"], &[], false), [row("x", None)]);
    }

    #[test]
    fn a_link_is_never_turned_into_another_one() {
        let present = [there("1", "a"), there("2", "b")];
        assert_eq!(
            placed(&["b", "c"], &present, true),
            [row("b", Some("2")), row("c", None), row("gone", Some("1"))]
        );
    }
}
