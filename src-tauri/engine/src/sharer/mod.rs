//! The user's side of a session: captures, encodes and sends the screen; carries out what the grant covers.
//!
//! Flow: [`driver`] runs the session's state machine; [`screen`], [`input`] and the clipboard have a thread each;
//! [`video`] carries frames to the connection of the moment.
//!
//! Invariant: once the [`StopSwitch`] is thrown, or everything was told to rest ([`SharerCommands`]), no input is carried out
//! and no frame sent, whatever else happens.

use std::sync::Arc;

use renfort_protocol::{grant::Grant, policy::Policy};
use tokio::sync::mpsc;

use crate::{
    clock::Clock,
    peer::{Pause, SharerCommand, SharerEvent},
    seal::Seal,
    seams::{
        Clipboard, ClipboardError, InputError, InputSink, KeyboardLayouts, LayoutsError, Opener, ScreenError,
        ScreenSource, VideoEncoder, VideoError,
    },
    transport::{Connector, IceServer, UpdatePath, WebRtc},
};

mod bitrate;
mod driver;
mod input;
mod orders;
mod outlet;
mod pacing;
mod pointer;
mod screen;
mod stop;
mod updates;
mod video;

use driver::Driver;

pub use stop::StopSwitch;
pub(crate) use updates::{Room, UpdateLine};

/// What a sharer needs to know.
#[derive(Debug, Clone)]
pub struct SharerSetup {
    /// What the user allowed.
    pub grant: Grant,
    /// What their organisation lets them allow.
    pub policy: Policy,
    /// Who is at the other end, and the key of this one.
    pub seal: Seal,
    /// Beyond the machines' own addresses; may be empty.
    pub ice_servers: Vec<IceServer>,
}

/// What a sharer needs of the operating system. Each is opened on the thread that will use it.
pub struct SharerSeams {
    /// The screen. When it cannot be opened, the session ends.
    pub screen: Opener<dyn ScreenSource, ScreenError>,
    /// Pointer and keyboard. When they cannot be opened, control is refused and the view goes on.
    pub input: Opener<dyn InputSink, InputError>,
    /// The keyboard's layouts. When they cannot be told, keys go by what they mean.
    pub keyboard: Opener<dyn KeyboardLayouts, LayoutsError>,
    /// The codec. When it cannot be opened, the session ends.
    pub encoder: Opener<dyn VideoEncoder, VideoError>,
    /// The clipboard. When it cannot be opened, no texts are exchanged and the rest goes on.
    pub clipboard: Opener<dyn Clipboard, ClipboardError>,
}

/// A running sharer. Dropping its `commands` ends it as if the user had stopped.
#[derive(Debug)]
pub struct SharerHandle {
    /// To it.
    pub commands: SharerCommands,
    /// From it; [`SharerEvent::Ended`] is the last. Must be read, or the sharer waits.
    pub events: mpsc::Receiver<SharerEvent>,
    stop: StopSwitch,
}

/// The way to a sharer. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SharerCommands {
    queue: mpsc::Sender<SharerCommand>,
    switch: StopSwitch,
}

impl SharerCommands {
    /// Sends without waiting. [`Pause::Everything`] acts at once, as *Stop* does, whatever waits before it: no input is
    /// carried out and no picture handed over after this returns.
    ///
    /// # Errors
    /// When [`crate::peer::COMMANDS`] wait already, or the sharer is over. A pause that could not be sent has begun all the
    /// same, and nothing will end it: such a sharer is to be stopped.
    pub fn try_send(&self, command: SharerCommand) -> Result<(), mpsc::error::TrySendError<SharerCommand>> {
        if matches!(command, SharerCommand::Pause(Pause::Everything)) {
            self.switch.pause();
        }
        self.queue.try_send(command)
    }
}

impl SharerHandle {
    /// Stops at once, on this machine, whatever waits in any channel: no input is carried out and no picture sent
    /// after this returns; what is held is released; then the technician and the log are told.
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// The same, for a shortcut or a window that does not have the handle.
    #[must_use]
    pub fn stop_switch(&self) -> StopSwitch {
        self.stop.clone()
    }
}

/// Starts a sharer. Must be called inside a Tokio runtime.
#[must_use]
pub fn start(setup: SharerSetup, seams: SharerSeams, clock: Clock) -> SharerHandle {
    let connector = WebRtc::new(setup.ice_servers.clone()).with_updates(UpdatePath::Datagrams);
    let connector = Arc::new(connector);
    start_with(setup, seams, clock, connector)
}

/// Starts a sharer on another network than WebRTC's.
#[must_use]
pub fn start_with(setup: SharerSetup, seams: SharerSeams, clock: Clock, connector: Arc<dyn Connector>) -> SharerHandle {
    let (queue, inbox) = mpsc::channel(crate::peer::COMMANDS);
    let (outbox, events) = mpsc::channel(crate::peer::EVENTS);
    let stop = StopSwitch::default();
    tokio::spawn(Driver::new(setup, seams, clock, connector, stop.clone(), inbox, outbox).run());
    let commands = SharerCommands {
        queue,
        switch: stop.clone(),
    };
    SharerHandle { commands, events, stop }
}
