//! Records and people in conditions: services take a value for an id or for a name, whichever fits.

use super::{
    Comparator, Literal, Test,
    compile::{Reading, Unfit},
};
use crate::schema::FieldType;

/// No id of a service is shorter. Digits that are fewer may be one all the same, or a name such as 3000.
const SHORTEST_ID: usize = 15;

/// The condition upon what is pointed to, and upon its name; `is` makes it upon one of them.
pub(super) fn test(
    comparator: Comparator,
    holds: bool,
    literals: &[Literal],
    kind: &FieldType,
    is: &mut impl FnMut(Reading, Comparator, &[&Literal]) -> Result<Test, Unfit>,
) -> Result<Test, Unfit> {
    use Comparator as C;
    match comparator {
        C::Like | C::StartsWith | C::EndsWith | C::Contains => {
            is(Reading::Name, comparator, &literals.iter().collect::<Vec<_>>())
        }
        C::IncludeAll => {
            let one = |literal: &Literal| any(C::Equal, holds, std::slice::from_ref(literal), kind, is);
            let each = literals.iter().map(one).collect::<Result<Vec<_>, _>>()?;
            Ok(if holds { Test::All(each) } else { Test::Any(each) })
        }
        _ => any(comparator, holds, literals, kind, is),
    }
}

/// It is one of these; denied: it is none of them.
fn any(
    comparator: Comparator,
    holds: bool,
    literals: &[Literal],
    kind: &FieldType,
    is: &mut impl FnMut(Reading, Comparator, &[&Literal]) -> Result<Test, Unfit>,
) -> Result<Test, Unfit> {
    let ids: Vec<&Literal> = literals.iter().filter(|literal| may_be_id(literal, kind)).collect();
    let names: Vec<&Literal> = literals.iter().filter(|literal| may_be_name(literal, kind)).collect();
    let mut tests = Vec::new();
    if !ids.is_empty() {
        tests.push(is(Reading::Value, comparator, &ids)?);
    }
    if !names.is_empty() {
        tests.push(is(Reading::Name, comparator, &names)?);
    }
    Ok(match (tests.len(), holds) {
        (1, _) => tests.remove(0),
        (_, true) => Test::Any(tests),
        (_, false) => Test::All(tests),
    })
}

/// Everything that is no text, an address of a user, and digits.
fn may_be_id(literal: &Literal, kind: &FieldType) -> bool {
    let Literal::Text(text) = literal else { return true };
    is_address(text, kind) || is_digits(text)
}

fn may_be_name(literal: &Literal, kind: &FieldType) -> bool {
    let Literal::Text(text) = literal else { return false };
    !(is_address(text, kind) || is_digits(text) && text.trim().len() >= SHORTEST_ID)
}

fn is_address(text: &str, kind: &FieldType) -> bool {
    *kind == FieldType::User && text.contains('@')
}

fn is_digits(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::compile::tests::{locale, test_of};
    use super::super::evaluate::{Moment, evaluate};
    use super::*;
    use crate::value::UserRef;
    use crate::{Instant, Membership, Value};

    fn judged(kind: FieldType, slots: [Value; 2], comparator: Comparator, operands: &[&str]) -> Membership {
        let moment = Moment::new(Instant::START, &locale().zone);
        evaluate(&test_of(kind, comparator, operands), &slots.map(Some), &moment)
    }

    /// Of a lookup to the record 600123000000001 with this name.
    fn check(name: &str, comparator: Comparator, operands: &[&str], expect: bool) {
        let slots = [Value::Record("600123000000001".into()), Value::text(name)];
        let expect = if expect { Membership::Inside } else { Membership::Outside };
        let lookup = FieldType::Lookup { module: "Accounts".into() };
        assert_eq!(judged(lookup, slots, comparator, operands), expect, "{name} {comparator:?} {operands:?}");
    }

    // K-30
    #[test]
    fn a_record_that_is_pointed_to_is_met_by_its_id_or_by_its_name() {
        use Comparator as C;
        let acme = "株式会社 Acme";
        check(acme, C::Equal, &["株式会社 ACME"], true);
        check(acme, C::Equal, &["Acme"], false);
        check(acme, C::NotEqual, &["株式会社 acme "], false);
        check(acme, C::NotEqual, &["Acme"], true);
        check(acme, C::Equal, &["600123000000001"], true);
        check(acme, C::StartsWith, &["株式"], true);
        check(acme, C::EndsWith, &["acme"], true);
        check(acme, C::Contains, &["社 a"], true);
        check(acme, C::NotContains, &["acme"], false);
        check(acme, C::Like, &["%acme"], true);
        check(acme, C::In, &["Other", "600123000000001"], true);
        check(acme, C::In, &["600123000000002", "株式会社 acme"], true);
        check(acme, C::NotIn, &["600123000000002", "株式会社 acme"], false);
        check(acme, C::NotIn, &["600123000000002", "Other"], true);
        check(acme, C::IncludeAll, &["600123000000001", "株式会社 acme"], true);
        check(acme, C::ExcludeAll, &["600123000000001", "Other"], true);
        // A few digits may be either.
        check("3000", C::Equal, &["3000"], true);
        check("3001", C::NotEqual, &["3000"], true);
    }

    #[test]
    fn who_owns_a_record_is_met_by_name_too_and_nobody_by_none() {
        let user = || Value::User(Box::new(UserRef { id: "600123000000009".into(), email: None }));
        let owner = |name: Value, comparator, operands: &[&str]| {
            let whom = if name.is_blank() { Value::Blank } else { user() };
            judged(FieldType::User, [whom, name], comparator, operands)
        };
        use Comparator as C;
        assert_eq!(owner(Value::text("Haruka Sato"), C::Equal, &["haruka sato"]), Membership::Inside);
        assert_eq!(owner(Value::text("Haruka Sato"), C::In, &["aya@x.example", "Ken"]), Membership::Outside);
        assert_eq!(owner(Value::Blank, C::Equal, &["Haruka Sato"]), Membership::Outside);
        assert_eq!(owner(Value::Blank, C::NotContains, &["Sato"]), Membership::Inside);
        assert_eq!(owner(Value::Blank, C::In, &["Ken", "${EMPTY}"]), Membership::Inside);
    }

    #[test]
    fn a_name_that_was_not_told_decides_nothing() {
        let moment = Moment::new(Instant::START, &locale().zone);
        let test = test_of(FieldType::AnyLookup { modules: Vec::new() }, Comparator::Equal, &["Acme"]);
        let slots = [Some(Value::Record("600123000000001".into())), None];
        assert_eq!(evaluate(&test, &slots, &moment), Membership::Unknown);
    }
}
