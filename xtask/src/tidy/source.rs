//! Reading Rust source without a compiler: which bytes are code, which lines are tests.

use std::ops::Range;

/// A Rust file seen two ways.
pub struct Source {
    /// The text with comments, strings and character literals blanked; positions and lines unchanged.
    pub code: String,
    tests: Vec<Range<usize>>,
}

impl Source {
    /// Reads a text.
    pub fn of(text: &str) -> Source {
        let code = blank(text);
        let tests = test_ranges(&code);
        Source { code, tests }
    }

    /// Whether the byte at a position belongs to a part that is only built for tests.
    pub fn is_test(&self, position: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&position))
    }

    /// The names of the modules in other files (`mod name;`) that are only built for tests.
    pub fn test_modules(&self) -> Vec<&str> {
        let declared = self.tests.iter().filter_map(|range| {
            let name = self.code[range.clone()].rsplit_once("mod ")?.1.trim_end().strip_suffix(';')?.trim();
            name.chars().all(|c| c.is_alphanumeric() || c == '_').then_some(name)
        });
        declared.collect()
    }

    /// How many lines are not tests.
    pub fn lines_outside_tests(&self) -> usize {
        let mut position = 0;
        let mut count = 0;
        for line in self.code.split_inclusive('\n') {
            if !self.is_test(position) {
                count += 1;
            }
            position += line.len();
        }
        count
    }
}

/// The line number, from 1, of a position.
pub fn line_of(text: &str, position: usize) -> usize {
    1 + text.as_bytes().iter().take(position).filter(|byte| **byte == b'\n').count()
}

/// The text with everything that is not code replaced by spaces; line ends stay.
fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match skip(bytes, at) {
            Some(end) => end,
            None => {
                at += 1;
                continue;
            }
        };
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    String::from_utf8(out).expect("whole characters outside code are blanked, the rest is unchanged")
}

/// Where the comment, string or character that starts here ends; nothing if code starts here.
fn skip(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        return Some(at + rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()));
    }
    if rest.starts_with(b"/*") {
        return Some(at + block_comment(rest));
    }
    match rest[0] {
        b'"' => Some(at + 1 + quoted(&rest[1..], b'"')),
        b'\'' => character(rest).map(|length| at + length),
        b'r' if starts_word(bytes, at) => raw_string(rest).map(|length| at + length),
        _ => None,
    }
}

/// Whether the `r` here can start a raw string: alone, or after the `b` or `c` of a byte or C string.
fn starts_word(bytes: &[u8], at: usize) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match at.checked_sub(1).map(|before| bytes[before]) {
        None => true,
        Some(b'b' | b'c') => at.checked_sub(2).is_none_or(|before| !word(bytes[before])),
        Some(byte) => !word(byte),
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at.min(rest.len())
}

/// The length up to and with the closing mark, a backslash taking the next byte with it.
fn quoted(rest: &[u8], mark: u8) -> usize {
    let mut at = 0;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == mark => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of a character literal; nothing for a lifetime.
fn character(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return Some((1 + quoted(&rest[1..], b'\'')).min(rest.len()));
    }
    let width = match rest.get(1)? {
        0..=0x7f => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    };
    (rest.get(1 + width) == Some(&b'\'')).then_some(width + 2)
}

fn raw_string(rest: &[u8]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|b| **b == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return None;
    }
    let mut close = vec![b'"'];
    close.extend(std::iter::repeat_n(b'#', hashes));
    let start = hashes + 2;
    let end = rest[start..].windows(close.len()).position(|window| window == close);
    Some(end.map_or(rest.len(), |end| start + end + close.len()))
}

/// The parts under `#[cfg(test)]` or a condition that names `test`, from the start of the attribute's line.
fn test_ranges(code: &str) -> Vec<Range<usize>> {
    if code.contains("#![cfg(test)]") {
        return std::iter::once(0..code.len()).collect();
    }
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (at, _) in code.match_indices("#[cfg(") {
        if ranges.last().is_some_and(|range| range.contains(&at)) {
            continue;
        }
        let attribute = at + closing(&code[at..], b'[', b']');
        let condition = &code[at..attribute];
        let names_test =
            condition.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "test");
        if names_test && !condition.contains("not(test") {
            let start = code[..at].rfind('\n').map_or(0, |end| end + 1);
            ranges.push(start..item_end(code, attribute));
        }
    }
    ranges
}

/// Where the item after an attribute ends: at its `;`, or at the brace that closes its body, with the line end.
fn item_end(code: &str, from: usize) -> usize {
    let bytes = code.as_bytes();
    let (mut at, mut depth) = (from, 0i32);
    while at < bytes.len() {
        match bytes[at] {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b';' | b',' if depth == 0 => break,
            b'{' if depth == 0 => {
                at += closing(&code[at..], b'{', b'}') - 1;
                break;
            }
            _ => {}
        }
        at += 1;
    }
    code[at.min(code.len())..].find('\n').map_or(code.len(), |end| at + end + 1)
}

/// The length up to and with the bracket that closes the first one.
fn closing(code: &str, open: u8, close: u8) -> usize {
    let mut depth = 0;
    for (at, byte) in code.bytes().enumerate() {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_code(text: &str, gone: &[&str], kept: &[&str]) {
        let source = Source::of(text);
        assert_eq!(source.code.len(), text.len());
        assert_eq!(source.code.matches('\n').count(), text.matches('\n').count());
        for word in gone {
            assert!(!source.code.contains(word), "{word} should be blanked in {:?}", source.code);
        }
        for word in kept {
            assert!(source.code.contains(word), "{word} should stay in {:?}", source.code);
        }
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        check_code("let a = 1; // secret\nlet b;", &["secret"], &["let a", "let b"]);
        check_code("/* one /* two */ three */ let b;", &["one", "two", "three"], &["let b"]);
        check_code(r#"let a = "in \" side"; let b;"#, &["in", "side"], &["let a", "let b"]);
        check_code("let a = br#\"in \" side\"#; let b;", &["in", "side"], &["let a", "let b"]);
        check_code("let r#type = 結; // 結び", &["結び"], &["r#type", "結;"]);
    }

    #[test]
    fn a_lifetime_is_code_and_a_character_is_not() {
        check_code("fn f<'a>(x: &'a str) { g('{', '\\'', '結', b'}') }", &["結", "'{'"], &["'a>", "&'a str"]);
    }

    fn check_lines(text: &str, expect: usize) {
        assert_eq!(Source::of(text).lines_outside_tests(), expect, "{text}");
    }

    #[test]
    fn tests_are_not_counted() {
        check_lines("fn a() {}\n\n#[cfg(test)]\nmod tests {\n    const X: &str = r\"\n}\n\";\n}\n", 2);
        check_lines("#[cfg(test)]\nmod tests;\nfn a() {}\n", 1);
        check_lines("#[cfg(all(test, unix))]\n#[expect(x)]\nfn a(b: [u8; 2]) {\n}\nfn c() {}\n", 1);
        check_lines("#[cfg(not(test))]\nfn a() {\n}\n", 3);
        check_lines("#[cfg(feature = \"x\")]\nfn test() {}\n", 2);
        check_lines("struct A {\n    #[cfg(test)]\n    probe: u8,\n    b: u8,\n}\n", 3);
        check_lines("#![cfg(test)]\nfn a() {}\n", 0);
    }
}
