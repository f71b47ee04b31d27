//! Runs a query under the org's read lock.

use std::cmp::Ordering;

use crate::criteria::{Cell, Criteria, RecordRow, compare_cells, matches};
use crate::org::State;
use crate::org::module::Module;
use crate::org::record::Record;
use crate::org::table::{Order as StandingOrder, Table};

use super::plan::{self, Access};
use super::query::{Direction, Order, Query};

/// The records of one page, and whether more would follow.
pub struct Page<'a> {
    /// The records, in order.
    pub records: Vec<&'a Record>,
    /// Whether the query has more than its limit.
    pub more: bool,
}

/// The page a query asks for; of these records, if it is behind the times.
pub fn page<'a>(
    state: &'a State,
    module: &'a Module,
    query: &'a Query,
    past: Option<&'a [Record]>,
) -> Page<'a> {
    let take = query.limit + 1;
    if let Some(past) = past {
        let met = |record: &&Record| matches(&query.filter, &RecordRow { state, module, record });
        let all = past.iter().filter(met).collect();
        let mut records: Vec<&Record> =
            sort(state, module, all, &query.order_by).into_iter().skip(query.offset).take(take).collect();
        let more = records.len() > query.limit;
        records.truncate(query.limit);
        return Page { records, more };
    }
    let (access, walk) = plan::choose(&query.filter, &query.order_by, module);
    let found = candidates(state, module, &query.filter, &access, walk);
    let mut records: Vec<&Record> = match walk {
        // In order already: stop as soon as the page is full.
        Some(_) => found.skip(query.offset).take(take).collect(),
        None => {
            let all: Vec<&Record> = found.collect();
            sort(state, module, all, &query.order_by).into_iter().skip(query.offset).take(take).collect()
        }
    };
    let more = records.len() > query.limit;
    records.truncate(query.limit);
    Page { records, more }
}

/// Every record that meets the criteria, in no order unless `walk` names the direction of the access.
pub fn candidates<'a>(
    state: &'a State,
    module: &'a Module,
    filter: &'a Criteria,
    access: &Access,
    walk: Option<Direction>,
) -> Box<dyn Iterator<Item = &'a Record> + 'a> {
    let table = &module.table;
    let met = move |record: &&'a Record| matches(filter, &RecordRow { state, module, record });
    match access {
        Access::Ids(ids) => {
            let mut ids = ids.clone();
            ids.sort_unstable();
            ids.dedup();
            Box::new(ids.into_iter().filter_map(|id| table.get(id)).filter(met))
        }
        Access::Field(field, keys) => {
            let mut slots: Vec<u32> = keys
                .iter()
                .flat_map(|key| table.field_index(*field).into_iter().flat_map(|index| index.slots(*key)))
                .collect();
            slots.sort_unstable();
            slots.dedup();
            Box::new(slots.into_iter().filter_map(|slot| table.live(slot)).filter(met))
        }
        Access::Stretch(order, interval) => {
            let ranked = table.order(*order);
            let (low, high) = (interval.low, interval.high);
            let live = move |(_, slot): (i64, u32)| table.live(slot);
            if walk == Some(Direction::Descending) {
                let until = match plan::greatest(filter, plan::field_of(*order)) {
                    (i64::MAX, _) => ranked.len(),
                    (key, i64::MAX) => ranked.rank((key + 1, 0)),
                    (key, id) => ranked.rank((key, first_slot(table, id + 1))),
                };
                let stretch = ranked.descending_before(until).take_while(move |(key, _)| *key >= low);
                return Box::new(stretch.filter_map(live).filter(met));
            }
            let (key, id) = plan::least(filter, plan::field_of(*order));
            let from = ranked.rank((key, if id == i64::MIN { 0 } else { first_slot(table, id) }));
            let stretch = ranked.ascending_from(from).take_while(move |(key, _)| *key <= high);
            Box::new(stretch.filter_map(live).filter(met))
        }
    }
}

/// The slot of the first live record with this id or a greater one: slots stand in the order of ids.
fn first_slot(table: &Table, id: i64) -> u32 {
    let by_id = table.order(StandingOrder::Id);
    by_id.ascending_from(by_id.rank((id, 0))).next().map_or(u32::MAX, |(_, slot)| slot)
}

/// Orders records by the columns, then by id.
pub fn sort<'a>(
    state: &'a State,
    module: &'a Module,
    records: Vec<&'a Record>,
    order_by: &[Order],
) -> Vec<&'a Record> {
    let cells = |record: &'a Record| -> Vec<Cell<'a>> {
        let row = RecordRow { state, module, record };
        order_by.iter().map(|order| row.resolve(&order.path).unwrap_or(Cell::Null)).collect()
    };
    let mut keyed: Vec<(Vec<Cell<'a>>, &Record)> = records.into_iter().map(|r| (cells(r), r)).collect();
    keyed.sort_by(|(left, a), (right, b)| compare(left, right, order_by).then(a.id.cmp(&b.id)));
    keyed.into_iter().map(|(_, record)| record).collect()
}

/// The order of two rows by their order columns.
pub fn compare(left: &[Cell<'_>], right: &[Cell<'_>], order_by: &[Order]) -> Ordering {
    let by_column = left.iter().zip(right).zip(order_by).map(|((left, right), order)| {
        let ordering = compare_cells(left, right);
        if order.direction == Direction::Descending { ordering.reverse() } else { ordering }
    });
    by_column.fold(Ordering::Equal, Ordering::then)
}
