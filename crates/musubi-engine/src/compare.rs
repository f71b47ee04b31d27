//! Whether two records agree through their mapping. Judged by their values alone; what the hub remembers of them only excuses what it was told to leave.

use crate::report::Mending;
use crate::sync::{Parent, Plan};
use musubi_core::{
    LinkBody, Observation, RemoteId, Side, Sides, Value,
    codec::Writer,
    convert::{Counterpart, Translate, is_convertible},
    mapping::Pair,
    normalise::is_tidied,
    policy::Direction,
    reconcile::{Assignment, is_stood_in_for, reconcile},
    value::UserRef,
};
use musubi_store::{Loaded, SyncId, Want};
use std::collections::HashMap;

/// The counterparts that lookups of some records have.
#[derive(Default)]
pub(crate) struct Refs(HashMap<(SyncId, Side, RemoteId), RemoteId>);

impl Refs {
    /// Adds what these records point to.
    pub fn want(plan: &Plan, side: Side, row: &Observation, want: &mut Want) {
        for (slot, parents) in plan.parents.iter().enumerate() {
            for id in row.slots.get(slot).and_then(Option::as_ref).into_iter().flat_map(Value::records) {
                want.refs.extend(parents.iter().map(|parent| (parent.sync, side, id.as_str().to_owned())));
            }
        }
    }

    /// Takes in what was found.
    pub fn take(&mut self, loaded: &Loaded) {
        for row in &loaded.refs {
            if let Some(other) = &row.other {
                self.0.insert((row.sync, row.side, RemoteId::new(&row.id)), RemoteId::new(other));
            }
        }
    }
}

struct Ids<'a> {
    plan: &'a Plan,
    refs: &'a Refs,
}

impl Translate for Ids<'_> {
    fn record(&self, slot: u16, from: Side, id: &RemoteId) -> Counterpart {
        let linked = |parent: &Parent| self.refs.0.get(&(parent.sync, from, id.clone()));
        match self.plan.parents_at(slot) {
            [] => Counterpart::NotSynced,
            parents => {
                parents.iter().find_map(linked).cloned().map_or(Counterpart::NotYet, Counterpart::Linked)
            }
        }
    }

    fn user(&self, from: Side, user: &UserRef) -> Option<UserRef> {
        self.plan.people.pairs.get(from).get(&user.id).cloned()
    }

    fn stand_in(&self, slot: u16, from: Side) -> Option<UserRef> {
        self.plan.stand_in(slot, from)
    }
}

/// Stands for the mapped values of a record in a form in which both sides of a pair that agrees exactly have the same one.
/// `None` when a value cannot be brought into that form; then the two must be compared one by one.
pub(crate) fn digest(plan: &Plan, side: Side, row: &Observation, refs: &Refs) -> Option<[u8; 16]> {
    let ids = Ids { plan, refs };
    let mut out = Writer::with_capacity(256);
    for (slot, pair) in plan.rules.mapping.pairs.iter().enumerate() {
        if pair.direction == Direction::Neither {
            continue;
        }
        let form = form(pair);
        let value = row.slots.get(slot)?.as_ref()?;
        if side == form {
            write(&mut out, value);
        } else {
            write(&mut out, &pair.carry(value, slot as u16, side, &ids).ok()?);
        }
    }
    Some(xxhash_rust::xxh3::xxh3_128(&out.finish()).to_be_bytes())
}

/// The side in whose form both are compared: the right, unless values cannot go that way.
fn form(pair: &Pair) -> Side {
    let goes = if pair.has_steps() {
        pair.direction.allows_from(Side::Left)
    } else {
        is_convertible(&pair.fields.left.kind, &pair.fields.right.kind)
    };
    if goes { Side::Right } else { Side::Left }
}

/// Two mentions of a user are one, whether or not they carry the address.
fn write(out: &mut Writer, value: &Value) {
    match value {
        Value::User(user) => out.value(&Value::Record(user.id.clone())),
        other => out.value(other),
    }
}

/// What deciding about the pair again would write, by its present readings.
pub(crate) fn mending(
    plan: &Plan,
    rows: Sides<&Observation>,
    body: Option<LinkBody>,
    different: &[String],
    refs: &Refs,
) -> Mending {
    let rules = &plan.rules;
    let mut body = body.unwrap_or_else(|| LinkBody::unknown(rules.version, rules.mapping.pairs.len()));
    for side in Side::BOTH {
        let row = *rows.get(side);
        body.absorb(side, row, row.modified, &rules.mapping, rules.mutant);
    }
    let verdict = reconcile(&mut body, rules, &Ids { plan, refs }, Side::Left);
    let names = |writes: &[Assignment]| -> Vec<String> {
        writes.iter().map(|write| rules.mapping.field(Side::Left, write.slot).name.to_string()).collect()
    };
    let (write_left, write_right) = (names(&verdict.writes.left), names(&verdict.writes.right));
    let stay = different.iter().filter(|field| !write_left.contains(field) && !write_right.contains(field));
    let stay = stay.cloned().collect();
    Mending { write_left, write_right, stay, ..Mending::default() }
}

/// How two records stand to each other.
#[derive(Default, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Left names of the fields that should agree and do not.
    pub different: Vec<String>,
    /// Left names of those that differ as they were told to.
    pub left_so: Vec<String>,
}

/// Compares two records field by field.
pub(crate) fn compare(
    plan: &Plan,
    rows: Sides<&Observation>,
    body: Option<&LinkBody>,
    refs: &Refs,
) -> Verdict {
    let ids = Ids { plan, refs };
    let mut verdict = Verdict::default();
    for (slot, pair) in plan.rules.mapping.pairs.iter().enumerate() {
        let (Some(Some(left)), Some(Some(right))) = (rows.left.slots.get(slot), rows.right.slots.get(slot))
        else {
            continue; // Hidden is not different.
        };
        let slot = slot as u16;
        let values = Sides { left, right };
        let agrees_from = |from: Side| {
            let kind = &pair.fields.get(from.other()).kind;
            pair.direction.allows_from(from)
                && pair.carry(values.get(from), slot, from, &ids).is_ok_and(|carried| {
                    carried == **values.get(from.other())
                        || is_tidied(&carried, values.get(from.other()), kind)
                })
        };
        if pair.direction == Direction::Neither || agrees_from(Side::Left) || agrees_from(Side::Right) {
            continue;
        }
        if body.is_some_and(|body| is_left_so(plan, pair.direction, body, slot, values, &ids)) {
            verdict.left_so.push(pair.fields.left.name.to_string());
        } else {
            verdict.different.push(pair.fields.left.name.to_string());
        }
    }
    verdict
}

/// One way: what the target's people wrote stays until the source changes. What a policy left apart stays so.
fn is_left_so(
    plan: &Plan,
    direction: Direction,
    body: &LinkBody,
    slot: u16,
    values: Sides<&Value>,
    ids: &Ids<'_>,
) -> bool {
    let unchanged = |side: Side| {
        body.side(side).base.get(usize::from(slot)).and_then(Option::as_ref) == Some(*values.get(side))
    };
    match direction {
        Direction::LeftToRight => unchanged(Side::Left),
        Direction::RightToLeft => unchanged(Side::Right),
        Direction::Both => {
            let told = plan.rules.may_stay_apart(slot, values)
                || body.apart.contains(&slot)
                || body.let_be.contains(&slot)
                || is_stood_in_for(slot, values, ids);
            unchanged(Side::Left) && unchanged(Side::Right) && told
        }
        Direction::Neither => true,
    }
}
