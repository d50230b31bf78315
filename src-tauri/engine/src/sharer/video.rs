//! Frames on their way to the connection of the moment.
//!
//! Invariant: a stop, and hiding the screen, drop also the frame that is just being sent: no further packet of it goes,
//! not even when the screen is shown again before anybody here has heard that it was hidden.

use std::{sync::Arc, time::Duration};

use tokio::sync::{mpsc, watch};

use super::{orders::Flow, stop::StopSwitch};
use crate::{
    leg,
    transport::{Frame, Transport},
};

/// When nothing follows a frame, its end is sent again after these pauses: a loss at the very end would otherwise stay
/// unnoticed until something changes.
const REPEATS: [Duration; 2] = [Duration::from_millis(60), Duration::from_millis(240)];

/// Sends what comes of the picture, each frame as long as its turn lasts, until nothing can come, or the user stops.
pub async fn run(
    frames: mpsc::Receiver<(u64, Frame)>,
    current: watch::Receiver<Option<Arc<dyn Transport>>>,
    flow: watch::Receiver<Flow>,
    stop: StopSwitch,
) {
    tokio::select! {
        biased;
        () = stop.stopped() => {}
        () = carry(frames, current, flow) => {}
    }
}

async fn carry(
    mut frames: mpsc::Receiver<(u64, Frame)>,
    current: watch::Receiver<Option<Arc<dyn Transport>>>,
    mut flow: watch::Receiver<Flow>,
) {
    let mut repeats = REPEATS.len();
    // Of the last frame.
    let mut turn = 0;
    loop {
        let frame = match REPEATS.get(repeats) {
            Some(pause) => tokio::time::timeout(*pause, frames.recv()).await.ok(),
            None => Some(frames.recv().await),
        };
        let frame = match frame {
            Some(None) => return,
            Some(Some((its, frame))) => {
                turn = its;
                Some(frame)
            }
            None => None,
        };
        let Some(transport) = current.borrow().clone() else {
            repeats = REPEATS.len();
            continue;
        };
        let going = async {
            match frame {
                Some(frame) => {
                    if let Err(error) = transport.send_frame(frame).await {
                        tracing::debug!(%error, "a frame was not sent");
                    }
                    leg::mark("picture: to the network");
                    0
                }
                None => {
                    transport.repeat_tail().await;
                    repeats + 1
                }
            }
        };
        repeats = tokio::select! {
            biased;
            _ = flow.wait_for(|now| !now.lets(turn)) => REPEATS.len(),
            repeats = going => repeats,
        };
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

    fn frame(turn: u64, unit: &'static [u8]) -> (u64, Frame) {
        let (timestamp, unit) = (0, Bytes::from_static(unit));
        (turn, Frame { timestamp, unit })
    }

    const fn shown(turn: u64) -> Flow {
        Flow { flows: true, turn }
    }

    const fn hidden(turn: u64) -> Flow {
        Flow { flows: false, turn }
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

    impl Slow {
        /// A long frame of the first turn is under way.
        async fn begins(&self, frames: &mpsc::Sender<(u64, Frame)>) {
            frames.send(frame(1, &[1; 10_000])).await.unwrap();
            while self.0.lock().unwrap().len() < 5 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }

    #[tokio::test]
    async fn nothing_of_a_frame_that_is_being_sent_leaves_after_a_stop() {
        let network = Arc::new(Slow::default());
        let (frames_in, frames) = mpsc::channel(1);
        let (_current, transports) = watch::channel(Some(Arc::clone(&network) as Arc<dyn Transport>));
        let (_flowing, flow) = watch::channel(shown(1));
        let stop = StopSwitch::default();
        let task = tokio::spawn(run(frames, transports, flow, stop.clone()));
        let sent = || network.0.lock().unwrap().len();
        network.begins(&frames_in).await;
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
        let (flowing, flow) = watch::channel(shown(1));
        let task = tokio::spawn(run(frames, transports, flow, StopSwitch::default()));
        let sent = || network.0.lock().unwrap().clone();
        network.begins(&frames_in).await;
        // Another waits already.
        frames_in.send(frame(1, &[2; 10])).await.unwrap();
        flowing.send_replace(hidden(1));
        tokio::time::sleep(Duration::from_millis(20)).await;
        let before = sent();
        // Longer than any repetition of a frame's end.
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert_eq!(sent(), before);
        flowing.send_replace(shown(2));
        frames_in.send(frame(2, &[3; 10])).await.unwrap();
        while !sent().ends_with(&[3; 10]) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(sent().len(), before.len() + 10);
        drop(frames_in);
        task.await.unwrap();
    }

    #[tokio::test]
    async fn a_frame_goes_nowhere_although_the_screen_was_hidden_for_less_than_anybody_notices() {
        let network = Arc::new(Slow::default());
        let (frames_in, frames) = mpsc::channel(1);
        let (_current, transports) = watch::channel(Some(Arc::clone(&network) as Arc<dyn Transport>));
        let (flowing, flow) = watch::channel(shown(1));
        let task = tokio::spawn(run(frames, transports, flow, StopSwitch::default()));
        let sent = || network.0.lock().unwrap().clone();
        network.begins(&frames_in).await;
        // Another waits already.
        frames_in.send(frame(1, &[2; 10])).await.unwrap();
        let before = sent();
        flowing.send_replace(hidden(1));
        flowing.send_replace(shown(2));
        frames_in.send(frame(2, &[3; 10])).await.unwrap();
        while !sent().ends_with(&[3; 10]) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(sent()[before.len()..], [3; 10]);
        drop(frames_in);
        task.await.unwrap();
    }
}
