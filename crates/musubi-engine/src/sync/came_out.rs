//! How records came out (K-24): each that a run looks at has exactly one outcome with its reason, the last one, so that they add up to the records seen.
//! One that was made is added, also when the rest of it is written later in the run; as long as something of it waits, it is held for that.
//!
//! The outcome stands in the record's own row, with the run it belongs to. What it says instead of is taken from the totals when it is stored, in the same commit.
//! A comparison of everything writes nothing about the records that are as they were: at its end, whoever stands in the store and was not told of otherwise was
//! seen, and came out as before.

use super::{Phase, Sync, SyncState, desk::Draft, known::Known, tell::PARENT_HELD};
use compact_str::CompactString;
use musubi_core::{Instant, LinkBody, RemoteId, Side, link::Outcome, mutant::Mutant};

/// There was nothing to do.
pub(super) const UNCHANGED: &str = "unchanged";
/// It waits for the record that one of its lookups points to.
pub(super) const PARENT_NOT_LINKED: &str = "held.lookup.parent_not_linked";
/// It does not take part.
pub(super) const SKIPPED_SCOPE: &str = "skipped.scope";
/// It does not take part since it was made before the creation window.
pub(crate) const SKIPPED_WINDOW: &str = "skipped.window";
/// Records of its side are not created on the other one.
pub(crate) const SKIPPED_DIRECTION: &str = "skipped.direction";
/// It hangs on no record that is synced.
pub(crate) const SKIPPED_NO_PARENT: &str = "skipped.no_parent";
/// The other record of its pair was deleted, with too many others to go along without asking.
pub(super) const HELD_BY_BREAKER: &str = "held.delete.breaker";
/// The other record of its pair was deleted, and it was changed: a person is asked.
pub(super) const HELD_BY_CONFLICT: &str = "held.delete.conflict";
/// What is left of a record that was erased.
pub(crate) const SKIPPED_ERASED: &str = "skipped.erased";
/// The record that it belongs to takes no part: no second copy is made of it.
pub(crate) const COUNTERPART_OUTSIDE: &str = "skipped.counterpart_scope";
/// Both records are deleted, or the only one was.
pub(super) const GONE: &str = "gone";
/// The pair was taken apart, and what is left of it is not copied.
pub(super) const SKIPPED_UNTIED: &str = "skipped.untied";

/// Of so many records that we made, and that wait for something, it is remembered that they were made.
const MADE: usize = 100_000;

/// Both sides changed the same field, and it was left so.
const SKIPPED_CONFLICT: &str = "skipped.conflict";
/// A field differed when the two first met, and was left so.
pub(super) const FIRST_DIFFERENCE: &str = "skipped.first_difference";

/// Something was done about it.
pub(crate) fn is_done(code: &str) -> bool {
    let what = code.split_once('.').map_or(code, |(what, _)| what);
    matches!(what, "added" | "updated" | "linked" | "deleted" | "undone" | "revived" | "untied" | GONE)
}

/// It waits for the record that one of its lookups points to, whatever that one waits for.
pub(crate) fn waits_for_a_parent(code: &str) -> bool {
    code == PARENT_NOT_LINKED || code.strip_prefix("held.") == Some(PARENT_HELD)
}

/// How a pair comes out that has nothing to do, given how it came out before: a conflict that was skipped stays one as long as its field is left different.
pub(super) fn at_rest(body: &LinkBody) -> &'static str {
    match body.outcome.as_ref().map(|outcome| outcome.code.as_str()) {
        Some(SKIPPED_CONFLICT) if !body.apart.is_empty() => SKIPPED_CONFLICT,
        Some(FIRST_DIFFERENCE) if !body.apart.is_empty() => FIRST_DIFFERENCE,
        _ => UNCHANGED,
    }
}

/// How a record comes out of a comparison of everything that has nothing to do about it. `None`: there is none any more.
fn as_before(code: &str) -> Option<&str> {
    let what = code.split_once('.').map_or(code, |(what, _)| what);
    match what {
        "deleted" | GONE => None,
        "untied" => Some(SKIPPED_UNTIED),
        _ if is_done(code) => Some(UNCHANGED),
        _ => Some(code),
    }
}

/// What a record that came out like this is skipped for, now that it stands so; `None` if it is not.
pub(crate) fn skipped_as(code: &str) -> Option<&str> {
    as_before(code).filter(|code| code.starts_with("skipped."))
}

/// What a matter makes of the record that it is told about.
fn of_matter(code: &str) -> CompactString {
    match code {
        "conflict.skipped" => SKIPPED_CONFLICT.into(),
        code if code.ends_with(".refused") => format!("failed.{code}").into(),
        code => format!("held.{code}").into(),
    }
}

impl SyncState {
    /// The record does not come out like this any more. True when that is of the run under way.
    pub(crate) fn takes_out(&mut self, outcome: &Outcome) -> bool {
        add(&mut self.standing, &outcome.code, -1);
        let own = i64::from(outcome.run) == self.run.id;
        if own {
            add(&mut self.run.counts, &outcome.code, -1);
        }
        own
    }

    /// A record comes out like this in the run under way.
    pub(crate) fn puts_in(&mut self, outcome: &Outcome) {
        add(&mut self.standing, &outcome.code, 1);
        add(&mut self.run.counts, &outcome.code, 1);
    }
}

impl Sync {
    /// A record came out like this in the decision under way.
    pub(super) fn comes_out(&mut self, came_out: &mut Option<CompactString>, code: &str) {
        self.count(code);
        if code != UNCHANGED || came_out.is_none() {
            *came_out = Some(code.into());
        }
    }

    /// The same of a record without counterpart.
    pub(super) fn comes_out_alone(&mut self, side: Side, id: &RemoteId, code: &str, known: &mut Known) {
        if let Some(unlinked) = known.unlinked.get_mut(&(side, id.clone())) {
            self.comes_out(&mut unlinked.came_out, code);
        }
    }

    /// A record that is as it was, and was told of by an earlier run: it is seen by the one under way as well. A comparison of everything counts it at its end.
    pub(super) fn is_seen_anew(&self, outcome: Option<&Outcome>) -> bool {
        let run = self.run_now();
        self.state.phase == Phase::Steady && outcome.is_some_and(|outcome| i64::from(outcome.run) != run)
    }

    /// The same of one without counterpart: for the reason that it had before.
    pub(super) fn seen_alone(&mut self, side: Side, id: &RemoteId, known: &mut Known) {
        let Some(unlinked) = known.unlinked.get_mut(&(side, id.clone())) else { return };
        if self.is_seen_anew(unlinked.outcome.as_ref()) {
            unlinked.came_out = unlinked.outcome.as_ref().map(|outcome| outcome.code.clone());
            unlinked.put = true;
        }
    }

    /// Says what a matter makes of the records that it is told about.
    pub(super) fn comes_to_a_matter(
        &mut self,
        code: &str,
        ids: musubi_core::Sides<Option<&RemoteId>>,
        draft: &mut Draft,
    ) {
        let code = of_matter(code);
        self.count(&code);
        for side in Side::BOTH {
            draft.told.extend(ids.get(side).map(|id| (side, id.clone(), code.clone())));
        }
    }

    /// Everything that came out in this decision goes to its row, and into the totals.
    pub(super) fn keep_outcomes(&mut self, known: &mut Known, draft: &mut Draft) {
        for (side, id, code) in std::mem::take(&mut draft.told) {
            if let Some(at) = known.link_at(side, &id) {
                known.links[at].came_out = Some(code);
                known.links[at].put = true;
            } else if let Some(unlinked) = known.unlinked.get_mut(&(side, id)) {
                unlinked.came_out = Some(code);
            }
        }
        let any = known.links.iter().any(|link| link.came_out.is_some())
            || known.unlinked.values().any(|unlinked| unlinked.came_out.is_some());
        if any {
            self.begin_run_of_today(&mut draft.changes);
        }
        for link in &mut known.links {
            if link.removed {
                self.tally(link.body.outcome.take().as_ref(), None, "");
            } else if link.put
                && let Some(code) = link.came_out.take()
            {
                self.replace(&mut link.body.outcome, code, link.ids.left.as_str());
            }
        }
        for ((_, id), unlinked) in &mut known.unlinked {
            if unlinked.gone {
                self.tally(unlinked.outcome.take().as_ref(), None, "");
            } else if unlinked.put
                && let Some(code) = unlinked.came_out.take()
            {
                self.replace(&mut unlinked.outcome, code, id.as_str());
            }
        }
    }

    fn replace(&mut self, outcome: &mut Option<Outcome>, code: CompactString, id: &str) {
        let run = self.state.run.id as u32;
        let done = |before: &Outcome| before.run == run && is_done(&before.code);
        if code == UNCHANGED && outcome.as_ref().is_some_and(done) {
            return; // What was done about it in this run is what it came to.
        }
        let made = self.made_since_asked(outcome.as_ref(), id);
        let mut next = Outcome { run, at: Instant::from_millis(self.now), code };
        let mut told = next.code.clone();
        if let Some(made) = made {
            if next.code == UNCHANGED || next.code.starts_with("updated.") {
                // What it was made without came after it.
                told.clone_from(&made.code);
                if made.run == run {
                    next.code = made.code;
                }
            } else if (next.code.starts_with("held.") || next.code.starts_with("failed."))
                && self.made.len() < MADE
            {
                self.made.insert(id.into(), made);
            }
        }
        self.tally(outcome.as_ref(), Some(&next), id);
        if told != next.code {
            add(&mut self.totals.records, &next.code, -1);
            add(&mut self.totals.records, &told, 1);
        }
        *outcome = Some(next);
    }

    /// How the record came out when we made it, if that was since somebody asked.
    fn made_since_asked(&mut self, before: Option<&Outcome>, id: &str) -> Option<Outcome> {
        let waited = self.made.remove(id);
        let made = before.filter(|before| before.code.starts_with("added.")).cloned().or(waited);
        made.filter(|made| made.at.millis() >= self.reported_since)
    }

    pub(super) fn tally(&mut self, before: Option<&Outcome>, after: Option<&Outcome>, id: &str) {
        if let Some(before) = before.filter(|_| !self.rules().mutant.is(Mutant::CountTwice)) {
            if self.state.takes_out(before) {
                self.counter(&before.code).count -= 1;
            }
            if before.at.millis() >= self.reported_since {
                add(&mut self.totals.records, &before.code, -1);
            } else if let Some(code) = self.rest_told_of(before).and_then(as_before) {
                add(&mut self.totals.records, code, -1);
            }
        }
        if let Some(after) = after {
            let code = after.code.as_str();
            self.state.puts_in(after);
            add(&mut self.totals.records, code, 1);
            let counted = self.counter(code);
            counted.count += 1;
            // Of these nothing else tells which they are.
            if code.starts_with("skipped.") {
                counted.name(id);
            }
        }
    }

    /// How the record came out before, if it is among those that a comparison told of at its end since somebody asked: what becomes of it now counts instead.
    fn rest_told_of<'o>(&self, before: &'o Outcome) -> Option<&'o str> {
        let (run, at) = self.rest_told?;
        (at >= self.reported_since && i64::from(before.run) < run).then_some(before.code.as_str())
    }

    /// A comparison of everything ended: who was not told of in it came out as before.
    pub(super) fn count_the_rest(&mut self) {
        self.rest_told = Some((self.state.run.id, self.now));
        let told = std::mem::take(&mut self.state.run.counts);
        for (code, standing) in self.state.standing.clone() {
            let rest = standing - told.get(&code).copied().unwrap_or(0);
            if rest > 0
                && let Some(code) = as_before(&code)
            {
                self.counter(code).count += rest;
                add(&mut self.totals.records, code, rest);
            }
        }
    }
}

fn add(totals: &mut std::collections::BTreeMap<String, i64>, code: &str, count: i64) {
    let total = match totals.get_mut(code) {
        Some(total) => total,
        None => totals.entry(code.to_owned()).or_default(),
    };
    *total += count;
    if *total == 0 {
        totals.remove(code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_a_parent_is_known_by_the_reason() {
        for code in ["held.lookup.parent_not_linked", "held.lookup.parent_held"] {
            assert!(waits_for_a_parent(code), "{code}");
        }
        for code in ["lookup.parent_held", "held.match.ambiguous", "skipped.window"] {
            assert!(!waits_for_a_parent(code), "{code}");
        }
    }

    #[test]
    fn what_is_as_before_comes_out_by_its_reason() {
        assert_eq!(as_before("added.right"), Some(UNCHANGED));
        assert_eq!(as_before("unchanged"), Some(UNCHANGED));
        assert_eq!(as_before("skipped.scope"), Some("skipped.scope"));
        assert_eq!(as_before("held.match.ambiguous"), Some("held.match.ambiguous"));
        assert_eq!(as_before("untied.edited"), Some(SKIPPED_UNTIED));
        assert_eq!(as_before("deleted.left"), None);
        assert_eq!(as_before(GONE), None);
    }

    // S2-59, K-24
    #[test]
    fn a_skipped_conflict_stays_one_while_its_field_is_left_different() {
        let body = |code: &str, apart: &[u16]| LinkBody {
            outcome: Some(Outcome { run: 1, at: Instant::START, code: code.into() }),
            apart: apart.to_vec(),
            ..LinkBody::unknown(2, 1)
        };
        assert_eq!(at_rest(&body("skipped.conflict", &[1])), "skipped.conflict");
        assert_eq!(at_rest(&body("skipped.first_difference", &[1])), "skipped.first_difference");
        assert_eq!(at_rest(&body("skipped.conflict", &[])), UNCHANGED, "it was settled");
        assert_eq!(at_rest(&body("undone", &[1])), UNCHANGED);
        assert_eq!(at_rest(&body("held.match.taken", &[1])), UNCHANGED);
    }

    #[test]
    fn what_is_skipped_is_known_by_how_it_came_out() {
        assert_eq!(skipped_as("skipped.window"), Some("skipped.window"));
        assert_eq!(skipped_as("untied.edited"), Some(SKIPPED_UNTIED));
        for other in
            ["unchanged", "added.left", "deleted.left", "held.match.ambiguous", "failed.value.refused"]
        {
            assert_eq!(skipped_as(other), None, "{other}");
        }
    }

    #[test]
    fn a_matter_is_a_failure_where_a_service_refused() {
        assert_eq!(of_matter("value.refused"), "failed.value.refused");
        assert_eq!(of_matter("match.ambiguous"), "held.match.ambiguous");
        assert_eq!(of_matter("conflict.skipped"), "skipped.conflict");
    }
}
