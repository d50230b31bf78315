//! The words that Renfort's programs speak to each other: ids, people, grants, the signalling messages between an
//! endpoint and the relay, the session messages between the two endpoints, and the console's HTTP types.
//!
//! Flow: every message is JSON in one WebSocket text frame (signalling) or one data-channel message (session);
//! `README.md` beside this crate is the wire specification.
//!
//! Invariant: a value that deserialises is within its limits. Lengths and alphabets are checked by the types
//! ([`text::Line`], [`text::Text`], [`ids`]), never by the code that uses them.

pub mod article;
pub mod binding;
pub mod card;
pub mod carried;
pub mod code;
pub mod console;
pub mod cursor;
pub mod erased;
pub mod error;
pub mod figures;
pub mod grant;
pub mod head;
pub mod ids;
pub mod input;
pub mod keyboard;
pub mod limits;
pub mod organisation;
pub mod people;
pub mod policy;
pub mod reply;
pub mod report;
pub mod second_factor;
pub mod session;
pub mod signal;
pub mod signalling;
pub mod signing;
pub mod text;
pub mod ticket;
pub mod time;
pub mod words;

/// The only protocol version there is. A peer that speaks none of the other's versions is refused with
/// [`error::Code::WrongVersion`] before anything else is read.
pub const VERSION: u16 = 2;
