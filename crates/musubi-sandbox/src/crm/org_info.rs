//! `GET /org`.

use serde_json::json;

use super::context::RequestContext;
use crate::http::{answer::Answer, error::Reply};

/// Serves the org.
pub fn get(ctx: &RequestContext) -> Reply {
    ctx.require(&["org"], "READ")?;
    let org = &ctx.org.profile;
    let state = ctx.org.read();
    let admin = state.users.first();
    Ok(Answer::json(
        200,
        &json!({"org": [{
            "country": org.country, "photo_id": null, "city": null, "description": null, "type": "production",
            "created_time": ctx.org.time(org.created), "mc_status": false, "gapps_enabled": false, "translation_enabled": false,
            "street": null, "domain_name": format!("org{}", org.org_id), "alias": null, "currency": org.currency,
            "id": (5_000_000_000_000_000_i64 + org.number).to_string(), "employee_count": null, "state": null, "fax": null, "zip": null, "website": null,
            "currency_symbol": org.currency_symbol, "mobile": null, "currency_locale": locale(&org.country),
            "primary_zuid": admin.map(|user| user.zuid.to_string()), "zia_portal_id": null, "time_zone": org.time_zone,
            "zgid": org.org_id, "country_code": org.country, "deletable_org_account": true,
            "license_details": {
                "paid_expiry": null, "users_license_purchased": state.users.len(), "trial_type": null, "trial_expiry": null,
                "paid": org.edition != "free", "paid_type": org.edition, "portal_users_license_purchased": 0,
            },
            "hierarchy_preferences": {"type": "Role_Hierarchy", "strictly_reporting": null},
            "phone": null, "company_name": org.name, "privacy_settings": true,
            "primary_email": admin.map(|user| user.email.clone()), "iso_code": org.currency,
            "hipaa_compliance_enabled": false, "lite_users_enabled": false,
        }]}),
    ))
}

fn locale(country: &str) -> &'static str {
    match country {
        "JP" => "ja_JP",
        "GB" => "en_GB",
        _ => "en_US",
    }
}
