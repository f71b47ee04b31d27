//! Stopping: Ctrl-C and the signals that ask a program to end. A second one ends it at once.

use crate::failure::{Exit, Failure};
use std::future::Future;

/// Ready when somebody asks the program to stop.
#[cfg(unix)]
pub async fn stop_asked() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Ready when somebody asks the program to stop.
#[cfg(not(unix))]
pub async fn stop_asked() {
    let _ = tokio::signal::ctrl_c().await;
}

/// Runs `work` until it ends or the program is asked to stop; then `settle` brings things to a safe rest.
pub async fn or_stopped<T>(
    work: impl Future<Output = Result<T, Failure>>,
    settle: impl Future<Output = ()>,
) -> Result<T, Failure> {
    let ended = tokio::select! {
        ended = work => ended,
        () = stop_asked() => Err(Failure::stopped()),
    };
    settled(settle).await;
    ended
}

/// Waits for `settle`; a further request to stop ends the program where it stands, which loses nothing either.
pub async fn settled(settle: impl Future<Output = ()>) {
    tokio::select! {
        () = settle => {}
        () = stop_asked() => std::process::exit(Exit::Stopped as i32),
    }
}
