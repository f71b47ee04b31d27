//! Reads a JSON body into a tree that borrows its text: the write path makes no copy before validation.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Value as Json, json};

use super::error::ApiError;

/// A JSON value that borrows from the body.
#[derive(Debug, Clone, PartialEq)]
pub enum Node<'a> {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Node<'a>>),
    /// An object; the last of equal keys wins.
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl<'a> Node<'a> {
    /// Reads a body.
    pub fn parse(body: &'a [u8]) -> Option<Node<'a>> {
        serde_json::from_slice(body).ok()
    }

    /// Reads a body that must be an object.
    pub fn parse_object(body: &'a [u8]) -> Result<Node<'a>, ApiError> {
        Node::parse(body)
            .filter(|node| matches!(node, Node::Object(_)))
            .ok_or_else(|| ApiError::invalid_body("jsonobject", "body", "$"))
    }

    /// The value of a key of an object.
    pub fn get(&self, key: &str) -> Option<&Node<'a>> {
        match self {
            Node::Object(entries) => entries.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// Text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// An array.
    pub fn as_list(&self) -> Option<&[Node<'a>]> {
        match self {
            Node::List(items) => Some(items),
            _ => None,
        }
    }

    /// An id: a decimal string or a whole number.
    pub fn as_id(&self) -> Option<i64> {
        match self {
            Node::Text(text) => text.parse().ok(),
            Node::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// An owned copy.
    pub fn to_json(&self) -> Json {
        match self {
            Node::Null => Json::Null,
            Node::Bool(b) => json!(b),
            Node::Int(n) => json!(n),
            Node::Float(n) => json!(n),
            Node::Text(text) => json!(text),
            Node::List(items) => items.iter().map(Node::to_json).collect(),
            Node::Object(entries) => {
                Json::Object(entries.iter().map(|(k, v)| (k.clone().into_owned(), v.to_json())).collect())
            }
        }
    }

    /// A tree around an owned value.
    pub fn from_json(json: &'a Json) -> Node<'a> {
        match json {
            Json::Null => Node::Null,
            Json::Bool(b) => Node::Bool(*b),
            Json::Number(n) => match n.as_i64() {
                Some(whole) => Node::Int(whole),
                None => Node::Float(n.as_f64().unwrap_or(0.0)),
            },
            Json::String(text) => Node::Text(Cow::Borrowed(text)),
            Json::Array(items) => Node::List(items.iter().map(Node::from_json).collect()),
            Json::Object(map) => Node::Object(
                map.iter().map(|(k, v)| (Cow::Borrowed(k.as_str()), Node::from_json(v))).collect(),
            ),
        }
    }
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node<'de>, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node<'de>, E> {
        Ok(Node::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node<'de>, E> {
        Ok(i64::try_from(value).map_or(Node::Float(value as f64), Node::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node<'de>, E> {
        Ok(Node::Float(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        let mut entries = Vec::with_capacity(16);
        while let Some(key) = map.next_key::<Key<'de>>()? {
            entries.push((key.0, map.next_value()?));
        }
        Ok(Node::Object(entries))
    }
}

struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(value)))
            }
            fn visit_str<E>(self, value: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(value.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borrows_and_converts() {
        let body = br#"{"a":"x","b":[1,2.5,null,true,"\n"],"a":"y"}"#;
        let node = Node::parse(body).unwrap();
        assert_eq!(node.get("a").unwrap().as_str(), Some("y"));
        assert!(matches!(node.get("a"), Some(Node::Text(Cow::Borrowed(_)))));
        assert_eq!(node.get("b").unwrap().to_json(), json!([1, 2.5, null, true, "\n"]));
        assert!(Node::parse(b"{\"a\":").is_none());
    }
}
