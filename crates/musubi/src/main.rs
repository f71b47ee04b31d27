//! The Musubi binary.
fn main() {}
