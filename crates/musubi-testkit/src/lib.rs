//! Musubi testkit.
