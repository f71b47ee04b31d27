//! Steps through JSON text without building anything: pages are the bulk of all bytes that are read, and most of a page is keys and values that are only passed
//! over or taken as they stand.

use memchr::memchr2;

/// Objects and lists within one another, at most.
const DEPTH: u32 = 60;

/// What is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The text ends in the midst of something.
    End,
    /// Something else stands there.
    Wrong,
}

/// A value as it stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Raw<'t> {
    /// The inside of a string that holds no escapes.
    Plain(&'t str),
    /// Anything else, a string with its quotes.
    Json(&'t str),
}

/// A place in the text.
pub(crate) struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scan<'t> {
    pub(crate) fn new(text: &'t str) -> Scan<'t> {
        Scan { text, at: 0 }
    }

    /// Where it is: line and column, from 1.
    pub(crate) fn place(&self) -> (usize, usize) {
        let before = &self.text.as_bytes()[..self.at.min(self.text.len())];
        let line = before.iter().filter(|byte| **byte == b'\n').count();
        let begin = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        (line + 1, before.len() - begin + 1)
    }

    /// The next byte that is not blank; it is not stepped over.
    pub(crate) fn peek(&mut self) -> Result<u8, Fault> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Ok(*byte);
            }
            self.at += 1;
        }
        Err(Fault::End)
    }

    /// Steps over this byte.
    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.peek()? != byte {
            return Err(Fault::Wrong);
        }
        self.at += 1;
        Ok(())
    }

    /// Only blanks are left.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Err(Fault::End) => Ok(()),
            _ => Err(Fault::Wrong),
        }
    }

    /// Before the first entry of an object or list (`open` was just stepped over) or between two: false, and stepped over, at its end.
    pub(crate) fn more(&mut self, first: bool, close: u8) -> Result<bool, Fault> {
        match self.peek()? {
            byte if byte == close => {
                self.at += 1;
                Ok(false)
            }
            _ if first => Ok(true),
            b',' => {
                self.at += 1;
                // `{"a":1,}` is not JSON.
                if self.peek()? == close { Err(Fault::Wrong) } else { Ok(true) }
            }
            _ => Err(Fault::Wrong),
        }
    }

    /// A key and its colon. A key with escapes is none that anybody asks for.
    pub(crate) fn key(&mut self) -> Result<&'t str, Fault> {
        if self.peek()? != b'"' {
            return Err(Fault::Wrong);
        }
        let key = match self.string()? {
            Raw::Plain(key) | Raw::Json(key) => key,
        };
        self.expect(b':')?;
        Ok(key)
    }

    /// Any value.
    pub(crate) fn value(&mut self) -> Result<Raw<'t>, Fault> {
        let begin = match self.peek()? {
            b'"' => return self.string(),
            b'{' | b'[' => {
                let begin = self.at;
                self.nested()?;
                begin
            }
            _ => {
                let begin = self.at;
                self.word()?;
                begin
            }
        };
        Ok(Raw::Json(&self.text[begin..self.at]))
    }

    fn string(&mut self) -> Result<Raw<'t>, Fault> {
        let bytes = self.text.as_bytes();
        let begin = self.at + 1;
        let mut at = begin;
        let mut plain = true;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(found) = memchr2(b'"', b'\\', rest) else {
                self.at = self.text.len();
                return Err(Fault::End);
            };
            at += found;
            if bytes[at] == b'"' {
                break;
            }
            plain = false;
            at += 2;
        }
        self.at = at + 1;
        Ok(if plain { Raw::Plain(&self.text[begin..at]) } else { Raw::Json(&self.text[begin - 1..=at]) })
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Result<(), Fault> {
        let rest = &self.text.as_bytes()[self.at..];
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let length = rest.iter().position(|byte| !word(byte)).unwrap_or(rest.len());
        let known = match rest[..length].first() {
            Some(b'-' | b'0'..=b'9') => true,
            _ => matches!(&rest[..length], b"true" | b"false" | b"null"),
        };
        if !known {
            return Err(if length == rest.len() { Fault::End } else { Fault::Wrong });
        }
        self.at += length;
        Ok(())
    }

    /// An object or a list as a whole.
    fn nested(&mut self) -> Result<(), Fault> {
        // One bit for each that is open: set for an object.
        let (mut open, mut depth) = (0u64, 0u32);
        loop {
            let byte = self.peek()?;
            match byte {
                b'{' | b'[' => {
                    if depth == DEPTH {
                        return Err(Fault::Wrong);
                    }
                    open = open << 1 | u64::from(byte == b'{');
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    if open & 1 != u64::from(byte == b'}') {
                        return Err(Fault::Wrong);
                    }
                    open >>= 1;
                    depth -= 1;
                    self.at += 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                b',' | b':' => self.at += 1,
                b'"' => drop(self.string()?),
                _ => self.word()?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Result<Raw<'_>, Fault> {
        let mut scan = Scan::new(text);
        let value = scan.value()?;
        scan.end()?;
        Ok(value)
    }

    #[test]
    fn values_are_taken_as_they_stand() {
        for text in ["1.10", "-3e5", "true", "null", "[]", r#"{"a":[1,{"b":"}"}]}"#, r#""a\"b""#] {
            assert_eq!(all(&format!(" {text} ")), Ok(Raw::Json(text)));
        }
        assert_eq!(all(r#""結び""#), Ok(Raw::Plain("結び")));
        assert_eq!(all(r#""""#), Ok(Raw::Plain("")));
    }

    #[test]
    fn what_is_no_value_is_told() {
        for text in ["", " ", "\"", "\"a\\", "\"a\\\"", "[1", "{\"a\":", "nul"] {
            assert_eq!(all(text), Err(Fault::End), "{text}");
        }
        for text in ["]", "[}", "{\"a\":1]", "nix ", "1 2", "<html>", "[1]x", &"[".repeat(100)] {
            assert_eq!(all(text), Err(Fault::Wrong), "{text}");
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_json_value_is_one(value in json(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            let same = match all(&text) {
                Ok(Raw::Plain(inside)) => value.as_str() == Some(inside),
                Ok(Raw::Json(raw)) => raw == text,
                Err(_) => false,
            };
            prop_assert!(same, "{text}");
        }

        #[test]
        fn no_text_is_a_panic(text in ".*") {
            let _ = all(&text);
        }
    }
}
