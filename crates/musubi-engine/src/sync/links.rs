//! Links of lookups to several records: they are not taken away by a side that cannot know of them.
//!
//! What a set leads to is carried over when all of it has a counterpart. Until then the other side holds fewer links, or those that came there from the other end of the
//! lookup: that is no change which somebody made, even if it was seen later.

use musubi_core::{
    LinkBody, Side, Value,
    convert::{Refusal, Translate},
    policy::Direction,
    reconcile::{Assignment, Refused, Rules, Verdict},
    schema::FieldType,
};

/// Takes out of the verdict what would take away links that were never carried over: a set with one whose far end has no counterpart waits, and of two sets that meet for
/// the first time the larger one is not made as small as the other (as a blank empties nothing then).
pub(super) fn spare_links(verdict: &mut Verdict, body: &LinkBody, rules: &Rules, ids: &dyn Translate) {
    for side in Side::BOTH {
        let writes = std::mem::take(verdict.writes.get_mut(side));
        for write in writes {
            match lot(&write, side, body, rules, ids) {
                Lot::Goes => verdict.writes.get_mut(side).push(write),
                Lot::Waits(refused) => {
                    verdict.conflicts.retain(|conflict| conflict.slot != write.slot);
                    verdict.refused.push(refused);
                }
                Lot::Turns(back) => {
                    verdict.conflicts.retain(|conflict| conflict.slot != write.slot);
                    verdict.writes.get_mut(side.other()).push(back);
                }
            }
        }
    }
}

/// What becomes of a write.
enum Lot {
    Goes,
    /// What it would replace is not known to the other side yet.
    Waits(Refused),
    /// What it would replace is carried over instead.
    Turns(Assignment),
}

fn lot(write: &Assignment, side: Side, body: &LinkBody, rules: &Rules, ids: &dyn Translate) -> Lot {
    let (slot, pair) = (write.slot, &rules.mapping.pairs[usize::from(write.slot)]);
    let Some(replaced) = &write.replaced else { return Lot::Goes };
    if !matches!(pair.fields.get(side).kind, FieldType::Rows { links: true, .. }) {
        return Lot::Goes;
    }
    let base = |side: Side| body.side(side).base[usize::from(slot)].as_ref();
    let (agreed, kept) = (links(base(side).unwrap_or(&Value::Blank)), links(&write.value));
    let taken = links(replaced).iter().filter(|link| !kept.contains(link) && !agreed.contains(link));
    let taken: Vec<_> = taken.cloned().collect();
    if taken.is_empty() {
        return Lot::Goes;
    }
    let waits = |why| Lot::Waits(Refused { slot, from: side, why });
    if let Err(why) = rules.carry(&Value::links(taken), slot, side, ids) {
        return waits(why);
    }
    let first = base(side.other()).is_none_or(Value::is_blank);
    let is_larger = kept.iter().all(|link| links(replaced).contains(link));
    match rules.carry(replaced, slot, side, ids) {
        Ok(value) if first && is_larger && pair.direction == Direction::Both => {
            match body.bar(side.other(), slot, &value) {
                Some(bar) => {
                    waits(Refusal::ByService { code: bar.code.clone(), details: bar.details.clone() })
                }
                None => {
                    let (source, replaced) = (replaced.clone(), Some(write.source.clone()));
                    Lot::Turns(Assignment { slot, value, source, replaced })
                }
            }
        }
        _ => Lot::Goes,
    }
}

fn links(value: &Value) -> &[Box<[Value]>] {
    match value {
        Value::Rows(rows) => rows,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::{
        Instant, RemoteId, Sides,
        convert::Counterpart,
        link::Dirty,
        mapping::{Mapping, Wanted},
        mutant::Mutant,
        policy::Policy,
        reconcile::reconcile,
        schema::{Access, Field, ModuleSchema},
        value::UserRef,
    };

    /// Ids of the right have an `R` in front; what begins with `x` has no counterpart.
    struct Prefix;
    impl Translate for Prefix {
        fn record(&self, _slot: u16, from: Side, id: &RemoteId) -> Counterpart {
            match (from, id.as_str().strip_prefix('R')) {
                _ if id.as_str().contains('x') => Counterpart::NotYet,
                (Side::Right, Some(left)) => Counterpart::Linked(left.into()),
                _ => Counterpart::Linked(RemoteId::new(format!("R{id}"))),
            }
        }
        fn user(&self, _from: Side, user: &UserRef) -> Option<UserRef> {
            Some(user.clone())
        }
    }

    fn rules() -> Rules {
        let field = |kind| Field {
            name: "Accs".into(),
            label: "Accs".into(),
            kind,
            access: Access::Writable,
            mandatory: false,
            unique: false,
            custom: true,
        };
        let column = field(FieldType::Lookup { module: "Accounts".into() });
        let fields = vec![field(FieldType::Rows { columns: vec![column], links: true })];
        let schema = ModuleSchema {
            module: "Contacts".into(),
            label: "Contacts".into(),
            fields,
            demanded: Vec::new(),
        };
        let sides = Sides { left: &schema, right: &schema };
        let mapping = Mapping::compile(sides, &Wanted::SameName, Direction::Both, &[]).unwrap();
        Rules { mapping, version: 1, policy: Policy::default(), mutant: Mutant::None }
    }

    fn set(ids: &str) -> Value {
        let ids = ids.split_whitespace();
        Value::links(ids.map(|id| [Value::Record(RemoteId::new(id))].into()).collect())
    }

    /// What is written to each side, and whether the field waits. The right was seen later.
    fn check(bases: [Option<&str>; 2], holds: [&str; 2], writes: [Option<&str>; 2], waits: bool) {
        let rules = rules();
        let mut body = LinkBody::unknown(1, 1);
        for (at, side) in Side::BOTH.into_iter().enumerate() {
            let memory = body.sides.get_mut(side);
            (memory.base[0], memory.seen) = (bases[at].map(set), Instant::from_seconds(20));
            if memory.base[0] != Some(set(holds[at])) {
                let since = Instant::from_seconds(10 + at as i64);
                memory.dirty.push(Dirty { slot: 0, value: set(holds[at]), since });
            }
        }
        let mut verdict = reconcile(&mut body, &rules, &Prefix, Side::Left);
        spare_links(&mut verdict, &body, &rules, &Prefix);
        let written =
            Side::BOTH.map(|side| verdict.writes.get(side).first().map(|write| write.value.clone()));
        assert_eq!(written, writes.map(|ids| ids.map(set)), "{bases:?} {holds:?}");
        assert_eq!(!verdict.refused.is_empty(), waits, "{bases:?} {holds:?}");
    }

    #[test]
    fn a_link_whose_far_end_has_no_counterpart_stays() {
        check([None, None], ["1 x", "R1"], [None, None], true);
        check([None, None], ["1 x", ""], [None, None], true);
        check([Some("1"), Some("R1")], ["1 x", "R1 R2"], [None, None], true);
        check([None, None], ["1", "R1 Rx"], [None, None], true);
    }

    #[test]
    fn the_larger_of_two_sets_that_meet_is_not_made_smaller() {
        check([None, None], ["1 2", "R1"], [None, Some("R1 R2")], false);
        check([Some(""), Some("")], ["1 2", "R1"], [None, Some("R1 R2")], false);
        check([None, None], ["1 2", "R1 R3"], [Some("1 3"), None], false);
    }

    #[test]
    fn what_both_knew_may_be_taken_away() {
        check([Some("1 2"), Some("R1 R2")], ["1 2", "R1"], [Some("1"), None], false);
        // Its counterpart was deleted since.
        check([Some("1 x"), Some("R1 Rx")], ["1 x", "R1"], [Some("1"), None], false);
        check([Some("1 x"), Some("R1 Rx")], ["1 x", ""], [Some(""), None], false);
    }
}
