//! Modules and their fields.

use super::Crm;
use super::field::FieldJson;
use crate::session::Call;
use musubi_connector::{CallError, CallErrorKind, ModuleInfo};
use musubi_core::schema::ModuleSchema;
use musubi_core::{FieldName, ModuleName};
use serde::Deserialize;

#[derive(Deserialize)]
struct Modules {
    modules: Vec<ModuleJson>,
}

#[derive(Deserialize)]
struct ModuleJson {
    api_name: Option<String>,
    plural_label: Option<String>,
    generated_type: Option<String>,
    api_supported: Option<bool>,
    viewable: Option<bool>,
    creatable: Option<bool>,
    editable: Option<bool>,
}

#[derive(Deserialize)]
struct Fields {
    fields: Vec<FieldJson>,
}

#[derive(Deserialize)]
struct Count {
    count: u64,
}

/// Listed as modules, but they hold files or hang on another record in a way that a module sync cannot carry.
const NOT_RECORDS: [&str; 3] = ["Attachments", "Emails", "Actions_Performed"];

impl Crm {
    pub(super) async fn all_modules(&self) -> Result<Vec<ModuleInfo>, CallError> {
        let call = Call::get([super::BASE, super::VERSION, "settings", "modules"]);
        let answer: Option<Modules> = self.metadata(call).await?;
        Ok(answer.map_or_else(Vec::new, |answer| answer.modules.into_iter().filter_map(info).collect()))
    }

    /// The fields of a module. A module whose records carry no modified time cannot be synced, and this says so.
    pub(super) async fn describe(&self, module: &ModuleName) -> Result<ModuleSchema, CallError> {
        let call = Call::get([super::BASE, super::VERSION, "settings", "modules", module.as_str()]);
        let (info, fields, demanded) = futures::try_join!(
            self.metadata::<Modules>(call),
            self.fields(module.as_str()),
            self.demanded(module.as_str())
        )?;
        let label = info
            .and_then(|answer| answer.modules.into_iter().next())
            .and_then(|module| module.plural_label)
            .unwrap_or_else(|| module.to_string());
        if !fields.iter().any(|field| field.api_name == "Modified_Time") {
            return Err(CallError::new(
                CallErrorKind::Refused,
                "MODULE_NOT_SYNCABLE",
                format!("{module} has no Modified_Time, without which its changes cannot be seen"),
            ));
        }
        let mut described = Vec::with_capacity(fields.len());
        for field in &fields {
            let columns = match field.subform_module() {
                Some(rows) => self.columns(rows).await?,
                None => Vec::new(),
            };
            described.push(field.field(columns));
        }
        let own =
            |name: &&str| described.iter().any(|field| field.name.as_str() == *name && !field.mandatory);
        let demanded = demanded.iter().map(String::as_str).filter(own).map(FieldName::new).collect();
        Ok(ModuleSchema { module: module.clone(), label: label.into(), fields: described, demanded })
    }

    pub(super) async fn count_records(&self, module: &ModuleName) -> Result<u64, CallError> {
        let call = Call::get([super::BASE, super::VERSION, module.as_str(), "actions", "count"]);
        Ok(self.metadata::<Count>(call).await?.map_or(0, |answer| answer.count))
    }

    async fn fields(&self, module: &str) -> Result<Vec<FieldJson>, CallError> {
        let call = Call::get([super::BASE, super::VERSION, "settings", "fields"]).query("module", module);
        Ok(self.metadata::<Fields>(call).await?.map_or_else(Vec::new, |answer| answer.fields))
    }

    /// The columns of a subform that carry values of their own.
    async fn columns(&self, module: &str) -> Result<Vec<musubi_core::schema::Field>, CallError> {
        let fields = self.fields(module).await?;
        let described = fields
            .iter()
            .filter(|field| field.subform_module().is_none())
            .map(|field| field.field(Vec::new()));
        Ok(described.filter(|field| field.access == musubi_core::schema::Access::Writable).collect())
    }
}

fn info(module: ModuleJson) -> Option<ModuleInfo> {
    let name = module.api_name?;
    let generated = module.generated_type.as_deref().unwrap_or("default");
    let allowed = |flag: Option<bool>| flag.unwrap_or(false);
    let syncable = matches!(generated, "default" | "custom")
        && allowed(module.api_supported)
        && allowed(module.viewable)
        && allowed(module.creatable)
        && allowed(module.editable)
        && !NOT_RECORDS.contains(&name.as_str());
    Some(ModuleInfo {
        label: module.plural_label.unwrap_or_else(|| name.clone()),
        name: name.into(),
        syncable,
        custom: generated == "custom",
    })
}
