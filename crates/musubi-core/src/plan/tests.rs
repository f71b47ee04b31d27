//! The laws of plans (I17).

use super::*;
use proptest::{collection::vec, prelude::*};

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Blank),
        (0..4).prop_map(|n| Value::text(format!("text {n}"))),
        (0..4).prop_map(|n| Value::Record(RemoteId::new(format!("{n}")))),
        (0..3)
            .prop_map(|n| Value::User(Box::new(UserRef { id: RemoteId::new(format!("{n}")), email: None }))),
    ]
}

fn field(kind: Kind) -> impl Strategy<Value = Field> {
    let before = value().prop_map(move |value| (kind == Kind::Update).then_some(value));
    (0..5u16, before, value()).prop_map(|(slot, before, source)| Field {
        slot,
        before,
        after: Some(source.clone()),
        source,
        why: Why::Changed,
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    let kind = prop_oneof![Just(Kind::Link), Just(Kind::Create), Just(Kind::Update), Just(Kind::Delete)];
    kind.prop_flat_map(|kind| {
        let most = if matches!(kind, Kind::Create | Kind::Update) { 4 } else { 0 };
        let target = prop_oneof![Just(Side::Left), Just(Side::Right)];
        (target, 0..9u32, vec(field(kind), 0..=most)).prop_map(move |(target, source, mut fields)| {
            fields.sort_by_key(|field| field.slot);
            fields.dedup_by_key(|field| field.slot);
            let target = if kind == Kind::Link { Side::Right } else { target };
            let target_id = (kind != Kind::Create).then(|| RemoteId::new(format!("t{source}")));
            Operation { kind, target, source: RemoteId::new(format!("{source}")), target_id, fields }
        })
    })
}

/// Operations of which no two are about the same record: as a run without retries has them.
fn operations() -> impl Strategy<Value = Vec<Operation>> {
    vec(operation(), 0..12).prop_map(|mut all| {
        all.sort_by_key(|operation| (operation.target, operation.source.clone()));
        all.dedup_by_key(|operation| (operation.target, operation.source.clone()));
        all
    })
}

proptest! {
    #[test]
    fn the_order_of_the_work_does_not_matter(all in operations(), turn in 0usize..12) {
        let mut other = all.clone();
        if !other.is_empty() {
            let turn = turn % other.len();
            other.rotate_left(turn);
        }
        let (one, two) = (Plan::of(3, all), Plan::of(3, other));
        prop_assert_eq!(&one, &two);
        prop_assert_eq!(one.digest(), two.digest());
    }

    #[test]
    fn what_is_planned_is_allowed_also_in_parts(all in operations(), kept in 0usize..4) {
        let approved = Approved::of(&Plan::of(3, all.clone()));
        for mut operation in all {
            prop_assert_eq!(approved.check(&operation, 3), Ok(()));
            prop_assert_eq!(approved.check(&operation, 4), Err(Exceeds::NotPlanned));
            operation.fields.truncate(kept);
            prop_assert_eq!(approved.check(&operation, 3), Ok(()));
        }
    }

    #[test]
    fn a_record_made_in_two_steps_is_planned_as_one(all in operations(), cut in 0usize..4) {
        let (whole, mut steps) = (Plan::of(3, all.clone()), Vec::new());
        let mut late = Vec::new();
        for operation in all {
            let mut first = operation.clone();
            if operation.kind == Kind::Create && cut < operation.fields.len() {
                let fields = first.fields.split_off(cut);
                late.push(Operation { kind: Kind::Update, fields, ..operation });
            }
            steps.push(first);
        }
        steps.extend(late.clone());
        let approved = Approved::of(&whole);
        let mut digest = Digest::new(3);
        steps.iter().for_each(|step| digest.add(step));
        prop_assert_eq!(digest.text(), whole.digest());
        prop_assert_eq!(&whole, &Plan::of(3, steps));
        for mut step in late {
            // When it is carried out the record is there, and its fields are blank.
            step.target_id = Some("made".into());
            step.fields.iter_mut().for_each(|field| field.before = Some(Value::Blank));
            prop_assert_eq!(approved.check(&step, 3), Ok(()));
            // Somebody filled one in meanwhile: that was not in the plan.
            step.fields.iter_mut().for_each(|field| field.before = Some(Value::text("theirs")));
            prop_assert_eq!(approved.check(&step, 3), Err(Exceeds::OtherValue));
        }
    }

    #[test]
    fn whatever_changed_exceeds_the_plan(all in operations(), other in value(), at in any::<prop::sample::Index>()) {
        prop_assume!(!all.is_empty());
        let approved = Approved::of(&Plan::of(3, all.clone()));
        let operation = at.get(&all).clone();
        let stranger = Operation { source: "stranger".into(), ..operation.clone() };
        let something = operation.kind != Kind::Update || !operation.fields.is_empty();
        prop_assert_eq!(approved.check(&stranger, 3).is_err(), something);
        if let Some(first) = operation.fields.first().cloned() {
            let mut changed = operation.clone();
            changed.fields[0].source = other.clone();
            prop_assert_eq!(approved.check(&changed, 3).is_ok(), first.source == other);
            if operation.kind == Kind::Update {
                let mut changed = operation.clone();
                changed.fields[0].before = Some(other.clone());
                prop_assert_eq!(approved.check(&changed, 3).is_ok(), first.before == Some(other));
            }
        }
        if operation.kind == Kind::Link {
            let elsewhere = Operation { target_id: Some("elsewhere".into()), ..operation };
            prop_assert_eq!(approved.check(&elsewhere, 3), Err(Exceeds::NotPlanned));
        }
    }

    #[test]
    fn the_written_form_comes_back(all in operations()) {
        let plan = Plan::of(3, all);
        let text = serde_json::to_string(&plan).unwrap();
        let back: Plan = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(back.digest(), plan.digest());
        prop_assert_eq!(back, plan);
    }

    #[test]
    fn an_approval_is_kept_and_comes_back(all in operations(), cut in 1usize..16) {
        let approved = Approved::of(&Plan::of(3, all));
        let mut bytes = approved.to_bytes();
        prop_assert_eq!(bytes.len(), 4 + 16 * approved.len());
        prop_assert_eq!(Approved::from_bytes(&bytes), Some(approved));
        bytes.extend(vec![0; cut]);
        prop_assert_eq!(Approved::from_bytes(&bytes), None);
        prop_assert_eq!(Approved::from_bytes(&bytes[..3]), None);
    }

    #[test]
    fn what_was_not_done_is_told(all in operations(), done in 0usize..12) {
        let plan = Plan::of(3, all);
        let (done, rest) = plan.operations.split_at(done.min(plan.operations.len()));
        let is_done = |operation: &Operation, _| done.contains(operation);
        let expected: Vec<Operation> = rest
            .iter()
            .filter(|operation| operation.kind != Kind::Update || !operation.fields.is_empty())
            .cloned()
            .collect();
        prop_assert_eq!(plan.outstanding(is_done), expected);
    }
}

#[test]
fn a_user_counts_by_the_id_and_a_future_id_not_at_all() {
    let user =
        |email: Option<&str>| Value::User(Box::new(UserRef { id: "1".into(), email: email.map(Into::into) }));
    let create = |email, after: Option<Value>| Operation {
        kind: Kind::Create,
        target: Side::Right,
        source: "7".into(),
        target_id: None,
        fields: vec![Field { slot: 0, before: None, after, source: user(email), why: Why::New }],
    };
    let plain = create(None, None);
    let mentioned = create(Some("a@example.com"), Some(Value::Record("made".into())));
    assert_eq!(plain.digest(), mentioned.digest());
}
