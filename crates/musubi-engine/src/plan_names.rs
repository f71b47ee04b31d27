//! What a plan's operations are about and lead to, in people's words: by what the rehearsal remembers of what it read.

use crate::error::Result;
use crate::lookalikes::called;
use crate::planned::PlannedOperation;
use crate::rehearsal::Stage;
use musubi_core::Side;
use musubi_core::schema::FieldType;
use musubi_store::Store;
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// Names the records of the module at this place that the operations are about, and those that their values point to.
pub(crate) async fn name(
    scratch: &Store,
    stages: &[Stage],
    at: usize,
    operations: &mut [PlannedOperation],
) -> Result<()> {
    let stage = &stages[at];
    let about = |operation: &PlannedOperation| (operation.side.other(), operation.source_id.clone());
    let labels = called(scratch, stage, operations.iter().map(about).collect()).await?;
    for operation in operations.iter_mut() {
        operation.label = labels.get(&about(operation)).cloned();
    }
    let mut ids = Vec::new();
    pointing(stage, operations, |side, value| ids.extend(value.as_str().map(|id| (side, id.to_owned()))));
    let mut names = HashMap::new();
    for other in stages.iter().filter(|_| !ids.is_empty()) {
        names.extend(called(scratch, other, ids.clone()).await?);
    }
    pointing(stage, operations, |side, value| {
        let id = value.as_str().map(str::to_owned);
        if let Some(id) = id
            && let Some(name) = names.get(&(side, id.clone()))
        {
            *value = json!({"id": id, "name": name});
        }
    });
    Ok(())
}

/// The values that are ids of records, each with its side.
fn pointing(stage: &Stage, operations: &mut [PlannedOperation], mut with: impl FnMut(Side, &mut Json)) {
    let pairs = &stage.plan.rules.mapping.pairs;
    for operation in operations {
        let side = operation.side;
        for field in &mut operation.fields {
            let own =
                pairs.iter().map(|pair| pair.fields.get(side)).find(|own| own.name.as_str() == field.field);
            if !own
                .is_some_and(|own| matches!(own.kind, FieldType::Lookup { .. } | FieldType::AnyLookup { .. }))
            {
                continue;
            }
            [&mut field.before, &mut field.after].into_iter().flatten().for_each(|value| with(side, value));
        }
    }
}
