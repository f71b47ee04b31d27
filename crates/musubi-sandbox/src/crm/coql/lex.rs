//! A query's text as words, values and signs.

use super::error::CoqlError;

/// One piece of the text, and where it starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its first byte.
    pub at: usize,
}

/// The kinds of pieces.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A name, keyword or path, and a bare number.
    Word(String),
    /// A text in quotes, without them.
    Quoted(String),
    /// A bracket, comma, or comparison.
    Sign(&'static str),
    /// The end of the text.
    End,
}

const SIGNS: [&str; 12] = ["!=", "<>", ">=", "<=", "->", "=", ">", "<", "(", ")", ",", "#"];

/// Splits the text. The last token is always [`Kind::End`].
pub fn tokens(text: &str) -> Result<Vec<Token>, CoqlError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else { break };
        if first.is_whitespace() {
            at += first.len_utf8();
        } else if first == '\'' || first == '"' {
            let (value, length) = quoted(rest, first).ok_or_else(|| near(text, at))?;
            tokens.push(Token { kind: Kind::Quoted(value), at });
            at += length;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token { kind: Kind::Sign(sign), at });
            at += sign.len();
        } else {
            let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            if length == 0 {
                return Err(near(text, at));
            }
            tokens.push(Token { kind: Kind::Word(rest[..length].to_owned()), at });
            at += length;
        }
    }
    tokens.push(Token { kind: Kind::End, at: text.len() });
    Ok(tokens)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric()
        || matches!(character, '_' | '.' | '$' | '-' | '+' | ':' | '{' | '}' | '*' | '%')
}

/// The text in quotes, and how many bytes it took. A quote inside is doubled, or has a backslash before it.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((offset, character)) = characters.next() {
        match character {
            '\\' => match characters.peek() {
                Some((_, next)) if *next == quote || *next == '\\' => {
                    value.push(*next);
                    characters.next();
                }
                _ => value.push('\\'),
            },
            _ if character == quote => match characters.peek() {
                Some((_, next)) if *next == quote => {
                    value.push(quote);
                    characters.next();
                }
                _ => return Some((value, offset + 1)),
            },
            _ => value.push(character),
        }
    }
    None
}

/// The error that points at a place in the text.
pub fn near(text: &str, at: usize) -> CoqlError {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let rest = text[at..].split_whitespace().next().unwrap_or("end of query");
    CoqlError::Near {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        near: rest.chars().take(100).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        tokens(text).unwrap().into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn quotes_are_doubled_or_escaped() {
        assert_eq!(
            kinds(r#"'O''Neil' "say ""hi""" 'a\'b'"#),
            [
                Kind::Quoted("O'Neil".into()),
                Kind::Quoted("say \"hi\"".into()),
                Kind::Quoted("a'b".into()),
                Kind::End
            ]
        );
    }

    #[test]
    fn signs_need_no_spaces() {
        assert_eq!(
            kinds("(a>=1)"),
            [
                Kind::Sign("("),
                Kind::Word("a".into()),
                Kind::Sign(">="),
                Kind::Word("1".into()),
                Kind::Sign(")"),
                Kind::End
            ]
        );
    }

    #[test]
    fn an_open_quote_is_pointed_at() {
        let expected = CoqlError::Near { line: 2, column: 9, near: "'Tokyo".into() };
        assert_eq!(tokens("select id from Contacts\nwhere a 'Tokyo").unwrap_err(), expected);
    }
}
