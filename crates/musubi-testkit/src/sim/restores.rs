//! Backups, and going back to one (DESIGN §2.14).

use super::{Sim, store};
use crate::{check, violation::Violation};

impl Sim<'_> {
    pub(super) fn back_up(&mut self) -> Result<(), Violation> {
        // Only a memory in memory can be copied that cheaply; the store's own tests copy the others.
        if let Ok(copy) = self.runtime.block_on(self.store.duplicate()) {
            self.backup = Some(copy);
        }
        Ok(())
    }

    /// The hub is stopped, the backup takes the place of the memory, the hub starts.
    pub(super) fn restore(&mut self) -> Result<(), Violation> {
        let Some(backup) = &self.backup else { return Ok(()) };
        self.lost.extend(check::replaced(self.runtime, &self.store, self.plan.sync)?);
        let copy = self.runtime.block_on(backup.duplicate()).map_err(store)?;
        let old = self.worker.take();
        self.rival = None;
        let epoch = old.as_ref().map_or(0, |worker| worker.epoch);
        if let Some(old) = old {
            self.let_go(old);
        }
        self.store = copy;
        self.forget_erasures();
        // Epochs do not go back: the real restore raises them above both.
        loop {
            self.now += 60_000;
            let taken = self.store.acquire(self.plan.sync, "restore", self.now, self.now + 1);
            let taken = self.runtime.block_on(taken).map_err(store)?;
            if taken.is_some_and(|taken| taken > epoch) {
                break;
            }
        }
        self.now += 1_000;
        self.cursors = None;
        self.seen.clear();
        self.restored = true;
        self.start_worker()
    }
}
