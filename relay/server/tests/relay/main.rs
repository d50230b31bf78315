//! The relay from outside: real sockets, a real database, and for the hardest cases the real program.

mod command_line;
mod console;
mod desk;
mod durability;
mod exports;
mod memory;
mod sockets;
mod start;
mod support;
