//! `musubi sandbox`: the services' stand-in alone.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::tasks;
use musubi_sandbox::{Dataset, Options, Sandbox};
use std::net::SocketAddr;

const EXAMPLES: &str = "\
Examples:
  musubi sandbox --listen 127.0.0.1:8090
  musubi sandbox --listen 127.0.0.1:0 --dataset empty --seed 7    any free port
  curl http://127.0.0.1:8090/sandbox/orgs                         the orgs and their credentials
  curl http://127.0.0.1:8090/sandbox/stats                        calls and credits, counted exactly

It prints one line when it is ready: {\"base_url\": \"http://…\"}. With --data it keeps its state in that folder.";

/// Serve stand-ins for Zoho's APIs, for trying things out and for tests.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Address to listen on; port 0 takes any free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// What to begin with: orgs with realistic records, Japanese and English, or the same orgs without any.
    #[arg(long, value_name = "DATASET", default_value = "demo")]
    dataset: Contents,
    /// Seed of everything made up: names, ids, credentials.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Contents {
    Demo,
    Empty,
}

/// Serves until it is stopped.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let dataset = match arguments.dataset {
        Contents::Demo => Dataset::Demo,
        Contents::Empty => Dataset::Empty,
    };
    let sandbox = Sandbox::start(Options {
        listen: arguments.listen,
        data: context.global.data.clone(),
        dataset,
        seed: arguments.seed,
    })
    .await?;
    context.output.text(&serde_json::json!({"base_url": sandbox.base_url()}).to_string())?;
    tasks::stop_asked().await;
    tasks::settled(sandbox.stop()).await;
    Ok(Exit::Done)
}
