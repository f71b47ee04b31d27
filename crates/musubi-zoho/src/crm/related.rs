//! What hangs on a record: the related lists of its module, one call each.

use super::{Crm, cost};
use crate::envelope;
use crate::session::Call;
use musubi_connector::{CallError, Counting, Meta, Priced, Related};
use musubi_core::{ModuleName, RemoteId};
use serde::Deserialize;

/// Lists that hold no records: mail is kept elsewhere, the rest is the service's own book-keeping.
const NOT_COUNTED: [&str; 1] = ["Emails"];
/// The service's own modules end so.
const OWN: &str = "__s";
/// Rows of a page, and pages by number; what there is beyond is not counted.
const PAGE: &str = "200";
const PAGES: u32 = 10;

#[derive(Deserialize)]
struct Lists {
    related_lists: Vec<List>,
}

#[derive(Deserialize)]
struct List {
    api_name: String,
    module: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    api_name: String,
}

#[derive(Deserialize)]
struct Rows {
    data: Vec<serde::de::IgnoredAny>,
    info: Option<Info>,
}

#[derive(Deserialize)]
struct Info {
    more_records: Option<bool>,
}

impl List {
    /// True when its rows are records that would lose what they hang on.
    fn holds_records(&self) -> bool {
        let module = self.module.as_ref().map(|module| module.api_name.as_str());
        module.is_some_and(|module| !NOT_COUNTED.contains(&module) && !module.ends_with(OWN))
    }
}

impl Crm {
    pub(super) async fn count_related(
        &self,
        module: &ModuleName,
        id: &RemoteId,
        counting: Counting,
    ) -> Result<Related, CallError> {
        let call = Call::get([super::BASE, super::VERSION, "settings", "related_lists"])
            .query("module", module.as_str());
        let reply = self.session.fetch(call).await?;
        let mut meta = reply.meta(cost::price(Priced::Other));
        let mut lists = Vec::new();
        if reply.answer.status == 204 {
            return Ok(Related { meta, lists });
        }
        let told: Lists =
            serde_json::from_slice(&reply.answer.body).map_err(|_| envelope::garbage(reply.answer.status))?;
        for list in told.related_lists.into_iter().filter(List::holds_records) {
            let count = self.count_list(module, id, &list.api_name, counting, &mut meta).await?;
            if count > 0 {
                lists.push((list.api_name, count));
                if counting == Counting::UntilOne {
                    break;
                }
            }
        }
        Ok(Related { meta, lists })
    }

    async fn count_list(
        &self,
        module: &ModuleName,
        id: &RemoteId,
        list: &str,
        counting: Counting,
        meta: &mut Meta,
    ) -> Result<u64, CallError> {
        let mut count = 0;
        for page in 1..=PAGES {
            let size = if counting == Counting::UntilOne { "1" } else { PAGE };
            let call = Call::get([super::BASE, super::VERSION, module.as_str(), id.as_str(), list])
                .query("fields", "id")
                .query("per_page", size)
                .query("page", page.to_string());
            let reply = self.session.fetch(call).await?;
            let own = reply.meta(cost::price(Priced::Other));
            meta.server_time = own.server_time;
            meta.credits += own.credits;
            meta.requests += own.requests;
            if matches!(reply.answer.status, 204 | 304) {
                break;
            }
            let rows: Rows = serde_json::from_slice(&reply.answer.body)
                .map_err(|_| envelope::garbage(reply.answer.status))?;
            count += rows.data.len() as u64;
            let more = rows.info.and_then(|info| info.more_records).unwrap_or(false);
            if !more || counting == Counting::UntilOne {
                break;
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_and_book_keeping_are_no_records() {
        let holds = |module: &str| {
            let text = format!("{{\"api_name\":\"L\",\"module\":{module}}}");
            serde_json::from_str::<List>(&text).unwrap().holds_records()
        };
        assert!(holds("{\"api_name\":\"Notes\",\"id\":\"1\"}"));
        assert!(!holds("null"));
        assert!(!holds("{\"api_name\":\"Emails\"}"));
        assert!(!holds("{\"api_name\":\"Locking_Information__s\"}"));
    }
}
