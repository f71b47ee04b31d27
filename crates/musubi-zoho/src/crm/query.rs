//! Further pages of a listing by id, by COQL: three times as many records for twice the credits of a list page, and in the order of ids no row can slip past.
//!
//! The first page is always a list page, so that a small module costs what it did; and if the service will not have the query, the list goes on from there.

use super::columns::Columns;
use super::{Crm, list};
use crate::session::Call;
use musubi_connector::retry::Effect;
use musubi_connector::{CallError, CallErrorKind, Order, Page, Projection};
use musubi_core::schema::FieldType;
use reqwest::Method;

/// Records in one answer. More would be had for the same credits (1,000) or half as much again (2,000), but all of an answer is in memory at once.
const PER_PAGE: usize = 600;
/// What an answer of 201 to 1,000 records costs.
const CREDITS: u32 = 2;
/// How the position of a query begins; page tokens of the service are of letters, digits, `-` and `_`.
const MARK: &str = "id:";

/// The place after a record, and the service's own token in case the query is refused.
pub(super) fn position(after: &str, token: &str) -> String {
    format!("{MARK}{after}:{token}")
}

/// The record and the service's token of such a position.
pub(super) fn parts(position: &str) -> Option<(&str, &str)> {
    position.strip_prefix(MARK)?.split_once(':')
}

/// Whether a query tells these fields as a list does. It tells no e-mail of a user and no rows of a subform; of the others a list is known to be right.
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
    columns.groups().len() == 1 && projection.fields.iter().all(|field| told(&field.kind))
}

impl Crm {
    /// The page after a record. `None` when the service refuses the query itself.
    pub(super) async fn query_page(
        &self,
        projection: &Projection,
        order: Order,
        (after, token): (&str, &str),
    ) -> Result<Option<Page>, CallError> {
        let columns = Columns::new(projection);
        let (beyond, direction) = if order == Order::IdDescending { ("<", "desc") } else { (">", "asc") };
        let (fields, module) = (&columns.groups()[0], projection.module.as_str());
        let query = format!(
            "select {fields} from {module} where id {beyond} {after} order by id {direction} limit {PER_PAGE}"
        );
        let body = serde_json::json!({ "select_query": query }).to_string();
        let call = Call::new(Effect::Read, Method::POST, [super::BASE, super::VERSION, "coql"]).body(body);
        let reply = match self.session.fetch(call).await {
            Ok(reply) => reply,
            Err(error) if is_refusal_of_the_query(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let parsed = list::rows(&reply.answer, &columns)?;
        let last = parsed.rows.last().filter(|_| parsed.more);
        let next = last.map(|row| position(row.id.as_str(), token));
        Ok(Some(Page { meta: reply.meta(CREDITS), rows: parsed.rows, next }))
    }
}

/// Not the connection's fault, nor the moment's: a field, a module or a permission that queries do not have.
fn is_refusal_of_the_query(error: &CallError) -> bool {
    matches!(error.kind, CallErrorKind::Refused | CallErrorKind::SchemaChanged)
        || error.service.code == "OAUTH_SCOPE_MISMATCH"
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
        assert!(!told(vec![FieldType::Rows { columns: Vec::new() }]));
        assert!(!told(vec![text; 60]), "more columns than one query may name");
    }

    #[test]
    fn a_position_is_read_as_it_was_made() {
        assert_eq!(parts(&position("42", "tok-en_=")), Some(("42", "tok-en_=")));
        assert_eq!(parts("AAAA-token"), None);
    }
}
