//! Notices as values: names, codes and counts, and no value of a record (I18).

use crate::live::Problem;
use musubi_notices::{Event, Refused};
use musubi_store::{DeliveryRow, NoticeRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// So many matters of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[schema(as = NoticeMatter)]
pub struct Matter {
    /// The integration.
    pub integration: String,
    /// The left module; `null` where it is about the whole integration.
    #[schema(required)]
    pub module: Option<String>,
    /// What it is: the code of a matter that waits, of what keeps a module from working, or `pairs` for the records that a first load tied.
    pub code: String,
    /// So many.
    pub count: u64,
}

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Notice {
    /// Its number.
    pub id: i64,
    /// When it came up, in milliseconds since 1970.
    pub at: i64,
    /// What it is.
    pub event: Event,
    /// The integration it is about; `null` for the whole workspace.
    #[schema(required)]
    pub integration: Option<String>,
    /// In one line, in the language of the settings.
    pub subject: String,
    /// What it tells.
    pub matters: Vec<Matter>,
    /// What is over, when things are back to normal: `paused`, `inactive`, `stopped`, `login` or `unreachable`.
    pub over: Vec<Event>,
    /// How it went to each receiver; empty where nobody is told. Only administrators are shown them.
    pub deliveries: Vec<Delivery>,
}

/// How a notice went to one receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NoticeDelivery)]
pub struct Delivery {
    /// `webhook`, or `mail:` and the address.
    pub address: String,
    /// When it arrived, in milliseconds since 1970.
    #[schema(required)]
    pub done_at: Option<i64>,
    /// When it is tried next; `null` when it arrived or was given up.
    #[schema(required)]
    pub due: Option<i64>,
    /// How often it was tried in vain.
    pub tries: i64,
    /// Why the last try was in vain, with the receiver's own words in the message.
    #[schema(required)]
    pub error: Option<Problem>,
}

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Delivery {
        let DeliveryRow { address, due, tries, done_at, error, .. } = row;
        let error = error.and_then(|text| serde_json::from_str(&text).ok());
        Delivery { address, done_at, due, tries, error }
    }
}

/// Why something did not go out, as it is stored.
pub(super) fn stored(refused: &Refused) -> String {
    let problem = Problem {
        code: refused.code.to_owned(),
        message: refused.message.clone(),
        hint: refused.hint.to_owned(),
    };
    serde_json::to_string(&problem).expect("three texts always serialise")
}

/// What became of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NoticeTest)]
pub struct Tried {
    /// `webhook`, or `mail:` and the address.
    pub address: String,
    /// It arrived.
    pub arrived: bool,
    /// A stable code, if it did not.
    #[schema(required)]
    pub code: Option<String>,
    /// What the receiver said, or why nothing could be said to it.
    pub message: String,
    /// What to do about it.
    #[schema(required)]
    pub hint: Option<String>,
}

/// A notice as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Body {
    pub event: Event,
    pub matters: Vec<Matter>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub over: Vec<Event>,
}

impl Body {
    pub fn of(row: &NoticeRow) -> Option<Body> {
        serde_json::from_str(&row.body).ok()
    }

    /// The row of a notice that is new.
    pub fn row(&self, about: &str, at: i64) -> NoticeRow {
        let body = serde_json::to_string(self).expect("names and numbers always serialise");
        NoticeRow { id: 0, at, event: self.event.name().to_owned(), about: about.to_owned(), body }
    }
}
