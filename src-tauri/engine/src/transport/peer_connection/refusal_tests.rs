//! A sharer that makes channels, and says things on them, that were not agreed upon.

use std::{sync::Arc, time::Duration};

use renfort_protocol::session::PICTURE_CHANNEL;
use webrtc::data_channel::{DataChannel, DataChannelEvent};

use super::{PeerTransport, WebRtc, picture_channel};
use crate::{
    session::Channel,
    transport::{
        Connector, Side, TransportEvent, UpdatePath,
        conformance_tests::{Ends, SOON, meet, next},
    },
};

async fn joined(best: UpdatePath) -> (Arc<PeerTransport>, Ends) {
    let connector = WebRtc::new(Vec::new()).with_updates(best);
    let (transport, sharer) = connector.open(Side::Sharer).await.unwrap();
    let viewer = connector.connect(Side::Viewer).await.unwrap();
    (transport, meet(sharer, viewer).await)
}

/// Passes over what is told until then.
async fn told(ends: &mut Ends, path: UpdatePath) {
    while ends.paths != [path; 2] {
        let (event, told) = tokio::select! {
            event = next(&mut ends.sharer.events) => (event, &mut ends.paths[0]),
            event = next(&mut ends.viewer.events) => (event, &mut ends.paths[1]),
        };
        match event {
            TransportEvent::Updates(path) => *told = path,
            event => panic!("{event:?}"),
        }
    }
}

async fn session_goes_on(ends: &mut Ends) {
    ends.sharer.transport.send(Channel::Session, "on".into()).unwrap();
    let message = TransportEvent::Message(Channel::Session, "on".into());
    assert_eq!(next(&mut ends.viewer.events).await, message);
}

async fn is_closed(channel: &Arc<dyn DataChannel>) {
    let closing = async {
        while let Some(event) = channel.poll().await {
            if matches!(event, DataChannelEvent::OnClose) {
                return;
            }
        }
    };
    tokio::time::timeout(SOON, closing).await.expect("closed by the viewer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_string_among_the_updates_ends_their_channel_and_nothing_else() {
    let (transport, mut ends) = joined(UpdatePath::Messages).await;
    told(&mut ends, UpdatePath::Messages).await;
    let made = transport.picture.made.lock().unwrap().clone().unwrap();
    made.send_text("no update").await.unwrap();
    told(&mut ends, UpdatePath::None).await;
    assert!(ends.viewer.update_messages.try_recv().is_err());
    session_goes_on(&mut ends).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn channels_that_were_not_agreed_upon_are_closed() {
    let (transport, mut ends) = joined(UpdatePath::Datagrams).await;
    told(&mut ends, UpdatePath::Datagrams).await;
    for name in ["files", PICTURE_CHANNEL] {
        let options = Some(picture_channel::options());
        let made = transport.peer.create_data_channel(name, options).await.unwrap();
        is_closed(&made).await;
    }
    session_goes_on(&mut ends).await;
    assert!(
        tokio::time::timeout(Duration::from_millis(100), ends.viewer.update_messages.recv())
            .await
            .is_err()
    );
}
