//! What a person can do in the interface. Every click becomes one of these, and the controller is their only reader.

use renfort_protocol::{
    article::{ArticleBody, ArticleTitle},
    code::CodeSecret,
    grant::{Capabilities, Capability},
    ids::{ArticleId, TicketId},
    keyboard::TypedText,
    people::Name,
    second_factor::SecondFactorCode,
    session::ChatText,
    signalling::Password,
    ticket::{AbuseText, Impact, Language, NoteText, Outcome, Summary, Urgency},
};
use serde::Deserialize;
use ts_rs::TS;

use crate::view::{KeyModeChoice, Theme};

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
    /// Yes or no to the organisation that a link offers.
    AnswerOffer {
        /// Yes or no.
        accept: bool,
    },
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

    /// User: the sentence as it is being written.
    Suggest {
        /// What is written so far; none when that is too little.
        text: Option<Summary>,
    },
    /// User: read an article.
    ReadArticle {
        /// Which.
        article: ArticleId,
    },
    /// User: back to the sentence, which is kept.
    CloseArticle,
    /// User: the article that is read solved it.
    ArticleSolved,
    /// User: it did not, after all.
    NotSolvedAfterAll,
    /// User: the thanks were read.
    LeaveThanks,
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
    /// User: show a code for a technician on the telephone.
    ShowCode {
        /// Of the ticket that is opened for it, when the person has none.
        summary: Summary,
    },
    /// User: the code is no longer wanted.
    HideCode,
    /// User: yes or no to the technician.
    AnswerConsent {
        /// Yes or no.
        allow: bool,
        /// What is allowed; of no meaning for a no.
        capabilities: Capabilities,
        /// For how long, in milliseconds; of no meaning for a no.
        time_box_ms: u64,
    },
    /// User: yes or no to more.
    AnswerRequest {
        /// To what.
        capability: Capability,
        /// Yes or no.
        allow: bool,
        /// Together with control: may copied texts be exchanged, too? Of no meaning otherwise.
        clipboard: bool,
    },
    /// User: allow something without being asked.
    Allow {
        /// What.
        capability: Capability,
    },
    /// User: think about reporting this session, or the last one, as abuse. Until they are done, the technician sees and does
    /// nothing.
    ConsiderReport,
    /// User: no report after all.
    DropReport,
    /// The window, by itself: it was painted without the dialog of a report ([`crate::view::ReportView::Closed`]).
    ReportGone,
    /// User: the session that they thought about was abuse.
    ReportAbuse {
        /// In their words.
        sentence: Option<AbuseText>,
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
    /// User: save the receipt of the session that is over.
    SaveReceipt {
        /// Minutes by which the person's clock is before UTC.
        utc_offset: i16,
    },

    /// Technician: sign in.
    SignIn {
        /// Name.
        login: Name,
        /// Password.
        password: Password,
        /// The code of the second factor, once it was asked for.
        #[serde(default)]
        #[ts(optional)]
        second_factor: Option<SecondFactorCode>,
    },
    /// Technician: ask the organisation for a card for this device, once more.
    RequestCard,
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
    /// Technician: take the ticket of a user who read a code out.
    TakeByCode {
        /// The code's first part.
        ticket: TicketId,
        /// The code's second part.
        secret: CodeSecret,
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
    /// Technician: choose how keys are sent, for this session.
    ChooseKeyMode {
        /// By themselves, or so.
        choice: KeyModeChoice,
    },
    /// Technician: type this on the user's machine.
    TypeText {
        /// The text.
        text: TypedText,
    },
    /// Technician: type no more of it; once it is typed, its progress was read.
    StopTyping,
    /// Technician: append a note to the ticket that is shown.
    AddNote {
        /// The note.
        text: NoteText,
    },
    /// Technician: look for a canned reply.
    ShowReplies,
    /// Technician: no longer.
    HideReplies,
    /// Technician: keep a draft article made of the ticket in hand.
    DraftArticle {
        /// In this language.
        language: Language,
        /// Title.
        title: ArticleTitle,
        /// Markdown.
        body: ArticleBody,
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
