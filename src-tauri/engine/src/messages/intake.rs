//! The viewer's end.

use std::{
    fmt,
    sync::{Arc, Weak},
    time::Duration,
};

use bytes::Bytes;
use renfort_picture::Sequence;
use tokio::sync::{mpsc, watch};

use super::{Acknowledgement, MessageError, is_newer, read_update};
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
    /// What is to be said.
    acknowledgement: watch::Sender<Acknowledgement>,
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
            acknowledgement: watch::Sender::default(),
        })
    }

    /// Takes the sharer's messages, until there are no more.
    pub async fn run(self: Arc<Self>, messages: mpsc::Receiver<Bytes>, arrived: mpsc::Sender<Arrived>) {
        tokio::select! {
            taken = self.take(messages, &arrived) => if let Err(error) = taken {
                let _gone = arrived.send(Arrived::Broken(error.into())).await;
            },
            () = self.tell() => {}
        }
    }

    async fn take(
        &self,
        mut messages: mpsc::Receiver<Bytes>,
        arrived: &mpsc::Sender<Arrived>,
    ) -> Result<(), MessageError> {
        let mut pictures = Pictures::default();
        while let Some(message) = messages.recv().await {
            let said = pictures.take(message)?;
            self.acknowledgement.send_if_modified(|last| pictures.acknowledge(last));
            for one in said {
                if arrived.send(one).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Says what has come and what was carried out, as soon as it was; of what happens while there is no place for it, the last.
    async fn tell(&self) {
        let mut acknowledgement = self.acknowledgement.subscribe();
        while acknowledgement.changed().await.is_ok() {
            loop {
                let message = acknowledgement.borrow_and_update().encode();
                let Some(transport) = self.transport.upgrade() else {
                    return;
                };
                match transport.send_update_message(message) {
                    Err(TransportError::Full) => tokio::time::sleep(FULL).await,
                    // The connection may be ending.
                    _ => break,
                }
            }
        }
    }
}

/// Which picture messages are about.
#[derive(Default)]
struct Pictures {
    current: u8,
    /// Before the first one, which is 1, there is none.
    has_begun: bool,
    /// How many messages about it have come.
    arrived: u32,
}

impl Pictures {
    /// What a message says.
    fn take(&mut self, message: Bytes) -> Result<Vec<Arrived>, MessageError> {
        let (picture, update) = read_update(message)?;
        let mut said = Vec::new();
        if is_newer(picture, self.current) {
            (self.current, self.has_begun, self.arrived) = (picture, true, 0);
            said.push(Arrived::Anew(picture));
        }
        // Of an older one, it is late.
        if self.has_begun && picture == self.current {
            self.arrived = self.arrived.saturating_add(1);
            said.push(Arrived::Update(update));
        }
        Ok(said)
    }

    /// Brings what is said up to date; false when it is.
    fn acknowledge(&self, said: &mut Acknowledgement) -> bool {
        let arrived = self.arrived;
        if said.picture != self.current {
            *said = Acknowledgement {
                picture: self.current,
                ..Acknowledgement::default()
            };
        }
        std::mem::replace(&mut said.arrived, arrived) != arrived
    }
}

impl CarriedOut for Intake {
    fn carried_out(&self, picture: u8, composed: u32, complete: Sequence) {
        (self.acknowledgement).send_if_modified(|said| carried_out(said, picture, composed, complete));
    }
}

/// Brings what is said up to date; false when it is about another picture: of one that has ended meanwhile, nothing is said.
fn carried_out(said: &mut Acknowledgement, picture: u8, composed: u32, complete: Sequence) -> bool {
    let is_its = said.picture == picture;
    if is_its {
        (said.composed, said.complete) = (composed, complete);
    }
    is_its
}

#[cfg(test)]
mod tests {
    use renfort_picture::Composer;
    use serde_json::Value;

    use super::*;

    fn bytes(hexadecimal: &str) -> Bytes {
        let pairs = (0..hexadecimal.len()).step_by(2).map(|at| &hexadecimal[at..at + 2]);
        pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    }

    /// What a viewer answers to a message; none when it ends the session.
    fn answer(
        pictures: &mut Pictures,
        (composer, composed): &mut (Composer, u32),
        said: &mut Acknowledgement,
        message: Bytes,
    ) -> Option<Value> {
        let before = *said;
        for one in pictures.take(message).ok()? {
            pictures.acknowledge(said);
            match one {
                Arrived::Anew(_) => (*composer, *composed) = (Composer::new(), 0),
                Arrived::Update(update) => {
                    composer.take(&update).ok()?;
                    *composed += 1;
                    assert!(carried_out(said, pictures.current, *composed, composer.complete()));
                    let ended = pictures.current.wrapping_sub(1);
                    assert!(!carried_out(said, ended, 77, 77), "it is over");
                }
                Arrived::Message(_) | Arrived::Broken(_) => return None,
            }
        }
        if *said == before {
            return Some(Value::Null);
        }
        let bytes = said.encode();
        Some(
            bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
                .into(),
        )
    }

    #[test]
    fn messages_are_answered_as_the_shared_vectors_say() {
        let vectors = include_str!("../../../../relay/protocol/vectors/picture-messages.json");
        let vectors: Value = serde_json::from_str(vectors).unwrap();
        let cases = vectors["cases"].as_array().unwrap();
        assert!(cases.len() > 4);
        for case in cases {
            let (mut pictures, mut composer) = (Pictures::default(), (Composer::new(), 0));
            let mut said = Acknowledgement::default();
            for (number, step) in case["steps"].as_array().unwrap().iter().enumerate() {
                let message = bytes(step["message"].as_str().unwrap());
                let answer = answer(&mut pictures, &mut composer, &mut said, message);
                let refused = step.get("refused").is_some();
                assert_eq!(answer.is_none(), refused, "{}, step {number}", case["name"]);
                if let Some(answer) = answer {
                    assert_eq!(answer, step["answer"], "{}, step {number}", case["name"]);
                }
            }
        }
    }
}
