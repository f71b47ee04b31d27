//! The commands, one file each.

pub mod activate;
pub mod apply;
pub mod backup;
pub mod connect;
pub mod deactivate;
pub mod decide;
pub mod demo;
pub mod doctor;
pub mod erase;
pub mod explain;
pub mod export;
pub mod failures;
pub mod forget;
pub mod history;
pub mod link;
pub mod mapping;
pub mod notices;
pub mod pause;
pub mod plan;
pub mod remove;
pub mod restore;
pub mod resume;
pub mod retry;
pub mod run;
pub mod sandbox;
pub mod serve;
pub mod status;
pub mod undo;
pub mod unlink;
pub mod verify;
pub mod views;

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

impl Context {
    /// Whether a person wants to see how long work goes on.
    pub fn shows_progress(&self) -> bool {
        !self.global.quiet && !self.output.is_json()
    }
}

/// Carries out what was asked.
pub async fn run(cli: Cli, output: Output) -> Result<Exit, Failure> {
    let context = Context { global: cli.global, output };
    match cli.command {
        Command::Demo(arguments) => demo::run(arguments, &context).await,
        Command::Serve(arguments) => serve::run(arguments, &context).await,
        Command::Sandbox(arguments) => sandbox::run(arguments, &context).await,
        Command::Connect(arguments) => connect::run(arguments, &context).await,
        Command::Apply(arguments) => apply::run(arguments, &context).await,
        Command::Plan(arguments) => plan::run(arguments, &context).await,
        Command::Run(arguments) => run::run(arguments, &context).await,
        Command::Status(arguments) => status::run(arguments, &context).await,
        Command::Pause(arguments) => pause::run(arguments, &context).await,
        Command::Deactivate(arguments) => deactivate::run(arguments, &context).await,
        Command::Activate(arguments) => activate::run(arguments, &context).await,
        Command::Remove(arguments) => remove::run(arguments, &context).await,
        Command::Forget(arguments) => forget::run(arguments, &context).await,
        Command::Views(arguments) => views::run(arguments, &context).await,
        Command::Mapping(arguments) => mapping::run(arguments, &context).await,
        Command::Resume(arguments) => resume::run(arguments, &context).await,
        Command::History(arguments) => history::run(arguments, &context).await,
        Command::Failures(arguments) => failures::run(arguments, &context).await,
        Command::Notices(arguments) => notices::run(arguments, &context).await,
        Command::Decide(arguments) => decide::run(arguments, &context).await,
        Command::Link(arguments) => link::run(arguments, &context).await,
        Command::Unlink(arguments) => unlink::run(arguments, &context).await,
        Command::Undo(arguments) => undo::run(arguments, &context).await,
        Command::Explain(arguments) => explain::run(arguments, &context).await,
        Command::Erase(arguments) => erase::run(arguments, &context).await,
        Command::Export(arguments) => export::run(arguments, &context).await,
        Command::Retry(arguments) => retry::run(arguments, &context).await,
        Command::Verify(arguments) => verify::run(arguments, &context).await,
        Command::Backup(arguments) => backup::run(arguments, &context).await,
        Command::Restore(arguments) => restore::run(arguments, &context).await,
        Command::Doctor(arguments) => doctor::run(arguments, &context).await,
    }
}
