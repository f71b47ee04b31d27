//! Sends what is to go out, one receiver at a time. Who cannot be reached is tried again for days; the sync never waits for it.

use super::told::{Body, Tried};
use super::{secrets, settings, words};
use crate::error::Result;
use crate::hub::Inner;
use musubi_notices::{Address, Event, Message, Secrets, Settings};
use musubi_store::DeliveryRow;

/// Sent in one go.
const SOME: i64 = 20;
/// Between the tries, in looks of the watch: with five seconds each, half a minute at first and a day at the end.
const WAITS: [i64; 9] = [6, 24, 120, 360, 720, 2_160, 4_320, 8_640, 17_280];

/// Sends what is due.
pub(super) async fn due(hub: &Inner) -> Result<()> {
    let due = hub.store.due_deliveries(hub.workspace, hub.now(), SOME).await?;
    if due.is_empty() {
        return Ok(());
    }
    let (settings, secrets) = (settings(hub).await?, secrets(hub).await?);
    for row in due {
        send(hub, &settings, &secrets, row).await?;
    }
    Ok(())
}

async fn send(hub: &Inner, settings: &Settings, secrets: &Secrets, row: DeliveryRow) -> Result<()> {
    let given_up = async |why: &str| hub.store.undelivered(row.notice, &row.address, None, why).await;
    let notice = hub.store.notice(hub.workspace, row.notice).await?;
    let (Ok(address), Some(body)) = (row.address.parse::<Address>(), Body::of(&notice)) else {
        return Ok(given_up("this version cannot send it").await?);
    };
    if !address.is_in(settings) {
        return Ok(given_up("not among the receivers any more").await?);
    }
    let message = words::message(&notice, &body, settings, &workspace(hub).await?, hub.public_url.as_deref());
    match hub.notices.send(settings, secrets, &address, &message, hub.now()).await {
        Ok(()) => Ok(hub.store.delivered(row.notice, &row.address, hub.now()).await?),
        Err(refused) => {
            let wait = usize::try_from(row.tries).ok().and_then(|tries| WAITS.get(tries));
            let due = wait.map(|looks| hub.now() + looks * hub.settings.notices_every);
            tracing::warn!(
                notice = row.notice,
                code = refused.code,
                tries = row.tries + 1,
                given_up = due.is_none(),
                "a notice did not arrive: {refused}"
            );
            Ok(hub.store.undelivered(row.notice, &row.address, due, &refused.message).await?)
        }
    }
}

/// The name of the workspace.
async fn workspace(hub: &Inner) -> Result<String> {
    let all = hub.store.workspaces().await?;
    Ok(all.into_iter().find(|row| row.id == hub.workspace).map(|row| row.name).unwrap_or_default())
}

/// Sends a test to everybody, at once.
pub(super) async fn test(hub: &Inner) -> Result<Vec<Tried>> {
    let (settings, secrets, now) = (settings(hub).await?, secrets(hub).await?, hub.now());
    let body = Body { event: Event::Test, matters: Vec::new(), over: Vec::new() };
    let notice = body.row("", now);
    let message =
        words::message(&notice, &body, &settings, &workspace(hub).await?, hub.public_url.as_deref());
    // Several tests in one second are several mails.
    let message = Message { id: format!("test.{now}"), ..message };
    let mut tried = Vec::new();
    for address in Address::of(&settings) {
        let refused = hub.notices.send(&settings, &secrets, &address, &message, now).await.err();
        tried.push(Tried {
            address: address.to_string(),
            arrived: refused.is_none(),
            code: refused.as_ref().map(|refused| refused.code.to_owned()),
            message: refused.as_ref().map(|refused| refused.message.clone()),
            hint: refused.as_ref().map(|refused| refused.hint.to_owned()),
        });
    }
    Ok(tried)
}
