//! Names and ids that the services give. Ids are opaque strings: never parsed, never compared by size.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $type(CompactString);

        impl $type {
            /// Wraps the service's own spelling.
            pub fn new(text: impl AsRef<str>) -> Self { Self(CompactString::new(text)) }
            /// The service's own spelling.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl From<&str> for $type { fn from(text: &str) -> Self { Self::new(text) } }
        impl From<String> for $type { fn from(text: String) -> Self { Self(text.into()) } }
        impl fmt::Display for $type { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) } }
        impl fmt::Debug for $type { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Debug::fmt(self.0.as_str(), f) } }
    };
}

name!(
    /// The id of a record in one service.
    RemoteId
);
name!(
    /// A field's API name, such as `Last_Name`.
    FieldName
);
name!(
    /// A module's API name, such as `Contacts`.
    ModuleName
);
