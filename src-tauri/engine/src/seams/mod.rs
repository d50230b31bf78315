//! What an operating system has to offer, one trait each. Every implementation passes the conformance suite of its seam.

mod clipboard;
mod frame_sink;
mod input_sink;
mod keyboard_layouts;
mod screen_source;
mod video;

pub use clipboard::{Clipboard, ClipboardError};
pub use frame_sink::FrameSink;
pub use input_sink::{InputError, InputSink};
pub use keyboard_layouts::{KeyboardLayouts, LayoutsError};
pub use renfort_picture::{Memory, Picture, PixelFormat, Rect, Size};
pub use screen_source::{Change, Cursor, ScreenError, ScreenSource};
pub use video::{EncodedFrame, VideoDecoder, VideoEncoder, VideoError};

/// Opens a seam on the thread that will use it.
pub type Opener<T, E> = Box<dyn FnOnce() -> Result<Box<T>, E> + Send>;
