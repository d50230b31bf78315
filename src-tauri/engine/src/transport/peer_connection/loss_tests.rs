//! A network that loses packets of the picture, and loses or doubles datagrams.

use std::{
    io::{self, IoSliceMut},
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::{WebRtc, settings::PAYLOAD_TYPE};
use crate::transport::{
    TransportError, UpdatePath,
    conformance_tests::{deliver, join},
    description::DATAGRAM_PAYLOAD_TYPE,
};

/// Of so many large packets of the picture, or datagrams, one is lost.
const LOST: usize = 10;
/// Longer than the library takes to have something repaired.
const QUIET: Duration = Duration::from_millis(500);

#[derive(Debug)]
struct Lossy {
    inner: Arc<dyn AsyncUdpSocket>,
    sent: AtomicUsize,
}

/// RTP, as RFC 7983 tells it from DTLS and STUN, with this payload type.
fn is_rtp(packet: &[u8], payload_type: u8) -> bool {
    packet.len() > 12 && (128..192).contains(&packet[0]) && packet[1] & 0x7f == payload_type
}

impl AsyncUdpSocket for Lossy {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        if is_rtp(transmit.contents, DATAGRAM_PAYLOAD_TYPE) {
            // By their sequence number: one that finds no room at first is sent again.
            let sequence = u16::from_be_bytes([transmit.contents[2], transmit.contents[3]]);
            if usize::from(sequence) % LOST == LOST - 1 {
                return Poll::Ready(Ok(transmit.contents.len()));
            }
            let _second = self.inner.poll_send(cx, transmit);
        }
        let is_picture = transmit.contents.len() > 1_000 && is_rtp(transmit.contents, PAYLOAD_TYPE);
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

fn lossy(updates: UpdatePath) -> WebRtc {
    let dress = |inner| {
        Arc::new(Lossy {
            inner,
            sent: AtomicUsize::new(0),
        }) as Arc<dyn AsyncUdpSocket>
    };
    WebRtc {
        ice_servers: Vec::new(),
        dress,
        updates,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_packets_are_sent_again_without_another_key_frame() {
    let mut ends = join(&lossy(UpdatePath::None)).await;
    for number in 0..5 {
        let mut unit = vec![0, 0, 0, 1, if number == 0 { 0x65 } else { 0x41 }, number];
        unit.resize(100_000, 0xaa);
        deliver(&mut ends, &Bytes::from(unit)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_datagrams_stay_lost_and_doubled_ones_arrive_once() {
    const COUNT: u8 = 100;
    let mut ends = join(&lossy(UpdatePath::Datagrams)).await;
    for number in 0..COUNT {
        while let Err(error) = ends.sharer.transport.send_datagram(Bytes::from(vec![number])) {
            assert!(matches!(error, TransportError::Full), "{error}");
            tokio::task::yield_now().await;
        }
    }
    let mut arrived = Vec::new();
    while let Ok(Some(datagram)) = tokio::time::timeout(QUIET, ends.viewer.datagrams.recv()).await {
        arrived.push(datagram[0]);
    }
    assert_eq!(arrived.len(), usize::from(COUNT) * (LOST - 1) / LOST);
    assert!(arrived.is_sorted_by(|a, b| a < b), "each once: {arrived:?}");
}
