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

/// Which row each of the wanted ones is. What is there and is none of them goes.
pub(super) fn place<'a>(
    wanted: &'a [Box<[Value]>],
    present: &'a [PresentRow],
    links: bool,
) -> Vec<Placed<'a>> {
    let are = if links { those_that_are_the_same(wanted, present) } else { those_in_order(wanted, present) };
    let gone = (0..present.len()).filter(|at| !are.contains(&Some(*at)));
    let gone: Vec<Placed<'_>> = gone.map(|at| Placed::Gone(&present[at].id)).collect();
    let stay = wanted.iter().zip(are);
    let stay = stay.map(|(cells, at)| Placed::Row(cells, at.map(|at| present[at].id.as_str())));
    stay.chain(gone).collect()
}

/// Links have no order: the one that leads to the same is the same.
fn those_that_are_the_same(wanted: &[Box<[Value]>], present: &[PresentRow]) -> Vec<Option<usize>> {
    let mut free: Vec<usize> = (0..present.len()).collect();
    let are = wanted.iter().map(|cells| {
        let same = free.iter().position(|at| present[*at].cells.as_deref() == Some(&**cells))?;
        Some(free.remove(same))
    });
    are.collect()
}

/// Rows of a subform stand in the order in which they were made, whatever order they are sent in. So those that are there already come first and in their order, and all
/// that follow the first new one are new: otherwise the two sides would show different orders, and never rest (I5). Of all ways to do that, the one is taken that
/// leaves the most as it is. A row before one that stays is one that was changed; at the end, one of which nothing stayed is a new one, which has nothing to do with
/// the cells of one that went.
fn those_in_order(wanted: &[Box<[Value]>], present: &[PresentRow]) -> Vec<Option<usize>> {
    let still: Vec<bool> =
        present.iter().map(|row| wanted.iter().any(|cells| row.cells.as_deref() == Some(&**cells))).collect();
    // How much stays of a row that becomes a wanted one; `None` where that is another one for sure. Equal rows count for more than all others together could.
    let stays = |row: usize, at: usize| match present[at].cells.as_deref() {
        Some(there) if *there == *wanted[row] => Some(1 << 32),
        Some(_) if still[at] => None,
        Some(there) => {
            Some(wanted[row].iter().zip(there).filter(|(a, b)| a == b && !a.is_blank()).count() as u64)
        }
        None => Some(0),
    };
    // best[row][at]: how much stays of the rows from this one on, if they are found among those from `at` on.
    let mut best = vec![vec![0; present.len() + 1]; wanted.len() + 1];
    for row in (0..wanted.len()).rev() {
        for at in (0..present.len()).rev() {
            let it = stays(row, at).map_or(0, |it| it + best[row + 1][at + 1]);
            best[row][at] = it.max(best[row][at + 1]);
        }
    }
    let mut are = vec![None; wanted.len()];
    let (mut row, mut at) = (0, 0);
    while row < wanted.len() && best[row][at] > 0 {
        if stays(row, at).is_some_and(|it| it + best[row + 1][at + 1] == best[row][at]) {
            are[row] = Some(at);
            row += 1;
        }
        at += 1;
    }
    are
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        assert_eq!(placed(&["c"], &present[2..], false), [row("c", Some("3"))]);
        assert_eq!(placed(&[], &present[..1], false), [row("gone", Some("1"))]);
        assert_eq!(placed(&["x"], &[], false), [row("x", None)]);
    }

    #[test]
    fn a_new_row_is_none_that_goes() {
        let present = [there("1", "a"), there("2", "b"), there("3", "c")];
        assert_eq!(
            placed(&["b", "c", "d"], &present, false),
            [row("b", Some("2")), row("c", Some("3")), row("d", None), row("gone", Some("1"))]
        );
        assert_eq!(placed(&["x"], &present[..1], false), [row("x", None), row("gone", Some("1"))]);
        // One that stays takes no other one's place: what cannot stand where it is wanted is made anew.
        assert_eq!(
            placed(&["x", "a"], &present[..2], false),
            [row("x", None), row("a", None), row("gone", Some("1")), row("gone", Some("2"))]
        );
    }

    #[test]
    fn a_row_at_the_end_that_kept_a_cell_is_the_same_row() {
        let cells = |a: &str, b: &str| -> Box<[Value]> { [Value::text(a), Value::text(b)].into() };
        let present = [
            PresentRow { id: "1".to_owned(), cells: Some(cells("a", "x")) },
            PresentRow { id: "2".to_owned(), cells: Some(cells("b", "y")) },
        ];
        let changed = [cells("a", "x"), cells("B", "y")];
        assert_eq!(those_in_order(&changed, &present), [Some(0), Some(1)]);
        let new = [cells("a", "x"), cells("B", "Y")];
        assert_eq!(those_in_order(&new, &present), [Some(0), None]);
        let blank = [cells("a", "x"), cells("B", "")];
        assert_eq!(those_in_order(&blank, &present), [Some(0), None]);
    }

    proptest! {
        /// The service shows the rows in the order in which they were sent: those that are there stand in that order, and no new one before them.
        #[test]
        fn rows_are_shown_as_they_were_sent(wanted in texts(), present in texts()) {
            let ids: Vec<String> = (0..present.len()).map(|at| at.to_string()).collect();
            let present: Vec<PresentRow> = ids.iter().zip(&present).map(|(id, cell)| there(id, cell)).collect();
            let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
            let placed = those_in_order(&rows(&wanted), &present);
            let stay: Vec<usize> = placed.iter().map_while(|at| *at).collect();
            prop_assert!(stay.is_sorted_by(|a, b| a < b), "{:?}", placed);
            prop_assert!(placed[stay.len()..].iter().all(Option::is_none), "{:?}", placed);
        }

        /// What nobody touched is left alone.
        #[test]
        fn the_same_rows_are_the_same(cells in texts()) {
            let ids: Vec<String> = (0..cells.len()).map(|at| at.to_string()).collect();
            let present: Vec<PresentRow> = ids.iter().zip(&cells).map(|(id, cell)| there(id, cell)).collect();
            let wanted: Vec<&str> = cells.iter().map(String::as_str).collect();
            let all: Vec<Option<usize>> = (0..cells.len()).map(Some).collect();
            prop_assert_eq!(those_in_order(&rows(&wanted), &present), all);
        }
    }

    fn texts() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec("[a-c]?", 0..7)
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
