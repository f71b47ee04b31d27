//! What becomes of what a person decided at the terminal.

use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::words::Words;
use musubi_engine::DecisionReport;
use musubi_engine::decisions::DecisionState;
use std::collections::BTreeMap;
use std::time::Duration;

/// Who decides here: whoever may use the database.
pub const ACTOR: &str = "the command line";
/// So long the hub at work is waited for: it looks every few seconds when nothing rings.
pub const WAIT: Duration = Duration::from_secs(8);

/// Tells what became of these. Not all obeyed: the exit code says so.
pub fn tell(found: &[DecisionReport], integration: &str, context: &Context) -> Result<Exit, Failure> {
    context.output.report(&found, |found| text(found, integration, context.output.words()))?;
    let obeyed = found.iter().all(|decision| decision.state != DecisionState::NotDone);
    Ok(if obeyed { Exit::Done } else { Exit::Differs })
}

/// A line for each outcome, with how many came to it.
pub fn text(found: &[DecisionReport], integration: &str, words: Words) -> String {
    let mut counts: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
    let waits = format!(
        "stored; the hub carries it out when it works on the module (`musubi serve`, or `musubi run {integration}`)"
    );
    for decision in found {
        let code = decision.code.as_deref().unwrap_or_default();
        let what = words.what(code, decision.what.as_deref().unwrap_or(&waits));
        let hint = words.hint(code, "What to do", decision.hint.as_deref().unwrap_or_default());
        *counts.entry((what, hint)).or_default() += 1;
    }
    if counts.is_empty() {
        return "There was nothing to decide.".to_owned();
    }
    let line = |((what, hint), count): (&(String, Option<String>), &usize)| {
        let hint = hint.as_ref().map(|hint| format!("\n    {hint}")).unwrap_or_default();
        format!("{count:>4} × {what}{hint}")
    };
    counts.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_reads() {
        let decision = |what: Option<&str>, hint: &str| DecisionReport {
            id: "1-2".into(),
            module: "Contacts".into(),
            at: 1,
            by: ACTOR.into(),
            state: DecisionState::Waiting,
            code: None,
            what: what.map(str::to_owned),
            hint: Some(hint.to_owned()),
            fields: Vec::new(),
        };
        let found = [
            decision(Some("the value chosen is carried"), "nothing"),
            decision(Some("the value chosen is carried"), "nothing"),
            decision(Some("nothing was done: too late"), "look again"),
            decision(None, "nothing"),
        ];
        insta::assert_snapshot!(text(&found, "a", Words::default()), @r"
           1 × nothing was done: too late.
            What to do: look again.
           1 × stored; the hub carries it out when it works on the module (`musubi serve`, or `musubi run a`).
           2 × the value chosen is carried.
        ");
    }
}
