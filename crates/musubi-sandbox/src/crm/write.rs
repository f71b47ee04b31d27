//! Insert, update and upsert: one result per record, in the order of the request.

use crate::{
    crm::{
        commit::Commit,
        consent,
        context::{RequestContext, Version},
        file_fields,
        item::{Item, Outcome},
        record_id, rows, rules, unique, upkeep,
        validate::{self, Draft, ItemError, Place},
    },
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{
        State,
        events::Operation,
        kind::Kind,
        record::{FieldNo, Record, Stamp},
        tag::{self, Tag},
        value::Value,
    },
};

/// The most records of one write.
pub const MOST_RECORDS: usize = 100;

/// `POST /{module}`.
pub fn insert(ctx: &RequestContext, module_name: &str) -> Reply {
    insert_body(ctx, module_name, &ctx.request.body)
}

/// Refuses a caller who may not write a module, before anything is said about ids or the body.
pub fn allowed(ctx: &RequestContext, module_name: &str, operation: &str) -> Result<(), ApiError> {
    if ctx.version == Version::V2 {
        return Err(ApiError::invalid_method());
    }
    if ctx.org.read().module(module_name).is_none() {
        return Err(ApiError::invalid_module());
    }
    ctx.require(&["modules", module_name], operation)
}

/// An insert of another body than the request's.
pub fn insert_body(ctx: &RequestContext, module_name: &str, body: &[u8]) -> Reply {
    write(ctx, module_name, body, "CREATE", 201, &mut |state, commit, module, node, place, _| {
        insert_one(ctx, state, commit, module, node, place).map(Item::Inserted)
    })
}

/// `PUT /{module}/{id}`.
pub fn update_in_path(ctx: &RequestContext, module_name: &str, id: &str) -> Reply {
    allowed(ctx, module_name, "UPDATE")?;
    update(ctx, module_name, Some(record_id(id, 1)?))
}

/// `PUT /{module}`, or the one record that the path names.
pub fn update(ctx: &RequestContext, module_name: &str, path_id: Option<i64>) -> Reply {
    allowed(ctx, module_name, "UPDATE")?;
    let condition = ctx.instant_header("If-Unmodified-Since")?;
    // Harder: the path names one record, so the body may hold no more.
    if path_id.is_some() && ctx.body()?.get("data").and_then(Node::as_list).is_some_and(|all| all.len() > 1) {
        return Err(too_many(1));
    }
    write(
        ctx,
        module_name,
        &ctx.request.body,
        "UPDATE",
        200,
        &mut |state, commit, module, node, place, alone| {
            let id = match path_id {
                Some(id) => id,
                None => named_id(node, place)?.ok_or_else(|| missing_id(place))?,
            };
            // Harder: a write of several records ignores the condition.
            unmodified(state, module, id, condition.filter(|_| alone))?;
            update_one(ctx, state, commit, module, id, node, place).map(Item::Updated)
        },
    )
}

/// `POST /{module}/upsert`.
pub fn upsert(ctx: &RequestContext, module_name: &str) -> Reply {
    allowed(ctx, module_name, "CREATE")?;
    let named = named_fields(&ctx.body()?)?;
    let condition = ctx.instant_header("If-Unmodified-Since")?;
    let keys = {
        let state = ctx.org.read();
        let module = state.module(module_name).ok_or_else(ApiError::invalid_module)?;
        unique::check_fields(module, named.as_deref())?
    };
    let one: &mut WriteOne<'_> = &mut |state, commit, module, node, place, alone| {
        let found = match named_id(node, place)? {
            Some(id) => Some((id, None)),
            None => unique::find_duplicate(state, module, &keys, node, place)?,
        };
        match found {
            Some((id, field)) => {
                unmodified(state, module, id, condition.filter(|_| alone))?;
                let field =
                    field.map(|no: FieldNo| state.modules[module].meta.fields[no as usize].api_name.clone());
                update_one(ctx, state, commit, module, id, node, place)
                    .map(|record| Item::UpsertedOld(record, field))
            }
            None => insert_one(ctx, state, commit, module, node, place).map(Item::UpsertedNew),
        }
    };
    write(ctx, module_name, &ctx.request.body, "CREATE", 200, one)
}

/// The fields an upsert names in `duplicate_check_fields`.
fn named_fields(body: &Node<'_>) -> Result<Option<Vec<String>>, ApiError> {
    let key = "duplicate_check_fields";
    let Some(list) = body.get(key).filter(|list| **list != Node::Null) else { return Ok(None) };
    let wrong = |expected: &str| ApiError::invalid_body(expected, key, "$.duplicate_check_fields");
    let list = list.as_list().ok_or_else(|| wrong("jsonarray"))?;
    let name = |name: &Node<'_>| name.as_str().map(str::to_owned).ok_or_else(|| wrong("text"));
    list.iter().map(name).collect::<Result<_, _>>().map(Some)
}

/// Refuses a change of a record that was changed after the condition's second.
fn unmodified(state: &State, module: usize, id: i64, condition: Option<i64>) -> Result<(), ItemError> {
    match (condition, state.modules[module].table.get(id)) {
        (Some(condition), Some(record)) if record.modified > condition => Err(ItemError {
            code: "ALREADY_MODIFIED",
            message: "the record has been modified already",
            details: serde_json::json!({}),
        }),
        _ => Ok(()),
    }
}

/// Writes one record: state, commit, module number, the record, its place, whether it is alone.
type WriteOne<'a> =
    dyn FnMut(&mut State, &mut Commit<'_>, usize, &Node<'_>, Place, bool) -> Result<Item, ItemError> + 'a;

/// What every write does around its records.
fn write(
    ctx: &RequestContext,
    module_name: &str,
    body: &[u8],
    operation: &str,
    all_done: u16,
    one: &mut WriteOne<'_>,
) -> Reply {
    allowed(ctx, module_name, operation)?;
    let body = Node::parse_object(body)?;
    let records = records(&body)?;
    ctx.charge((records.len() as u64).div_ceil(10));
    let run_rules = rules::wanted(&body)?;
    let mut commit = Commit::new(ctx);
    let mut out = Vec::with_capacity(64 + records.len() * 420);
    out.extend_from_slice(b"{\"data\":[");
    let (mut done, mut failed, mut refused) = (0, 0, None);
    {
        let mut state = ctx.org.write();
        let module = state.module_no(module_name).ok_or_else(ApiError::invalid_module)?;
        state.modules[module].writable_alone()?;
        for (at, node) in records.iter().enumerate() {
            let result = match &ctx.item_fault {
                Some((code, every)) if (at as u64 + 1).is_multiple_of(*every.max(&1)) => {
                    Err(crate::crm::item::injected(*code))
                }
                _ => one(&mut state, &mut commit, module, node, Place(at), records.len() == 1),
            };
            if at > 0 {
                out.push(b',');
            }
            match &result {
                Ok(_) => done += 1,
                Err(error) => {
                    failed += 1;
                    refused = Some(error.code);
                }
            }
            Outcome { org: &ctx.org, state: &state, result: &result }.write(&mut out);
        }
        if run_rules {
            rules::run(ctx, &mut state, &mut commit);
        }
        commit.finish(&mut state);
    }
    out.extend_from_slice(b"]}");
    let status = match (done, failed) {
        (_, 0) => all_done,
        (0, 1) if refused == Some("ALREADY_MODIFIED") => 412,
        (0, _) => 400,
        _ => 207,
    };
    Ok(Answer::json_bytes(status, out))
}

/// The records of a body, with the service's complaints about its shape.
pub fn records<'n, 'a>(body: &'n Node<'a>) -> Result<&'n [Node<'a>], ApiError> {
    let data = body.get("data").ok_or_else(|| ApiError::mandatory("data", "$.data"))?;
    let list = data.as_list().ok_or_else(|| ApiError::invalid_body("jsonarray", "data", "$.data"))?;
    match list.len() {
        0 => Err(ApiError::invalid_body("jsonarray", "data", "$.data")),
        n if n > MOST_RECORDS => Err(too_many(MOST_RECORDS)),
        _ => Ok(list),
    }
}

fn too_many(limit: usize) -> ApiError {
    let details = serde_json::json!({"limit": limit, "api_name": "data", "json_path": "$.data"});
    ApiError::new(400, "LIMIT_EXCEEDED", "data array limit exceeded", details)
}

/// The id that a record names, if it names one; null names none.
fn named_id(node: &Node<'_>, place: Place) -> Result<Option<i64>, ItemError> {
    match node.get("id").filter(|id| **id != Node::Null) {
        None => Ok(None),
        Some(id) => id.as_id().map(Some).ok_or_else(|| ItemError {
            code: "INVALID_DATA",
            message: "the id given seems to be invalid",
            details: serde_json::json!({"api_name": "id", "json_path": place.path("id")}),
        }),
    }
}

fn missing_id(place: Place) -> ItemError {
    ItemError {
        code: "MANDATORY_NOT_FOUND",
        message: "required field not found",
        details: serde_json::json!({"api_name": "id", "json_path": format!("$.data[{}].id", place.0)}),
    }
}

/// Makes a record.
pub fn insert_one(
    ctx: &RequestContext,
    state: &mut State,
    commit: &mut Commit<'_>,
    module: usize,
    node: &Node<'_>,
    place: Place,
) -> Result<Stamp, ItemError> {
    let prepared = prepare(ctx, state, module, node, place)?;
    Ok(put_new(state, commit, module, prepared))
}

/// A record that was checked and only has to be put in.
#[derive(Debug)]
pub struct Prepared {
    /// The record, without an id.
    pub record: Record,
    /// The rows of its subforms and links.
    pub rows: Vec<rows::Plan>,
}

/// Checks a new record in full, without putting it in.
pub fn prepare(
    ctx: &RequestContext,
    state: &mut State,
    module: usize,
    node: &Node<'_>,
    place: Place,
) -> Result<Prepared, ItemError> {
    let mut draft = validate::draft(state, module, node, place)?;
    let wishes = std::mem::take(&mut draft.rows);
    let now = ctx.now();
    let mut record = Record {
        owner: draft.owner.unwrap_or(ctx.user_id),
        cells: Vec::with_capacity(draft.sets.len() + 4),
        ..Record::new(ctx.user_id, now)
    };
    apply(ctx, state, module, &mut record, draft);
    upkeep::complete(state, module, &mut record, place)?;
    upkeep::derive(&state.modules[module], &mut record, now);
    unique::check(&state.modules[module], &record, place)?;
    let rows = rows::plan(ctx, state, module, 0, wishes, place)?;
    Ok(Prepared { record, rows })
}

/// Puts a checked record in.
pub fn put_new(state: &mut State, commit: &mut Commit<'_>, module: usize, prepared: Prepared) -> Stamp {
    let Prepared { mut record, rows } = prepared;
    record.id = state.ids.fresh();
    record.cells.shrink_to_fit();
    let cells = record.cells.iter().map(|cell| cell.field);
    let changed = cells.chain(rows.iter().map(|plan| plan.field)).collect();
    let stamp = record.stamp();
    commit.put(state, module, record, Operation::Insert, changed);
    rows::carry_out(state, commit, stamp.id, rows);
    stamp
}

/// Changes a record. A change that changes nothing is a change all the same: the time moves.
pub fn update_one(
    ctx: &RequestContext,
    state: &mut State,
    commit: &mut Commit<'_>,
    module: usize,
    id: i64,
    node: &Node<'_>,
    place: Place,
) -> Result<Stamp, ItemError> {
    // Harder: a lead that was converted cannot be changed any more.
    let old = state.modules[module].table.get(id).filter(|record| record.converted.is_none());
    let Some(old) = old else {
        return Err(ItemError {
            code: "INVALID_DATA",
            message: "the id given seems to be invalid",
            details: serde_json::json!({"api_name": "id", "json_path": format!("$.data[{}].id", place.0), "id": id.to_string()}),
        });
    };
    let (mut record, before) = (old.clone(), old.modified);
    let mut draft = validate::draft(state, module, node, place)?;
    let wishes = std::mem::take(&mut draft.rows);
    if let Some(owner) = draft.owner {
        record.owner = owner;
    }
    let mut changed = apply(ctx, state, module, &mut record, draft);
    // Two calls at the turn of a second may get their turn in the other order; a record's time does not go back for that.
    record.modified = if before == ctx.now() + 1 { before } else { ctx.now() };
    record.modified_by = ctx.user_id;
    upkeep::derive(&state.modules[module], &mut record, ctx.now());
    upkeep::check(&state.modules[module], &record, place)?;
    unique::check(&state.modules[module], &record, place)?;
    let rows = rows::plan(ctx, state, module, id, wishes, place)?;
    changed.extend(rows.iter().map(|plan| plan.field));
    changed.sort_unstable();
    record.cells.shrink_to_fit();
    let stamp = record.stamp();
    commit.put(state, module, record, Operation::Update, changed);
    rows::carry_out(state, commit, id, rows);
    Ok(stamp)
}

/// Puts a draft into a record; gives the fields whose value changed.
fn apply(
    ctx: &RequestContext,
    state: &mut State,
    module: usize,
    record: &mut Record,
    draft: Draft,
) -> Vec<FieldNo> {
    let mut changed = Vec::new();
    for (no, value) in draft.sets {
        let value = match value {
            Some(Value::Many(new)) if new.first().is_some_and(|first| first.is_empty()) => {
                let mut all = match record.get(no) {
                    Some(Value::Many(old)) => old.to_vec(),
                    _ => Vec::new(),
                };
                for value in new.iter().skip(1).filter(|v| !v.is_empty()) {
                    if !all.contains(value) {
                        all.push(value.clone());
                    }
                }
                Some(Value::Many(all.into_boxed_slice()))
            }
            other => other,
        };
        let field = &state.modules[module].meta.fields[usize::from(no)];
        let value = match value {
            Some(value) if matches!(field.kind, Kind::FileUpload | Kind::ImageUpload) => {
                file_fields::merge(state, &field.clone(), record.get(no), value)
            }
            Some(value) if field.kind == Kind::ConsentLookup => {
                Some(consent::merge(ctx, state, record.get(no), value))
            }
            other => other,
        };
        if record.set(no, value) {
            changed.push(no);
        }
    }
    if let Some(names) = draft.tags {
        let mut tags = Vec::with_capacity(names.len());
        for name in names.iter().filter(|name| !name.is_empty()) {
            let tag = tag_id(ctx, state, module, name);
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        if *record.tags != *tags {
            record.tags = tags.into();
            changed.extend(state.modules[module].field_no("Tag"));
        }
    }
    changed
}

/// The id of the tag of this name, made when it is not there.
pub fn tag_id(ctx: &RequestContext, state: &mut State, module: usize, name: &str) -> i64 {
    let known = state.modules[module].meta.tags.iter().find(|tag| tag.name.eq_ignore_ascii_case(name));
    if let Some(tag) = known {
        return tag.id;
    }
    let id = state.ids.fresh();
    let now = ctx.now();
    let name = name.chars().take(tag::LONGEST).collect();
    state.modules[module].meta.tags.push(Tag {
        id,
        name,
        color: None,
        created: now,
        modified: now,
        by: ctx.user_id,
    });
    let mut commit = Commit::new(ctx);
    commit.meta(state, module);
    commit.finish(state);
    id
}
