//! `cargo xtask tidy`: the rules of the house, checked in seconds.
//!
//! A rule is a function from the tree to its problems; each problem says where, what, and how to mend it.

mod behaviours;
mod citations;
mod dependencies;
mod exceptions;
mod manifest;
mod purity;
mod sizes;
mod source;
mod tree;
mod words;

use crate::{environment, say};
use exceptions::Exceptions;
use std::process::ExitCode;
use tree::Tree;

/// Something that breaks a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, with the line where one is known.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// How to put it right.
    pub mend: String,
}

impl Problem {
    fn new(place: impl Into<String>, what: impl Into<String>, mend: impl Into<String>) -> Problem {
        Problem { place: place.into(), what: what.into(), mend: mend.into() }
    }
}

/// Runs the check as a command.
pub fn run(_arguments: &[String]) -> ExitCode {
    match check() {
        Ok(closing) => {
            say::line(&format!("tidy: {closing}"));
            ExitCode::SUCCESS
        }
        Err(failure) => {
            say::error(&failure);
            ExitCode::FAILURE
        }
    }
}

/// Checks every rule; the closing line when all hold, the list of problems otherwise.
pub fn check() -> Result<String, String> {
    let tree = Tree::read(&environment::root())?;
    let exceptions = Exceptions::read(&tree)?;
    let mut problems = problems(&tree, &exceptions);
    problems.sort();
    let figures = sizes::figures(&tree);
    if problems.is_empty() {
        return Ok(format!("{figures}, {}, 0 problems", behaviours::summary(&tree)));
    }
    let list: String =
        problems.iter().map(|p| format!("{}: {}\n    to mend: {}\n", p.place, p.what, p.mend)).collect();
    Err(format!("the rules of the house are broken\n\n{list}\ntidy: {figures}, {} problems", problems.len()))
}

fn problems(tree: &Tree, exceptions: &Exceptions) -> Vec<Problem> {
    let mut problems = dependencies::check(tree);
    problems.extend(purity::check(tree));
    problems.extend(sizes::check(tree, exceptions));
    problems.extend(words::check(tree, exceptions));
    problems.extend(behaviours::check(tree));
    problems.extend(exceptions.check(tree));
    problems
}
