use super::{Outcome, Subject, Trouble, ensure, new, said};
use crate::{Automations, CallErrorKind, ListRequest, Order, Position, WriteKind, WriteRequest};
use musubi_core::Value;

pub(super) async fn lost_answer(s: &Subject) -> Outcome {
    for (trouble, name) in
        [(Trouble::LostWriteAnswer, "lost answer"), (Trouble::GarbageAnswer, "garbage answer")]
    {
        let request = create(s, name).await?;
        s.hand.trouble(trouble).await;
        let error = s.connector.write(request).await.err().ok_or("an answer in spite of it")?;
        ensure(error.kind == CallErrorKind::Unknown, || said(&error))?;
        ensure(!error.to_string().contains(name), || "the error quotes the record".to_owned())?;
        let found = s.named(name).await?.len();
        ensure(found == 1, || format!("{found} records after one write"))?;
    }
    Ok(())
}

pub(super) async fn refused(s: &Subject) -> Outcome {
    for (trouble, kind) in [
        (Trouble::Throttle, CallErrorKind::Throttled),
        (Trouble::ServerError, CallErrorKind::Unknown),
        (Trouble::GarbageAnswer, CallErrorKind::Unknown),
    ] {
        let projection = s.projection().await?;
        let request = ListRequest {
            projection,
            modified_since: None,
            order: Order::IdAscending,
            position: Position::Start,
        };
        s.hand.trouble(trouble).await;
        let error = s.connector.list(request).await.err().ok_or("a page in spite of it")?;
        ensure(error.kind == kind, || said(&error))?;
    }
    let request = create(s, "throttled").await?;
    s.hand.trouble(Trouble::Throttle).await;
    let error = s.connector.write(request).await.err().ok_or("written in spite of it")?;
    ensure(error.kind == CallErrorKind::Throttled, || said(&error))?;
    ensure(s.named("throttled").await?.is_empty(), || "it was written all the same".to_owned())
}

pub(super) async fn expired_token(s: &Subject) -> Outcome {
    let projection = s.projection().await?;
    let request = ListRequest {
        projection,
        modified_since: None,
        order: Order::IdAscending,
        position: Position::Start,
    };
    s.hand.trouble(Trouble::TokenExpired).await;
    let page = s.connector.list(request).await.map_err(said)?;
    ensure(page.meta.requests == 2, || said(page.meta))?;
    let request = create(s, "expired token").await?;
    s.hand.trouble(Trouble::TokenExpired).await;
    match s.connector.write(request.clone()).await {
        Ok(_) => {}
        Err(error) if error.kind == CallErrorKind::NotSent => {
            s.connector.write(request).await.map_err(said)?;
        }
        Err(error) => return Err(said(error)),
    }
    let found = s.named("expired token").await?;
    ensure(found.len() == 1 && found[0].slots[0] == Some(Value::text("expired token")), || said(&found))
}

async fn create(s: &Subject, name: &str) -> Result<WriteRequest, String> {
    let projection = s.projection().await?;
    Ok(WriteRequest {
        projection,
        kind: WriteKind::Create,
        items: vec![new(name)],
        unmodified_since: None,
        automations: Automations::Skip,
    })
}
