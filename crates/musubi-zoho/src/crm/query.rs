//! Further pages of a listing by id, by COQL: three times as many records for twice the credits of a list page, and in the order of ids no row can slip past.
//!
//! The first page is always a list page, so that a small module costs what it did. The first query tells its last records once more: only if it tells them as the
//! list did, queries are believed (I11: what a query leaves blank may be a field that it does not know). Otherwise the list goes on from there.

use super::columns::Columns;
use super::{Crm, converted, list};
use crate::session::Call;
use musubi_connector::retry::Effect;
use musubi_connector::{CallError, CallErrorKind, Order, Page, Projection};
use musubi_core::Observation;
use musubi_core::schema::FieldType;
use reqwest::Method;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Records in one answer. More would be had for the same credits (1,000) or half as much again (2,000), but all of an answer is in memory at once.
const PER_PAGE: usize = 600;
/// What an answer of 201 to 1,000 records costs.
const CREDITS: u32 = 2;
/// So many records of the list page are told once more by the first query.
const COMPARED: usize = 25;
/// How the position of a query begins; page tokens of the service are of letters, digits, `-` and `_`.
const MARK: &str = "id:";

/// A place in a listing by query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    /// The record it is behind.
    after: &'a str,
    /// The records behind that one that are known from the list, as digests.
    known: &'a str,
    /// The service's own token, in case the list has to go on.
    pub(super) token: &'a str,
}

impl<'a> Place<'a> {
    /// Reads a position, if it is one of a query.
    pub(super) fn of(position: &'a str) -> Option<Place<'a>> {
        let mut parts = position.strip_prefix(MARK)?.splitn(3, ':');
        Some(Place { after: parts.next()?, known: parts.next()?, token: parts.next()? })
    }

    fn write(self) -> String {
        format!("{MARK}{}:{}:{}", self.after, self.known, self.token)
    }
}

/// Where queries begin after a list page.
pub(super) fn begin(rows: &[Observation], token: &str) -> Option<String> {
    let behind = rows.len().checked_sub(COMPARED + 1)?;
    let known = digests(&rows[behind + 1..]);
    Some(Place { after: rows[behind].id.as_str(), known: &known, token }.write())
}

fn digests(rows: &[Observation]) -> String {
    let digest = |row: &Observation| {
        let mut hasher = DefaultHasher::new();
        format!("{row:?}").hash(&mut hasher);
        format!("{:x}", hasher.finish())
    };
    rows.iter().map(digest).collect::<Vec<_>>().join(".")
}

/// Whether a query tells these fields as a list does. It tells converted records like all others, no e-mail of a user and no rows of a subform; of the others a list is known to be right.
pub(super) fn can_tell(projection: &Projection, columns: &Columns<'_>) -> bool {
    let told = |kind: &FieldType| {
        matches!(
            kind,
            FieldType::Text { .. }
                | FieldType::Email { .. }
                | FieldType::Phone { .. }
                | FieldType::Url { .. }
                | FieldType::Picklist { .. }
                | FieldType::Integer
                | FieldType::Decimal { .. }
                | FieldType::Bool
                | FieldType::Date
                | FieldType::DateTime
                | FieldType::Lookup { .. }
        )
    };
    let all_are_listed = !converted::converts(&projection.module);
    all_are_listed && columns.groups().len() == 1 && projection.fields.iter().all(|field| told(&field.kind))
}

impl Crm {
    /// The page at this place. `None` when the service refuses the query itself, or tells by it what the list does not say.
    pub(super) async fn query_page(
        &self,
        projection: &Projection,
        order: Order,
        place: Place<'_>,
    ) -> Result<Option<Page>, CallError> {
        let columns = Columns::new(projection);
        let (beyond, direction) = if order == Order::IdDescending { ("<", "desc") } else { (">", "asc") };
        let (fields, module) = (&columns.groups()[0], projection.module.as_str());
        let after = place.after;
        let query = format!(
            "select {fields} from {module} where id {beyond} {after} order by id {direction} limit {PER_PAGE}"
        );
        let reply = match self.session.fetch(call(&query)).await {
            Ok(reply) => reply,
            Err(error) if is_refusal_of_the_query(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut parsed = list::rows(&reply.answer, &columns)?;
        if !place.known.is_empty() {
            let again = parsed.rows.get(..COMPARED).unwrap_or_default();
            if digests(again) != place.known {
                return Ok(None);
            }
            parsed.rows.drain(..COMPARED);
        }
        let last = parsed.rows.last().filter(|_| parsed.more);
        let next = last.map(|row| Place { after: row.id.as_str(), known: "", ..place }.write());
        Ok(Some(Page { meta: reply.meta(CREDITS), rows: parsed.rows, next }))
    }
}

/// The call that asks a query.
pub(super) fn call(query: &str) -> Call<'static> {
    let body = serde_json::json!({ "select_query": query }).to_string();
    Call::new(Effect::Read, Method::POST, [super::BASE, super::VERSION, "coql"]).body(body)
}

/// Not the connection's fault, nor the moment's: a field, a module or a permission that queries do not have.
pub(super) fn is_refusal_of_the_query(error: &CallError) -> bool {
    error.kind == CallErrorKind::SchemaChanged || is_forbidden(error)
}

/// Something that this connection may not do.
pub(super) fn is_forbidden(error: &CallError) -> bool {
    error.kind == CallErrorKind::Refused || error.service.code == "OAUTH_SCOPE_MISMATCH"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::field::tests::field;

    fn projection(kinds: Vec<FieldType>) -> Projection {
        let fields = kinds.into_iter().enumerate().map(|(at, kind)| field(&format!("F{at}"), kind)).collect();
        Projection { module: "Contacts".into(), fields }
    }

    fn told(kinds: Vec<FieldType>) -> bool {
        let projection = projection(kinds);
        can_tell(&projection, &Columns::new(&projection))
    }

    #[test]
    fn what_a_query_tells_otherwise_is_listed() {
        let text = FieldType::Text { max: 80, multiline: false };
        assert!(told(vec![text.clone(), FieldType::Bool, FieldType::DateTime]));
        assert!(!told(vec![text.clone(), FieldType::User]), "a query tells no e-mail of a user");
        assert!(!told(vec![FieldType::Rows { columns: Vec::new(), links: false }]));
        assert!(!told(vec![text; 60]), "more columns than one query may name");
    }

    #[test]
    fn a_position_is_read_as_it_was_made() {
        let place = Place { after: "42", known: "a.b", token: "tok-en_=" };
        assert_eq!(Place::of(&place.write()), Some(place));
        assert_eq!(Place::of("AAAA-token"), None);
        assert_eq!(begin(&[], "token"), None, "too few to compare");
    }
}
