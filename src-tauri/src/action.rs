//! What a person can do in the interface. Every click becomes one of these, and the controller is their only reader.

use renfort_protocol::{
    grant::{Capabilities, Capability},
    ids::TicketId,
    people::Name,
    session::ChatText,
    signalling::Password,
    ticket::{Impact, Language, NoteText, Outcome, Summary, Urgency},
};
use serde::Deserialize;
use ts_rs::TS;

use crate::view::Theme;

/// One deed.
#[derive(Debug, Clone, PartialEq, Deserialize, TS)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Import an organisation file or link given as text.
    ImportOrganisation {
        /// File content or `renfort://import/…`.
        text: String,
    },
    /// Choose an organisation file with the system's dialog.
    ChooseOrganisationFile,
    /// Change the interface's language.
    SetLanguage {
        /// To this.
        language: Language,
    },
    /// Change the interface's colours.
    SetTheme {
        /// To this.
        theme: Theme,
    },
    /// Say who I am.
    SetName {
        /// To be shown to technicians.
        name: Name,
    },
    /// Show the technician's side.
    BeTechnician,
    /// Show the user's side.
    BeUser,
    /// The error was read.
    DismissNotice,
    /// Try the relay again now.
    Reconnect,

    /// User: get help.
    RequestHelp {
        /// In their words.
        summary: Summary,
        /// How many are stuck.
        impact: Impact,
        /// How badly.
        urgency: Urgency,
    },
    /// User: no longer needed.
    CancelTicket,
    /// User: yes or no to the technician.
    AnswerConsent {
        /// Yes or no.
        allow: bool,
        /// What is allowed; of no meaning for a no.
        capabilities: Capabilities,
    },
    /// User: yes or no to more.
    AnswerRequest {
        /// To what.
        capability: Capability,
        /// Yes or no.
        allow: bool,
    },
    /// User: take something back.
    Withdraw {
        /// What.
        capability: Capability,
    },
    /// User: 5 more minutes.
    Extend,
    /// User: stop, now.
    Stop,
    /// User: was it solved?
    Feedback {
        /// Yes or no.
        solved: bool,
    },
    /// User: back to the beginning, without an answer.
    Leave,

    /// Technician: sign in.
    SignIn {
        /// Name.
        login: Name,
        /// Password.
        password: Password,
    },
    /// Technician: sign out.
    SignOut,
    /// Technician: look at a ticket; none to look at none.
    ShowTicket {
        /// Which.
        ticket: Option<TicketId>,
    },
    /// Technician: take it.
    TakeTicket {
        /// Which.
        ticket: TicketId,
    },
    /// Technician: ask the user once more.
    AskAgain,
    /// Technician: take the question back.
    WithdrawQuestion,
    /// Technician: ask for more.
    Request {
        /// What.
        capability: Capability,
    },
    /// Technician: give something back.
    GiveBack {
        /// What.
        capability: Capability,
    },
    /// Technician: append a note to the ticket that is shown.
    AddNote {
        /// The note.
        text: NoteText,
    },
    /// Technician: end the session, but not yet the ticket.
    EndSession,
    /// Technician: done with the ticket.
    WrapUp {
        /// How.
        #[serde(flatten)]
        outcome: Outcome,
        /// For the user.
        message: Option<NoteText>,
        /// For colleagues.
        note: Option<NoteText>,
    },

    /// Either: write to the other.
    Chat {
        /// The text.
        text: ChatText,
    },
}
