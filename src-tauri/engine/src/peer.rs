//! What the shell and a running sharer or viewer say to each other. Bounded channels both ways, see
//! [`COMMANDS`] and [`EVENTS`].

use renfort_protocol::{
    error::WireError,
    grant::{Capability, Grant},
    input::InputEvent,
    keyboard::{KeyboardLayout, TypedText, Typing},
    report::{InputDenied, ReportedEvent, Withdrawn},
    session::ChatText,
    signalling::{EndReason, Signal},
    time::UnixMillis,
};

use crate::seams::Cursor;

/// Commands that wait for a peer; when full, the shell waits: nothing that a person did is dropped.
pub const COMMANDS: usize = 256;
/// Events that wait for the shell; when full, the peer waits.
pub const EVENTS: usize = 256;

/// What rests because of what is open on the user's screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pause {
    /// Nothing is open, and nothing rests.
    #[default]
    Nothing,
    /// A question: no remote hand answers it.
    Control,
    /// Something that is not for the technician's eyes: they see nothing and do nothing. Begins and ends as the user's switch
    /// *View* does, off and on again, so that it says nothing of its reason: what was seen before is seen again afterwards,
    /// and the rest stays taken back.
    Everything,
}

/// From the user's shell to the sharer.
#[derive(Debug)]
pub enum SharerCommand {
    /// From the viewer, by way of the relay.
    Signal(Signal),
    /// The user's answer to [`SharerEvent::Requested`].
    Answer {
        /// To which request.
        capability: Capability,
        /// Yes or no.
        allow: bool,
        /// Together with control: may copied texts be exchanged, too? Of no meaning otherwise.
        clipboard: bool,
    },
    /// The user allows something without being asked.
    Allow(Capability),
    /// The user takes something back.
    Withdraw(Capability),
    /// "5 more minutes".
    Extend,
    /// What rests while something is open on the user's screen. [`Pause::Everything`] takes effect before anything that waits
    /// in the channel: see `SharerCommands::try_send`.
    Pause(Pause),
    /// The user writes to the technician.
    Chat(ChatText),
    /// Stop, now. Takes effect before anything that waits in the channel: see `SharerHandle::stop`.
    Stop,
    /// The session ended elsewhere (the relay says so).
    End(EndReason),
}

/// From the sharer to the user's shell.
#[derive(Debug, Clone, PartialEq)]
pub enum SharerEvent {
    /// To the viewer, by way of the relay.
    Signal(Signal),
    /// To the relay's log.
    Report {
        /// When.
        at: UnixMillis,
        /// What.
        event: ReportedEvent,
    },
    /// The peers are connected.
    Connected,
    /// The technician asks for more; the shell shows the question and answers with [`SharerCommand::Answer`].
    Requested {
        /// For what.
        capability: Capability,
        /// Without an answer by then it counts as refused; [`SharerEvent::RequestClosed`] follows.
        answer_by: UnixMillis,
    },
    /// The question is no longer open (answered, timed out, taken back).
    RequestClosed(Capability),
    /// What is allowed now.
    Granted(Grant),
    /// The technician wrote.
    Chat(ChatText),
    /// The technician put a text of so many characters into the clipboard.
    ClipboardReceived {
        /// Characters.
        characters: usize,
    },
    /// The technician received a text of so many characters from the clipboard.
    ClipboardSent {
        /// Characters.
        characters: usize,
    },
    /// A copied text was too long to be passed on.
    ClipboardTooLong {
        /// The user copied it (true), or the technician.
        here: bool,
        /// Characters.
        characters: usize,
    },
    /// The technician's side was not heard for a while (true), or is heard again.
    PeerLost(bool),
    /// It is over; the last event.
    Ended {
        /// Why.
        reason: EndReason,
        /// When it went wrong.
        error: Option<WireError>,
    },
}

/// From the technician's shell to the viewer.
#[derive(Debug)]
pub enum ViewerCommand {
    /// From the sharer, by way of the relay.
    Signal(Signal),
    /// Ask for more.
    Request(Capability),
    /// Give something back.
    GiveBack(Capability),
    /// Input.
    Input(InputEvent),
    /// Have this typed on the user's machine; [`ViewerEvent::Typing`] follows. Ignored while another text is.
    Type(TypedText),
    /// Type no more of it.
    StopTyping,
    /// Write to the user.
    Chat(ChatText),
    /// Leave; the session's end was told to the relay.
    End(EndReason),
}

/// From the viewer to the technician's shell.
#[derive(Debug, Clone, PartialEq)]
pub enum ViewerEvent {
    /// To the sharer, by way of the relay.
    Signal(Signal),
    /// To the relay's log.
    Report {
        /// When.
        at: UnixMillis,
        /// What.
        event: ReportedEvent,
    },
    /// The peers are connected.
    Connected,
    /// What is allowed now, its end translated to this machine's clock.
    Granted(Grant),
    /// A request was refused.
    Refused {
        /// Which.
        capability: Capability,
        /// There was no answer.
        timed_out: bool,
    },
    /// It is no longer allowed.
    Withdrawn {
        /// What.
        capability: Capability,
        /// Why.
        reason: Withdrawn,
    },
    /// Size of the shared screen, in pixels.
    Screen {
        /// Width.
        width: u16,
        /// Height.
        height: u16,
    },
    /// Layout of the user's keyboard; none when it is not known.
    Keyboard(Option<KeyboardLayout>),
    /// Layout of the technician's keyboard; none when it is not known.
    OwnKeyboard(Option<KeyboardLayout>),
    /// How far a text is that is typed on the user's machine.
    Typing(Typing),
    /// Where the user's pointer is.
    Pointer {
        /// From the left.
        x: u16,
        /// From the top.
        y: u16,
    },
    /// What the user's pointer looks like.
    Cursor(Cursor),
    /// Input was not carried out.
    InputDenied(InputDenied),
    /// The user wrote.
    Chat(ChatText),
    /// A text of so many characters came from the user's clipboard.
    ClipboardReceived {
        /// Characters.
        characters: usize,
    },
    /// A text of so many characters went to the user's clipboard.
    ClipboardSent {
        /// Characters.
        characters: usize,
    },
    /// A copied text was too long to be passed on.
    ClipboardTooLong {
        /// The technician copied it (true), or the user.
        here: bool,
        /// Characters.
        characters: usize,
    },
    /// The user's side was not heard for a while (true), or is heard again.
    PeerLost(bool),
    /// It is over; the last event.
    Ended {
        /// Why.
        reason: EndReason,
        /// When it went wrong.
        error: Option<WireError>,
    },
}
