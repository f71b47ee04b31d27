//! Musubi api.
