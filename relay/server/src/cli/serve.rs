//! `serve`.

use renfort_audit::checkpoint::LogKey;

use super::{ServeArgs, output};
use crate::relay::{Config, Relay, TlsFiles};

/// The log's key, and what it is for: whoever sets the relay up can keep it where the relay cannot change it.
pub(super) fn key_line(key: &LogKey) -> String {
    format!(
        "The log's key is {}. Keep it away from the relay: `renfort-relay audit verify FILE --key KEY` shows with it that a log is \
         this relay's.",
        key.0
    )
}

pub(super) async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let tls = args
        .tls_cert
        .zip(args.tls_key)
        .map(|(certificate, key)| TlsFiles { certificate, key });
    let config = Config {
        listen: args.listen,
        tls,
        ..Config::on_loopback(&args.data)
    };
    // Asked for before listening: a signal that comes in between must not be lost.
    let stop = stop_signal()?;
    let mut relay = Relay::start(config).await?;
    output::announce(format_args!("listening on {}", relay.url()))?;
    output::announce(format_args!("{}", key_line(&relay.log_key())))?;
    tokio::select! {
        () = stop => {}
        part = relay.broken() => anyhow::bail!("{part} ended by itself"),
    }
    tracing::info!("stopping");
    relay.stop().await;
    Ok(())
}

/// Ends at SIGTERM or ctrl-c.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ends at ctrl-c.
#[cfg(windows)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
