//! What is remembered of an attachment, and what a step changes about that.

use musubi_connector::{Attachment, ServiceError};
use musubi_core::Side;
use musubi_store::AttachmentRow;

/// How an attachment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Known, and nothing was decided.
    Seen,
    /// The other record has the same file.
    Tied,
    /// It may have been sent; the answer is missing.
    Sending,
    /// It was deleted, and is not to be brought back.
    Gone,
    /// A service refused it.
    Refused,
    /// It is larger than was asked for.
    TooLarge,
    /// A link: there is nothing to carry over.
    Link,
}

impl State {
    const ALL: [State; 7] =
        [State::Seen, State::Tied, State::Sending, State::Gone, State::Refused, State::TooLarge, State::Link];

    /// In the store.
    pub fn number(self) -> i64 {
        State::ALL.iter().position(|state| *state == self).unwrap_or(0) as i64
    }

    fn of(number: i64) -> State {
        usize::try_from(number).ok().and_then(|at| State::ALL.get(at)).copied().unwrap_or(State::Seen)
    }
}

/// One attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub side: Side,
    pub id: String,
    pub name: String,
    pub size: u64,
    /// SHA-256 of its bytes, where they were read.
    pub hash: Option<Vec<u8>>,
    pub state: State,
    /// Until when the answer to its upload is waited for.
    pub until: i64,
    /// The same file on the other record.
    pub other: Option<String>,
    /// The record shows it now. Not stored.
    pub listed: bool,
}

impl Item {
    pub fn new(side: Side, row: Attachment, state: State) -> Item {
        let Attachment { id, name, size, .. } = row;
        let id = id.as_str().to_owned();
        Item { side, id, name, size, hash: None, state, until: 0, other: None, listed: true }
    }

    pub fn row(&self) -> AttachmentRow {
        AttachmentRow {
            side: self.side,
            id: self.id.clone(),
            state: self.state.number(),
            until: self.until,
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            name: self.name.clone(),
            hash: self.hash.clone(),
            other: self.other.clone(),
        }
    }

    pub fn read(row: AttachmentRow) -> Item {
        let AttachmentRow { side, id, state, until, size, name, hash, other } = row;
        let size = size.unsigned_abs();
        Item { side, id, name, size, hash, state: State::of(state), until, other, listed: false }
    }
}

/// What is to be told about an attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Matter {
    /// It is too large.
    TooLarge,
    /// A service refused it.
    Refused(ServiceError),
}

/// What a step changes; stored in one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub put: Vec<Item>,
    pub delete: Vec<(Side, String)>,
    pub told: Vec<(Item, Matter)>,
    /// Nothing is to be told of these any more.
    pub settled: Vec<Item>,
    /// Files that we hung on the other record: the history tells of them (I2).
    pub carried: Vec<Item>,
}

impl Changes {
    pub fn keep(&mut self, item: &Item) {
        self.put.push(item.clone());
    }

    pub fn tell(&mut self, item: &Item, matter: Matter) {
        self.told.push((item.clone(), matter));
    }

    pub fn add(&mut self, more: Changes) {
        self.put.extend(more.put);
        self.delete.extend(more.delete);
        self.told.extend(more.told);
        self.settled.extend(more.settled);
        self.carried.extend(more.carried);
    }

    pub fn is_empty(&self) -> bool {
        *self == Changes::default()
    }
}
