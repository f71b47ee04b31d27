//! Pages of a list: number, size, token, and the `info` that goes with them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value as Json, json};

use super::context::{RequestContext, Version};
use crate::{
    http::{answer::Answer, error::ApiError},
    org::table::text_key,
};

/// Rows that can be reached by page number.
const NUMBERED_ROWS: usize = 2_000;
/// Seconds a page token lives.
const TOKEN_SECONDS: i64 = 86_400;

/// Which rows are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Paging {
    /// Rows before the page.
    pub offset: usize,
    /// Rows of a page.
    pub per_page: usize,
    page: usize,
    bound_to: i64,
}

impl Paging {
    /// Reads `page` and `per_page` of a list that knows no tokens: its pages go on to the end.
    pub fn by_number(ctx: &RequestContext) -> Result<Paging, ApiError> {
        Paging::by_number_sized(ctx, "per_page")
    }

    /// The same where the parameter of the size has a name of its own.
    pub fn by_number_sized(ctx: &RequestContext, size: &str) -> Result<Paging, ApiError> {
        let per_page = ctx.number_param(size, 200, 1, 200)?;
        let page = ctx.number_param("page", 1, 1, usize::MAX / 400)?;
        Ok(Paging { offset: (page - 1) * per_page, per_page, page, bound_to: 0 })
    }

    /// Reads `page`, `per_page` and `page_token`. `query` is what a token is bound to: everything else that decides
    /// which rows there are, and in which order.
    pub fn read(ctx: &RequestContext, query: &str) -> Result<Paging, ApiError> {
        Paging::read_sized(ctx, query, "per_page")
    }

    /// The same where the parameter of the size has a name of its own.
    pub fn read_sized(ctx: &RequestContext, query: &str, size: &str) -> Result<Paging, ApiError> {
        let per_page = ctx.number_param(size, 200, 1, 200)?;
        let bound_to = text_key(&format!("{query}|{}|{}", ctx.user_id, ctx.org.profile.org_id));
        let Some(token) = ctx.param("page_token") else {
            let page = ctx.number_param("page", 1, 1, usize::MAX / 400)?;
            if ctx.version == Version::V8
                && page * per_page > NUMBERED_ROWS
                && (page - 1) * per_page >= NUMBERED_ROWS
            {
                return Err(ApiError::new(
                    400,
                    "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
                    "You can only fetch the first 2000 records with the page parameter. Use page_token for more.",
                    json!({"param": "page", "limit": NUMBERED_ROWS, "limit_due_to": [{"param_name": "page"}, {"param_name": "per_page"}]}),
                ));
            }
            return Ok(Paging { offset: (page - 1) * per_page, per_page, page, bound_to });
        };
        if ctx.param("page").is_some() {
            return Err(ApiError::new(
                400,
                "AMBIGUITY_DURING_PROCESSING",
                "ambiguity while processing the request",
                json!({"ambiguity_due_to": [{"param_name": "page"}, {"param_name": "page_token"}]}),
            ));
        }
        let [offset, made, hash] = open(token).ok_or_else(|| ApiError::invalid_parameter("page_token"))?;
        if hash != bound_to {
            return Err(ApiError::new(
                400,
                "TOKEN_BOUND_DATA_MISMATCH",
                "the request does not match the data bound to the page token",
                json!({"param_name": "page_token"}),
            ));
        }
        if ctx.now() - made > TOKEN_SECONDS {
            return Err(ApiError::new(
                400,
                "EXPIRED_VALUE",
                "the page token has expired",
                json!({"param_name": "page_token"}),
            ));
        }
        // Harder: a token is a place in the live order, not a snapshot: rows that move are seen twice or not at all.
        let offset = usize::try_from(offset).unwrap_or(0);
        Ok(Paging { offset, per_page, page: offset / per_page + 1, bound_to })
    }

    /// The answer for a page without rows: 304 when nothing has changed since then. A page past the end says nothing about
    /// what has changed.
    pub fn nothing(&self, since: Option<i64>) -> Answer {
        if since.is_some() && self.offset == 0 { Answer::empty(304) } else { Answer::no_content() }
    }

    /// The `info` of a page.
    pub fn info(
        &self,
        ctx: &RequestContext,
        count: usize,
        more: bool,
        sort_by: &str,
        sort_order: &str,
    ) -> Json {
        let mut info = json!({
            "per_page": self.per_page, "count": count, "page": self.page, "sort_by": sort_by,
            "sort_order": sort_order, "more_records": more,
        });
        if ctx.version == Version::V8 {
            let token = |offset: usize| close([offset as i64, ctx.now(), self.bound_to]);
            if ctx.request.path.last().is_none_or(|last| last != "Notes") {
                info["call"] = json!(false);
                info["email"] = json!(false);
            }
            info["next_page_token"] =
                if more { json!(token(self.offset + self.per_page)) } else { Json::Null };
            info["previous_page_token"] = if self.offset > 0 {
                json!(token(self.offset.saturating_sub(self.per_page)))
            } else {
                Json::Null
            };
            info["page_token_expiry"] = if more || self.offset > 0 {
                json!(ctx.org.time(ctx.now() + TOKEN_SECONDS))
            } else {
                Json::Null
            };
        }
        info
    }

    /// The plain `info` of small lists.
    pub fn plain_info(&self, count: usize, more: bool) -> Json {
        json!({"per_page": self.per_page, "count": count, "page": self.page, "more_records": more})
    }
}

fn close(numbers: [i64; 3]) -> String {
    let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_be_bytes()).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

fn open(token: &str) -> Option<[i64; 3]> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let mut numbers =
        bytes.chunks_exact(8).map(|chunk| i64::from_be_bytes(chunk.try_into().unwrap_or_default()));
    (bytes.len() == 24)
        .then(|| [numbers.next(), numbers.next(), numbers.next()].map(Option::unwrap_or_default))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back() {
        assert_eq!(open(&close([400, -1, i64::MIN])), Some([400, -1, i64::MIN]));
        assert_eq!(open("nonsense"), None);
    }
}
