//! What all services share on the wire: requests, answers, errors, credits, faults, the server.

pub mod answer;
pub mod credits;
pub mod error;
pub mod faults;
pub mod json_in;
pub mod json_out;
pub mod listener;
pub mod multipart;
pub mod request;
pub mod server;
