//! Figures over groups of records.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::criteria::{Cell, RecordRow, compare_cells};
use crate::org::State;
use crate::org::module::Module;

use super::execute::{candidates, compare};
use super::plan;
use super::query::{Aggregate, Expression, Query};

/// One figure as it grows.
struct Figure<'a> {
    count: i64,
    sum: Decimal,
    least: Cell<'a>,
    greatest: Cell<'a>,
}

impl<'a> Figure<'a> {
    fn new() -> Figure<'a> {
        Figure { count: 0, sum: Decimal::ZERO, least: Cell::Null, greatest: Cell::Null }
    }

    fn add(&mut self, cell: Cell<'a>) {
        if cell == Cell::Null {
            return;
        }
        self.count += 1;
        match &cell {
            Cell::Integer(number) => self.sum += Decimal::from(*number),
            Cell::Decimal(number) => self.sum += *number,
            _ => {}
        }
        if self.least == Cell::Null || compare_cells(&cell, &self.least).is_lt() {
            self.least = cell.clone();
        }
        if compare_cells(&cell, &self.greatest).is_gt() {
            self.greatest = cell;
        }
    }

    fn result(&self, function: Aggregate) -> Cell<'a> {
        match function {
            Aggregate::Count => Cell::Integer(self.count),
            Aggregate::Sum => Cell::Decimal(self.sum),
            Aggregate::Min => self.least.clone(),
            Aggregate::Max => self.greatest.clone(),
            Aggregate::Avg if self.count == 0 => Cell::Null,
            Aggregate::Avg => Cell::Decimal((self.sum / Decimal::from(self.count)).round_dp(2)),
        }
    }
}

/// One group: its key cells and a figure per column.
struct Group<'a> {
    key: Vec<Cell<'a>>,
    figures: Vec<Figure<'a>>,
}

/// The rows of an aggregating query: cells in the order of its columns, and whether more would follow.
pub fn rows<'a>(state: &'a State, module: &'a Module, query: &'a Query) -> (Vec<Vec<Cell<'a>>>, bool) {
    let (access, _) = plan::choose(&query.filter, &[], module);
    let mut groups: BTreeMap<String, Group<'a>> = BTreeMap::new();
    for record in candidates(state, module, &query.filter, &access, None) {
        let row = RecordRow { state, module, record };
        let key: Vec<Cell<'a>> =
            query.group_by.iter().map(|path| row.resolve(path).unwrap_or(Cell::Null)).collect();
        let group = groups
            .entry(format!("{key:?}"))
            .or_insert_with(|| Group { key, figures: query.columns.iter().map(|_| Figure::new()).collect() });
        for (column, figure) in query.columns.iter().zip(&mut group.figures) {
            if let Expression::Aggregate(_, path) = &column.expression {
                figure.add(row.resolve(path).unwrap_or(Cell::Null));
            }
        }
    }
    let mut groups: Vec<Group<'a>> = groups.into_values().collect();
    groups.sort_by(|a, b| {
        let order = |group: &Group<'a>| -> Vec<Cell<'a>> {
            let at = |path: &String| query.group_by.iter().position(|by| by == path);
            query.order_by.iter().map(|o| at(&o.path).map_or(Cell::Null, |i| group.key[i].clone())).collect()
        };
        compare(&order(a), &order(b), &query.order_by)
    });
    let more = groups.len() > query.offset + query.limit;
    let page = groups.into_iter().skip(query.offset).take(query.limit);
    let cells = |group: Group<'a>| {
        let shown =
            query.columns.iter().zip(&group.figures).map(|(column, figure)| match &column.expression {
                Expression::Aggregate(function, _) => figure.result(*function),
                Expression::Field(path) => {
                    let at = query.group_by.iter().position(|by| by == path);
                    at.map_or(Cell::Null, |at| group.key[at].clone())
                }
            });
        shown.collect()
    };
    (page.map(cells).collect(), more)
}
