//! The versions of a mapping and its scope. Stored links name the version that they were judged by.

use crate::compile::Compiled;
use crate::error::Result;
use crate::scope::Counting;
use crate::slots::{self, Slot};
use musubi_core::Side;
use musubi_core::match_form::MatchRule;
use musubi_core::policy::Direction;
use musubi_core::schema::FieldType;
use musubi_store::{ModuleSyncRow, Store};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// The versions of a module sync.
pub(crate) struct Versions {
    /// The one that counts.
    pub present: u32,
    /// For each other one, where each present slot stood.
    pub earlier: HashMap<u32, Vec<Option<u16>>>,
    /// Those of the others in which values could not go every way that they can go now.
    pub narrower: HashSet<u32>,
    /// Those of the others by which other records took part.
    pub rejudged: HashSet<u32>,
    /// Those of the others in which records were found by other keys: by which, each with the kind of its left field.
    pub found_by: HashMap<u32, Vec<(MatchRule, FieldType)>>,
    /// What was remembered so far was judged by another one.
    pub changed: bool,
    /// The scope that counts.
    pub counting: Counting,
    /// What the list views show now, if that is something else and a person is to be asked.
    pub asked: Option<Counting>,
}

/// One version, as stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Version {
    slots: Vec<Slot>,
    /// How records are recognised: by other keys, every record is looked at again.
    #[serde(default)]
    matches: Vec<MatchRule>,
    #[serde(default)]
    scope: Counting,
    /// Which way the module goes, and each slot: where another way opens, what stands on its far side was never looked at.
    #[serde(default)]
    ways: Vec<Direction>,
    /// Whether only those take part that hang on a record with a counterpart, where that was said: otherwise who was left out is looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    only_with_parent: Option<bool>,
}

impl Version {
    /// Whether values can go a way now that they could not go then, of the module or of a field that there was.
    fn opens(&self, then: &Version) -> bool {
        let slots = slots::earlier(&self.slots, &then.slots);
        let before = |at: usize| match at {
            0 => then.ways.first(),
            slot => slots[slot - 1].and_then(|then_at| then.ways.get(usize::from(then_at) + 1)),
        };
        let opened = |(at, now): (usize, &Direction)| {
            let opens = |from: &Side| {
                now.allows_from(*from) && before(at).is_some_and(|then| !then.allows_from(*from))
            };
            Side::BOTH.iter().any(opens)
        };
        self.ways.iter().enumerate().any(opened)
    }

    /// Records were found by other keys then.
    fn finds_otherwise(&self, then: &Version) -> bool {
        let slots = slots::earlier(&self.slots, &then.slots);
        let there = |rule: &MatchRule| {
            let slot = (*slots.get(usize::from(rule.slot))?)?;
            Some(MatchRule { slot, ..*rule })
        };
        let now: Option<Vec<MatchRule>> = self.matches.iter().map(there).collect();
        now.is_none_or(|now| now != then.matches)
    }

    /// By what records were found, each with the kind of its left field.
    fn found_by(&self) -> Vec<(MatchRule, FieldType)> {
        let kind = |rule: &MatchRule| {
            let slot = self.slots.get(usize::from(rule.slot))?;
            Some((*rule, slots::kind_of_keys(&slot.kinds.left)))
        };
        self.matches.iter().filter_map(kind).collect()
    }
}

impl Versions {
    /// Compares what is configured and shown now with what counted so far; anything else becomes a version of its own, also one that there was
    /// before: the newest is always the one that counts.
    pub async fn of(
        store: &Store,
        row: &ModuleSyncRow,
        compiled: &Compiled,
        now_shown: Counting,
        now: i64,
    ) -> Result<Versions> {
        let slots = slots::slots(&compiled.mapping, &compiled.derived);
        let known = known(store, row).await?;
        let (counting, asked) = now_shown.settle(known.last().map(|last| &last.scope))?;
        let matches = compiled.mapping.matches.clone();
        let config = crate::export::module_config(row)?;
        let (module, only_with_parent) = (Direction::from(config.direction), config.only_with_parent);
        let fields = compiled.mapping.pairs.iter().map(|pair| pair.direction);
        let ways = std::iter::once(module).chain(fields).collect();
        let wanted = Version { slots, matches, scope: counting, ways, only_with_parent };
        let found = known.len().checked_sub(1).filter(|last| known[*last] == wanted);
        let present = found.unwrap_or(known.len()) as i64 + 1;
        if found.is_none() {
            put(store, row, present, &wanted, now).await?;
        }
        let earlier = known
            .iter()
            .enumerate()
            .filter(|(at, _)| Some(*at) != found)
            .map(|(at, then)| (at as u32 + 1, slots::earlier(&wanted.slots, &then.slots)))
            .collect();
        let others = known.iter().enumerate().filter(|(_, then)| wanted.opens(then));
        let narrower = others.map(|(at, _)| at as u32 + 1).collect();
        let others = known.iter().enumerate();
        let others = others.filter(|(_, then)| then.scope.criteria != wanted.scope.criteria);
        let rejudged = others.map(|(at, _)| at as u32 + 1).collect();
        let others = known.iter().enumerate().filter(|(_, then)| wanted.finds_otherwise(then));
        let found_by = others.map(|(at, then)| (at as u32 + 1, then.found_by())).collect();
        let changed = row.mapping_version != present;
        let present = present as u32;
        let counting = wanted.scope;
        Ok(Versions { present, earlier, narrower, rejudged, found_by, changed, counting, asked })
    }
}

/// What the list views show now counts from now on. Gives whether that is something new: what is configured otherwise counts without being asked about.
pub(crate) async fn take_over(
    store: &Store,
    row: &ModuleSyncRow,
    now_shown: Counting,
    now: i64,
) -> Result<bool> {
    let known = known(store, row).await?;
    let Some(last) = known.last() else { return Ok(false) };
    if now_shown.with_former_views(&last.scope)? == now_shown {
        return Ok(false);
    }
    let wanted = Version { scope: now_shown, ..last.clone() };
    put(store, row, known.len() as i64 + 1, &wanted, now).await?;
    Ok(true)
}

/// The scope that counts, once there is one.
pub(crate) async fn counting(store: &Store, row: &ModuleSyncRow) -> Result<Option<Counting>> {
    Ok(known(store, row).await?.pop().map(|last| last.scope))
}

/// The slots of the newest version.
pub(crate) async fn slots(store: &Store, row: &ModuleSyncRow) -> Result<Vec<Slot>> {
    Ok(known(store, row).await?.pop().map(|last| last.slots).unwrap_or_default())
}

/// The slots of a stored version.
pub(crate) fn slots_of(text: Option<String>) -> Vec<Slot> {
    let version = text.and_then(|text| serde_json::from_str::<Version>(&text).ok());
    version.unwrap_or_default().slots
}

async fn known(store: &Store, row: &ModuleSyncRow) -> Result<Vec<Version>> {
    let mut known = Vec::new();
    while let Some(text) = store.mapping_version(row.id, known.len() as i64 + 1).await? {
        // A version that cannot be read means that its bases mean nothing.
        known.push(serde_json::from_str::<Version>(&text).unwrap_or_default());
    }
    Ok(known)
}

async fn put(store: &Store, row: &ModuleSyncRow, number: i64, version: &Version, now: i64) -> Result<()> {
    let text = serde_json::to_string(version).expect("names and texts always serialise");
    Ok(store.put_mapping_version(row.id, number, &text, now).await?)
}
