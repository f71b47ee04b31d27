//! Why is this record not synced? From what is stored; no call to a service is made.

use crate::attached;
use crate::error::{HubError, Result};
use crate::hub::{Hub, Inner};
use crate::pairs::{Names, sync as sync_of};
use crate::slots::Slot;
use crate::sync::{
    Batch, COUNTERPART_OUTSIDE, JournalKind, Phase, SKIPPED_DIRECTION, SKIPPED_NO_PARENT, SKIPPED_WINDOW,
    SyncState, UnlinkedRecord, describe_journal, link_state, unlinked_state,
};
use crate::{keeper, matter, reason, refusal};
use compact_str::CompactString;
use musubi_connector::ServiceError;
use musubi_core::link::Fate;
use musubi_core::policy::{Direction, LeavingPolicy};
use musubi_core::{Instant, LinkBody, RemoteId, Side, Value};
use musubi_store::{IntegrationState, LinkRow, ModuleState, ModuleSyncRow, UnlinkedRow, Want};
use serde::Serialize;
use utoipa::ToSchema;

/// How a record stands, and why.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Explanation {
    /// The left module.
    pub module: String,
    /// The record's side.
    pub side: Side,
    /// Its id.
    pub id: String,
    /// What people call it, where that is known.
    #[schema(required)]
    pub label: Option<String>,
    /// The record of the other side that it is tied to, or was.
    #[schema(required)]
    pub counterpart: Option<String>,
    /// It is one of a pair that agrees, but for fields that a policy or a person lets differ, and nothing keeps it from staying so.
    pub synced: bool,
    /// Why, the weightiest first; never empty.
    pub reasons: Vec<Because>,
}

/// One reason.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Because {
    /// A stable code: `explain.…`, or that of a matter that waits for a person.
    pub code: String,
    /// Why, in a sentence.
    pub what: String,
    /// What would change it.
    pub hint: String,
    /// The left field that it is about.
    #[schema(required)]
    pub field: Option<String>,
    /// Since when, in milliseconds since 1970, where that is known.
    #[schema(required)]
    pub since: Option<i64>,
    /// Who did it, where that is known.
    #[schema(required)]
    pub by: Option<String>,
    /// The matter that waits for a person, by its id.
    #[schema(required)]
    pub matter: Option<String>,
    /// The record that it waits for.
    #[schema(required)]
    pub waits_for: Option<String>,
    /// What the service said when it refused, in its own words.
    #[schema(required)]
    pub said: Option<Said>,
}

/// What a service said when it refused something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SaidByService)]
pub struct Said {
    /// The service's code, such as `NO_PERMISSION`.
    pub code: String,
    /// The service's sentence.
    pub message: String,
    /// The field that the service names, if any.
    #[schema(required)]
    pub field: Option<String>,
}

impl Said {
    /// From the details of a matter, if a service said something there.
    fn read(details: &[u8]) -> Option<Said> {
        let ServiceError { code, message, field, .. } = serde_json::from_slice(details).ok()?;
        Some(Said { code, message, field }).filter(|said| !said.code.is_empty())
    }
}

impl Because {
    fn new(code: &str) -> Because {
        let known = reason::explain(code);
        let told = |pick: fn(&reason::Reason) -> &'static str| known.map_or("", pick).to_owned();
        Because {
            code: code.to_owned(),
            what: told(|reason| reason.what),
            hint: told(|reason| reason.hint),
            ..Because::default()
        }
    }
}

/// Where the record was found.
enum Found {
    Link(LinkRow, Box<LinkBody>),
    Unlinked(UnlinkedRow),
    /// A counterpart is being made of it.
    Create,
    Nowhere,
}

impl Found {
    /// It, or its counterpart, does not take part.
    fn is_outside(&self) -> Result<bool> {
        Ok(match self {
            Found::Link(_, body) => Side::BOTH.iter().any(|side| body.side(*side).outside),
            Found::Unlinked(row) => record_of(row)?.outside,
            Found::Create | Found::Nowhere => false,
        })
    }

    /// A record without counterpart came out like this the last time.
    fn came_out(&self) -> Result<CompactString> {
        let Found::Unlinked(row) = self else { return Ok(CompactString::default()) };
        Ok(record_of(row)?.outcome.map(|outcome| outcome.code).unwrap_or_default())
    }

    /// Something is to be done about it, or nobody knows.
    fn has_work(&self, state: &SyncState) -> bool {
        match self {
            Found::Link(row, body) => row.state == link_state::OWED || !body.restore.is_empty(),
            Found::Unlinked(row) if row.state == unlinked_state::IDLE => state.phase != Phase::Steady,
            Found::Unlinked(row) => row.state == unlinked_state::WAITING,
            Found::Create | Found::Nowhere => true,
        }
    }

    /// It is one of a pair of which nothing is owed.
    fn agrees(&self) -> bool {
        matches!(self, Found::Link(row, body) if row.state == link_state::SETTLED && body.restore.is_empty())
    }

    /// It is one of a pair, which may have left the scope and be kept in agreement all the same.
    fn is_pair(&self) -> bool {
        matches!(self, Found::Link(row, _) if row.state != link_state::UNTIED)
    }
}

fn record_of(row: &UnlinkedRow) -> Result<UnlinkedRecord> {
    UnlinkedRecord::decode(&row.body).map_err(|_| HubError::damaged_pair())
}

impl Hub {
    /// Why this record is, or is not, in agreement with a counterpart.
    pub async fn explain(
        &self,
        integration: &str,
        module: &str,
        side: Side,
        id: &str,
    ) -> Result<Explanation> {
        let hub = &self.inner;
        let sync = sync_of(hub, integration, module).await?;
        let (found, state) = (find(hub, &sync, side, id).await?, state(hub, &sync).await?);
        let row = hub.integration(integration).await?;
        let refused = refusal::of(hub, &row).await?;
        let mut reasons: Vec<Because> = refused.iter().map(refuses).collect();
        let paused = row.state == IntegrationState::Paused;
        if paused {
            reasons.push(Because::new("explain.paused"));
        }
        if sync.paused {
            reasons.push(Because::new("explain.module_paused"));
        }
        if sync.state == ModuleState::Inactive {
            reasons.push(Because::new("explain.inactive"));
        }
        if state.binding.as_ref().is_some_and(|binding| binding.stopped) {
            reasons.push(Because::new("explain.plan_stopped"));
        }
        if let Some((_, live)) = keeper::everywhere(hub).await?.remove(&sync.id)
            && let Some(problem) = live.problem
            && (refused.is_empty() || problem.code != "connection.refused")
        {
            reasons.push(Because {
                what: problem.message,
                hint: problem.hint,
                ..Because::new("explain.problem")
            });
        }
        let outside = found.is_outside()?;
        let stays_linked = match leaving(&sync)? {
            _ if !(outside && found.is_pair()) => None,
            LeavingPolicy::KeepLinked => Some("explain.kept_linked"),
            LeavingPolicy::StopSending => Some("explain.only_receives"),
            LeavingPolicy::StopUpdates | LeavingPolicy::Unlink => None,
        };
        if outside && stays_linked.is_none() {
            let scope = crate::export::module_config(&sync)?.scope;
            reasons.push(Because::new(match found.came_out()?.as_str() {
                SKIPPED_WINDOW if scope.as_ref().is_some_and(|scope| scope.apply_window_to_updates) => {
                    "explain.window_always"
                }
                SKIPPED_WINDOW => "explain.window",
                _ => "explain.out_of_scope",
            }));
        }
        let keeps = !reasons.is_empty();
        let rests = paused || sync.paused || sync.state == ModuleState::Inactive;
        if !rests
            && found.has_work(&state)
            && !keeper::is_at_work(hub, &hub.store.module_syncs(row.id).await?).await?
        {
            let hint = format!("start `musubi serve`, or carry it over once: `musubi run {integration}`");
            reasons.push(Because { hint, ..Because::new("explain.nobody_at_work") });
        }
        reasons.extend(matters(hub, &sync, side, id).await?);
        reasons.extend(stays_linked.map(Because::new));
        reasons.extend(self.reasons(&sync, &found, &state, side, id, reasons.len()).await?);
        reasons.extend(of_attachments(hub, &sync, &found).await?);
        let (counterpart, label) = match &found {
            Found::Link(row, _) => (
                Some(row.id(side.other()).to_owned()),
                Names::new(hub, &sync).label(Some(&row.left_id)).await?,
            ),
            Found::Unlinked(row) => (None, Names::new(hub, &sync).label_alone(&record_of(row)?, side).await?),
            Found::Create | Found::Nowhere => (None, None),
        };
        let synced = found.agrees() && !keeps;
        let (module, id) = (sync.left_module, id.to_owned());
        Ok(Explanation { module, side, id, label, counterpart, synced, reasons })
    }

    /// What the record's own row tells.
    async fn reasons(
        &self,
        sync: &ModuleSyncRow,
        found: &Found,
        state: &SyncState,
        side: Side,
        id: &str,
        told: usize,
    ) -> Result<Vec<Because>> {
        let hub = &self.inner;
        Ok(match found {
            Found::Link(row, body) if row.state == link_state::UNTIED => {
                vec![untied(hub, sync, row, body, side).await?]
            }
            Found::Link(row, body) => {
                let mut reasons = Vec::new();
                if row.state == link_state::PARKED {
                    reasons.extend(parents(hub, sync, Side::Left, &row.left_id).await?);
                    reasons.extend(parents(hub, sync, Side::Right, &row.right_id).await?);
                }
                let mut names = Names::new(hub, sync);
                let slots = names.slots(body.mapping).await?;
                let field = |slot: u16| slots.get(usize::from(slot)).map(|slot| slot.left.to_string());
                for restore in &body.restore {
                    let by = Some(restore.by.to_string());
                    let field = field(restore.slot);
                    reasons.push(Because { field, by, ..Because::new("explain.undo_pending") });
                }
                for slot in &body.apart {
                    reasons.push(Because { field: field(*slot), ..Because::new("explain.left_apart") });
                }
                let rests = found.is_outside()? && leaving(sync)? != LeavingPolicy::KeepLinked;
                let is_owed = |slot| Side::BOTH.iter().any(|side| body.side(*side).dirty_at(slot).is_some());
                for (slot, field) in standing_apart(body, slots).filter(|_| row.state == link_state::SETTLED)
                {
                    let code = if rests && is_owed(slot) { "explain.rests" } else { LETS_DIFFER };
                    reasons.push(Because { field: Some(field), ..Because::new(code) });
                }
                match row.state {
                    link_state::OWED => reasons.push(Because::new("explain.being_written")),
                    link_state::SETTLED if reasons.iter().all(|reason| reason.code == LETS_DIFFER) => {
                        reasons.push(Because::new("explain.agrees"));
                    }
                    _ => {}
                }
                reasons
            }
            Found::Unlinked(row) if row.state == unlinked_state::ERASED => {
                let told = crate::erasure::of_record(hub, sync.id, side, id).await?;
                let (since, by) = told.map_or((None, None), |(at, by)| (Some(at), Some(by)));
                vec![Because { since, by, ..Because::new("explain.erased") }]
            }
            Found::Unlinked(row) if row.state == unlinked_state::PARKED => {
                parents(hub, sync, side, id).await?
            }
            Found::Unlinked(row) if row.state == unlinked_state::WAITING => {
                vec![Because::new("explain.waits")]
            }
            Found::Unlinked(row) if row.state == unlinked_state::IDLE && found.is_outside()? => Vec::new(),
            Found::Unlinked(row) if row.state == unlinked_state::IDLE => {
                let config = crate::export::module_config(sync)?;
                let creates = Direction::from(config.direction).allows_from(side);
                vec![Because::new(match found.came_out()?.as_str() {
                    COUNTERPART_OUTSIDE => "explain.counterpart_out_of_scope",
                    SKIPPED_NO_PARENT => "explain.no_parent",
                    SKIPPED_DIRECTION => "explain.direction",
                    _ if creates => "explain.not_read_yet",
                    _ => "explain.direction",
                })]
            }
            Found::Unlinked(_) if told > 0 => Vec::new(),
            Found::Unlinked(_) => vec![Because::new("explain.waits")],
            Found::Create => vec![Because::new("explain.being_created")],
            Found::Nowhere if state.phase != Phase::Steady => vec![Because::new("explain.not_read_yet")],
            Found::Nowhere => vec![Because::new("explain.never_seen")],
        })
    }
}

/// The service of this connection refuses the credential, since then.
fn refuses((connection, since): &(String, i64)) -> Because {
    Because {
        what: format!("the service refuses the credential of {connection}: nothing is carried over"),
        hint: format!("connect again: `musubi connect {connection}`; then it goes on by itself"),
        since: Some(*since),
        ..Because::new("explain.refused")
    }
}

/// Fields of a pair that are not the same on both sides, though nothing is owed: a direction or a policy lets them differ. Only of such kinds as mean the same on both
/// sides, and of values that more than their form tells apart.
fn standing_apart<'a>(body: &'a LinkBody, slots: &'a [Slot]) -> impl Iterator<Item = (u16, String)> + 'a {
    let differs = |slot: u16, field: &Slot| {
        let [left, right] = Side::BOTH.map(|side| body.side(side).current(slot));
        if let (Some(Value::User(_)), Some(Value::User(_))) = (left, right) {
            // Their ids are never the same; that they are two people was found out when they were let be.
            return body.let_be.contains(&slot);
        }
        let comparable = field.kinds.left == field.kinds.right
            && field.steps.is_none()
            && COMPARABLE.contains(&field.kinds.left.as_str());
        comparable && left.zip(right).is_some_and(|(left, right)| form(left) != form(right))
    };
    let apart = (0..).zip(slots).filter(move |(slot, field)| {
        differs(*slot, field)
            && !body.apart.contains(slot)
            && body.restore.iter().all(|one| one.slot != *slot)
    });
    apart.map(|(slot, field)| (slot, field.left.to_string()))
}

/// A pair of which such fields differ agrees as far as it is to.
const LETS_DIFFER: &str = "explain.may_differ";

/// Kinds of which values are the same on both sides, but for spaces and cases.
const COMPARABLE: [&str; 9] =
    ["text", "email", "phone", "url", "integer", "bool", "date", "picklist", "multi_picklist"];

fn form(value: &Value) -> String {
    let json = crate::history::json(value);
    let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
    text.trim().to_lowercase()
}

/// What becomes of a pair of which one record left the scope.
fn leaving(sync: &ModuleSyncRow) -> Result<LeavingPolicy> {
    Ok(crate::export::module_config(sync)?.scope.map(|scope| scope.leaving).unwrap_or_default())
}

async fn state(hub: &Inner, sync: &ModuleSyncRow) -> Result<SyncState> {
    let stored = hub.store.sync_state(sync.id).await?;
    Ok(stored.as_deref().map(SyncState::decode).unwrap_or_default())
}

async fn find(hub: &Inner, sync: &ModuleSyncRow, side: Side, id: &str) -> Result<Found> {
    let want = Want { ids: vec![(side, id.to_owned())], ..Want::default() };
    let loaded = hub.store.load(sync.id, want).await?;
    if let Some(row) = loaded.links.into_iter().next() {
        let body = LinkBody::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
        return Ok(Found::Link(row, Box::new(body)));
    }
    if let Some(row) = loaded.unlinked.into_iter().next() {
        return Ok(Found::Unlinked(row));
    }
    let id = RemoteId::new(id);
    for row in hub.store.open_intents(sync.id).await? {
        let Ok(batch) = Batch::recover(&row, 0) else { continue };
        if batch.side != side && batch.items.iter().any(|item| item.ids.get(side).as_ref() == Some(&id)) {
            return Ok(Found::Create);
        }
    }
    Ok(Found::Nowhere)
}

/// What waits for a person about this record.
async fn matters(hub: &Inner, sync: &ModuleSyncRow, side: Side, id: &str) -> Result<Vec<Because>> {
    let items = hub.store.attention_of(sync.id, side, id).await?;
    let because = |item: musubi_store::AttentionRow| {
        let (what, hint) = matter::explain(&item.code).map_or(("", ""), |matter| (matter.what, matter.hint));
        Because {
            what: what.to_owned(),
            hint: hint.to_owned(),
            field: item.field,
            since: Some(item.created_at),
            said: Said::read(&item.body),
            matter: Some(format!("{}-{}", sync.id.0, item.id)),
            ..Because { code: item.code, ..Because::default() }
        }
    };
    Ok(items.into_iter().map(because).collect())
}

/// What is left of the attachments of a pair on purpose.
async fn of_attachments(hub: &Inner, sync: &ModuleSyncRow, found: &Found) -> Result<Vec<Because>> {
    let Found::Link(row, _) = found else { return Ok(Vec::new()) };
    let left = attached::left_so(hub, sync, &row.left_id).await?;
    let codes = [(left.deleted, "explain.attachment_deleted"), (left.link, "explain.attachment_link")];
    Ok(codes.into_iter().filter(|(holds, _)| *holds).map(|(_, code)| Because::new(code)).collect())
}

/// Why and since when the pair is none any more.
async fn untied(
    hub: &Inner,
    sync: &ModuleSyncRow,
    row: &LinkRow,
    body: &LinkBody,
    side: Side,
) -> Result<Because> {
    let entries = hub.store.journal_of(sync.id, Side::Left, &row.left_id).await?;
    let kinds = [JournalKind::Untied, JournalKind::Unlinked, JournalKind::Merged, JournalKind::Converted];
    let kinds = kinds.map(JournalKind::number);
    let last = entries.iter().rev().find(|entry| kinds.contains(&entry.kind));
    let cause = last.and_then(|entry| describe_journal(entry).ok()).map(|entry| entry.cause);
    let code = match (body.gone.get(side), body.gone.get(side.other())) {
        (Some(_), _) => match body.fate.get(side) {
            Some(Fate::Merged(_)) => "explain.merged",
            Some(Fate::Converted(_)) => "explain.converted",
            Some(Fate::Deleted) | None => "explain.deleted",
        },
        (None, Some(_)) => match body.fate.get(side.other()) {
            Some(Fate::Merged(_)) => "explain.other_merged",
            Some(Fate::Converted(_)) => "explain.other_converted",
            Some(Fate::Deleted) | None => "explain.other_deleted",
        },
        (None, None) if Side::BOTH.iter().any(|side| body.side(*side).outside) => {
            return Ok(Because { since: last.map(|entry| entry.at), ..Because::new("explain.left_scope") });
        }
        (None, None) => "explain.unlinked",
    };
    let gone = body.gone.get(side).or(*body.gone.get(side.other())).map(Instant::millis);
    let by = cause.and_then(|cause| cause.by).map(Into::into);
    Ok(Because { since: last.map(|entry| entry.at).or(gone), by, ..Because::new(code) })
}

/// The records that it waits for.
async fn parents(hub: &Inner, sync: &ModuleSyncRow, side: Side, id: &str) -> Result<Vec<Because>> {
    let mut rows = hub.store.parked_of(sync.id, side, id).await?;
    // Of which module it is may not be known.
    rows.dedup_by(|a, b| a.parent_id == b.parent_id);
    let because = |row: musubi_store::ParkedRow| Because {
        waits_for: Some(row.parent_id),
        ..Because::new("explain.waits_for_parent")
    };
    Ok(rows.into_iter().map(because).collect())
}
