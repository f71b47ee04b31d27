//! What hangs on a record: notes, attachments and records that look it up.

use super::commit::Commit;
use crate::org::State;

/// Modules whose records live and die with the record they hang on.
const OWNED: [&str; 2] = ["Notes", "Attachments"];

/// Deletes the notes and attachments of a record that was just deleted.
pub fn delete_children(state: &mut State, commit: &mut Commit<'_>, module: usize, id: i64) {
    for owned in OWNED {
        let Some(no) = state.module_no(owned) else { continue };
        for child in children(state, no, module, id) {
            commit.delete(state, no, child);
        }
    }
}

/// The live records of an owned module that hang on a record.
pub fn children(state: &State, owned: usize, module: usize, id: i64) -> Vec<i64> {
    let target = &state.modules[owned];
    let Some(parent) = target.field_no("Parent_Id") else { return Vec::new() };
    let hangs = crate::org::value::Value::ModuleLookup(module as u16, id);
    let candidates = target.table.candidates(parent, id);
    candidates.into_iter().flatten().filter(|record| record.get(parent) == Some(&hangs)).map(|record| record.id).collect()
}
