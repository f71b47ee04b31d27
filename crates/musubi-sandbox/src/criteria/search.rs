//! The search syntax: `((Last_Name:starts_with:A)and(City:in:Tokyo,Osaka))`.

use super::{Comparator, Condition, Criteria, Operand, Setting};

/// At most so many conditions in one search.
const MAX_CONDITIONS: usize = 15;
/// At most so many values in one `in`.
const MAX_IN_VALUES: usize = 100;

/// Why a search criteria text is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// Brackets, separators or an operator are wrong.
    #[error("the criteria cannot be read at character {at}")]
    Syntax {
        /// Where, in bytes.
        at: usize,
    },
    /// More than 15 conditions.
    #[error("more than {MAX_CONDITIONS} conditions")]
    TooManyConditions,
    /// More than 100 values in one `in`.
    #[error("more than {MAX_IN_VALUES} values in one in")]
    TooManyValues,
}

/// Reads search criteria. Commas, brackets and backslashes inside values are escaped with a backslash.
pub fn parse_search(text: &str, setting: &Setting) -> Result<Criteria, SearchError> {
    let mut parser = Parser { text, at: 0, conditions: 0, setting };
    let criteria = parser.chain()?;
    parser.skip_spaces();
    if parser.at < text.len() {
        return Err(parser.syntax());
    }
    Ok(criteria)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    conditions: usize,
    setting: &'a Setting,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
}

impl Parser<'_> {
    fn syntax(&self) -> SearchError {
        SearchError::Syntax { at: self.at }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_spaces(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn expect(&mut self, character: char) -> Result<(), SearchError> {
        self.skip_spaces();
        if !self.rest().starts_with(character) {
            return Err(self.syntax());
        }
        self.at += character.len_utf8();
        Ok(())
    }

    /// `(…)and(…)and(…)`, all with the same word.
    fn chain(&mut self) -> Result<Criteria, SearchError> {
        let first = self.bracket()?;
        let Some(joint) = self.joint() else { return Ok(first) };
        let mut group = vec![first, self.bracket()?];
        while let Some(next) = self.joint() {
            // Harder: "and" beside "or" without brackets is refused, so nobody relies on a precedence.
            if next != joint {
                return Err(self.syntax());
            }
            group.push(self.bracket()?);
        }
        Ok(match joint {
            Joint::And => Criteria::All(group),
            Joint::Or => Criteria::Any(group),
        })
    }

    fn joint(&mut self) -> Option<Joint> {
        self.skip_spaces();
        let rest = self.rest();
        let word = |word: &str| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if word("and") {
            self.at += 3;
            Some(Joint::And)
        } else if word("or") {
            self.at += 2;
            Some(Joint::Or)
        } else {
            None
        }
    }

    fn bracket(&mut self) -> Result<Criteria, SearchError> {
        self.expect('(')?;
        self.skip_spaces();
        let inner = if self.rest().starts_with('(') { self.chain()? } else { self.condition()? };
        self.expect(')')?;
        Ok(inner)
    }

    fn condition(&mut self) -> Result<Criteria, SearchError> {
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS {
            return Err(SearchError::TooManyConditions);
        }
        let field = self.word()?;
        let comparator = comparator(&self.word()?).ok_or_else(|| self.syntax())?;
        let mut values = self.values()?;
        match comparator {
            Comparator::In if values.len() > MAX_IN_VALUES => return Err(SearchError::TooManyValues),
            Comparator::In => {}
            Comparator::Between if values.len() != 2 => return Err(self.syntax()),
            Comparator::Between => {}
            // A comma is only a separator where a list is expected.
            _ => values = vec![values.join(",")],
        }
        let operands = values.into_iter().map(|value| self.operand(value)).collect();
        Ok(Condition { field, comparator, operands }.without_blank())
    }

    fn operand(&self, value: String) -> Operand {
        if matches!(value.as_str(), "null" | "${EMPTY}") {
            return Operand::Empty;
        }
        super::period::literal(&value, self.setting).unwrap_or_else(|| Operand::value(value, self.setting))
    }

    /// Up to the next colon.
    fn word(&mut self) -> Result<String, SearchError> {
        let end = self.rest().find([':', '(', ')']).ok_or_else(|| self.syntax())?;
        let word = self.rest()[..end].trim().to_owned();
        if word.is_empty() || !self.rest()[end..].starts_with(':') {
            return Err(self.syntax());
        }
        self.at += end + 1;
        Ok(word)
    }

    /// Up to the closing bracket, split at bare commas, with escapes undone.
    fn values(&mut self) -> Result<Vec<String>, SearchError> {
        let mut values = vec![String::new()];
        let mut characters = self.text[self.at..].char_indices();
        let start = self.at;
        while let Some((offset, character)) = characters.next() {
            match character {
                '\\' => match characters.next() {
                    Some((_, escaped)) => push(&mut values, escaped),
                    None => return Err(self.syntax()),
                },
                ',' => values.push(String::new()),
                ')' => {
                    self.at = start + offset;
                    if values.iter().all(String::is_empty) {
                        return Err(self.syntax());
                    }
                    return Ok(values);
                }
                '(' => {
                    self.at = start + offset;
                    return Err(self.syntax());
                }
                other => push(&mut values, other),
            }
        }
        Err(self.syntax())
    }
}

fn push(values: &mut [String], character: char) {
    if let Some(last) = values.last_mut() {
        last.push(character);
    }
}

fn comparator(name: &str) -> Option<Comparator> {
    Some(match name.to_ascii_lowercase().as_str() {
        "equals" | "equal" => Comparator::Equal,
        "not_equal" => Comparator::NotEqual,
        "starts_with" => Comparator::StartsWith,
        "in" => Comparator::In,
        "between" => Comparator::Between,
        "greater_than" => Comparator::GreaterThan,
        "greater_equal" => Comparator::GreaterEqual,
        "less_than" => Comparator::LessThan,
        "less_equal" => Comparator::LessEqual,
        _ => return None,
    })
}

impl Condition {
    /// The same condition with SQL's view of blank: a denial does not hold for it (search and queries).
    pub fn without_blank(self) -> Criteria {
        let about_blank = self.operands.contains(&Operand::Empty);
        if self.comparator.denies().is_none() || about_blank {
            return Criteria::Is(self);
        }
        let filled = Condition {
            field: self.field.clone(),
            comparator: Comparator::NotEqual,
            operands: vec![Operand::Empty],
        };
        Criteria::All(vec![Criteria::Is(filled), Criteria::Is(self)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting() -> Setting {
        Setting { now: "2026-05-14T10:00:00Z".parse().unwrap(), zone: jiff::tz::TimeZone::UTC, user_id: 1 }
    }

    fn parse(text: &str) -> Result<Criteria, SearchError> {
        parse_search(text, &setting())
    }

    fn condition(field: &str, comparator: Comparator, values: &[&str]) -> Criteria {
        let operands = values.iter().map(|value| Operand::value(*value, &setting())).collect();
        Criteria::Is(Condition { field: field.into(), comparator, operands })
    }

    #[test]
    fn groups_nest() {
        let expected = Criteria::Any(vec![
            Criteria::All(vec![
                condition("Last_Name", Comparator::StartsWith, &["A"]),
                condition("Modified_Time", Comparator::GreaterEqual, &["2026-05-14T10:00:00+00:00"]),
            ]),
            condition("City", Comparator::In, &["Tokyo", "Osaka"]),
        ]);
        let text = "(((Last_Name:starts_with:A)and(Modified_Time:greater_equal:2026-05-14T10:00:00+00:00))or(City:in:Tokyo,Osaka))";
        assert_eq!(parse(text), Ok(expected.clone()));
        assert_eq!(parse(&text[1..text.len() - 1]), Ok(expected));
    }

    #[test]
    fn escapes_are_undone_and_commas_belong_to_text() {
        assert_eq!(
            parse(r"(Account_Name:equals:Acme \(Tokyo\)\, Ltd\\)"),
            Ok(condition("Account_Name", Comparator::Equal, &[r"Acme (Tokyo), Ltd\"]))
        );
        assert_eq!(
            parse("(Account_Name:equals:Acme, Ltd)"),
            Ok(condition("Account_Name", Comparator::Equal, &["Acme, Ltd"]))
        );
        assert_eq!(parse(r"(City:in:a\,b,c)"), Ok(condition("City", Comparator::In, &["a,b", "c"])));
    }

    #[test]
    fn not_equal_leaves_blank_out() {
        let Ok(Criteria::All(group)) = parse("(City:not_equal:Tokyo)") else { panic!("not a group") };
        assert_eq!(group.len(), 2);
        assert_eq!(group[1], condition("City", Comparator::NotEqual, &["Tokyo"]));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in [
            "",
            "City:equals:Tokyo",
            "(City:equals:Tokyo",
            "(City:equals:)",
            "(City:near:Tokyo)",
            "(City)",
            "(City:between:1)",
            "((City:equals:a)and(City:equals:b)or(City:equals:c))",
            "(City:equals:a)x",
            "(City:equals:a(b)",
            "(City:equals:a\\",
        ] {
            assert!(matches!(parse(text), Err(SearchError::Syntax { .. })), "{text}");
        }
    }

    #[test]
    fn limits_hold() {
        let many = |count: usize| vec!["(A:equals:1)"; count].join("and");
        assert!(parse(&many(15)).is_ok());
        assert_eq!(parse(&many(16)), Err(SearchError::TooManyConditions));
        let values = |count: usize| format!("(A:in:{})", vec!["1"; count].join(","));
        assert!(parse(&values(100)).is_ok());
        assert_eq!(parse(&values(101)), Err(SearchError::TooManyValues));
    }
}
