//! Deliberately wrong versions, one or more for each invariant. The simulator must catch each of them; no release build contains them.

/// A wrong version. The name says what it does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Mutant {
    /// None: the right version.
    #[default]
    None,
    /// I1: a change seen while an operation is in flight is forgotten.
    ForgetChangeInFlight,
    /// I1: a field that the service refuses keeps the others of its record from being carried over.
    OneSinksAll,
    /// I1: when a way opens, what stood on its far side is not looked at.
    KeepNarrow,
    /// I2: the losing value of a conflict is not journalled.
    LoserNotRecorded,
    /// I2: updates are sent without looking at the target first.
    WriteBlind,
    /// I3: a deletion unties the pair without leaving a tombstone.
    NoTombstone,
    /// I4: a create whose answer was lost is sent again at once.
    RetryUnknownCreate,
    /// I5: what was sent, not what was read back, is compared with the next reading.
    CompareWithSource,
    /// I6: no breaker for two automations that fight.
    NoOscillationBreaker,
    /// I7: the cursor moves to the time of the poll without looking back.
    NoLookBack,
    /// I8: an observation older than the newest one seen is believed.
    BelieveOlder,
    /// I8: rows of a bulk read supersede what was read after it began.
    BulkSupersedes,
    /// I8: a difference that only rows of a bulk read show is acted on.
    ActOnBulk,
    /// I3: records that were deleted since a bulk read began are taken from it all the same.
    BulkBringsBack,
    /// I9: the outcome is committed without the base.
    OutcomeWithoutBase,
    /// I9: rows are read while changes of them are on their way to the store.
    ReadWhatChanges,
    /// I10: the direction of a field is ignored.
    IgnoreDirection,
    /// I10: what is said for one field about conflicts is ignored.
    IgnoreFieldPolicy,
    /// I10: what is said for the module about conflicts is ignored.
    IgnoreModulePolicy,
    /// I10: what is said about changes of both sides while the module rested is ignored.
    IgnoreMeanwhile,
    /// I10: what is said about values that meet for the first time is ignored.
    IgnoreInitial,
    /// I10: a blank empties the other side, whatever is said about blanks.
    ClearAnyway,
    /// I10: ties go to the left, whichever side is the master.
    MasterIsLeft,
    /// I10: new records are given no defaults.
    NoDefaults,
    /// I10: what a first load writes runs automations.
    AutomateTheLoad,
    /// I10: what is written runs automations, though it never shall.
    AutomateAnyway,
    /// I10: what a first load writes runs no automations, though it always shall.
    WithholdAutomations,
    /// I10: records that do not take part are copied as well.
    IgnoreScope,
    /// I10: records take part however old they are.
    IgnoreWindow,
    /// I10: old records take part once they are changed, though they never shall.
    AdmitChanged,
    /// I10: records are copied without what they hang on, though they shall not be.
    CopyOrphans,
    /// I10: pairs that left the scope are updated, though they shall not be.
    UpdateOutside,
    /// I10: `leaving = "stop_sending"` is not minded.
    SendOutside,
    /// I10: pairs that left the scope stay tied, though they shall not.
    StayTied,
    /// I10: values are sent as they are, whatever is to be done to them on the way.
    SkipSteps,
    /// I10: a record is deleted because the other one was, though it shall only be untied.
    DeleteAnyway,
    /// I10: a record is deleted although something hangs on it.
    DeleteRelated,
    /// I3: a record is deleted although the one that was deleted is there again.
    DeleteRestored,
    /// I10: a deletion only unties, whatever is said about it.
    KeepDeleted,
    /// I10: an edit wins over a deletion, whatever is said about that.
    EditAlwaysWins,
    /// I10: a pair of which one record left the scope rests, although it was to be kept in agreement.
    RestAnyway,
    /// I10: a record is deleted although it was changed, whatever is said about that.
    DeleteEdited,
    /// I10: any number of records is deleted at once without asking.
    NoDeleteBreaker,
    /// I10: the share of the pairs that may be deleted without asking is ignored.
    IgnoreShare,
    /// I2: what a record held that we delete is not journalled.
    DeletedNotRecorded,
    /// I4: a record is still found by the match key that it had before we wrote another one.
    KeysNotWritten,
    /// I10: a field that each side keeps is carried over all the same.
    CarryWhatIsKept,
    /// I10: who has no counterpart is stood in for, though nobody shall be.
    StandInAnyway,
    /// I10: who stands in replaces the owner that a record had when the two met.
    StandInReplaces,
    /// I10: nobody is asked about the counterpart of a converted record, though somebody shall be.
    ConvertUnasked,
    /// I10: what changed list views show counts, though somebody shall be asked first.
    ViewsUnasked,
    /// I10: what list views showed before counts, though what they show now shall.
    FormerViews,
    /// I12: lookups are sent with the id of the source org.
    ForeignLookup,
    /// I12: owners are sent with the id of the source org.
    ForeignOwner,
    /// I12: a record whose lookup goes round in a circle waits for what it leads to.
    WaitInCircles,
    /// I13: writes that were planned before a pause still go out during it.
    WriteWhilePaused,
    /// I14: an undo writes over what was changed since.
    UndoBlindly,
    /// I14: what an undo wrote is carried to the other side like anybody's change.
    UndoBounces,
    /// I10: a person's decision is obeyed although the values are not those that the person saw.
    DecideUnseen,
    /// I15: calls are not counted against the concurrency allowed.
    IgnoreConcurrency,
    /// I16: conflicts are decided by the order in which the engine looked.
    FirstSeenWins,
    /// I17: what was not approved is done as well.
    ExceedPlan,
    /// I18: errors carry the value that was refused.
    ValueInError,
    /// K-22: a record that was merged into another one counts as deleted.
    MergedIsDeleted,
    /// K-22: a record that was converted counts as deleted.
    ConvertedIsDeleted,
    /// K-24: what a record came out as before is not taken from the totals.
    CountTwice,
}

impl Mutant {
    /// Every wrong version.
    pub const ALL: [Mutant; 66] = [
        Mutant::ForgetChangeInFlight,
        Mutant::OneSinksAll,
        Mutant::KeepNarrow,
        Mutant::LoserNotRecorded,
        Mutant::WriteBlind,
        Mutant::NoTombstone,
        Mutant::RetryUnknownCreate,
        Mutant::CompareWithSource,
        Mutant::NoOscillationBreaker,
        Mutant::NoLookBack,
        Mutant::BelieveOlder,
        Mutant::BulkSupersedes,
        Mutant::ActOnBulk,
        Mutant::BulkBringsBack,
        Mutant::OutcomeWithoutBase,
        Mutant::ReadWhatChanges,
        Mutant::IgnoreDirection,
        Mutant::IgnoreFieldPolicy,
        Mutant::IgnoreModulePolicy,
        Mutant::IgnoreMeanwhile,
        Mutant::IgnoreInitial,
        Mutant::ClearAnyway,
        Mutant::MasterIsLeft,
        Mutant::NoDefaults,
        Mutant::AutomateTheLoad,
        Mutant::AutomateAnyway,
        Mutant::WithholdAutomations,
        Mutant::IgnoreScope,
        Mutant::IgnoreWindow,
        Mutant::AdmitChanged,
        Mutant::CopyOrphans,
        Mutant::UpdateOutside,
        Mutant::SendOutside,
        Mutant::StayTied,
        Mutant::SkipSteps,
        Mutant::DeleteAnyway,
        Mutant::DeleteRelated,
        Mutant::DeleteRestored,
        Mutant::KeepDeleted,
        Mutant::EditAlwaysWins,
        Mutant::RestAnyway,
        Mutant::DeleteEdited,
        Mutant::NoDeleteBreaker,
        Mutant::IgnoreShare,
        Mutant::DeletedNotRecorded,
        Mutant::KeysNotWritten,
        Mutant::CarryWhatIsKept,
        Mutant::StandInAnyway,
        Mutant::StandInReplaces,
        Mutant::ConvertUnasked,
        Mutant::ViewsUnasked,
        Mutant::FormerViews,
        Mutant::ForeignLookup,
        Mutant::ForeignOwner,
        Mutant::WaitInCircles,
        Mutant::WriteWhilePaused,
        Mutant::UndoBlindly,
        Mutant::UndoBounces,
        Mutant::DecideUnseen,
        Mutant::IgnoreConcurrency,
        Mutant::FirstSeenWins,
        Mutant::ExceedPlan,
        Mutant::ValueInError,
        Mutant::MergedIsDeleted,
        Mutant::ConvertedIsDeleted,
        Mutant::CountTwice,
    ];

    /// The invariant it breaks first.
    pub fn invariant(self) -> &'static str {
        match self {
            Mutant::None => "",
            Mutant::ForgetChangeInFlight | Mutant::OneSinksAll | Mutant::KeepNarrow => "I1",
            Mutant::LoserNotRecorded | Mutant::WriteBlind | Mutant::DeletedNotRecorded => "I2",
            Mutant::NoTombstone | Mutant::BulkBringsBack | Mutant::DeleteRestored => "I3",
            Mutant::RetryUnknownCreate | Mutant::KeysNotWritten => "I4",
            Mutant::CompareWithSource => "I5",
            Mutant::NoOscillationBreaker => "I6",
            Mutant::NoLookBack => "I7",
            Mutant::BelieveOlder | Mutant::BulkSupersedes | Mutant::ActOnBulk => "I8",
            Mutant::OutcomeWithoutBase | Mutant::ReadWhatChanges => "I9",
            Mutant::IgnoreDirection
            | Mutant::IgnoreFieldPolicy
            | Mutant::IgnoreModulePolicy
            | Mutant::IgnoreMeanwhile
            | Mutant::IgnoreInitial
            | Mutant::ClearAnyway
            | Mutant::MasterIsLeft
            | Mutant::NoDefaults
            | Mutant::AutomateTheLoad
            | Mutant::AutomateAnyway
            | Mutant::WithholdAutomations
            | Mutant::IgnoreScope
            | Mutant::IgnoreWindow
            | Mutant::AdmitChanged
            | Mutant::CopyOrphans
            | Mutant::UpdateOutside
            | Mutant::SendOutside
            | Mutant::StayTied
            | Mutant::SkipSteps
            | Mutant::DecideUnseen
            | Mutant::DeleteAnyway
            | Mutant::DeleteRelated
            | Mutant::KeepDeleted
            | Mutant::EditAlwaysWins
            | Mutant::RestAnyway
            | Mutant::DeleteEdited
            | Mutant::NoDeleteBreaker
            | Mutant::IgnoreShare
            | Mutant::CarryWhatIsKept
            | Mutant::StandInAnyway
            | Mutant::StandInReplaces
            | Mutant::ConvertUnasked
            | Mutant::ViewsUnasked
            | Mutant::FormerViews => "I10",
            Mutant::ForeignLookup | Mutant::ForeignOwner | Mutant::WaitInCircles => "I12",
            Mutant::WriteWhilePaused => "I13",
            Mutant::UndoBlindly | Mutant::UndoBounces => "I14",
            Mutant::IgnoreConcurrency => "I15",
            Mutant::FirstSeenWins => "I16",
            Mutant::ExceedPlan => "I17",
            Mutant::ValueInError => "I18",
            Mutant::MergedIsDeleted | Mutant::ConvertedIsDeleted => "K-22",
            Mutant::CountTwice => "K-24",
        }
    }

    /// True when this wrong version is switched on; always false outside simulator builds.
    #[inline]
    pub fn is(self, mutant: Mutant) -> bool {
        cfg!(feature = "mutants") && self == mutant
    }
}
