//! `GET /{Module}/search`: by criteria, e-mail, phone or word, over an index that lags behind.

use serde_json::json;

use crate::criteria::{Criteria, RecordRow, SearchError, parse_search};
use crate::crm::context::{RequestContext, Version};
use crate::crm::coql::query::{Direction, Order as By};
use crate::crm::coql::{execute, plan, setting};
use crate::crm::fields;
use crate::crm::render::{Columns, SystemKeys};
use crate::http::answer::Answer;
use crate::http::error::{ApiError, Reply};
use crate::org::State;
use crate::org::kind::Kind;
use crate::org::module::Module;
use crate::org::record::{FieldNo, Record};

/// Rows a search can reach.
const REACH: usize = 2000;
/// Modules that cannot be searched.
const NOT_SEARCHED: [&str; 1] = ["Attachments"];

/// What is looked for.
enum Wanted {
    Criteria(Criteria),
    /// Part of an address, in lower case.
    Email(String),
    /// Digits.
    Phone(String),
    /// Part of any text, in lower case.
    Word(String),
}

/// Searches a module.
pub fn handle(ctx: &RequestContext, module: &str) -> Reply {
    ctx.require(&["modules", module], "READ")?;
    let wanted = wanted(ctx)?;
    let per_page = ctx.number_param("per_page", 200, 1, 200)?;
    let page = ctx.number_param("page", 1, 1, usize::MAX)?;
    let skip = (page - 1).saturating_mul(per_page);
    if skip + per_page > REACH {
        return Err(refuse(
            "LIMIT_REACHED",
            "maximum response iteration limit reached",
            json!({"limit": REACH.to_string()}),
        ));
    }
    let state = ctx.org.read();
    let target = state.module(module).ok_or_else(ApiError::invalid_module)?;
    if NOT_SEARCHED.contains(&module) || target.meta.parent.is_some() {
        return Err(refuse("NOT_SUPPORTED", "the module does not support search", json!({"module": module})));
    }
    let order_by = order(ctx, target)?;
    let none = Criteria::All(Vec::new());
    let filter = filter(&wanted, target)?.unwrap_or(&none);
    let search = Search::of(ctx, &wanted, target);
    let met = |record: &&Record| search.meets(RecordRow { state: &state, module: target, record });
    let (access, walk) = plan::choose(filter, &order_by, target);
    let found = execute::candidates(&state, target, filter, &access, walk).filter(met);
    let records: Vec<&Record> = match walk {
        Some(_) => found.skip(skip).take(per_page + 1).collect(),
        None => {
            let all = execute::sort(&state, target, found.collect(), &order_by);
            all.into_iter().skip(skip).take(per_page + 1).collect()
        }
    };
    if records.is_empty() {
        return Ok(Answer::no_content());
    }
    let more = records.len() > per_page;
    let shown = &records[..records.len().min(per_page)];
    let names = ctx.request.query.list("fields");
    let columns = match &names {
        Some(names) => Columns::of(&ctx.org, &state, target, names, ctx.now()),
        None => Columns::all(&ctx.org, &state, target, SystemKeys::With, ctx.now()),
    };
    let mut out = Vec::with_capacity(shown.len() * 512);
    out.extend_from_slice(b"{\"data\":[");
    for (at, record) in shown.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        columns.write(&mut out, record);
    }
    let mut info = json!({"per_page": per_page, "count": shown.len(), "page": page, "more_records": more});
    if ctx.version == Version::V8 {
        let ascending = order_by[0].direction == Direction::Ascending;
        info["sort_by"] = json!(order_by[0].path);
        info["sort_order"] = json!(if ascending { "asc" } else { "desc" });
    }
    out.extend_from_slice(b"],\"info\":");
    out.extend_from_slice(info.to_string().as_bytes());
    out.push(b'}');
    Ok(Answer::json_bytes(200, out))
}

/// The criteria asked for, if any: an index may serve them.
fn filter<'a>(wanted: &'a Wanted, target: &Module) -> Result<Option<&'a Criteria>, ApiError> {
    let Wanted::Criteria(criteria) = wanted else { return Ok(None) };
    check_fields(criteria, target)?;
    Ok(Some(criteria))
}

/// How many records a search finds, over the same lagging index.
pub fn count(ctx: &RequestContext, state: &State, target: &Module) -> Result<usize, ApiError> {
    let wanted = wanted(ctx)?;
    let none = Criteria::All(Vec::new());
    let filter = filter(&wanted, target)?.unwrap_or(&none);
    let search = Search::of(ctx, &wanted, target);
    let (access, walk) = plan::choose(filter, &[], target);
    let found = execute::candidates(state, target, filter, &access, walk);
    Ok(found.filter(|record| search.meets(RecordRow { state, module: target, record })).count())
}

fn invalid_query(reason: &str, api_name: &str) -> ApiError {
    refuse("INVALID_QUERY", "Invalid query formed", json!({"reason": reason, "api_name": api_name}))
}

fn too_short() -> ApiError {
    refuse("INVALID_REQUEST", "the value to search for is too short", json!({}))
}

fn refuse(code: &'static str, message: &str, details: serde_json::Value) -> ApiError {
    ApiError::new(400, code, message, details)
}

/// The first of criteria, email, phone and word that is there.
fn wanted(ctx: &RequestContext) -> Result<Wanted, ApiError> {
    if let Some(criteria) = ctx.param("criteria") {
        return parse_search(criteria, &setting(ctx)).map(Wanted::Criteria).map_err(|error| match error {
            SearchError::Syntax { .. } => invalid_query("the criteria cannot be read", "criteria"),
            SearchError::TooManyConditions => refuse(
                "CRITERIA_LIMIT_EXCEEDED",
                "no of criterium that can be given exceed the limit 15",
                json!({}),
            ),
            SearchError::TooManyValues => refuse(
                "INVALID_QUERY",
                "Only 100 values are allowed in \"IN\" criteria",
                json!({"param_name": "criteria"}),
            ),
        });
    }
    if let Some(email) = ctx.param("email") {
        return Ok(Wanted::Email(email.trim().to_lowercase()));
    }
    if let Some(phone) = ctx.param("phone") {
        return match digits(phone) {
            digits if digits.len() >= 3 => Ok(Wanted::Phone(digits)),
            _ => Err(too_short()),
        };
    }
    if let Some(word) = ctx.param("word") {
        return match word.trim() {
            word if word.chars().count() >= 2 => Ok(Wanted::Word(word.to_lowercase())),
            _ => Err(too_short()),
        };
    }
    let details = json!({"param_names": ["criteria", "email", "phone", "word"]});
    Err(refuse("EXPECTED_PARAM_MISSING", "One of the expected parameter is missing", details))
}

/// The field asked for, any that the module can be sorted by, and the id for rows that are equal in it.
fn order(ctx: &RequestContext, target: &Module) -> Result<[By; 2], ApiError> {
    let path = ctx.param("sort_by").unwrap_or("id");
    if !target.field(path).is_some_and(|field| fields::sortable(field.kind)) {
        return Err(ApiError::invalid_parameter("sort_by"));
    }
    let direction = match ctx.param("sort_order") {
        None | Some("desc") => Direction::Descending,
        Some("asc") => Direction::Ascending,
        Some(_) => return Err(ApiError::invalid_parameter("sort_order")),
    };
    Ok([path, "id"].map(|path| By { path: path.to_owned(), direction }))
}

fn check_fields(criteria: &Criteria, module: &Module) -> Result<(), ApiError> {
    let mut unknown = None;
    criteria.each_condition(&mut |condition| {
        if module.field(&condition.field).is_none() {
            unknown = Some(condition.field.as_str());
        }
    });
    match unknown {
        Some(field) => Err(invalid_query("the field is not available for search", field)),
        None => Ok(()),
    }
}

/// The index knows what was last changed before this second.
fn indexed_until(ctx: &RequestContext) -> i64 {
    let lag = ctx.world.search_lag_ms().max(ctx.read_lag_s.unwrap_or(0) * 1000);
    (ctx.now_ms - lag).div_euclid(1000)
}

struct Search<'a> {
    wanted: &'a Wanted,
    target: &'a Module,
    indexed_until: i64,
    converted: Option<&'a str>,
}

impl<'a> Search<'a> {
    fn of(ctx: &'a RequestContext, wanted: &'a Wanted, target: &'a Module) -> Search<'a> {
        Search { wanted, target, indexed_until: indexed_until(ctx), converted: ctx.param("converted") }
    }

    fn meets(&self, row: RecordRow<'_>) -> bool {
        // Harder: a record changed within the lag is found neither by its old values nor by its new ones.
        if row.record.modified > self.indexed_until {
            return false;
        }
        let converted = row.record.converted.is_some();
        let shown = match self.converted {
            Some("both") => true,
            Some("true") => converted,
            _ => !converted,
        };
        shown
            && match self.wanted {
                // The candidates meet the criteria already.
                Wanted::Criteria(_) => true,
                Wanted::Email(part) => self.any(row, |kind| kind == Kind::Email, |text| contains(text, part)),
                Wanted::Phone(part) => {
                    self.any(row, |kind| kind == Kind::Phone, |text| digits(text).contains(part.as_str()))
                }
                Wanted::Word(part) => self.any(
                    row,
                    |kind| kind.is_text() || kind == Kind::Picklist,
                    |text| contains(text, part),
                ),
            }
    }

    fn any(&self, row: RecordRow<'_>, kind: impl Fn(Kind) -> bool, test: impl Fn(&str) -> bool) -> bool {
        let of_kind = |no: FieldNo| kind(self.target.meta.fields[usize::from(no)].kind);
        row.record.cells.iter().any(|cell| of_kind(cell.field) && cell.value.as_text().is_some_and(&test))
    }
}

/// Whether a text has this part, without regard to letter case; `part` is in lower case.
fn contains(text: &str, part: &str) -> bool {
    if !text.is_ascii() {
        return text.to_lowercase().contains(part);
    }
    text.as_bytes().windows(part.len().max(1)).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_without_regard_to_case() {
        for (text, part, expected) in [
            ("Tanaka Jiro", "ka j", true),
            ("Tanaka", "nakb", false),
            ("Ta", "tan", false),
            ("ÉCOLE", "éc", true),
            ("田中 太郎", "中 太", true),
            ("Tanaka", "田", false),
        ] {
            assert_eq!(contains(text, part), expected, "{part} in {text}");
        }
    }
}
