//! A changed rule decides anew what is held: the policies that were last decided by are remembered, and when they are others every held pair is gone through.

use super::{Sync, desk::Job, known::link_state};
use musubi_core::{RemoteId, Side};
use musubi_store::LinkRow;

/// The state of the links that are gone through.
pub(super) const STATE: i64 = link_state::HELD;

impl Sync {
    /// Goes through what is held, if other rules decided last.
    pub(super) fn mind_rules(&mut self, is_new: bool) {
        let rules = self.plan.rules_digest();
        if is_new {
            self.state.rules = rules;
        } else if self.state.rules != rules {
            self.jobs.push_back(Job::Held { after: None });
        }
    }

    /// Held pairs: each is decided again, then come those after them. Only when all were is it remembered by which rules (a process may end in between).
    pub(super) fn got_held(&mut self, rows: &[LinkRow]) {
        let Some(last) = rows.last() else {
            self.state.rules = self.plan.rules_digest();
            self.jobs.push_back(Job::Save);
            return;
        };
        let ids = rows.iter().map(|row| (Side::Left, RemoteId::new(&row.left_id))).collect();
        self.jobs.push_back(Job::Again { ids, asked: false });
        self.jobs.push_back(Job::Held { after: Some(last.left_id.clone()) });
    }
}
