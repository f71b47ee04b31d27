//! From a configured scope, and what the list views it names show now, to what the machine judges readings by.

use crate::account::Account;
use crate::config::{ModuleConfig, nearest};
use crate::error::{HubError, Result};
use crate::scope_config::{Conditions, ScopeConfig, SideScopeConfig};
use crate::sync::{Applies, Intake, SideScope, Window};
use musubi_connector::gate::Lane;
use musubi_connector::{Priced, User, View, ViewFilter};
use musubi_core::{
    FieldName, Mapping, ModuleName, RemoteId, Side, Sides,
    mapping::Pair,
    mutant::Mutant,
    schema::{Field, FieldType, ModuleSchema},
    scope::{
        Condition, Criteria, Locale, Places, Reading, ScopeError, Unfit, compile, never_held, no_option,
    },
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// So many options of a picklist are named where none is like what was written.
const OPTIONS_NAMED: usize = 20;

/// The scope of a module sync as it counts from some time on: what was configured, and what its views showed then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counting {
    pub config: ScopeConfig,
    pub criteria: Sides<Option<Criteria>>,
}

impl Counting {
    /// Asks the services what the views show.
    pub async fn ask(config: &ModuleConfig, accounts: &Sides<Arc<Account>>) -> Result<Counting> {
        let scope = config.scope.clone().unwrap_or_default();
        let modules = Sides { left: ModuleName::new(&config.left), right: ModuleName::new(&config.right) };
        let left = criteria(scope.left.as_ref(), &accounts.left, &modules.left);
        let right = criteria(scope.right.as_ref(), &accounts.right, &modules.right);
        let (left, right) = tokio::try_join!(left, right)?;
        Ok(Counting { config: scope, criteria: Sides { left, right } })
    }

    /// Of what counted until now and what the views show now, what is to count; and what they show, if somebody is to be asked about a difference.
    pub fn settle(self, before: Option<&Counting>) -> Result<(Counting, Option<Counting>)> {
        let asks = self.config.view_changes.count(Mutant::None) == Conditions::Former;
        let Some(before) = before.filter(|_| asks) else { return Ok((self, None)) };
        let counts = self.with_former_views(before)?;
        let asked = (counts != self).then_some(self);
        Ok((counts, asked))
    }

    /// The same with the former conditions of every view that was chosen before, whatever else of the scope is another one. A view that is chosen anew has none.
    pub fn with_former_views(&self, before: &Counting) -> Result<Counting> {
        let of = |side: Side| -> Result<Option<Criteria>> {
            let Some(scope) = self.config.side(side) else { return Ok(None) };
            let views = self.shown(side).map(|(name, now)| {
                let then = before.shown(side).find(|(known, _)| *known == name);
                Some(then.map_or(now, |(_, then)| then).clone())
            });
            scope.join(views.collect())
        };
        let criteria = Sides { left: of(Side::Left)?, right: of(Side::Right)? };
        Ok(Counting { config: self.config.clone(), criteria })
    }

    /// The views of a side, each with its conditions.
    fn shown(&self, side: Side) -> impl Iterator<Item = (&str, &Criteria)> {
        let criteria = self.criteria.get(side).as_ref();
        self.config.side(side).into_iter().flat_map(move |scope| scope.shown(criteria))
    }

    /// The creation window.
    pub fn window(&self) -> Result<Option<Window>> {
        let applies =
            if self.config.apply_window_to_updates { Applies::ForEver } else { Applies::UntilChanged };
        Ok(self.config.window()?.map(|age| Window { age, applies }))
    }
}

/// Compiles the scope of a side. Fields that it needs and that are not mapped are read as well: they are given behind `mapping`'s.
pub(crate) fn intake(
    side: Side,
    criteria: Option<&Criteria>,
    mapping: &Mapping,
    schema: &ModuleSchema,
    account: &Account,
    users: &dyn Fn(&str) -> Option<RemoteId>,
) -> Result<(Intake, Vec<Field>)> {
    let mapped = mapping.pairs.len();
    let mut beside: Vec<Field> = Vec::new();
    let Some(criteria) = criteria else { return Ok((Intake { mapped, ..Intake::default() }, beside)) };
    // A slot that holds the name of what a lookup points to does not hold the lookup.
    let slot = |pair: &'_ Pair| {
        let field = pair.fields.get(side);
        let named = field.kind == FieldType::NameOf;
        (field.name.clone(), if named { Reading::Name } else { Reading::Value })
    };
    let slots: Vec<_> = mapping.pairs.iter().map(slot).collect();
    let scope = judge(criteria, &slots, &mut beside, schema, account, users)?;
    Ok((Intake { scope: Some(scope), mapped, ..Intake::default() }, beside))
}

/// Compiles conditions upon readings that hold `mapped` and, behind them, `beside`, which grows by what the conditions need.
pub(crate) fn judge(
    criteria: &Criteria,
    mapped: &[(FieldName, Reading)],
    beside: &mut Vec<Field>,
    schema: &ModuleSchema,
    account: &Account,
    users: &dyn Fn(&str) -> Option<RemoteId>,
) -> Result<SideScope> {
    let zone = zone(account);
    let mut places = Slots { schema, mapped, beside };
    let locale =
        Locale { zone: zone.clone(), current_user: Some(account.org.current_user.id.clone()), user: users };
    let test = compile(criteria, &mut places, &locale).map_err(|error| cannot_be_judged(&error, schema))?;
    Ok(SideScope { test, zone, relative: criteria.is_relative() })
}

/// Where what conditions need stands: among what is mapped, or behind it.
struct Slots<'s> {
    schema: &'s ModuleSchema,
    mapped: &'s [(FieldName, Reading)],
    beside: &'s mut Vec<Field>,
}

impl<'s> Places<'s> for Slots<'s> {
    fn field(&self, name: &FieldName) -> Option<&'s Field> {
        self.schema.field(name)
    }

    fn place(&mut self, field: &'s Field, reading: Reading) -> Option<u16> {
        let mapped = |(name, read): &(FieldName, Reading)| *name == field.name && *read == reading;
        let at = self.mapped.iter().position(mapped).unwrap_or_else(|| {
            let wanted = reading.of(field);
            let known = |known: &Field| known.name == wanted.name && known.kind == wanted.kind;
            let at = self.beside.iter().position(known).unwrap_or(self.beside.len());
            if at == self.beside.len() {
                self.beside.push(wanted);
            }
            self.mapped.len() + at
        });
        u16::try_from(at).ok()
    }
}

fn cannot_be_judged(error: &ScopeError, schema: &ModuleSchema) -> HubError {
    let names = schema.fields.iter().map(|field| field.name.as_str());
    let hint = match (schema.field(&error.field), nearest(error.field.as_str(), names)) {
        (Some(field), _) if let Unfit::NoOption(value) = &error.why => option_meant(value, &field.kind),
        (Some(_), _) if matches!(error.why, Unfit::Takes { .. }) => "correct the value".to_owned(),
        (Some(_), _) => {
            "change the condition; a list view with such a condition cannot be used here".to_owned()
        }
        (None, Some(meant)) => format!("did you mean {meant}?"),
        (None, None) => "use the API name of a field of the module".to_owned(),
    };
    HubError::new("scope.condition", format!("the scope of {}: {error}", schema.module), hint)
}

/// The option that was probably meant, or some of those that there are.
fn option_meant(value: &str, kind: &FieldType) -> String {
    let (FieldType::Picklist { options } | FieldType::MultiPicklist { options }) = kind.plain() else {
        return "correct the value".to_owned();
    };
    if let Some(meant) = nearest(value, options.iter().map(|option| option.as_str())) {
        return format!("did you mean {meant:?}?");
    }
    let named: Vec<&str> = options.iter().take(OPTIONS_NAMED).map(|option| option.as_str()).collect();
    let more = if options.len() > OPTIONS_NAMED { ", …" } else { "" };
    format!("its options are: {}{more}", named.join(", "))
}

/// Refuses conditions of ours upon an option that a picklist does not have: nobody, or everybody, would take part. It is asked before such a condition is kept,
/// and not while it counts: an option may be taken out of use later, and stay in the records that have it.
pub(crate) async fn options_are_there(module: &ModuleConfig, accounts: &Sides<Arc<Account>>) -> Result<()> {
    let scope = module.scope.clone().unwrap_or_default();
    for (side, said, name) in
        [(Side::Left, &scope.left, &module.left), (Side::Right, &scope.right, &module.right)]
    {
        let Some(own) = said.as_ref().and_then(|said| said.criteria.as_ref()) else { continue };
        let schema = accounts.get(side).schema(&ModuleName::new(name)).await?;
        let mut wrong = None;
        own.read()?.each(&mut |condition| {
            wrong = wrong.take().or_else(|| no_option(condition, &schema.field(&condition.field)?.kind));
        });
        if let Some(error) = wrong {
            return Err(cannot_be_judged(&error, &schema));
        }
    }
    Ok(())
}

/// The user of the org with an e-mail address, whatever its case.
pub(crate) fn by_address(users: &[User]) -> impl Fn(&str) -> Option<RemoteId> {
    move |email: &str| {
        let found = users.iter().find(|user| user.email.eq_ignore_ascii_case(email));
        found.map(|user| user.id.clone())
    }
}

fn zone(account: &Account) -> jiff::tz::TimeZone {
    let named = account.org.time_zone.as_deref();
    named.and_then(|name| jiff::tz::TimeZone::get(name).ok()).unwrap_or(jiff::tz::TimeZone::UTC)
}

async fn criteria(
    scope: Option<&SideScopeConfig>,
    account: &Account,
    module: &ModuleName,
) -> Result<Option<Criteria>> {
    let Some(scope) = scope else { return Ok(None) };
    if let Some(name) = &scope.opt_out {
        let schema = account.schema(module).await?;
        // Of anything else nothing would ever be ticked, and who is to be left out would take part.
        if let Some(field) = schema.field(&FieldName::new(name)).filter(|field| field.kind != FieldType::Bool)
        {
            return Err(HubError::new(
                "scope.opt_out",
                format!("the opt-out of {module}: {} is no check box", field.name),
                "name a check box; other conditions go into criteria",
            ));
        }
    }
    if let Some(own) = &scope.criteria {
        let schema = account.schema(module).await?;
        let mut wrong = None;
        own.read()?.each(&mut |condition| {
            wrong = wrong.take().or_else(|| without_order(condition, &schema)).or_else(|| {
                let field = schema.field(&condition.field)?;
                never_held(condition, &field.kind)
            });
        });
        if let Some(error) = wrong {
            return Err(cannot_be_judged(&error, &schema));
        }
    }
    let mut shown = Vec::new();
    if !scope.views.is_empty() {
        let all = account.ask(Lane::Interactive, Priced::Other, account.connector.views(module)).await?;
        for wanted in &scope.views {
            shown.push(filter(wanted, &all, account, module).await?);
        }
    }
    scope.join(shown)
}

/// A condition of ours that asks what comes before what of what has no order for people: `"9"` comes behind `"10"`. The
/// conditions of list views are not asked this: what the service shows is what counts.
fn without_order(condition: &Condition, schema: &ModuleSchema) -> Option<ScopeError> {
    let kind = schema.field(&condition.field)?.kind.plain();
    let ordered = matches!(
        kind,
        FieldType::Integer | FieldType::Decimal { .. } | FieldType::Date | FieldType::DateTime
    );
    let why = Unfit::Comparator(condition.comparator);
    (condition.comparator.orders() && !ordered).then(|| ScopeError { field: condition.field.clone(), why })
}

async fn filter(
    wanted: &str,
    all: &[View],
    account: &Account,
    module: &ModuleName,
) -> Result<Option<Criteria>> {
    let named = |view: &&View| {
        view.id == wanted || view.name == wanted || view.system_name.as_deref() == Some(wanted)
    };
    let unknown = || {
        let hint = match nearest(wanted, all.iter().map(|view| view.name.as_str())) {
            Some(meant) => format!("did you mean {meant:?}?"),
            None => {
                let names: Vec<&str> = all.iter().map(|view| view.name.as_str()).collect();
                format!("its list views are: {}", names.join(", "))
            }
        };
        HubError::new("scope.view", format!("{module} of {} has no list view {wanted:?}", account.name), hint)
    };
    let found: Vec<&View> = all.iter().filter(named).collect();
    let view = match found.as_slice() {
        [] => return Err(unknown()),
        [one] => one,
        _ => {
            return Err(HubError::new(
                "scope.view",
                format!("{module} of {} has several list views {wanted:?}", account.name),
                "name the one that is meant by its id",
            ));
        }
    };
    let asked = account.connector.view(module, &view.id);
    match account.ask(Lane::Interactive, Priced::Other, asked).await? {
        None => Err(unknown()),
        Some(ViewFilter::Everything) => Ok(None),
        Some(ViewFilter::These(criteria)) => Ok(Some(criteria)),
        Some(ViewFilter::Unreadable(why)) => Err(HubError::new(
            "scope.view_unreadable",
            format!("the list view {wanted:?} of {module} can only be judged by the service: {why}"),
            "choose another view, or write its conditions as criteria",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::scope::{Comparator, Literal};

    /// A scope whose views on the left show these cities.
    fn counting(scope: &str, cities: &[&str]) -> Counting {
        let config: ScopeConfig = toml::from_str(scope).unwrap();
        let view = |city: &str| {
            let operands = vec![Literal::Text(city.into())];
            Criteria::Is(Condition { field: "City".into(), comparator: Comparator::Equal, operands })
        };
        let views = cities.iter().map(|city| Some(view(city))).collect();
        let left = config.left.as_ref().unwrap().join(views).unwrap();
        Counting { config, criteria: Sides { left, right: None } }
    }

    #[test]
    fn a_view_that_was_changed_waits_whatever_else_of_the_scope_is_another_one() {
        for (now, shows, counts) in [
            ("left = { views = [\"Mine\"] }", vec!["Osaka"], vec!["Tokyo"]),
            ("leaving = \"stop_updates\"\nleft = { views = [\"Mine\"] }", vec!["Osaka"], vec!["Tokyo"]),
            ("left = { views = [\"Mine\"], opt_out = \"Out\" }", vec!["Osaka"], vec!["Tokyo"]),
            (
                "left = { views = [\"New\", \"Mine\"], join = \"all\" }",
                vec!["Kyoto", "Osaka"],
                vec!["Kyoto", "Tokyo"],
            ),
        ] {
            let before = counting("left = { views = [\"Mine\"] }", &["Tokyo"]);
            let (shows, counts) = (counting(now, &shows), counting(now, &counts));
            let settled = (counts.clone(), Some(shows.clone()));
            assert_eq!(shows.clone().settle(Some(&before)).unwrap(), settled, "{now}");
            assert_eq!(shows.settle(Some(&counts)).unwrap(), settled, "it goes on waiting: {now}");
        }
    }

    #[test]
    fn nobody_is_asked_about_what_is_chosen_anew_is_the_same_or_counts_at_once() {
        let before = counting("left = { views = [\"Mine\"] }", &["Tokyo"]);
        for (now, shows) in [
            ("left = { views = [\"Other\"] }", "Osaka"),
            ("leaving = \"unlink\"\nleft = { views = [\"Mine\"], opt_out = \"Out\" }", "Tokyo"),
            ("view_changes = \"apply\"\nleft = { views = [\"Mine\"] }", "Osaka"),
        ] {
            let shown = counting(now, &[shows]);
            assert_eq!(shown.clone().settle(Some(&before)).unwrap(), (shown, None), "{now}");
        }
    }
}
