//! The relay: tickets, queue, signalling, audit log and the supervisor's console, in one program with an embedded
//! database. `README.md` beside this crate says how to run it.
//!
//! Flow: [`endpoint`] and [`http`] take what comes in; [`broker_task`] owns the broker, which decides; [`writer`] makes
//! durable what was decided; only then anybody is told. [`relay`] ties them together, [`cli`] is the command line.
//!
//! Invariant: the relay never sees a picture or a keystroke, and acknowledges nothing that is not on disk.

#![forbid(unsafe_code)]
#![deny(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "they panic when nobody reads: cli::output"
)]

pub mod authenticate;
pub mod broker_task;
pub mod cli;
pub mod clock;
pub mod consult;
pub mod data;
pub mod endpoint;
pub mod erasure;
pub mod error;
pub mod figures;
mod hold;
pub mod http;
pub mod issuing;
pub mod keys;
pub mod log_reader;
pub mod orders;
pub mod organisation;
pub mod passwords;
pub mod receipts;
pub mod relay;
pub mod reveal;
pub mod second_factor;
pub mod setup;
pub mod store;
pub mod tls;
pub mod upkeep;
pub mod writer;

pub use relay::{Config, Relay, TlsFiles};

/// Makes `ring` the one provider of cryptography for TLS. Call it first thing; called again, it changes nothing.
pub fn install_crypto_provider() {
    // An error means that a provider is installed already.
    drop(rustls::crypto::ring::default_provider().install_default());
}
