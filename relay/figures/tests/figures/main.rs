//! Figures against cases computed by hand, and properties that hold for any case.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod cases;
mod pauses;
mod person;
mod properties;
mod world;
