//! The program `renfort`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use renfort_app::{arguments::Arguments, relaunch, shell};
use tracing_subscriber::EnvFilter;

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
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,enigo=error,renfort_app=info,renfort_engine=info"));
    // Whatever was asked for: these print whole packets when a send fails, and packets hold what people see and type.
    let filter = ["webrtc=off", "rtc=off"]
        .into_iter()
        .try_fold(filter, |filter, rule| anyhow::Ok(filter.add_directive(rule.parse()?)))
        .context("a rule of the log does not parse")?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    shell::run(arguments)
}
