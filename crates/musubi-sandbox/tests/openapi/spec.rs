//! The vendor's OpenAPI documents: finds the operation of a call and holds its answer against it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

/// One document.
struct Document {
    name: String,
    json: Value,
}

/// One operation of a document.
struct Operation {
    document: Arc<Document>,
    method: String,
    /// Path pieces; one in braces takes anything.
    pieces: Vec<String>,
    pointer: String,
}

/// All documents.
pub struct Spec {
    operations: Vec<Operation>,
    validators: HashMap<String, jsonschema::Validator>,
}

/// What is wrong with an answer.
pub type Complaint = String;

impl Spec {
    /// Reads every document of a folder.
    pub fn load(folder: &Path) -> Spec {
        let mut operations = Vec::new();
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        {
            let json: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            let document = Arc::new(Document { name, json });
            let server = document.json["servers"][0]["url"].as_str().unwrap_or_default();
            let base = if server.contains("/crm/bulk/") { "/crm/bulk/v8" } else { "/crm/v8" };
            for (path, methods) in document.json["paths"].as_object().into_iter().flatten() {
                for (method, _) in methods.as_object().into_iter().flatten() {
                    operations.push(Operation {
                        document: Arc::clone(&document),
                        method: method.to_uppercase(),
                        pieces: pieces(&format!("{base}{path}")),
                        pointer: format!("/paths/{}/{method}", path.replace('~', "~0").replace('/', "~1")),
                    });
                }
            }
        }
        assert!(operations.len() > 300, "only {} operations in {}", operations.len(), folder.display());
        Spec { operations, validators: HashMap::new() }
    }

    /// The most literal operation that serves a call.
    fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        let call = pieces(path);
        let fits = |operation: &&Operation| {
            operation.method == method
                && operation.pieces.len() == call.len()
                && operation
                    .pieces
                    .iter()
                    .zip(&call)
                    .all(|(piece, text)| piece.starts_with('{') || piece == text)
        };
        let literal =
            |operation: &&Operation| operation.pieces.iter().filter(|piece| !piece.starts_with('{')).count();
        self.operations.iter().filter(fits).max_by_key(literal)
    }

    /// What is wrong with an answer; nothing when it fits the document.
    pub fn complaints(&mut self, method: &str, path: &str, status: u16, body: &Value) -> Vec<Complaint> {
        let Some(operation) = self.find(method, path) else {
            return vec!["no document has this operation".to_owned()];
        };
        let document = Arc::clone(&operation.document);
        let pointer = operation.pointer.clone();
        let responses = document.json.pointer(&format!("{pointer}/responses")).unwrap();
        let (response, response_pointer) = match responses.get(status.to_string()) {
            None => return vec![format!("{}: status {status} is not documented", document.name)],
            Some(response) => match response.get("$ref").and_then(Value::as_str) {
                Some(reference) => {
                    let target = reference.trim_start_matches('#').to_owned();
                    (document.json.pointer(&target).unwrap(), target)
                }
                None => (response, format!("{pointer}/responses/{status}")),
            },
        };
        let schema_pointer = match response.get("content").and_then(Value::as_object) {
            None if body.is_null() => return Vec::new(),
            None => return vec![format!("{}: status {status} has no body", document.name)],
            Some(content) if content.contains_key("application/json") => {
                format!("{response_pointer}/content/application~1json/schema")
            }
            // A download: nothing to hold against a schema.
            Some(_) => return Vec::new(),
        };
        let key = format!("{}#{schema_pointer}", document.name);
        let validator = self.validators.entry(key).or_insert_with(|| {
            // The whole document stays around the reference, so that references inside it resolve.
            let mut schema = document.json.clone();
            schema["subject"] = document.json.pointer(&schema_pointer).unwrap().clone();
            schema["$ref"] = json!("#/subject");
            jsonschema::options()
                .with_draft(jsonschema::Draft::Draft202012)
                .build(&schema)
                .unwrap_or_else(|error| panic!("{}: {error}", document.name))
        });
        validator
            .iter_errors(body)
            .flat_map(|error| explain(&error))
            .map(|text| format!("{}: {text}", document.name))
            .collect()
    }
}

/// An error in words; of alternatives, the one that comes nearest.
fn explain(error: &jsonschema::ValidationError<'_>) -> Vec<String> {
    use jsonschema::error::ValidationErrorKind::{AnyOf, OneOfNotValid};
    if let AnyOf { context } | OneOfNotValid { context } = &error.kind {
        let about_code =
            |error: &&jsonschema::ValidationError<'_>| error.instance_path.as_str().ends_with("/code");
        let at_root = |error: &&jsonschema::ValidationError<'_>| error.instance_path.as_str().is_empty();
        let nearest = context.iter().min_by_key(|errors| {
            (errors.iter().filter(at_root).count(), errors.iter().filter(about_code).count(), errors.len())
        });
        return nearest.into_iter().flatten().flat_map(explain).collect();
    }
    // Records and fields of one answer have the same faults: places in lists are left out.
    let place: Vec<&str> = error
        .instance_path
        .as_str()
        .split('/')
        .map(|piece| if piece.parse::<usize>().is_ok() { "#" } else { piece })
        .collect();
    let mut text = format!("{:?}", error.kind);
    if let jsonschema::error::ValidationErrorKind::Type { .. }
    | jsonschema::error::ValidationErrorKind::Enum { .. } = &error.kind
    {
        text = format!("{} {text}", error.instance);
    }
    vec![format!("at {}: {}", place.join("/"), text.chars().take(400).collect::<String>())]
}

fn pieces(path: &str) -> Vec<String> {
    path.split('/').filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
}
