//! Sends what is to go out. Who cannot be reached is tried again for two days; the sync never waits for it.
//!
//! A delivery is taken by moving its due time, which only one process can do, and is over when it is stored what became of it. A process
//! that dies in between leaves it to be sent again, under the same number: every notice is sent at least once.

use super::told::{Body, Tried, stored};
use super::{secrets, settings, words};
use crate::error::Result;
use crate::hub::Inner;
use musubi_notices::{Address, Event, Message, Refused, Secrets, Settings};
use musubi_store::{DeliveryRow, NoticeRow};
use std::time::Duration;

/// Sent in one go.
const SOME: i64 = 20;
/// So many wait at the most; beyond that the oldest are given up.
const MOST: i64 = 1_000;
/// Between the tries, in looks of the watch: with five seconds each, half a minute at first and a day at the end.
const WAITS: [i64; 9] = [6, 24, 120, 360, 720, 2_160, 4_320, 8_640, 17_280];

/// What a round of sending works with.
struct Round<'a> {
    hub: &'a Inner,
    settings: Settings,
    secrets: Secrets,
    workspace: String,
}

/// Sends what is due: calls and mails beside each other, so that neither waits for the other's server.
pub(super) async fn due(hub: &Inner) -> Result<()> {
    let dropped = hub.store.drop_deliveries(hub.workspace, MOST, &stored(&Refused::too_many())).await?;
    if dropped > 0 {
        tracing::warn!(dropped, "too many notices wait for their receivers: the oldest are given up");
    }
    let due = hub.store.due_deliveries(hub.workspace, hub.now(), SOME).await?;
    if due.is_empty() {
        return Ok(());
    }
    let round = Round::new(hub).await?;
    let webhook = Address::Webhook.to_string();
    let (calls, mails): (Vec<_>, Vec<_>) = due.into_iter().partition(|row| row.address == webhook);
    tokio::try_join!(round.all(calls), round.all(mails)).map(drop)
}

/// Whether it is worth while to go on with the same server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Server {
    Answers,
    IsSilent,
}

impl<'a> Round<'a> {
    async fn new(hub: &'a Inner) -> Result<Round<'a>> {
        let all = hub.store.workspaces().await?;
        let workspace = all.into_iter().find(|row| row.id == hub.workspace).map(|row| row.name);
        Ok(Round {
            hub,
            settings: settings(hub).await?,
            secrets: secrets(hub).await?,
            workspace: workspace.unwrap_or_default(),
        })
    }

    async fn all(&self, rows: Vec<DeliveryRow>) -> Result<()> {
        for row in rows {
            if self.one(row).await? == Server::IsSilent {
                break;
            }
        }
        Ok(())
    }

    async fn one(&self, row: DeliveryRow) -> Result<Server> {
        let (hub, now) = (self.hub, self.hub.now());
        let Some(due) = row.due else { return Ok(Server::Answers) };
        // Twice as long as it can take, so that it is over before anybody else tries.
        let until = now + hub.settings.notices_timeout * 2;
        if !hub.store.claim_delivery(row.notice, &row.address, due, until).await? {
            return Ok(Server::Answers);
        }
        let notice = hub.store.notice(hub.workspace, row.notice).await?;
        let (Ok(address), Some(body)) = (row.address.parse::<Address>(), Body::of(&notice)) else {
            let why = stored(&Refused::not_by_this_version());
            hub.store.undelivered(row.notice, &row.address, None, &why).await?;
            return Ok(Server::Answers);
        };
        if !address.is_in(&self.settings) {
            hub.store.withdraw_delivery(row.notice, &row.address).await?;
            return Ok(Server::Answers);
        }
        let missed = hub.store.missed_before(hub.workspace, &row.address, row.notice).await?;
        let message = self.message(&notice, &body, missed.unsigned_abs());
        match self.send(&address, &message).await {
            Ok(_) => {
                hub.store.delivered(row.notice, &row.address, hub.now()).await?;
                Ok(Server::Answers)
            }
            Err(refused) => {
                let wait = usize::try_from(row.tries).ok().and_then(|tries| WAITS.get(tries));
                let due = wait.map(|looks| hub.now() + looks * hub.settings.notices_every);
                // The receiver's own words may name people, so they stand in the store and not in the log (I18).
                tracing::warn!(
                    notice = row.notice,
                    code = refused.code,
                    tries = row.tries + 1,
                    given_up = due.is_none(),
                    "a notice did not arrive"
                );
                hub.store.undelivered(row.notice, &row.address, due, &stored(&refused)).await?;
                Ok(if refused.is_silence() { Server::IsSilent } else { Server::Answers })
            }
        }
    }

    /// Says the message to the receiver, within the time that there is.
    async fn send(&self, address: &Address, message: &Message) -> std::result::Result<String, Refused> {
        let hub = self.hub;
        let within = Duration::from_millis(hub.settings.notices_timeout.unsigned_abs());
        let sent = hub.notices.send(&self.settings, &self.secrets, address, message, hub.now());
        tokio::time::timeout(within, sent).await.unwrap_or_else(|_| Err(Refused::too_slow(within)))
    }

    fn message(&self, notice: &NoticeRow, body: &Body, missed: u64) -> Message {
        let (workspace, public_url) = (self.workspace.as_str(), self.hub.public_url.as_deref());
        words::message(notice, body, &self.settings, words::Around { workspace, public_url, missed })
    }
}

/// Sends a test to everybody, at once.
pub(super) async fn test(hub: &Inner) -> Result<Vec<Tried>> {
    let round = Round::new(hub).await?;
    let now = hub.now();
    let body = Body { event: Event::Test, matters: Vec::new(), over: Vec::new() };
    let message = round.message(&body.row("", now), &body, 0);
    // Several tests are several mails.
    let message = Message { id: format!("test.{now}"), ..message };
    let mut tried = Vec::new();
    for address in Address::of(&round.settings) {
        let sent = round.send(&address, &message).await;
        let (arrived, address) = (sent.is_ok(), address.to_string());
        tried.push(match sent {
            Ok(said) => Tried { address, arrived, code: None, message: said, hint: None },
            Err(refused) => Tried {
                address,
                arrived,
                code: Some(refused.code.to_owned()),
                message: refused.message,
                hint: Some(refused.hint.to_owned()),
            },
        });
    }
    Ok(tried)
}
