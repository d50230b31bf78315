//! Where to listen, with how much room in the kernel, and how often the library looks at what is due.
//!
//! The library begins DTLS, and SCTP after it, when its next timer expires, and the only one there is then is that of its ICE agent:
//! 200 ms each time. So its sleep is short until the connection is open.
//!
//! Invariant: an option that the system refuses costs speed, never the connection.

use std::{
    fmt,
    future::Future,
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use rtc::shared::ifaces::ifaces;
use socket2::SockRef;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime, TokioRuntime,
};

/// Longest sleep of the library while a connection is being made.
const BRISK: Duration = Duration::from_millis(10);
/// A connection that is not made by then may take its time.
const HURRY: Duration = Duration::from_secs(10);
/// Bytes of a UDP socket's buffers: a key frame comes in one burst.
const BUFFER: usize = 4 * 1024 * 1024;
/// Addresses that are listened on; a machine with more has mostly virtual ones.
const ADDRESSES: usize = 16;

/// Every address of this machine that a peer may reach, the loopback too: a wildcard would leave that out. Each was
/// tried, because one that cannot be bound (yet) would fail them all.
pub fn addresses() -> Vec<SocketAddr> {
    let known = ifaces().unwrap_or_else(|error| {
        tracing::warn!(%error, "the network interfaces cannot be listed");
        Vec::new()
    });
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for ip in known
        .into_iter()
        .filter_map(|interface| interface.addr)
        .map(|addr| addr.ip())
        .filter(is_usable)
    {
        let address = SocketAddr::new(ip, 0);
        if addresses.len() < ADDRESSES && !addresses.contains(&address) && UdpSocket::bind(address).is_ok() {
            addresses.push(address);
        }
    }
    if addresses.is_empty() {
        addresses.push(SocketAddr::from(([127, 0, 0, 1], 0)));
    }
    addresses
}

fn is_usable(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_unspecified() && !ip.is_link_local(),
        // The IPv6 loopback reaches nobody whom the IPv4 one does not.
        IpAddr::V6(ip) => !ip.is_unspecified() && !ip.is_loopback() && (ip.segments()[0] & 0xffc0) != 0xfe80,
    }
}

/// What becomes of a socket before the library has it.
pub type Dress = fn(Arc<dyn AsyncUdpSocket>) -> Arc<dyn AsyncUdpSocket>;

/// Tokio, with larger UDP buffers, and with short sleeps as long as the connection `is_being_made`.
pub fn runtime(dress: Dress, is_being_made: impl Fn() -> bool + Send + Sync + 'static) -> Arc<dyn Runtime> {
    Arc::new(BriskStart {
        inner: TokioRuntime,
        dress,
        start: Instant::now(),
        is_being_made: Box::new(is_being_made),
    })
}

struct BriskStart {
    inner: TokioRuntime,
    dress: Dress,
    start: Instant,
    is_being_made: Box<dyn Fn() -> bool + Send + Sync>,
}

impl fmt::Debug for BriskStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BriskStart").finish_non_exhaustive()
    }
}

type Task<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl Runtime for BriskStart {
    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let options = SockRef::from(&socket);
        for refused in [
            options.set_recv_buffer_size(BUFFER),
            options.set_send_buffer_size(BUFFER),
        ] {
            if let Err(error) = refused {
                tracing::debug!(%error, "the socket keeps its small buffer");
            }
        }
        self.inner.wrap_udp_socket(socket).map(self.dress)
    }

    fn spawn(&self, future: Task<'static, ()>) -> Box<dyn JoinHandle> {
        self.inner.spawn(future)
    }

    fn spawn_reactor(&self, size: usize, future: Task<'static, ()>) -> Box<dyn JoinHandle> {
        self.inner.spawn_reactor(size, future)
    }

    fn wrap_tcp_listener(&self, listener: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        self.inner.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(&'a self, remote: SocketAddr) -> Task<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        self.inner.connect_tcp(remote)
    }

    fn resolve_host<'a>(&'a self, host: &'a str) -> Task<'a, io::Result<Vec<SocketAddr>>> {
        self.inner.resolve_host(host)
    }

    fn sleep(&self, duration: Duration) -> Task<'static, ()> {
        let hurries = duration > BRISK && self.start.elapsed() < HURRY && (self.is_being_made)();
        self.inner.sleep(if hurries { BRISK } else { duration })
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        self.inner.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        self.inner.block_on(future);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_is_always_listened_on_and_nothing_twice() {
        let found = addresses();
        assert!(found.iter().any(|address| address.ip().is_loopback()), "{found:?}");
        assert!(
            found
                .iter()
                .enumerate()
                .all(|(i, address)| !found[..i].contains(address)),
            "{found:?}"
        );
        assert!(found.iter().all(|address| is_usable(&address.ip())));
    }
}
