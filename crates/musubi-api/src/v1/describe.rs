//! What all calls have in common, told in the document once for all of them.

use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{Content, ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, Schema};

const PROBLEM: &str = "application/problem+json";
/// What a body may be refused with before anybody looks at what it means.
const OF_BODIES: [(&str, &str); 3] = [
    ("400", "The body is no JSON, or not as this document says; `fields` says where."),
    ("413", "The body is larger than anything that is taken here."),
    ("422", "The body is as this document says, and cannot be used all the same; `fields` says where."),
];

/// What the part after the question mark may be refused with.
const OF_QUERIES: [(&str, &str); 2] = [
    ("400", "The query is not as this document says."),
    ("422", "The query is as this document says, and cannot be used all the same; `fields` says where."),
];

/// Problems have their own content type, and every body may be refused.
pub(super) fn complete(document: &mut OpenApi) {
    one_thing_each(document, "TransformStep");
    for item in document.paths.paths.values_mut() {
        let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in all.into_iter().flatten() {
            refuse_input(operation);
            name_problems(operation);
        }
    }
}

/// A choice that is named by its only key has no other.
fn one_thing_each(document: &mut OpenApi, schema: &str) {
    let schemas = document.components.as_mut().map(|components| &mut components.schemas);
    let found = schemas.and_then(|schemas| schemas.get_mut(schema));
    let Some(RefOr::T(Schema::OneOf(choices))) = found else { return };
    for choice in &mut choices.items {
        if let RefOr::T(Schema::Object(object)) = choice
            && !object.properties.is_empty()
        {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

fn refuse_input(operation: &mut Operation) {
    let asks = |parameter: &Parameter| parameter.parameter_in == ParameterIn::Query;
    let refusals: &[(&str, &str)] = match operation.request_body {
        Some(_) => &OF_BODIES,
        None if operation
            .parameters
            .iter()
            .flatten()
            .any(|parameter| matches!(parameter, RefOr::T(own) if asks(own))) =>
        {
            &OF_QUERIES
        }
        None => &[],
    };
    for (status, why) in refusals {
        let response = ResponseBuilder::new().description(*why).content(PROBLEM, problem()).build();
        operation.responses.responses.entry((*status).into()).or_insert(RefOr::T(response));
    }
}

fn name_problems(operation: &mut Operation) {
    let refusals = operation.responses.responses.iter_mut().filter(|(status, _)| status.as_str() >= "400");
    for (_, response) in refusals {
        if let RefOr::T(Response { content, .. }) = response
            && let Some(body) = content.shift_remove("application/json")
        {
            content.insert(PROBLEM.into(), body);
        }
    }
}

fn problem() -> Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build()
}
