//! Musubi connector.
