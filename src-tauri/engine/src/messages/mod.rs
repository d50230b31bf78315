//! Updates of the picture as messages of a reliable, unordered channel, for a viewer that takes no datagrams: a browser.
//!
//! Flow: at the sharer's, [`MessageLine`] takes updates as [`flow`] has room for them, and hears what was carried out; at the
//! viewer's, [`Intake`] gives them to whoever composes.
//!
//! Each message begins with one byte that says which picture it is about, as datagrams do: what is late of one that was before
//! the user hid the screen is not shown after it.
//!
//! Invariant: what the channel holds is bounded by what the viewer has acknowledged, so that what is new does not wait behind
//! what is old.

mod flow;
mod intake;
mod line;

use bytes::{BufMut as _, Bytes, BytesMut};
use renfort_picture::Sequence;

pub use intake::Intake;
pub use line::MessageLine;

/// A message that no honest peer sends. The session is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// It says nothing, or not which picture it is about.
    #[error("a message is empty")]
    Empty,
    /// It is no acknowledgement.
    #[error("an acknowledgement is of the wrong length")]
    Length,
    /// It says that an update was carried out that was not sent.
    #[error("an update was carried out that was never sent")]
    NeverSent,
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

/// A message to the sharer: of this picture, every update up to this one has been carried out.
fn acknowledgement(picture: u8, complete: Sequence) -> Bytes {
    let mut message = BytesMut::with_capacity(1 + size_of::<Sequence>());
    message.put_u8(picture);
    message.put_u32(complete);
    message.freeze()
}

fn read_acknowledgement(message: &[u8]) -> Result<(u8, Sequence), MessageError> {
    let (&picture, complete) = message.split_first().ok_or(MessageError::Empty)?;
    let complete = complete.try_into().map_err(|_| MessageError::Length)?;
    Ok((picture, Sequence::from_be_bytes(complete)))
}

/// Does the first of two pictures come after the other? They are counted modulo 256.
const fn is_newer(picture: u8, than: u8) -> bool {
    picture.wrapping_sub(than).cast_signed() > 0
}
