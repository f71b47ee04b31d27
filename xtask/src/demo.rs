//! `cargo xtask demo`: the first thing a newcomer sees.

use crate::{cargo, console, environment, say};
use std::process::ExitCode;

/// Builds the hub in release and runs `musubi demo` with the caller's arguments.
pub fn run(arguments: &[String]) -> ExitCode {
    if !environment::target().join("release/musubi").exists() {
        say::line("Building Musubi for the first time; this takes a few minutes, and seconds from then on.");
    }
    // Without Node the hub is whole, and its address says how to build the console.
    match console::can_be_built() {
        true => {
            if let Err(why) = console::build() {
                say::error(&why);
            }
        }
        false => say::line(
            "Node.js is not there, so the console is left out; the demo shows itself in the terminal.",
        ),
    }
    let mut all = vec!["demo".to_string()];
    all.extend_from_slice(arguments);
    cargo::run_release("musubi", "musubi", &all)
}
