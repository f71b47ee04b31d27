//! Musubi zoho.
