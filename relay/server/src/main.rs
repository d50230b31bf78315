//! The program `renfort-relay`: installs the one crypto provider, sends tracing to standard error, runs a command.

use std::process::ExitCode;

use clap::Parser;
use renfort_relay::cli::{self, Cli};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    renfort_relay::install_crypto_provider();
    let filter = EnvFilter::try_from_env("RENFORT_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // It would be told on standard error as well, and panic there.
        .log_internal_errors(false)
        .init();
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    cli::end(match runtime {
        Ok(runtime) => runtime.block_on(cli::run(cli)),
        Err(error) => Err(error.into()),
    })
}
