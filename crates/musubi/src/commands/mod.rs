//! The commands, one file each.

pub mod sandbox;

use crate::cli::{Cli, Command, Global};
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// What every command is given besides its own arguments.
pub struct Context {
    /// The arguments that go with every command.
    pub global: Global,
    /// Where results go.
    pub output: Output,
}

/// Carries out what was asked.
pub async fn run(cli: Cli, output: Output) -> Result<Exit, Failure> {
    let context = Context { global: cli.global, output };
    match cli.command {
        Command::Sandbox(arguments) => sandbox::run(arguments, &context).await,
    }
}
