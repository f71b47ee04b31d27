//! Undo: what a person wants back is written while the field still holds what we wrote (I14).

use super::{Assignment, Rules};
use crate::{LinkBody, Side, link::Restore, mutant::Mutant};

/// What is to be written of what a person wants back, on one side at a time. What came too late is taken out of `body` and given as the second.
///
/// It came too late when the field holds something else by now, on either side: the later change counts.
pub fn restores(body: &mut LinkBody, rules: &Rules) -> (Option<(Side, Vec<Assignment>)>, Vec<Restore>) {
    let wanted = std::mem::take(&mut body.restore);
    let (kept, late): (Vec<_>, Vec<_>) =
        wanted.into_iter().partition(|restore| is_in_time(body, restore, rules));
    body.restore = kept;
    let Some(side) = body.restore.first().map(|restore| restore.side) else { return (None, late) };
    let assignment = |restore: &Restore| {
        let source = body.side(side.other()).current(restore.slot)?.clone();
        let replaced = body.side(side).current(restore.slot).cloned();
        Some(Assignment { slot: restore.slot, value: restore.back.clone(), source, replaced })
    };
    let here = body.restore.iter().filter(|restore| restore.side == side);
    (Some((side, here.filter_map(assignment).collect())), late)
}

fn is_in_time(body: &LinkBody, restore: &Restore, rules: &Rules) -> bool {
    let Restore { side, slot, holds, .. } = restore;
    let other = body.side(side.other());
    let may = rules.mapping.pairs.get(usize::from(*slot)).is_some_and(|pair| {
        pair.direction.allows_from(side.other()) || rules.mutant.is(Mutant::IgnoreDirection)
    });
    let unchanged = body.side(*side).current(*slot) == Some(holds) && other.dirty_at(*slot).is_none();
    may && other.current(*slot).is_some() && (unchanged || rules.mutant.is(Mutant::UndoBlindly))
}

/// Takes in that these were written back to `side`. What both hold now is what was agreed on: the two stay apart until somebody changes one of them.
pub fn restored(body: &mut LinkBody, side: Side, assignments: &[Assignment]) {
    for assignment in assignments {
        let slot = assignment.slot;
        body.restore.retain(|restore| (restore.side, restore.slot) != (side, slot));
        if body.side(side).dirty_at(slot).is_none() && !body.apart.contains(&slot) {
            body.apart.push(slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::tests::Prefix;
    use crate::reconcile::tests::{link, rules};
    use crate::reconcile::{reconcile, written};
    use crate::{
        Instant, Value,
        link::Dirty,
        policy::{ConflictPolicy, Direction},
    };

    fn wanted(side: Side, holds: &str, back: &str) -> Restore {
        Restore { side, slot: 0, holds: Value::text(holds), back: Value::text(back), by: "ann".into() }
    }

    fn change(body: &mut LinkBody, side: Side, value: &str) {
        let since = Instant::from_seconds(70);
        body.sides.get_mut(side).dirty.push(Dirty { slot: 0, value: Value::text(value), since });
    }

    #[test]
    fn a_value_written_back_stays_apart_until_somebody_changes_a_side() {
        let rules = rules(ConflictPolicy::Latest, Direction::Both);
        let mut body = link(Some("new"), ["new", "new"]);
        body.restore.push(wanted(Side::Right, "new", "old"));
        let (write, late) = restores(&mut body, &rules);
        let (side, assignments) = write.unwrap();
        assert!(late.is_empty() && side == Side::Right);
        assert_eq!(assignments[0].replaced, Some(Value::text("new")));
        written(&mut body, side, &assignments, Instant::from_seconds(50), Mutant::None);
        restored(&mut body, side, &assignments);
        assert!(reconcile(&mut body, &rules, &Prefix, Side::Left).is_nothing());
        assert_eq!((body.apart.as_slice(), body.restore.len()), (&[0][..], 0));
        change(&mut body, Side::Left, "newer");
        let verdict = reconcile(&mut body, &rules, &Prefix, Side::Left);
        assert_eq!(verdict.writes.right[0].value, Value::text("newer"));
        // Changed back before it was written, nothing has happened; written, it is apart no more.
        assert_eq!(body.apart, [0]);
        written(&mut body, side, &verdict.writes.right, Instant::from_seconds(80), Mutant::None);
        assert!(body.apart.is_empty());
    }

    #[test]
    fn what_was_changed_since_on_either_side_is_left_alone() {
        for side in Side::BOTH {
            let rules = rules(ConflictPolicy::Latest, Direction::Both);
            let mut body = link(Some("new"), ["new", "new"]);
            body.restore.push(wanted(Side::Right, "new", "old"));
            change(&mut body, side, "newer");
            let (write, late) = restores(&mut body, &rules);
            assert_eq!((write, late.len(), body.restore.len()), (None, 1, 0), "{side:?}");
        }
    }
}
