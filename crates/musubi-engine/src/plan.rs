//! What a run would do: found out by rehearsing it. Writes nothing.

use crate::alone;
use crate::approval::{self, Approval};
use crate::attached;
use crate::duplicates;
use crate::error::Result;
use crate::everything::Spent;
use crate::export;
use crate::history::json;
use crate::hub::Hub;
use crate::lookalikes;
use crate::plan_names;
use crate::planned::{MatchedBy, ModulePlan, PlanReport, PlannedField, PlannedOperation};
use crate::rehearsal::{Ensemble, Stage};
use crate::report::Progress;
use crate::shown::Shown;
use crate::status::held_and_failed;
use crate::sync::rehearse::Recorded;
use crate::verify::connections;
use musubi_connector::gate::Lane;
use musubi_connector::{Counting, Priced};
use musubi_core::match_form::MatchRule;
use musubi_core::plan::{Approved, Digest, Field, Kind, Operation};
use musubi_core::schema::FieldType;
use musubi_core::{RemoteId, Side, Sides};
use musubi_store::Store;

/// So many records of each kind are shown.
const SAMPLES: usize = 5;
/// So many deletions of each module are looked into: what hangs on them is asked one by one.
const DELETIONS: usize = 100;

impl Hub {
    /// What a run would do now, per module pair: operations, calls and credits. A first load is rehearsed completely, which reads both sides once;
    /// of a sync that ran already, what changed since.
    pub async fn plan(&self, integration: &str) -> Result<PlanReport> {
        self.plan_telling(integration, &mut |_| {}).await
    }

    /// The same, and tells how it goes.
    pub async fn plan_telling(
        &self,
        integration: &str,
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<PlanReport> {
        Ok(self.rehearse(integration, false, tell).await?.0)
    }

    /// The same, with what a run can be bound to.
    pub async fn plan_to_approve(
        &self,
        integration: &str,
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<(PlanReport, Approval)> {
        self.rehearse(integration, true, tell).await
    }

    async fn rehearse(
        &self,
        integration: &str,
        to_approve: bool,
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<(PlanReport, Approval)> {
        let hub = &self.inner;
        let (id, connections) = connections(hub, integration).await?;
        let mut ensemble = Ensemble::prepare(hub, id, connections).await?;
        let mut found: Vec<Found> =
            ensemble.stages.iter().map(|stage| Found::new(stage.plan.rules.version, to_approve)).collect();
        let mut record = |stage: &Stage, at: usize, recorded: Recorded| found[at].take(stage, recorded);
        let began = hub.now();
        ensemble.run(&mut record, tell).await?;
        let read_ms = u64::try_from(hub.now() - began).unwrap_or(0);
        let mut approval = Approval::new(integration, began);
        let mut write_ms = Sides::<u64>::default();
        let mut report = PlanReport { integration: integration.to_owned(), ..PlanReport::default() };
        for (at, (stage, found)) in ensemble.stages.iter().zip(found).enumerate() {
            if let Some(approved) = &found.approved {
                approval::no_more_than_can_be_kept(approved)?;
                approval.add(&stage.row.left_module, &stage.row.right_module, approved);
            }
            let mut module = found.module;
            module.operations = found.shown.operations();
            module.digest = found.digest.text();
            module.matched_by = matched_by(stage)?;
            module.links = hub.store.count_links(stage.row.id).await? as u64;
            let config = export::module_config(&stage.row)?;
            let new = module.would_link + module.would_create_left + module.would_create_right;
            module.attachments = attached::planned(&config, module.links + new);
            let looks = attached::at_once(&config, new);
            for side in Side::BOTH {
                let connector = &stage.accounts.get(side).connector;
                let account = stage.accounts.get(side);
                *module.records.get_mut(side) = match stage.counted.get(side) {
                    Some(count) => *count,
                    None => {
                        let count = connector.count(&stage.plan.projections.get(side).module);
                        account.ask(Lane::Verification, Priced::Other, count).await?
                    }
                };
                // Reading costs the run what it cost here; then there are its writes, and reading them back.
                let lists = found.echoes.get(side).div_ceil(stage.plan.batch.get(side).page.max(1) as u64);
                let (read, write) = (stage.spent.get(side), found.writes.get(side));
                let lists = lists + looks.get(side);
                *module.calls.get_mut(side) = read.calls + write.calls + lists;
                *module.credits.get_mut(side) =
                    read.credits + write.credits + lists * u64::from(connector.price(Priced::List));
                *report.calls.get_mut(side) += module.calls.get(side);
                *report.credits.get_mut(side) += module.credits.get(side);
                // Batches go out a few at a time, and take as long as what was read.
                let at_once = stage.plan.settings.writes_at_once.max(1) as u64;
                *write_ms.get_mut(side) += write.calls * stage.answer_ms(side) / at_once;
            }
            module.reading = stage.reading();
            left_over(&ensemble.scratch, stage, &mut module).await?;
            going_along(stage, found.deleted, &mut module).await?;
            module.duplicates = duplicates::of(&ensemble.scratch, stage.row.id).await?;
            module.lookalikes = lookalikes::of(&ensemble.scratch, &ensemble.stages, at).await?;
            plan_names::name(&ensemble.scratch, &ensemble.stages, at, &mut module.operations).await?;
            report.modules.push(module);
        }
        report.seconds = (read_ms + write_ms.left.max(write_ms.right)).div_ceil(1_000);
        report.owners = self.owners(integration).await?;
        report.owners.leave_out_idle(&ensemble.owners());
        Ok((report, approval))
    }
}

/// By which fields the records are recognised, and whether somebody said so.
fn matched_by(stage: &Stage) -> Result<Vec<MatchedBy>> {
    let is_default = export::module_config(&stage.row)?.match_fields.is_none();
    let mapping = &stage.plan.rules.mapping;
    let field = |rule: &MatchRule| {
        let name = |side: Side| mapping.field(side, rule.slot).name.to_string();
        MatchedBy { left: name(Side::Left), right: name(Side::Right), is_default }
    };
    Ok(mapping.matches.iter().map(field).collect())
}

/// What hangs on the records that would be deleted, where the whole of it would go along.
async fn going_along(stage: &Stage, deleted: Vec<(Side, RemoteId)>, module: &mut ModulePlan) -> Result<()> {
    for (side, record) in deleted {
        let account = stage.accounts.get(side);
        let name = &stage.plan.projections.get(side).module;
        let related = account.connector.related(name, &record, Counting::All);
        let related = account.ask(Lane::Verification, Priced::Other, related).await?;
        *module.would_delete_related.get_mut(side) += related.count();
    }
    Ok(())
}

/// What was recorded of one module so far. Of the operations themselves only some are kept: there may be a million.
struct Found {
    module: ModulePlan,
    shown: Shown,
    deleted: Vec<(Side, RemoteId)>,
    digest: Digest,
    /// What a run can be held against, if that is asked for.
    approved: Option<Approved>,
    writes: Sides<Spent>,
    echoes: Sides<u64>,
}

impl Found {
    fn new(version: u32, to_approve: bool) -> Found {
        Found {
            module: ModulePlan::default(),
            shown: Shown::default(),
            deleted: Vec::new(),
            digest: Digest::new(version),
            approved: to_approve.then(|| Approved::nothing(version)),
            writes: Sides::default(),
            echoes: Sides::default(),
        }
    }

    fn take(&mut self, stage: &Stage, recorded: Recorded) {
        for (side, kind, records) in recorded.writes {
            let spent = self.writes.get_mut(side);
            spent.calls += 1;
            spent.credits +=
                u64::from(stage.accounts.get(side).connector.price(Priced::Write(kind, records)));
        }
        for side in Side::BOTH {
            *self.echoes.get_mut(side) += recorded.echoes.get(side);
        }
        for operation in recorded.operations {
            self.digest.add(&operation);
            // What is more than can be kept is more for good: it is told at the end, and takes no more memory.
            let room = |approved: &&mut Approved| approval::no_more_than_can_be_kept(approved).is_ok();
            if let Some(approved) = self.approved.as_mut().filter(room) {
                approved.add(&operation);
            }
            self.count(stage, &operation);
            self.shown.take(&operation, |operation| shown(stage, operation));
            if let (Kind::Delete, Some(id)) = (operation.kind, operation.target_id)
                && self.deleted.len() < DELETIONS
            {
                self.deleted.push((operation.target, id));
            }
        }
    }

    fn count(&mut self, stage: &Stage, operation: &Operation) {
        let is_email = |slot: u16| {
            let pair = stage.plan.rules.mapping.pairs.get(usize::from(slot));
            pair.is_some_and(|pair| matches!(pair.fields.get(operation.target).kind, FieldType::Email { .. }))
        };
        let replaces = |field: &Field| {
            is_email(field.slot) && field.before.as_ref().is_some_and(|before| !before.is_blank())
        };
        let module = &mut self.module;
        if operation.kind == Kind::Update && operation.fields.iter().any(replaces) {
            *module.would_replace_email.get_mut(operation.target) += 1;
        }
        let source = operation.source.to_string();
        let keep = |list: &mut Vec<String>| {
            if list.len() < SAMPLES {
                list.push(source.clone());
            }
        };
        match (operation.kind, operation.target, &operation.target_id) {
            (Kind::Link, _, target) => {
                module.would_link += 1;
                if module.samples.link.len() < SAMPLES {
                    let target = target.as_ref().map(ToString::to_string).unwrap_or_default();
                    module.samples.link.push((source, target));
                }
            }
            (Kind::Create, Side::Left, _) => {
                module.would_create_left += 1;
                keep(&mut module.samples.create_left);
            }
            (Kind::Create, Side::Right, _) => {
                module.would_create_right += 1;
                keep(&mut module.samples.create_right);
            }
            (Kind::Update, side, Some(_)) => *module.would_update.get_mut(side) += 1,
            // The second step of a create.
            (Kind::Update, _, None) => {}
            (Kind::Delete, side, _) => *module.would_delete.get_mut(side) += 1,
        }
    }
}

/// An operation as a person reads it.
fn shown(stage: &Stage, operation: &Operation) -> PlannedOperation {
    let pairs = &stage.plan.rules.mapping.pairs;
    let field = |field: &musubi_core::plan::Field| PlannedField {
        field: pairs
            .get(usize::from(field.slot))
            .map(|pair| pair.fields.get(operation.target).name.to_string())
            .unwrap_or_default(),
        before: field.before.as_ref().map(json),
        after: field.after.as_ref().map(json),
        why: field.why,
    };
    PlannedOperation {
        kind: operation.kind,
        side: operation.target,
        source_id: operation.source.to_string(),
        label: None,
        target_id: operation.target_id.as_ref().map(ToString::to_string),
        fields: operation.fields.iter().map(field).collect(),
    }
}

/// What would wait for a person, and what would stay alone.
async fn left_over(scratch: &Store, stage: &Stage, module: &mut ModulePlan) -> Result<()> {
    let is_match = |code: &str| code.starts_with("match.");
    let counts = scratch.counts(stage.row.id).await?;
    alone::count(scratch, stage.row.id, module).await?;
    let (held, _) = held_and_failed(&counts);
    module.ambiguous = held.iter().filter(|(code, _)| is_match(code)).map(|(_, count)| count).sum();
    module.held = held;
    let mut after = -1;
    while module.ambiguous > 0 && module.samples.ambiguous.len() < SAMPLES {
        let items = scratch.open_attention(stage.row.id, after, 500).await?;
        let Some(last) = items.last() else { break };
        after = last.id;
        let ids = items.iter().filter(|item| is_match(&item.code));
        let ids = ids.filter_map(|item| item.left_id.clone().or_else(|| item.right_id.clone()));
        module.samples.ambiguous.extend(ids);
    }
    module.samples.ambiguous.truncate(SAMPLES);
    module.left.clone_from(&stage.row.left_module);
    module.right.clone_from(&stage.row.right_module);
    module.left_out.clone_from(&stage.left_out);
    module.warnings.clone_from(&stage.warnings);
    Ok(())
}
