//! Records that a person looks for, by COQL: it knows a record as soon as it is there, where the search of the service lags behind by its index.

use super::read::BATCH;
use super::{Crm, list, query};
use crate::crm::columns::Columns;
use musubi_connector::{CallError, Projection};
use musubi_core::{FieldName, ModuleName, RemoteId};

/// A query has at most 25 conditions.
const CONDITIONS: usize = 24;

impl Crm {
    pub(super) async fn find_ids(
        &self,
        module: &ModuleName,
        fields: &[FieldName],
        text: &str,
    ) -> Result<Vec<RemoteId>, CallError> {
        let Some(condition) = condition(fields, text) else { return Ok(Vec::new()) };
        let projection = Projection { module: module.clone(), fields: Vec::new() };
        let columns = Columns::new(&projection);
        let (select, module) = (&columns.groups()[0], module.as_str());
        let query = format!("select {select} from {module} where {condition} order by id desc limit {BATCH}");
        let reply = self.session.fetch(query::call(&query)).await?;
        let found = list::rows(&reply.answer, &columns)?;
        Ok(found.rows.into_iter().map(|row| row.id).collect())
    }
}

/// Each word is in one of the fields. `None` when there is nothing to look for.
fn condition(fields: &[FieldName], text: &str) -> Option<String> {
    let words = text.split_whitespace().take(CONDITIONS / fields.len().max(1));
    let word = |word: &str| {
        let like = |field: &FieldName| format!("{} like '%{}%'", field.as_str(), escaped(word));
        fields.iter().map(like).reduce(|all, one| format!("({all} or {one})"))
    };
    words.filter_map(word).reduce(|all, one| format!("({all} and {one})"))
}

/// A text inside of quotes.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_in_one_of_the_fields() {
        let fields = ["First_Name".into(), "Last_Name".into(), "Email".into()];
        assert_eq!(
            condition(&fields[..2], "佐藤 o'neil").unwrap(),
            "((First_Name like '%佐藤%' or Last_Name like '%佐藤%') and \
             (First_Name like '%o\\'neil%' or Last_Name like '%o\\'neil%'))"
        );
        assert_eq!(
            condition(&fields, "a").unwrap(),
            "((First_Name like '%a%' or Last_Name like '%a%') or Email like '%a%')"
        );
        assert_eq!(condition(&fields, "  "), None);
        assert_eq!(condition(&[], "a"), None);
    }
}
