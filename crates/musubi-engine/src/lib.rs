//! The engine: keeps the modules of an integration in agreement.
//!
//! [`sync`] is the logic of one module sync, without I/O: events in, effects out. The simulator runs the very same code.

pub mod sync;
