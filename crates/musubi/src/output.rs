//! What is printed: results to stdout, one JSON document with `--json`; everything else to stderr.

use crate::failure::{Exit, Failure};
use crate::words::Words;
use musubi_engine::meaning::Language;
use serde::Serialize;
use std::io::Write;

/// Where results go.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
    words: Words,
}

impl Output {
    /// Texts for people, or JSON.
    pub fn new(json: bool, language: Language) -> Output {
        Output { json, words: Words(language) }
    }

    /// Says things in the person's language.
    pub fn words(self) -> Words {
        self.words
    }

    /// Whether a program reads the results.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// Prints a result: the report as it is with `--json`, else what `text` makes of it.
    pub fn report<T: Serialize>(self, report: &T, text: impl FnOnce(&T) -> String) -> Result<(), Failure> {
        if !self.json {
            return self.text(&text(report));
        }
        let json = serde_json::to_string(report).map_err(|error| {
            Failure::other("output.json", format!("the report cannot be written as JSON: {error}"))
        })?;
        self.text(&json)
    }

    /// Prints lines to stdout. A reader that has gone away (`musubi history | head`) ends the program quietly.
    pub fn text(self, text: &str) -> Result<(), Failure> {
        let mut stdout = std::io::stdout().lock();
        let newline = if text.ends_with('\n') { "" } else { "\n" };
        write!(stdout, "{text}{newline}").and_then(|()| stdout.flush()).map_err(|error| {
            Failure::new(Exit::Failed, "output.closed", format!("the output cannot be written: {error}"), "")
        })
    }

    /// Prints why the program fails: an object on stdout with `--json`, else `error[code]` and a hint on stderr.
    pub fn failure(self, failure: &Failure) {
        if self.json {
            let _ = writeln!(std::io::stdout(), "{}", serde_json::json!({"error": failure}));
            return;
        }
        let mut stderr = std::io::stderr().lock();
        let _ = writeln!(stderr, "{}", sentence(failure, self.words));
    }

    /// What a person must read even when a program reads the result.
    pub fn always(text: &str) {
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    /// A remark for the person at the terminal; nothing that a script needs.
    pub fn remark(self, text: &str) {
        if !self.json {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }
}

/// `error[code]: sentence`, and the hint below it.
pub fn sentence(failure: &Failure, words: Words) -> String {
    let Failure { code, message, hint, .. } = failure;
    let mut text = format!("error[{code}]: {}", words.problem(code, message));
    let hint = words.problem_hint(code, hint);
    if !hint.is_empty() {
        text.push_str(&format!("\nhint: {hint}"));
    }
    text
}

/// Columns side by side, as wide as their widest cell; the first line is the heading.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| crate::terminal::width(cell))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| crate::terminal::pad(cell, *width));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_a_code_a_sentence_and_a_hint() {
        let failure = Failure::configuration("config.x", "there is no x", "make one");
        assert_eq!(sentence(&failure, Words::default()), "error[config.x]: there is no x\nhint: make one");
    }

    #[test]
    fn columns_line_up_with_japanese_text_too() {
        let row = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        assert_eq!(
            table(&[row("NAME", "N"), row("連絡先", "1"), row("ab", "2")]),
            "NAME    N\n連絡先  1\nab      2\n"
        );
    }
}
