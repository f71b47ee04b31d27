//! Rows of a subform or of a linking module: records of a module of their own that hang on the record they are shown in.
//!
//! A row with an id is changed, one without is new, one with `_delete` is deleted. A write of a subform sends every row
//! to keep: one that is left out is deleted as well. Rows of a linking module stay unless they are named; null takes all
//! away. (Harder: a client cannot say with one list which links there shall be.) Rows never go to the recycle bin alone
//! in the eyes of a client.

use serde_json::json;

use super::{
    commit::Commit,
    context::RequestContext,
    linked_rows, upkeep,
    validate::{self, Draft, ItemError, Place},
};
use crate::{
    http::json_in::Node,
    org::{
        State,
        events::Operation,
        field::Field,
        record::{FieldNo, Record},
        value::Value,
    },
};

/// The most rows of one subform.
const MOST_ROWS: usize = 200;

/// One row as a client sent it.
#[derive(Debug)]
pub struct RowWish {
    id: Option<i64>,
    deleted: bool,
    draft: Draft,
}

/// The rows of one field as a client sent them.
#[derive(Debug)]
pub struct Wish {
    rows: Vec<RowWish>,
    unnamed: Unnamed,
}

/// What becomes of rows that a write does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unnamed {
    Stay,
    Go,
}

/// What a write does to the rows of one field.
#[derive(Debug)]
pub struct Plan {
    /// The field in the record's module.
    pub field: FieldNo,
    module: usize,
    /// The field of the rows that points at the record.
    parent: FieldNo,
    /// New rows have the id 0.
    puts: Vec<(Record, Vec<FieldNo>)>,
    deletes: Vec<i64>,
}

/// The module that holds the rows of a field, and its field that points at the record.
pub fn module_of(state: &State, field: &Field) -> Option<(usize, FieldNo)> {
    let no = state.module_no(field.targets.first()?)?;
    let parent = field.links().map_or("Parent_Id", |links| &links.own);
    Some((no, state.modules[no].field_no(parent)?))
}

/// The rows of a record, oldest first.
pub fn of(state: &State, field: &Field, parent: i64) -> Vec<i64> {
    let Some((no, parent_field)) = module_of(state, field) else { return Vec::new() };
    let found = state.modules[no].table.candidates(parent_field, parent);
    found.into_iter().flatten().map(|row| row.id).collect()
}

/// Reads the rows of a field.
pub fn read(state: &State, field: &Field, node: &Node<'_>, place: Place) -> Result<Wish, ItemError> {
    let wrong = || ItemError {
        code: "INVALID_DATA",
        message: "invalid data",
        details: json!({"expected_data_type": "jsonarray", "api_name": field.api_name, "json_path": place.path(&field.api_name)}),
    };
    let list = match node {
        Node::Null => return Ok(Wish { rows: Vec::new(), unnamed: Unnamed::Go }),
        Node::List(list) => list,
        _ => return Err(wrong()),
    };
    if list.len() > MOST_ROWS {
        return Err(ItemError {
            code: "INVALID_DATA",
            message: "invalid data",
            details: json!({"limit": MOST_ROWS, "api_name": field.api_name, "json_path": place.path(&field.api_name)}),
        });
    }
    let (no, _) = module_of(state, field).ok_or_else(wrong)?;
    let row = |(at, row): (usize, &Node<'_>)| {
        let draft = validate::draft(state, no, row, Place(at));
        Ok(RowWish {
            id: row.get("id").and_then(Node::as_id),
            deleted: row.get("_delete").is_some(),
            draft: draft.map_err(|error| within(error, field, place))?,
        })
    };
    let rows = list.iter().enumerate().map(row).collect::<Result<_, _>>()?;
    let unnamed = if field.links().is_some() { Unnamed::Stay } else { Unnamed::Go };
    Ok(Wish { rows, unnamed })
}

/// An error about a row, told with the place of the record around it.
fn within(mut error: ItemError, field: &Field, place: Place) -> ItemError {
    // What a row links is the value of the field itself, whatever the linking module calls it.
    if field.links().is_some_and(|links| error.details["api_name"] == links.other) {
        error.details["api_name"] = json!(field.api_name);
    }
    let path = error.details["json_path"].as_str().and_then(|path| path.strip_prefix("$.data"));
    if let Some(path) = path {
        error.details["json_path"] = json!(place.path(&format!("{}{path}", field.api_name)));
    }
    error
}

/// Works out what to do; nothing is changed yet, so that a bad row refuses the whole record. `parent` is 0 for a
/// record that is not made yet.
pub fn plan(
    ctx: &RequestContext,
    state: &mut State,
    module: usize,
    parent: i64,
    wishes: Vec<(FieldNo, Wish)>,
    place: Place,
) -> Result<Vec<Plan>, ItemError> {
    let mut plans = Vec::with_capacity(wishes.len());
    for (field_no, wish) in wishes {
        let field = state.modules[module].meta.fields[usize::from(field_no)].clone();
        let Some((no, parent_field)) = module_of(state, &field) else { continue };
        let known = if parent == 0 { Vec::new() } else { of(state, &field, parent) };
        let mut plan =
            Plan { field: field_no, module: no, parent: parent_field, puts: Vec::new(), deletes: Vec::new() };
        let (mut named, mut places) = (Vec::new(), Vec::new());
        for (at, wish) in wish.rows.into_iter().enumerate() {
            let old = match wish.id {
                // Harder: a row that is named twice is not known the second time.
                Some(id) if known.contains(&id) && !named.contains(&id) => {
                    named.push(id);
                    state.modules[no].table.get(id).cloned()
                }
                Some(_) => return Err(unknown_row(&field, at, place)),
                None => None,
            };
            match old {
                Some(old) if wish.deleted => plan.deletes.push(old.id),
                Some(old) => {
                    let mut row = old;
                    let changed = set(&mut row, wish.draft, parent_field);
                    if !changed.is_empty() {
                        (row.modified, row.modified_by) = (ctx.now(), ctx.user_id);
                        plan.puts.push((row, changed));
                        places.push(at);
                    }
                }
                None if wish.deleted => return Err(unknown_row(&field, at, place)),
                None => {
                    let mut row = Record::new(ctx.user_id, ctx.now());
                    row.set(parent_field, Some(Value::Lookup(parent)));
                    set(&mut row, wish.draft, parent_field);
                    upkeep::complete(state, no, &mut row, Place(at))
                        .map_err(|error| within(error, &field, place))?;
                    let changed = row.cells.iter().map(|cell| cell.field).collect();
                    plan.puts.push((row, changed));
                    places.push(at);
                }
            }
        }
        if wish.unnamed == Unnamed::Go {
            plan.deletes.extend(known.iter().copied().filter(|id| !named.contains(id)));
        }
        let stay = known.iter().filter(|id| !plan.deletes.contains(id));
        linked_rows::check(&state.modules[no], &field, stay, &plan.puts, &places, place)?;
        if !plan.puts.is_empty() || !plan.deletes.is_empty() {
            plans.push(plan);
        }
    }
    Ok(plans)
}

/// Fills a row. Which record it hangs on is not for the client to say.
fn set(row: &mut Record, draft: Draft, parent: FieldNo) -> Vec<FieldNo> {
    let sets = draft.sets.into_iter().filter(|(no, _)| *no != parent);
    sets.filter_map(|(no, value)| row.set(no, value).then_some(no)).collect()
}

fn unknown_row(field: &Field, at: usize, place: Place) -> ItemError {
    ItemError {
        code: "INVALID_DATA",
        message: "the id given seems to be invalid",
        details: json!({"api_name": "id", "json_path": place.path(&format!("{}[{at}].id", field.api_name))}),
    }
}

/// Carries plans out for a record that is in the table by now.
pub fn carry_out(state: &mut State, commit: &mut Commit<'_>, parent: i64, plans: Vec<Plan>) {
    for plan in plans {
        for id in plan.deletes {
            commit.delete(state, plan.module, id);
        }
        for (mut row, changed) in plan.puts {
            let operation = if row.id == 0 { Operation::Insert } else { Operation::Update };
            if row.id == 0 {
                row.id = state.ids.fresh();
            }
            row.set(plan.parent, Some(Value::Lookup(parent)));
            row.cells.shrink_to_fit();
            commit.put(state, plan.module, row, operation, changed);
        }
    }
}

/// Gives a copy of a record copies of the rows.
pub fn copy(
    ctx: &RequestContext,
    state: &mut State,
    commit: &mut Commit<'_>,
    module: usize,
    from: i64,
    to: i64,
) {
    let holding: Vec<(FieldNo, Field)> = state.modules[module]
        .fields()
        .filter(|(_, field)| field.holds_rows())
        .map(|(no, field)| (no, field.clone()))
        .collect();
    for (field_no, field) in holding {
        let Some((no, parent)) = module_of(state, &field) else { continue };
        let puts = of(state, &field, from)
            .into_iter()
            .filter_map(|id| state.modules[no].table.get(id))
            .map(|row| {
                let mut row = Record { cells: row.cells.clone(), ..Record::new(ctx.user_id, ctx.now()) };
                row.owner = ctx.user_id;
                let changed = row.cells.iter().map(|cell| cell.field).collect();
                (row, changed)
            })
            .collect();
        carry_out(
            state,
            commit,
            to,
            vec![Plan { field: field_no, module: no, parent, puts, deletes: Vec::new() }],
        );
    }
}
