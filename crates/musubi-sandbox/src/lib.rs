//! Musubi sandbox.
