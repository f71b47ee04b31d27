//! Tables of lines and columns, for programs or for a person's spreadsheet.

use axum::http::{HeaderName, header};
use musubi_engine::meaning::Language;
use serde::Deserialize;
use utoipa::IntoParams;

/// What a table is sent as.
pub(crate) const HEADERS: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];

/// For whom a table is.
#[derive(Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Reader {
    /// For a person's spreadsheet: headings and sentences are in this language, and a byte-order mark says that the text is UTF-8. Without it the table is for
    /// programs: English, and no mark.
    #[serde(default)]
    pub language: Option<Language>,
}
