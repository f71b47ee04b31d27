//! What is told of what holds: each thing once, when it has held long enough, and once more when it is over.

use super::told::{Body, Matter};
use musubi_notices::Event;
use musubi_store::{ConditionRow, NoticeRow};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What holds, as it is kept: a word, and where there are several of it, what tells them apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// The first load of this left module is done.
    Loaded(String),
    /// A comparison of everything found something, by the left module and the number of the run.
    Drift(String),
    /// The integration is there; when it is not any more, somebody removed it.
    There,
    /// Somebody paused the integration.
    Paused,
    /// Somebody paused this left module.
    ModulePaused(String),
    /// Somebody put this left module to rest.
    Inactive(String),
    /// A breaker holds matters of this code.
    Breaker(String),
    /// Matters of this code wait for a decision.
    Decision(String),
    /// Records of this code failed and are not tried again by themselves.
    Failed(String),
    /// Something of this code keeps a module from working.
    Stopped(String),
    /// A credential is refused.
    Login,
    /// Another credential of this connection stands in for one that is refused.
    StoodIn(String),
    /// A service does not answer.
    Unreachable,
}

impl Kind {
    /// As it is kept.
    pub fn text(&self) -> String {
        match self {
            Kind::Loaded(module) => format!("loaded:{module}"),
            Kind::Drift(run) => format!("drift:{run}"),
            Kind::There => "there".to_owned(),
            Kind::Paused => "paused".to_owned(),
            Kind::ModulePaused(module) => format!("module_paused:{module}"),
            Kind::Inactive(module) => format!("inactive:{module}"),
            Kind::Breaker(code) => format!("breaker:{code}"),
            Kind::Decision(code) => format!("decision:{code}"),
            Kind::Failed(code) => format!("failed:{code}"),
            Kind::Stopped(code) => format!("stopped:{code}"),
            Kind::Login => "login".to_owned(),
            Kind::StoodIn(connection) => format!("stood_in:{connection}"),
            Kind::Unreachable => "unreachable".to_owned(),
        }
    }

    /// From how it is kept; nothing for what is kept of other things.
    pub fn read(text: &str) -> Option<Kind> {
        let (word, rest) = text.split_once(':').unwrap_or((text, ""));
        let rest = rest.to_owned();
        Some(match word {
            "loaded" => Kind::Loaded(rest),
            "drift" => Kind::Drift(rest),
            "there" => Kind::There,
            "paused" => Kind::Paused,
            "module_paused" => Kind::ModulePaused(rest),
            "inactive" => Kind::Inactive(rest),
            "breaker" => Kind::Breaker(rest),
            "decision" => Kind::Decision(rest),
            "failed" => Kind::Failed(rest),
            "stopped" => Kind::Stopped(rest),
            "login" => Kind::Login,
            "stood_in" => Kind::StoodIn(rest),
            "unreachable" => Kind::Unreachable,
            _ => return None,
        })
    }

    fn event(&self) -> Event {
        match self {
            Kind::Loaded(_) => Event::FirstLoad,
            Kind::Drift(_) => Event::Drift,
            Kind::There => Event::Removed,
            Kind::Paused | Kind::ModulePaused(_) => Event::Paused,
            Kind::Inactive(_) => Event::Inactive,
            Kind::Breaker(_) | Kind::Stopped(_) => Event::Stopped,
            Kind::Decision(_) => Event::Decision,
            Kind::Failed(_) => Event::Failed,
            Kind::Login | Kind::StoodIn(_) => Event::Login,
            Kind::Unreachable => Event::Unreachable,
        }
    }

    /// Known only from what processes tell of themselves: it comes and goes with every try.
    fn is_fleeting(&self) -> bool {
        matches!(self, Kind::Stopped(_) | Kind::Login | Kind::Unreachable)
    }

    /// What is told of a module that goes on: which one it is.
    fn resumed(&self, integration: &str) -> Vec<Matter> {
        let Kind::ModulePaused(module) = self else { return Vec::new() };
        let (integration, module) = (integration.to_owned(), Some(module.clone()));
        vec![Matter { integration, module, code: "resumed".to_owned(), count: 1 }]
    }

    /// Whether it is told that it is over. What waited for a person and was settled needs no word.
    fn recovers(&self) -> bool {
        !matches!(self, Kind::There | Kind::Loaded(_) | Kind::Drift(_) | Kind::Decision(_) | Kind::Failed(_))
    }
}

/// Something that holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holds {
    pub about: String,
    pub kind: Kind,
    pub matters: Vec<Matter>,
    /// It happened before anybody was told of anything: it is noted, not told.
    pub old: bool,
}

/// All that holds now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// All integrations there are.
    pub integrations: BTreeSet<String>,
    /// All left modules there are, each after its integration.
    pub modules: BTreeSet<(String, String)>,
    pub holds: Vec<Holds>,
    /// Integrations of which no process tells how they are: what was known of them may still be so.
    pub unclear: BTreeSet<String>,
}

/// How long things have to hold, or to be gone, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delays {
    /// Records that fail one after the other are told together.
    pub failed: i64,
    pub stopped: i64,
    pub unreachable: i64,
    /// A fleeting thing is over when it was not seen for so long.
    pub gone: i64,
}

/// What follows from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Judged {
    pub put: Vec<ConditionRow>,
    pub over: Vec<(String, String)>,
    pub notices: Vec<NoticeRow>,
}

/// Remembers when fleeting things were last seen by this process.
#[derive(Debug)]
pub(crate) struct Watcher {
    began: i64,
    last: HashMap<(String, Kind), i64>,
}

impl Watcher {
    pub fn new(now: i64) -> Watcher {
        Watcher { began: now, last: HashMap::new() }
    }

    /// What is to be stored and told, given what is stored and what holds.
    pub fn judge(&mut self, known: &[ConditionRow], seen: &Seen, now: i64, delays: Delays) -> Judged {
        let mut judged = Judged::default();
        let mut told: BTreeMap<(String, &'static str), Body> = BTreeMap::new();
        let mut tell = |about: &str, event: Event, matters: Vec<Matter>, over: Option<Event>| {
            let key = (about.to_owned(), event.name());
            let body =
                told.entry(key).or_insert_with(|| Body { event, matters: Vec::new(), over: Vec::new() });
            body.matters.extend(matters);
            body.over.extend(over.filter(|over| !body.over.contains(over)).into_iter().collect::<Vec<_>>());
        };
        for holds in &seen.holds {
            self.last.insert((holds.about.clone(), holds.kind.clone()), now);
            let text = holds.kind.text();
            let row = known.iter().find(|row| row.about == holds.about && row.kind == text);
            if row.is_some_and(|row| row.told_at.is_some()) {
                continue;
            }
            let since = row.map_or(now, |row| row.since);
            let wait = match holds.kind {
                Kind::Unreachable => delays.unreachable,
                Kind::Failed(_) => delays.failed,
                Kind::Stopped(_) | Kind::Login => delays.stopped,
                _ => 0,
            };
            let due = now - since >= wait;
            if due && !holds.old {
                tell(&holds.about, holds.kind.event(), holds.matters.clone(), None);
            }
            if due || row.is_none() {
                judged.put.push(ConditionRow {
                    about: holds.about.clone(),
                    kind: text,
                    since,
                    told_at: due.then_some(now),
                    body: "{}".to_owned(),
                });
            }
        }
        for row in known {
            let Some(kind) = Kind::read(&row.kind) else { continue };
            if seen.holds.iter().any(|holds| holds.about == row.about && holds.kind == kind) {
                continue;
            }
            if kind.is_fleeting() {
                let last = self.last.get(&(row.about.clone(), kind.clone())).copied().unwrap_or(self.began);
                if seen.unclear.contains(&row.about) || now - last < delays.gone {
                    continue;
                }
            }
            self.last.remove(&(row.about.clone(), kind.clone()));
            judged.over.push((row.about.clone(), row.kind.clone()));
            if kind == Kind::There {
                tell(&row.about, kind.event(), Vec::new(), None);
            }
            // What was removed is not back to normal.
            let is_there = match &kind {
                Kind::Inactive(module) | Kind::ModulePaused(module) => {
                    seen.modules.contains(&(row.about.clone(), module.clone()))
                }
                _ => seen.integrations.contains(&row.about),
            };
            if row.told_at.is_some() && kind.recovers() && is_there {
                tell(&row.about, Event::Recovered, kind.resumed(&row.about), Some(kind.event()));
            }
        }
        judged.notices = told.iter().map(|((about, _), body)| body.row(about, now)).collect();
        judged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELAYS: Delays = Delays { failed: 60, stopped: 15, unreachable: 900, gone: 180 };

    fn holds(kind: Kind) -> Holds {
        let matter = Matter {
            integration: "tl".into(),
            module: Some("Contacts".into()),
            code: "conflict.held".into(),
            count: 2,
        };
        Holds { about: "tl".into(), kind, matters: vec![matter], old: false }
    }

    /// The integration is there, and nothing holds.
    fn quiet() -> Seen {
        Seen { integrations: ["tl".to_owned()].into(), ..Seen::default() }
    }

    fn seen(kinds: &[Kind]) -> Seen {
        Seen { holds: kinds.iter().cloned().map(holds).collect(), ..quiet() }
    }

    /// What the store would hold after it.
    fn store(known: &mut Vec<ConditionRow>, judged: &Judged) {
        for row in &judged.put {
            known.retain(|old| (&old.about, &old.kind) != (&row.about, &row.kind));
            known.push(row.clone());
        }
        known.retain(|old| !judged.over.contains(&(old.about.clone(), old.kind.clone())));
    }

    /// The events told as time goes by.
    fn told(steps: &[(i64, &[Kind])]) -> Vec<(i64, String)> {
        let (mut known, mut watcher, mut all) = (Vec::new(), Watcher::new(0), Vec::new());
        for (now, kinds) in steps {
            let judged = watcher.judge(&known, &seen(kinds), *now, DELAYS);
            all.extend(judged.notices.iter().map(|notice| (*now, notice.event.clone())));
            store(&mut known, &judged);
        }
        all
    }

    fn events(list: &[(i64, &str)]) -> Vec<(i64, String)> {
        list.iter().map(|(at, event)| (*at, (*event).to_owned())).collect()
    }

    #[test]
    fn what_lasts_is_told_once_and_what_is_settled_needs_no_word() {
        let decision = Kind::Decision("conflict.held".into());
        let held = std::slice::from_ref(&decision);
        assert_eq!(
            told(&[(1, held), (2, held), (3, &[]), (4, held)]),
            events(&[(1, "decision"), (4, "decision")])
        );
        assert_eq!(
            told(&[(1, &[Kind::Paused]), (2, &[Kind::Paused]), (3, &[])]),
            events(&[(1, "paused"), (3, "recovered")])
        );
    }

    #[test]
    fn what_fails_is_told_when_it_has_gathered_and_again_only_after_it_was_mended() {
        let refused: &[Kind] = &[Kind::Failed("write.refused".into())];
        assert_eq!(
            told(&[(1, refused), (60, refused), (61, refused), (200, refused), (300, &[]), (301, refused)]),
            events(&[(61, "failed")])
        );
        assert_eq!(told(&[(1, refused), (30, &[]), (31, refused), (91, refused)]), events(&[(91, "failed")]));
    }

    #[test]
    fn what_comes_and_goes_is_told_when_it_has_lasted_and_is_over_when_it_stays_away() {
        let out: &[Kind] = &[Kind::Unreachable];
        let flapping =
            told(&[(1, out), (60, &[]), (120, out), (800, out), (901, out), (950, &[]), (1_000, out)]);
        assert_eq!(flapping, events(&[(901, "unreachable")]));
        assert_eq!(
            told(&[(1, out), (500, out), (901, out), (1_080, &[]), (1_081, &[]), (1_082, &[])]),
            events(&[(901, "unreachable"), (1_081, "recovered")])
        );
        // A short while is no word worth.
        assert_eq!(told(&[(1, out), (100, out), (280, &[]), (281, &[])]), []);
    }

    #[test]
    fn nothing_is_over_because_nobody_tells_of_it() {
        let known = [ConditionRow {
            about: "tl".into(),
            kind: "login".into(),
            since: 0,
            told_at: Some(15),
            body: "{}".into(),
        }];
        let mut watcher = Watcher::new(1_000);
        // A process that has just begun to watch has not seen it go.
        assert_eq!(watcher.judge(&known, &quiet(), 1_100, DELAYS), Judged::default());
        let unclear = Seen { unclear: ["tl".to_owned()].into(), ..quiet() };
        assert_eq!(watcher.judge(&known, &unclear, 9_000, DELAYS), Judged::default());
        assert_eq!(watcher.judge(&known, &quiet(), 9_000, DELAYS).notices[0].event, "recovered");
        // An integration that was removed is forgotten without a word.
        let removed = watcher.judge(&known, &Seen::default(), 9_000, DELAYS);
        assert_eq!((removed.over.len(), removed.notices.len()), (1, 0));
    }

    #[test]
    fn an_integration_that_is_gone_was_removed_and_a_module_that_is_gone_is_not_active_again() {
        let mut known = Vec::new();
        let mut watcher = Watcher::new(0);
        let mut there = seen(&[Kind::There, Kind::Inactive("Contacts".into())]);
        there.holds[0].old = true;
        there.modules.insert(("tl".into(), "Contacts".into()));
        let first = watcher.judge(&known, &there, 1, DELAYS);
        let events = |judged: &Judged| -> Vec<String> {
            judged.notices.iter().map(|notice| notice.event.clone()).collect()
        };
        assert_eq!(events(&first), ["inactive"], "that it is there is noted, and not told");
        store(&mut known, &first);
        assert_eq!(watcher.judge(&known, &there, 2, DELAYS), Judged::default());
        // Active again, or taken out of the integration.
        let mut active = seen(&[Kind::There]);
        active.holds[0].old = true;
        assert_eq!(events(&watcher.judge(&known, &active, 3, DELAYS)), [""; 0]);
        active.modules = there.modules;
        assert_eq!(events(&watcher.judge(&known, &active, 3, DELAYS)), ["recovered"]);
        let gone = watcher.judge(&known, &Seen::default(), 4, DELAYS);
        assert_eq!((events(&gone), gone.over.len()), (vec!["removed".to_owned()], 2));
        store(&mut known, &gone);
        assert_eq!(watcher.judge(&known, &Seen::default(), 5, DELAYS), Judged::default());
    }

    #[test]
    fn a_module_is_paused_and_resumed_by_its_name() {
        let (mut known, mut watcher) = (Vec::new(), Watcher::new(0));
        let kind = Kind::ModulePaused("Contacts".into());
        let mut paused = seen(std::slice::from_ref(&kind));
        paused.modules.insert(("tl".into(), "Contacts".into()));
        let first = watcher.judge(&known, &paused, 1, DELAYS);
        assert_eq!(first.notices[0].event, "paused");
        store(&mut known, &first);
        assert_eq!(Kind::read(&known[0].kind), Some(kind));
        assert_eq!(watcher.judge(&known, &paused, 2, DELAYS), Judged::default());
        let resumed = Seen { holds: Vec::new(), ..paused };
        let body = Body::of(&watcher.judge(&known, &resumed, 3, DELAYS).notices[0]).unwrap();
        assert_eq!((body.event, body.over), (Event::Recovered, vec![Event::Paused]));
        let Matter { module, code, .. } = &body.matters[0];
        assert_eq!((module.as_deref(), code.as_str()), (Some("Contacts"), "resumed"));
        // One that was taken out of the integration does not go on.
        assert_eq!(watcher.judge(&known, &quiet(), 3, DELAYS).notices, []);
    }

    #[test]
    fn what_comes_up_together_is_one_notice_and_old_loads_are_none() {
        let both = [Kind::Decision("conflict.held".into()), Kind::Decision("match.ambiguous".into())];
        let judged = Watcher::new(0).judge(&[], &seen(&both), 1, DELAYS);
        assert_eq!((judged.notices.len(), judged.put.len()), (1, 2));
        let body = Body::of(&judged.notices[0]).unwrap();
        assert_eq!(body.matters.len(), 2);
        let mut old = seen(&[Kind::Loaded("Contacts".into())]);
        old.holds[0].old = true;
        let judged = Watcher::new(0).judge(&[], &old, 1, DELAYS);
        assert_eq!((judged.notices.len(), judged.put.len()), (0, 1));
        assert_eq!(Kind::read(&judged.put[0].kind), Some(Kind::Loaded("Contacts".into())));
    }
}
