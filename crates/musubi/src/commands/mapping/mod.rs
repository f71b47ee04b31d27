//! `musubi mapping`: which fields belong to which, what could be mapped besides, and what becomes of real records.

mod fields;
mod inexact;
mod records;
mod suggestions;

use super::Context;
use crate::configuration;
use crate::failure::{Exit, Failure};
use crate::modules::Whole;
use crate::words::Words;
use crate::{hub, store, tasks};
use musubi_engine::config::{IntegrationConfig, ModuleConfig};
use musubi_engine::preview::ModulePreview;
use musubi_engine::record_preview::PreviewedRecord;
use musubi_engine::suggest::Suggestion;
use musubi_engine::{Config, Hub, HubError, Result, placed};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  musubi mapping tokyo-london                          every module: which fields go where, which do not and why
  musubi mapping tokyo-london/Contacts --suggest       what the fields that are in no pair could be mapped to
  musubi mapping tokyo-london/Contacts --records 5     what becomes of five real records, field by field
  musubi mapping tokyo-london --file musubi.toml --records     of a file that was not applied yet

Both services are asked for their fields, and for a few records where samples are shown. Nothing is written, neither to the
orgs nor to the database. Suggestions are never taken over by themselves: put the lines that are right into the file, and
`musubi apply` it. It ends with 3 if something in a mapping cannot be.";

/// Show which fields belong to which, suggest more, and try it on real records.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration, or one of its modules: `tokyo-london/Contacts`; where it is tied to several, both: `tokyo-london/Contacts:Leads`.
    name: Whole,
    /// Suggest what the fields that are in no pair could be mapped to: by their names, labels and types, and by what records hold in them.
    #[arg(long)]
    suggest: bool,
    /// Show what the mapping makes of so many real records.
    #[arg(long, value_name = "COUNT", num_args = 0..=1, default_missing_value = "3", value_parser = clap::value_parser!(u32).range(1..=12))]
    records: Option<u32>,
    /// As this file says it, which need not be applied; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// What is shown of a module pair.
#[derive(Serialize)]
struct Module {
    mapping: ModulePreview,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestions: Option<Vec<Suggestion>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<Vec<PreviewedRecord>>,
    /// What is configured.
    #[serde(skip)]
    config: ModuleConfig,
}

/// Asks both services and prints.
pub async fn run(arguments: Arguments, context: &Context) -> std::result::Result<Exit, Failure> {
    let file = arguments.file.as_deref().map(configuration::read).transpose()?;
    let opened = store::open_existing(&context.global).await?;
    let hub = hub::reading(&opened, None)?;
    let work = async {
        let whole = match &file {
            Some(file) => Config::parse(file)?,
            None => hub.export().await?,
        };
        let config = integration(&whole, &arguments.name.integration)?;
        show(&hub, config, &arguments).await.map_err(|error| match &file {
            Some(file) => placed(file, error).into(),
            None => Failure::from(error),
        })
    };
    let modules = tasks::or_stopped(work, std::future::ready(())).await?;
    context.output.report(&modules, |modules| text(modules, context.output.words()))?;
    let sound = modules.iter().all(|module| module.mapping.problems.is_empty());
    Ok(if sound { Exit::Done } else { Exit::Differs })
}

fn integration<'a>(config: &'a Config, name: &str) -> Result<&'a IntegrationConfig> {
    config.integrations.get(name).ok_or_else(|| {
        let known: Vec<&str> = config.integrations.keys().map(String::as_str).collect();
        let hint = match known.as_slice() {
            [] => "`musubi apply FILE` sets one up".to_owned(),
            known => format!("there are: {}", known.join(", ")),
        };
        HubError::new("integration.unknown", format!("there is no integration {name}"), hint)
    })
}

async fn show(hub: &Hub, config: &IntegrationConfig, arguments: &Arguments) -> Result<Vec<Module>> {
    let wanted = |module: &ModuleConfig| match arguments.name.module.as_deref() {
        None => true,
        Some(name) => name == module.left || name == format!("{}:{}", module.left, module.right),
    };
    let places: Vec<usize> = (0..config.modules.len()).filter(|at| wanted(&config.modules[*at])).collect();
    if let (Some(name), []) = (&arguments.name.module, places.as_slice()) {
        let known: Vec<&str> = config.modules.iter().map(|module| module.left.as_str()).collect();
        let what = format!("{} has no module {name}", arguments.name.integration);
        return Err(HubError::new("module.unknown", what, format!("there are: {}", known.join(", "))));
    }
    let mut previews: Vec<Option<ModulePreview>> = hub.preview(config).await?.into_iter().map(Some).collect();
    let mut modules = Vec::new();
    for at in places {
        let Some(mapping) = previews.get_mut(at).and_then(Option::take) else { continue };
        let suggestions = match arguments.suggest {
            true => Some(hub.suggestions(config, at).await?),
            false => None,
        };
        let records = match arguments.records {
            Some(count) => {
                let mut records = hub.preview_records(config, at).await?;
                records.truncate(count as usize);
                Some(records)
            }
            None => None,
        };
        modules.push(Module { mapping, suggestions, records, config: config.modules[at].clone() });
    }
    Ok(modules)
}

fn text(modules: &[Module], words: Words) -> String {
    let one = |module: &Module| {
        let mut text = fields::text(&module.mapping, words);
        if let Some(suggestions) = &module.suggestions {
            text += &suggestions::text(suggestions, &module.mapping, &module.config.fields);
        }
        if let Some(records) = &module.records {
            text += &records::text(records);
        }
        text
    };
    modules.iter().map(one).collect::<Vec<_>>().join("\n")
}
