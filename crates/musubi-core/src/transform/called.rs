//! Which functions a script calls, by its text alone: what runs only for some values is found as well.

/// Words of the language, and functions that it has by itself, that stand before a bracket.
const WORDS: [&str; 16] = [
    "if",
    "else",
    "switch",
    "return",
    "throw",
    "in",
    "let",
    "const",
    "try",
    "catch",
    "type_of",
    "is_def_var",
    "Fn",
    "call",
    "curry",
    "this",
];

/// The first function called that is none of `known`.
pub(super) fn unknown(script: &str, known: &[&str]) -> Option<String> {
    let letters: Vec<char> = script.chars().collect();
    let mut at = 0;
    scan(&letters, &mut at, known, None)
}

/// Reads on to the end, or to the closing bracket of what stands inside a text.
fn scan(letters: &[char], at: &mut usize, known: &[&str], closes: Option<char>) -> Option<String> {
    let mut open = 0;
    while let Some(&letter) = letters.get(*at) {
        let next = letters.get(*at + 1).copied();
        match letter {
            '"' | '\'' => skip_text(letters, at, letter),
            '`' => {
                *at += 1;
                if let Some(found) = template(letters, at, known) {
                    return Some(found);
                }
            }
            '/' if next == Some('/') => {
                while letters.get(*at).is_some_and(|letter| *letter != '\n') {
                    *at += 1;
                }
            }
            '/' if next == Some('*') => skip_comment(letters, at),
            '{' => {
                open += 1;
                *at += 1;
            }
            '}' if open == 0 && closes == Some('}') => {
                *at += 1;
                return None;
            }
            '}' => {
                open -= 1;
                *at += 1;
            }
            letter if letter.is_ascii_alphabetic() || letter == '_' => {
                let begin = *at;
                let is_part = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '_';
                while letters.get(*at).is_some_and(is_part) {
                    *at += 1;
                }
                let name: String = letters[begin..*at].iter().collect();
                let after = letters[*at..].iter().find(|letter| !letter.is_whitespace());
                if after == Some(&'(') && !known.contains(&name.as_str()) && !WORDS.contains(&name.as_str()) {
                    return Some(name);
                }
            }
            // A number may have letters in it.
            letter if letter.is_ascii_digit() => {
                while letters.get(*at).is_some_and(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
                {
                    *at += 1;
                }
            }
            _ => *at += 1,
        }
    }
    None
}

/// A text between back quotes, with what is worked out inside of it.
fn template(letters: &[char], at: &mut usize, known: &[&str]) -> Option<String> {
    while let Some(&letter) = letters.get(*at) {
        *at += 1;
        match letter {
            '`' => return None,
            '$' if letters.get(*at) == Some(&'{') => {
                *at += 1;
                if let Some(found) = scan(letters, at, known, Some('}')) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

fn skip_text(letters: &[char], at: &mut usize, quote: char) {
    *at += 1;
    while let Some(&letter) = letters.get(*at) {
        *at += if letter == '\\' { 2 } else { 1 };
        if letter == quote {
            return;
        }
    }
}

fn skip_comment(letters: &[char], at: &mut usize) {
    let mut open = 0;
    while *at < letters.len() {
        match (letters[*at], letters.get(*at + 1)) {
            ('/', Some('*')) => (open, *at) = (open + 1, *at + 2),
            ('*', Some('/')) => (open, *at) = (open - 1, *at + 2),
            _ => *at += 1,
        }
        if open == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_that_there_is_not_is_found_wherever_it_stands() {
        let known = ["upper", "len"];
        let found = |script: &str| unknown(script, &known);
        for script in [
            "foo(value)",
            "value.foo()",
            "if value.len() > 3 { \"a\" } else { foo (value) }",
            "`${value.upper()} ${foo(value)}`",
            "/* one /* two */ */ foo(1)",
            "\"a\\\"\" + foo(1)",
        ] {
            assert_eq!(found(script).as_deref(), Some("foo"), "{script}");
        }
        for script in [
            "value.upper()",
            "if (value == \"foo(1)\") { 'f' } else { 1 }",
            "// foo(1)\nvalue.len()",
            "`foo(1) ${ if true { value } else { 2 } }`",
            "switch (value) { 1 => (2), _ => () }",
            "1_000 + 0xff * (2)",
        ] {
            assert_eq!(found(script), None, "{script}");
        }
    }
}
