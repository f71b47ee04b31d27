//! The stored form of a link, and what can be told from it without taking it apart.

use super::{Barred, Dirty, Echo, Fate, LinkBody, Memory, Outcome, Restore};
use crate::{
    Instant, Membership, Observation, Side, Sides,
    codec::{Damaged, Reader, SAME, Writer},
};

/// The first byte: the form of everything after it.
const FORM: u8 = 2;

/// What is kept of a side beside its values.
struct Head {
    gone: i64,
    seen: Instant,
    closed: bool,
    echo: Option<Echo>,
    missing: bool,
    doubted: bool,
    outside: bool,
    unjudged: bool,
    /// Of the pair; told with its left side.
    of_load: bool,
}

impl LinkBody {
    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::with_capacity(512);
        out.byte(FORM);
        out.unsigned(u64::from(self.mapping));
        Outcome::encode(self.outcome.as_ref(), &mut out);
        out.signed(self.burst.since.millis());
        out.unsigned(u64::from(self.burst.count));
        out.unsigned(self.burst.recent.len() as u64);
        self.burst.recent.iter().for_each(|digest| out.unsigned(u64::from(*digest)));
        for side in Side::BOTH {
            out.signed(self.gone.get(side).map_or(-1, Instant::millis));
            let memory = self.side(side);
            out.signed(memory.seen.millis());
            let Memory { closed, missing, doubted, outside, unjudged, .. } = *memory;
            let of_load = side == Side::Left && self.of_load;
            let flags = [closed, memory.echo.is_some(), missing, doubted, outside, unjudged, of_load];
            out.byte(flags.iter().enumerate().map(|(bit, flag)| u8::from(*flag) << bit).sum());
            if let Some(echo) = &memory.echo {
                out.signed(echo.at.millis());
                out.unsigned(echo.slots.len() as u64);
                echo.slots.iter().for_each(|slot| out.unsigned(u64::from(*slot)));
            }
            out.unsigned(memory.base.len() as u64);
            for (slot, value) in memory.base.iter().enumerate() {
                let left = self.sides.left.base.get(slot);
                if side == Side::Right && value.is_some() && left == Some(value) {
                    out.byte(SAME);
                } else {
                    out.slot(value.as_ref());
                }
            }
            out.unsigned(memory.dirty.len() as u64);
            for dirty in &memory.dirty {
                out.unsigned(u64::from(dirty.slot));
                out.value(&dirty.value);
                out.signed(dirty.since.millis());
            }
        }
        // Few have any: it stands at the end, and nothing stands there where there is none.
        let let_be = !self.let_be.is_empty();
        let fated = self.fate != Sides::default() || let_be;
        if !self.restore.is_empty() || !self.apart.is_empty() || !self.barred.is_empty() || fated {
            out.unsigned(self.apart.len() as u64);
            self.apart.iter().for_each(|slot| out.unsigned(u64::from(*slot)));
            out.unsigned(self.restore.len() as u64);
            for restore in &self.restore {
                out.byte(restore.side.number() as u8);
                out.unsigned(u64::from(restore.slot));
                out.value(&restore.holds);
                out.value(&restore.back);
                out.text(&restore.by);
            }
        }
        if !self.barred.is_empty() || fated {
            out.unsigned(self.barred.len() as u64);
            self.barred.iter().for_each(|bar| bar.encode(&mut out));
        }
        if fated {
            Side::BOTH.iter().for_each(|side| Fate::encode(self.fate.get(*side).as_ref(), &mut out));
        }
        if let_be {
            out.unsigned(self.let_be.len() as u64);
            self.let_be.iter().for_each(|slot| out.unsigned(u64::from(*slot)));
        }
        out.finish()
    }

    /// Reads the stored form.
    pub fn decode(bytes: &[u8]) -> Result<LinkBody, Damaged> {
        let mut input = Reader::new(bytes);
        let mut body = LinkBody::unknown(version(&mut input)?, 0);
        body.outcome = Outcome::decode(&mut input)?;
        body.burst.since = Instant::from_millis(input.signed()?);
        body.burst.count = input.unsigned()? as u16;
        let count = input.count()?;
        body.burst.recent =
            (0..count).map(|_| input.unsigned().map(|digest| digest as u32)).collect::<Result<_, _>>()?;
        for side in Side::BOTH {
            let Head { gone, seen, closed, echo, missing, doubted, outside, unjudged, of_load } =
                head(&mut input)?;
            body.of_load |= of_load;
            *body.gone.get_mut(side) = (gone >= 0).then(|| Instant::from_millis(gone));
            let memory = Memory { seen, closed, echo, missing, doubted, ..Memory::unknown(0) };
            let mut memory = Memory { outside, unjudged, ..memory };
            let count = input.count()?;
            let mut base = Vec::with_capacity(count);
            for slot in 0..count {
                if side == Side::Right && input.peek() == Some(SAME) {
                    input.byte()?;
                    base.push(body.sides.left.base.get(slot).cloned().ok_or(Damaged)?);
                } else {
                    base.push(input.slot()?);
                }
            }
            memory.base = base.into();
            let count = input.count()?;
            for _ in 0..count {
                let (slot, value) = (input.unsigned()? as u16, input.value()?);
                memory.dirty.push(Dirty { slot, value, since: Instant::from_millis(input.signed()?) });
            }
            *body.sides.get_mut(side) = memory;
        }
        if !input.is_empty() {
            let count = input.count()?;
            body.apart = slots(&mut input, count)?;
            let count = input.count()?;
            body.restore = (0..count).map(|_| restore(&mut input)).collect::<Result<_, _>>()?;
        }
        if !input.is_empty() {
            let count = input.count()?;
            body.barred = (0..count).map(|_| Barred::decode(&mut input)).collect::<Result<_, _>>()?;
        }
        if !input.is_empty() {
            body.fate = Sides { left: Fate::decode(&mut input)?, right: Fate::decode(&mut input)? };
        }
        if !input.is_empty() {
            let count = input.count()?;
            body.let_be = slots(&mut input, count)?;
        }
        if input.is_empty() { Ok(body) } else { Err(Damaged) }
    }

    /// True when a reading of `side` tells exactly what this stored link of mapping version `mapping` knows: [`LinkBody::absorb`] would change nothing worth keeping,
    /// but that our own write was read back. Most of what is read back or compared is of this kind, so nothing is built up for it.
    pub fn says_the_same(
        bytes: &[u8],
        mapping: u32,
        side: Side,
        observation: &Observation,
    ) -> Result<bool, Damaged> {
        let mut input = Reader::new(bytes);
        if version(&mut input)? != mapping {
            return Ok(false);
        }
        Outcome::skip(&mut input)?;
        input.signed()?;
        input.unsigned()?;
        for _ in 0..input.count()? {
            input.unsigned()?;
        }
        let is_quiet = |head: &Head| {
            let echo = head.echo.as_ref().is_none_or(|echo| echo.at == observation.modified);
            let member = match observation.member {
                Membership::Inside => !head.outside,
                Membership::Outside => head.outside,
                Membership::Unknown => true,
            };
            head.gone < 0
                && head.seen == observation.modified
                && echo
                && member
                && !head.missing
                && !head.doubted
                && !head.unjudged
        };
        let left = head(&mut input)?;
        if side == Side::Left && !is_quiet(&left) {
            return Ok(false);
        }
        let slots = &observation.slots;
        if input.count()? != slots.len() {
            return Ok(false);
        }
        let mut as_left = Vec::with_capacity(slots.len());
        for slot in slots {
            as_left.push(input.slot_is(slot.as_ref())? || (side == Side::Left && slot.is_none()));
        }
        if side == Side::Left {
            return Ok(input.count()? == 0 && !as_left.contains(&false));
        }
        for _ in 0..input.count()? {
            input.unsigned()?;
            input.value()?;
            input.signed()?;
        }
        if !is_quiet(&head(&mut input)?) || input.count()? != slots.len() {
            return Ok(false);
        }
        for (slot, as_left) in slots.iter().zip(as_left) {
            let same = if input.peek() == Some(SAME) {
                input.byte()?;
                as_left
            } else {
                input.slot_is(slot.as_ref())?
            };
            if !same && slot.is_some() {
                return Ok(false);
            }
        }
        Ok(input.count()? == 0)
    }
}

impl Outcome {
    /// Adds the stored form: a zero where there is none.
    pub fn encode(outcome: Option<&Outcome>, out: &mut Writer) {
        let Some(Outcome { run, at, code }) = outcome else { return out.unsigned(0) };
        out.unsigned(u64::from(*run) + 1);
        out.signed(at.millis());
        out.text(code);
    }

    /// Reads the stored form.
    pub fn decode(input: &mut Reader<'_>) -> Result<Option<Outcome>, Damaged> {
        let Some(run) = (input.unsigned()? as u32).checked_sub(1) else { return Ok(None) };
        let at = Instant::from_millis(input.signed()?);
        Ok(Some(Outcome { run, at, code: input.text()?.into() }))
    }

    fn skip(input: &mut Reader<'_>) -> Result<(), Damaged> {
        if input.unsigned()? > 0 {
            input.signed()?;
            input.text()?;
        }
        Ok(())
    }
}

impl Barred {
    /// Adds the stored form.
    pub fn encode(&self, out: &mut Writer) {
        out.byte(self.side.number() as u8);
        out.unsigned(u64::from(self.slot));
        out.unsigned(self.digest);
        out.text(&self.code);
        out.text(&self.details);
    }

    /// Reads the stored form.
    pub fn decode(input: &mut Reader<'_>) -> Result<Barred, Damaged> {
        Ok(Barred {
            side: Side::from_number(i64::from(input.byte()?)),
            slot: input.unsigned()? as u16,
            digest: input.unsigned()?,
            code: input.text()?.into(),
            details: input.text()?.into(),
        })
    }
}

fn version(input: &mut Reader<'_>) -> Result<u32, Damaged> {
    if input.byte()? == FORM { Ok(input.unsigned()? as u32) } else { Err(Damaged) }
}

fn slots(input: &mut Reader<'_>, count: usize) -> Result<Vec<u16>, Damaged> {
    (0..count).map(|_| input.unsigned().map(|slot| slot as u16)).collect()
}

fn restore(input: &mut Reader<'_>) -> Result<Restore, Damaged> {
    Ok(Restore {
        side: Side::from_number(i64::from(input.byte()?)),
        slot: input.unsigned()? as u16,
        holds: input.value()?,
        back: input.value()?,
        by: input.text()?.into(),
    })
}

fn head(input: &mut Reader<'_>) -> Result<Head, Damaged> {
    let gone = input.signed()?;
    let seen = Instant::from_millis(input.signed()?);
    let flags = input.byte()?;
    let echo = if flags & 2 == 0 {
        None
    } else {
        let at = Instant::from_millis(input.signed()?);
        let count = input.count()?;
        Some(Echo { at, slots: slots(input, count)? })
    };
    let flag = |bit: u8| flags & bit != 0;
    let (closed, missing, doubted) = (flag(1), flag(4), flag(8));
    let (outside, unjudged, of_load) = (flag(16), flag(32), flag(64));
    Ok(Head { gone, seen, closed, echo, missing, doubted, outside, unjudged, of_load })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Value,
        codec::tests::any_value,
        link::{Absorbed, Successor},
        mutant::Mutant,
        schema::FieldType,
    };
    use proptest::prelude::*;

    fn text(_: u16) -> FieldType {
        FieldType::Text { max: 100, multiline: false }
    }

    fn seen(at: i64, slots: Vec<Option<Value>>) -> Observation {
        let modified = Instant::from_seconds(at);
        Observation {
            id: "1".into(),
            modified,
            created: None,
            created_by: None,
            modified_by: None,
            member: Membership::Inside,
            slots: slots.into(),
        }
    }

    #[test]
    fn the_stored_form_comes_back() {
        let mut body = LinkBody::unknown(3, 2);
        for side in Side::BOTH {
            let memory = body.sides.get_mut(side);
            memory.base[0] = Some(Value::text("same"));
            let read = seen(10, vec![Some(Value::text("same")), Some(Value::text("x"))]);
            memory.absorb(&read, Instant::from_seconds(15), text, Mutant::None);
        }
        body.sides.right.echo = Some(Echo { at: Instant::from_seconds(4), slots: vec![1] });
        body.gone.left = Some(Instant::from_seconds(5));
        assert_eq!(LinkBody::decode(&body.encode()), Ok(body.clone()));
        body.of_load = true;
        assert_eq!(LinkBody::decode(&body.encode()), Ok(body.clone()));
        body.let_be = vec![0];
        assert_eq!(LinkBody::decode(&body.encode()), Ok(body.clone()));
        body.apart = vec![1];
        assert_eq!(LinkBody::decode(&body.encode()), Ok(body.clone()));
        let (holds, back, by) = (Value::text("x"), Value::Blank, "ann".into());
        body.restore = vec![Restore { side: Side::Right, slot: 1, holds, back, by }];
        assert_eq!(LinkBody::decode(&body.encode()), Ok(body.clone()));
        let (digest, details) = (Barred::digest(&Value::text("x")), "{}".into());
        body.barred =
            vec![Barred { side: Side::Left, slot: 1, digest, code: "value.refused".into(), details }];
        assert_eq!(LinkBody::decode(&body.encode()), Ok(body.clone()));
        (body.apart, body.restore) = (Vec::new(), Vec::new());
        assert_eq!(LinkBody::decode(&body.encode()), Ok(body.clone()));
        let became = |module: &str| Successor { module: module.into(), id: "7".into() };
        for fate in [
            Fate::Deleted,
            Fate::Merged(became("Contacts")),
            Fate::Converted(vec![became("Contacts"), became("Deals")]),
            Fate::Converted(Vec::new()),
        ] {
            body.fate.right = Some(fate);
            assert_eq!(LinkBody::decode(&body.encode()), Ok(body.clone()));
        }
        body.barred.clear();
        assert_eq!(LinkBody::decode(&body.encode()), Ok(body.clone()));
        body.outcome = Some(Outcome { run: 0, at: Instant::from_seconds(6), code: "added.right".into() });
        assert_eq!(LinkBody::decode(&body.encode()), Ok(body));
    }

    type Slot = Option<Value>;

    fn any_slots() -> impl Strategy<Value = Vec<(Slot, Slot)>> {
        let slot = || proptest::option::weighted(0.9, any_value());
        let pair = prop_oneof![2 => slot().prop_map(|slot| (slot.clone(), slot)), 1 => (slot(), slot())];
        proptest::collection::vec(pair, 1..6)
    }

    proptest! {
        /// The short cut never differs from the long way, for readings that are equal, nearly equal or of another time.
        #[test]
        fn what_says_the_same_absorbs_as_the_same(
            slots in any_slots(),
            state in (0u8..16, 0u8..16, 9i64..11),
            (change, hide, right) in (proptest::option::of(0usize..6), proptest::option::of(0usize..6), any::<bool>()),
        ) {
            let mut body = LinkBody::unknown(3, slots.len());
            let side = if right { Side::Right } else { Side::Left };
            for (at, (left, right)) in slots.iter().enumerate() {
                body.sides.left.base[at] = left.clone();
                body.sides.right.base[at] = right.clone();
            }
            let outcome = Outcome { run: 3, at: Instant::from_seconds(9), code: "added.right".into() };
            body.outcome = right.then_some(outcome);
            let (marks, others, at) = state;
            for (marked, marks) in [(side, marks), (side.other(), others)] {
                let memory = body.sides.get_mut(marked);
                memory.seen = Instant::from_seconds(10);
                memory.closed = true;
                memory.missing = marks == 1;
                memory.doubted = marks == 2;
                memory.echo = (marks == 3).then(|| Echo { at: Instant::from_seconds(10), slots: vec![0] });
                if marks == 4 {
                    let since = Instant::from_seconds(9);
                    memory.dirty.push(Dirty { slot: 0, value: Value::text("dirty"), since });
                }
                *body.gone.get_mut(marked) = (marks == 5).then(|| Instant::from_seconds(10));
            }
            let mut read: Vec<Slot> = body.side(side).base.to_vec();
            if let Some(slot) = change.and_then(|at| read.get_mut(at)) {
                *slot = Some(Value::text("changed"));
            }
            if let Some(slot) = hide.and_then(|at| read.get_mut(at)) {
                *slot = None;
            }
            let read = seen(at, read);
            let same = LinkBody::says_the_same(&body.encode(), 3, side, &read).unwrap();
            let mut absorbing = body.clone();
            let memory = absorbing.sides.get_mut(side);
            let absorbed = memory.absorb(&read, Instant::from_seconds(20), text, Mutant::None);
            let echoed = body.sides.get_mut(side).echo.take().is_some();
            if same {
                prop_assert_eq!(absorbed == Absorbed::Changed, echoed);
                prop_assert_eq!(&absorbing, &body);
            }
            // Nothing that is quiet goes the long way.
            let quiet = body.gone.get(side).is_none() && !body.side(side).doubted && body.side(side).dirty.is_empty();
            if quiet && absorbed != Absorbed::Stale && absorbing == body {
                prop_assert!(same);
            }
            prop_assert_eq!(LinkBody::says_the_same(&body.encode(), 4, side, &read), Ok(false));
        }
    }

    #[test]
    fn that_a_record_must_be_judged_is_stored_and_makes_its_next_reading_news() {
        let mut body = LinkBody::unknown(3, 1);
        for side in Side::BOTH {
            body.sides.get_mut(side).base[0] = Some(Value::text("a"));
            body.sides.get_mut(side).seen = Instant::from_seconds(10);
            body.sides.get_mut(side).closed = true;
        }
        let read = seen(10, vec![Some(Value::text("a"))]);
        assert_eq!(LinkBody::says_the_same(&body.encode(), 3, Side::Left, &read), Ok(true));
        body.sides.left.unjudged = true;
        assert_eq!(LinkBody::decode(&body.encode()).unwrap(), body);
        assert_eq!(LinkBody::says_the_same(&body.encode(), 3, Side::Left, &read), Ok(false));
    }
}
