//! What every transport does with updates beside the video, checked on the real one and on the one in memory.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use renfort_protocol::signalling::Sdp;

use super::{
    Connector, DATAGRAMS_IN, MAX_DATAGRAM_BYTES, MAX_UPDATE_BYTES, Side, Transport, TransportError, TransportEvent,
    UPDATES_OUT, UpdatePath, WebRtc,
    conformance_tests::{Ends, SOON, deliver, join_by, next},
    memory::Memory,
};
use crate::session::{Channel, LinkEvent};

/// Connectors on one network, for ends that can do this at best.
type Network<'a> = &'a dyn Fn(UpdatePath) -> Box<dyn Connector>;

/// Joined, and told how updates travel.
async fn joined(network: Network<'_>, sharer: UpdatePath, viewer: UpdatePath, told: UpdatePath) -> Ends {
    let mut ends = join_by(network(sharer).as_ref(), network(viewer).as_ref()).await;
    settle(&mut ends, told).await;
    ends
}

async fn settle(ends: &mut Ends, told: UpdatePath) {
    let begun = Instant::now();
    while ends.paths != [told; 2] {
        let (event, path) = tokio::select! {
            event = next(&mut ends.sharer.events) => (event, &mut ends.paths[0]),
            event = next(&mut ends.viewer.events) => (event, &mut ends.paths[1]),
        };
        match event {
            TransportEvent::Updates(told) => *path = told,
            event => panic!("{event:?}"),
        }
        assert!(begun.elapsed() < SOON);
    }
}

/// Bytes that tell of every mistake.
fn bytes(length: usize, seed: usize) -> Bytes {
    let start = seed.to_le_bytes();
    (0..length)
        .map(|at| start[at % start.len()] ^ (at.wrapping_mul(31) as u8))
        .collect()
}

async fn arrives(arriving: &mut tokio::sync::mpsc::Receiver<Bytes>) -> Bytes {
    let arrived = tokio::time::timeout(SOON, arriving.recv()).await;
    arrived.expect("in time").expect("not the end")
}

/// A message each way.
async fn talk(ends: &mut Ends) {
    ends.sharer.transport.send(Channel::Session, "there".into()).unwrap();
    let there = TransportEvent::Message(Channel::Session, "there".into());
    assert_eq!(next(&mut ends.viewer.events).await, there);
    ends.viewer.transport.send(Channel::Session, "back".into()).unwrap();
    let back = TransportEvent::Message(Channel::Session, "back".into());
    assert_eq!(next(&mut ends.sharer.events).await, back);
}

async fn datagrams_of_every_size_arrive_whole_both_ways(network: Network<'_>) {
    let best = UpdatePath::Datagrams;
    let mut ends = joined(network, best, best, best).await;
    for size in 0..=MAX_DATAGRAM_BYTES {
        let (there, back) = (bytes(size, 1), bytes(size, 2));
        ends.sharer.transport.send_datagram(there.clone()).unwrap();
        assert_eq!(arrives(&mut ends.viewer.datagrams).await, there);
        ends.viewer.transport.send_datagram(back.clone()).unwrap();
        assert_eq!(arrives(&mut ends.sharer.datagrams).await, back);
    }
}

async fn a_datagram_that_is_too_large_is_refused_and_the_next_one_is_not(network: Network<'_>) {
    let best = UpdatePath::Datagrams;
    let mut ends = joined(network, best, best, best).await;
    let refused = ends
        .viewer
        .transport
        .send_datagram(bytes(MAX_DATAGRAM_BYTES + 1, 0))
        .unwrap_err();
    assert!(matches!(
        refused,
        TransportError::TooLarge {
            bytes: 1_152,
            limit: 1_151
        }
    ));
    let refused = ends.viewer.transport.send_update_message(bytes(1, 0)).unwrap_err();
    assert!(matches!(refused, TransportError::NotOpen));
    ends.viewer.transport.send_datagram(bytes(9, 0)).unwrap();
    assert_eq!(arrives(&mut ends.sharer.datagrams).await, bytes(9, 0));
}

async fn a_peer_without_datagrams_gets_messages_or_nothing_and_everything_else(network: Network<'_>) {
    use UpdatePath::{Datagrams, Messages, None};
    for (sharer, viewer, path) in [
        (Datagrams, Messages, Messages),
        (Messages, Datagrams, Messages),
        (Datagrams, None, None),
        (None, Datagrams, None),
        (Messages, None, None),
        (None, None, None),
    ] {
        let mut ends = joined(network, sharer, viewer, path).await;
        let refused = ends.sharer.transport.send_datagram(bytes(1, 0)).unwrap_err();
        assert!(matches!(refused, TransportError::NotOpen), "{sharer:?} to {viewer:?}");
        if path == None {
            // A viewer that does not take the channel closes it.
            let begun = Instant::now();
            while ends.sharer.transport.send_update_message(bytes(1, 0)).is_ok() {
                assert!(begun.elapsed() < SOON);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            let told = |event: &_| matches!(event, TransportEvent::Updates(_));
            while tokio::time::timeout(Duration::from_millis(300), ends.sharer.events.recv())
                .await
                .is_ok_and(|event| event.as_ref().is_some_and(told))
            {}
        }
        talk(&mut ends).await;
        deliver(&mut ends, &Bytes::from_static(&[0, 0, 0, 1, 0x65, 1, 2, 3])).await;
    }
}

async fn update_messages_arrive_whole_both_ways_up_to_the_largest(network: Network<'_>) {
    let best = UpdatePath::Messages;
    let mut ends = joined(network, best, best, best).await;
    for size in [0, 1, 1_200, 65_535, 65_536, MAX_UPDATE_BYTES] {
        let (there, back) = (bytes(size, 1), bytes(size, 2));
        ends.sharer.transport.send_update_message(there.clone()).unwrap();
        assert_eq!(arrives(&mut ends.viewer.update_messages).await, there);
        ends.viewer.transport.send_update_message(back.clone()).unwrap();
        assert_eq!(arrives(&mut ends.sharer.update_messages).await, back);
    }
    let refused = ends
        .sharer
        .transport
        .send_update_message(bytes(MAX_UPDATE_BYTES + 1, 0));
    assert!(matches!(refused, Err(TransportError::TooLarge { .. })));
}

async fn update_messages_that_nobody_reads_are_held_back_and_not_lost(network: Network<'_>) {
    const SIZE: usize = 16 * 1024;
    let best = UpdatePath::Messages;
    let mut ends = joined(network, best, best, best).await;
    let (mut sent, mut refused) = (0, 0);
    while refused < 10 {
        match ends.sharer.transport.send_update_message(bytes(SIZE, sent)) {
            Ok(()) => sent += 1,
            Err(TransportError::Full) => {
                refused += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => panic!("{error}"),
        }
        assert!(sent < 1_000, "somewhere it must end");
    }
    let mut missing: Vec<Bytes> = (0..sent).map(|seed| bytes(SIZE, seed)).collect();
    while !missing.is_empty() {
        let arrived = arrives(&mut ends.viewer.update_messages).await;
        let at = missing.iter().position(|sent| *sent == arrived);
        missing.swap_remove(at.expect("each once, as it was sent"));
    }
    talk(&mut ends).await;
}

/// Sends until there is no place any more, drops what waits, and sends one more; gives how many were sent and how many of them came.
async fn dropped(network: Network<'_>) -> (usize, usize) {
    const SIZE: usize = 16 * 1024;
    let best = UpdatePath::Messages;
    let mut ends = joined(network, best, best, best).await;
    let (mut sent, mut refused) = (0, 0);
    while refused < 10 {
        match ends.sharer.transport.send_update_message(bytes(SIZE, sent)) {
            Ok(()) => (sent, refused) = (sent + 1, 0),
            Err(TransportError::Full) => {
                refused += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
    ends.sharer.transport.drop_update_messages();
    let (last, begun) = (bytes(9, 9), Instant::now());
    let (mut came, mut is_sent) = (Vec::new(), false);
    while came.last() != Some(&last) {
        is_sent |= !is_sent && ends.sharer.transport.send_update_message(last.clone()).is_ok();
        let arrived = tokio::time::timeout(Duration::from_millis(50), ends.viewer.update_messages.recv()).await;
        came.extend(arrived.ok().flatten());
        assert!(begun.elapsed() < SOON);
    }
    (sent, came.len() - 1)
}

async fn after_what_waits_was_dropped_the_next_message_arrives(network: Network<'_>) {
    dropped(network).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_the_library_has_not_taken_are_dropped() {
    let network = |best| -> Box<dyn Connector> { Box::new(WebRtc::new(Vec::new()).with_updates(best)) };
    let (sent, came) = dropped(&network).await;
    // With the one that waits for the library to take it.
    assert!(came + UPDATES_OUT < sent, "{came} of {sent} came");
}

async fn datagrams_that_nobody_reads_are_dropped_and_hold_nothing_up(network: Network<'_>) {
    let best = UpdatePath::Datagrams;
    let mut ends = joined(network, best, best, best).await;
    for number in 0..3 * DATAGRAMS_IN {
        send_when_there_is_room(
            ends.sharer.transport.as_ref(),
            Bytes::from(number.to_be_bytes().to_vec()),
        )
        .await;
    }
    talk(&mut ends).await;
    deliver(&mut ends, &Bytes::from_static(&[0, 0, 0, 1, 0x65, 1, 2, 3])).await;
    let mut kept = Vec::new();
    while let Ok(datagram) = ends.viewer.datagrams.try_recv() {
        kept.push(usize::from_be_bytes(datagram.as_ref().try_into().unwrap()));
    }
    assert_eq!(kept.first(), Some(&0), "the newest ones are dropped");
    assert!(
        kept.is_sorted() && kept.len() <= DATAGRAMS_IN,
        "{} are kept",
        kept.len()
    );
    let last = bytes(7, 7);
    send_when_there_is_room(ends.sharer.transport.as_ref(), last.clone()).await;
    while arrives(&mut ends.viewer.datagrams).await != last {}
}

async fn send_when_there_is_room(transport: &dyn Transport, datagram: Bytes) {
    while let Err(error) = transport.send_datagram(datagram.clone()) {
        assert!(matches!(error, TransportError::Full), "{error}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn a_flood_of_datagrams_holds_up_neither_messages_nor_the_picture(network: Network<'_>) {
    let best = UpdatePath::Datagrams;
    let mut ends = joined(network, best, best, best).await;
    let flood = |transport: &Arc<dyn Transport>| {
        let transport = Arc::clone(transport);
        tokio::spawn(async move {
            loop {
                let _full = transport.send_datagram(bytes(MAX_DATAGRAM_BYTES, 0));
                tokio::task::yield_now().await;
            }
        })
    };
    let floods = [flood(&ends.sharer.transport), flood(&ends.viewer.transport)];
    let begun = Instant::now();
    for number in 0..5_u8 {
        talk(&mut ends).await;
        let mut unit = vec![0, 0, 0, 1, if number == 0 { 0x65 } else { 0x41 }, number];
        unit.resize(50_000, 0xaa);
        deliver(&mut ends, &Bytes::from(unit)).await;
    }
    println!(
        "beside a flood: 5 messages each way and 250 kB of pictures in {:?}",
        begun.elapsed()
    );
    for flood in floods {
        assert!(!flood.is_finished(), "until the end");
        flood.abort();
    }
}

async fn a_closed_connection_takes_no_updates(network: Network<'_>) {
    for best in [UpdatePath::Datagrams, UpdatePath::Messages] {
        let mut ends = joined(network, best, best, best).await;
        ends.sharer.transport.close().await;
        let refused = [
            ends.sharer.transport.send_datagram(bytes(1, 0)),
            ends.sharer.transport.send_update_message(bytes(1, 0)),
        ];
        for refused in refused {
            assert!(matches!(refused, Err(TransportError::NotOpen)));
        }
        while next(&mut ends.viewer.events).await != TransportEvent::Link(LinkEvent::Closed) {}
    }
}

/// Chromium's answer to the three sections, as it gave it: a section that it rejects has ICE credentials of its own.
const BROWSERS_ANSWER: &str = include_str!("browser_answer.sdp");

#[tokio::test]
async fn an_answer_of_a_browser_which_rejects_datagrams_is_taken() {
    let connector = WebRtc::new(Vec::new()).with_updates(UpdatePath::Datagrams);
    let sharer = connector.connect(Side::Sharer).await.unwrap();
    sharer.transport.offer().await.unwrap();
    let answer = Sdp::new(BROWSERS_ANSWER.replace('\n', "\r\n")).unwrap();
    sharer.transport.accept(&answer).await.unwrap();
    assert!(matches!(
        sharer.transport.send_datagram(Bytes::new()),
        Err(TransportError::NotOpen)
    ));
    sharer.transport.close().await;
}

macro_rules! conformance {
    ($($behaviour:ident),* $(,)?) => {
        mod webrtc_transport {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $behaviour() {
                super::$behaviour(&|best| Box::new(super::WebRtc::new(Vec::new()).with_updates(best))).await;
            })*
        }
        mod memory_transport {
            $(#[tokio::test]
            async fn $behaviour() {
                let network = super::Memory::default();
                super::$behaviour(&|best| Box::new(network.with_updates(best))).await;
            })*
        }
    };
}

conformance! {
    datagrams_of_every_size_arrive_whole_both_ways,
    a_datagram_that_is_too_large_is_refused_and_the_next_one_is_not,
    a_peer_without_datagrams_gets_messages_or_nothing_and_everything_else,
    update_messages_arrive_whole_both_ways_up_to_the_largest,
    update_messages_that_nobody_reads_are_held_back_and_not_lost,
    after_what_waits_was_dropped_the_next_message_arrives,
    datagrams_that_nobody_reads_are_dropped_and_hold_nothing_up,
    a_flood_of_datagrams_holds_up_neither_messages_nor_the_picture,
    a_closed_connection_takes_no_updates,
}
