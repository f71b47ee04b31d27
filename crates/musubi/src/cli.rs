//! What can be asked of the program: the arguments every command takes, and the commands.

use crate::commands::{
    activate, apply, backup, connect, deactivate, decide, demo, doctor, erase, explain, export, failures,
    forget, history, link, mapping, notices, pause, plan, remove, restore, resume, retry, run, sandbox,
    serve, status, undo, unlink, verify, views,
};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::words;
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const AFTER: &str = "\
Begin here:
  musubi demo                          see two CRM orgs kept in agreement, with sample data
  musubi connect tokyo --service crm --data-centre jp
  musubi apply musubi.toml             shows what would change, then asks
  musubi run tokyo-london              first load, until both sides agree
  musubi verify tokyo-london           compares both sides record by record
  musubi serve                         keeps everything in agreement from now on

Exit codes:
  0  done                              4  the configuration is wrong or names something unknown
  1  failed; the error says why        5  a service refused a credential, or there is none
  2  the arguments make no sense       6  the database cannot be used
  3  not agreed, or differences found  7  a service could not be reached or refused
  130  stopped by Ctrl-C or a signal

Environment:
  MUSUBI_DATA, MUSUBI_DATABASE, MUSUBI_LOG      as --data, --database, --log
  MUSUBI_LANGUAGE                               as --language
  MUSUBI_KEY                                    the key for stored secrets, 32 bytes in base64
  MUSUBI_LISTEN, MUSUBI_PUBLIC_URL              as `musubi serve --listen`, `--public-url`
  MUSUBI_TLS_CERT, MUSUBI_TLS_KEY               as `musubi serve --tls-cert`, `--tls-key`
  MUSUBI_CONNECTION_<NAME>_CLIENT_ID, …_CLIENT_SECRET, …_REFRESH_TOKEN   a connection's secrets
  MUSUBI_NOTICES_SMTP_PASSWORD, MUSUBI_NOTICES_WEBHOOK_SECRET   the secrets of notices";

/// Keeps business apps in agreement: a self-hosted sync hub for Zoho.
#[derive(Debug, Parser)]
#[command(name = "musubi", version, about, after_help = AFTER, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Arguments that go with every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Database: `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/DATABASE` [default: musubi.db in the data folder].
    #[arg(long, global = true, value_name = "WHERE", help_heading = "Everywhere")]
    pub database: Option<String>,
    /// Data folder [default: the platform's place for application data].
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub data: Option<PathBuf>,
    /// Print one JSON document to stdout, errors included.
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    /// Language of what codes mean and what to do about them, also in tables for spreadsheets [default: the terminal's].
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = ["en", "ja"], help_heading = "Everywhere")]
    pub language: Option<String>,
    /// What to log to stderr: error, warn, info, debug, or a filter such as `warn,musubi_engine=debug`.
    #[arg(long, global = true, value_name = "FILTER", help_heading = "Everywhere")]
    pub log: Option<String>,
    /// How log lines look: for people, or one JSON object a line.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text", help_heading = "Everywhere")]
    pub log_format: LogFormat,
    /// Say only what was asked for: no progress, no remarks.
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub quiet: bool,
}

impl Global {
    /// What the demo runs with: everything in a folder of its own, whatever the environment says.
    pub fn of_demo(folder: &Path) -> Global {
        Global {
            database: Some(format!("sqlite:{}", folder.join("musubi.db").display())),
            data: Some(folder.to_owned()),
            json: false,
            language: None,
            log: None,
            log_format: LogFormat::Text,
            quiet: false,
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    Demo(demo::Arguments),
    Serve(serve::Arguments),
    Sandbox(sandbox::Arguments),
    Connect(connect::Arguments),
    Apply(apply::Arguments),
    Mapping(mapping::Arguments),
    Plan(plan::Arguments),
    Run(run::Arguments),
    Status(status::Arguments),
    Pause(pause::Arguments),
    Views(views::Arguments),
    Resume(resume::Arguments),
    Deactivate(deactivate::Arguments),
    Activate(activate::Arguments),
    Remove(remove::Arguments),
    Forget(forget::Arguments),
    History(history::Arguments),
    Failures(failures::Arguments),
    Notices(notices::Arguments),
    Retry(retry::Arguments),
    Decide(decide::Arguments),
    Link(link::Arguments),
    Unlink(unlink::Arguments),
    Undo(undo::Arguments),
    Explain(explain::Arguments),
    Export(export::Arguments),
    Erase(erase::Arguments),
    Verify(verify::Arguments),
    Backup(backup::Arguments),
    Restore(restore::Arguments),
    Doctor(doctor::Arguments),
}

/// Reads the arguments; help, version and mistakes are answered here.
pub fn parse() -> Result<Cli, ExitCode> {
    let error = match Cli::try_parse() {
        Ok(cli) => return Ok(cli),
        Err(error) => error,
    };
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            return Err(Exit::Done.into());
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            return Err(Exit::Usage.into());
        }
        _ => {}
    }
    let json = std::env::args_os().any(|argument| argument == "--json");
    Output::new(json, words::language(None)).failure(&mistake(&error.to_string()));
    Err(Exit::Usage.into())
}

/// A mistake in the arguments: clap's first paragraph is the sentence, the rest the hint.
fn mistake(text: &str) -> Failure {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let (sentence, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let hint: Vec<&str> = rest
        .lines()
        .map(|line| line.trim().trim_start_matches("tip: "))
        .filter(|line| !line.is_empty())
        .collect();
    let hint = hint.join("; ").replace("For more information, try '--help'.", "`--help` explains");
    Failure::new(Exit::Usage, "usage", sentence.split_whitespace().collect::<Vec<_>>().join(" "), hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_teaches_with_an_example() {
        for command in Cli::command().get_subcommands() {
            let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(examples.contains("musubi "), "{} has no example", command.get_name());
            assert!(command.get_about().is_some(), "{} has no description", command.get_name());
        }
    }
}
