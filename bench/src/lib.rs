//! How fast records can be moved at all, and how near the hub comes to it.
//!
//! The yardstick is the *ceiling loop*: a plain program without schedule, conflict or retry that reads pages, maps
//! twenty fields, compares with a stored row and writes batches, safe against a crash. Both it and the hub do the
//! same work against a sandbox in a process of its own, in one run, because the speed of a machine drifts and only
//! ratios last.

pub mod bars;
pub mod bulk;
pub mod ceiling;
pub mod control;
pub mod engine;
pub mod environment;
pub mod failure;
pub mod figures;
pub mod hub;
pub mod idle;
pub mod latency;
pub mod least;
pub mod lone;
pub mod mapping;
pub mod page;
pub mod process;
pub mod programs;
pub mod report;
pub mod rest;
pub mod rows;
pub mod run;
pub mod serve;
pub mod service;
pub mod setup;
pub mod storage;
pub mod turn;
pub mod usage;

pub use failure::Failure;
