//! What one org holds: modules with records, people, picklists, rules, files.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

use bytes::Bytes;

use crate::crm::notify::channel::Channel;

use super::{
    ids::Ids,
    module::Module,
    people::{GlobalPicklist, Profile, Role, User},
    rule::Rule,
};

/// A stored file.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// What it holds.
    pub content: Bytes,
}

/// What a mass job did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MassKind {
    /// Set fields.
    Update,
    /// Deleted.
    Delete,
    /// Gave to another owner.
    Owner,
}

/// A job over the records of a list view; it is done by the time it is answered, and a restart forgets it.
#[derive(Debug, Clone)]
pub struct MassJob {
    /// Its id.
    pub id: i64,
    /// What it did.
    pub kind: MassKind,
    /// Records it was about.
    pub total: usize,
    /// Records it changed.
    pub done: usize,
}

/// Records that were merged into another one. Kept for the timeline of that one; a restart forgets it.
#[derive(Debug, Clone)]
pub struct Merge {
    /// The number of the module.
    pub module: usize,
    /// The record that stays.
    pub master: i64,
    /// Those that were deleted.
    pub merged: Vec<i64>,
    /// When.
    pub time: i64,
    /// Who did it.
    pub by: i64,
}

/// The state of one org.
#[derive(Debug)]
pub struct State {
    /// The id counter.
    pub ids: Ids,
    /// Modules; a module's place is its number and never changes.
    pub modules: Vec<Module>,
    /// Users; the first is the owner of the credentials.
    pub users: Vec<User>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Profiles.
    pub profiles: Vec<Profile>,
    /// Global picklists.
    pub global_picklists: Vec<GlobalPicklist>,
    /// Workflow rules.
    pub rules: Vec<Rule>,
    /// Notification channels.
    pub channels: Vec<Channel>,
    /// Contents of attachments by attachment id.
    pub files: HashMap<i64, StoredFile>,
    /// Records related many to many: the relation's number, the first record, the second.
    pub links: BTreeSet<(u8, i64, i64)>,
    /// Mass jobs.
    pub mass_jobs: Vec<MassJob>,
    /// Merges.
    pub merges: Vec<Merge>,
    names: HashMap<String, usize>,
}

impl State {
    /// A state of these parts.
    pub fn new(
        ids: Ids,
        modules: Vec<Module>,
        users: Vec<User>,
        roles: Vec<Role>,
        profiles: Vec<Profile>,
    ) -> State {
        let mut state = State {
            ids,
            modules,
            users,
            roles,
            profiles,
            global_picklists: Vec::new(),
            rules: Vec::new(),
            channels: Vec::new(),
            files: HashMap::new(),
            links: BTreeSet::new(),
            mass_jobs: Vec::new(),
            merges: Vec::new(),
            names: HashMap::new(),
        };
        state.refresh_names();
        state
    }

    /// Must follow every change of the module list.
    pub fn refresh_names(&mut self) {
        self.names = self.modules.iter().enumerate().map(|(no, m)| (m.meta.api_name.clone(), no)).collect();
    }

    /// The number of a module by API name.
    pub fn module_no(&self, api_name: &str) -> Option<usize> {
        self.names.get(api_name).copied()
    }

    /// A module by API name.
    pub fn module(&self, api_name: &str) -> Option<&Module> {
        self.module_no(api_name).map(|no| &self.modules[no])
    }

    /// A user by id.
    pub fn user(&self, id: i64) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// What the record of this id is called; `None` when it is not there.
    pub fn record_name(&self, module: &str, id: i64) -> Option<Cow<'_, str>> {
        let module = self.module(module)?;
        module.table.get(id).map(|record| module.display_name(record))
    }
}
