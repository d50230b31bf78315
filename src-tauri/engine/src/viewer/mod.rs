//! The technician's side of a session: shows the picture, sends input.
//!
//! Flow: [`driver`] runs the session's state machine; [`picture`] and the clipboard have a thread each.
//!
//! Invariant: nothing here decides what is allowed; that is the sharer's.

mod driver;
mod inputs;
mod picture;

use std::sync::Arc;

use renfort_protocol::{grant::Grant, time::UnixMillis};
use tokio::sync::mpsc;

use crate::{
    clock::Clock,
    peer::{ViewerCommand, ViewerEvent},
    seal::Seal,
    seams::{Clipboard, ClipboardError, FrameSink, KeyboardLayouts, LayoutsError, Opener, VideoDecoder, VideoError},
    transport::{Connector, IceServer, UpdatePath, WebRtc},
};
use driver::{Driver, Shell};
pub(crate) use picture::CarriedOut;

pub use inputs::{INPUTS, InputSender};

/// What a viewer needs to know.
#[derive(Debug, Clone)]
pub struct ViewerSetup {
    /// What the user allowed.
    pub grant: Grant,
    /// Who is at the other end, and the key of this one.
    pub seal: Seal,
    /// When this machine learned of it, on its own clock.
    pub granted_at: UnixMillis,
    /// Beyond the machines' own addresses; may be empty.
    pub ice_servers: Vec<IceServer>,
}

/// What a viewer needs of the operating system. Decoder and clipboard are opened on the thread that will use them.
pub struct ViewerSeams {
    /// The codec. When it cannot be opened, the session ends.
    pub decoder: Opener<dyn VideoDecoder, VideoError>,
    /// The keyboard's layouts. When they cannot be told, keys go by what they mean.
    pub keyboard: Opener<dyn KeyboardLayouts, LayoutsError>,
    /// Where the picture goes.
    pub sink: Box<dyn FrameSink>,
    /// The clipboard. When it cannot be opened, no texts are exchanged and the rest goes on.
    pub clipboard: Opener<dyn Clipboard, ClipboardError>,
}

/// A running viewer. Dropping its `commands` ends it.
#[derive(Debug)]
pub struct ViewerHandle {
    /// To it.
    pub commands: mpsc::Sender<ViewerCommand>,
    /// From it; [`ViewerEvent::Ended`] is the last. Must be read, or the viewer waits.
    pub events: mpsc::Receiver<ViewerEvent>,
    input: InputSender,
}

impl ViewerHandle {
    /// A short way for input, past the shell's loop.
    #[must_use]
    pub fn input(&self) -> InputSender {
        self.input.clone()
    }
}

/// Starts a viewer. Must be called inside a Tokio runtime.
#[must_use]
pub fn start(setup: ViewerSetup, seams: ViewerSeams, clock: Clock) -> ViewerHandle {
    let connector = WebRtc::new(setup.ice_servers.clone()).with_updates(UpdatePath::Datagrams);
    let connector = Arc::new(connector);
    start_with(setup, seams, clock, connector)
}

/// Starts a viewer on another network than WebRTC's.
#[must_use]
pub fn start_with(setup: ViewerSetup, seams: ViewerSeams, clock: Clock, connector: Arc<dyn Connector>) -> ViewerHandle {
    let (commands, command_inbox) = mpsc::channel(crate::peer::COMMANDS);
    let (outbox, events) = mpsc::channel(crate::peer::EVENTS);
    let (input, input_inbox) = inputs::inputs();
    let shell = Shell {
        commands: command_inbox,
        inputs: input_inbox,
        events: outbox,
    };
    tokio::spawn(Driver::new(setup, seams, clock, connector, shell).run());
    ViewerHandle {
        commands,
        events,
        input,
    }
}
