//! How far things are, in the words in which people and programs are told.

use crate::sync::Phase;
use serde::Serialize;
use utoipa::ToSchema;

/// What a run, a plan or a verification is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// No process works on it yet.
    #[default]
    Waiting,
    /// Records are counted.
    Counting,
    /// Records are read.
    Reading,
    /// Both sides are compared.
    Comparing,
    /// What is left without a counterpart is decided.
    Deciding,
    /// What was decided is written and read back.
    Settling,
    /// Both sides agree.
    Agreed,
}

impl Stage {
    /// As it is told.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Waiting => "waiting",
            Stage::Counting => "counting",
            Stage::Reading => "reading",
            Stage::Comparing => "comparing",
            Stage::Deciding => "deciding",
            Stage::Settling => "settling",
            Stage::Agreed => "agreed",
        }
    }
}

/// Whether an integration works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntegrationState {
    /// It works.
    Active,
    /// No calls and no writes.
    #[default]
    Paused,
}

impl IntegrationState {
    /// As it is told.
    pub fn name(self) -> &'static str {
        match self {
            IntegrationState::Active => "active",
            IntegrationState::Paused => "paused",
        }
    }
}

impl From<musubi_store::IntegrationState> for IntegrationState {
    fn from(state: musubi_store::IntegrationState) -> IntegrationState {
        match state {
            musubi_store::IntegrationState::Active => IntegrationState::Active,
            musubi_store::IntegrationState::Paused => IntegrationState::Paused,
        }
    }
}

/// How far a module pair's first load is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SyncPhase {
    /// It did not begin yet.
    #[default]
    New,
    /// The records of both sides are counted.
    Count,
    /// The smaller side is read.
    ScanFirst,
    /// The other side is read.
    ScanSecond,
    /// What is left without a counterpart is decided.
    Sweep,
    /// It is over: changes are followed.
    Steady,
}

impl From<Phase> for SyncPhase {
    fn from(phase: Phase) -> SyncPhase {
        match phase {
            Phase::Count => SyncPhase::Count,
            Phase::ScanFirst { .. } => SyncPhase::ScanFirst,
            Phase::ScanSecond { .. } => SyncPhase::ScanSecond,
            Phase::Sweep => SyncPhase::Sweep,
            Phase::Steady => SyncPhase::Steady,
        }
    }
}
