//! Frames on their way to the connection of the moment.
//!
//! Invariant: a stop, and hiding the screen, drop also the frame that is just being sent: no further packet of it leaves.

use std::{sync::Arc, time::Duration};

use tokio::sync::{mpsc, watch};

use super::stop::StopSwitch;
use crate::{
    leg,
    transport::{Frame, Transport},
};

/// When nothing follows a frame, its end is sent again after these pauses: a loss at the very end would otherwise stay
/// unnoticed until something changes.
const REPEATS: [Duration; 2] = [Duration::from_millis(60), Duration::from_millis(240)];

/// Sends what comes while it `flows`, until there is nothing to come, or the user stops.
pub async fn run(
    mut frames: mpsc::Receiver<Frame>,
    current: watch::Receiver<Option<Arc<dyn Transport>>>,
    mut flows: watch::Receiver<bool>,
    stop: StopSwitch,
) {
    let carrying = async {
        while dropped_until_it_flows(&mut frames, &mut flows).await {
            tokio::select! {
                biased;
                hidden = flows.wait_for(|flows| !flows) => if hidden.is_err() { return },
                () = carry(&mut frames, &current) => return,
            }
        }
    };
    tokio::select! {
        biased;
        () = stop.stopped() => {}
        () = carrying => {}
    }
}

/// What was under way when the screen was hidden goes nowhere. False when nothing will flow any more.
async fn dropped_until_it_flows(frames: &mut mpsc::Receiver<Frame>, flows: &mut watch::Receiver<bool>) -> bool {
    tokio::select! {
        biased;
        shown = flows.wait_for(|flows| *flows) => shown.is_ok(),
        () = async { while frames.recv().await.is_some() {} } => false,
    }
}

async fn carry(frames: &mut mpsc::Receiver<Frame>, current: &watch::Receiver<Option<Arc<dyn Transport>>>) {
    let mut repeats = REPEATS.len();
    loop {
        let frame = match REPEATS.get(repeats) {
            Some(pause) => tokio::time::timeout(*pause, frames.recv()).await.ok(),
            None => Some(frames.recv().await),
        };
        let transport = current.borrow().clone();
        match (frame, transport) {
            (Some(None), _) => return,
            (Some(Some(frame)), Some(transport)) => {
                repeats = 0;
                if let Err(error) = transport.send_frame(frame).await {
                    tracing::debug!(%error, "a frame was not sent");
                }
                leg::mark("picture: to the network");
            }
            (Some(Some(_)), None) => repeats = REPEATS.len(),
            (None, transport) => {
                repeats += 1;
                if let Some(transport) = transport {
                    transport.repeat_tail().await;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use bytes::Bytes;
    use renfort_protocol::signalling::Sdp;

    use super::*;
    use crate::{
        session::{Candidate, Channel},
        transport::TransportError,
    };

    fn frame(unit: &'static [u8]) -> Frame {
        let (timestamp, unit) = (0, Bytes::from_static(unit));
        Frame { timestamp, unit }
    }

    /// A network that takes a byte a millisecond.
    #[derive(Default)]
    struct Slow(Mutex<Vec<u8>>);

    #[async_trait]
    impl Transport for Slow {
        async fn offer(&self) -> Result<Sdp, TransportError> {
            Err(TransportError::NotOpen)
        }

        async fn answer(&self, _offer: &Sdp) -> Result<Sdp, TransportError> {
            Err(TransportError::NotOpen)
        }

        async fn accept(&self, _answer: &Sdp) -> Result<(), TransportError> {
            Err(TransportError::NotOpen)
        }

        async fn add_candidate(&self, _candidate: Candidate) -> Result<(), TransportError> {
            Err(TransportError::NotOpen)
        }

        fn send(&self, _channel: Channel, _message: String) -> Result<(), TransportError> {
            Err(TransportError::NotOpen)
        }

        async fn send_frame(&self, frame: Frame) -> Result<(), TransportError> {
            for byte in frame.unit {
                tokio::time::sleep(Duration::from_millis(1)).await;
                self.0.lock().unwrap().push(byte);
            }
            Ok(())
        }

        async fn repeat_tail(&self) {
            self.0.lock().unwrap().push(0);
        }

        async fn request_key_frame(&self) {}

        fn send_datagram(&self, _payload: Bytes) -> Result<(), TransportError> {
            Err(TransportError::NotOpen)
        }

        fn drop_datagrams(&self) {}

        fn send_update_message(&self, _message: Bytes) -> Result<(), TransportError> {
            Err(TransportError::NotOpen)
        }

        fn drop_update_messages(&self) {}

        async fn close(&self) {}
    }

    #[tokio::test]
    async fn nothing_of_a_frame_that_is_being_sent_leaves_after_a_stop() {
        let network = Arc::new(Slow::default());
        let (frames_in, frames) = mpsc::channel(1);
        let (_current, transports) = watch::channel(Some(Arc::clone(&network) as Arc<dyn Transport>));
        let (_shown, flows) = watch::channel(true);
        let stop = StopSwitch::default();
        let task = tokio::spawn(run(frames, transports, flows, stop.clone()));
        frames_in.send(frame(&[1; 10_000])).await.unwrap();
        let sent = || network.0.lock().unwrap().len();
        while sent() < 5 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let before = sent();
        stop.stop();
        task.await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(sent(), before);
    }

    #[tokio::test]
    async fn a_frame_that_was_under_way_when_the_screen_was_hidden_goes_nowhere_and_the_next_one_does() {
        let network = Arc::new(Slow::default());
        let (frames_in, frames) = mpsc::channel(1);
        let (_current, transports) = watch::channel(Some(Arc::clone(&network) as Arc<dyn Transport>));
        let (shown, flows) = watch::channel(true);
        let task = tokio::spawn(run(frames, transports, flows, StopSwitch::default()));
        frames_in.send(frame(&[1; 10_000])).await.unwrap();
        let sent = || network.0.lock().unwrap().clone();
        while sent().len() < 5 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // Another waits already.
        frames_in.send(frame(&[2; 10])).await.unwrap();
        shown.send_replace(false);
        tokio::time::sleep(Duration::from_millis(20)).await;
        let before = sent();
        // Longer than any repetition of a frame's end.
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert_eq!(sent(), before);
        shown.send_replace(true);
        frames_in.send(frame(&[3; 10])).await.unwrap();
        while !sent().ends_with(&[3; 10]) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(sent().len(), before.len() + 10);
        drop(frames_in);
        task.await.unwrap();
    }
}
