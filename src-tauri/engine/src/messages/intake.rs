//! The viewer's end.

use std::{
    fmt,
    sync::{Arc, Weak},
    time::Duration,
};

use bytes::Bytes;
use renfort_picture::Sequence;
use tokio::sync::{mpsc, watch};

use super::{MessageError, acknowledgement, is_newer, read_update};
use crate::{
    carrier::Arrived,
    transport::{Transport, TransportError},
    viewer::CarriedOut,
};

/// While the transport has no place for an acknowledgement, it is looked after so often.
const FULL: Duration = Duration::from_millis(2);

/// Takes updates of one connection, and says what was carried out.
pub struct Intake {
    transport: Weak<dyn Transport>,
    /// Of this picture, up to this update.
    carried_out: watch::Sender<(u8, Sequence)>,
}

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intake").finish_non_exhaustive()
    }
}

impl Intake {
    /// Before the picture begins.
    pub fn new(transport: &Arc<dyn Transport>) -> Arc<Self> {
        Arc::new(Self {
            transport: Arc::downgrade(transport),
            carried_out: watch::Sender::new((0, 0)),
        })
    }

    /// Takes the sharer's messages, until there are no more.
    pub async fn run(self: Arc<Self>, messages: mpsc::Receiver<Bytes>, arrived: mpsc::Sender<Arrived>) {
        tokio::select! {
            taken = Self::take(messages, &arrived) => if let Err(error) = taken {
                let _gone = arrived.send(Arrived::Broken(error.into())).await;
            },
            () = self.tell() => {}
        }
    }

    async fn take(mut messages: mpsc::Receiver<Bytes>, arrived: &mpsc::Sender<Arrived>) -> Result<(), MessageError> {
        // None has begun; the first one is 1.
        let (mut current, mut begun) = (0, false);
        while let Some(message) = messages.recv().await {
            let (picture, update) = read_update(message)?;
            if is_newer(picture, current) {
                (current, begun) = (picture, true);
                let _gone = arrived.send(Arrived::Anew(picture)).await;
            }
            // Of an older one, it is late.
            if begun && picture == current && arrived.send(Arrived::Update(update)).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Says what was carried out, as soon as it was; of what happens while there is no place for it, the last.
    async fn tell(&self) {
        let mut carried_out = self.carried_out.subscribe();
        while carried_out.changed().await.is_ok() {
            loop {
                let (picture, complete) = *carried_out.borrow_and_update();
                let Some(transport) = self.transport.upgrade() else {
                    return;
                };
                match transport.send_update_message(acknowledgement(picture, complete)) {
                    Err(TransportError::Full) => tokio::time::sleep(FULL).await,
                    // The connection may be ending.
                    _ => break,
                }
            }
        }
    }
}

impl CarriedOut for Intake {
    fn carried_out(&self, picture: u8, complete: Sequence) {
        self.carried_out.send_replace((picture, complete));
    }
}
