//! What a datagram costs on the loopback, beside one of a plain UDP socket: `cargo bench -p renfort-engine --bench datagrams`.
//!
//! Both ends run in this process, so its processor time is that of both.

use std::{
    error::Error,
    io,
    net::Ipv4Addr,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use renfort_engine::{
    session::LinkEvent,
    transport::{
        Connection, Connector, MAX_DATAGRAM_BYTES, Side, Transport, TransportError, TransportEvent, UpdatePath, WebRtc,
    },
};
use tokio::{net::UdpSocket, sync::mpsc};

/// Datagrams whose time is taken, and the pause between them.
const SAMPLES: u32 = 2_000;
const PAUSE: Duration = Duration::from_millis(2);
/// How long each rate is kept up.
const RUN: Duration = Duration::from_secs(3);
/// Mbit/s; none is as fast as they go.
const RATES: [Option<f64>; 4] = [Some(1.0), Some(10.0), Some(100.0), None];
/// Datagrams at least this far apart are not sent together.
const TICK: Duration = Duration::from_millis(1);

/// One way for datagrams: false when there is no room.
enum Way {
    Plain(Arc<UdpSocket>),
    Ours(Arc<dyn Transport>),
}

impl Way {
    fn send(&self, datagram: &Bytes) -> bool {
        match self {
            Self::Plain(socket) => socket.try_send(datagram).is_ok(),
            Self::Ours(transport) => match transport.send_datagram(datagram.clone()) {
                Ok(()) => true,
                Err(TransportError::Full) => false,
                Err(error) => panic!("{error}"),
            },
        }
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let (plain, plain_in) = plain().await?;
    // Kept to the end, with their events: what is not read is dropped.
    let (sharer, mut viewer) = ours().await?;
    let (_sharer_events, _viewer_events) = (sharer.events, viewer.events);
    let (_unread, datagrams) = mpsc::channel(1);
    let ours_in = std::mem::replace(&mut viewer.datagrams, datagrams);
    for (name, way, mut arriving) in [
        ("plain UDP", Way::Plain(plain), plain_in),
        ("datagrams", Way::Ours(sharer.transport), ours_in),
    ] {
        let (middle, late) = latency(&way, &mut arriving).await;
        println!("{name}: one way {middle:.0} us, 95 % within {late:.0} us");
        for rate in RATES {
            let (mbit, lost, processor) = throughput(&way, &mut arriving, rate).await;
            let wanted = rate.map_or("all it takes".to_owned(), |rate| format!("{rate} Mbit/s"));
            println!(
                "{name}: {wanted}: {mbit:.1} Mbit/s arrive, {lost:.2} % lost, {:.1} % of a core, {:.3} % a Mbit/s",
                processor * 100.0,
                processor * 100.0 / mbit
            );
        }
    }
    viewer.transport.close().await;
    Ok(())
}

async fn plain() -> io::Result<(Arc<UdpSocket>, mpsc::Receiver<Bytes>)> {
    let receiver = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let sender = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    sender.connect(receiver.local_addr()?).await?;
    let (arrived, arriving) = mpsc::channel(renfort_engine::transport::DATAGRAMS_IN);
    tokio::spawn(async move {
        let mut buffer = [0; 2_048];
        while let Ok(length) = receiver.recv(&mut buffer).await {
            if let Err(mpsc::error::TrySendError::Closed(_)) =
                arrived.try_send(Bytes::copy_from_slice(&buffer[..length]))
            {
                return;
            }
        }
    });
    Ok((Arc::new(sender), arriving))
}

async fn ours() -> Result<(Connection, Connection), TransportError> {
    let connector = WebRtc::new(Vec::new()).with_updates(UpdatePath::Datagrams);
    let mut sharer = connector.connect(Side::Sharer).await?;
    let mut viewer = connector.connect(Side::Viewer).await?;
    let offer = sharer.transport.offer().await?;
    let answer = viewer.transport.answer(&offer).await?;
    sharer.transport.accept(&answer).await?;
    let (mut here, mut there) = (false, false);
    while !(here && there) {
        let (event, other, ready) = tokio::select! {
            event = sharer.events.recv() => (event, &viewer.transport, &mut here),
            event = viewer.events.recv() => (event, &sharer.transport, &mut there),
        };
        match event.expect("a connection") {
            TransportEvent::Candidate(candidate) => other.add_candidate(candidate).await?,
            TransportEvent::Updates(path) => *ready = path == UpdatePath::Datagrams,
            TransportEvent::Link(LinkEvent::Closed) => panic!("no connection"),
            _ => {}
        }
    }
    Ok((sharer, viewer))
}

/// Median and 95th percentile, in microseconds.
async fn latency(way: &Way, arriving: &mut mpsc::Receiver<Bytes>) -> (f64, f64) {
    let start = Instant::now();
    let mut times = Vec::new();
    for _ in 0..SAMPLES {
        let mut datagram = vec![0; 200];
        datagram[..8].copy_from_slice(&(start.elapsed().as_nanos() as u64).to_be_bytes());
        assert!(way.send(&Bytes::from(datagram)), "an idle path has room");
        let arrived = tokio::time::timeout(Duration::from_secs(1), arriving.recv()).await;
        let now = start.elapsed().as_nanos() as u64;
        let arrived = arrived
            .expect("nothing is lost when so little is sent")
            .expect("not the end");
        let sent = u64::from_be_bytes(arrived[..8].try_into().expect("eight bytes"));
        times.push((now - sent) as f64 / 1_000.0);
        tokio::time::sleep(PAUSE).await;
    }
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() * 95 / 100])
}

/// Mbit/s that arrived, per cent that did not, and the share of a core that it took.
async fn throughput(way: &Way, arriving: &mut mpsc::Receiver<Bytes>, rate: Option<f64>) -> (f64, f64, f64) {
    let datagram = Bytes::from(vec![0x5a; MAX_DATAGRAM_BYTES]);
    let (start, used) = (Instant::now(), processor_time());
    let (mut sent, mut arrived) = (0_u64, 0_u64);
    while start.elapsed() < RUN {
        let due = rate.map_or(u64::MAX, |mbit| {
            (start.elapsed().as_secs_f64() * mbit * 1e6 / 8.0 / MAX_DATAGRAM_BYTES as f64) as u64
        });
        while sent < due && way.send(&datagram) {
            sent += 1;
            if rate.is_none() && sent % 64 == 0 {
                break;
            }
        }
        while arriving.try_recv().is_ok() {
            arrived += 1;
        }
        if rate.is_some() {
            tokio::time::sleep(TICK).await;
        } else {
            tokio::task::yield_now().await;
        }
    }
    let (elapsed, used) = (start.elapsed().as_secs_f64(), processor_time() - used);
    while let Ok(Some(_)) = tokio::time::timeout(Duration::from_millis(200), arriving.recv()).await {
        arrived += 1;
    }
    let mbit = arrived as f64 * MAX_DATAGRAM_BYTES as f64 * 8.0 / 1e6 / elapsed;
    (mbit, (sent - arrived) as f64 * 100.0 / sent as f64, used / elapsed)
}

/// Seconds that this process has had a processor, all threads together (proc(5)); its unit is that of every Linux there is.
fn processor_time() -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = &stat[stat.rfind(')').expect("a name in brackets") + 2..];
    let field = |number: usize| -> f64 {
        let value = after_name.split(' ').nth(number - 3).expect("52 fields");
        value.parse().expect("a number")
    };
    (field(14) + field(15)) / TICKS_A_SECOND
}
