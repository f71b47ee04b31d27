//! The decisions about attachments, in a world whose process dies at any moment.

use super::decide::{Pair, Rules, Step};
use super::item::{Changes, Item, Matter, State};
use musubi_connector::{Attachment, AttachmentKind};
use musubi_core::{RemoteId, Side, Sides};
use std::collections::BTreeMap;

const BOTH: Rules = Rules { sources: Sides { left: true, right: true }, most: 100 };
const FROM_LEFT: Rules = Rules { sources: Sides { left: true, right: false }, most: 100 };
/// How long the answer to an upload is waited for.
const WAIT: i64 = 10;

/// Two records with their files, and the memory that survives a crash.
#[derive(Clone, Default)]
struct World {
    /// Id, name, content.
    files: Sides<Vec<(String, String, String)>>,
    memory: BTreeMap<(Side, String), Item>,
    now: i64,
    made: usize,
    fetched: Vec<(Side, String)>,
    /// What the history tells: which file was hung on which side.
    told: Vec<(Side, String)>,
    /// So many things may still happen before the process dies.
    left: usize,
    /// The upload at which it dies was carried out.
    arrives: bool,
    /// What was carried out so, and when its record shows it: the latest that may be.
    late: Vec<(i64, Side, String, String)>,
}

struct Died;

impl World {
    fn new(left: &[&str], right: &[&str]) -> World {
        let mut world = World { left: usize::MAX, ..World::default() };
        for (side, files) in [(Side::Left, left), (Side::Right, right)] {
            for file in files {
                let (name, content) = file.split_once('=').unwrap_or((file, file));
                world.hang(side, name, content);
            }
        }
        world
    }

    fn hang(&mut self, side: Side, name: &str, content: &str) -> String {
        self.made += 1;
        let id = format!("{}{}", side.name(), self.made);
        self.files.get_mut(side).push((id.clone(), name.into(), content.into()));
        id
    }

    fn delete(&mut self, side: Side, name: &str) {
        self.files.get_mut(side).retain(|(_, own, _)| own != name);
    }

    fn shown(&self, side: Side) -> Vec<Attachment> {
        let row = |(id, name, content): &(String, String, String)| Attachment {
            id: RemoteId::new(id),
            name: name.clone(),
            size: content.len() as u64,
            kind: if name == "link" { AttachmentKind::Link } else { AttachmentKind::File },
        };
        self.files.get(side).iter().map(row).collect()
    }

    fn happens(&mut self) -> Result<(), Died> {
        self.left = self.left.checked_sub(1).ok_or(Died)?;
        Ok(())
    }

    fn store(&mut self, changes: Changes) -> Result<(), Died> {
        self.happens()?;
        for (side, id) in changes.delete {
            self.memory.remove(&(side, id));
        }
        self.told.extend(changes.carried.into_iter().map(|item| (item.side.other(), item.name)));
        for item in changes.put {
            self.memory.insert((item.side, item.id.clone()), item);
        }
        Ok(())
    }

    fn look(&mut self, rules: &Rules) -> Result<Option<i64>, Died> {
        for (at, side, name, content) in std::mem::take(&mut self.late) {
            if at <= self.now {
                self.hang(side, &name, &content);
            } else {
                self.late.push((at, side, name, content));
            }
        }
        let remembered = self.memory.values().cloned().map(|item| Item { listed: false, ..item });
        let mut pair = Pair::new(remembered.collect());
        for _ in 0..100 {
            match pair.next(rules, self.now) {
                Step::List(side) => {
                    let changes = pair.list(side, self.shown(side), rules);
                    self.store(changes)?;
                }
                Step::Fetch(side, id) => {
                    self.happens()?;
                    let file = self.files.get(side).iter().find(|(own, ..)| *own == id).cloned();
                    self.fetched.push((side, id.clone()));
                    let changes = match file {
                        Some((.., content)) => pair.hashed(side, &id, content.into_bytes()),
                        None => pair.gone(side, &id),
                    };
                    self.store(changes)?;
                }
                Step::Tie(left, right) => {
                    let changes = pair.tied(&left, &right);
                    self.store(changes)?;
                }
                Step::Send(side, id) => {
                    let (_, name, content) = self
                        .files
                        .get(side)
                        .iter()
                        .find(|(own, ..)| *own == id)
                        .cloned()
                        .expect("it is listed");
                    let changes = pair.hashed(side, &id, content.clone().into_bytes());
                    self.store(changes)?;
                    let changes = pair.sending(side, &id, self.now + WAIT);
                    self.store(changes)?;
                    if self.left == 0 && self.arrives {
                        self.late.push((self.now + WAIT, side.other(), name.clone(), content.clone()));
                    }
                    self.happens()?;
                    let new = self.hang(side.other(), &name, &content);
                    let changes = pair.sent(side, &id, &new);
                    self.store(changes)?;
                }
                Step::Drop(side, id) => {
                    let changes = pair.dropped(side, &id);
                    self.store(changes)?;
                }
                Step::Done(again) => return Ok(again),
            }
        }
        panic!("it does not end");
    }

    /// Looks until nothing is waited for.
    fn settle(&mut self, rules: &Rules) {
        self.left = usize::MAX;
        while let Ok(Some(until)) = self.look(rules) {
            self.now = until;
        }
        assert!(self.late.is_empty(), "it was not waited for");
    }

    fn names(&self, side: Side) -> Vec<&str> {
        let mut names: Vec<&str> = self.files.get(side).iter().map(|(_, name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }
}

fn check(rules: &Rules, left: &[&str], right: &[&str], then: (&[&str], &[&str])) {
    let mut world = World::new(left, right);
    world.settle(rules);
    // The history tells of each that was made, and of none that both had (I2).
    assert_eq!(world.told.len(), world.made - left.len() - right.len(), "{:?}", world.told);
    assert_eq!((world.names(Side::Left).as_slice(), world.names(Side::Right).as_slice()), then);
    // Nothing is read or made again.
    let (made, fetched) = (world.made, world.fetched.len());
    world.settle(rules);
    assert_eq!((world.made, world.fetched.len()), (made, fetched));
}

// C-44
#[test]
fn every_file_is_on_both_records_once() {
    check(&BOTH, &["a", "bb"], &["ccc"], (&["a", "bb", "ccc"], &["a", "bb", "ccc"]));
    check(&FROM_LEFT, &["a", "bb"], &["ccc"], (&["a", "bb"], &["a", "bb", "ccc"]));
    check(&BOTH, &[], &[], (&[], &[]));
    // The same bytes under another name are the same file; other bytes under the same name are not.
    check(&BOTH, &["a=xx"], &["b=xx"], (&["a"], &["b"]));
    check(&BOTH, &["a=xx"], &["a=yy"], (&["a", "a"], &["a", "a"]));
    // Two copies on one side are two files.
    check(&BOTH, &["a=xx", "b=xx"], &["b=xx"], (&["a", "b"], &["a", "b"]));
}

#[test]
fn links_and_what_is_too_large_stay() {
    let large = "l".repeat(101);
    check(&BOTH, &["link", &large], &["a"], (&["a", "link", &large], &["a"]));
    let mut world = World::new(&[&large], &[]);
    let mut pair = Pair::default();
    let told = pair.list(Side::Left, world.shown(Side::Left), &BOTH);
    assert_eq!(told.told.len(), 1);
    assert!(pair.list(Side::Left, world.shown(Side::Left), &BOTH).is_empty(), "it is told once");
    world.delete(Side::Left, &large);
    assert_eq!(pair.list(Side::Left, world.shown(Side::Left), &BOTH).settled.len(), 1);
}

#[test]
fn only_files_that_may_be_the_same_are_read() {
    let mut world = World::new(&["a=12345", "b=1"], &["c=54321"]);
    world.settle(&FROM_LEFT);
    assert_eq!(world.fetched, [(Side::Left, "left1".to_owned()), (Side::Right, "right3".to_owned())]);
}

// C-44
#[test]
fn a_deletion_is_neither_carried_over_nor_undone() {
    for side in Side::BOTH {
        let mut world = World::new(&["a", "bb"], &[]);
        world.settle(&BOTH);
        world.delete(side, "a");
        world.settle(&BOTH);
        assert_eq!(world.names(side), ["bb"]);
        assert_eq!(world.names(side.other()), ["a", "bb"]);
        // Somebody hangs it there again: it is the one that stayed.
        world.hang(side, "again", "a");
        world.settle(&BOTH);
        assert_eq!((world.names(side), world.names(side.other())), (vec!["again", "bb"], vec!["a", "bb"]));
        world.delete(side, "again");
        world.settle(&BOTH);
        assert_eq!((world.names(side), world.names(side.other())), (vec!["bb"], vec!["a", "bb"]));
    }
}

// C-44: the process dies at any moment, with the upload under way carried out or not.
#[test]
fn dying_anywhere_doubles_and_loses_nothing() {
    let (mut deaths, after) = (0, ["a", "bb", "cc", "ddd"]);
    for arrives in [false, true] {
        for pause in [0, WAIT / 2, WAIT] {
            for first in 0.. {
                let mut world = World::new(&["a", "bb", "ddd"], &["cc", "ddd"]);
                world.arrives = arrives;
                world.left = first;
                if world.look(&BOTH).is_ok() {
                    break;
                }
                deaths += 1;
                world.now += pause;
                // And once more, soon after.
                world.left = 3;
                let _ = world.look(&BOTH);
                world.settle(&BOTH);
                for side in Side::BOTH {
                    assert_eq!(world.names(side), after, "died after {first}, {arrives}, {pause}");
                }
                world.told.sort();
                let told = [(Side::Left, "cc"), (Side::Right, "a"), (Side::Right, "bb")];
                let told = told.map(|(side, name)| (side, name.to_owned()));
                assert_eq!(world.told, told, "died after {first}, {arrives}, {pause}");
            }
        }
    }
    assert!(deaths > 60, "{deaths}");
}

#[test]
fn what_was_deleted_on_its_way_is_not_carried_back() {
    for arrives in [false, true] {
        for pause in [0, WAIT] {
            for first in 0..12 {
                let mut world = World::new(&["a"], &[]);
                world.arrives = arrives;
                world.left = first;
                let _ = world.look(&BOTH);
                world.delete(Side::Left, "a");
                world.now += pause;
                world.settle(&BOTH);
                assert!(world.names(Side::Left).is_empty(), "died after {first}, {arrives}, {pause}");
                let waits = world.memory.values().any(|item| item.state == State::Sending);
                assert!(!waits, "{:?}", world.memory);
                assert_eq!(world.told.len(), world.files.right.len(), "{:?}", world.told);
            }
        }
    }
}

#[test]
fn what_is_refused_is_told_and_not_tried_again() {
    let mut world = World::new(&["a"], &[]);
    let mut pair = Pair::default();
    for side in Side::BOTH {
        pair.list(side, world.shown(side), &BOTH);
    }
    assert_eq!(pair.next(&BOTH, 0), Step::Send(Side::Left, "left1".into()));
    let error = musubi_connector::ServiceError { code: "VIRUS".into(), ..Default::default() };
    let told = pair.refused(Side::Left, "left1", &error).told;
    assert!(matches!(told.as_slice(), [(item, Matter::Refused(_))] if item.name == "a"), "{told:?}");
    assert_eq!(pair.next(&BOTH, 0), Step::Done(None));
    world.delete(Side::Left, "a");
    assert_eq!(pair.list(Side::Left, world.shown(Side::Left), &BOTH).settled.len(), 1);
}
