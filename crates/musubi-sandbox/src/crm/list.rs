//! `GET /{module}`: pages of records, written straight to bytes.

use std::borrow::Cow;

use super::{
    context::{RequestContext, Version},
    paging::Paging,
    render::{Columns, SystemKeys},
    views,
};
use crate::{
    criteria::{self, Criteria, record::RecordRow},
    http::{
        answer::Answer,
        error::{ApiError, Reply},
    },
    org::{State, module::Module, record::Record, table::Order},
};

/// The most fields of one call.
const MOST_FIELDS: usize = 50;

struct Wanted {
    order: Order,
    ascending: bool,
    since: Option<i64>,
    converted: Option<bool>,
    view: Option<Criteria>,
}

/// Serves a page of records.
pub fn list(ctx: &RequestContext, module_name: &str) -> Reply {
    let state = ctx.org.read();
    let module = state.module(module_name).ok_or_else(ApiError::invalid_module)?;
    ctx.require(&["modules", module_name], "READ")?;
    let fields = ctx.request.query.list("fields");
    if fields.is_none() && ctx.version == Version::V8 {
        return Err(ApiError::missing_parameter("fields"));
    }
    if fields.as_ref().is_some_and(|names| names.len() > MOST_FIELDS) {
        return Err(ApiError::new(
            400,
            "LIMIT_EXCEEDED",
            "the number of fields is over the limit",
            serde_json::json!({"limit": MOST_FIELDS, "param_name": "fields"}),
        ));
    }
    let columns = match &fields {
        Some(names) => Columns::of(&ctx.org, &state, module, names, ctx.now()),
        None => Columns::all(&ctx.org, &state, module, SystemKeys::With, ctx.now()),
    };
    let columns = if ctx.version == Version::V2 { columns.without_parent_modules() } else { columns };
    if let Some(ids) = ctx.request.query.list("ids") {
        return by_ids(ctx, module, &columns, &ids);
    }
    let wanted = wanted(ctx, module)?;
    let bound = format!(
        "{module_name}|{:?}|{:?}|{:?}|{:?}|{:?}|{:?}|{:?}",
        fields,
        ctx.param("sort_by"),
        ctx.param("sort_order"),
        ctx.param("cvid"),
        ctx.param("converted"),
        ctx.param("per_page"),
        ctx.request.header("if-modified-since")
    );
    let paging = Paging::read(ctx, &bound)?;
    let rows = Rows { ctx, state: &state, module, wanted: &wanted };
    let page = rows.page(paging.offset, paging.per_page + 1);
    if page.is_empty() {
        return Ok(paging.nothing(wanted.since));
    }
    let more = page.len() > paging.per_page;
    let count = page.len().min(paging.per_page);
    let sort_by = match wanted.order {
        Order::Id => "id",
        Order::CreatedTime => "Created_Time",
        Order::ModifiedTime => "Modified_Time",
    };
    let info = paging.info(ctx, count, more, sort_by, if wanted.ascending { "asc" } else { "desc" });
    let mut out = Vec::with_capacity(count * 900 + 400);
    out.extend_from_slice(b"{\"data\":[");
    for (at, record) in page.iter().take(count).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        columns.write(&mut out, record);
    }
    out.extend_from_slice(b"],\"info\":");
    out.extend_from_slice(info.to_string().as_bytes());
    out.push(b'}');
    Ok(Answer::json_bytes(200, out))
}

fn wanted(ctx: &RequestContext, module: &Module) -> Result<Wanted, ApiError> {
    let order = match ctx.param("sort_by") {
        None | Some("id") => Order::Id,
        Some("Created_Time") => Order::CreatedTime,
        Some("Modified_Time") => Order::ModifiedTime,
        Some(_) => return Err(ApiError::invalid_parameter("sort_by")),
    };
    let ascending = match ctx.param("sort_order") {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(_) => return Err(ApiError::invalid_parameter("sort_order")),
    };
    let since = ctx.since()?;
    let converted = match ctx.param("converted") {
        None | Some("false") => Some(false),
        Some("true") => Some(true),
        Some("both") => None,
        Some(_) => return Err(ApiError::invalid_parameter("converted")),
    };
    let view = match ctx.param("cvid") {
        None => None,
        Some(_) if ctx.param("sort_by").is_some() => {
            return Err(ApiError::new(
                400,
                "AMBIGUITY_DURING_PROCESSING",
                "ambiguity while processing the request",
                serde_json::json!({"ambiguity_due_to": [{"param_name": "cvid"}, {"param_name": "sort_by"}]}),
            ));
        }
        Some(id) => {
            ctx.charge(3);
            let view =
                id.parse().ok().and_then(|id: i64| module.meta.views.iter().find(|view| view.id == id));
            let view = view.ok_or_else(|| ApiError::invalid_parameter("cvid"))?;
            views::criteria(ctx, view)?
        }
    };
    let converted = if module.meta.api_name == "Leads" { converted } else { None };
    Ok(Wanted { order, ascending, since, converted, view })
}

fn by_ids(ctx: &RequestContext, module: &Module, columns: &Columns<'_>, ids: &[&str]) -> Reply {
    if ids.len() > 100 {
        return Err(ApiError::new(
            400,
            "LIMIT_EXCEEDED",
            "the number of ids is over the limit",
            serde_json::json!({"limit": 100, "param_name": "ids"}),
        ));
    }
    let since = ctx.since()?;
    let mut out = Vec::with_capacity(ids.len() * 900);
    out.extend_from_slice(b"{\"data\":[");
    let mut count = 0;
    for id in ids {
        let id: i64 = id.parse().map_err(|_| ApiError::invalid_parameter("ids"))?;
        let Some(record) =
            ctx.record(&module.table, id).filter(|r| since.is_none_or(|since| r.modified >= since))
        else {
            continue;
        };
        if count > 0 {
            out.push(b',');
        }
        columns.write(&mut out, record);
        count += 1;
    }
    if count == 0 {
        return Ok(if since.is_some() { Answer::empty(304) } else { Answer::no_content() });
    }
    let info = Paging::read(ctx, "ids")?.info(ctx, count, false, "id", "desc");
    out.extend_from_slice(b"],\"info\":");
    out.extend_from_slice(info.to_string().as_bytes());
    out.push(b'}');
    Ok(Answer::json_bytes(200, out))
}

/// The rows of a list, found as cheaply as its filter allows.
struct Rows<'a> {
    ctx: &'a RequestContext,
    state: &'a State,
    module: &'a Module,
    wanted: &'a Wanted,
}

impl<'a> Rows<'a> {
    fn page(&self, offset: usize, count: usize) -> Vec<Cow<'a, Record>> {
        if let Some(lag) = self.ctx.read_lag_s {
            return self.lagging(lag, offset, count);
        }
        let table = &self.module.table;
        let Wanted { order, ascending, since, converted, view } = self.wanted;
        let plain = view.is_none() && (converted.is_none() || self.module.meta.api_name != "Leads");
        let ranked = table.order(*order);
        let live = |slot: u32| table.live(slot).map(Cow::Borrowed);
        match since {
            None if plain => {
                if *ascending {
                    ranked.ascending_from(offset).take(count).filter_map(|(_, slot)| live(slot)).collect()
                } else {
                    ranked
                        .descending_before(ranked.len().saturating_sub(offset))
                        .take(count)
                        .filter_map(|(_, slot)| live(slot))
                        .collect()
                }
            }
            Some(since) if plain && *order == Order::ModifiedTime => {
                let first = ranked.rank((*since, 0));
                if *ascending {
                    ranked
                        .ascending_from(first + offset)
                        .take(count)
                        .filter_map(|(_, slot)| live(slot))
                        .collect()
                } else {
                    let most = (ranked.len() - first).saturating_sub(offset).min(count);
                    ranked
                        .descending_before(ranked.len().saturating_sub(offset))
                        .take(most)
                        .filter_map(|(_, slot)| live(slot))
                        .collect()
                }
            }
            Some(since) if table.len() > 64 && self.few_changed(*since) => {
                let mut rows: Vec<&Record> =
                    self.changed_since(*since).filter(|record| self.admits(record)).collect();
                rows.sort_unstable_by_key(|record| self.key(record));
                if !ascending {
                    rows.reverse();
                }
                rows.into_iter().skip(offset).take(count).map(Cow::Borrowed).collect()
            }
            _ => {
                let admitted =
                    |slot: u32| table.live(slot).filter(|record| self.admits(record)).map(Cow::Borrowed);
                if *ascending {
                    ranked.iter().filter_map(|(_, slot)| admitted(slot)).skip(offset).take(count).collect()
                } else {
                    ranked
                        .descending_before(ranked.len())
                        .filter_map(|(_, slot)| admitted(slot))
                        .skip(offset)
                        .take(count)
                        .collect()
                }
            }
        }
    }

    /// Whether it is cheaper to gather the changed records and sort them than to walk the list's order.
    fn few_changed(&self, since: i64) -> bool {
        let modified = self.module.table.order(Order::ModifiedTime);
        (modified.len() - modified.rank((since, 0))) * 4 < modified.len()
    }

    fn changed_since(&self, since: i64) -> impl Iterator<Item = &'a Record> + use<'a> {
        let table = &self.module.table;
        let modified = table.order(Order::ModifiedTime);
        modified.ascending_from(modified.rank((since, 0))).filter_map(|(_, slot)| table.live(slot))
    }

    fn key(&self, record: &Record) -> (i64, i64) {
        match self.wanted.order {
            Order::Id => (record.id, 0),
            Order::CreatedTime => (record.created, record.id),
            Order::ModifiedTime => (record.modified, record.id),
        }
    }

    fn admits(&self, record: &Record) -> bool {
        self.wanted.since.is_none_or(|since| record.modified >= since)
            && self.wanted.converted.is_none_or(|converted| record.converted.is_some() == converted)
            && self.wanted.view.as_ref().is_none_or(|view| {
                criteria::matches(view, &RecordRow { state: self.state, module: self.module, record })
            })
    }

    /// The rows as they were some seconds ago: a fault, so it may be slow.
    fn lagging(&self, lag: i64, offset: usize, count: usize) -> Vec<Cow<'a, Record>> {
        let mut rows: Vec<Record> = self.module.table.as_of(self.ctx.now_ms - lag * 1000);
        rows.retain(|record| self.admits(record));
        rows.sort_unstable_by_key(|record| self.key(record));
        if !self.wanted.ascending {
            rows.reverse();
        }
        rows.into_iter().skip(offset).take(count).map(Cow::Owned).collect()
    }
}
