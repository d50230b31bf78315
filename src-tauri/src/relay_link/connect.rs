//! From an address to an open WebSocket.

use std::{io, sync::Arc, time::Duration};

use renfort_protocol::error::{Code, WireError};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{WebSocketStream, client_async_with_config, tungstenite::protocol::WebSocketConfig};

use super::address::Address;

/// Longest wait for each of: TCP, TLS, WebSocket.
const STEP: Duration = Duration::from_secs(5);
/// Largest message from the relay, in bytes: a ticket with hundreds of long notes.
const MAX_FROM_RELAY: usize = 16 * 1024 * 1024;

/// Bytes both ways, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

pub(super) type Socket = WebSocketStream<Box<dyn Stream>>;

/// Whose certificates are trusted.
#[derive(Clone)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// The system's certificate authorities, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
    #[must_use]
    pub fn of_the_system() -> Self {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "certificate authorities cannot be read");
        }
        let mut roots = RootCertStore::empty();
        let (taken, ignored) = roots.add_parsable_certificates(found.certs);
        tracing::debug!(taken, ignored, "certificate authorities");
        Self(Arc::new(
            ClientConfig::builder()
                .with_root_certificates(roots)
                .with_no_client_auth(),
        ))
    }
}

/// Connects to the first address that answers.
///
/// # Errors
/// What the last one said; that a certificate is not trusted goes before any other reason.
pub(super) async fn connect(relays: &[String], trust: &Trust) -> Result<Socket, WireError> {
    let mut last = unreachable("no address");
    for relay in relays {
        let Some(address) = Address::parse(relay) else {
            tracing::warn!("an address of the relay is not allowed");
            continue;
        };
        match open(&address, trust).await {
            Ok(socket) => return Ok(socket),
            Err(error) if last.code == Code::RelayUntrusted && error.code != Code::RelayUntrusted => {}
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn open(address: &Address, trust: &Trust) -> Result<Socket, WireError> {
    let stream = step(TcpStream::connect((address.host.as_str(), address.port))).await?;
    // Small messages, each waited for: nothing is gained by collecting them.
    let _ = stream.set_nodelay(true);
    let stream: Box<dyn Stream> = if address.tls {
        let name = ServerName::try_from(address.host.clone()).map_err(|_| unreachable("not a host name"))?;
        Box::new(step(TlsConnector::from(trust.0.clone()).connect(name, stream)).await?)
    } else {
        Box::new(stream)
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_FROM_RELAY))
        .max_frame_size(Some(MAX_FROM_RELAY));
    match timeout(
        STEP,
        client_async_with_config(address.url.as_str(), stream, Some(config)),
    )
    .await
    {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(unreachable(error)),
        Err(_) => Err(unreachable("no answer in time")),
    }
}

async fn step<T>(future: impl Future<Output = io::Result<T>>) -> Result<T, WireError> {
    match timeout(STEP, future).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) if is_distrust(&error) => Err(WireError::from(Code::RelayUntrusted).with("reason", error)),
        Ok(Err(error)) => Err(unreachable(error)),
        Err(_) => Err(unreachable("no answer in time")),
    }
}

fn is_distrust(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(inner, Some(rustls::Error::InvalidCertificate(_)))
}

/// The relay does not answer as it should.
pub(super) fn unreachable(reason: impl ToString) -> WireError {
    WireError::from(Code::RelayUnreachable).with("reason", reason)
}
