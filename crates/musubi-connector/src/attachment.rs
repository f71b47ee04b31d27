//! Files that hang on records: what a service that has such things offers besides. The rules of [`crate::Connector`] for every call hold here too.

use crate::{CallError, Meta};
use async_trait::async_trait;
use bytes::Bytes;
use musubi_core::{ModuleName, RemoteId};

/// One attachment of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its id.
    pub id: RemoteId,
    /// The file's name, or a link's title.
    pub name: String,
    /// Bytes of the file; 0 for a link.
    pub size: u64,
    /// What it is.
    pub kind: AttachmentKind,
}

/// What an attachment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentKind {
    /// A file that the service keeps.
    File,
    /// The address of something that is kept elsewhere: there are no bytes of it.
    Link,
}

/// All attachments of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentList {
    /// Clock and cost.
    pub meta: Meta,
    /// In no particular order.
    pub rows: Vec<Attachment>,
}

/// What was read of an attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// Clock and cost.
    pub meta: Meta,
    /// The file; `None` when the record has no such attachment any more.
    pub content: Option<Bytes>,
}

/// A file that the service took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Clock and cost.
    pub meta: Meta,
    /// The id of the new attachment.
    pub id: RemoteId,
}

/// Reading and making attachments. Nothing tells which records' attachments changed.
#[async_trait]
pub trait Attachments: Send + Sync {
    /// The largest file that the service takes, in bytes.
    fn largest(&self) -> u64;
    /// All attachments of a record.
    async fn list(&self, module: &ModuleName, record: &RemoteId) -> Result<AttachmentList, CallError>;
    /// The bytes of a file of at most `most` bytes; a larger one, and a link, is `Refused`.
    async fn download(
        &self,
        module: &ModuleName,
        record: &RemoteId,
        attachment: &RemoteId,
        most: u64,
    ) -> Result<Downloaded, CallError>;
    /// Hangs a file on a record. A write: of kind `Unknown` it may have been done, and it is never repeated here.
    async fn upload(
        &self,
        module: &ModuleName,
        record: &RemoteId,
        name: &str,
        content: Bytes,
    ) -> Result<Uploaded, CallError>;
}
