//! Starts a sandbox with the demo data and prints where it serves: `cargo run --example serve -- [ADDR] [demo|empty]`.

use std::io::Write as _;

use musubi_sandbox::{Dataset, Options, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let listen = arguments.next().unwrap_or_else(|| "127.0.0.1:8090".to_owned()).parse()?;
    let dataset = match arguments.next().as_deref() {
        Some("empty") => Dataset::Empty,
        _ => Dataset::Demo,
    };
    let sandbox = Sandbox::start(Options { listen, data: None, dataset, seed: 1 }).await?;
    let line = serde_json::json!({"base_url": sandbox.base_url()});
    writeln!(std::io::stdout(), "{line}")?;
    // Serves until the process is ended.
    std::future::pending::<()>().await;
    sandbox.stop().await;
    Ok(())
}
