//! What people and programs are told of attachments: the history, matters of single files and of pairs, and what was counted.

use super::item::{Item, Matter};
use crate::sync::{CarriedFile, Cause, Entry, JournalKind};
use musubi_connector::ServiceError;
use musubi_core::{RemoteId, Side, Sides, normalise};
use musubi_store::{AttentionRow, JournalRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// Codes of such matters begin so.
pub(crate) const IS_ABOUT_ATTACHMENTS: &str = "attachment.";
const TOO_LARGE: &str = "attachment.too_large";
const REFUSED: &str = "attachment.refused";
const LATER: &str = "attachment.later";

/// What was done since the process started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Told {
    /// HTTP requests, per side.
    pub calls: Sides<u64>,
    /// Credits, per side.
    pub credits: Sides<u64>,
    /// How files came out, by code.
    pub outcomes: BTreeMap<String, u64>,
}

impl Told {
    /// One file came out so.
    pub fn count(&mut self, code: &str) {
        *self.outcomes.entry(code.to_owned()).or_default() += 1;
    }
}

/// The code by which a matter is counted among the outcomes of files.
pub(super) fn outcome(matter: &Matter) -> &'static str {
    match matter {
        Matter::TooLarge => "skipped.attachment_too_large",
        Matter::Refused(_) => "failed.attachment_refused",
    }
}

/// The journal entry of a file that was hung on the other record: what it is called, if that may be told.
pub(super) fn entry(
    (left, right): (&str, &str),
    item: &Item,
    names: Names,
    mapping: u32,
    (seq, at): (i64, i64),
) -> JournalRow {
    let file = CarriedFile { name: item.name.clone(), size: item.size };
    let file = Some(file).filter(|_| names == Names::Told);
    let cause = Cause { file, ..Cause::default() };
    let ids = Sides { left: Some(RemoteId::new(left)), right: Some(RemoteId::new(right)) };
    let (kind, side) = (JournalKind::Attached, item.side.other());
    Entry { kind, side, ids, mapping, changes: Vec::new(), cause }.row(seq, at)
}

/// Whether files are called by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// They are.
    Told,
    /// Their record may have been erased meanwhile.
    Withheld,
}

/// A matter of one file. The file is named in the details, which an erasure takes away.
pub(super) fn of_file((left, right): (&str, &str), item: &Item, matter: &Matter, now: i64) -> AttentionRow {
    let about = json!({"attachment": item.name, "size": item.size, "side": item.side.name()});
    let (code, body) = match matter {
        Matter::TooLarge => (TOO_LARGE, about),
        Matter::Refused(error) => (REFUSED, with_words(about, error)),
    };
    AttentionRow { id: number(code, left, right, &item_key(item)), ..row(code, (left, right), now, body) }
}

/// The numbers of whatever may be told of a file.
pub(super) fn numbers_of((left, right): (&str, &str), item: &Item) -> [i64; 2] {
    [TOO_LARGE, REFUSED].map(|code| number(code, left, right, &item_key(item)))
}

/// The attachments of a pair could not be looked at: for now, and it is tried again then; or the service refuses it.
pub(super) fn of_pair(
    (left, right): (&str, &str),
    error: &ServiceError,
    again: Option<(i64, i64)>,
    now: i64,
) -> AttentionRow {
    let code = if again.is_some() { LATER } else { REFUSED };
    let (due, tries) = again.unwrap_or((i64::MAX, 0));
    let body = with_words(json!({}), error);
    AttentionRow { id: number(code, left, right, ""), due, tries, ..row(code, (left, right), now, body) }
}

/// The numbers of whatever may be told of a pair as a whole.
pub(super) fn numbers_of_pair((left, right): (&str, &str)) -> [i64; 2] {
    [LATER, REFUSED].map(|code| number(code, left, right, ""))
}

fn row(code: &str, (left, right): (&str, &str), now: i64, body: serde_json::Value) -> AttentionRow {
    AttentionRow {
        id: 0,
        kind: -1,
        due: i64::MAX,
        left_id: Some(left.to_owned()),
        right_id: Some(right.to_owned()),
        field: None,
        code: code.to_owned(),
        created_at: now,
        tries: 0,
        closed_at: None,
        body: body.to_string().into_bytes(),
    }
}

fn with_words(mut about: serde_json::Value, error: &ServiceError) -> serde_json::Value {
    about["code"] = error.code.as_str().into();
    about["message"] = error.message.as_str().into();
    about["status"] = error.status.into();
    about
}

fn item_key(item: &Item) -> String {
    let side = if item.side == Side::Left { "left" } else { "right" };
    format!("{side}:{}", item.id)
}

/// The same matter has the same number, so that it is never listed twice.
fn number(code: &str, left: &str, right: &str, what: &str) -> i64 {
    normalise::digest(&[code, left, right, what])
}
