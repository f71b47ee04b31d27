//! What people and administrators do in a world.

use musubi_core::Side;

/// One thing that somebody does.
#[derive(Clone, Debug)]
pub enum Act {
    /// A person makes a record.
    Create {
        /// Where.
        side: Side,
        /// Who it is about.
        person: usize,
        /// With the person's e-mail address.
        with_email: bool,
    },
    /// A person changes a field.
    Edit {
        /// Where.
        side: Side,
        /// Which record, counted among those there.
        nth: usize,
        /// The field.
        slot: usize,
        /// The new value's number.
        value: usize,
    },
    /// A person deletes a record.
    Delete {
        /// Where.
        side: Side,
        /// Which record.
        nth: usize,
    },
    /// A person takes a deleted record out of the recycle bin.
    Undelete {
        /// Where.
        side: Side,
        /// Which of those that people deleted.
        nth: usize,
    },
    /// A person merges a record into another one.
    Merge {
        /// Where.
        side: Side,
        /// Which record goes.
        nth: usize,
        /// Which one stays.
        master: usize,
    },
    /// A person converts a record into one of another module.
    Convert {
        /// Where.
        side: Side,
        /// Which record.
        nth: usize,
    },
    /// A person decides a conflict that was seen.
    Decide {
        /// Which of those seen.
        nth: usize,
        /// Whose value counts.
        winner: Side,
    },
    /// A person has taken back what was written to a record.
    Undo {
        /// Where.
        side: Side,
        /// Which record.
        nth: usize,
    },
    /// A person has a record erased.
    Erase {
        /// Where.
        side: Side,
        /// Which record.
        nth: usize,
    },
    /// An administrator pauses the sync.
    Pause,
    /// … and lets it go on.
    Resume,
    /// Every record is compared again.
    FullPass,
    /// An administrator has both sides written to, where only one was.
    Open,
    /// Somebody changes the list views of the scope in a service.
    ChangeViews,
    /// An administrator lets count what they show now.
    TakeViewsOver,
    /// The process that works dies without a word and another one takes over.
    TakeOver,
    /// Another process, whose clock is ahead, takes over while the first one still believes in its lease.
    Rival,
    /// A service's clock is set forward.
    ClockStep {
        /// Whose.
        side: Side,
        /// By so many milliseconds.
        by: i64,
    },
    /// A backup is made.
    Backup,
    /// The last backup is restored: everything since is forgotten.
    Restore,
}
