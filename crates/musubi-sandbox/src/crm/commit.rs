//! Changes of records on their way to the table, the log, the workflow rules and the notifications.

use crate::{
    crm::context::RequestContext,
    log::Line,
    org::{
        State,
        events::{Operation, RecordEvent},
        record::{FieldNo, Record},
        table::Deleted,
    },
};

/// The changes of one call. They are in the table at once; [`Commit::finish`] tells everybody else.
pub struct Commit<'a> {
    ctx: &'a RequestContext,
    /// What happened so far.
    pub events: Vec<RecordEvent>,
    lines: Vec<Line>,
}

impl<'a> Commit<'a> {
    /// Nothing changed yet.
    pub fn new(ctx: &'a RequestContext) -> Commit<'a> {
        Commit { ctx, events: Vec::new(), lines: Vec::new() }
    }

    /// Adds or replaces a record.
    pub fn put(
        &mut self,
        state: &mut State,
        module: usize,
        record: Record,
        operation: Operation,
        changed: Vec<FieldNo>,
    ) {
        self.events.push(RecordEvent {
            module,
            id: record.id,
            operation,
            changed_fields: changed,
            by_user: record.modified_by,
        });
        if self.ctx.world.log.is_some() {
            self.lines.push(Line::Put(self.ctx.org.profile.number, module, record.clone()));
        }
        let target = &mut state.modules[module];
        target.table.put(record, &target.meta.fields, self.ctx.now_ms);
    }

    /// Moves a record to the recycle bin.
    pub fn delete(&mut self, state: &mut State, module: usize, id: i64) {
        let target = &mut state.modules[module];
        let Some(record) = target.table.get(id) else { return };
        let deleted = Deleted {
            record: None,
            time: self.ctx.now(),
            by: self.ctx.user_id,
            display_name: target.display_name(record).into_owned(),
            created_by: record.created_by,
            owner: record.owner,
        };
        if self.ctx.world.log.is_some() {
            self.lines.push(Line::Delete(self.ctx.org.profile.number, module, id, deleted.clone()));
        }
        target.table.delete(id, deleted, &target.meta.fields, self.ctx.now_ms);
        self.events.push(RecordEvent {
            module,
            id,
            operation: Operation::Delete,
            changed_fields: vec![],
            by_user: self.ctx.user_id,
        });
    }

    /// Forgets a deleted record's content.
    pub fn purge(&mut self, state: &mut State, module: usize, id: i64) {
        if state.modules[module].table.purge(id) {
            self.line(Line::Purge(self.ctx.org.profile.number, module, id));
        }
    }

    /// Notes that a module's metadata changed.
    pub fn meta(&mut self, state: &State, module: usize) {
        if self.ctx.world.log.is_some() {
            let meta = Box::new(state.modules[module].meta.clone());
            self.line(Line::Module(self.ctx.org.profile.number, module, meta));
        }
    }

    /// Notes that users, roles or profiles changed.
    pub fn people(&mut self, state: &State) {
        let number = self.ctx.org.profile.number;
        self.line(Line::People(number, state.users.clone(), state.roles.clone(), state.profiles.clone()));
    }

    /// Notes that global picklists or workflow rules changed.
    pub fn settings(&mut self, state: &State) {
        let number = self.ctx.org.profile.number;
        self.line(Line::Settings(number, state.global_picklists.clone(), state.rules.clone()));
    }

    /// Adds a line to the log.
    pub fn line(&mut self, line: Line) {
        if self.ctx.world.log.is_some() {
            self.lines.push(line);
        }
    }

    /// Writes the log and tells the outside. The org's lock is still held, so that the order of both is the table's.
    pub fn finish(self, state: &mut State) {
        if let Some(log) = &self.ctx.world.log
            && !self.lines.is_empty()
        {
            log.write_all(&self.lines);
        }
        self.ctx.org.after_commit(&self.ctx.world, state, &self.events);
    }
}
