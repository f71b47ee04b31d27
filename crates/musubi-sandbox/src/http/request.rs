//! A request, read once: method, path, query, headers, whole body.

use axum::http::{HeaderMap, Method};
use bytes::Bytes;

/// One HTTP request.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path, percent-decoded piece by piece, without empty pieces.
    pub path: Vec<String>,
    /// The path as it came.
    pub raw_path: String,
    /// Query parameters in order, decoded.
    pub query: Query,
    /// Headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Query parameters.
#[derive(Debug, Clone, Default)]
pub struct Query(pub Vec<(String, String)>);

impl Query {
    /// Reads `a=b&c=d`; stray `&` are ignored, as clients send them.
    pub fn parse(text: &str) -> Query {
        Query(
            url::form_urlencoded::parse(text.as_bytes())
                .filter(|(name, _)| !name.is_empty())
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// The first value of a parameter; an empty one counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty())
    }

    /// A comma list.
    pub fn list(&self, name: &str) -> Option<Vec<&str>> {
        self.get(name).map(|value| value.split(',').map(str::trim).filter(|part| !part.is_empty()).collect())
    }
}

impl Request {
    /// A request that nobody sent.
    pub fn internal() -> Request {
        Request {
            method: Method::GET,
            path: Vec::new(),
            raw_path: String::new(),
            query: Query::default(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The pieces of the path as string slices.
    pub fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// Parameters wherever real clients put them: query, form body, multipart body.
    pub fn parameters(&self) -> Query {
        let mut all = self.query.clone();
        let content_type = self.header("content-type").unwrap_or("");
        if content_type.starts_with("multipart/form-data") {
            if let Ok(parts) = super::multipart::parse(content_type, &self.body) {
                all.0.extend(
                    parts
                        .into_iter()
                        .filter(|part| part.file_name.is_none())
                        .map(|part| (part.name, String::from_utf8_lossy(&part.content).into_owned())),
                );
            }
        } else if !self.body.is_empty() && !content_type.starts_with("application/json") {
            all.0.extend(Query::parse(&String::from_utf8_lossy(&self.body)).0);
        }
        all
    }
}

/// Splits and decodes a path.
pub fn split_path(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let keep_plus = piece.replace('+', "%2B");
            url::form_urlencoded::parse(format!("p={keep_plus}").as_bytes())
                .next()
                .map_or_else(String::new, |(_, value)| value.into_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_clients_send() {
        let query = Query::parse("fields=Last_Name,Email&page=2&");
        assert_eq!(query.list("fields"), Some(vec!["Last_Name", "Email"]));
        assert_eq!(query.get("page"), Some("2"));
        assert_eq!(query.get("nothing"), None);
        assert_eq!(split_path("/crm/v8//Contacts/a%20b+c"), ["crm", "v8", "Contacts", "a b+c"]);
    }
}
