use super::{Outcome, Subject, ensure, new, said};
use crate::{CallErrorKind, Counting, ItemOutcome, ListRequest, Order, Position, Priced, WriteKind};
use musubi_core::schema::Access;
use musubi_core::{Instant, ModuleName, RemoteId, Value};
use std::collections::BTreeSet;

pub(super) async fn org(s: &Subject) -> Outcome {
    let org = s.connector.org().await.map_err(said)?;
    ensure(!org.id.is_empty(), || "the org has no id".to_owned())?;
    let users = s.connector.users().await.map_err(said)?;
    ensure(users.iter().any(|user| user.id == org.current_user.id), || {
        "the current user is nobody".to_owned()
    })
}

pub(super) async fn schema(s: &Subject) -> Outcome {
    let modules = s.connector.modules().await.map_err(said)?;
    let module = modules.iter().find(|module| module.name == s.module);
    ensure(module.is_some_and(|module| module.syncable), || {
        format!("{} is not listed as syncable", s.module)
    })?;
    let projection = s.projection().await?;
    let [name, note] = &projection.fields[..] else { return Err("two fields".to_owned()) };
    ensure(name.mandatory && !note.mandatory, || {
        format!("mandatory: {} {}", name.mandatory, note.mandatory)
    })?;
    ensure(name.access == Access::Writable && note.access == Access::Writable, || said((name, note)))
}

pub(super) async fn no_module(s: &Subject) -> Outcome {
    let module = ModuleName::new("No_Such_Module_Here");
    let error = s.connector.schema(&module).await.err().ok_or("a schema of nothing")?;
    ensure(matches!(error.kind, CallErrorKind::SchemaChanged | CallErrorKind::Refused), || said(&error))?;
    let fields = s.projection().await?.fields.clone();
    let projection = std::sync::Arc::new(crate::Projection { module, fields });
    let request = ListRequest {
        projection,
        modified_since: None,
        order: Order::IdAscending,
        position: Position::Start,
    };
    let error = s.connector.list(request).await.err().ok_or("records of nothing")?;
    ensure(error.kind == CallErrorKind::SchemaChanged, || said(&error))
}

pub(super) async fn complete(s: &Subject) -> Outcome {
    let (batch, count) = (s.connector.limits().write_batch, s.connector.limits().page + 37);
    let mut made = BTreeSet::new();
    for start in (0..count).step_by(batch) {
        let items = (start..count.min(start + batch)).map(|i| new(&format!("complete {i}"))).collect();
        for outcome in s.write(WriteKind::Create, items).await?.outcomes {
            let ItemOutcome::Done { id, .. } = outcome else { return Err(said(outcome)) };
            made.insert(id);
        }
    }
    ensure(made.len() == count, || format!("{} ids of {count} records", made.len()))?;
    let mut seen = Vec::new();
    for order in [Order::ModifiedAscending, Order::IdAscending, Order::IdDescending] {
        let rows = s.all(order, None).await?;
        let ids: BTreeSet<RemoteId> = rows.iter().map(|row| row.id.clone()).collect();
        ensure(ids.len() == rows.len(), || format!("{order:?}: a record came twice"))?;
        ensure(made.is_subset(&ids), || format!("{order:?}: {} are missing", made.difference(&ids).count()))?;
        if order == Order::ModifiedAscending {
            ensure(rows.is_sorted_by_key(|row| row.modified), || "not by modified time".to_owned())?;
        }
        seen.push(rows.into_iter().map(|row| row.id).collect::<Vec<_>>());
    }
    ensure(seen[1].iter().eq(seen[2].iter().rev()), || {
        "the id orders are not each other's reverse".to_owned()
    })?;
    let counted = s.connector.count(&s.module).await.map_err(said)?;
    ensure(counted == seen[1].len() as u64, || format!("{counted} counted, {} listed", seen[1].len()))
}

pub(super) async fn inclusive(s: &Subject) -> Outcome {
    let id = s.hand.create(&[(&s.name, "inclusive")]).await;
    s.hand.wait().await;
    s.hand.update(&id, &[(&s.note, "later")]).await;
    let modified = s.one(&id).await?.ok_or("not there")?.modified;
    ensure(modified == modified.floor_second(), || format!("{modified} is no whole second"))?;
    let at = |since| async move { s.all(Order::ModifiedAscending, Some(since)).await };
    let has = |rows: Vec<musubi_core::Observation>| rows.iter().any(|row| row.id == id);
    ensure(has(at(modified).await?), || "not listed since its own second".to_owned())?;
    ensure(!has(at(modified.plus_millis(1000)).await?), || "listed since a later second".to_owned())
}

pub(super) async fn empty(s: &Subject) -> Outcome {
    let page = s.page(Order::ModifiedAscending, None, Position::Start).await?;
    let future = Instant::from_millis(page.meta.server_time.millis() + 3_600_000);
    let page = s.page(Order::ModifiedAscending, Some(future), Position::Start).await?;
    ensure(page.rows.is_empty() && page.next.is_none(), || said(page))
}

pub(super) async fn meta(s: &Subject) -> Outcome {
    let first = s.page(Order::ModifiedAscending, None, Position::Start).await?.meta;
    s.hand.wait().await;
    let second = s.page(Order::ModifiedAscending, None, Position::Start).await?.meta;
    ensure(first.server_time > Instant::START && second.server_time > first.server_time, || {
        said((first, second))
    })?;
    let price = s.connector.price(Priced::List);
    ensure(second.credits == price && second.requests == 1, || said(second))?;
    let written = s.write(WriteKind::Create, (0..21).map(|i| new(&format!("price {i}"))).collect()).await?;
    let price = s.connector.price(Priced::Write(WriteKind::Create, 21));
    ensure(written.meta.credits == price, || said(written.meta))
}

pub(super) async fn by_id(s: &Subject) -> Outcome {
    let here = s.hand.create(&[(&s.name, "by id"), (&s.note, "見える")]).await;
    let gone = s.hand.create(&[(&s.name, "by id, gone")]).await;
    s.hand.delete(&gone).await;
    let page = s.connector.read(s.projection().await?, &[gone, here.clone()]).await.map_err(said)?;
    let [row] = &page.rows[..] else { return Err(said(page)) };
    let expected = [Some(Value::text("by id")), Some(Value::text("見える"))];
    ensure(row.id == here && *row.slots == expected, || said(row))?;
    ensure(row.created.is_some() && row.created_by.is_some(), || "creation is not told".to_owned())
}

pub(super) async fn deleted(s: &Subject) -> Outcome {
    let id = s.hand.create(&[(&s.name, "deleted")]).await;
    let before = s.page(Order::IdDescending, None, Position::Start).await?.meta.server_time.floor_second();
    s.hand.delete(&id).await;
    ensure(s.one(&id).await?.is_none(), || "still there".to_owned())?;
    for page in 1..1_000 {
        let feed = s.connector.deleted(&s.module, Some(before), page).await.map_err(said)?;
        if let Some(row) = feed.rows.iter().find(|row| row.id == id) {
            return ensure(row.at >= before, || said(row));
        }
        if !feed.more {
            break;
        }
    }
    Err("the feed does not tell of it".to_owned())
}

pub(super) async fn lost_token(s: &Subject) -> Outcome {
    let projection = s.projection().await?;
    let position = Position::After("not-a-token-of-this-service".to_owned());
    let request = ListRequest { projection, modified_since: None, order: Order::IdAscending, position };
    let error = s.connector.list(request).await.err().ok_or("a page after nothing")?;
    ensure(error.kind == CallErrorKind::CursorLost, || said(&error))
}

pub(super) async fn related(s: &Subject) -> Outcome {
    let id = s.hand.create(&[(&s.name, "related")]).await;
    let count = async |counting| s.connector.related(&s.module, &id, counting).await.map_err(said);
    let none = count(Counting::All).await?;
    ensure(none.count() == 0 && none.lists.is_empty(), || said(&none))?;
    s.hand.relate(&id).await;
    s.hand.relate(&id).await;
    let all = count(Counting::All).await?;
    ensure(all.count() == 2 && all.meta.credits >= 1, || said(&all))?;
    ensure(count(Counting::UntilOne).await?.count() >= 1, || "the first one is not found".to_owned())?;
    s.hand.delete(&id).await;
    let gone = s.connector.related(&s.module, &id, Counting::All).await;
    ensure(gone.is_err(), || "a record that is gone has nothing that hangs on it".to_owned())
}
