//! The relay from outside: real sockets, a real database, and for the hardest cases the real program.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod articles;
mod cards;
mod command_line;
mod console;
mod desk;
mod durability;
mod erasure;
mod exports;
mod figures;
mod memory;
mod orders;
mod receipts;
mod sign_in_attacks;
mod slow_reader;
mod sockets;
mod start;
mod supervision;
mod support;
mod unread;
