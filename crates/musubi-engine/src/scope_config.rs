//! Which records take part, as a configuration says it.

use crate::config::Words;
use crate::error::{HubError, Result};
use musubi_core::{
    FieldName, Side,
    mutant::Mutant,
    policy::LeavingPolicy,
    scope::{Comparator, Condition, Criteria, Literal},
};
use serde::{Deserialize, Serialize};

/// The scope of a module pair.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = RecordScope)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct ScopeConfig {
    /// Which records of the left module take part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<SideScopeConfig>,
    /// Which records of the right module take part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<SideScopeConfig>,
    /// What becomes of a pair of which one record no longer takes part. Nothing is ever deleted for it.
    #[serde(default, skip_serializing_if = "is_kept")]
    pub leaving: LeavingPolicy,
    /// What happens when somebody changes the conditions of a list view in the service.
    #[serde(default, skip_serializing_if = "is_asked")]
    pub view_changes: ViewChanges,
    /// Only records made so many days before the start take part, such as `365d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9]{1,5}d$")]
    pub created_within: Option<String>,
    /// Older records take no part even when they are changed later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub apply_window_to_updates: bool,
}

/// What happens when the conditions of a list view were changed in the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ViewChanges {
    /// The former conditions go on to count until a person takes the new ones over.
    #[default]
    Ask,
    /// The new ones count at once.
    Apply,
}

/// Which conditions of a changed list view count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conditions {
    /// Those that it had.
    Former,
    /// Those that it has now.
    New,
}

impl ViewChanges {
    /// Which count, as long as nobody takes the new ones over.
    pub fn count(self, mutant: Mutant) -> Conditions {
        match self {
            ViewChanges::Ask if mutant.is(Mutant::ViewsUnasked) => Conditions::New,
            ViewChanges::Apply if mutant.is(Mutant::FormerViews) => Conditions::Former,
            ViewChanges::Ask => Conditions::Former,
            ViewChanges::Apply => Conditions::New,
        }
    }
}

/// The scope of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SideScope)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct SideScopeConfig {
    /// List views of the service, by name or id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<String>,
    /// Conditions of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<CriteriaConfig>,
    /// How views and conditions are joined. If nothing is said, a record must be in one of the views, and meet the conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join: Option<Join>,
    /// A check box of the records: who has it ticked takes no part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_out: Option<String>,
}

/// How several views and conditions are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// A record must be in every view and meet the conditions.
    All,
    /// One view, or the conditions, are enough.
    Any,
}

/// A condition (`field`, `comparator`, `value`), or a group of them (`all` or `any`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Criteria)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct CriteriaConfig {
    /// Every one of these holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub all: Option<Vec<CriteriaConfig>>,
    /// At least one of these holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub any: Option<Vec<CriteriaConfig>>,
    /// The API name of a field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How it is compared, in the words of list views.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparator: Option<Comparator>,
    /// With what: a text, a number, true or false, or a list; also `${EMPTY}`, `${CURRENTUSER}`, `${TODAY}`, `${LAST30DAYS}` and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Words>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_kept(leaving: &LeavingPolicy) -> bool {
    *leaving == LeavingPolicy::KeepLinked
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_asked(changes: &ViewChanges) -> bool {
    *changes == ViewChanges::Ask
}

/// No window is longer than what a clock can tell.
const LONGEST_WINDOW: i64 = 36_500;

impl ScopeConfig {
    /// The creation window in milliseconds.
    pub(crate) fn window(&self) -> Result<Option<i64>> {
        let Some(text) = &self.created_within else { return Ok(None) };
        let days = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok());
        match days.filter(|days| (1..=LONGEST_WINDOW).contains(days)) {
            Some(days) => Ok(Some(days * 86_400_000)),
            None => Err(HubError::new(
                "config.window",
                format!("created_within = {text:?} is no number of days"),
                "write days, such as \"365d\"",
            )),
        }
    }

    /// What is said of a side.
    pub(crate) fn side(&self, side: Side) -> Option<&SideScopeConfig> {
        match side {
            Side::Left => self.left.as_ref(),
            Side::Right => self.right.as_ref(),
        }
    }

    /// Some side names list views, which may be changed in the service.
    pub(crate) fn names_views(&self) -> bool {
        [&self.left, &self.right].into_iter().flatten().any(|side| !side.views.is_empty())
    }

    /// Checks what can be checked without a service.
    pub(crate) fn check(&self) -> Result<()> {
        self.window()?;
        for side in [&self.left, &self.right].into_iter().flatten() {
            if let Some(criteria) = &side.criteria {
                criteria.read()?;
            }
        }
        Ok(())
    }
}

impl SideScopeConfig {
    /// The whole of it as one condition, with those of its views; `None`: every record takes part.
    pub(crate) fn join(&self, views: Vec<Option<Criteria>>) -> Result<Option<Criteria>> {
        // A view of everything leaves nothing out.
        let everything = || Criteria::All { all: Vec::new() };
        let mut parts: Vec<Criteria> =
            views.into_iter().map(|view| view.unwrap_or_else(everything)).collect();
        let own = self.criteria.as_ref().map(CriteriaConfig::read).transpose()?;
        let mut whole = match self.join {
            Some(Join::Any) => {
                parts.extend(own);
                if parts.is_empty() { Vec::new() } else { vec![Criteria::Any { any: parts }] }
            }
            Some(Join::All) => {
                parts.extend(own);
                parts
            }
            None => {
                let views = (!parts.is_empty()).then_some(Criteria::Any { any: parts });
                views.into_iter().chain(own).collect()
            }
        };
        whole.extend(self.opt_out.as_ref().map(|field| {
            let operands = vec![Literal::Text("true".into())];
            Criteria::Is(Condition {
                field: FieldName::new(field),
                comparator: Comparator::NotEqual,
                operands,
            })
        }));
        Ok(if whole.is_empty() { None } else { Some(Criteria::All { all: whole }) })
    }

    /// Each view by the name that it was chosen by, with its conditions, found again in what `join` made of them.
    pub(crate) fn shown<'a>(
        &'a self,
        whole: Option<&'a Criteria>,
    ) -> impl Iterator<Item = (&'a str, &'a Criteria)> {
        let parts: &[Criteria] = match whole {
            Some(Criteria::All { all }) if self.join == Some(Join::All) => all,
            Some(Criteria::All { all }) => match all.first() {
                Some(Criteria::Any { any }) => any,
                _ => &[],
            },
            _ => &[],
        };
        self.views.iter().map(String::as_str).zip(parts)
    }
}

impl CriteriaConfig {
    /// As conditions.
    pub(crate) fn read(&self) -> Result<Criteria> {
        let list =
            |parts: &[CriteriaConfig]| parts.iter().map(CriteriaConfig::read).collect::<Result<Vec<_>>>();
        match (&self.all, &self.any, &self.field, self.comparator, &self.value) {
            (Some(all), None, None, None, None) => Ok(Criteria::All { all: list(all)? }),
            (None, Some(any), None, None, None) => Ok(Criteria::Any { any: list(any)? }),
            (None, None, Some(field), Some(comparator), Some(value)) => {
                let texts = value.texts();
                let operands = texts.iter().map(|text| literal(field, text)).collect::<Result<Vec<_>>>()?;
                let (least, most) = comparator.operands();
                if operands.len() < least || operands.len() > most {
                    return Err(wrong(format!(
                        "the condition on {field} takes {} for {}",
                        if least == 2 { "two values" } else { "one value" },
                        comparator.name()
                    )));
                }
                Ok(Criteria::Is(Condition { field: FieldName::new(field), comparator, operands }))
            }
            _ => Err(wrong("a condition is half said, or two things at once".to_owned())),
        }
    }
}

fn literal(field: &str, text: &str) -> Result<Literal> {
    Literal::parse(text).ok_or_else(|| wrong(format!("the condition on {field} has an unknown {text}")))
}

fn wrong(message: String) -> HubError {
    HubError::new(
        "config.criteria",
        message,
        "write { field = \"City\", comparator = \"equal\", value = \"Tokyo\" }, { all = [ … ] } or { any = [ … ] }",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(text: &str) -> SideScopeConfig {
        toml::from_str(text).unwrap()
    }

    fn told(criteria: &Option<Criteria>) -> String {
        serde_json::to_string(criteria).unwrap()
    }

    #[test]
    fn one_of_the_views_and_the_conditions_unless_said_otherwise() {
        let is = "criteria = { field = \"City\", comparator = \"in\", value = [\"Tokyo\", \"${EMPTY}\"] }\n";
        let text = format!("views = [\"A\", \"B\"]\n{is}");
        let view = |value: &str| {
            let operands = vec![Literal::Text(value.into())];
            Some(Criteria::Is(Condition { field: "V".into(), comparator: Comparator::Equal, operands }))
        };
        let views = || vec![view("a"), None];
        let all = "{\"all\":[]}";
        let a = "{\"field\":\"V\",\"comparator\":\"equal\",\"operands\":[{\"text\":\"a\"}]}";
        let own = "{\"field\":\"City\",\"comparator\":\"in\",\"operands\":[{\"text\":\"Tokyo\"},\"empty\"]}";
        let plain = scope(&text).join(views()).unwrap();
        assert_eq!(told(&plain), format!("{{\"all\":[{{\"any\":[{a},{all}]}},{own}]}}"));
        let any = scope(&format!("join = \"any\"\n{text}")).join(views()).unwrap();
        assert_eq!(told(&any), format!("{{\"all\":[{{\"any\":[{a},{all},{own}]}}]}}"));
        let every = scope(&format!("join = \"all\"\n{text}")).join(views()).unwrap();
        assert_eq!(told(&every), format!("{{\"all\":[{a},{all},{own}]}}"));
        assert_eq!(scope("").join(Vec::new()).unwrap(), None);
    }

    #[test]
    fn what_each_view_shows_is_found_again_however_it_was_joined() {
        let view = |value: &str| {
            let operands = vec![Literal::Text(value.into())];
            Criteria::Is(Condition { field: "V".into(), comparator: Comparator::Equal, operands })
        };
        let everything = Criteria::All { all: Vec::new() };
        let is = "{ field = \"City\", comparator = \"equal\", value = \"Tokyo\" }";
        let own = format!("criteria = {{ any = [{is}] }}");
        for join in ["", "join = \"any\"", "join = \"all\""] {
            for beside in ["", own.as_str(), "opt_out = \"Out\""] {
                let named = scope(&format!("views = [\"A\", \"B\"]\n{join}\n{beside}"));
                let whole = named.join(vec![Some(view("a")), None]).unwrap();
                let shown: Vec<_> = named.shown(whole.as_ref()).collect();
                assert_eq!(shown, [("A", &view("a")), ("B", &everything)], "{join} {beside}");
                let none = scope(&format!("{join}\n{beside}"));
                let whole = none.join(Vec::new()).unwrap();
                assert_eq!(none.shown(whole.as_ref()).count(), 0, "{join} {beside}");
            }
        }
    }

    #[test]
    fn who_opted_out_takes_no_part() {
        let criteria = scope("opt_out = \"Do_Not_Sync\"").join(Vec::new()).unwrap();
        assert!(told(&criteria).contains("\"not_equal\",\"operands\":[{\"text\":\"true\"}]"));
    }

    #[test]
    fn a_mistake_says_what_and_how() {
        let error = |text: &str| scope(text).criteria.unwrap().read().unwrap_err();
        let half = error("criteria = { field = \"City\", value = \"Tokyo\" }");
        assert_eq!(
            (half.code, half.message.as_str()),
            ("config.criteria", "a condition is half said, or two things at once")
        );
        let range = error("criteria = { field = \"Amount\", comparator = \"between\", value = 1 }");
        assert_eq!(range.message, "the condition on Amount takes two values for between");
        let soon = error("criteria = { field = \"Day\", comparator = \"equal\", value = \"${SOON}\" }");
        assert!(soon.message.contains("unknown ${SOON}"));
        let window = ScopeConfig { created_within: Some("1y".into()), ..ScopeConfig::default() };
        assert_eq!(window.check().unwrap_err().code, "config.window");
    }
}
