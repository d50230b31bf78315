//! A network that loses packets of the picture.

use std::{
    io::{self, IoSliceMut},
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::WebRtc;
use crate::transport::conformance_tests::{deliver, join};

/// Every so many large packets of the picture one is lost.
const LOST: usize = 10;

#[derive(Debug)]
struct Lossy {
    inner: Arc<dyn AsyncUdpSocket>,
    sent: AtomicUsize,
}

impl AsyncUdpSocket for Lossy {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        // RTP, as RFC 7983 tells it from DTLS and STUN.
        let is_picture = transmit.contents.len() > 1_000 && (128..192).contains(&transmit.contents[0]);
        if is_picture && self.sent.fetch_add(1, Ordering::SeqCst) % LOST == LOST - 1 {
            return Poll::Ready(Ok(transmit.contents.len()));
        }
        self.inner.poll_send(cx, transmit)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        self.inner.poll_recv(cx, bufs, meta)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_packets_are_sent_again_without_another_key_frame() {
    let dress = |inner| {
        Arc::new(Lossy {
            inner,
            sent: AtomicUsize::new(0),
        }) as Arc<dyn AsyncUdpSocket>
    };
    let lossy = WebRtc {
        ice_servers: Vec::new(),
        dress,
    };
    let mut ends = join(&lossy).await;
    for number in 0..5 {
        let mut unit = vec![0, 0, 0, 1, if number == 0 { 0x65 } else { 0x41 }, number];
        unit.resize(100_000, 0xaa);
        deliver(&mut ends, &Bytes::from(unit)).await;
    }
}
