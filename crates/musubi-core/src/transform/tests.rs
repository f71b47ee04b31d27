//! The laws of steps.

use super::*;
use proptest::{collection::vec, prelude::*};

fn steps(written: Vec<Step>) -> Steps {
    Steps::try_from(written).unwrap()
}

fn text() -> FieldType {
    FieldType::Text { max: 100, multiline: false }
}

#[test]
fn steps_are_written_as_the_configuration_shows_them() {
    let json = r#"["trim",{"case":"upper"},{"phone":"JP"},{"map":{"values":{"A":"B"},"unknown":"keep"}},{"round":2},
        {"date_of":"Asia/Tokyo"},{"time_of":{"zone":"Asia/Tokyo"}},{"split":{"at":" ","part":-1}},{"constant":"x"},{"script":"value + 1"}]"#;
    let read: Steps = serde_json::from_str(json).unwrap();
    assert_eq!(read.written().len(), 10);
    let again: Steps = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
    assert_eq!(again, read);
    let wrong = serde_json::from_str::<Steps>(r#"[{"phone":"XX"}]"#).unwrap_err();
    assert!(wrong.to_string().contains("\"XX\""), "{wrong}");
}

#[test]
fn one_step_follows_the_other() {
    let all =
        steps(vec![Step::Trim, Step::Split(Split { at: " ".into(), part: 1 }), Step::Case(Case::Upper)]);
    assert_eq!(all.take(&Value::text("  anna smith ")), Ok(Value::text("ANNA")));
    assert_eq!(all.take(&Value::Blank), Ok(Value::Blank));
    assert_eq!(steps(vec![Step::Constant("x".into())]).take(&Value::Blank), Ok(Value::text("x")));
    assert_eq!(steps(vec![Step::Trim]).take(&Value::text("  ")), Ok(Value::Blank));
    let cents = steps(vec![Step::Round(0)]);
    assert_eq!(cents.take(&Value::Number("-2.5".parse().unwrap())), Ok(Value::Number((-3).into())));
    assert_eq!(steps(vec![Step::Phone("JP".into())]).take(&Value::text("no")), Err(Refusal::NotAPhone));
}

// S1-89
#[test]
fn a_step_that_takes_no_such_value_is_told_before_anything_runs() {
    let gives =
        |written: Vec<Step>, kind: &FieldType| steps(written).gives(kind).map_err(|error| error.to_string());
    assert_eq!(
        gives(vec![Step::Round(2)], &FieldType::Bool),
        Err("the step round takes no check box".into())
    );
    assert_eq!(
        gives(vec![Step::DateOf("UTC".into()), Step::Trim], &FieldType::DateTime),
        Err("the step trim takes no date".into())
    );
    assert_eq!(
        gives(vec![Step::Script("1".into()), Step::Round(1)], &text()),
        Ok(Some(FieldType::Decimal { scale: 1 }))
    );
    let lead = |written: Vec<Step>, from: &FieldType, to: &FieldType| steps(written).lead(from, to);
    assert_eq!(lead(vec![Step::DateOf("UTC".into())], &FieldType::DateTime, &FieldType::Date), Ok(true));
    assert_eq!(lead(vec![Step::DateOf("UTC".into())], &FieldType::DateTime, &FieldType::Integer), Ok(false));
    assert_eq!(lead(vec![], &FieldType::Date, &FieldType::DateTime), Ok(false));
    let lookup = FieldType::Lookup { module: "Accounts".into() };
    assert!(lead(vec![Step::Trim], &lookup, &lookup).is_err());
    assert_eq!(lead(vec![Step::Constant("1".into())], &lookup, &lookup), Ok(false));
}

fn any_step() -> impl Strategy<Value = Step> {
    let unknown = prop_oneof![Just(Unknown::Refuse), Just(Unknown::Keep), Just(Unknown::Blank)];
    let map = (proptest::collection::btree_map("[a-c]{0,2}", "[a-c]{0,2}", 0..4), unknown);
    prop_oneof![
        Just(Step::Trim),
        Just(Step::Case(Case::Upper)),
        Just(Step::Case(Case::Lower)),
        Just(Step::Case(Case::Title)),
        Just(Step::Phone("JP".into())),
        map.prop_map(|(values, unknown)| Step::Map(ValueMap { values, unknown })),
        (0..5u32).prop_map(Step::Round),
        Just(Step::DateOf("Asia/Tokyo".into())),
        Just(Step::TimeOf(TimeOf { zone: "Europe/London".into(), at: "01:30".into() })),
        (-3..4i32)
            .prop_filter("a part", |part| *part != 0)
            .prop_map(|part| Step::Split(Split { at: "a".into(), part })),
        Just(Step::Constant("c".into())),
        Just(Step::Script("value + \"x\"".into())),
    ]
}

proptest! {
    /// Whatever comes in, something definite comes out, and the same each time.
    #[test]
    fn steps_are_total_and_deterministic(written in vec(any_step(), 0..5), value in crate::codec::tests::any_value()) {
        let steps = steps(written);
        prop_assert_eq!(steps.take(&value), steps.take(&value));
    }

    /// What was brought into its form stays so.
    #[test]
    fn forms_are_brought_about_once(value in crate::codec::tests::any_value(), at in 0..7usize) {
        let forms = [
            Step::Trim, Step::Case(Case::Upper), Step::Case(Case::Lower), Step::Case(Case::Title), Step::Phone("JP".into()),
            Step::Round(2), Step::DateOf("Asia/Tokyo".into()),
        ];
        let steps = steps(vec![forms[at].clone()]);
        if let Ok(once) = steps.take(&value) {
            prop_assert_eq!(steps.take(&once), Ok(once));
        }
    }

    /// There and back through a map that is one to one is where it was, for everything that it names.
    #[test]
    fn a_map_that_is_one_to_one_leads_back(values in proptest::collection::btree_map("[a-d]{1,2}", "[a-d]{1,2}", 1..5)) {
        let there = steps(vec![Step::Map(ValueMap { values: values.clone(), unknown: Unknown::Refuse })]);
        let Some(back) = there.inverse() else { return Ok(()) };
        for from in values.keys() {
            let gone = there.take(&Value::text(from)).unwrap();
            prop_assert_eq!(back.take(&gone), Ok(Value::text(from)));
        }
    }

    /// What the kinds promise is what comes out: a value, or a refusal, but never a value of another kind.
    #[test]
    fn what_comes_out_is_of_the_kind_foretold(written in vec(any_step(), 1..4), value in crate::codec::tests::any_value()) {
        let (kind, steps) = (kind_of(&value), steps(written));
        let (Some(kind), Ok(out)) = (kind, steps.take(&value)) else { return Ok(()) };
        if let Ok(Some(foretold)) = steps.gives(&kind) && !out.is_blank() {
            prop_assert_eq!(std::mem::discriminant(&kind_of(&out).unwrap()), std::mem::discriminant(&foretold));
        }
    }
}

fn kind_of(value: &Value) -> Option<FieldType> {
    Some(match value {
        Value::Text(_) => FieldType::Text { max: 1, multiline: false },
        Value::Number(_) => FieldType::Decimal { scale: 1 },
        Value::Bool(_) => FieldType::Bool,
        Value::Date(_) => FieldType::Date,
        Value::Instant(_) => FieldType::DateTime,
        Value::Set(_) => FieldType::MultiPicklist { options: vec![] },
        _ => return None,
    })
}
