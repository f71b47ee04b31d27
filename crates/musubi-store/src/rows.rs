//! The rows of a module sync, as the engine and the store agree on them. Bodies are the engine's own bytes.
//!
//! Agreed contract: the engine builds [`Want`] and [`Changes`] and reads [`Loaded`]; field names here do not change without the engine.

/// The number of a module sync; also the number of its partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SyncId(pub i64);

/// Side as stored: 0 left, 1 right.
pub type SideNumber = i64;

/// A digest under which a record can be matched.
pub type Key = [u8; 16];

/// A pair of records. `state`: 0 settled, 1 work owed, 2 untied (tombstone), 3 held. Rows with `state = 1` are found quickly (partial index `where state = 1`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// Left record.
    pub left_id: String,
    /// Right record.
    pub right_id: String,
    /// See above.
    pub state: i64,
    /// The engine's memory of the pair.
    pub body: Vec<u8>,
}

/// A record without counterpart. `state`: 0 idle, 1 waiting to be decided, 2 held for a person, 3 parked on a parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlinkedRow {
    /// Its side.
    pub side: SideNumber,
    /// Its id.
    pub id: String,
    /// See above.
    pub state: i64,
    /// Not to be looked at before (milliseconds), 0 at any time.
    pub due: i64,
    /// The engine's memory of the record.
    pub body: Vec<u8>,
}

/// One write call stored before it is sent (a batch of one kind, one side). `state`: 0 open, 1 unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntentRow {
    /// Number, counted up by the engine per sync.
    pub id: i64,
    /// The lease epoch in which it was written.
    pub epoch: i64,
    /// 0 open, 1 unknown.
    pub state: i64,
    /// When it was stored (milliseconds).
    pub at: i64,
    /// Kind, side, items.
    pub body: Vec<u8>,
}

/// One operation that happened, with its cause and the values before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalRow {
    /// Number, counted up by the engine per sync.
    pub seq: i64,
    /// When (milliseconds).
    pub at: i64,
    /// What kind: the engine's own numbers.
    pub kind: i64,
    /// Left record, if known.
    pub left_id: Option<String>,
    /// Right record, if known.
    pub right_id: Option<String>,
    /// Details.
    pub body: Vec<u8>,
}

/// Something a person may settle. Identified by (`kind`, `left_id`, `right_id`, `slot`): putting it again updates it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttentionRow {
    /// A stable code such as `conflict.held`, `match.ambiguous`, `write.refused`.
    pub kind: String,
    /// Left record, empty if none.
    pub left_id: String,
    /// Right record, empty if none.
    pub right_id: String,
    /// The field's slot, -1 for the record.
    pub slot: i64,
    /// When it was last seen (milliseconds).
    pub at: i64,
    /// Tries so far.
    pub tries: i64,
    /// The next automatic try (milliseconds), 0 for none.
    pub due: i64,
    /// Details, the service's own words among them.
    pub body: Vec<u8>,
}

/// A child waiting for its parent's counterpart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedRow {
    /// The child's side.
    pub side: SideNumber,
    /// The child's id.
    pub id: String,
    /// The sync that links the parent.
    pub parent_sync: SyncId,
    /// The parent's side (as in that sync).
    pub parent_side: SideNumber,
    /// The parent's id.
    pub parent_id: String,
}

/// A record that may have changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HintRow {
    /// Its side.
    pub side: SideNumber,
    /// Its id.
    pub id: String,
    /// 0 changed, 1 deleted, 2 parent linked or person asked: decide again.
    pub kind: i64,
}

/// What to load, in as few statements as possible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// Records by id: their links, or their unlinked rows.
    pub ids: Vec<(SideNumber, String)>,
    /// Match keys: who has them. The links or unlinked rows of those found are loaded too.
    pub keys: Vec<(SideNumber, Key)>,
    /// Counterparts of records of other syncs (or of this one): linked (state not 2) to what.
    pub refs: Vec<(SyncId, SideNumber, String)>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Links of the ids asked for and of the records found by key; no row twice.
    pub links: Vec<LinkRow>,
    /// Unlinked rows likewise.
    pub unlinked: Vec<UnlinkedRow>,
    /// Who has the keys asked for.
    pub matches: Vec<(SideNumber, Key, String)>,
    /// Counterparts found; what is missing has none.
    pub refs: Vec<(SyncId, SideNumber, String, String)>,
}

/// Changes that commit together or not at all (I9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Links to insert or replace, by left id.
    pub links_put: Vec<LinkRow>,
    /// Links to delete, by left id.
    pub links_delete: Vec<String>,
    /// Unlinked rows to insert or replace.
    pub unlinked_put: Vec<UnlinkedRow>,
    /// Unlinked rows to delete.
    pub unlinked_delete: Vec<(SideNumber, String)>,
    /// Match keys to insert; those present already stay.
    pub keys_put: Vec<(SideNumber, Key, String)>,
    /// Match keys to delete.
    pub keys_delete: Vec<(SideNumber, Key, String)>,
    /// Intents to insert or replace.
    pub intents_put: Vec<IntentRow>,
    /// Intents to delete.
    pub intents_delete: Vec<i64>,
    /// Journal rows to insert.
    pub journal: Vec<JournalRow>,
    /// Attention items to insert or update.
    pub attention_put: Vec<AttentionRow>,
    /// Attention items that are settled: (kind or "" for every kind, left id, right id).
    pub attention_close: Vec<(String, String, String)>,
    /// Children to park.
    pub parked_put: Vec<ParkedRow>,
    /// Children that are not parked any more: (side, id).
    pub parked_delete: Vec<(SideNumber, String)>,
    /// Records of this sync that just got linked: children of any sync parked on them are moved to hints of their sync (kind 2).
    pub linked: Vec<(String, String)>,
    /// Hints that were taken in.
    pub hints_delete: Vec<HintRow>,
    /// Counts of the current run: (run, outcome code, how many more).
    pub outcomes: Vec<(i64, String, i64)>,
    /// The engine's state of the sync (`module_sync.state`).
    pub state: Option<Vec<u8>>,
}

/// What a commit did beyond the sync itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// Syncs that got hints.
    pub woken: Vec<SyncId>,
}
