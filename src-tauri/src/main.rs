//! The program `renfort`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use renfort_app::{arguments::Arguments, relaunch, shell};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("renfort: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        anyhow::bail!("another crypto provider was installed first");
    }
    let arguments = Arguments::parse();
    relaunch::with_what_the_webview_needs().context("cannot start again with the webview's settings")?;
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,renfort_app=info,renfort_engine=info")),
        )
        .with_writer(std::io::stderr)
        .init();
    shell::run(arguments)
}
