//! Converted records: a lead that became a contact, and perhaps an account and a deal. It is in no list of its module any more, and no deletion tells of it; only
//! who asks for converted records is told.

use super::modified::{Detail, Person, Row, Which};
use super::{Crm, cost, list};
use crate::session::Call;
use crate::{envelope, time};
use musubi_connector::{CallError, CallErrorKind, Deleted, Meta, Priced};
use musubi_core::link::Successor;
use musubi_core::{Instant, ModuleName, RemoteId};
use serde::Deserialize;

/// The only module whose records are converted into others of the CRM's own accord.
const LEADS: &str = "Leads";
/// What a lead becomes, and the key under which that is told.
const BECOMES: [(&str, &str); 3] = [("Contacts", "contact"), ("Accounts", "account"), ("Deals", "deal")];
/// Of so many it is asked what they became, a call each; of more at once it is told only that they were converted.
const TOLD: usize = 20;

/// Whether records of this module may be converted.
pub(super) fn converts(module: &ModuleName) -> bool {
    module.as_str() == LEADS
}

#[derive(Deserialize)]
struct Told {
    data: Vec<Whole>,
}

#[derive(Deserialize)]
struct Whole {
    #[serde(default, rename = "$converted_detail")]
    detail: Option<Detail>,
}

impl Crm {
    /// The records converted since, all of them.
    pub(super) async fn converted_since(
        &self,
        module: &ModuleName,
        since: Option<Instant>,
    ) -> Result<(Meta, Vec<Deleted>), CallError> {
        let (mut all, mut rows, mut token) = (Meta::default(), Vec::new(), None);
        loop {
            let page = self.modified_page(module, Which::Converted, since, token.take()).await?;
            all = list::sum(all, page.meta);
            for mut row in page.rows {
                if row.detail.is_none() && rows.len() < TOLD {
                    let (meta, detail) = self.detail_of(module, &row.id).await?;
                    all = list::sum(all, meta);
                    row.detail = detail;
                }
                rows.push(converted(row).ok_or_else(|| envelope::garbage(200))?);
            }
            match page.next {
                Some(next) => token = Some(next),
                None => return Ok((all, rows)),
            }
        }
    }

    /// What one of them became: a list does not tell that, only the whole record does.
    async fn detail_of(&self, module: &ModuleName, id: &str) -> Result<(Meta, Option<Detail>), CallError> {
        let call = Call::get([super::BASE, super::VERSION, module.as_str(), id]);
        let reply = match self.session.fetch(call).await {
            // What it became stays untold: that it was converted is known.
            Err(error) if error.kind == CallErrorKind::Refused => return Ok((Meta::default(), None)),
            reply => reply?,
        };
        let meta = reply.meta(cost::price(Priced::Read));
        if matches!(reply.answer.status, 204 | 304) {
            return Ok((meta, None));
        }
        let told: Told =
            serde_json::from_slice(&reply.answer.body).map_err(|_| envelope::garbage(reply.answer.status))?;
        Ok((meta, told.data.into_iter().next().and_then(|whole| whole.detail)))
    }
}

fn converted(row: Row) -> Option<Deleted> {
    let id = |person: Option<Person>| person.and_then(|person| person.id).map(RemoteId::from);
    let detail = row.detail.unwrap_or_default();
    let became = BECOMES.iter().filter_map(|(module, key)| {
        let told = detail.get(*key)?;
        let id = told.as_str().or_else(|| told.get("id")?.as_str())?;
        Some(Successor { module: ModuleName::new(module), id: RemoteId::new(id) })
    });
    Some(Deleted {
        id: row.id.into(),
        at: time::parse(&row.modified)?,
        by: id(row.by),
        created_by: id(row.created_by),
        converted: Some(became.collect()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn became(detail: &str) -> Vec<String> {
        let text = format!(
            "{{\"id\":\"1\",\"Modified_Time\":\"2026-05-14T12:53:58+03:00\",\"Created_By\":{{\"id\":\"9\"}}{detail}}}"
        );
        let row = converted(serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!((row.created_by, row.by), (Some("9".into()), None));
        row.converted.unwrap().iter().map(|one| format!("{} {}", one.module, one.id)).collect()
    }

    #[test]
    fn what_a_lead_became_is_told_as_far_as_it_is_known() {
        let detail = ",\"$converted_detail\":{\"deal\":null,\"contact\":\"7\",\"account\":{\"id\":\"8\"},\"convert_date\":\"x\"}";
        assert_eq!(became(detail), ["Contacts 7", "Accounts 8"]);
        assert_eq!(became(""), Vec::<String>::new());
        assert_eq!(became(",\"$converted_detail\":null"), Vec::<String>::new());
    }
}
