use super::{Outcome, Subject, change, ensure, new, said};
use crate::{Automations, ItemOutcome, WriteItem, WriteKind, WriteRequest};
use musubi_core::{Instant, RemoteId, Value};

pub(super) async fn per_record(s: &Subject) -> Outcome {
    let nameless = WriteItem { id: None, values: vec![(1, Value::text("no name"))] };
    let written = s.write(WriteKind::Create, vec![new("first \"結\""), nameless, new("third")]).await?;
    let [
        ItemOutcome::Done { id, modified },
        ItemOutcome::Refused(error),
        ItemOutcome::Done { id: third, .. },
    ] = &written.outcomes[..]
    else {
        return Err(said(written));
    };
    ensure(!error.code.is_empty(), || "a refusal without a code".to_owned())?;
    let row = s.one(id).await?.ok_or("the first is not there")?;
    ensure(row.slots[0] == Some(Value::text("first \"結\"")) && row.modified == *modified, || said(&row))?;
    ensure(s.one(third).await?.is_some(), || "the third is not there".to_owned())?;
    let alone =
        s.write(WriteKind::Create, vec![WriteItem { id: None, values: vec![(1, Value::text("x"))] }]).await?;
    ensure(matches!(&alone.outcomes[..], [ItemOutcome::Refused(_)]), || said(alone))
}

pub(super) async fn only_named(s: &Subject) -> Outcome {
    let id = s.hand.create(&[(&s.name, "only named"), (&s.note, "before")]).await;
    for (value, batch) in [(Value::text("after"), 1), (Value::Blank, 1), (Value::text("again"), 2)] {
        let other = s.hand.create(&[(&s.name, "only named, other")]).await;
        let mut items = vec![change(&id, value.clone()), change(&other, Value::text("other"))];
        items.truncate(batch);
        let written = s.write(WriteKind::Update, items).await?;
        let Some(ItemOutcome::Done { id: told, modified }) = written.outcomes.first() else {
            return Err(said(written));
        };
        let row = s.one(&id).await?.ok_or("not there")?;
        ensure(*told == id && row.modified == *modified, || said((&row, modified)))?;
        ensure(*row.slots == [Some(Value::text("only named")), Some(value)], || said(&row))?;
    }
    Ok(())
}

pub(super) async fn conditional(s: &Subject) -> Outcome {
    if !s.connector.limits().conditional_update {
        return Ok(());
    }
    let id = s.hand.create(&[(&s.name, "conditional")]).await;
    let seen = s.one(&id).await?.ok_or("not there")?.modified;
    s.hand.wait().await;
    let outcome = update_unless(s, &id, "ours", seen).await?;
    let ItemOutcome::Done { modified: ours, .. } = outcome else { return Err(said(outcome)) };
    s.hand.wait().await;
    s.hand.update(&id, &[(&s.note, "theirs")]).await;
    let outcome = update_unless(s, &id, "ours again", ours).await?;
    ensure(outcome == ItemOutcome::ConditionFailed, || said(outcome))?;
    let row = s.one(&id).await?.ok_or("not there")?;
    ensure(row.slots[1] == Some(Value::text("theirs")), || said(&row))
}

async fn update_unless(
    s: &Subject,
    id: &RemoteId,
    note: &str,
    modified_after: Instant,
) -> Result<ItemOutcome, String> {
    let request = WriteRequest {
        projection: s.projection().await?,
        kind: WriteKind::Update,
        items: vec![change(id, Value::text(note))],
        unmodified_since: Some(modified_after),
        automations: Automations::Skip,
    };
    let written = s.connector.write(request).await.map_err(said)?;
    written.outcomes.into_iter().next().ok_or_else(|| "no outcome".to_owned())
}

pub(super) async fn gone(s: &Subject) -> Outcome {
    let id = s.hand.create(&[(&s.name, "gone")]).await;
    let here = s.hand.create(&[(&s.name, "not gone")]).await;
    let delete = |id: &RemoteId| WriteItem { id: Some(id.clone()), values: Vec::new() };
    let written = s.write(WriteKind::Delete, vec![delete(&id)]).await?;
    ensure(matches!(&written.outcomes[..], [ItemOutcome::Done { id: told, .. }] if *told == id), || {
        said(&written)
    })?;
    for items in [
        vec![change(&id, Value::text("x"))],
        vec![change(&id, Value::text("x")), change(&here, Value::text("y"))],
    ] {
        let written = s.write(WriteKind::Update, items).await?;
        ensure(written.outcomes[0] == ItemOutcome::NotFound, || said(&written))?;
        ensure(written.outcomes[1..].iter().all(|o| matches!(o, ItemOutcome::Done { .. })), || {
            said(&written)
        })?;
    }
    let written = s.write(WriteKind::Delete, vec![delete(&id), delete(&here)]).await?;
    ensure(written.outcomes[0] == ItemOutcome::NotFound, || said(&written))?;
    ensure(matches!(&written.outcomes[1], ItemOutcome::Done { .. }), || said(&written))
}

pub(super) async fn automations_when_told(s: &Subject) -> Outcome {
    s.hand.automate("by automation").await;
    let outcome = automations(s).await;
    s.hand.automate_nothing().await;
    outcome
}

async fn automations(s: &Subject) -> Outcome {
    let theirs = s.hand.create(&[(&s.name, "automated")]).await;
    let row = s.one(&theirs).await?.ok_or("not there")?;
    ensure(row.slots[1] == Some(Value::text("by automation")), || "the automation does not work".to_owned())?;
    let written = s.write(WriteKind::Create, vec![new("not automated")]).await?;
    let Some(ItemOutcome::Done { id, .. }) = written.outcomes.first() else { return Err(said(written)) };
    let row = s.one(id).await?.ok_or("not there")?;
    ensure(row.slots[1] == Some(Value::Blank), || said(&row))?;
    s.write(WriteKind::Update, vec![change(id, Value::text("ours"))]).await?;
    let row = s.one(id).await?.ok_or("not there")?;
    ensure(row.slots[1] == Some(Value::text("ours")), || said(&row))?;
    let written = s.write_with(Automations::Run, WriteKind::Create, vec![new("automated too")]).await?;
    let Some(ItemOutcome::Done { id, .. }) = written.outcomes.first() else { return Err(said(written)) };
    let row = s.one(id).await?.ok_or("not there")?;
    ensure(row.slots[1] == Some(Value::text("by automation")), || said(&row))
}
