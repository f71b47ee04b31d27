//! What is remembered of one side of a pair, and what a reading tells beyond it.

use crate::{Instant, Membership, Observation, Slots, Value, mutant::Mutant, normalise::is_tidied};

/// A field that holds something else than its base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirty {
    /// The slot.
    pub slot: u16,
    /// What it was last seen to hold.
    pub value: Value,
    /// The record's modified time when this value was first seen.
    pub since: Instant,
}

/// Our own write whose reading back is still owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Echo {
    /// The modified time the service gave to it.
    pub at: Instant,
    /// The slots that were written, and those of a new record that had to be made without their value: they have no base yet.
    pub slots: Vec<u16>,
}

/// What is remembered of one side of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Per slot, what this side held when both last agreed; `None`: they never did.
    pub base: Slots,
    /// The modified time of the newest state known.
    pub seen: Instant,
    /// That state was read after its second had ended: a later edit has a later time.
    pub closed: bool,
    /// Slots that differ from the base, in order.
    pub dirty: Vec<Dirty>,
    /// Our write that is not read back yet.
    pub echo: Option<Echo>,
    /// It was asked for and did not come, and nobody told that it was deleted: hidden from us, or moved away.
    pub missing: bool,
    /// A list showed another state of the second of the newest one known: which of them is current, a read by id must tell.
    pub doubted: bool,
    /// It does not take part: it is outside the scope of its side.
    pub outside: bool,
    /// It was not read since another scope counts, or since it was untied: whether it takes part must be read.
    pub unjudged: bool,
}

/// What an observation told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absorbed {
    /// Older than what is known: ignored (I8).
    Stale,
    /// Nothing that matters is different.
    Same,
    /// Something changed.
    Changed,
}

impl Memory {
    /// Nothing known, with room for `slots`.
    pub fn unknown(slots: usize) -> Memory {
        Memory {
            base: vec![None; slots].into(),
            seen: Instant::START,
            closed: false,
            dirty: Vec::new(),
            echo: None,
            missing: false,
            doubted: false,
            outside: false,
            unjudged: false,
        }
    }

    /// The same memory for another mapping: `earlier[slot]` is where the present slot stood. Slots that are new are not known.
    #[must_use]
    pub fn remap(&self, earlier: &[Option<u16>], slots: usize) -> Memory {
        let Memory { seen, closed, missing, doubted, outside, unjudged, .. } = *self;
        let mut memory =
            Memory { seen, closed, missing, doubted, outside, unjudged, ..Memory::unknown(slots) };
        for slot in 0..slots as u16 {
            let Some(Some(was)) = earlier.get(usize::from(slot)) else { continue };
            memory.base[usize::from(slot)] = self.base.get(usize::from(*was)).cloned().flatten();
            if let Some(dirty) = self.dirty_at(*was) {
                memory.dirty.push(Dirty { slot, ..dirty.clone() });
            }
        }
        memory
    }

    /// What the slot was last known to hold.
    pub fn current(&self, slot: u16) -> Option<&Value> {
        match self.dirty_at(slot) {
            Some(dirty) => Some(&dirty.value),
            None => self.base.get(usize::from(slot)).and_then(Option::as_ref),
        }
    }

    /// True when the slot holds what was sent to it, as it is or tidied.
    pub fn holds(&self, slot: u16, sent: &Value, kind: &crate::schema::FieldType) -> bool {
        self.current(slot).is_some_and(|read| read == sent || is_tidied(sent, read, kind))
    }

    /// True when a reading that may lag could be of before the newest state known, in the same second: it holds other values. The echo of our own write is
    /// told by the values that were sent.
    pub fn is_doubtful(
        &self,
        observation: &Observation,
        kind: impl Fn(u16) -> crate::schema::FieldType,
    ) -> bool {
        if observation.modified != self.seen {
            return false;
        }
        let other = if self.outside { Membership::Inside } else { Membership::Outside };
        if observation.member == other && !self.unjudged {
            return true;
        }
        let read = |slot: u16| observation.slots.get(usize::from(slot)).and_then(Option::as_ref);
        let other = |slot: u16, sent: &Value| {
            read(slot).is_some_and(|read| read != sent && !is_tidied(sent, read, &kind(slot)))
        };
        if let Some(echo) = self.echo.as_ref().filter(|echo| echo.at == observation.modified) {
            let sent = |slot: u16| self.base.get(usize::from(slot)).and_then(Option::as_ref);
            return echo.slots.iter().any(|slot| sent(*slot).is_some_and(|sent| other(*slot, sent)));
        }
        let mut slots = 0..observation.slots.len() as u16;
        slots.any(|slot| read(slot).is_some() && self.current(slot) != read(slot))
    }

    /// The slot's difference from its base, if any.
    pub fn dirty_at(&self, slot: u16) -> Option<&Dirty> {
        self.dirty.binary_search_by_key(&slot, |dirty| dirty.slot).ok().map(|at| &self.dirty[at])
    }

    /// The base becomes `value`; what was last seen stays, dirty if it differs.
    pub fn rebase(&mut self, slot: u16, value: Value) {
        let place = self.dirty.binary_search_by_key(&slot, |dirty| dirty.slot);
        match place {
            Ok(at) if self.dirty[at].value == value => drop(self.dirty.remove(at)),
            Ok(_) => {}
            Err(at) => {
                if let Some(old) = self.base[usize::from(slot)].take()
                    && old != value
                {
                    self.dirty.insert(at, Dirty { slot, value: old, since: self.seen });
                }
            }
        }
        self.base[usize::from(slot)] = Some(value);
    }

    /// Rebases several slots, each of which stands once in `values`: what is dirty is gone through once, however many there are.
    pub fn rebase_all<'a>(&mut self, values: impl Iterator<Item = (u16, &'a Value)>) {
        let mut wanted: Vec<Option<&Value>> = vec![None; self.base.len()];
        for (slot, value) in values {
            match wanted.get_mut(usize::from(slot)) {
                Some(place) if self.dirty_at(slot).is_some() => *place = Some(value),
                _ => self.rebase(slot, value.clone()),
            }
        }
        let base = &mut self.base;
        self.dirty.retain_mut(|dirty| {
            let at = usize::from(dirty.slot);
            let Some(value) = wanted.get(at).copied().flatten() else { return true };
            let same = dirty.value == *value;
            base[at] =
                Some(if same { std::mem::replace(&mut dirty.value, Value::Blank) } else { value.clone() });
            !same
        });
    }

    /// What the slot holds now is what both agree on.
    pub fn accept(&mut self, slot: u16) {
        if let Ok(at) = self.dirty.binary_search_by_key(&slot, |dirty| dirty.slot) {
            self.base[usize::from(slot)] = Some(self.dirty.remove(at).value);
        }
    }

    /// What the slot holds was never agreed on.
    pub fn forget_base(&mut self, slot: u16) {
        let Some(value) = self.base.get_mut(usize::from(slot)).and_then(Option::take) else { return };
        if let Err(at) = self.dirty.binary_search_by_key(&slot, |dirty| dirty.slot) {
            self.dirty.insert(at, Dirty { slot, value, since: self.seen });
        }
    }

    /// Takes in whether the record takes part; what is not known stays as it was. True when that is new.
    pub fn judge(&mut self, member: Membership) -> bool {
        let was = self.outside;
        self.outside = match member {
            Membership::Inside => false,
            Membership::Outside => true,
            Membership::Unknown => was,
        };
        was != self.outside
    }

    /// Takes in what was read (I8: never what is older than the newest state seen). `as_of` is the service's clock at a time whose state the reading shows for sure:
    /// when it answered, less what a list may lag.
    ///
    /// A reading that carries exactly the time of our own write is its echo: a known tidying becomes the base; anything else is somebody's change.
    pub fn absorb(
        &mut self,
        observation: &Observation,
        as_of: Instant,
        kind: impl Fn(u16) -> crate::schema::FieldType,
        mutant: Mutant,
    ) -> Absorbed {
        if observation.modified < self.seen && !mutant.is(Mutant::BelieveOlder) {
            return Absorbed::Stale;
        }
        let closed = as_of.second() > observation.modified.second()
            || (self.closed && self.seen == observation.modified);
        let mut changed = false;
        let echo = self.echo.take();
        changed |= echo.is_some() | std::mem::take(&mut self.missing);
        for (slot, read) in observation.slots.iter().enumerate() {
            let Some(read) = read else { continue };
            let slot = slot as u16;
            if self.base[usize::from(slot)].as_ref() == Some(read) {
                if let Ok(at) = self.dirty.binary_search_by_key(&slot, |dirty| dirty.slot) {
                    self.dirty.remove(at);
                    changed = true;
                }
                continue;
            }
            let is_born_without = self.base[usize::from(slot)].is_none()
                && echo.as_ref().is_some_and(|echo| echo.slots.contains(&slot));
            if is_born_without {
                self.dirty.retain(|dirty| dirty.slot != slot);
                self.base[usize::from(slot)] = Some(read.clone());
                changed = true;
                continue;
            }
            let is_echo = echo
                .as_ref()
                .is_some_and(|echo| echo.at == observation.modified && echo.slots.contains(&slot));
            if is_echo
                && let Some(sent) = &self.base[usize::from(slot)]
                && is_tidied(sent, read, &kind(slot))
                && !mutant.is(Mutant::CompareWithSource)
            {
                self.dirty.retain(|dirty| dirty.slot != slot);
                self.base[usize::from(slot)] = Some(read.clone());
                changed = true;
                continue;
            }
            match self.dirty.binary_search_by_key(&slot, |dirty| dirty.slot) {
                Ok(at) if &self.dirty[at].value == read => {}
                Ok(at) => {
                    self.dirty[at] = Dirty { slot, value: read.clone(), since: observation.modified };
                    changed = true;
                }
                Err(at) => {
                    self.dirty.insert(at, Dirty { slot, value: read.clone(), since: observation.modified });
                    changed = true;
                }
            }
        }
        changed |= self.seen != observation.modified;
        changed |= self.judge(observation.member);
        self.doubted &= self.seen == observation.modified;
        self.seen = observation.modified;
        self.closed = closed;
        if changed { Absorbed::Changed } else { Absorbed::Same }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::FieldType;

    fn seen(at: i64, values: &[&str]) -> Observation {
        let slots = values.iter().map(|text| Some(Value::text(text))).collect();
        Observation {
            id: "1".into(),
            modified: Instant::from_seconds(at),
            created: None,
            created_by: None,
            modified_by: None,
            member: Membership::Inside,
            slots,
        }
    }

    fn kind(_: u16) -> FieldType {
        FieldType::Text { max: 100, multiline: false }
    }

    fn absorb(memory: &mut Memory, at: i64, values: &[&str]) -> Absorbed {
        memory.absorb(&seen(at, values), Instant::from_seconds(at + 5), kind, Mutant::None)
    }

    #[test]
    fn an_older_reading_is_ignored() {
        let mut memory = Memory::unknown(1);
        assert_eq!(absorb(&mut memory, 10, &["new"]), Absorbed::Changed);
        assert_eq!(absorb(&mut memory, 9, &["old"]), Absorbed::Stale);
        assert_eq!(memory.current(0), Some(&Value::text("new")));
    }

    #[test]
    fn the_echo_of_our_write_is_nothing() {
        let mut memory = Memory::unknown(1);
        memory.base[0] = Some(Value::text("sent"));
        memory.echo = Some(Echo { at: Instant::from_seconds(10), slots: vec![0] });
        absorb(&mut memory, 10, &["sent"]);
        assert!(memory.dirty.is_empty() && memory.echo.is_none());
    }

    #[test]
    fn tidying_becomes_the_base_and_a_change_does_not() {
        for (read, dirty) in [("SENT ", false), ("other", true)] {
            let mut memory = Memory::unknown(1);
            memory.base[0] = Some(Value::text("sent"));
            memory.echo = Some(Echo { at: Instant::from_seconds(10), slots: vec![0] });
            absorb(&mut memory, 10, &[read]);
            assert_eq!(!memory.dirty.is_empty(), dirty, "{read}");
        }
        let mut memory = Memory::unknown(1);
        memory.base[0] = Some(Value::text("sent"));
        memory.echo = Some(Echo { at: Instant::from_seconds(10), slots: vec![0] });
        absorb(&mut memory, 11, &["SENT"]);
        assert!(!memory.dirty.is_empty(), "a later time is somebody's change, whatever it looks like");
    }

    #[test]
    fn rebasing_all_is_rebasing_each() {
        let texts = ["a", "b", "c"].map(Value::text);
        for code in 0..3_usize.pow(6) {
            let at = |place: u32| code / 3_usize.pow(place) % 3;
            let mut memory = Memory::unknown(3);
            for slot in 0..3_u16 {
                memory.base[usize::from(slot)] =
                    texts.get(at(u32::from(slot))).filter(|_| slot != 2).cloned();
                if at(u32::from(slot) + 3) != 2 {
                    let value = texts[at(u32::from(slot) + 3)].clone();
                    memory.dirty.push(Dirty { slot, value, since: Instant::from_seconds(1) });
                }
            }
            let (mut each, mut all) = (memory.clone(), memory);
            for slot in [0, 2] {
                each.rebase(slot, texts[0].clone());
            }
            all.rebase_all([0, 2].into_iter().map(|slot| (slot, &texts[0])));
            assert_eq!(each, all);
        }
    }
}
