use super::{Outcome, Subject, Trouble, ensure, said};
use crate::{AttachmentKind, Attachments, CallErrorKind};
use bytes::Bytes;
use musubi_core::{ModuleName, RemoteId};

/// A record to hang files on; nothing where the service has none.
async fn record<'a>(s: &'a Subject, name: &str) -> Option<(&'a dyn Attachments, &'a ModuleName, RemoteId)> {
    let attachments = s.connector.attachments()?;
    Some((attachments, &s.module, s.hand.create(&[(&s.name, name)]).await))
}

pub(super) async fn there_and_back(s: &Subject) -> Outcome {
    let Some((files, module, record)) = record(s, "with files").await else { return Ok(()) };
    let none = files.list(module, &record).await.map_err(said)?;
    ensure(none.rows.is_empty() && none.meta.credits > 0, || said(&none))?;
    // What stands between the parts of a form, or ends a line of it, may stand in a file.
    let content = Bytes::from_static(b"\r\n--\r\nmusubi-0000000000000000\x00\xff\r\n\r\n");
    for name in ["見積書 (最終); 2.pdf", "same again"] {
        files.upload(module, &record, name, content.clone()).await.map_err(said)?;
    }
    s.hand.attach_link(&record, "https://elsewhere.example/contract").await;
    let listed = files.list(module, &record).await.map_err(said)?.rows;
    ensure(listed.len() == 3, || said(&listed))?;
    for attachment in &listed {
        let read = files.download(module, &record, &attachment.id, 1_000).await;
        match attachment.kind {
            AttachmentKind::File => {
                ensure(attachment.size == content.len() as u64, || said(attachment))?;
                let read = read.map_err(said)?;
                ensure(read.content.as_ref() == Some(&content), || said(&read))?;
                let short = files.download(module, &record, &attachment.id, 5).await;
                let kind = short.err().map(|error| error.kind);
                ensure(kind == Some(CallErrorKind::Refused), || said(kind))?;
            }
            AttachmentKind::Link => {
                let kind = read.err().map(|error| error.kind);
                ensure(kind == Some(CallErrorKind::Refused), || said(kind))?;
            }
        }
    }
    ensure(listed.iter().any(|row| row.name == "見積書 (最終); 2.pdf"), || said(&listed))?;
    let gone = files.download(module, &record, &RemoteId::new("1"), 1_000).await.map_err(said)?;
    ensure(gone.content.is_none(), || said(&gone))
}

pub(super) async fn lost_answer(s: &Subject) -> Outcome {
    let Some((files, module, record)) = record(s, "with one file").await else { return Ok(()) };
    s.hand.trouble(Trouble::LostUploadAnswer).await;
    let error = files.upload(module, &record, "secret.txt", Bytes::from_static(b"x")).await.err();
    let error = error.ok_or("an answer in spite of it")?;
    ensure(error.kind == CallErrorKind::Unknown, || said(&error))?;
    ensure(!error.to_string().contains("secret"), || "the error quotes the file's name".to_owned())?;
    let listed = files.list(module, &record).await.map_err(said)?.rows;
    ensure(listed.len() == 1, || format!("{} files after one upload", listed.len()))
}
