//! Reads a select query.

use crate::criteria::Setting;

use super::condition;
use super::error::CoqlError;
use super::lex::{Kind, Token, near, tokens};
use super::query::{Aggregate, Column, Direction, Expression, Order, Query};

/// At most so many columns.
const MAX_COLUMNS: usize = 50;
/// At most so many columns in the order.
const MAX_ORDER: usize = 10;
/// At most so many columns to group by.
const MAX_GROUP: usize = 4;
/// At most so many rows in one answer.
const MAX_LIMIT: usize = 2000;
/// Rows beyond this one cannot be reached.
const MAX_REACH: usize = 100_000;
/// Rows in one answer when the query does not say.
const DEFAULT_LIMIT: usize = 200;

/// Reads a query. Values take their meaning from `setting`.
pub fn parse(text: &str, setting: &Setting) -> Result<Query, CoqlError> {
    let text = text.trim().trim_end_matches(';');
    let mut parser = Parser { text, tokens: tokens(text)?, at: 0, setting };
    parser.query()
}

/// The reader's place in the tokens.
pub struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// What values mean.
    pub setting: &'a Setting,
}

impl Parser<'_> {
    fn query(&mut self) -> Result<Query, CoqlError> {
        self.keyword("select").ok_or(CoqlError::Clause("select"))?;
        let columns = self.columns()?;
        self.keyword("from").ok_or(CoqlError::Clause("from"))?;
        let module = self.name()?;
        let view = if self.sign("#") { Some(self.name()?) } else { None };
        // The service asks for a where clause in every query, be it "id is not null".
        self.keyword("where").ok_or(CoqlError::Clause("where"))?;
        let filter = condition::pair(self)?;
        condition::check_count(&filter)?;
        let group_by = if self.keyword("group").is_some() { self.group_by()? } else { Vec::new() };
        let order_by = if self.keyword("order").is_some() { self.order_by()? } else { Vec::new() };
        let (offset, limit) = self.limit()?;
        if *self.peek() != Kind::End {
            return Err(self.near());
        }
        Ok(Query { columns, module, view, filter, group_by, order_by, limit, offset })
    }

    fn columns(&mut self) -> Result<Vec<Column>, CoqlError> {
        let mut columns: Vec<Column> = Vec::new();
        loop {
            let column = self.column()?;
            if let Some(twin) = columns.iter().find(|other| other.key == column.key) {
                let names = vec![path(&twin.expression).to_owned(), path(&column.expression).to_owned()];
                return Err(CoqlError::DuplicateAlias { alias: column.key, columns: names });
            }
            columns.push(column);
            if !self.sign(",") {
                break;
            }
        }
        if columns.len() > MAX_COLUMNS {
            return Err(CoqlError::TooMany { what: "select", limit: MAX_COLUMNS });
        }
        Ok(columns)
    }

    fn column(&mut self) -> Result<Column, CoqlError> {
        let start = self.at;
        let name = self.name()?;
        let (expression, key) = match aggregate(&name) {
            Some(function) if self.sign("(") => {
                let path = self.name()?;
                if !self.sign(")") {
                    return Err(self.near());
                }
                let key = format!("{}({path})", name.to_uppercase());
                (Expression::Aggregate(function, path), key)
            }
            _ if name == "*" => {
                self.at = start;
                return Err(self.near());
            }
            _ => (Expression::Field(name.clone()), name),
        };
        let key = if self.keyword("as").is_some() { self.name()? } else { key };
        Ok(Column { expression, key })
    }

    fn group_by(&mut self) -> Result<Vec<String>, CoqlError> {
        self.keyword("by").ok_or(CoqlError::Clause("group by"))?;
        let mut paths = Vec::new();
        loop {
            let path = self.name()?;
            if paths.contains(&path) {
                return Err(CoqlError::DuplicateColumn(path));
            }
            paths.push(path);
            if !self.sign(",") {
                break;
            }
        }
        if paths.len() > MAX_GROUP {
            return Err(CoqlError::TooMany { what: "group by", limit: MAX_GROUP });
        }
        Ok(paths)
    }

    fn order_by(&mut self) -> Result<Vec<Order>, CoqlError> {
        self.keyword("by").ok_or(CoqlError::Clause("order by"))?;
        let mut orders: Vec<Order> = Vec::new();
        loop {
            let path = self.name()?;
            if orders.iter().any(|order| order.path == path) {
                return Err(CoqlError::DuplicateColumn(path));
            }
            let direction = if self.keyword("desc").is_some() {
                Direction::Descending
            } else {
                self.keyword("asc");
                Direction::Ascending
            };
            orders.push(Order { path, direction });
            if !self.sign(",") {
                break;
            }
        }
        if orders.len() > MAX_ORDER {
            return Err(CoqlError::TooMany { what: "order by", limit: MAX_ORDER });
        }
        Ok(orders)
    }

    /// `limit n`, `limit offset, n`, `limit n offset m`.
    fn limit(&mut self) -> Result<(usize, usize), CoqlError> {
        let (mut offset, mut limit) = (0, DEFAULT_LIMIT);
        if self.keyword("limit").is_some() {
            limit = self.count()?;
            if self.sign(",") {
                offset = limit;
                limit = self.count()?;
            }
        }
        if self.keyword("offset").is_some() {
            offset = self.count()?;
        }
        if limit > MAX_LIMIT {
            return Err(CoqlError::Limit(MAX_LIMIT));
        }
        if offset + limit > MAX_REACH {
            return Err(CoqlError::Limit(MAX_REACH));
        }
        Ok((offset, limit))
    }

    fn count(&mut self) -> Result<usize, CoqlError> {
        let Kind::Word(word) = self.peek() else { return Err(self.near()) };
        let count = word.parse().map_err(|_| self.near())?;
        self.at += 1;
        Ok(count)
    }

    /// The token at hand.
    pub fn peek(&self) -> &Kind {
        // The last token is the end, which nothing takes.
        &self.tokens[self.at.min(self.tokens.len() - 1)].kind
    }

    /// Steps over the token at hand.
    pub fn step(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
    }

    /// Takes a keyword, in any case.
    pub fn keyword(&mut self, keyword: &str) -> Option<()> {
        match self.peek() {
            Kind::Word(word) if word.eq_ignore_ascii_case(keyword) => self.step(),
            _ => return None,
        }
        Some(())
    }

    /// Takes a sign.
    pub fn sign(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Kind::Sign(sign) if *sign == wanted);
        if found {
            self.step();
        }
        found
    }

    /// Takes a name; reserved words stand in quotes.
    pub fn name(&mut self) -> Result<String, CoqlError> {
        let name = match self.peek() {
            Kind::Word(word) if !is_reserved(word) => word.clone(),
            Kind::Quoted(word) => word.clone(),
            _ => return Err(self.near()),
        };
        self.step();
        Ok(name)
    }

    /// The error that points at the token at hand.
    pub fn near(&self) -> CoqlError {
        near(self.text, self.tokens[self.at.min(self.tokens.len() - 1)].at)
    }
}

fn path(expression: &Expression) -> &str {
    match expression {
        Expression::Field(path) | Expression::Aggregate(_, path) => path,
    }
}

fn aggregate(name: &str) -> Option<Aggregate> {
    Some(match name.to_ascii_lowercase().as_str() {
        "count" => Aggregate::Count,
        "sum" => Aggregate::Sum,
        "min" => Aggregate::Min,
        "max" => Aggregate::Max,
        "avg" => Aggregate::Avg,
        _ => return None,
    })
}

fn is_reserved(word: &str) -> bool {
    const RESERVED: [&str; 17] = [
        "select", "from", "where", "and", "or", "not", "in", "like", "between", "is", "null", "order",
        "group", "by", "limit", "offset", "as",
    ];
    RESERVED.iter().any(|reserved| word.eq_ignore_ascii_case(reserved))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::criteria::{Comparator, Criteria};

    fn read(text: &str) -> Result<Query, CoqlError> {
        let setting = Setting {
            now: "2026-05-14T10:00:00Z".parse().unwrap(),
            zone: jiff::tz::TimeZone::UTC,
            user_id: 1,
        };
        parse(text, &setting)
    }

    fn code(text: &str) -> (&'static str, serde_json::Value) {
        let error = read(text).expect_err(text);
        (error.code(), error.details())
    }

    #[test]
    fn a_whole_query() {
        let query = read(
            "SELECT Last_Name, Account_Name.Account_Name as account FROM Contacts \
             WHERE ((Modified_Time >= '2026-05-14T10:00:00+00:00' and id > 5) or Last_Name like 'A%') \
             ORDER BY Modified_Time desc, id LIMIT 400, 2000",
        )
        .unwrap();
        assert_eq!(query.module, "Contacts");
        assert_eq!(query.columns[1].key, "account");
        assert_eq!(query.columns[1].expression, Expression::Field("Account_Name.Account_Name".into()));
        assert_eq!(query.order_by[0].direction, Direction::Descending);
        assert_eq!(query.order_by[1].direction, Direction::Ascending);
        assert_eq!((query.offset, query.limit, query.credits()), (400, 2000, 3));
        let Criteria::Any(group) = &query.filter else { panic!("not an or") };
        assert!(matches!(&group[0], Criteria::All(inner) if inner.len() == 2));
        assert!(matches!(&group[1], Criteria::Is(like) if like.comparator == Comparator::Like));
    }

    #[test]
    fn limits_are_written_in_three_ways() {
        let check = |tail: &str, expected: (usize, usize, u64)| {
            let query = read(&format!("select id from Leads where id is not null {tail}")).unwrap();
            assert_eq!((query.offset, query.limit, query.credits()), expected, "{tail}");
        };
        check("", (0, 200, 1));
        check("limit 1000", (0, 1000, 2));
        check("limit 20, 10", (20, 10, 1));
        check("limit 10 offset 20", (20, 10, 1));
        check("limit 98000, 2000", (98_000, 2000, 3));
    }

    #[test]
    fn conditions_are_bracketed_in_pairs() {
        assert!(read("select id from Leads where City = 'a' and State = 'b'").is_ok());
        assert!(read("select id from Leads where ((City = 'a' and State = 'b') and Country = 'c')").is_ok());
        assert_eq!(
            code("select id from Leads where City = 'a' and State = 'b' and Country = 'c'").0,
            "SYNTAX_ERROR"
        );
    }

    #[test]
    fn refusals_say_what_and_where() {
        use serde_json::json;
        let check = |text: &str, expected: &str, details: serde_json::Value| {
            assert_eq!(code(text), (expected, details), "{text}");
        };
        check("select id from Leads", "SYNTAX_ERROR", json!({"clause": "where"}));
        check("id from Leads", "SYNTAX_ERROR", json!({"clause": "select"}));
        check(
            "select id from Leads where City ~ 'a'",
            "SYNTAX_ERROR",
            json!({"line": 1, "column": 33, "near": "~"}),
        );
        check(
            "select id, Email as id from Leads where id is not null",
            "DUPLICATE_ALIAS",
            json!({"alias": "id", "referred_columns": ["id", "Email"]}),
        );
        check(
            "select id from Leads where id is not null order by id, id",
            "DUPLICATE_DATA",
            json!({"column_name": "id"}),
        );
        check(
            "select id from Leads where id is not null limit 2001",
            "LIMIT_EXCEEDED",
            json!({"limit": 2000}),
        );
        check(
            "select id from Leads where id is not null limit 98001, 2000",
            "LIMIT_EXCEEDED",
            json!({"limit": 100_000}),
        );
    }

    #[test]
    fn figures_over_groups() {
        let query = read(
            "select COUNT(id), sum(Amount) as total, Stage from Deals where id is not null group by Stage",
        )
        .unwrap();
        assert!(query.aggregates());
        assert_eq!(query.columns[0].key, "COUNT(id)");
        assert_eq!(query.columns[1].expression, Expression::Aggregate(Aggregate::Sum, "Amount".into()));
        assert_eq!(query.group_by, ["Stage"]);
    }
}
