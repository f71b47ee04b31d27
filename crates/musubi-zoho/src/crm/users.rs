//! The org, and its users.

use super::{Crm, cost};
use crate::envelope;
use crate::session::Call;
use musubi_connector::{CallError, Org, User};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct OrgAnswer {
    org: Vec<OrgJson>,
}

#[derive(Deserialize)]
struct OrgJson {
    zgid: Option<String>,
    id: Option<String>,
    company_name: Option<String>,
    time_zone: Option<String>,
    license_details: Option<Licence>,
}

#[derive(Deserialize)]
struct Licence {
    paid: Option<bool>,
    paid_type: Option<String>,
    trial_type: Option<String>,
    users_license_purchased: Option<u64>,
}

#[derive(Deserialize)]
struct UsersAnswer {
    users: Vec<UserJson>,
    info: Option<Info>,
}

#[derive(Deserialize)]
struct Info {
    more_records: Option<bool>,
}

#[derive(Deserialize)]
struct UserJson {
    id: String,
    full_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    status: Option<String>,
}

impl Crm {
    /// The org and the user; learns the limits of its edition on the way.
    pub(super) async fn describe_org(&self) -> Result<Org, CallError> {
        let (org, users) = futures::try_join!(
            self.metadata::<OrgAnswer>(Call::get([super::BASE, super::VERSION, "org"])),
            self.metadata::<UsersAnswer>(
                Call::get([super::BASE, super::VERSION, "users"]).query("type", "CurrentUser")
            ),
        )?;
        let org =
            org.and_then(|answer| answer.org.into_iter().next()).ok_or_else(|| envelope::garbage(200))?;
        let user =
            users.and_then(|answer| answer.users.into_iter().next()).ok_or_else(|| envelope::garbage(200))?;
        let licence = org.license_details;
        let seats = licence.as_ref().and_then(|licence| licence.users_license_purchased).unwrap_or(0);
        let edition = licence.and_then(|licence| match licence.paid {
            Some(false) => licence.trial_type.or(licence.paid_type),
            _ => licence.paid_type.or(licence.trial_type),
        });
        self.set_limits(cost::limits(edition.as_deref(), seats));
        let id = org.zgid.or(org.id).ok_or_else(|| envelope::garbage(200))?;
        if let Some(expected) = &self.org
            && *expected != id
        {
            return Err(CallError::new(
                musubi_connector::CallErrorKind::Auth,
                "WRONG_ORG",
                format!("the credential belongs to org {id}, the connection says {expected}"),
            ));
        }
        Ok(Org {
            id,
            name: org.company_name.unwrap_or_default(),
            time_zone: org.time_zone,
            edition,
            current_user: user.into(),
        })
    }

    pub(super) async fn all_users(&self) -> Result<Vec<User>, CallError> {
        let mut all = Vec::new();
        for page in 1.. {
            let call = Call::get([super::BASE, super::VERSION, "users"])
                .query("type", "AllUsers")
                .query("per_page", "200")
                .query("page", page.to_string());
            let Some(answer) = self.metadata::<UsersAnswer>(call).await? else { break };
            let last =
                answer.users.is_empty() || !answer.info.and_then(|info| info.more_records).unwrap_or(false);
            all.extend(answer.users.into_iter().map(User::from));
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// A call whose answer is one JSON document; `None` when it is empty.
    pub(super) async fn metadata<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<Option<T>, CallError> {
        let reply = self.session.fetch(call).await?;
        if matches!(reply.answer.status, 204 | 304) {
            return Ok(None);
        }
        let parsed = serde_json::from_slice(&reply.answer.body);
        parsed.map(Some).map_err(|_| envelope::garbage(reply.answer.status))
    }
}

impl From<UserJson> for User {
    fn from(user: UserJson) -> User {
        User {
            id: user.id.into(),
            name: user.full_name.or(user.last_name).unwrap_or_default(),
            email: user.email.unwrap_or_default(),
            active: user.status.is_none_or(|status| status.eq_ignore_ascii_case("active")),
        }
    }
}
