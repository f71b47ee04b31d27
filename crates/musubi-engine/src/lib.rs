//! Musubi engine.
