//! Intents: write calls as stored before they are sent (I9, DESIGN §2.7).

use musubi_connector::{WriteItem, WriteKind};
use musubi_core::{
    Instant, ModuleName, RemoteId, Side, Sides, Value,
    codec::{Damaged, Reader, Writer},
    link::{Barred, Dirty, Fate, Memory},
    reconcile::Assignment,
};
use musubi_store::{IntentRow, MatchKey as Key};

/// The first byte of a stored batch: the form of everything after it.
const FORM: u8 = 3;

/// The number of an intent.
pub type BatchId = i64;

/// One record of a batch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// The ids known: both for updates and deletes, the source's for creates.
    pub ids: Sides<Option<RemoteId>>,
    /// What to write.
    pub assignments: Vec<Assignment>,
    /// The source as it was when this was decided (creates only).
    pub source: Option<Memory>,
    /// Match keys this create reserves on the target side (I4).
    pub keys: Vec<Key>,
    /// The source was seen to change again since (creates only; not stored: after a restart it is read again).
    pub changed_since: bool,
    /// Of lookups to several modules, the module that each points to. Not stored: what is found in the store is never sent.
    pub modules: Vec<(u16, ModuleName)>,
    /// The source was deleted meanwhile (creates only). Stored: the service tells it only once.
    pub source_gone: Option<Instant>,
    /// What the service told with that: it was converted (creates only). Stored, too.
    pub source_fate: Option<Fate>,
    /// Values that the service refused, so that the record is made without them (creates only).
    pub barred: Vec<Barred>,
}

/// How far a batch has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Durable, to be sent not before this time.
    Ready(i64),
    /// Sent; the answer is awaited.
    Sent,
    /// No answer: it may or may not have been carried out, and may be until this time.
    Unknown(i64),
}

/// A write call.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Its number.
    pub id: BatchId,
    /// The side written to.
    pub side: Side,
    /// What it does.
    pub kind: WriteKind,
    /// The condition of a lone update.
    pub condition: Option<Instant>,
    /// When it was stored.
    pub at: i64,
    /// The target's clock, as last told before that.
    pub service_at: Instant,
    /// Who wants back what was there before: it is an undo.
    pub undo: Option<Box<str>>,
    /// It belongs to the first load, which may be over by now. Not stored: what is found in the store is never sent.
    pub of_load: bool,
    /// The records.
    pub items: Vec<Item>,
    /// How far it is.
    pub progress: Progress,
    /// How often it was sent in vain.
    pub tries: u32,
    /// Since it was sent, an unknown record that we may have created turned up deleted, or with other content: it may be what this batch made.
    pub perhaps_made: bool,
    /// It was found in the store at the start.
    pub recovered: bool,
    /// What it was about was read once more after its bounds had passed.
    pub checked: bool,
}

impl Item {
    /// The value as a connector is told it.
    fn sent(&self, assignment: &Assignment) -> Value {
        match (&assignment.value, self.modules.iter().find(|(slot, _)| *slot == assignment.slot)) {
            (Value::Record(id), Some((_, module))) => Value::Record(RemoteId::new(format!("{module}:{id}"))),
            (value, _) => value.clone(),
        }
    }
}

impl Batch {
    /// The items as the connector takes them.
    pub fn write_items(&self) -> Vec<WriteItem> {
        let item = |item: &Item| WriteItem {
            id: match self.kind {
                WriteKind::Create => None,
                WriteKind::Update | WriteKind::Delete => item.ids.get(self.side).clone(),
            },
            values: item
                .assignments
                .iter()
                .map(|assignment| (assignment.slot, item.sent(assignment)))
                .collect(),
        };
        self.items.iter().map(item).collect()
    }

    /// The stored form.
    pub fn row(&self, epoch: i64, deadline: i64) -> IntentRow {
        let mut out = Writer::with_capacity(64 + self.items.len() * 512);
        out.byte(FORM);
        out.byte(u8::from(self.perhaps_made) | u8::from(self.undo.is_some()) << 1);
        self.undo.iter().for_each(|by| out.text(by));
        out.signed(self.condition.map_or(-1, Instant::millis));
        out.signed(self.service_at.millis());
        out.unsigned(self.items.len() as u64);
        for item in &self.items {
            encode_item(item, &mut out);
        }
        let state = i64::from(matches!(self.progress, Progress::Unknown(_)));
        let kind = match self.kind {
            WriteKind::Create => 0,
            WriteKind::Update => 1,
            WriteKind::Delete => 2,
        };
        IntentRow {
            id: self.id,
            epoch,
            side: self.side,
            kind,
            state,
            created_at: self.at,
            deadline,
            body: out.finish(),
        }
    }

    /// Reads the stored form. Whether it was sent is not known any more: it counts as unknown until `until` (DESIGN §2.13).
    pub fn recover(row: &IntentRow, until: i64) -> Result<Batch, Damaged> {
        let mut input = Reader::new(&row.body);
        if input.byte()? != FORM {
            return Err(Damaged);
        }
        let kind = match row.kind {
            0 => WriteKind::Create,
            1 => WriteKind::Update,
            _ => WriteKind::Delete,
        };
        let flags = input.byte()?;
        let perhaps_made = flags & 1 != 0;
        let undo = if flags & 2 == 0 { None } else { Some(input.text()?.into()) };
        let condition = input.signed()?;
        let service_at = Instant::from_millis(input.signed()?);
        let count = input.count()?;
        let items = (0..count).map(|_| decode_item(&mut input)).collect::<Result<_, _>>()?;
        Ok(Batch {
            id: row.id,
            side: row.side,
            kind,
            condition: (condition >= 0).then(|| Instant::from_millis(condition)),
            at: row.created_at,
            service_at,
            undo,
            of_load: false,
            items,
            progress: Progress::Unknown(until),
            tries: 0,
            perhaps_made,
            recovered: true,
            checked: false,
        })
    }
}

fn encode_item(item: &Item, out: &mut Writer) {
    for side in Side::BOTH {
        out.text(item.ids.get(side).as_ref().map_or("", RemoteId::as_str));
    }
    out.unsigned(item.assignments.len() as u64);
    for assignment in &item.assignments {
        out.unsigned(u64::from(assignment.slot));
        out.value(&assignment.source);
        out.slot((assignment.value != assignment.source).then_some(&assignment.value));
        out.slot(assignment.replaced.as_ref());
    }
    out.byte(u8::from(item.source.is_some()));
    if let Some(source) = &item.source {
        out.signed(source.seen.millis());
        out.unsigned(source.base.len() as u64);
        // Values that are assigned stand above already.
        let assigned = |slot: u16| item.assignments.iter().any(|assignment| assignment.slot == slot);
        let rest: Vec<&Dirty> = source.dirty.iter().filter(|dirty| !assigned(dirty.slot)).collect();
        out.unsigned(rest.len() as u64);
        for dirty in rest {
            out.unsigned(u64::from(dirty.slot));
            out.value(&dirty.value);
        }
    }
    out.unsigned(item.keys.len() as u64);
    item.keys.iter().flatten().for_each(|byte| out.byte(*byte));
    out.signed(item.source_gone.map_or(-1, Instant::millis));
    Fate::encode(item.source_fate.as_ref(), out);
    out.unsigned(item.barred.len() as u64);
    item.barred.iter().for_each(|bar| bar.encode(out));
}

fn decode_item(input: &mut Reader<'_>) -> Result<Item, Damaged> {
    let mut id = || input.text().map(|text| (!text.is_empty()).then(|| RemoteId::new(text)));
    let ids = Sides { left: id()?, right: id()? };
    let count = input.count()?;
    let mut assignments = Vec::with_capacity(count);
    for _ in 0..count {
        let slot = input.unsigned()? as u16;
        let source = input.value()?;
        let value = input.slot()?.unwrap_or_else(|| source.clone());
        assignments.push(Assignment { slot, value, source, replaced: input.slot()? });
    }
    let source = if input.byte()? == 1 { Some(decode_source(input, &assignments)?) } else { None };
    let count = input.count()?;
    let mut keys = Vec::with_capacity(count);
    for _ in 0..count {
        let mut key = [0; 16];
        for byte in &mut key {
            *byte = input.byte()?;
        }
        keys.push(key);
    }
    let gone = input.signed()?;
    let source_gone = (gone >= 0).then(|| Instant::from_millis(gone));
    let source_fate = Fate::decode(input)?;
    let count = input.count()?;
    let barred = (0..count).map(|_| Barred::decode(input)).collect::<Result<_, _>>()?;
    Ok(Item { ids, assignments, source, keys, source_gone, source_fate, barred, ..Item::default() })
}

fn decode_source(input: &mut Reader<'_>, assignments: &[Assignment]) -> Result<Memory, Damaged> {
    let seen = Instant::from_millis(input.signed()?);
    let slots = input.unsigned()? as usize;
    let mut memory = Memory::unknown(slots.min(4096));
    memory.seen = seen;
    let dirty = |slot, value| Dirty { slot, value, since: seen };
    memory.dirty = assignments.iter().map(|a| dirty(a.slot, a.source.clone())).collect();
    let count = input.count()?;
    for _ in 0..count {
        let slot = input.unsigned()? as u16;
        memory.dirty.push(dirty(slot, input.value()?));
    }
    memory.dirty.sort_by_key(|dirty| dirty.slot);
    Ok(memory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::Value;

    #[test]
    fn a_stored_batch_comes_back() {
        let assignment = |slot: u16, text: &str| Assignment {
            slot,
            value: Value::text(text),
            source: Value::text("source"),
            replaced: None,
        };
        let mut source = Memory::unknown(3);
        source.seen = Instant::from_seconds(9);
        let dirty = |slot, text: &str| Dirty { slot, value: Value::text(text), since: source.seen };
        source.dirty = vec![dirty(0, "source"), dirty(1, "source"), dirty(2, "not assigned")];
        let item = Item {
            ids: Sides { left: Some("1".into()), right: None },
            assignments: vec![assignment(0, "source"), assignment(1, "other")],
            source: Some(source),
            keys: vec![[7; 16]],
            changed_since: false,
            modules: Vec::new(),
            source_gone: Some(Instant::from_seconds(8)),
            source_fate: Some(Fate::Converted(Vec::new())),
            barred: vec![Barred {
                side: Side::Right,
                slot: 2,
                digest: u64::MAX,
                code: "value.refused".into(),
                details: "{}".into(),
            }],
        };
        let batch = Batch {
            id: 5,
            side: Side::Right,
            kind: WriteKind::Create,
            condition: Some(Instant::from_seconds(3)),
            at: 12,
            service_at: Instant::from_seconds(2),
            undo: Some("ann".into()),
            of_load: false,
            items: vec![item],
            progress: Progress::Unknown(77),
            tries: 0,
            perhaps_made: true,
            recovered: true,
            checked: false,
        };
        assert_eq!(Batch::recover(&batch.row(1, 50), 77), Ok(batch));
    }
}
