//! Every statement there is. Running one that is not listed here fails in debug builds; a test prepares all of them on
//! both engines, for one row and for many.

/// The statements of each file.
pub(crate) const ALL: &[(&str, &[&str])] = &[
    ("answer", crate::answer::STATEMENTS),
    ("api_token", crate::api_token::STATEMENTS),
    ("approval", crate::approval::STATEMENTS),
    ("attachment", crate::attachment::STATEMENTS),
    ("attention", crate::attention::STATEMENTS),
    ("channel", crate::channel::STATEMENTS),
    ("commit", crate::commit::STATEMENTS),
    ("connection", crate::connection::STATEMENTS),
    ("counts", crate::counts::STATEMENTS),
    ("credit", crate::credit::STATEMENTS),
    ("decision", crate::decision::STATEMENTS),
    ("erasure", crate::erasure::STATEMENTS),
    ("hint", crate::hint::STATEMENTS),
    ("integration", crate::integration::STATEMENTS),
    ("intent", crate::intent::STATEMENTS),
    ("journal", crate::journal::STATEMENTS),
    ("kept_secret", crate::kept_secret::STATEMENTS),
    ("lease", crate::lease::STATEMENTS),
    ("link", crate::link::STATEMENTS),
    ("lost_parents", crate::lost_parents::STATEMENTS),
    ("match_key", crate::match_key::STATEMENTS),
    ("member", crate::member::STATEMENTS),
    ("module_sync", crate::module_sync::STATEMENTS),
    ("notice", crate::notice::STATEMENTS),
    ("number", crate::number::STATEMENTS),
    ("parked", crate::parked::STATEMENTS),
    ("process", crate::process::STATEMENTS),
    ("remembered", crate::remembered::STATEMENTS),
    ("retention", crate::retention::STATEMENTS),
    ("run", crate::run::STATEMENTS),
    ("session", crate::session::STATEMENTS),
    ("shared_keys", crate::shared_keys::STATEMENTS),
    ("token", crate::token::STATEMENTS),
    ("unlinked", crate::unlinked::STATEMENTS),
    ("unlock", crate::unlock::STATEMENTS),
    ("workspace", crate::workspace::STATEMENTS),
    ("module_sync, delete", crate::module_sync::DELETE_STATEMENTS),
];

/// Fails in debug builds if a statement is not listed.
pub(crate) fn assert_listed(sql: &'static str) {
    debug_assert!(ALL.iter().any(|(_, list)| list.contains(&sql)), "not in a STATEMENTS list: {sql}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{LIST, ROWS};
    use crate::testing::on_postgres;
    use crate::{pool::Pool, postgres, schema, sqlite};

    fn all() -> impl Iterator<Item = &'static str> {
        ALL.iter().flat_map(|(_, list)| list.iter().copied())
    }

    /// The numbers of the parameters in the order of their first appearance.
    fn parameters(sql: &str) -> Vec<usize> {
        let mut seen = Vec::new();
        for part in sql.split('$').skip(1) {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            let number = digits.parse().unwrap();
            if !seen.contains(&number) {
                seen.push(number);
            }
        }
        seen
    }

    #[test]
    fn parameters_stand_in_order_and_markers_alone() {
        for sql in all() {
            let found = parameters(sql);
            // SQLite numbers named parameters by their first appearance.
            assert_eq!(found, (1..=found.len()).collect::<Vec<_>>(), "{sql}");
            assert!(sql.matches("/*").count() <= 1, "more than one marker: {sql}");
            if let Some((_, rest)) = sql.split_once(LIST) {
                let number: usize = rest[1..].split(')').next().unwrap().parse().unwrap();
                assert_eq!(number, found.len(), "the list is not the last argument: {sql}");
            }
            assert_eq!(
                sql.contains("/*"),
                sql.contains(LIST) || sql.contains(ROWS),
                "an unknown marker: {sql}"
            );
        }
    }

    #[test]
    fn every_statement_is_prepared_on_sqlite() {
        let connection = sqlite::open_memory().unwrap();
        schema::create_in_memory(&connection).unwrap();
        for sql in all() {
            let statement = connection.prepare(sql).unwrap_or_else(|failure| panic!("{failure}: {sql}"));
            assert_eq!(statement.parameter_count(), parameters(sql).len(), "{sql}");
        }
    }

    #[test]
    fn every_statement_is_prepared_on_postgres_for_one_and_for_many() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(on_postgres(async |url| {
            let pool = Pool::new(&url).unwrap();
            schema::migrate_postgres(&pool).await.unwrap();
            let session = pool.checkout().await.unwrap();
            for sql in all() {
                let types = postgres::check(&session, sql).await.unwrap_or_else(|e| panic!("{e}: {sql}"));
                for name in types {
                    assert!(["int8", "text", "bytea", "float8"].contains(&name.as_str()), "{name} in {sql}");
                }
            }
        }));
    }

    #[test]
    fn the_tables_use_the_four_types_only() {
        let connection = sqlite::open_memory().unwrap();
        schema::create_in_memory(&connection).unwrap();
        let columns = "select m.name, c.name, c.type from sqlite_schema m, pragma_table_info(m.name) c
            where m.type = 'table'";
        let mut statement = connection.prepare(columns).unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let kind: String = row.get(2).unwrap();
            assert!(["TEXT", "BIGINT", "BYTEA", "DOUBLE PRECISION"].contains(&kind.as_str()), "{row:?}");
        }
    }
}
