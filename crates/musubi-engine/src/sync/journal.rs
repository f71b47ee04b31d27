//! Every operation, with its cause and the values before and after (I2).

use musubi_core::{
    Instant, RemoteId, Side, Sides, Value,
    codec::{Damaged, Reader, Writer},
    link::Successor,
    reconcile::Assignment,
};
use musubi_store::JournalRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What happened to a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JournalKind {
    /// A record was created on the side.
    Created,
    /// Fields of the side were written.
    Updated,
    /// The side's record was deleted, because its counterpart was.
    Deleted,
    /// Two existing records were tied.
    Linked,
    /// The pair was untied: the side's record was deleted by somebody.
    Untied,
    /// The side's record came back.
    Revived,
    /// Both sides changed a field and the policy is to leave both.
    ConflictSkipped,
    /// A write was sent at that time and its answer lost: it may have replaced these values. What was read afterwards decided.
    SentUnanswered,
    /// A person decided about two values of a field: the side's value gives way to the other one's.
    Decided,
    /// A person took the pair apart; both records stay.
    Unlinked,
    /// A person had taken back what was written to the side.
    Undone,
    /// The pair was untied: the side's record was deleted, and the other one stays because it was changed.
    UntiedEdited,
    /// The pair was untied: the side's record was deleted, and the other one stays because something hangs on it, or may.
    UntiedRelated,
    /// The side's record was merged into another one of its module; its counterpart stays.
    Merged,
    /// The side's record was converted into records of other modules; its counterpart stays.
    Converted,
    /// A file of the other record was hung on the side's record.
    Attached,
}

impl JournalKind {
    const ALL: [JournalKind; 16] = [
        JournalKind::Created,
        JournalKind::Updated,
        JournalKind::Deleted,
        JournalKind::Linked,
        JournalKind::Untied,
        JournalKind::Revived,
        JournalKind::ConflictSkipped,
        JournalKind::SentUnanswered,
        JournalKind::Decided,
        JournalKind::Unlinked,
        JournalKind::Undone,
        JournalKind::UntiedEdited,
        JournalKind::UntiedRelated,
        JournalKind::Merged,
        JournalKind::Converted,
        JournalKind::Attached,
    ];

    /// As it is told.
    pub fn name(self) -> &'static str {
        match self {
            JournalKind::Created => "created",
            JournalKind::Updated => "updated",
            JournalKind::Deleted => "deleted",
            JournalKind::Linked => "linked",
            JournalKind::Untied => "untied",
            JournalKind::Revived => "revived",
            JournalKind::ConflictSkipped => "conflict_skipped",
            JournalKind::SentUnanswered => "sent_unanswered",
            JournalKind::Decided => "decided",
            JournalKind::Unlinked => "unlinked",
            JournalKind::Undone => "undone",
            JournalKind::UntiedEdited => "untied_edited",
            JournalKind::UntiedRelated => "untied_related",
            JournalKind::Merged => "merged",
            JournalKind::Converted => "converted",
            JournalKind::Attached => "attached",
        }
    }

    /// The number in the store.
    pub fn number(self) -> i64 {
        JournalKind::ALL.iter().position(|kind| *kind == self).expect("every kind is listed") as i64
    }

    /// The kind of that number.
    pub fn from_number(number: i64) -> Option<JournalKind> {
        JournalKind::ALL.get(usize::try_from(number).ok()?).copied()
    }
}

/// No mapping, no changes, no cause.
const ERASED: &[u8] = &[0, 0, 0, 0];

/// What a write was made for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// Who changed the source, as its service calls them; where that was told.
    pub by: Option<Box<str>>,
    /// When, by our clock, in milliseconds since 1970. Services tell whole seconds: it was then or less than a second later.
    pub at: Option<i64>,
    /// What took the place of the side's record, where it was merged or converted.
    pub became: Vec<Successor>,
    /// The file that was hung on the side's record, where one was; not if its name may not be told.
    pub file: Option<CarriedFile>,
}

/// A file that was hung on a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CarriedFile {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What happened.
    pub kind: JournalKind,
    /// On which side.
    pub side: Side,
    /// The records, where known.
    pub ids: Sides<Option<RemoteId>>,
    /// The mapping version that the slots belong to.
    pub mapping: u32,
    /// Slot, value before (if known), value after.
    pub changes: Vec<(u16, Option<Value>, Value)>,
    /// Why.
    pub cause: Cause,
}

impl Entry {
    /// The stored form.
    pub fn row(&self, seq: i64, at: i64) -> JournalRow {
        let changes = self.changes.iter().map(|(slot, before, after)| (*slot, before.as_ref(), after));
        let id = |side| self.ids.get(side).as_ref();
        row((self.kind, self.side), Sides::from_fn(id), changes, self.mapping, &self.cause, (seq, at))
    }
}

/// A write that happened.
#[derive(Debug)]
pub(super) struct Written {
    /// When.
    pub at: i64,
    /// What.
    pub kind: JournalKind,
    /// The side written to.
    pub side: Side,
    /// When the source had been changed, by its service's clock; where that is known.
    pub changed: Option<Instant>,
}

/// The stored form of the entry of a write.
pub(super) fn row_of_write(
    written: &Written,
    ids: &Sides<RemoteId>,
    assignments: &[Assignment],
    mapping: u32,
    cause: &Cause,
    seq: i64,
) -> JournalRow {
    let changes = assignments.iter().map(|a| (a.slot, a.replaced.as_ref(), &a.value));
    let ids = Sides::from_fn(|side| Some(ids.get(side)));
    row((written.kind, written.side), ids, changes, mapping, cause, (seq, written.at))
}

fn row<'a>(
    (kind, side): (JournalKind, Side),
    ids: Sides<Option<&RemoteId>>,
    changes: impl ExactSizeIterator<Item = (u16, Option<&'a Value>, &'a Value)>,
    mapping: u32,
    cause: &Cause,
    (seq, at): (i64, i64),
) -> JournalRow {
    let mut out = Writer::with_capacity(64 + changes.len() * 24);
    out.unsigned(u64::from(mapping));
    out.unsigned(changes.len() as u64);
    for (slot, before, after) in changes {
        out.unsigned(u64::from(slot));
        out.slot(before);
        out.value(after);
    }
    out.slot(cause.by.as_deref().map(Value::text).as_ref());
    out.signed(cause.at.unwrap_or(0));
    // Few have any: it stands at the end, and nothing stands there where there is none. The kind tells which of the two it is.
    if !cause.became.is_empty() {
        Successor::encode(&cause.became, &mut out);
    }
    if let Some(CarriedFile { name, size }) = &cause.file {
        out.text(name);
        out.unsigned(*size);
    }
    let id = |side| ids.get(side).map(|id| id.as_str().to_owned());
    let (left_id, right_id) = (id(Side::Left), id(Side::Right));
    JournalRow { seq, at, side, kind: kind.number(), left_id, right_id, body: out.finish() }
}

/// Its values were erased on request; when what was done to which records is left.
pub fn is_erased(row: &JournalRow) -> bool {
    row.body.is_empty()
}

/// Reads a stored entry.
pub fn describe(row: &JournalRow) -> Result<Entry, Damaged> {
    let kind = JournalKind::from_number(row.kind).ok_or(Damaged)?;
    let mut input = Reader::new(if is_erased(row) { ERASED } else { &row.body });
    let mapping = input.unsigned()? as u32;
    let count = input.count()?;
    let mut changes = Vec::with_capacity(count);
    for _ in 0..count {
        changes.push((input.unsigned()? as u16, input.slot()?, input.value()?));
    }
    let by = match input.slot()? {
        Some(Value::Text(name)) => Some(name.into()),
        _ => None,
    };
    let at = Some(input.signed()?).filter(|at| *at != 0);
    let mut cause = Cause { by, at, ..Cause::default() };
    match kind {
        _ if input.is_empty() => {}
        JournalKind::Attached => {
            cause.file = Some(CarriedFile { name: input.text()?.to_owned(), size: input.unsigned()? });
        }
        _ => cause.became = Successor::decode(&mut input)?,
    }
    let ids = Sides {
        left: row.left_id.as_deref().map(RemoteId::new),
        right: row.right_id.as_deref().map(RemoteId::new),
    };
    Ok(Entry { kind, side: row.side, ids, mapping, changes, cause })
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::ModuleName;

    fn entry(kind: JournalKind, cause: Cause) -> Entry {
        let ids = Sides { left: Some(RemoteId::new("1")), right: Some(RemoteId::new("2")) };
        Entry { kind, side: Side::Right, ids, mapping: 3, changes: Vec::new(), cause }
    }

    fn file(name: &str) -> Cause {
        Cause { file: Some(CarriedFile { name: name.into(), size: 12_345 }), ..Cause::default() }
    }

    // C-44
    #[test]
    fn an_entry_is_read_as_it_was_told() {
        let successor = Successor { module: ModuleName::new("Deals"), id: RemoteId::new("9") };
        let became = Cause { became: vec![successor], by: Some("Ann".into()), ..Cause::default() };
        for told in [
            entry(JournalKind::Attached, file("請求書.pdf")),
            entry(JournalKind::Attached, file("")),
            entry(JournalKind::Attached, Cause::default()),
            entry(JournalKind::Converted, became),
            entry(JournalKind::Linked, Cause::default()),
        ] {
            let row = told.row(7, 8);
            assert_eq!((row.seq, row.at, is_erased(&row)), (7, 8, false));
            assert_eq!(describe(&row).unwrap(), told);
        }
    }

    #[test]
    fn an_erased_entry_names_no_file() {
        let row = entry(JournalKind::Attached, file("診断書.pdf")).row(7, 8);
        let erased = JournalRow { body: Vec::new(), ..row };
        assert!(is_erased(&erased));
        let told = Entry { mapping: 0, ..entry(JournalKind::Attached, Cause::default()) };
        assert_eq!(describe(&erased).unwrap(), told);
    }

    /// What is stored by its number keeps it.
    #[test]
    fn a_new_kind_comes_last() {
        let numbers = [JournalKind::Created, JournalKind::Converted, JournalKind::Attached];
        assert_eq!(numbers.map(JournalKind::number), [0, 14, 15]);
        for kind in JournalKind::ALL {
            assert_eq!(JournalKind::from_number(kind.number()), Some(kind));
        }
        assert_eq!(JournalKind::from_number(16), None);
    }
}
