//! The compact binary form of values in the store: one tag byte, then the content; lengths and numbers as variable-length integers.

use crate::{Instant, RemoteId, Value, value::UserRef};
use compact_str::CompactString;
use rust_decimal::Decimal;

/// Bytes that are not what this program wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stored bytes are damaged or of a newer version")]
pub struct Damaged;

const NOT_KNOWN: u8 = 0;
const BLANK: u8 = 1;
const TEXT: u8 = 2;
const NUMBER: u8 = 3;
const FALSE: u8 = 4;
const TRUE: u8 = 5;
const DATE: u8 = 6;
const SECONDS: u8 = 7;
const MILLIS: u8 = 8;
const SET: u8 = 9;
const RECORD: u8 = 10;
const USER: u8 = 11;
const ROWS: u8 = 12;
/// Equal to the value at the same place of the left base (only in right bases).
pub(crate) const SAME: u8 = 13;

/// Writes the binary form.
#[derive(Default, Debug)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// With room for about `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Writer {
        Writer { bytes: Vec::with_capacity(capacity) }
    }

    /// What was written.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// An unsigned number, seven bits a byte.
    pub fn unsigned(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// A signed number, zigzag.
    pub fn signed(&mut self, number: i64) {
        self.unsigned(((number << 1) ^ (number >> 63)) as u64);
    }

    /// A text with its length.
    pub fn text(&mut self, text: &str) {
        self.unsigned(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// A value, or that it is not known.
    pub fn slot(&mut self, slot: Option<&Value>) {
        match slot {
            None => self.byte(NOT_KNOWN),
            Some(value) => self.value(value),
        }
    }

    /// A value.
    pub fn value(&mut self, value: &Value) {
        match value {
            Value::Blank => self.byte(BLANK),
            Value::Text(text) => {
                self.byte(TEXT);
                self.text(text);
            }
            Value::Number(number) => {
                self.byte(NUMBER);
                let number = number.normalize();
                self.byte(number.scale() as u8);
                let mantissa = number.mantissa();
                let zigzag = ((mantissa << 1) ^ (mantissa >> 127)) as u128;
                self.unsigned((zigzag >> 63) as u64);
                self.unsigned((zigzag & ((1 << 63) - 1)) as u64);
            }
            Value::Bool(false) => self.byte(FALSE),
            Value::Bool(true) => self.byte(TRUE),
            Value::Date(date) => {
                self.byte(DATE);
                self.signed(
                    i64::from(date.year()) * 512 + i64::from(date.month()) * 32 + i64::from(date.day()),
                );
            }
            Value::Instant(at) if at.millis() % 1000 == 0 => {
                self.byte(SECONDS);
                self.signed(at.second());
            }
            Value::Instant(at) => {
                self.byte(MILLIS);
                self.signed(at.millis());
            }
            Value::Set(items) => {
                self.byte(SET);
                self.unsigned(items.len() as u64);
                items.iter().for_each(|item| self.text(item));
            }
            Value::Record(id) => {
                self.byte(RECORD);
                self.text(id.as_str());
            }
            Value::User(user) => {
                self.byte(USER);
                self.text(user.id.as_str());
                self.text(user.email.as_deref().unwrap_or(""));
            }
            Value::Rows(rows) => {
                self.byte(ROWS);
                self.unsigned(rows.len() as u64);
                for row in rows {
                    self.unsigned(row.len() as u64);
                    row.iter().for_each(|cell| self.value(cell));
                }
            }
        }
    }
}

/// Reads the binary form.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Over these bytes.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes }
    }

    /// True when everything was read.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8, Damaged> {
        let (first, rest) = self.bytes.split_first().ok_or(Damaged)?;
        self.bytes = rest;
        Ok(*first)
    }

    /// The next byte, left in place.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.first().copied()
    }

    /// An unsigned number.
    pub fn unsigned(&mut self) -> Result<u64, Damaged> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Damaged)
    }

    /// A signed number.
    pub fn signed(&mut self) -> Result<i64, Damaged> {
        let number = self.unsigned()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// A count of things that take at least one byte each.
    pub fn count(&mut self) -> Result<usize, Damaged> {
        let count = self.unsigned()? as usize;
        if count > self.bytes.len() { Err(Damaged) } else { Ok(count) }
    }

    /// A text.
    pub fn text(&mut self) -> Result<&'a str, Damaged> {
        let length = self.count()?;
        let (text, rest) = self.bytes.split_at(length);
        self.bytes = rest;
        std::str::from_utf8(text).map_err(|_| Damaged)
    }

    /// A value, or that it is not known.
    pub fn slot(&mut self) -> Result<Option<Value>, Damaged> {
        let value = match self.byte()? {
            NOT_KNOWN => return Ok(None),
            BLANK => Value::Blank,
            TEXT => Value::Text(CompactString::new(self.text()?)),
            NUMBER => {
                let scale = u32::from(self.byte()?);
                let zigzag = u128::from(self.unsigned()?) << 63 | u128::from(self.unsigned()?);
                let mantissa = (zigzag >> 1) as i128 ^ -((zigzag & 1) as i128);
                Value::Number(Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| Damaged)?)
            }
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            DATE => {
                let packed = self.signed()?;
                let year = i16::try_from(packed.div_euclid(512)).map_err(|_| Damaged)?;
                let (month, day) = (packed.rem_euclid(512) / 32, packed.rem_euclid(32));
                Value::Date(jiff::civil::Date::new(year, month as i8, day as i8).map_err(|_| Damaged)?)
            }
            SECONDS => {
                Value::Instant(Instant::from_millis(self.signed()?.checked_mul(1_000).ok_or(Damaged)?))
            }
            MILLIS => Value::Instant(Instant::from_millis(self.signed()?)),
            SET => {
                let count = self.count()?;
                Value::Set((0..count).map(|_| self.text().map(CompactString::new)).collect::<Result<_, _>>()?)
            }
            RECORD => Value::Record(RemoteId::new(self.text()?)),
            USER => {
                let id = RemoteId::new(self.text()?);
                let email = self.text()?;
                Value::User(Box::new(UserRef {
                    id,
                    email: (!email.is_empty()).then(|| CompactString::new(email)),
                }))
            }
            ROWS => {
                let count = self.count()?;
                let mut rows = Vec::with_capacity(count);
                for _ in 0..count {
                    let cells = self.count()?;
                    rows.push((0..cells).map(|_| self.value()).collect::<Result<Box<[Value]>, _>>()?);
                }
                Value::Rows(rows.into())
            }
            _ => return Err(Damaged),
        };
        Ok(Some(value))
    }

    /// A value.
    pub fn value(&mut self) -> Result<Value, Damaged> {
        self.slot()?.ok_or(Damaged)
    }

    /// Reads a slot and tells whether it holds `value`: texts, which most values are, are compared where they stand.
    pub(crate) fn slot_is(&mut self, value: Option<&Value>) -> Result<bool, Damaged> {
        match self.peek() {
            Some(TEXT) => {
                self.byte()?;
                let length = self.count()?;
                let (text, rest) = self.bytes.split_at(length);
                self.bytes = rest;
                Ok(matches!(value, Some(Value::Text(other)) if other.as_bytes() == text))
            }
            _ => Ok(self.slot()?.as_ref() == value),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Any value but rows within rows.
    pub(crate) fn any_value() -> impl Strategy<Value = Value> {
        let flat = prop_oneof![
            Just(Value::Blank),
            ".{1,40}".prop_map(Value::text),
            (any::<i64>(), 0u32..9).prop_map(|(m, s)| Value::Number(Decimal::new(m, s).normalize())),
            any::<bool>().prop_map(Value::Bool),
            (-9000i16..9000, 1i8..13, 1i8..29).prop_map(|(y, m, d)| Value::Date(jiff::civil::date(y, m, d))),
            (-4_000_000_000_000i64..4_000_000_000_000)
                .prop_map(|ms| Value::Instant(Instant::from_millis(ms))),
            proptest::collection::vec("[a-zあ-ん]{1,9}", 0..5).prop_map(Value::set),
            "[0-9]{1,19}".prop_map(|id| Value::Record(RemoteId::new(id))),
            ("[0-9]{1,19}", proptest::option::of("[a-z]{1,8}@example\\.com")).prop_map(|(id, email)| {
                Value::User(Box::new(UserRef {
                    id: RemoteId::new(id),
                    email: email.map(CompactString::from),
                }))
            }),
        ];
        let rows = proptest::collection::vec(proptest::collection::vec(flat.clone(), 1..4), 1..4)
            .prop_map(|rows| Value::Rows(rows.into_iter().map(Vec::into_boxed_slice).collect()));
        prop_oneof![9 => flat, 1 => rows]
    }

    proptest! {
        #[test]
        fn every_value_comes_back(slots in proptest::collection::vec(proptest::option::of(any_value()), 0..12)) {
            let mut writer = Writer::default();
            slots.iter().for_each(|slot| writer.slot(slot.as_ref()));
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            for slot in &slots {
                prop_assert_eq!(&reader.slot().unwrap(), slot);
            }
            prop_assert!(reader.is_empty());
        }

        #[test]
        fn a_slot_is_what_was_written_and_nothing_else(
            slots in proptest::collection::vec(proptest::option::of(any_value()), 2..9),
        ) {
            let mut writer = Writer::default();
            slots.iter().for_each(|slot| writer.slot(slot.as_ref()));
            let bytes = writer.finish();
            for other in &slots {
                let mut reader = Reader::new(&bytes);
                for slot in &slots {
                    prop_assert_eq!(reader.slot_is(other.as_ref()), Ok(slot == other));
                }
                prop_assert!(reader.is_empty());
            }
        }

        #[test]
        fn garbage_is_refused_not_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let mut reader = Reader::new(&bytes);
            while !reader.is_empty() {
                if reader.slot().is_err() { break; }
            }
        }
    }

    #[test]
    fn seconds_beyond_all_time_are_damage() {
        let largest = i64::MAX / 1_000;
        for seconds in [largest, -largest, largest + 1, -largest - 1, i64::MAX, i64::MIN] {
            let mut writer = Writer::default();
            writer.byte(SECONDS);
            writer.signed(seconds);
            let read = Reader::new(&writer.finish()).value();
            assert_eq!(read.is_ok(), seconds.abs_diff(0) <= largest as u64, "{seconds}: {read:?}");
        }
    }

    #[test]
    fn the_largest_decimals_come_back() {
        for number in [Decimal::MAX, Decimal::MIN, Decimal::ZERO] {
            let mut writer = Writer::default();
            writer.value(&Value::Number(number));
            assert_eq!(Reader::new(&writer.finish()).value(), Ok(Value::Number(number)));
        }
    }
}
