//! Lists in pages: a cursor says where the last page ended, so nothing is shown twice or left out while entries are added.

use crate::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// So many on a page if not said otherwise.
const USUAL: usize = 50;
/// At most so many on a page.
const MOST: usize = 200;

/// Which page.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// The `next` of the page before.
    #[serde(default)]
    #[param(max_length = 200, pattern = "^.+$")]
    pub cursor: Option<String>,
    /// At most so many.
    #[serde(default)]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
}

impl Page {
    /// The cursor as a number.
    pub fn number(&self) -> Result<Option<i64>, Problem> {
        let wrong = || Problem::input("cursor", "not_a_cursor", "That is no cursor of this list.");
        // A place has one name: what merely reads as the same number is not it.
        let place = |cursor: &str| cursor.parse().ok().filter(|number: &i64| number.to_string() == cursor);
        self.cursor.as_deref().map(|cursor| place(cursor).ok_or_else(wrong)).transpose()
    }
}

/// How many on this page.
pub(crate) fn limit(limit: Option<usize>) -> Result<usize, Problem> {
    match limit.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(limit),
        _ => Err(Problem::input("limit", "out_of_range", format!("A page has from 1 to {MOST} entries."))),
    }
}
