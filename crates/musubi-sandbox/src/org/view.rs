//! List views ("custom views"): a name, a filter, columns and a sort order.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{field::Field, ids::Ids};

/// A list view.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct View {
    /// Its id.
    pub id: i64,
    /// What users see.
    pub name: String,
    /// The service's own name of a view it made; `None` for an admin's.
    pub system_name: Option<String>,
    /// The filter as the API shows it; `None` lists everything.
    pub criteria: Option<Json>,
    /// Columns, by API name.
    pub fields: Vec<String>,
    /// Sorted by this field; `None` for newest first.
    pub sort_by: Option<String>,
    /// Ascending rather than descending.
    #[serde(default)]
    pub ascending: bool,
    /// The view a module opens with.
    #[serde(default)]
    pub default: bool,
    /// When it was made, for views of admins.
    #[serde(default)]
    pub created: Option<i64>,
}

impl View {
    /// The views a module comes with.
    pub fn standard(ids: &mut Ids, module: &str, plural: &str, fields: &[Field]) -> Vec<View> {
        let columns: Vec<String> = fields
            .iter()
            .filter(|f| !f.hidden && !f.api_name.ends_with("_Time") && f.api_name != "Owner")
            .take(5)
            .chain(fields.iter().filter(|f| f.api_name == "Owner"))
            .map(|f| f.api_name.clone())
            .collect();
        let condition = |name: &str, comparator: &str, value: Json| -> Option<Json> {
            let field = fields.iter().find(|f| f.api_name == name)?;
            Some(json!({
                "field": {"api_name": name, "id": field.id.to_string()},
                "comparator": comparator, "type": "value", "value": value,
            }))
        };
        let mut views = vec![];
        let mut add = |name: String, system: String, criteria: Option<Json>, default: bool| {
            views.push(View {
                id: ids.fresh(),
                name,
                system_name: Some(system),
                criteria,
                fields: columns.clone(),
                sort_by: None,
                ascending: false,
                default,
                created: None,
            });
        };
        let upper = plural.to_uppercase().replace(' ', "");
        add(format!("All {plural}"), "ALLVIEWS".into(), None, true);
        add(
            format!("My {plural}"),
            format!("MY{upper}VIEW"),
            condition("Owner", "equal", json!("${CURRENTUSER}")),
            false,
        );
        add(
            format!("Recently Created {plural}"),
            "RECENTLYCREATEDVIEW".into(),
            condition("Created_Time", "equal", json!("${THISWEEK}")),
            false,
        );
        add(
            format!("Recently Modified {plural}"),
            "RECENTLYMODIFIEDVIEW".into(),
            condition("Modified_Time", "equal", json!("${THISWEEK}")),
            false,
        );
        add(
            "New This Week".into(),
            "NEWTHISWEEKVIEW".into(),
            condition("Created_Time", "equal", json!("${THISWEEK}")),
            false,
        );
        match module {
            "Leads" => {
                add(
                    "Not Contacted Leads".into(),
                    "NOTCONTACTEDVIEW".into(),
                    condition("Lead_Status", "equal", json!("Not Contacted")),
                    false,
                );
                add(
                    "Junk Leads".into(),
                    "JUNKLEADVIEW".into(),
                    condition("Lead_Status", "equal", json!("Junk Lead")),
                    false,
                );
            }
            "Contacts" => add(
                "Mailing Contacts".into(),
                "MAILINGCONTACTSVIEW".into(),
                condition("Email_Opt_Out", "equal", json!(false)),
                false,
            ),
            "Deals" => {
                add(
                    "Closing This Month".into(),
                    "CLOSINGTHISMONTHVIEW".into(),
                    condition("Closing_Date", "equal", json!("${THISMONTH}")),
                    false,
                );
                add(
                    "Closed Won Deals".into(),
                    "WONDEALSVIEW".into(),
                    condition("Stage", "equal", json!("Closed Won")),
                    false,
                );
            }
            "Tasks" => add(
                "Open Tasks".into(),
                "OPENTASKSVIEW".into(),
                condition("Status", "not_equal", json!("Completed")),
                false,
            ),
            _ => {}
        }
        views
    }
}
