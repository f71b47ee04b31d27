//! Values that lie beside each other because one of them could not go to the other side, once it can.

use super::Rules;
use crate::{
    LinkBody, RemoteId, Side, Sides, Value,
    convert::{Counterpart, Translate},
    normalise::is_tidied,
    policy::Direction,
    value::UserRef,
};

/// Fields of a pair at rest that differ, though both ways are open and no policy, person or undo lets them, meet as for the first time. Whether what
/// points to records and people is the same is told when it is decided.
pub fn meet_anew(body: &mut LinkBody, rules: &Rules) {
    for (slot, pair) in (0u16..).zip(&rules.mapping.pairs) {
        let spoken_for = body.apart.contains(&slot)
            || body.let_be.contains(&slot)
            || body.restore.iter().any(|wanted| wanted.slot == slot);
        if pair.direction != Direction::Both || spoken_for {
            continue;
        }
        let agreed = |side: Side| {
            let memory = body.side(side);
            memory.base.get(usize::from(slot))?.as_ref().filter(|_| memory.dirty_at(slot).is_none())
        };
        let (Some(left), Some(right)) = (agreed(Side::Left), agreed(Side::Right)) else { continue };
        let values = Sides { left, right };
        if !rules.may_stay_apart(slot, values) && !are_one(rules, slot, values) {
            Side::BOTH.into_iter().for_each(|side| body.sides.get_mut(side).forget_base(slot));
        }
    }
}

/// One of the two is what the other one becomes, as it is or tidied by the service.
fn are_one(rules: &Rules, slot: u16, values: Sides<&Value>) -> bool {
    let fields = &rules.mapping.pairs[usize::from(slot)].fields;
    let becomes = |from: Side| {
        let (to, kind) = (*values.get(from.other()), &fields.get(from.other()).kind);
        rules
            .carry(values.get(from), slot, from, &Nobody)
            .is_ok_and(|due| due == *to || is_tidied(&due, to, kind))
    };
    becomes(Side::Left) || becomes(Side::Right)
}

/// Knows nobody.
struct Nobody;

impl Translate for Nobody {
    fn record(&self, _slot: u16, _from: Side, _id: &RemoteId) -> Counterpart {
        Counterpart::NotYet
    }

    fn user(&self, _from: Side, _user: &UserRef) -> Option<UserRef> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{link, rules};
    use super::*;
    use crate::policy::ConflictPolicy;

    fn at_rest(left: &str, right: &str) -> LinkBody {
        let mut body = link(None, [left, right]);
        Side::BOTH.into_iter().for_each(|side| body.sides.get_mut(side).accept(0));
        body
    }

    fn meets(mut body: LinkBody, rules: &Rules) -> bool {
        meet_anew(&mut body, rules);
        let dirty = Side::BOTH.map(|side| body.side(side).dirty_at(0).is_some());
        assert_eq!(dirty[0], dirty[1], "both or none");
        assert!(body.side(Side::Left).current(0).is_some() && body.side(Side::Right).current(0).is_some());
        dirty[0]
    }

    #[test]
    fn what_differs_for_no_reason_meets_once_more() {
        let open = rules(ConflictPolicy::Latest, Direction::Both);
        assert!(meets(at_rest("a", "b"), &open));
        assert!(!meets(at_rest("a", "a"), &open));
        assert!(!meets(at_rest("a", "a "), &open), "the service tidied it");
        assert!(!meets(at_rest("a", "b"), &rules(ConflictPolicy::Latest, Direction::LeftToRight)));
        assert!(!meets(at_rest("a", "b"), &rules(ConflictPolicy::Skip, Direction::Both)));
        let told = LinkBody { apart: vec![0], ..at_rest("a", "b") };
        assert!(!meets(told, &open), "a person or an undo left it so");
        let kept = LinkBody { let_be: vec![0], ..at_rest("a", "b") };
        assert!(!meets(kept, &open), "an earlier policy left it so");
    }
}
