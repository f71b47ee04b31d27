//! The CRM's error envelope: `{"code", "details", "message", "status": "error"}`.

use serde_json::{Value as Json, json};

use super::answer::Answer;

/// A request that failed as a whole.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// The service's code, the thing clients branch on.
    pub code: &'static str,
    /// A sentence.
    pub message: String,
    /// What exactly.
    pub details: Json,
}

/// What a handler gives back.
pub type Reply = Result<Answer, ApiError>;

impl ApiError {
    /// An error of these parts.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>, details: Json) -> ApiError {
        ApiError { status, code, message: message.into(), details }
    }

    /// 400 INVALID_MODULE.
    pub fn invalid_module() -> ApiError {
        ApiError::new(
            400,
            "INVALID_MODULE",
            "the module name given seems to be invalid",
            json!({"resource_path_index": 0}),
        )
    }

    /// 400 INVALID_MODULE about the query parameter `module`.
    pub fn invalid_module_parameter() -> ApiError {
        ApiError { details: json!({"param_name": "module"}), ..ApiError::invalid_module() }
    }

    /// The same where the documents allow no details.
    pub fn invalid_module_bare() -> ApiError {
        ApiError { details: json!({}), ..ApiError::invalid_module() }
    }

    /// 404 INVALID_URL_PATTERN.
    pub fn invalid_url() -> ApiError {
        ApiError::new(
            404,
            "INVALID_URL_PATTERN",
            "Please check if the URL trying to access is a correct one",
            json!({}),
        )
    }

    /// 405 INVALID_REQUEST_METHOD.
    pub fn invalid_method() -> ApiError {
        ApiError::new(
            405,
            "INVALID_REQUEST_METHOD",
            "The http request method type is not a valid one",
            json!({}),
        )
    }

    /// 400 REQUIRED_PARAM_MISSING.
    pub fn missing_parameter(name: &str) -> ApiError {
        ApiError::new(
            400,
            "REQUIRED_PARAM_MISSING",
            "One of the expected parameter is missing",
            json!({"param_name": name}),
        )
    }

    /// 400 INVALID_DATA about a parameter.
    pub fn invalid_parameter(name: &str) -> ApiError {
        ApiError::new(400, "INVALID_DATA", "invalid data", json!({"param_name": name}))
    }

    /// 400 NOT_SUPPORTED.
    pub fn not_supported() -> ApiError {
        let details = json!({"resource_path_index": 0});
        ApiError::new(400, "NOT_SUPPORTED", "the given module is not supported for this api", details)
    }

    /// 400 INVALID_DATA about the id in the path.
    pub fn invalid_id(path_index: usize) -> ApiError {
        ApiError::new(
            400,
            "INVALID_DATA",
            "the id given seems to be invalid",
            json!({"resource_path_index": path_index}),
        )
    }

    /// 400 INVALID_DATA about a place in the body.
    pub fn invalid_body(expected: &str, api_name: &str, json_path: &str) -> ApiError {
        ApiError::new(
            400,
            "INVALID_DATA",
            "invalid data",
            json!({"expected_data_type": expected, "api_name": api_name, "json_path": json_path}),
        )
    }

    /// 400 MANDATORY_NOT_FOUND about a key of the body.
    pub fn mandatory(api_name: &str, json_path: &str) -> ApiError {
        ApiError::new(
            400,
            "MANDATORY_NOT_FOUND",
            "required field not found",
            json!({"api_name": api_name, "json_path": json_path}),
        )
    }

    /// 400 LIMIT_EXCEEDED.
    pub fn limit(limit: usize) -> ApiError {
        ApiError::new(400, "LIMIT_EXCEEDED", "the limit is exceeded", json!({"limit": limit}))
    }

    /// 401 INVALID_TOKEN.
    pub fn invalid_token() -> ApiError {
        ApiError::new(401, "INVALID_TOKEN", "invalid oauth token", json!({}))
    }

    /// 401 OAUTH_SCOPE_MISMATCH.
    pub fn scope() -> ApiError {
        ApiError::new(401, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL", json!({}))
    }

    /// 429 TOO_MANY_REQUESTS.
    pub fn throttled() -> ApiError {
        ApiError::new(
            429,
            "TOO_MANY_REQUESTS",
            "You have exceeded the maximum number of requests allowed for your organization",
            json!({}),
        )
    }

    /// The envelope as JSON.
    pub fn body(&self) -> Json {
        json!({"code": self.code, "details": self.details, "message": self.message, "status": "error"})
    }

    /// The answer.
    pub fn answer(&self) -> Answer {
        Answer::json(self.status, &self.body())
    }
}
