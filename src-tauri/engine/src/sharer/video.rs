//! Frames on their way to the connection of the moment.
//!
//! Invariant: a stop drops also the frame that is just being sent: no further packet of it leaves.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::sync::{mpsc, watch};

use super::stop::StopSwitch;
use crate::{leg, transport::Transport};

/// When nothing follows a frame, its end is sent again after these pauses: a loss at the very end would otherwise stay
/// unnoticed until something changes.
const REPEATS: [Duration; 2] = [Duration::from_millis(60), Duration::from_millis(240)];

/// Sends what comes until there is nothing to come, or the user stops.
pub async fn run(
    mut frames: mpsc::Receiver<Bytes>,
    current: watch::Receiver<Option<Arc<dyn Transport>>>,
    stop: StopSwitch,
) {
    tokio::select! {
        biased;
        () = stop.stopped() => {}
        () = carry(&mut frames, &current) => {}
    }
}

async fn carry(frames: &mut mpsc::Receiver<Bytes>, current: &watch::Receiver<Option<Arc<dyn Transport>>>) {
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
    use renfort_protocol::signalling::Sdp;

    use super::*;
    use crate::{
        session::{Candidate, Channel},
        transport::TransportError,
    };

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

        async fn send_frame(&self, access_unit: Bytes) -> Result<(), TransportError> {
            for byte in access_unit {
                tokio::time::sleep(Duration::from_millis(1)).await;
                self.0.lock().unwrap().push(byte);
            }
            Ok(())
        }

        async fn repeat_tail(&self) {
            self.0.lock().unwrap().push(0);
        }

        async fn request_key_frame(&self) {}

        async fn close(&self) {}
    }

    #[tokio::test]
    async fn nothing_of_a_frame_that_is_being_sent_leaves_after_a_stop() {
        let network = Arc::new(Slow::default());
        let (frames_in, frames) = mpsc::channel(1);
        let (_current, transports) = watch::channel(Some(Arc::clone(&network) as Arc<dyn Transport>));
        let stop = StopSwitch::default();
        let task = tokio::spawn(run(frames, transports, stop.clone()));
        frames_in.send(Bytes::from_static(&[1; 10_000])).await.unwrap();
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
}
