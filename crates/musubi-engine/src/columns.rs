//! Columns of subforms: which are carried over.

use crate::compile::{LeftOut, Sibling, parents};
use musubi_core::convert::is_convertible;
use musubi_core::mapping::{Mapping, Pair};
use musubi_core::policy::Direction;
use musubi_core::schema::{Field, FieldType};

/// Whether values of fields of the same name can go between them. Subforms go by the columns that both have, whatever else each of them has, and in whatever order.
pub(crate) fn go_together(left: &FieldType, right: &FieldType) -> bool {
    match (left, right) {
        (
            FieldType::Rows { columns: left, links: false },
            FieldType::Rows { columns: right, links: false },
        ) => {
            let has = |a: &Field| right.iter().any(|b| a.name == b.name && is_convertible(&a.kind, &b.kind));
            left.iter().any(has)
        }
        _ => left == right || is_convertible(left, right) || is_convertible(right, left),
    }
}

/// Takes the lookups that lead to modules which are not synced out of the rows of every subform: the rest of a row is carried over without them. A subform with no
/// column left is not carried over at all.
pub(crate) fn leave_out(mapping: &mut Mapping, siblings: &[Sibling]) -> Vec<LeftOut> {
    mapping.pairs.iter_mut().flat_map(|pair| of_pair(pair, siblings)).collect()
}

fn of_pair(pair: &mut Pair, siblings: &[Sibling]) -> Vec<LeftOut> {
    let field = pair.fields.left.name.to_string();
    let (FieldType::Rows { columns: left, links: false }, FieldType::Rows { columns: right, links: false }) =
        (&mut pair.fields.left.kind, &mut pair.fields.right.kind)
    else {
        return Vec::new();
    };
    let goes: Vec<bool> = left.iter().zip(&*right).map(|(l, r)| is_carried(l, r, siblings)).collect();
    let out = left.iter().zip(&goes).filter(|(_, goes)| !**goes);
    let out = out.map(|(column, _)| LeftOut {
        field: format!("{field}.{}", column.name),
        reason: "lookup.parent_not_synced",
    });
    let out: Vec<LeftOut> = out.collect();
    if !goes.contains(&true) {
        pair.direction = Direction::Neither;
        return out;
    }
    for columns in [left, right] {
        let mut goes = goes.iter();
        columns.retain(|_| goes.next().is_none_or(|goes| *goes));
    }
    out
}

fn is_carried(left: &Field, right: &Field, siblings: &[Sibling]) -> bool {
    match (&left.kind, &right.kind) {
        (FieldType::Lookup { .. }, FieldType::Lookup { .. }) => {
            !parents(siblings, &left.kind, &right.kind).is_empty()
        }
        // A cell does not say of which module its record is.
        (FieldType::AnyLookup { .. }, _) | (_, FieldType::AnyLookup { .. }) => false,
        _ => true,
    }
}
