//! Records that are related many to many: products of a deal, contacts of a campaign, products of a price book.

use serde_json::{Value as Json, json};

use super::{commit::Commit, context::RequestContext, modules::mixed_status, record_id};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    log::Line,
    org::State,
};

/// Two modules whose records are related, and what the related list is called on either side.
struct Relation {
    first: &'static str,
    second: &'static str,
    on_first: &'static str,
    on_second: &'static str,
}

const fn relation(
    first: &'static str,
    second: &'static str,
    on_first: &'static str,
    on_second: &'static str,
) -> Relation {
    Relation { first, second, on_first, on_second }
}

/// A relation's place in this list is its number in the log: add at the end.
const RELATIONS: [Relation; 8] = [
    relation("Leads", "Products", "Products", "Leads"),
    relation("Contacts", "Products", "Products", "Contacts"),
    relation("Accounts", "Products", "Products", "Accounts"),
    relation("Deals", "Products", "Products", "Deals"),
    relation("Leads", "Campaigns", "Campaigns", "Leads"),
    relation("Contacts", "Campaigns", "Campaigns", "Contacts"),
    relation("Products", "Price_Books", "Price_Books", "Products"),
    relation("Deals", "Contacts", "Contact_Roles", "Deal_Roles"),
];

/// A related list of this kind, seen from one module.
pub struct LinkList {
    /// Its API name.
    pub api_name: &'static str,
    /// The number of the module its records are in.
    pub module: usize,
    relation: u8,
    from_first: bool,
}

/// The related lists of this kind that a module has.
pub fn lists(state: &State, module: &str) -> Vec<LinkList> {
    let mut found = Vec::new();
    for (number, relation) in (0u8..).zip(&RELATIONS) {
        let sides = [
            (relation.first, relation.second, relation.on_first, true),
            (relation.second, relation.first, relation.on_second, false),
        ];
        for (own, other, api_name, from_first) in sides {
            if let Some(module) = state.module_no(other).filter(|_| own == module) {
                found.push(LinkList { api_name, module, relation: number, from_first });
            }
        }
    }
    found
}

impl LinkList {
    fn link(&self, own: i64, other: i64) -> (u8, i64, i64) {
        if self.from_first { (self.relation, own, other) } else { (self.relation, other, own) }
    }

    /// The ids of the records related to one.
    pub fn ids(&self, state: &State, own: i64) -> Vec<i64> {
        let mine = |(relation, first, second): &(u8, i64, i64)| {
            let (here, there) = if self.from_first { (*first, *second) } else { (*second, *first) };
            (*relation == self.relation && here == own).then_some(there)
        };
        state.links.iter().filter_map(mine).collect()
    }
}

/// `PUT` and `DELETE /{module}/{id}/{list}[/{record}]`: relates records, and parts them.
pub fn change(ctx: &RequestContext, module_name: &str, id: &str, list: &str, path_id: Option<&str>) -> Reply {
    let relates = ctx.request.method == "PUT";
    ctx.require(&["modules", module_name], if relates { "UPDATE" } else { "DELETE" })?;
    let mut state = ctx.org.write();
    let no = state.module_no(module_name).ok_or_else(ApiError::invalid_module)?;
    let own = record_id(id, 1)?;
    if state.modules[no].table.get(own).is_none() {
        return Err(ApiError::invalid_id(1));
    }
    let known = super::related::lists(&state, no).iter().any(|known| known.api_name == list);
    let found = lists(&state, module_name).into_iter().find(|found| found.api_name == list);
    let Some(found) = found else {
        // A list that follows from a lookup changes with the lookup alone.
        return Err(if known { ApiError::not_supported() } else { super::related::unknown_list(2) });
    };
    let ids: Vec<i64> = match (path_id, relates) {
        (Some(id), _) => vec![record_id(id, 3)?],
        (None, true) => {
            let body = ctx.body()?;
            let records = super::write::records(&body)?;
            records.iter().map(|record| record.get("id").and_then(Node::as_id).unwrap_or(0)).collect()
        }
        (None, false) => {
            ctx.required_param("ids")?;
            let ids = ctx.request.query.list("ids").unwrap_or_default();
            ids.iter().map(|id| id.parse().unwrap_or(0)).collect()
        }
    };
    if ids.len() > super::write::MOST_RECORDS {
        return Err(ApiError::limit(super::write::MOST_RECORDS));
    }
    let mut commit = Commit::new(ctx);
    let mut entries: Vec<Json> = Vec::with_capacity(ids.len());
    for other in ids {
        let link = found.link(own, other);
        let there = state.modules[found.module].table.get(other).is_some();
        let changed = match relates {
            true if there => {
                state.links.insert(link);
                true
            }
            true => false,
            false => state.links.remove(&link),
        };
        entries.push(if changed {
            commit.line(Line::Link(ctx.org.profile.number, link, relates));
            let message = if relates { "relation added" } else { "relation removed" };
            json!({"code": "SUCCESS", "details": {"id": other.to_string()}, "message": message, "status": "success"})
        } else {
            json!({"code": "INVALID_DATA", "details": {"id": other.to_string()}, "message": "the id given seems to be invalid", "status": "error"})
        });
    }
    commit.finish(&mut state);
    Ok(Answer::json(mixed_status(&entries, 200), &json!({"data": entries})))
}
