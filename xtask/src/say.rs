//! The one place of the tasks that writes to the terminal.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool speaks here, and only here"
)]

use std::io::Write;

/// One line (or several) on standard output, at once.
pub fn line(text: &str) {
    println!("{text}");
    // A closed pipe is the reader's choice, not an error of ours.
    let _ = std::io::stdout().flush();
}

/// A heading before the output of another program.
pub fn heading(text: &str) {
    line(&format!("\n── {text}"));
}

/// An error for people, on standard error.
pub fn error(text: &str) {
    eprintln!("error: {text}");
}
