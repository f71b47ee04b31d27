//! Files that hang on records: `/{module}/{id}/Attachments`.

use super::{Crm, cost};
use crate::envelope::{self, Entry};
use crate::session::{Call, Reply};
use async_trait::async_trait;
use bytes::Bytes;
use musubi_connector::retry::Effect;
use musubi_connector::{
    Attachment, AttachmentKind, AttachmentList, Attachments, CallError, CallErrorKind, Downloaded, Meta,
    Priced, Uploaded,
};
use musubi_core::{ModuleName, RemoteId};
use reqwest::Method;
use serde::Deserialize;
use std::borrow::Cow;

/// The largest file that the service takes.
const LARGEST: u64 = 20 << 20;
/// A list must name its fields.
const FIELDS: &str = "id,File_Name,Size,Created_Time";
/// Rows of a page, and pages by number.
const PAGE: &str = "200";
const PAGES: u32 = 10;
/// The last segment of the path.
const LIST: &str = "Attachments";

#[derive(Deserialize)]
struct Rows {
    data: Vec<Row>,
    info: Option<Info>,
}

#[derive(Deserialize)]
struct Info {
    more_records: Option<bool>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    #[serde(rename = "File_Name")]
    name: Option<String>,
    #[serde(rename = "Size")]
    size: Option<String>,
    #[serde(rename = "$link_url")]
    link: Option<String>,
}

impl Row {
    /// `None` if it does not say how large its file is.
    fn attachment(self) -> Option<Attachment> {
        let (kind, size) = match self.link {
            Some(_) => (AttachmentKind::Link, 0),
            None => (AttachmentKind::File, self.size?.parse().ok()?),
        };
        Some(Attachment { id: RemoteId::new(self.id), name: self.name.unwrap_or_default(), size, kind })
    }
}

#[derive(Deserialize)]
struct Made<'a> {
    #[serde(borrow)]
    data: [Entry<'a>; 1],
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[async_trait]
impl Attachments for Crm {
    fn largest(&self) -> u64 {
        LARGEST
    }

    async fn list(&self, module: &ModuleName, record: &RemoteId) -> Result<AttachmentList, CallError> {
        let (mut meta, mut rows) = (Meta::default(), Vec::new());
        for page in 1..=PAGES {
            let call = Call::get([super::BASE, super::VERSION, module.as_str(), record.as_str(), LIST])
                .query("fields", FIELDS)
                .query("per_page", PAGE)
                .query("page", page.to_string());
            let reply = self.session.fetch(call).await?;
            let own = reply.meta(cost::price(Priced::Other));
            meta.server_time = own.server_time;
            meta.credits += own.credits;
            meta.requests += own.requests;
            if matches!(reply.answer.status, 204 | 304) {
                return Ok(AttachmentList { meta, rows });
            }
            let status = reply.answer.status;
            let told: Rows =
                serde_json::from_slice(&reply.answer.body).map_err(|_| envelope::garbage(status))?;
            for row in told.data {
                rows.push(row.attachment().ok_or_else(|| envelope::garbage(status))?);
            }
            if !told.info.and_then(|info| info.more_records).unwrap_or(false) {
                return Ok(AttachmentList { meta, rows });
            }
        }
        // A list that is not the whole of it would make what is missing look deleted.
        let many = format!("the record has more than {} attachments", rows.len());
        Err(CallError::new(CallErrorKind::Refused, "TOO_MANY_ATTACHMENTS", many))
    }

    async fn download(
        &self,
        module: &ModuleName,
        record: &RemoteId,
        attachment: &RemoteId,
        most: u64,
    ) -> Result<Downloaded, CallError> {
        let path = [super::BASE, super::VERSION, module.as_str(), record.as_str(), LIST, attachment.as_str()];
        let (opened, requests) = self.session.open(&Call::get(path)).await?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let answer = opened.answer(most).await.map_err(too_large)?;
        let status = answer.status;
        let reply = Reply { answer, requests };
        let meta = reply.meta(cost::price(Priced::Other));
        match status {
            200 => Ok(Downloaded { meta, content: Some(reply.answer.body) }),
            204 => Ok(Downloaded { meta, content: None }),
            _ => Err(envelope::refusal(&reply.answer)),
        }
    }

    async fn upload(
        &self,
        module: &ModuleName,
        record: &RemoteId,
        name: &str,
        content: Bytes,
    ) -> Result<Uploaded, CallError> {
        let path = [super::BASE, super::VERSION, module.as_str(), record.as_str(), LIST];
        let (form, body) = form(name, &content);
        drop(content);
        let call = Call::new(Effect::Write, Method::POST, path).header("content-type", form).body(body);
        let reply = self.session.fetch(call).await?;
        let meta = reply.meta(cost::price(Priced::Other));
        let status = reply.answer.status;
        let unreadable = || envelope::garbage(status);
        let Made { data: [entry] } = serde_json::from_slice(&reply.answer.body).map_err(|_| unreadable())?;
        if entry.code != "SUCCESS" {
            return Err(CallError { kind: CallErrorKind::Refused, service: entry.error(status) });
        }
        let id = entry.details.and_then(|details| serde_json::from_str::<Id>(details.get()).ok());
        Ok(Uploaded { meta, id: RemoteId::new(id.ok_or_else(unreadable)?.id) })
    }
}

fn too_large(error: CallError) -> CallError {
    match error.service.code.as_str() {
        "ANSWER_TOO_LARGE" => CallError { kind: CallErrorKind::Refused, ..error },
        _ => error,
    }
}

/// The content type and the body of a form with this file. The mark between its parts does not stand in the file.
fn form(name: &str, content: &[u8]) -> (String, Bytes) {
    let marks = (0..).map(|number: u64| format!("musubi-{number:016x}"));
    let mark = marks
        .into_iter()
        .find(|mark| memchr::memmem::find(content, mark.as_bytes()).is_none())
        .expect("a file does not hold every number");
    let head = format!(
        "--{mark}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n",
        escaped(name)
    );
    let tail = format!("\r\n--{mark}--\r\n");
    let mut body = Vec::with_capacity(head.len() + content.len() + tail.len());
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(content);
    body.extend_from_slice(tail.as_bytes());
    (format!("multipart/form-data; boundary={mark}"), body.into())
}

/// A file's name as browsers write it into a form: as it is, but for what would end it.
fn escaped(name: &str) -> Cow<'_, str> {
    if !name.contains(['"', '\r', '\n']) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_no_size_and_a_file_must_have_one() {
        let read = |text: &str| serde_json::from_str::<Row>(text).unwrap().attachment();
        let file = read(r#"{"id":"1","File_Name":"請求書.pdf","Size":"12","$link_url":null}"#).unwrap();
        assert_eq!((file.kind, file.size, file.name.as_str()), (AttachmentKind::File, 12, "請求書.pdf"));
        let link = read(r#"{"id":"1","File_Name":"a","Size":"0","$link_url":"https://x.example"}"#).unwrap();
        assert_eq!((link.kind, link.size), (AttachmentKind::Link, 0));
        assert_eq!(read(r#"{"id":"1","File_Name":"a"}"#), None);
    }

    #[test]
    fn a_form_is_not_ended_by_what_its_file_holds() {
        let (kind, body) = form("a\"b\r\n.txt", b"x musubi-0000000000000000 y");
        assert_eq!(kind, "multipart/form-data; boundary=musubi-0000000000000001");
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.contains("filename=\"a%22b%0D%0A.txt\"\r\n"), "{text}");
        assert!(text.ends_with("y\r\n--musubi-0000000000000001--\r\n"), "{text}");
    }
}
