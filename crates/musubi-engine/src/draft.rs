//! A module pair as somebody thinks it out: not saved, perhaps not right yet.

use crate::account::Account;
use crate::both::connections_of;
use crate::compile::{self, Compiled, Sibling, mapping};
use crate::config::{FieldPair, Fields, IntegrationConfig, ModuleConfig};
use crate::error::{HubError, Result};
use crate::findings::LossyPair;
use crate::hub::Hub;
use crate::preview::siblings;
use crate::through;
use musubi_core::schema::{FieldType, ModuleSchema};
use musubi_core::{ModuleName, Sides};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Something in a mapping that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MappingProblem {
    /// The left field that it is about; `null` when it is about the whole mapping.
    #[schema(required)]
    pub left: Option<String>,
    /// The right field; `null` for a field to match by.
    #[schema(required)]
    pub right: Option<String>,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong.
    pub what: String,
    /// What can be done.
    pub hint: String,
}

/// An integration's configuration with the accounts that it names.
pub(crate) struct Draft<'a> {
    pub config: &'a IntegrationConfig,
    pub connections: Sides<i64>,
    pub accounts: Sides<Arc<Account>>,
    siblings: Vec<Sibling>,
}

/// One module pair of it.
pub(crate) struct DraftModule<'a> {
    pub config: &'a ModuleConfig,
    pub names: Sides<ModuleName>,
    pub schemas: Sides<Arc<ModuleSchema>>,
    /// What can be compiled of it; `None` when nothing can.
    pub compiled: Option<Compiled>,
    /// The rest.
    pub problems: Vec<MappingProblem>,
}

impl Hub {
    /// Opens both accounts of a configuration that need not be saved.
    pub(crate) async fn draft<'a>(&self, config: &'a IntegrationConfig) -> Result<Draft<'a>> {
        let hub = &self.inner;
        let rows = hub.store.connections(hub.workspace).await?;
        let connections = connections_of(config, &rows)?;
        let accounts = hub.accounts(&connections).await?;
        Ok(Draft { config, connections, accounts, siblings: siblings(config) })
    }
}

impl<'a> Draft<'a> {
    /// What is said about the module pair in this place.
    pub fn config_of(&self, at: usize) -> Result<&'a ModuleConfig> {
        self.config.modules.get(at).ok_or_else(|| {
            let (what, hint) = ("there is no module pair in that place", "count them from 0");
            HubError::new("module.no_such_pair", what, hint)
        })
    }

    /// The module pair in this place.
    pub async fn module(&self, at: usize) -> Result<DraftModule<'a>> {
        let config = self.config_of(at)?;
        let names = names(config);
        let (left, right) = tokio::try_join!(
            self.accounts.left.schema(&names.left),
            self.accounts.right.schema(&names.right)
        )?;
        // What a pair names wrongly is told with the mapping.
        let own = Sides { left, right };
        let schemas = through::add(config, &self.accounts, own.clone()).await.unwrap_or(own);
        let (compiled, mut problems) = self.compiled(config).await?;
        if let Some(Compiled { findings, .. }) = &compiled {
            problems.extend(findings.lossy.iter().map(lossy));
            problems.extend(
                findings.twice().map(|(twice, error)| {
                    problem(error, Some(&twice.fields.left), Some(&twice.fields.right))
                }),
            );
        }
        Ok(DraftModule { config, names, schemas, compiled, problems })
    }

    /// The siblings that a lookup between two modules could be led to.
    pub fn has_pair(&self, left: &ModuleName, right: &ModuleName) -> bool {
        self.siblings.iter().any(|one| one.modules.left == *left && one.modules.right == *right)
    }

    /// A sibling that a lookup to several modules could be led to.
    pub fn has_parent(&self, left: &FieldType, right: &FieldType) -> bool {
        !compile::parents(&self.siblings, left, right).is_empty()
    }

    /// As much of the mapping as is right, and each thing that is wrong with the rest.
    async fn compiled(&self, config: &ModuleConfig) -> Result<(Option<Compiled>, Vec<MappingProblem>)> {
        let whole = match self.compile(config).await? {
            Ok(compiled) => return Ok((Some(compiled), Vec::new())),
            Err(error) => error,
        };
        let mut problems = Vec::new();
        let of_tags = whole.code == "mapping.tags";
        let mut right = ModuleConfig {
            match_fields: Some(Vec::new()),
            field_conflict: Default::default(),
            tags: config.tags && !of_tags,
            ..config.clone()
        };
        if let Fields::List(pairs) = &config.fields {
            let mut sound: Vec<FieldPair> = Vec::new();
            for pair in pairs {
                right.fields = Fields::List(vec![pair.clone()]);
                match self.compile(&right).await? {
                    Ok(_) => sound.push(pair.clone()),
                    Err(error) => problems.push(problem(error, Some(&pair.left), Some(&pair.right))),
                }
            }
            right.fields = Fields::List(sound);
        }
        for entry in config.match_fields.iter().flatten() {
            let before = right.match_fields.clone();
            right.match_fields.get_or_insert_default().push(entry.clone());
            if let Err(error) = self.compile(&right).await?
                && error.message != whole.message
            {
                right.match_fields = before;
                problems.push(problem(error, Some(&entry.wanted().left.to_string()), None));
            }
        }
        if config.match_fields.is_none() {
            right.match_fields = None;
        }
        let compiled = self.compile(&right).await?.ok();
        if problems.is_empty() || of_tags {
            problems.push(problem(whole, None, None));
        }
        Ok((compiled, problems))
    }

    /// Compiles it; the inner error is one of the mapping, the outer one of a service.
    async fn compile(&self, config: &ModuleConfig) -> Result<Result<Compiled>> {
        match mapping(config, &self.accounts, &self.siblings, &self.config.owners).await {
            Err(error) if !error.code.starts_with("mapping.") => Err(error),
            done => Ok(done),
        }
    }
}

/// Two fields that cannot be kept in agreement both ways.
pub(crate) fn lossy(pair: &LossyPair) -> MappingProblem {
    let LossyPair { left, right, example, hint, .. } = pair.clone();
    let what = format!("{left} and {right} cannot be kept in agreement both ways: {example}");
    MappingProblem { left: Some(left), right: Some(right), code: "mapping.lossy", what, hint }
}

fn problem(error: HubError, left: Option<&String>, right: Option<&String>) -> MappingProblem {
    let HubError { code, message: what, hint } = error;
    MappingProblem { left: left.cloned(), right: right.cloned(), code, what, hint }
}

pub(crate) fn names(module: &ModuleConfig) -> Sides<ModuleName> {
    Sides { left: ModuleName::new(&module.left), right: ModuleName::new(&module.right) }
}
