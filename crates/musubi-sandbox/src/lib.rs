//! Musubi sandbox.

mod criteria;
