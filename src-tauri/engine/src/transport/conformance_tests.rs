//! What every transport does, checked on the real one and on the one in memory.

use std::time::Duration;

use bytes::Bytes;
use renfort_protocol::{limits::MAX_SESSION_BYTES, signalling::Sdp};
use tokio::sync::mpsc;

use super::{Connection, Connector, Frame, Side, TransportError, TransportEvent, UpdatePath, WebRtc, memory::Memory};
use crate::session::{Candidate, Channel, LinkEvent};

pub const SOON: Duration = Duration::from_secs(15);

pub struct Ends {
    pub sharer: Connection,
    pub viewer: Connection,
    /// How updates travel, as sharer and viewer were told.
    pub paths: [UpdatePath; 2],
}

/// Waits for an event; candidates are passed over.
pub async fn next(events: &mut mpsc::Receiver<TransportEvent>) -> TransportEvent {
    loop {
        let event = tokio::time::timeout(SOON, events.recv())
            .await
            .expect("an event")
            .expect("not the end");
        let noise = matches!(
            event,
            TransportEvent::Candidate(_) | TransportEvent::Link(LinkEvent::Interrupted(false))
        );
        if !noise {
            return event;
        }
    }
}

/// Sends a unit as the sharer does, its end again while nothing follows, and waits until it arrives.
pub async fn deliver(ends: &mut Ends, unit: &Bytes) {
    let sent = Frame {
        timestamp: 0xFFFF_FF00,
        unit: unit.clone(),
    };
    ends.sharer.transport.send_frame(sent.clone()).await.unwrap();
    let begun = tokio::time::Instant::now();
    loop {
        tokio::select! {
            frame = ends.viewer.frames.recv() => return assert_eq!(frame.as_ref(), Some(&sent)),
            event = ends.sharer.events.recv() => {
                assert_ne!(event, Some(TransportEvent::KeyFrameWanted), "a loss was not repaired");
            }
            () = tokio::time::sleep(Duration::from_millis(60)) => {
                assert!(begun.elapsed() < SOON, "the frame did not arrive");
                ends.sharer.transport.repeat_tail().await;
            }
        }
    }
}

/// Offer, answer, and candidates both ways until both are open.
pub async fn join(connector: &dyn Connector) -> Ends {
    join_by(connector, connector).await
}

/// The same with a connector for each side.
pub async fn join_by(sharer: &dyn Connector, viewer: &dyn Connector) -> Ends {
    let sharer = sharer.connect(Side::Sharer).await.unwrap();
    let viewer = viewer.connect(Side::Viewer).await.unwrap();
    meet(sharer, viewer).await
}

/// The same with what was begun.
pub async fn meet(sharer: Connection, viewer: Connection) -> Ends {
    let offer = sharer.transport.offer().await.unwrap();
    let answer = viewer.transport.answer(&offer).await.unwrap();
    sharer.transport.accept(&answer).await.unwrap();
    let mut ends = Ends {
        sharer,
        viewer,
        paths: [UpdatePath::None; 2],
    };
    exchange(&mut ends).await;
    ends
}

async fn exchange(ends: &mut Ends) {
    let Ends { sharer, viewer, paths } = ends;
    let [path_here, path_there] = paths;
    let (mut here, mut there) = (false, false);
    while !(here && there) {
        let (event, other, open, path) = tokio::select! {
            event = sharer.events.recv() => (event, &viewer.transport, &mut here, &mut *path_here),
            event = viewer.events.recv() => (event, &sharer.transport, &mut there, &mut *path_there),
            () = tokio::time::sleep(SOON) => panic!("not connected in time"),
        };
        match event.expect("not the end") {
            TransportEvent::Candidate(candidate) => other.add_candidate(candidate).await.unwrap(),
            TransportEvent::Link(LinkEvent::Open) => *open = true,
            TransportEvent::Link(LinkEvent::Interrupted(false)) => {}
            TransportEvent::Updates(told) if *open => *path = told,
            event => panic!("too early: {event:?}"),
        }
    }
}

async fn messages_arrive_in_order_both_ways(connector: &dyn Connector) {
    let mut ends = join(connector).await;
    for number in 0..100 {
        ends.sharer
            .transport
            .send(Channel::Session, format!("s{number}"))
            .unwrap();
        ends.viewer
            .transport
            .send(Channel::Session, format!("v{number}"))
            .unwrap();
    }
    for number in 0..100 {
        let message = |side: &str| TransportEvent::Message(Channel::Session, format!("{side}{number}").into());
        assert_eq!(next(&mut ends.viewer.events).await, message("s"));
        assert_eq!(next(&mut ends.sharer.events).await, message("v"));
    }
    ends.viewer.transport.send(Channel::Pointer, "p".into()).unwrap();
    assert_eq!(
        next(&mut ends.sharer.events).await,
        TransportEvent::Message(Channel::Pointer, "p".into())
    );
}

async fn the_largest_message_arrives(connector: &dyn Connector) {
    let mut ends = join(connector).await;
    let large = "x".repeat(MAX_SESSION_BYTES);
    ends.viewer.transport.send(Channel::Session, large.clone()).unwrap();
    ends.viewer.transport.send(Channel::Session, "after".into()).unwrap();
    assert_eq!(
        next(&mut ends.sharer.events).await,
        TransportEvent::Message(Channel::Session, large.into())
    );
    assert_eq!(
        next(&mut ends.sharer.events).await,
        TransportEvent::Message(Channel::Session, "after".into())
    );
}

async fn what_is_sent_early_arrives_once_open(connector: &dyn Connector) {
    let mut sharer = connector.connect(Side::Sharer).await.unwrap();
    let mut viewer = connector.connect(Side::Viewer).await.unwrap();
    sharer.transport.send(Channel::Session, "early".into()).unwrap();
    sharer
        .transport
        .send_frame(Frame {
            timestamp: 0,
            unit: Bytes::from_static(&[0, 0, 0, 1, 0x65, 1, 1]),
        })
        .await
        .unwrap();
    let line = || renfort_protocol::text::Line::new("candidate:1 1 udp 2130706431 127.0.0.1 9 typ host").unwrap();
    sharer
        .transport
        .add_candidate(Candidate {
            line: line(),
            mid: None,
            index: Some(0),
        })
        .await
        .unwrap();
    let offer = sharer.transport.offer().await.unwrap();
    let answer = viewer.transport.answer(&offer).await.unwrap();
    sharer.transport.accept(&answer).await.unwrap();
    // Message and opening come through the same queue; only the opening may come first.
    let (mut open, mut early) = (false, false);
    while !early {
        tokio::select! {
            event = viewer.events.recv() => match event.expect("not the end") {
                TransportEvent::Candidate(candidate) => sharer.transport.add_candidate(candidate).await.unwrap(),
                TransportEvent::Link(LinkEvent::Open) => open = true,
                TransportEvent::Message(Channel::Session, message) => early = open && message == "early",
                _ => {}
            },
            Some(event) = sharer.events.recv() => if let TransportEvent::Candidate(candidate) = event {
                viewer.transport.add_candidate(candidate).await.unwrap();
            },
            () = tokio::time::sleep(SOON) => panic!("nothing arrived; open: {open}"),
        }
    }
    assert!(
        viewer.frames.try_recv().is_err(),
        "a frame before the opening is nobody's"
    );
}

async fn frames_arrive_whole_and_in_order(connector: &dyn Connector) {
    let mut ends = join(connector).await;
    let unit = |kind: u8, number: u8, length: usize| {
        let mut unit = vec![0, 0, 0, 1, kind, number];
        unit.resize(length, 0xaa);
        Bytes::from(unit)
    };
    let sent = [
        unit(0x65, 1, 2_000_000),
        unit(0x41, 2, 10),
        unit(0x41, 3, 1_199),
        unit(0x41, 4, 50_000),
    ];
    for unit in &sent {
        deliver(&mut ends, unit).await;
    }
    ends.viewer.transport.request_key_frame().await;
    assert_eq!(next(&mut ends.sharer.events).await, TransportEvent::KeyFrameWanted);
}

async fn two_fingerprints_are_refused(connector: &dyn Connector) {
    let sharer = connector.connect(Side::Sharer).await.unwrap();
    let viewer = connector.connect(Side::Viewer).await.unwrap();
    let offer = sharer.transport.offer().await.unwrap();
    let other = format!("a=fingerprint:sha-256 {}\r\n", ["CD"; 32].join(":"));
    let forged = Sdp::new(format!("{}{other}", offer.as_str())).unwrap();
    assert!(matches!(
        viewer.transport.answer(&forged).await,
        Err(TransportError::Description(_))
    ));
    let bare: String = offer
        .as_str()
        .lines()
        .filter(|line| !line.contains("fingerprint"))
        .collect::<Vec<_>>()
        .join("\r\n");
    assert!(viewer.transport.answer(&Sdp::new(bare).unwrap()).await.is_err());
    let answer = viewer.transport.answer(&offer).await.unwrap();
    let forged = Sdp::new(format!("{}{other}", answer.as_str())).unwrap();
    assert!(matches!(
        sharer.transport.accept(&forged).await,
        Err(TransportError::Description(_))
    ));
}

async fn last_words_arrive_before_the_end(connector: &dyn Connector) {
    let mut ends = join(connector).await;
    for _ in 0..20 {
        ends.sharer.transport.send(Channel::Session, "x".repeat(5_000)).unwrap();
    }
    ends.sharer.transport.send(Channel::Session, "bye".into()).unwrap();
    ends.sharer.transport.close().await;
    let mut last = TransportEvent::KeyFrameWanted;
    loop {
        let event = next(&mut ends.viewer.events).await;
        match event {
            TransportEvent::Message(..) => last = event,
            TransportEvent::Link(LinkEvent::Interrupted(true)) => {}
            TransportEvent::Link(LinkEvent::Closed) => break,
            event => panic!("{event:?}"),
        }
    }
    assert_eq!(last, TransportEvent::Message(Channel::Session, "bye".into()));
    assert!(
        ends.sharer
            .transport
            .send_frame(Frame {
                timestamp: 0,
                unit: Bytes::from_static(&[0, 0, 0, 1, 0x65, 1]),
            })
            .await
            .is_err()
    );
}

macro_rules! conformance {
    ($($behaviour:ident),* $(,)?) => {
        mod webrtc_transport {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $behaviour() {
                super::$behaviour(&super::WebRtc::new(Vec::new())).await;
            })*
        }
        mod memory_transport {
            $(#[tokio::test]
            async fn $behaviour() {
                super::$behaviour(&super::Memory::default()).await;
            })*
        }
    };
}

conformance! {
    messages_arrive_in_order_both_ways,
    the_largest_message_arrives,
    what_is_sent_early_arrives_once_open,
    frames_arrive_whole_and_in_order,
    two_fingerprints_are_refused,
    last_words_arrive_before_the_end,
}
