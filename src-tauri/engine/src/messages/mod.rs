//! Updates of the picture as messages of a reliable, unordered channel, for a viewer that takes no datagrams: a browser.
//!
//! Flow: at the sharer's, [`MessageLine`] takes updates as [`flow`] has room for them, and hears what has come and what was carried out; at the
//! viewer's, [`Intake`] gives them to whoever composes.
//!
//! Each message begins with one byte that says which picture it is about, as datagrams do: what is late of one that was before
//! the user hid the screen is not shown after it.
//!
//! Invariant: what the channel holds is bounded by what the viewer has acknowledged, so that what is new does not wait behind
//! what is old.

mod composing;
mod flow;
mod intake;
mod line;

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use renfort_picture::Sequence;

pub use flow::Flow;
pub(crate) use intake::Intake;
pub(crate) use line::MessageLine;

/// A message that no honest peer sends. The session is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// It says nothing, or not which picture it is about.
    #[error("a message is empty")]
    Empty,
    /// It is no acknowledgement.
    #[error("an acknowledgement is of the wrong length")]
    Length,
    /// It says that an update has come that was not sent, or is composed that has not come, or was carried out that is not composed.
    #[error("an update is acknowledged that was never sent, or before it can have come")]
    Never,
}

/// A message to the viewer.
fn with_update(picture: u8, update: &[u8]) -> Bytes {
    let mut message = BytesMut::with_capacity(1 + update.len());
    message.put_u8(picture);
    message.put_slice(update);
    message.freeze()
}

/// A message to the viewer, as it is read: which picture, and an update, which may be none.
fn read_update(mut message: Bytes) -> Result<(u8, Bytes), MessageError> {
    let picture = *message.first().ok_or(MessageError::Empty)?;
    Ok((picture, message.split_off(1)))
}

/// A message to the sharer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Acknowledgement {
    /// Which picture this is about.
    pub picture: u8,
    /// So many messages about this picture have come.
    pub arrived: u32,
    /// So many of them are composed: carried out, or waiting for an update that has not come.
    pub composed: u32,
    /// Every update up to this one has been carried out.
    pub complete: Sequence,
}

impl Acknowledgement {
    /// As it is sent.
    #[must_use]
    pub fn encode(self) -> Bytes {
        let mut message = BytesMut::with_capacity(13);
        message.put_u8(self.picture);
        message.put_u32(self.arrived);
        message.put_u32(self.composed);
        message.put_u32(self.complete);
        message.freeze()
    }

    /// As it came.
    ///
    /// # Errors
    /// When it is of any other length.
    pub fn read(message: &[u8]) -> Result<Self, MessageError> {
        let (&picture, counts) = message.split_first().ok_or(MessageError::Empty)?;
        let mut counts: &[u8] = <&[u8; 12]>::try_from(counts).map_err(|_| MessageError::Length)?;
        Ok(Self {
            picture,
            arrived: counts.get_u32(),
            composed: counts.get_u32(),
            complete: counts.get_u32(),
        })
    }
}

/// Does the first of two pictures come after the other? They are counted modulo 256.
const fn is_newer(picture: u8, than: u8) -> bool {
    picture.wrapping_sub(than).cast_signed() > 0
}
