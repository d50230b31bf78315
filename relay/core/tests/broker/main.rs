//! The broker, driven as the relay drives it, with a store that can be slow or fail.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod abuse;
mod apps;
mod articles;
mod cards;
mod codes;
mod durability;
mod erasure;
mod evidence;
mod harness;
mod limits;
mod random;
mod reach;
mod restart;
mod roles;
mod sessions;
mod sign_in;
mod store;
mod tickets;
mod walk;
