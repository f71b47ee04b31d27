//! Musubi core.
