//! What the policies allow, said once more and apart from the code that obeys them: every write is held against it when it is stored, before it is sent (I10).

use crate::{
    bounds,
    owners::Owners,
    scenario::{FIELDS, OWNER, PARENT, STATUS, Scenario},
    scopes::Scopes,
    service::Service,
    steps,
    violation::Violation,
};
use musubi_connector::{Automations, WriteItem, WriteKind};
use musubi_core::{
    LinkBody, RemoteId, Side, Sides, Value,
    link::Dirty,
    policy::{
        AutomationPolicy, BlankPolicy, ConflictPolicy, DeleteConflictPolicy, DeletionPolicy, Direction,
        InitialPolicy, LaterChanges, LeavingPolicy,
    },
    reconcile::{Assignment, Rules},
};
use musubi_engine::sync::{Batch, Plan, RunKind, SyncState, WriteCall};
use musubi_store::{Changes, IntentRow, LinkRow};

/// Checks the writes that a commit stores, by what it stores of the pairs they are about.
pub fn check<'a>(
    changes: &'a Changes,
    new: impl Iterator<Item = &'a IntentRow>,
    plan: &Plan,
    scopes: &Scopes,
    owners: Owners,
) -> Result<(), Violation> {
    for row in new {
        let Ok(batch) = Batch::recover(row, 0) else { continue };
        if batch.undo.is_some() {
            continue; // What a person wants back is held against the journal, not against the policies.
        }
        bounds::copied(&batch, plan)?;
        for item in &batch.items {
            let target = batch.side;
            for assignment in &item.assignments {
                taken(assignment, target, &plan.rules, batch.kind)?;
                if usize::from(assignment.slot) == OWNER {
                    owners.given(assignment, target)?;
                }
            }
            if batch.kind == WriteKind::Create {
                let given = |slot: usize| item.assignments.iter().any(|a| usize::from(a.slot) == slot);
                let Some(source) = &item.source else { continue };
                if !scopes.takes(target.other(), source.current(STATUS as u16)) {
                    return Err(Violation::new("I10", "a record is copied that does not take part"));
                }
                for (slot, pair) in plan.rules.mapping.pairs.iter().enumerate() {
                    let blank = source
                        .current(slot as u16)
                        .is_some_and(|value| steps::nothing_of(value, pair, target.other()));
                    let due = blank
                        && pair.direction.allows_from(target.other())
                        && pair.policy.default.get(target).is_some();
                    if due && !given(slot) {
                        return Err(broken(slot as u16, "a new record is not given its default"));
                    }
                }
            }
            let Some(left) = item.ids.left.as_ref().filter(|_| batch.kind != WriteKind::Create) else {
                continue;
            };
            let Some(link) = changes.links_put.iter().find(|link| link.left_id == left.as_str()) else {
                continue;
            };
            let Ok(body) = LinkBody::decode(&link.body) else { continue };
            scopes.forbid(plan, target, &body)?;
            if batch.kind == WriteKind::Delete {
                deletion(target, &body, plan)?;
            }
            for assignment in &item.assignments {
                update(assignment, target, &body, &plan.rules)?;
                if usize::from(assignment.slot) == OWNER {
                    owners.replaced(assignment, target, &body, plan)?;
                }
            }
        }
    }
    Ok(())
}

/// Checks that a value that is written is what the steps of its field make of the other side's value.
fn taken(assignment: &Assignment, target: Side, rules: &Rules, kind: WriteKind) -> Result<(), Violation> {
    let pair = &rules.mapping.pairs[usize::from(assignment.slot)];
    if !pair.has_steps() {
        return Ok(());
    }
    let due = steps::through(pair.steps.get(target.other()).written(), &assignment.source);
    let default = pair.policy.default.get(target).as_ref() == Some(&assignment.value);
    let given = kind == WriteKind::Create && default && due == Some(Value::Blank);
    if due.as_ref() == Some(&assignment.value) || given {
        return Ok(());
    }
    Err(broken(assignment.slot, "a value is written that is not what its steps make of it"))
}

/// Checks whether a write that goes out may run automations as it says.
pub fn automations(write: &WriteCall, state: &SyncState, plan: &Plan) -> Result<(), Violation> {
    let parent = |item: &WriteItem| item.values.iter().all(|(slot, _)| usize::from(*slot) == PARENT);
    // What could not go along with a record of the load belongs to the load, even when that is over.
    let completes = write.kind == WriteKind::Update && write.items.iter().all(parent);
    if completes
        && write.automations == Automations::Skip
        && plan.rules.policy.automations != AutomationPolicy::Always
    {
        return Ok(());
    }
    let load = state.run.kind == RunKind::FirstLoad;
    let run = match plan.rules.policy.automations {
        AutomationPolicy::AfterLoad => !load,
        AutomationPolicy::Always => true,
        AutomationPolicy::Never => false,
    };
    if (write.automations == Automations::Run) == run {
        return Ok(());
    }
    let does = if run { "does not run" } else { "runs" };
    Err(Violation::new("I10", format!("a write {does} automations, against its policy")))
}

/// I10: a pair of which one record was deleted is untied only where that is what a deletion does, or where a rule keeps the other one.
pub fn untied(
    link: &LinkRow,
    name: &str,
    plan: &Plan,
    services: &Sides<Service>,
    scenario: &Scenario,
) -> Result<(), Violation> {
    let policy = plan.rules.policy;
    // A way that was shut then carried no deletion.
    if scenario.restores || scenario.until_open.is_some() || policy.leaving == LeavingPolicy::Unlink {
        return Ok(());
    }
    let body =
        LinkBody::decode(&link.body).map_err(|_| Violation::new("I9", format!("{name} cannot be read")))?;
    let came_out = body.outcome.as_ref().map_or("", |outcome| outcome.code.as_str());
    for side in Side::BOTH {
        let record = |side: Side| services.get(side).records.get(&RemoteId::new(link.id(side)));
        let (Some(own), Some(other)) = (record(side), record(side.other())) else { continue };
        let by_a_person = own.deleted.is_some_and(|(_, by_us)| !by_us) && own.left.is_none();
        if !by_a_person || other.deleted.is_some() || other.undeleted.is_some() || other.left.is_some() {
            continue;
        }
        let rule = *policy.deletion.get(side);
        let wrong = match came_out {
            "untied" => {
                rule.deletes() && plan.direction.allows_from(side) && scenario.scopes == Scopes::default()
            }
            "untied.edited" => policy.delete_conflict != DeleteConflictPolicy::Edit,
            "untied.related" => rule != DeletionPolicy::DeleteIfUnrelated,
            _ => false,
        };
        if wrong {
            let what = format!("{name}: one was deleted, and the other is only {came_out}, against the rule");
            return Err(Violation::new("I10", what));
        }
    }
    Ok(())
}

/// A record is deleted only because the other one was, where that carries over, and not against an edit that wins.
fn deletion(target: Side, body: &LinkBody, plan: &Plan) -> Result<(), Violation> {
    let (source, policy) = (target.other(), plan.rules.policy);
    let wrong = |what: &str| Err(Violation::new("I10", format!("a record is deleted: {what}")));
    if body.gone.get(source).is_none() {
        return wrong("its counterpart was not");
    }
    if *policy.deletion.get(source) == DeletionPolicy::Unlink || !plan.direction.allows_from(source) {
        return wrong("deletions do not carry over that way");
    }
    let counts = |dirty: &Dirty| {
        // A service empties lookups by itself.
        let emptied = usize::from(dirty.slot) == PARENT && dirty.value.is_blank();
        !emptied && plan.rules.mapping.pairs[usize::from(dirty.slot)].direction != Direction::Neither
    };
    let edited = body.side(target).dirty.iter().any(counts);
    if edited && policy.delete_conflict != DeleteConflictPolicy::Delete {
        return wrong("it was changed, and that does not lose");
    }
    Ok(())
}

/// Deletions of ours, each with its time: more than the limit within a while are held, but for those before the while began anew.
/// `limit`: the most that it can have been.
pub fn breaker(mut deleted: Vec<i64>, limit: u64, plan: &Plan) -> Result<(), Violation> {
    deleted.sort_unstable();
    let within = |from: i64| {
        let end = from + plan.settings.burst_window;
        deleted.iter().filter(move |at| (from..end).contains(*at)).count() as u64
    };
    match deleted.iter().find(|from| within(**from) > 2 * limit) {
        Some(_) => Err(Violation::new("I10", format!("more than {limit} records are deleted at once"))),
        None => Ok(()),
    }
}

fn update(assignment: &Assignment, target: Side, body: &LinkBody, rules: &Rules) -> Result<(), Violation> {
    let (slot, source) = (assignment.slot, target.other());
    let pair = &rules.mapping.pairs[usize::from(slot)];
    let before = assignment.replaced.as_ref().unwrap_or(&Value::Blank);
    if before.is_blank() {
        return Ok(());
    }
    if assignment.value.is_blank() {
        return if clears(rules, slot, target) {
            Ok(())
        } else {
            Err(broken(slot, "a blank empties what it shall not"))
        };
    }
    let silent = rules.policy.leaving == LeavingPolicy::StopSending && body.side(target).outside;
    let both = pair.direction == Direction::Both && !silent;
    let unknown = Side::BOTH.iter().any(|side| body.side(*side).base[usize::from(slot)].is_none());
    let conflict = match rules.policy.meanwhile {
        Some(meanwhile) if !unknown => meanwhile,
        _ => pair.policy.conflict.unwrap_or(rules.policy.conflict),
    };
    let changed = |side: Side| body.side(side).dirty_at(slot);
    if pair.policy.later == LaterChanges::Keep && !unknown {
        return Err(broken(slot, "a field that each side keeps is carried over"));
    }
    let (Some(theirs), Some(ours)) = (changed(source), changed(target)) else { return Ok(()) };
    let latest = match theirs.since.second().cmp(&ours.since.second()) {
        std::cmp::Ordering::Greater => source,
        std::cmp::Ordering::Less => target,
        std::cmp::Ordering::Equal => pair.policy.master.unwrap_or(rules.policy.master),
    };
    let winner = match (unknown, rules.policy.initial) {
        (true, Some(InitialPolicy::Left)) => Some(Side::Left),
        (true, Some(InitialPolicy::Right)) => Some(Side::Right),
        (true, Some(InitialPolicy::Latest)) => Some(latest),
        (true, Some(InitialPolicy::FillBlanks | InitialPolicy::Hold)) => None,
        _ if !both => Some(source),
        _ => match conflict {
            ConflictPolicy::Left => Some(Side::Left),
            ConflictPolicy::Right => Some(Side::Right),
            ConflictPolicy::Latest => Some(latest),
            ConflictPolicy::Skip | ConflictPolicy::Hold => None,
        },
    };
    if winner == Some(source) {
        return Ok(());
    }
    let what = if unknown { "a first meeting" } else { "a conflict" };
    Err(broken(slot, &format!("{what} is decided for the {} side against its policy", source.name())))
}

fn clears(rules: &Rules, slot: u16, target: Side) -> bool {
    let own = &rules.mapping.pairs[usize::from(slot)].policy;
    match own.blank.unwrap_or(rules.policy.blank) {
        BlankPolicy::Clear => true,
        BlankPolicy::Keep => false,
        BlankPolicy::ClearFromMaster => own.master.unwrap_or(rules.policy.master) == target.other(),
    }
}

/// Whether two values of a field may differ in a pair that is at rest.
pub fn may_differ(rules: &Rules, slot: u16, left: &Value, right: &Value) -> bool {
    let pair = &rules.mapping.pairs[usize::from(slot)];
    let own = &pair.policy;
    let (no_left, no_right) =
        (steps::nothing_of(left, pair, Side::Left), steps::nothing_of(right, pair, Side::Right));
    let kept =
        (no_left && !clears(rules, slot, Side::Right)) || (no_right && !clears(rules, slot, Side::Left));
    let given = (no_left && own.default.right.as_ref() == Some(right))
        || (no_right && own.default.left.as_ref() == Some(left));
    own.later == LaterChanges::Keep
        || own.conflict.unwrap_or(rules.policy.conflict) == ConflictPolicy::Skip
        || rules.policy.meanwhile == Some(ConflictPolicy::Skip)
        || rules.policy.initial == Some(InitialPolicy::FillBlanks)
        || kept
        || given
        || no_left && no_right
}

fn broken(slot: u16, what: &str) -> Violation {
    Violation::new("I10", format!("{what}: {}", FIELDS[usize::from(slot)]))
}
