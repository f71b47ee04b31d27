//! What is sent.

use serde_json::Value;

/// A notice, ready to go out. It holds names, counts and codes, and no value of a record (I18).
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The same each time it is sent: by it a receiver knows what it has already.
    pub id: String,
    /// When it came up, in milliseconds since 1970.
    pub at: i64,
    /// One line.
    pub subject: String,
    /// For people.
    pub text: String,
    /// For programs: an object.
    pub body: Value,
}
