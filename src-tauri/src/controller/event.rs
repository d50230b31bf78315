//! Everything that can happen to the controller, and everything that it can make happen.

use renfort_engine::{
    peer::{SharerCommand, SharerEvent, ViewerCommand, ViewerEvent},
    seal::Seal,
};
use renfort_protocol::{
    card::SignedRevocations,
    error::WireError,
    grant::Grant,
    ids::{RequestId, SessionId, Token},
    organisation::OrganisationFile,
    people::Name,
    policy::Policy,
    signalling::{Identity, Request},
    ticket::{Language, Summary},
    time::UnixMillis,
};

use crate::{
    action::Action,
    relay_link::{LinkEvent, Target},
    store::{KnownTechnicians, Settings},
    view::View,
};

/// What happened. Closed: nothing else reaches the controller.
#[derive(Debug)]
pub enum Event {
    /// A person did something.
    Act(Action),
    /// The connection to the relay, with the epoch of its target.
    Link(u32, LinkEvent),
    /// The sharer of a session.
    Sharer(SessionId, SharerEvent),
    /// The viewer of a session.
    Viewer(SessionId, ViewerEvent),
    /// The content of an organisation file, or a link, that the person chose in this program or its command line.
    Import(Vec<u8>),
    /// A link that the desktop passed on: from a web page, a message, anybody.
    Offered(Vec<u8>),
    /// Something on this machine went wrong.
    Fault(WireError),
    /// The dialog for a receipt was answered: saved under this name, given up, or in vain.
    ReceiptSaved(Result<Option<String>, WireError>),
    /// The stop shortcut; what it stops has stopped already.
    StopShortcut,
    /// The window's close button.
    CloseRequested,
    /// The program is asked to end.
    Quit,
    /// Time has passed; a few times a second.
    Tick,
}

/// What the controller needs to know beside the event itself.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Now.
    pub at: UnixMillis,
    /// A number never used before.
    pub fresh: RequestId,
    /// 256 random bits; none when the system gives none.
    pub random: Option<[u8; 32]>,
}

/// What is to be done. Carried out in order.
#[derive(Debug)]
pub enum Effect {
    /// Connect to the relay, leaving any other connection.
    Connect(Target),
    /// At the next hello, say this.
    Identify {
        /// Who connects.
        identity: Identity,
        /// Language of the interface.
        language: Language,
    },
    /// Leave the relay.
    Disconnect,
    /// Try the relay now.
    RetryNow,
    /// To the relay.
    Send(Request),
    /// Start sharing the screen.
    StartSharer {
        /// The session.
        session: SessionId,
        /// What the user allowed.
        grant: Grant,
        /// What the organisation lets them allow.
        policy: Policy,
        /// Who is at the other end.
        seal: Seal,
    },
    /// To the sharer of this session, when it is still there.
    ToSharer(SessionId, SharerCommand),
    /// Stop sharing, at once.
    StopSharer,
    /// Start showing the user's screen.
    StartViewer {
        /// The session.
        session: SessionId,
        /// What the user allowed, as their machine signed it.
        grant: Grant,
        /// Who is at the other end.
        seal: Seal,
    },
    /// To the viewer of this session, when it is still there.
    ToViewer(SessionId, ViewerCommand),
    /// The window that is always on top.
    ShowBanner(bool),
    /// Bring the window to the front.
    Raise,
    /// Put the window away, but go on.
    PutAway,
    /// The window belongs to the technician (true) or to the user now.
    Side {
        /// A technician's workbench.
        technician: bool,
    },
    /// The tray's labels are to be in this language.
    Relabel(Language),
    /// A notification of the desktop.
    Notify(Notification),
    /// Ask for an organisation file with the system's dialog; [`Event::Import`] follows.
    ChooseFile,
    /// Ask with the system's dialog where to save a receipt, and save it; [`Event::ReceiptSaved`] follows.
    SaveReceipt {
        /// A good name for the file.
        name: String,
        /// The page.
        page: String,
    },
    /// Keep the settings.
    SaveSettings(Settings),
    /// Keep who was allowed before.
    SaveKnown(KnownTechnicians),
    /// Keep the organisation.
    SaveOrganisation(Box<OrganisationFile>),
    /// Keep the list of revoked cards.
    SaveRevocations(Box<SignedRevocations>),
    /// Keep the token, or forget it.
    SaveToken(Option<Token>),
    /// Show this.
    Emit(Box<View>),
    /// End the program.
    Exit,
}

/// What the desktop is asked to tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Notification {
    /// To a technician: a ticket came.
    NewTicket(Summary),
    /// To a user: a technician wants to see the screen.
    Asked(Name),
}
