//! The broker: tickets, queue, sessions, consent, signalling, without any I/O.
//!
//! The whole contract: call [`Broker::handle`] with an input and the time, then carry out every effect that
//! [`Broker::poll_effect`] gives, in order; [`Broker::poll_timeout`] says when to call `handle` with [`Input::Tick`] at
//! the latest.
//!
//! Flow of a request: a frame is parsed (`requests`), waits for its turn (`commit`), becomes a plan
//! (`tickets`, `handling`, `cards`, `sessions`, `binding`, `signals`, `reports`), and the plan an append; when that is committed, the state
//! changes and everybody concerned is told (`announce`).
//!
//! Invariant: nothing is changed, answered or passed on before the record of it is durable.

#![forbid(unsafe_code)]

mod abuse;
mod accounts;
mod announce;
pub mod articles;
mod binding;
mod broker;
pub mod cards;
pub mod codes;
mod commit;
mod connections;
pub mod contract;
mod desk;
pub mod erasure;
pub mod evidence;
mod handling;
mod hello;
pub mod limiter;
mod live;
pub mod network;
mod queue;
mod reach;
mod recent;
mod reports;
mod requests;
pub mod second_factor;
mod sessions;
mod signals;
mod tickets;
mod timers;
pub mod totp;
mod views;

pub use broker::Broker;
pub use contract::{
    Account, Answer, AppendId, Batch, Binding, Change, Checked, Conn, Effect, FailReason, Input, Limits, Question,
    SessionRecord, Snapshot, StoredTicket, TicketRecord,
};
pub use limiter::Limiter;
