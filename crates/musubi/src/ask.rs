//! Asking the person at the terminal, if there is one.

use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::terminal::Mode;
use std::io::{BufRead, IsTerminal, Write};

/// Asks, or says what to give instead.
#[derive(Clone, Copy)]
pub struct Ask {
    allowed: bool,
}

impl Ask {
    /// Nobody is asked by a program that reads JSON, or without a terminal.
    pub fn new(output: Output) -> Ask {
        Ask { allowed: std::io::stdin().is_terminal() && !output.is_json() }
    }

    /// Whether there is anybody to ask.
    pub fn is_possible(self) -> bool {
        self.allowed
    }

    /// A text that may be seen.
    pub fn text(self, prompt: &str, instead: &str) -> Result<String, Failure> {
        self.answer(prompt, false).ok_or_else(|| missing(prompt, instead))
    }

    /// A text that is not shown while it is typed.
    pub fn secret(self, prompt: &str, instead: &str) -> Result<String, Failure> {
        self.answer(prompt, true).ok_or_else(|| missing(prompt, instead))
    }

    /// Yes or no; `--yes` answers for those who are not asked.
    pub fn consent(self, prompt: &str) -> Result<(), Failure> {
        if !self.allowed {
            return Err(not_confirmed());
        }
        match self.answer(&format!("{prompt} [y/N]"), false).as_deref() {
            Some("y" | "Y" | "yes" | "はい") => Ok(()),
            _ => Err(Failure::new(Exit::Stopped, "stopped", "nothing was changed", "")),
        }
    }

    /// The name, typed by somebody who means it.
    pub fn typed(self, name: &str) -> Result<(), Failure> {
        if !self.allowed {
            return Err(not_confirmed());
        }
        if self.answer(&format!("Type {name} to agree"), false).as_deref() == Some(name) {
            return Ok(());
        }
        Err(Failure::new(Exit::Stopped, "stopped", "that is not the name: nothing was changed", ""))
    }

    fn answer(self, prompt: &str, hidden: bool) -> Option<String> {
        if !self.allowed {
            return None;
        }
        let mut stderr = std::io::stderr();
        write!(stderr, "{prompt}: ").and_then(|()| stderr.flush()).ok()?;
        let mut line = String::new();
        let unseen = hidden.then(Mode::hidden);
        let read = std::io::stdin().lock().read_line(&mut line);
        if unseen.is_some() {
            drop(unseen);
            writeln!(stderr).ok()?;
        }
        read.ok()?;
        Some(line.trim().to_owned()).filter(|line| !line.is_empty())
    }
}

fn not_confirmed() -> Failure {
    Failure::new(
        Exit::Usage,
        "usage.not_confirmed",
        "this changes things, and there is nobody to ask",
        "add --yes if that is what you want",
    )
}

fn missing(prompt: &str, instead: &str) -> Failure {
    Failure::new(
        Exit::Usage,
        "connect.missing",
        format!("{} is missing, and there is nobody to ask", prompt.to_lowercase()),
        format!("give {instead}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_to_ask_says_what_to_give() {
        let nobody = Ask { allowed: false };
        let failure = nobody.text("Client id", "MUSUBI_CONNECTION_A_CLIENT_ID").unwrap_err();
        assert_eq!(
            (failure.exit, failure.hint.as_ref()),
            (Exit::Usage, "give MUSUBI_CONNECTION_A_CLIENT_ID")
        );
        assert_eq!(failure.message, "client id is missing, and there is nobody to ask");
        assert_eq!(nobody.consent("Go on?").unwrap_err().code, "usage.not_confirmed");
        assert_eq!(nobody.typed("tokyo-london").unwrap_err().code, "usage.not_confirmed");
    }
}
