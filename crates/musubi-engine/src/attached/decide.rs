//! What is to be done next about the attachments of one pair: a calculation over what is remembered and what both records show now.
//!
//! Every step is stored before the next one is asked for, so a crash anywhere is followed by the same questions. An upload is stored before it is sent; if its answer is
//! missing, the target shows whether it was done, and it is not sent again before the bounds on lateness and list lag have passed (I4).

use super::item::{Changes, Item, Matter, State};
use musubi_connector::{Attachment, AttachmentKind};
use musubi_core::{Side, Sides};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// From which sides files are carried to the other one.
    pub sources: Sides<bool>,
    /// The largest file, in bytes.
    pub most: u64,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// List the attachments of this side's record.
    List(Side),
    /// Read the bytes of this file, to know what it is.
    Fetch(Side, String),
    /// These two are the same file: left and right.
    Tie(String, String),
    /// Store that this file is being sent, and hang it on the other record.
    Send(Side, String),
    /// It was being sent when it was deleted, and never arrived.
    Drop(Side, String),
    /// Nothing more is to be done before then.
    Done(Option<i64>),
}

/// The attachments of a pair: what is remembered, and what a look has found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pair {
    items: Vec<Item>,
    listed: Sides<bool>,
}

impl Pair {
    /// What is remembered, before a look.
    pub fn new(items: Vec<Item>) -> Pair {
        Pair { items, listed: Sides::default() }
    }

    /// What to do next.
    pub fn next(&self, rules: &Rules, now: i64) -> Step {
        for side in Side::BOTH {
            if *rules.sources.get(side) && !self.listed.get(side) {
                return Step::List(side);
            }
        }
        let is_wanted = |item: &&Item| {
            let waits = item.state == State::Sending;
            *rules.sources.get(item.side) && (waits || (item.listed && item.state == State::Seen))
        };
        let mut wanted: Vec<&Item> = self.items.iter().filter(is_wanted).collect();
        // What may have arrived already is looked for first, so that it is not taken for a new file of the other side.
        wanted.sort_by_key(|item| (item.state != State::Sending, !self.has_namesake(item)));
        let mut again = None;
        for item in wanted {
            let target = item.side.other();
            if !self.listed.get(target) {
                return Step::List(target);
            }
            if let Some(step) = self.same_file(item) {
                return step;
            }
            let waits = item.state == State::Sending && now < item.until;
            match (waits, item.listed) {
                (true, _) => again = Some(again.map_or(item.until, |other: i64| other.min(item.until))),
                (false, true) => return Step::Send(item.side, item.id.clone()),
                (false, false) => return Step::Drop(item.side, item.id.clone()),
            }
        }
        Step::Done(again)
    }

    /// The step that leads to the same file on the other record, if it may be there.
    fn same_file(&self, item: &Item) -> Option<Step> {
        let mut others: Vec<&Item> = self.items.iter().filter(|other| self.may_be(item, other)).collect();
        others.sort_by_key(|other| other.name != item.name);
        if others.is_empty() {
            return None;
        }
        let Some(hash) = &item.hash else { return Some(Step::Fetch(item.side, item.id.clone())) };
        for other in others {
            match &other.hash {
                None => return Some(Step::Fetch(other.side, other.id.clone())),
                Some(own) if own == hash => {
                    let (one, two) = (item.id.clone(), other.id.clone());
                    return Some(match item.side {
                        Side::Left => Step::Tie(one, two),
                        Side::Right => Step::Tie(two, one),
                    });
                }
                Some(_) => {}
            }
        }
        None
    }

    /// A file of the same name may be the same one: such two belong together before others do.
    fn has_namesake(&self, item: &Item) -> bool {
        self.items.iter().any(|other| other.name == item.name && self.may_be(item, other))
    }

    /// Whether the other one, of the other record, may be the same file: one that is tied to none, or whose own copy was deleted.
    fn may_be(&self, item: &Item, other: &Item) -> bool {
        let is_free = match other.state {
            State::Seen | State::Sending => true,
            State::Refused => other.hash.is_some(),
            State::Tied => other
                .other
                .as_deref()
                .is_some_and(|copy| self.item(item.side, copy).is_some_and(|copy| copy.state == State::Gone)),
            State::Gone | State::TooLarge | State::Link => false,
        };
        is_free && other.side != item.side && other.listed && other.size == item.size
    }

    /// Takes in the complete list of a side.
    pub fn list(&mut self, side: Side, rows: Vec<Attachment>, rules: &Rules) -> Changes {
        let mut changes = Changes::default();
        *self.listed.get_mut(side) = true;
        self.items.iter_mut().filter(|item| item.side == side).for_each(|item| item.listed = false);
        for row in rows {
            let fresh = judge(side, &row, rules);
            let Some(at) = self.place(side, row.id.as_str()) else {
                let item = Item::new(side, row, fresh);
                if fresh != State::Seen {
                    changes.keep(&item);
                }
                if fresh == State::TooLarge {
                    changes.tell(&item, Matter::TooLarge);
                }
                self.items.push(item);
                continue;
            };
            let item = &mut self.items[at];
            item.listed = true;
            let state = match item.state {
                // It was not shown for a while, or was brought back.
                State::Gone => State::Tied,
                State::Seen | State::TooLarge | State::Link => fresh,
                other => other,
            };
            if state != item.state {
                if item.state == State::TooLarge {
                    changes.settled.push(item.clone());
                }
                item.state = state;
                changes.keep(item);
                if state == State::TooLarge {
                    changes.tell(item, Matter::TooLarge);
                }
            }
        }
        let unlisted: Vec<String> = self
            .items
            .iter()
            .filter(|item| item.side == side && !item.listed)
            .map(|item| item.id.clone())
            .collect();
        for id in unlisted {
            changes.add(self.gone(side, &id));
        }
        changes
    }

    /// It is there no more. A file that was carried over is remembered, so that the other one is not carried back; the other one stays.
    pub fn gone(&mut self, side: Side, id: &str) -> Changes {
        let mut changes = Changes::default();
        let Some(at) = self.place(side, id) else { return changes };
        let item = &mut self.items[at];
        item.listed = false;
        match item.state {
            State::Gone | State::Sending => {}
            State::Tied => {
                item.state = State::Gone;
                changes.keep(item);
            }
            State::Seen | State::Refused | State::TooLarge | State::Link => {
                let item = self.items.remove(at);
                changes.delete.push((item.side, item.id.clone()));
                changes.settled.push(item);
            }
        }
        changes
    }

    /// What its bytes hash to.
    pub fn hashed(&mut self, side: Side, id: &str, hash: Vec<u8>) -> Changes {
        self.change(side, id, |item| item.hash = Some(hash))
    }

    /// It is being sent; until then, an answer may come or the file may show.
    pub fn sending(&mut self, side: Side, id: &str, until: i64) -> Changes {
        self.change(side, id, |item| {
            item.state = State::Sending;
            item.until = until;
        })
    }

    /// It was not sent after all.
    pub fn unsent(&mut self, side: Side, id: &str) -> Changes {
        self.change(side, id, |item| item.state = State::Seen)
    }

    /// The service refuses it, in these words.
    pub fn refused(&mut self, side: Side, id: &str, error: &musubi_connector::ServiceError) -> Changes {
        let mut changes = self.change(side, id, |item| item.state = State::Refused);
        if let Some(item) = changes.put.first().cloned() {
            changes.tell(&item, Matter::Refused(error.clone()));
        }
        changes
    }

    /// It hangs on the other record now, under this id.
    pub fn sent(&mut self, side: Side, id: &str, new: &str) -> Changes {
        let mut changes = Changes::default();
        let Some(at) = self.place(side, id) else { return changes };
        let item = &mut self.items[at];
        changes.carried.push(item.clone());
        item.state = State::Tied;
        item.other = Some(new.to_owned());
        let copy = Item {
            side: side.other(),
            id: new.to_owned(),
            other: Some(id.to_owned()),
            listed: true,
            ..item.clone()
        };
        changes.keep(item);
        changes.settled.push(item.clone());
        changes.keep(&copy);
        self.items.push(copy);
        changes
    }

    /// These two are the same file.
    pub fn tied(&mut self, left: &str, right: &str) -> Changes {
        let mut changes = Changes::default();
        for (side, id, other) in [(Side::Left, left, right), (Side::Right, right, left)] {
            let Some(at) = self.place(side, id) else { continue };
            let item = &mut self.items[at];
            // Its upload had no answer, and was carried out.
            if item.state == State::Sending {
                changes.carried.push(item.clone());
            }
            let before = item.other.replace(other.to_owned());
            // Deleted while it was on its way: the copy stays, and is not carried back.
            item.state = if item.listed { State::Tied } else { State::Gone };
            changes.keep(item);
            changes.settled.push(item.clone());
            // A copy that was deleted has been made up for.
            if let Some(before) = before.filter(|before| before != other) {
                changes.add(self.change(side.other(), &before, |copy| copy.other = None));
            }
        }
        changes
    }

    /// It is forgotten.
    pub fn dropped(&mut self, side: Side, id: &str) -> Changes {
        self.items.retain(|item| item.side != side || item.id != id);
        Changes { delete: vec![(side, id.to_owned())], ..Changes::default() }
    }

    /// An item by its side and id.
    pub fn item(&self, side: Side, id: &str) -> Option<&Item> {
        self.place(side, id).map(|at| &self.items[at])
    }

    fn change(&mut self, side: Side, id: &str, change: impl FnOnce(&mut Item)) -> Changes {
        let mut changes = Changes::default();
        if let Some(at) = self.place(side, id) {
            change(&mut self.items[at]);
            changes.keep(&self.items[at]);
        }
        changes
    }

    fn place(&self, side: Side, id: &str) -> Option<usize> {
        self.items.iter().position(|item| item.side == side && item.id == id)
    }
}

/// What an attachment is that was never seen before.
fn judge(side: Side, row: &Attachment, rules: &Rules) -> State {
    match row.kind {
        AttachmentKind::Link => State::Link,
        AttachmentKind::File if *rules.sources.get(side) && row.size > rules.most => State::TooLarge,
        AttachmentKind::File => State::Seen,
    }
}
