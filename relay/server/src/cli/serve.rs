//! `serve`.

use super::{ServeArgs, output};
use crate::relay::{Config, Relay, TlsFiles};

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
