//! The audit log: what is recorded, in which bytes, and how anybody can check that nothing was removed or altered.
//!
//! Flow: an [`event::Event`] in an [`record::Entry`] is sealed into a [`record::Record`]; its hash links the next record
//! and is a leaf of the Merkle tree ([`merkle`]), whose root a [`checkpoint`] signs. [`verify`] reads an export and
//! names the first thing that is wrong. `README.md` beside this crate is the format.
//!
//! Invariant: no I/O, no clock, no randomness. Instants, numbers, salts, keys and nonces are inputs.

#![forbid(unsafe_code)]

pub mod actor;
pub mod checkpoint;
pub mod event;
pub mod export;
pub mod fields;
pub mod gaps;
pub mod hash;
pub mod heads;
pub mod inclusion;
pub mod keeping;
pub mod kept;
pub mod merkle;
mod order;
pub mod personal;
pub mod receipt;
pub mod record;
pub mod returned;
pub mod verify;
