//! The two sides of an integration.

use serde::{Deserialize, Serialize};

/// One of the two sides of an integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum Side {
    /// The first connection named in the configuration.
    Left,
    /// The second connection named in the configuration.
    Right,
}

impl Side {
    /// Both sides, left first.
    pub const BOTH: [Side; 2] = [Side::Left, Side::Right];

    /// The opposite side.
    pub fn other(self) -> Side {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }

    /// The number under which the store keeps this side.
    pub fn number(self) -> i64 {
        match self {
            Side::Left => 0,
            Side::Right => 1,
        }
    }

    /// The side kept under `number`; anything but 0 is right.
    pub fn from_number(number: i64) -> Side {
        if number == 0 { Side::Left } else { Side::Right }
    }

    /// `left` or `right`.
    pub fn name(self) -> &'static str {
        match self {
            Side::Left => "left",
            Side::Right => "right",
        }
    }
}

/// One `T` for each side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sides<T> {
    /// The left one.
    pub left: T,
    /// The right one.
    pub right: T,
}

impl<T> Sides<T> {
    /// Both from a function of the side.
    pub fn from_fn(mut make: impl FnMut(Side) -> T) -> Sides<T> {
        Sides { left: make(Side::Left), right: make(Side::Right) }
    }

    /// The one of `side`.
    pub fn get(&self, side: Side) -> &T {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The one of `side`, to change.
    pub fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        }
    }
}

/// A count for each side.
pub type CountBySide = Sides<u64>;
/// Yes or no for each side.
pub type FlagBySide = Sides<bool>;
/// An instant for each side, in milliseconds since 1970.
pub type TimeBySide = Sides<i64>;
/// Names for each side.
pub type NamesBySide = Sides<Vec<String>>;

/// How each of these is named and described in the document of the API.
#[cfg(feature = "schema")]
mod schema {
    use super::Sides;
    use std::borrow::Cow;
    use utoipa::openapi::{ObjectBuilder, RefOr, schema::Schema};
    use utoipa::{PartialSchema, ToSchema};

    trait Named: PartialSchema {
        const NAME: &str;
        const DESCRIPTION: &str;
    }

    impl Named for u64 {
        const NAME: &str = "CountBySide";
        const DESCRIPTION: &str = "A count for each side.";
    }

    impl Named for bool {
        const NAME: &str = "FlagBySide";
        const DESCRIPTION: &str = "Yes or no for each side.";
    }

    impl Named for i64 {
        const NAME: &str = "TimeBySide";
        const DESCRIPTION: &str = "An instant for each side, in milliseconds since 1970.";
    }

    impl Named for Vec<String> {
        const NAME: &str = "NamesBySide";
        const DESCRIPTION: &str = "Names for each side.";
    }

    impl<T: Named> PartialSchema for Sides<T> {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .description(Some(T::DESCRIPTION))
                .property("left", T::schema())
                .required("left")
                .property("right", T::schema())
                .required("right")
                .into()
        }
    }

    impl<T: Named> ToSchema for Sides<T> {
        fn name() -> Cow<'static, str> {
            T::NAME.into()
        }
    }
}
