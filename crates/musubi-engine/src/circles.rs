//! Circles of lookups: which module pair comes first where pairs need each other, and which lookups are therefore written in a second phase (I12).
//!
//! Without that, two new records that lead to each other would each wait for the other for ever.

use musubi_core::{Side, Sides, policy::Direction};
use musubi_store::SyncId;
use std::collections::HashSet;

/// A lookup of one module pair that leads to records of another, or of the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lead {
    pub child: SyncId,
    pub slot: u16,
    pub parent: SyncId,
    /// The left field.
    pub field: String,
    pub direction: Direction,
    /// Per side that a record comes from: how much its copy needs this.
    pub need: Sides<Need>,
}

/// How much a new record needs what its lookup leads to. Of two that could be left for later, the one that is needed less is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// A field that the org added: often blank.
    Custom,
    /// A field that the service itself has: what the module hangs on.
    Standard,
    /// A lookup to several modules: who has it goes with what it leads to.
    OneOfSeveral,
    /// The service makes no record without it.
    Demanded,
}

impl Lead {
    /// It may be written when the record is there already.
    fn can_follow(&self, from: Side) -> bool {
        *self.need.get(from) < Need::OneOfSeveral
    }
}

/// The lookups that are written later for records that come from this side: the record is made without them, and they follow when what they lead to is linked.
///
/// `pairs` are in the order of the configuration. Depends on nothing else, so that whoever computes it, whenever, finds the same.
pub(crate) fn written_later<'a>(pairs: &[SyncId], leads: &'a [Lead], from: Side) -> Vec<&'a Lead> {
    let leads: Vec<&Lead> = leads.iter().filter(|lead| lead.direction.allows_from(from)).collect();
    let circular = in_circles(&leads);
    let order = order(pairs, &circular, from);
    let place = |pair: SyncId| order.iter().position(|at| *at == pair);
    let is_later = |lead: &&Lead| {
        // Within a module no order of records is known beforehand.
        lead.child == lead.parent
            || circular.contains(lead) && lead.can_follow(from) && place(lead.child) < place(lead.parent)
    };
    leads.into_iter().filter(is_later).collect()
}

/// The lookups that a record waits for, from one side at least.
pub(crate) fn awaited<'a>(pairs: &[SyncId], leads: &'a [Lead]) -> Vec<&'a Lead> {
    let later = Sides::from_fn(|from| written_later(pairs, leads, from));
    let waits = |lead: &&Lead| {
        let waits = |from: &Side| lead.direction.allows_from(*from) && !later.get(*from).contains(lead);
        Side::BOTH.iter().any(waits)
    };
    leads.iter().filter(waits).collect()
}

/// The lookups of other pairs' records that no record can be made without, and that lead round in a circle.
pub(crate) fn demanded_circles(leads: &[Lead], from: Side) -> Vec<&Lead> {
    let demanded = |lead: &&Lead| lead.direction.allows_from(from) && *lead.need.get(from) == Need::Demanded;
    in_circles(&leads.iter().filter(demanded).collect::<Vec<_>>())
}

/// Those that lead to a pair which leads back, be it through others.
pub(crate) fn in_circles<'a>(leads: &[&'a Lead]) -> Vec<&'a Lead> {
    let closes = |lead: &&&Lead| lead.child != lead.parent && reaches(leads, lead.parent, lead.child);
    leads.iter().filter(closes).copied().collect()
}

/// The lookups of the circles that this pair is in. `leads` are its own, and those of all that it needs.
pub(crate) fn around(leads: &[Lead], pair: SyncId) -> Vec<&Lead> {
    let all: Vec<&Lead> = leads.iter().collect();
    let leads_back = |lead: &&Lead| lead.child != lead.parent && reaches(&all, lead.parent, pair);
    leads.iter().filter(leads_back).collect()
}

/// Whether one pair needs another, be it through others.
pub(crate) fn reaches(leads: &[&Lead], from: SyncId, to: SyncId) -> bool {
    let (mut seen, mut open) = (HashSet::from([from]), vec![from]);
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        let next = leads.iter().filter(|lead| lead.child == at).map(|lead| lead.parent);
        open.extend(next.filter(|pair| seen.insert(*pair)));
    }
    false
}

/// One pair after the other, always the one that needs the least of those still to come; then the one that is configured first.
fn order(pairs: &[SyncId], circular: &[&Lead], from: Side) -> Vec<SyncId> {
    let (mut rest, mut order) = (pairs.to_vec(), Vec::new());
    let needs = |pair: SyncId, rest: &[SyncId]| {
        let open = |lead: &&&Lead| lead.child == pair && rest.contains(&lead.parent);
        let count =
            |need: Need| circular.iter().filter(open).filter(|lead| *lead.need.get(from) == need).count();
        [Need::Demanded, Need::OneOfSeveral, Need::Standard, Need::Custom].map(count)
    };
    while let Some(first) = rest.iter().copied().min_by_key(|pair| needs(*pair, &rest)) {
        rest.retain(|pair| *pair != first);
        order.push(first);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{Both, LeftToRight, RightToLeft};
    use Need::{Custom, Demanded, OneOfSeveral, Standard};

    const A: SyncId = SyncId(1);
    const B: SyncId = SyncId(2);
    const C: SyncId = SyncId(3);
    const D: SyncId = SyncId(4);

    fn lead(child: SyncId, parent: SyncId, need: Need, direction: Direction) -> Lead {
        let field = format!("{}to{}", child.0, parent.0);
        Lead { child, slot: 0, parent, field, direction, need: Sides { left: need, right: need } }
    }

    /// Which lookups follow, child and parent, for records from the left.
    fn later(pairs: &[SyncId], leads: &[Lead]) -> Vec<(SyncId, SyncId)> {
        written_later(pairs, leads, Side::Left).iter().map(|lead| (lead.child, lead.parent)).collect()
    }

    fn check(pairs: &[SyncId], leads: &[(SyncId, SyncId, Need)], expect: &[(SyncId, SyncId)]) {
        let leads: Vec<Lead> =
            leads.iter().map(|(child, parent, need)| lead(*child, *parent, *need, Both)).collect();
        assert_eq!(later(pairs, &leads), expect, "{leads:?}");
        // In whatever order they were found, the same ones follow, and nothing is left that goes round.
        let backwards: Vec<Lead> = leads.iter().rev().cloned().collect();
        let mut found = later(pairs, &backwards);
        found.reverse();
        assert_eq!(found, expect, "{backwards:?}");
        let waits = awaited(pairs, &leads);
        let can_follow = |lead: &&Lead| lead.can_follow(Side::Left);
        assert!(!in_circles(&waits).iter().any(can_follow), "{waits:?}");
    }

    #[test]
    fn without_a_circle_every_parent_is_waited_for() {
        check(&[A, B, C], &[(B, A, Standard), (C, B, Custom), (C, A, Demanded)], &[]);
        // Also of a pair that only leads into a circle, or is led to from one.
        let circle = [(A, B, Custom), (B, A, Custom), (C, A, Custom), (A, D, Custom)];
        check(&[C, A, B, D], &circle, &[(A, B)]);
    }

    #[test]
    fn a_lookup_within_the_module_follows() {
        check(&[A], &[(A, A, Standard)], &[(A, A)]);
        check(&[A, B], &[(A, A, OneOfSeveral), (B, A, Standard)], &[(A, A)]);
    }

    #[test]
    fn of_two_that_need_each_other_the_first_configured_does_not_wait() {
        let leads = [(A, B, Custom), (B, A, Custom)];
        check(&[A, B], &leads, &[(A, B)]);
        check(&[B, A], &leads, &[(B, A)]);
    }

    #[test]
    fn what_the_org_added_follows_rather_than_what_the_module_hangs_on() {
        // The contacts, configured first, hang on their accounts; the main contact of an account is what follows.
        let (contacts, accounts) = (A, B);
        check(
            &[A, B],
            &[(contacts, accounts, Standard), (accounts, contacts, Custom)],
            &[(accounts, contacts)],
        );
        // One lookup that follows costs less than two.
        check(&[A, B], &[(A, B, Custom), (A, B, Custom), (B, A, Custom)], &[(B, A)]);
    }

    #[test]
    fn what_is_demanded_and_what_goes_with_one_of_several_is_waited_for() {
        check(&[A, B], &[(A, B, Demanded), (B, A, Standard)], &[(B, A)]);
        check(&[A, B], &[(A, B, OneOfSeveral), (B, A, Standard)], &[(B, A)]);
        check(&[A, B], &[(A, B, Demanded), (B, A, OneOfSeveral)], &[]);
    }

    #[test]
    fn three_in_a_circle_have_one_that_does_not_wait() {
        check(&[A, B, C], &[(A, B, Custom), (B, C, Custom), (C, A, Custom)], &[(A, B)]);
        check(&[A, B, C], &[(A, B, Demanded), (B, C, Custom), (C, A, Custom)], &[(B, C)]);
        check(&[A, B, C], &[(A, B, Standard), (B, C, Standard), (C, A, Custom)], &[(C, A)]);
    }

    #[test]
    fn each_direction_has_its_own_circles() {
        // What goes round only if one turns back on the way is no circle.
        let leads = [lead(A, B, Custom, LeftToRight), lead(B, A, Custom, RightToLeft)];
        assert_eq!(later(&[A, B], &leads), []);
        assert_eq!(awaited(&[A, B], &leads).len(), 2);
        let leads = [lead(A, B, Custom, LeftToRight), lead(B, A, Custom, Both)];
        assert_eq!(later(&[A, B], &leads), [(A, B)]);
        assert_eq!(written_later(&[A, B], &leads, Side::Right), Vec::<&Lead>::new());
        assert_eq!(awaited(&[A, B], &leads), [&leads[1]]);
    }

    #[test]
    fn what_is_demanded_all_the_way_round_can_never_be_made() {
        let leads =
            [lead(A, B, Demanded, Both), lead(B, C, Demanded, LeftToRight), lead(C, A, Demanded, Both)];
        assert_eq!(demanded_circles(&leads, Side::Left).len(), 3);
        assert_eq!(demanded_circles(&leads, Side::Right), Vec::<&Lead>::new());
        let leads = [lead(A, B, Demanded, Both), lead(B, A, Custom, Both), lead(A, A, Demanded, Both)];
        assert_eq!(demanded_circles(&leads, Side::Left), Vec::<&Lead>::new());
    }
}
