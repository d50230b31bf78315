//! The picture on its way, without codecs, network or operating system: what changed becomes updates
//! ([`exact`]: pixels, lossless; copies of what is there already), and updates become the same picture elsewhere.
//!
//! Flow: a captured [`Picture`] and its damage -> planner -> [`wire::Update`] as bytes -> [`carriage`] -> composer -> a
//! [`Picture`].
//!
//! Invariant: however updates are delayed or doubled on their way, once all are there both pictures are alike, but
//! where video was painted last; and no pixel ever goes back to what it was before.

pub mod carriage;
mod composer;
pub mod exact;
pub mod motion;
mod pixels;
mod planner;
pub mod wire;

pub use composer::{ComposeError, Composed, Composer, MAX_AHEAD, MAX_WAITING_BYTES, MAX_WAITING_PIXELS};
pub use pixels::{COLOUR, Memory, Picture, PixelFormat, Rect, Size};
pub use planner::{Means, Outgoing, Plan, Planned, Planner, TooLarge};
pub use wire::Sequence;
