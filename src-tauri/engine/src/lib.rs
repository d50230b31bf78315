//! One end of a session, without an operating system: what a sharer may let happen, what a viewer shows, how the two
//! talk. Screens, codecs, input and clipboard come in through the traits of [`seams`]; sockets through [`transport`].
//!
//! Flow: the shell starts a [`sharer`] or a [`viewer`] with its seams and then only exchanges the messages of [`peer`].
//!
//! Invariant: nothing reaches an [`seams::InputSink`] or a clipboard that the [`renfort_protocol::grant::Grant`] of the
//! sharer does not cover at that moment.

mod carrier;
mod clipboard_pump;
pub mod clock;
mod layout_watch;
pub mod leg;
pub mod messages;
pub mod peer;
pub mod seal;
pub mod seams;
pub mod session;
pub mod sharer;
pub mod transport;
pub mod viewer;
