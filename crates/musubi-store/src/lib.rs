//! Musubi store.
