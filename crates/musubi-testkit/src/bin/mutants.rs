//! Runs seeds; prints, shrinks and replays what fails.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

fn main() {}
