//! Notifications ("watch"): channels that clients subscribe, and one HTTP POST per commit, module and operation.

pub mod channel;
mod entry;
mod payload;
pub mod post;
pub mod watch;

use std::time::Duration;

use crate::http::faults::{FaultKind, Target};
use crate::org::events::RecordEvent;
use crate::org::{Org, State};
use crate::world::World;

use self::post::Delivery;

/// Tells the channels about committed changes: builds the bodies and queues them, nothing is waited for. Called
/// under the org's lock, so notifications are queued in the order of the changes (and overtake each other after).
///
/// Faults on deliveries match `POST /crm/v8/actions/watch/{Module}`.
pub fn record_changed(world: &World, org: &Org, state: &State, events: &[RecordEvent]) {
    if state.channels.is_empty() || events.is_empty() {
        return;
    }
    let sender =
        payload::Sender { state, zone: &org.zone, base_url: &world.base_url, now_ms: world.clock.now_ms() };
    for channel in &state.channels {
        for (module, body) in payload::notifications(channel, events, &sender) {
            let path = format!("/crm/v8/actions/watch/{}", state.modules[module].meta.api_name);
            let target =
                Target { service: "crm", method: "POST", path: &path, org: Some(&org.profile.org_id) };
            let delivery = Delivery {
                url: channel.notify_url.clone(),
                body: body.to_string().into_bytes(),
                delay: Duration::ZERO,
            };
            for delivery in afflicted(delivery, &world.hit(target, is_about_webhooks)) {
                world.post.send(delivery);
            }
        }
    }
}

fn is_about_webhooks(kind: &FaultKind) -> bool {
    matches!(kind, FaultKind::DropWebhook | FaultKind::DuplicateWebhook | FaultKind::DelayWebhook { .. })
}

/// What is really sent of a delivery under these faults.
fn afflicted(delivery: Delivery, faults: &[FaultKind]) -> Vec<Delivery> {
    let mut deliveries = vec![delivery];
    for fault in faults {
        match fault {
            FaultKind::DropWebhook => deliveries.clear(),
            FaultKind::DuplicateWebhook => {
                let twins = deliveries.clone();
                deliveries.extend(twins);
            }
            FaultKind::DelayWebhook { ms } => {
                for delivery in &mut deliveries {
                    delivery.delay += Duration::from_millis(*ms);
                }
            }
            _ => {}
        }
    }
    deliveries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_drop_double_and_delay() {
        let delivery = Delivery { url: "u".into(), body: vec![], delay: Duration::ZERO };
        let sent = |faults: &[FaultKind]| -> Vec<u128> {
            afflicted(delivery.clone(), faults).iter().map(|d| d.delay.as_millis()).collect()
        };
        assert_eq!(sent(&[]), [0]);
        assert!(sent(&[FaultKind::DropWebhook]).is_empty());
        assert_eq!(sent(&[FaultKind::DuplicateWebhook, FaultKind::DelayWebhook { ms: 7 }]), [7, 7]);
    }
}
