//! What the document of the API says of an answer, checked against the answer itself: a document that lies is worse than none.

use jsonschema::Validator;
use serde_json::{Value, json};
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let mut document = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    close(&mut document);
    document
});

/// An answer of `path`, below `/api/v1`, is as the document says: its status, what must be in it, and nothing that is not described.
pub fn check(method: &str, path: &str, status: u16, body: &Value) {
    let asked = format!("/api/v1{}", path.split('?').next().unwrap());
    let paths = DOCUMENT["paths"].as_object().unwrap();
    // A fixed address comes before one with a name in it.
    let mut found: Vec<_> = paths.iter().filter(|(template, _)| is_of(template, &asked)).collect();
    found.sort_by_key(|(template, _)| template.matches('{').count());
    let method = method.to_lowercase();
    let Some(operation) = found.iter().find_map(|(_, methods)| methods.get(&method)) else { return };
    let response = &operation["responses"][status.to_string()];
    assert!(response.is_object(), "the document knows no {status} of {method} {asked}: {body}");
    let Some(content) = response["content"].as_object() else {
        assert!(body.is_null(), "{status} of {method} {asked} has no body: {body}");
        return;
    };
    let schema = &content.values().next().unwrap()["schema"];
    let errors: Vec<String> = validator(schema)
        .iter_errors(body)
        .map(|error| format!("{} at {}", error, error.instance_path))
        .collect();
    assert!(errors.is_empty(), "{status} of {method} {asked}: {errors:#?}\n{body}");
}

fn validator(schema: &Value) -> Validator {
    let whole = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
    jsonschema::draft202012::new(&whole).unwrap()
}

fn is_of(template: &str, asked: &str) -> bool {
    let (template, asked) = (template.split('/'), asked.split('/'));
    template.clone().count() == asked.clone().count()
        && template.zip(asked).all(|(part, given)| part.starts_with('{') || part == given)
}

/// Nothing may be in an answer that its schema does not name.
fn close(document: &mut Value) {
    let schemas = document["components"]["schemas"].as_object_mut().unwrap();
    // What is part of another schema does not know its other half.
    let wholes = schemas.values().filter_map(|schema| schema["allOf"].as_array());
    let parts: Vec<String> =
        wholes.flatten().filter_map(|part| part["$ref"].as_str()).map(str::to_owned).collect();
    for (name, schema) in schemas.iter_mut() {
        let part = parts.contains(&format!("#/components/schemas/{name}"));
        if !part && (schema.get("properties").is_some() || schema.get("allOf").is_some()) {
            schema["unevaluatedProperties"] = json!(false);
        }
    }
}
