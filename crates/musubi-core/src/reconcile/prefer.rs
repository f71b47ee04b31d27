//! A person's decision about a field: the value of one side counts.

use super::Rules;
use crate::{LinkBody, Side, Sides, Value, codec::Writer, convert::Translate};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preferred {
    /// The value is a change to be carried to the other side.
    ToBeCarried,
    /// The other side cannot be written: both stay as they are, on purpose.
    LeftApart,
    /// One of the two values is not known.
    NotKnown,
}

/// Stands for two values of a field that a person saw beside each other. Two mentions of one user are the same.
pub fn seen_values(values: Sides<&Value>) -> u64 {
    let mut out = Writer::default();
    for side in Side::BOTH {
        match values.get(side) {
            Value::User(user) => out.text(user.id.as_str()),
            value => out.value(value),
        }
    }
    xxhash_rust::xxh3::xxh3_64(&out.finish())
}

/// The value of `winner` counts in this slot, as far as the direction lets it.
///
/// What the other side holds becomes what both agreed on last. So the winner's value is a change like any other: it is carried over with all that guards a
/// change, and if the other side is changed before that, there is a conflict again, which the person has not decided.
pub fn prefer(body: &mut LinkBody, slot: u16, winner: Side, rules: &Rules, ids: &dyn Translate) -> Preferred {
    let (loser, pair) = (winner.other(), &rules.mapping.pairs[usize::from(slot)]);
    if Side::BOTH.iter().any(|side| body.side(*side).current(slot).is_none()) {
        return Preferred::NotKnown;
    }
    body.apart.retain(|apart| *apart != slot);
    body.let_be.retain(|let_be| *let_be != slot);
    if !pair.direction.allows_from(winner) {
        Side::BOTH.iter().for_each(|side| body.sides.get_mut(*side).accept(slot));
        body.apart.push(slot);
        return Preferred::LeftApart;
    }
    body.sides.get_mut(loser).accept(slot);
    let (won, lost) = (body.side(winner).current(slot), body.side(loser).current(slot));
    let (Some(won), Some(lost)) = (won, lost) else { return Preferred::NotKnown };
    let known = body.side(winner).base[usize::from(slot)].clone();
    let agreed = rules
        .carry(lost, slot, loser, ids)
        .ok()
        .or(known)
        .filter(|agreed| agreed != won)
        .unwrap_or(Value::Blank);
    body.sides.get_mut(winner).rebase(slot, agreed);
    Preferred::ToBeCarried
}

/// True when the other side holds what `winner`'s value is there: what would be decided is so already.
pub fn prevails(body: &LinkBody, slot: u16, winner: Side, rules: &Rules, ids: &dyn Translate) -> bool {
    let loser = winner.other();
    let Some(won) = body.side(winner).current(slot) else { return false };
    let kind = &rules.mapping.field(loser, slot).kind;
    rules.carry(won, slot, winner, ids).is_ok_and(|value| body.side(loser).holds(slot, &value, kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::tests::Prefix;
    use crate::reconcile::tests::{link, rules};
    use crate::reconcile::{reconcile, written};
    use crate::{
        Instant,
        mutant::Mutant,
        policy::{ConflictPolicy, Direction},
    };

    /// A pair that agreed on `base` (or never did) and holds these two values now.
    fn held(base: Option<&str>, values: [&str; 2]) -> (LinkBody, Rules) {
        let rules = rules(ConflictPolicy::Hold, Direction::Both);
        (link(base, values), rules)
    }

    #[test]
    fn the_value_chosen_is_written_to_the_other_side_and_what_it_replaces_is_known() {
        for (base, winner) in
            [(Some("old"), Side::Left), (Some("old"), Side::Right), (None, Side::Left), (None, Side::Right)]
        {
            let (mut body, rules) = held(base, ["l", "r"]);
            assert_eq!(reconcile(&mut body, &rules, &Prefix, Side::Left).conflicts.len(), 1);
            assert_eq!(prefer(&mut body, 0, winner, &rules, &Prefix), Preferred::ToBeCarried);
            let verdict = reconcile(&mut body, &rules, &Prefix, Side::Left);
            let writes = verdict.writes.get(winner.other());
            let (won, lost) = if winner == Side::Left { ("l", "r") } else { ("r", "l") };
            assert_eq!(writes.len(), 1, "{verdict:?}");
            assert_eq!(
                (&writes[0].value, &writes[0].replaced),
                (&Value::text(won), &Some(Value::text(lost)))
            );
            written(&mut body, winner.other(), writes, Instant::from_seconds(50), Mutant::None);
            assert!(reconcile(&mut body, &rules, &Prefix, Side::Left).is_nothing());
        }
    }

    #[test]
    fn a_value_prevails_once_the_other_side_holds_it() {
        let (mut body, rules) = held(Some("old"), ["l", "r"]);
        let prevail = |body: &LinkBody| Side::BOTH.map(|side| prevails(body, 0, side, &rules, &Prefix));
        assert_eq!(prevail(&body), [false, false]);
        prefer(&mut body, 0, Side::Left, &rules, &Prefix);
        let verdict = reconcile(&mut body, &rules, &Prefix, Side::Left);
        written(&mut body, Side::Right, &verdict.writes.right, Instant::from_seconds(50), Mutant::None);
        assert_eq!(prevail(&body), [true, true]);
    }

    #[test]
    fn a_change_before_the_write_is_a_conflict_once_more() {
        let (mut body, rules) = held(Some("old"), ["l", "r"]);
        prefer(&mut body, 0, Side::Left, &rules, &Prefix);
        body.sides.right.dirty.push(crate::link::Dirty {
            slot: 0,
            value: Value::text("r2"),
            since: Instant::from_seconds(60),
        });
        let verdict = reconcile(&mut body, &rules, &Prefix, Side::Left);
        assert!(verdict.writes.right.is_empty() && verdict.conflicts.len() == 1, "{verdict:?}");
    }

    #[test]
    fn what_was_skipped_can_be_decided_too() {
        let skip = rules(ConflictPolicy::Skip, Direction::Both);
        let mut body = link(Some("old"), ["l", "r"]);
        reconcile(&mut body, &skip, &Prefix, Side::Left);
        assert!(body.sides.left.dirty.is_empty() && body.sides.right.dirty.is_empty());
        prefer(&mut body, 0, Side::Right, &skip, &Prefix);
        let verdict = reconcile(&mut body, &skip, &Prefix, Side::Left);
        assert_eq!(verdict.writes.left[0].value, Value::text("r"));
    }
}
