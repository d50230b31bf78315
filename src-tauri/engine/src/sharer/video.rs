//! Frames on their way to the connection of the moment.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::sync::{mpsc, watch};

use super::stop::StopSwitch;
use crate::transport::Transport;

/// When nothing follows a frame, its end is sent again after these pauses: a loss at the very end would otherwise stay
/// unnoticed until something changes.
const REPEATS: [Duration; 2] = [Duration::from_millis(60), Duration::from_millis(240)];

/// Sends what comes until there is nothing to come, or the user stops.
pub async fn run(
    mut frames: mpsc::Receiver<Bytes>,
    current: watch::Receiver<Option<Arc<dyn Transport>>>,
    stop: StopSwitch,
) {
    let mut repeats = REPEATS.len();
    loop {
        let frame = match REPEATS.get(repeats) {
            Some(pause) => tokio::time::timeout(*pause, frames.recv()).await.ok(),
            None => Some(frames.recv().await),
        };
        if stop.is_stopped() {
            return;
        }
        let transport = current.borrow().clone();
        match (frame, transport) {
            (Some(None), _) => return,
            (Some(Some(frame)), Some(transport)) => {
                repeats = 0;
                if let Err(error) = transport.send_frame(frame).await {
                    tracing::debug!(%error, "a frame was not sent");
                }
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
