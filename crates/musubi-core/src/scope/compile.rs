//! Conditions against a module's fields: each value is read once, as what its field holds.

use super::{
    Comparator, Condition, Criteria, Literal, Test,
    evaluate::{Operand, fold, start_of_day},
    named,
};
use crate::{
    FieldName, Instant, RemoteId,
    schema::{Access, Field, FieldType},
};
use jiff::{civil::Date, tz::TimeZone};

/// What values mean in one org.
pub struct Locale<'a> {
    /// The org's zone: what a day is.
    pub zone: TimeZone,
    /// The user whose credential is used.
    pub current_user: Option<RemoteId>,
    /// The user with that e-mail address.
    pub user: &'a dyn Fn(&str) -> Option<RemoteId>,
}

/// Why a condition cannot be evaluated here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The module has no such field.
    NoSuchField,
    /// Fields of this kind cannot be compared outside the service.
    Kind(String),
    /// The comparator makes no sense for the field's kind.
    Comparator(Comparator),
    /// Too few or too many values.
    Operands,
    /// A value that the field can never hold.
    Value(String),
    /// A value that is none of the picklist's options.
    NoOption(String),
    /// The same, with what it takes instead.
    Takes {
        /// The value.
        value: String,
        /// What fields of this kind are compared with.
        expected: &'static str,
    },
}

/// A condition that cannot be evaluated, with its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeError {
    /// The field.
    pub field: FieldName,
    /// Why.
    pub why: Unfit,
}

impl std::fmt::Display for ScopeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let field = &self.field;
        match &self.why {
            Unfit::NoSuchField => write!(f, "there is no field {field}"),
            Unfit::Kind(kind) => write!(f, "{field} is of a kind ({kind}) that only the service can compare"),
            Unfit::Comparator(comparator) => {
                write!(f, "{} does not fit the kind of {field}", comparator.name())
            }
            Unfit::Operands => write!(f, "the condition on {field} has too few or too many values"),
            Unfit::Value(value) => write!(f, "{field} can never hold {value:?}"),
            Unfit::NoOption(value) => write!(f, "{field} has no option {value:?}"),
            Unfit::Takes { value, expected } => {
                write!(f, "{field} can never hold {value:?}: it is compared with {expected}")
            }
        }
    }
}

/// What is read of a field so that a condition can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Its value.
    Value,
    /// What the record or the user is called that it points to.
    Name,
    /// Whether there is anything in it.
    Filled,
}

impl Reading {
    /// The field as it is asked for.
    pub fn of(self, field: &Field) -> Field {
        let kind = match self {
            Reading::Value => return field.clone(),
            Reading::Name => FieldType::NameOf,
            Reading::Filled => FieldType::Filled,
        };
        Field { kind, access: Access::ReadOnly, ..field.clone() }
    }
}

/// The places of what conditions need in a reading.
pub trait Places<'f> {
    /// The field of that name, if the module has it.
    fn field(&self, name: &FieldName) -> Option<&'f Field>;
    /// Where this reading of it stands; `None` when there is no room.
    fn place(&mut self, field: &'f Field, reading: Reading) -> Option<u16>;
}

/// Gives each condition its field's place, and reads its values.
pub fn compile<'f>(
    criteria: &Criteria,
    places: &mut dyn Places<'f>,
    locale: &Locale<'_>,
) -> Result<Test, ScopeError> {
    let mut parts = |parts: &[Criteria]| {
        parts.iter().map(|part| compile(part, places, locale)).collect::<Result<Vec<_>, _>>()
    };
    match criteria {
        Criteria::All { all } => Ok(Test::All(parts(all)?)),
        Criteria::Any { any } => Ok(Test::Any(parts(any)?)),
        Criteria::Is(condition) => {
            let unfit = |why| ScopeError { field: condition.field.clone(), why };
            let field = places.field(&condition.field).ok_or_else(|| unfit(Unfit::NoSuchField))?;
            let comparator = condition.comparator.denies().unwrap_or(condition.comparator);
            let literals = counted(condition, comparator).map_err(unfit)?;
            check(condition.comparator, comparator, literals, &field.kind).map_err(unfit)?;
            let holds = comparator == condition.comparator;
            // The condition upon one reading of the field.
            let mut is =
                |reading: Reading, comparator: Comparator, literals: &[&Literal]| -> Result<Test, Unfit> {
                    let kind = if reading == Reading::Name { &FieldType::NameOf } else { &field.kind };
                    let read = |literal: &&Literal| operand(literal, comparator, kind, locale);
                    let operands = literals.iter().map(read).collect::<Result<_, _>>()?;
                    let place = places.place(field, reading).ok_or(Unfit::NoSuchField)?;
                    Ok(Test::Is { place, comparator, holds, operands })
                };
            let test = match field.kind {
                FieldType::Lookup { .. } | FieldType::AnyLookup { .. } | FieldType::User => {
                    named::test(comparator, holds, literals, &field.kind, &mut is)
                }
                FieldType::Other { .. } => {
                    is(Reading::Filled, comparator, &literals.iter().collect::<Vec<_>>())
                }
                _ => is(Reading::Value, comparator, &literals.iter().collect::<Vec<_>>()),
            };
            test.map_err(unfit)
        }
    }
}

/// The values that count. A list view may name several where one is meant; the service takes the first.
fn counted(condition: &Condition, comparator: Comparator) -> Result<&[Literal], Unfit> {
    let said = condition.operands.as_slice();
    match comparator.operands() {
        (least, _) if said.len() < least => Err(Unfit::Operands),
        (_, 1) => Ok(&said[..1]),
        (_, most) if said.len() > most => Err(Unfit::Operands),
        _ => Ok(said),
    }
}

/// `said` is the comparator as it was written, `comparator` what is left of it without its denial.
fn check(
    said: Comparator,
    comparator: Comparator,
    literals: &[Literal],
    kind: &FieldType,
) -> Result<(), Unfit> {
    use Comparator as C;
    let listing = matches!(comparator, C::Equal | C::In | C::IncludeAny | C::IncludeAll);
    // Whether there is anything in it can be told of every field.
    if listing && literals.iter().all(|literal| *literal == Literal::Empty) {
        return Ok(());
    }
    let fits = match kind.plain() {
        FieldType::Through { .. } | FieldType::Filled => false,
        FieldType::Other { name } => return Err(Unfit::Kind(name.to_string())),
        FieldType::Rows { links, .. } => {
            let kind = if *links { "multi-select lookup" } else { "subform" };
            return Err(Unfit::Kind(kind.to_owned()));
        }
        FieldType::Text { .. }
        | FieldType::Email { .. }
        | FieldType::Phone { .. }
        | FieldType::Url { .. }
        | FieldType::Picklist { .. }
        | FieldType::NameOf => true,
        FieldType::Integer | FieldType::Decimal { .. } => !matches!(comparator, C::IncludeAll),
        FieldType::Date | FieldType::DateTime => {
            !matches!(comparator, C::Like | C::StartsWith | C::EndsWith | C::Contains | C::IncludeAll)
        }
        FieldType::MultiPicklist { .. } | FieldType::Tags { .. } => !comparator.orders(),
        FieldType::Bool => matches!(comparator, C::Equal | C::In),
        FieldType::Lookup { .. } | FieldType::AnyLookup { .. } | FieldType::User => !comparator.orders(),
    };
    if fits { Ok(()) } else { Err(Unfit::Comparator(said)) }
}

/// A value of the condition that a number, a date or a time can never be. What a list view of the service compares with is not asked this: there nothing is
/// equal to such a value, and that is what the view shows.
pub fn never_held(condition: &Condition, kind: &FieldType) -> Option<ScopeError> {
    use Comparator as C;
    let comparator = condition.comparator.denies().unwrap_or(condition.comparator);
    if matches!(comparator, C::Like | C::StartsWith | C::EndsWith | C::Contains) {
        return None;
    }
    let (holds, expected): (fn(&str) -> bool, _) = match kind.plain() {
        FieldType::Integer | FieldType::Decimal { .. } => {
            (|text| text.parse::<rust_decimal::Decimal>().is_ok(), "a number such as 12.5")
        }
        FieldType::Date => (|text| day(text).is_some(), "a date such as 2026-11-22"),
        FieldType::DateTime => {
            (|text| second(text, &TimeZone::UTC).is_some(), "a time such as 2026-11-22T09:00:00+09:00")
        }
        _ => return None,
    };
    let wrong = condition.operands.iter().find_map(|literal| match literal {
        Literal::Text(text) if !holds(text.trim()) => Some(text.to_string()),
        _ => None,
    });
    wrong.map(|value| ScopeError { field: condition.field.clone(), why: Unfit::Takes { value, expected } })
}

/// A value of the condition that is none of the picklist's options, where these are known. It is asked when somebody writes the condition: an option may be
/// taken out of use later, and stay in the records that have it.
pub fn no_option(condition: &Condition, kind: &FieldType) -> Option<ScopeError> {
    use Comparator as C;
    let comparator = condition.comparator.denies().unwrap_or(condition.comparator);
    let (FieldType::Picklist { options } | FieldType::MultiPicklist { options }) = kind.plain() else {
        return None;
    };
    if options.is_empty() || !matches!(comparator, C::Equal | C::In | C::IncludeAny | C::IncludeAll) {
        return None;
    }
    let is_option = |text: &str| options.iter().any(|option| fold(option) == fold(text));
    let wrong = condition.operands.iter().find_map(|literal| match literal {
        Literal::Text(text) if !is_option(text) => Some(text.to_string()),
        _ => None,
    });
    wrong.map(|value| ScopeError { field: condition.field.clone(), why: Unfit::NoOption(value) })
}

fn operand(
    literal: &Literal,
    comparator: Comparator,
    kind: &FieldType,
    locale: &Locale<'_>,
) -> Result<Operand, Unfit> {
    use Comparator as C;
    let text = match literal {
        Literal::Empty => return Ok(Operand::Empty),
        Literal::Period(period) => {
            let days = matches!(kind, FieldType::Date | FieldType::DateTime);
            let name = format!("${{{}}}", period.name());
            return if days { Ok(Operand::Period(*period)) } else { Err(Unfit::Value(name)) };
        }
        Literal::CurrentUser => {
            let wrong = || Unfit::Value("${CURRENTUSER}".to_owned());
            let us = locale.current_user.as_ref().filter(|_| matches!(kind, FieldType::User));
            return us.map(|us| Operand::Id(us.as_str().into())).ok_or_else(wrong);
        }
        Literal::Text(text) => text.trim(),
    };
    if matches!(comparator, C::Like | C::StartsWith | C::EndsWith | C::Contains) {
        return Ok(Operand::Text(fold(text).as_ref().into()));
    }
    let wrong = || Unfit::Value(text.to_owned());
    Ok(match kind {
        FieldType::Integer | FieldType::Decimal { .. } => {
            text.parse().map_or(Operand::Never, Operand::Number)
        }
        FieldType::Bool => match text.to_lowercase().as_str() {
            "true" => Operand::Bool(true),
            "false" => Operand::Bool(false),
            _ => return Err(wrong()),
        },
        FieldType::Date => day(text).map_or(Operand::Never, Operand::Date),
        FieldType::DateTime => second(text, &locale.zone).map_or(Operand::Never, Operand::Second),
        FieldType::User if text.contains('@') => {
            Operand::Id((locale.user)(text).ok_or_else(wrong)?.as_str().into())
        }
        // What is no id was taken for a name.
        FieldType::Lookup { .. } | FieldType::AnyLookup { .. } | FieldType::User => Operand::Id(text.into()),
        _ => Operand::Text(fold(text).as_ref().into()),
    })
}

/// A day. A text that has a time of day besides is none, as for the service: no day is equal to it, or before or after it.
fn day(text: &str) -> Option<Date> {
    text.parse().ok().filter(|_| text.len() == 10)
}

/// A time with its offset, or in the org's zone; a day means its first second.
fn second(text: &str, zone: &TimeZone) -> Option<i64> {
    if let Some(day) = day(text) {
        return start_of_day(day, zone);
    }
    if let Some(at) = Instant::parse(text) {
        return Some(at.second());
    }
    let civil = text.parse::<jiff::civil::DateTime>().ok()?;
    Some(zone.to_ambiguous_zoned(civil).compatible().ok()?.timestamp().as_second())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::mapping::tests::field;

    pub(crate) fn locale() -> Locale<'static> {
        let user = |email: &str| (email == "aya@x.example").then(|| RemoteId::new("8"));
        Locale {
            zone: TimeZone::fixed(jiff::tz::offset(9)),
            current_user: Some("7".into()),
            user: Box::leak(Box::new(user)),
        }
    }

    fn try_test_of(kind: FieldType, comparator: Comparator, operands: &[&str]) -> Result<Test, ScopeError> {
        let field = field("F", kind);
        let operands = operands.iter().map(|text| Literal::parse(text).unwrap()).collect();
        let criteria = Criteria::Is(Condition { field: "F".into(), comparator, operands });
        compile(&criteria, &mut Row(&field), &locale())
    }

    /// A reading with the value of the field first, and then its name and whether there is anything in it.
    struct Row<'f>(&'f Field);

    impl<'f> Places<'f> for Row<'f> {
        fn field(&self, name: &FieldName) -> Option<&'f Field> {
            (self.0.name == *name).then_some(self.0)
        }

        fn place(&mut self, _: &'f Field, reading: Reading) -> Option<u16> {
            Some(reading as u16)
        }
    }

    pub(crate) fn test_of(kind: FieldType, comparator: Comparator, operands: &[&str]) -> Test {
        try_test_of(kind, comparator, operands).unwrap()
    }

    #[test]
    fn people_are_told_by_id_by_address_or_as_ourselves() {
        let id = |text: &str| match test_of(FieldType::User, Comparator::Equal, &[text]) {
            Test::Is { operands, .. } => operands[0].clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(id("${CURRENTUSER}"), Operand::Id("7".into()));
        assert_eq!(id("aya@x.example"), Operand::Id("8".into()));
        assert_eq!(id("600123000000001"), Operand::Id("600123000000001".into()));
    }

    #[test]
    fn what_no_number_and_no_day_can_be_says_what_is_expected() {
        let told = |kind: FieldType, comparator, text: &str| {
            let operands = vec![Literal::parse(text).unwrap()];
            let condition = Condition { field: "F".into(), comparator, operands };
            never_held(&condition, &kind).map(|error| error.to_string())
        };
        use Comparator as C;
        for text in ["soon", "2000/01/05", "2000-13-45", "5", "2026-11-29T09:00:00", "2026-11-29 09:00"] {
            let said = told(FieldType::Date, C::GreaterThan, text).unwrap();
            assert_eq!(
                said,
                format!("F can never hold {text:?}: it is compared with a date such as 2026-11-22")
            );
        }
        for right in ["2000-01-05", "${TODAY}", "${EMPTY}"] {
            assert_eq!(told(FieldType::Date, C::NotEqual, right), None, "{right}");
        }
        assert!(told(FieldType::DateTime, C::LessThan, "tomorrow").unwrap().contains("a time such as"));
        assert_eq!(told(FieldType::DateTime, C::LessThan, "2024-05-15"), None);
        let number = FieldType::Decimal { scale: 2 };
        assert!(told(number.clone(), C::In, "many").unwrap().contains("a number such as"));
        assert_eq!(told(number.clone(), C::In, "50.5"), None);
        assert_eq!(told(number, C::Contains, "5."), None, "a part of its text");
    }

    #[test]
    fn what_is_none_of_the_options_is_told_where_they_are_known() {
        use Comparator as C;
        let told = |kind: FieldType, comparator, texts: &[&str]| {
            let operands = texts.iter().map(|text| Literal::parse(text).unwrap()).collect();
            let condition = Condition { field: "F".into(), comparator, operands };
            no_option(&condition, &kind).map(|error| error.to_string())
        };
        let options = vec!["Partner".into(), "Trade Show".into()];
        let (one, many) =
            (FieldType::Picklist { options: options.clone() }, FieldType::MultiPicklist { options });
        let wrong = Some("F has no option \"Partnr\"".to_owned());
        for comparator in [C::Equal, C::NotEqual, C::In, C::NotIn] {
            assert_eq!(told(one.clone(), comparator, &["Partnr"]), wrong, "{comparator:?}");
            assert_eq!(told(many.clone(), comparator, &["Partner", "Partnr"]), wrong, "{comparator:?}");
        }
        assert_eq!(told(many.clone(), C::IncludeAll, &["Partnr"]), wrong);
        for texts in [&["partner"][..], &["${EMPTY}"], &["Trade Show", "Partner"]] {
            assert_eq!(told(one.clone(), C::In, texts), None, "{texts:?}");
        }
        assert_eq!(told(one, C::Contains, &["art"]), None, "a part of it");
        assert_eq!(told(FieldType::Picklist { options: Vec::new() }, C::Equal, &["x"]), None, "not known");
    }

    #[test]
    fn what_cannot_be_evaluated_says_why() {
        let error = |kind, comparator, operands: &[&str]| {
            try_test_of(kind, comparator, operands).unwrap_err().to_string()
        };
        let lookup = FieldType::Lookup { module: "Accounts".into() };
        assert_eq!(
            error(lookup, Comparator::GreaterThan, &["Acme"]),
            "greater_than does not fit the kind of F"
        );
        assert_eq!(
            error(FieldType::User, Comparator::Equal, &["gone@x.example"]),
            "F can never hold \"gone@x.example\""
        );
        assert_eq!(
            error(FieldType::Bool, Comparator::GreaterThan, &["true"]),
            "greater_than does not fit the kind of F"
        );
        let file = FieldType::Other { name: "fileupload".into() };
        assert!(error(file.clone(), Comparator::Equal, &["1"]).contains("only the service"));
        assert!(error(file.clone(), Comparator::In, &["${EMPTY}", "1"]).contains("only the service"));
        assert!(error(file, Comparator::Contains, &["${EMPTY}"]).contains("only the service"));
        assert_eq!(
            error(FieldType::Date, Comparator::Between, &["2026-01-01"]),
            "the condition on F has too few or too many values"
        );
        let text = FieldType::Text { max: 9, multiline: false };
        assert_eq!(error(text, Comparator::Equal, &["${TODAY}"]), "F can never hold \"${TODAY}\"");
    }
}
