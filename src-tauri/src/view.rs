//! What the interface shows: one value, made anew by the controller at every change and sent whole. The interface is a
//! function of it and keeps nothing of its own but what is being typed.

use renfort_protocol::{
    article::{ShownArticle, Suggestion},
    card::CardFault,
    code::CodeSecret,
    error::WireError,
    grant::{Capabilities, Capability, Grant},
    ids::TicketId,
    keyboard::{KeyboardLayout, Typing},
    people::{Name, Person, Stated, Technician},
    reply::CannedReply,
    signalling::{EndReason, SessionInfo},
    ticket::{Language, Left, QueueEntry, Summary, TicketDetail, UserTicket},
    time::UnixMillis,
    words::Words,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything that is on screen, in every window of the app.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct View {
    /// Language of the interface.
    pub language: Language,
    /// Colours of the interface.
    pub theme: Theme,
    /// The program's version.
    pub version: String,
    /// Whom this installation belongs to; none before the organisation file was imported.
    pub organisation: Option<OrganisationView>,
    /// The connection to the relay.
    pub link: Link,
    /// Something went wrong; shown until dismissed.
    pub notice: Option<Notice>,
    /// A link from outside would set this program up; shown until answered.
    pub offer: Option<OfferView>,
    /// A report of abuse that the person thinks about, whatever page lies below.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub report: Option<ReportView>,
    /// Who this person says they are.
    pub stated: Stated,
    /// Which side is shown, and where it stands.
    pub side: Side,
}

/// The two sides of the app.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "role", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one view at a time")]
pub enum Side {
    /// Someone who may need help.
    User {
        /// Where they stand.
        #[serde(flatten)]
        page: UserPage,
    },
    /// Someone who helps.
    Technician {
        /// Where they stand.
        #[serde(flatten)]
        page: TechnicianPage,
    },
}

/// Colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the desktop has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// The pinned organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OrganisationView {
    /// Its name.
    pub name: String,
    /// The relay that is used.
    pub relay: String,
    /// Does it let anybody in by a code?
    pub codes: bool,
}

/// An organisation that a link offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OfferView {
    /// Its name.
    pub name: String,
    /// The relay that would be used.
    pub relay: String,
    /// Name of the organisation that it would take the place of; none when there is none.
    pub replaces: Option<String>,
}

/// A report of abuse before it is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum ReportView {
    /// Its dialog is shown until they are done with it.
    Considered {
        /// Whom it is about.
        technician: Name,
        /// Their session is on; it would end.
        running: bool,
    },
    /// They are. Everything rests until the window says that it was painted without the dialog
    /// ([`crate::action::Action::ReportGone`]).
    Closed,
}

/// The connection to the relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "link", rename_all = "snake_case")]
pub enum Link {
    /// No organisation, or nobody signed in: nothing to connect for.
    Idle,
    /// On its way.
    Connecting,
    /// Connected.
    Online,
    /// Not reachable; tried again by itself.
    Offline {
        /// Why.
        error: WireError,
        /// Next attempt.
        retry_at: UnixMillis,
    },
}

/// An error to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Notice {
    /// Grows with each, so that the same error twice is two.
    pub id: u32,
    /// What went wrong.
    pub error: WireError,
}

/// Where a user stands.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "page", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one view at a time")]
pub enum UserPage {
    /// *Get help*.
    Home {
        /// The request is on its way.
        busy: bool,
        /// Articles that may do instead; none when there are none.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        help: Option<HelpView>,
    },
    /// In the queue, or between two sessions of a ticket that a technician has.
    Waiting {
        /// The ticket.
        ticket: UserTicket,
        /// The user reported the last session as abuse.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        abuse_reported: bool,
        /// The receipt of the last session, to save.
        #[serde(skip_serializing_if = "ReceiptView::is_none")]
        #[ts(optional, as = "Option<ReceiptView>")]
        receipt: ReceiptView,
        /// The code for a technician on the telephone, when the person asked for one.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        code: Option<CodeView>,
    },
    /// A technician wants to see the screen.
    Consent {
        /// The ticket.
        ticket: UserTicket,
        /// Who, and what they ask.
        session: SessionInfo,
        /// The answer is on its way.
        busy: bool,
        /// What can be chosen.
        choices: ConsentChoices,
        /// What the person should think of before they allow anything.
        warnings: Vec<ConsentWarning>,
        /// Because of the warnings *Allow* works only from then on.
        allow_from: Option<UnixMillis>,
        /// The words on both screens.
        words: Option<Words>,
        /// The technician's card is good until then; none when they came with a code, so that their name is only what they
        /// and the relay say.
        card_until: Option<UnixMillis>,
    },
    /// A session is on.
    Session {
        /// The ticket.
        ticket: UserTicket,
        /// Who helps.
        technician: Technician,
        /// They came with a code: their name is only what they and the relay say.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        by_code: bool,
        /// The words on both screens.
        words: Option<Words>,
        /// What is allowed.
        grant: Grant,
        /// What the organisation does not let the user allow.
        forbidden: Capabilities,
        /// No extension goes beyond this; none when there is no such end.
        latest: Option<UnixMillis>,
        /// Are the two machines connected?
        connected: bool,
        /// The technician's side is not heard.
        peer_lost: bool,
        /// The technician asks for more.
        question: Option<Question>,
        /// What was written, oldest first.
        chat: Vec<ChatLine>,
        /// The last texts that went through the clipboard, newest last, at most 5.
        clipboard: Vec<ClipboardLine>,
    },
    /// It is over, or the ticket was withdrawn after a session: what was done, and was it solved?
    Finished {
        /// The ticket with its receipt.
        ticket: UserTicket,
        /// The user reported the last session as abuse.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        abuse_reported: bool,
        /// The answer is on its way.
        busy: bool,
        /// The receipt to save.
        receipt: ReceiptView,
    },
}

/// Why a person should think twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConsentWarning {
    /// This technician was never allowed before.
    FirstTime,
    /// The technician showed no card, only that they know the code.
    NotVerified,
    /// The person asked for no help themselves with this ticket.
    NotAskedFor,
}

/// The code that a user reads out to a technician.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CodeView {
    /// It is good.
    Shown {
        /// Its second part; the first is the ticket's number.
        secret: CodeSecret,
        /// Until then.
        until: UnixMillis,
        /// How often it can still be tried.
        left: u8,
    },
    /// Its time is over.
    Expired,
    /// It was tried too often and was wrong.
    Spent,
}

/// Where the receipt of a session stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ReceiptView {
    /// There is none: nobody saw the screen.
    None,
    /// It can be saved.
    Ready,
    /// It is being made, or the person is choosing where it goes.
    Busy,
    /// It was saved, and can be saved again.
    Saved {
        /// The file's name.
        file: String,
    },
}

impl ReceiptView {
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// What a user can choose when a technician wants in. Seeing is what the session is: it is no choice beside yes and no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ConsentChoices {
    /// What can be allowed beside seeing.
    pub capabilities: Capabilities,
    /// What the organisation does not let them allow.
    pub forbidden: Capabilities,
    /// For how long, in milliseconds, growing; at least one.
    pub time_boxes_ms: Vec<u64>,
    /// The one that is chosen before they choose.
    pub time_box_ms: u64,
}

/// Help before the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HelpView {
    /// Articles that may answer what is being written, best first.
    pub suggestions: Vec<Suggestion>,
    /// The one that is read.
    pub article: Option<ShownArticle>,
    /// One of them solved it.
    pub solved: bool,
}

/// A question during a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Question {
    /// For what.
    pub capability: Capability,
    /// No answer by then is a refusal.
    pub answer_by: UnixMillis,
}

/// A line of chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ChatLine {
    /// Grows.
    pub id: u32,
    /// Written here, or there?
    pub mine: bool,
    /// When.
    pub at: UnixMillis,
    /// The text.
    pub text: String,
}

/// A copied text that went to the other side, or was to go there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ClipboardLine {
    /// When.
    pub at: UnixMillis,
    /// To the technician (true), or from them?
    pub to_technician: bool,
    /// Its length in characters.
    pub characters: u32,
    /// False when it was too long, and not passed on.
    pub passed: bool,
}

/// Where a technician stands.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "page", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one view at a time")]
pub enum TechnicianPage {
    /// Name and password.
    SignIn {
        /// On its way.
        busy: bool,
        /// The name that signed in last.
        login: Option<String>,
        /// The password was right, and the code of the second factor is asked for.
        second_factor: bool,
    },
    /// The queue.
    Queue {
        /// Who is signed in.
        person: Person,
        /// The card of this device.
        card: CardView,
        /// In order of work: priority, then age.
        tickets: Vec<QueueEntry>,
        /// The ticket that is looked at.
        detail: Option<Box<TicketDetail>>,
        /// The ticket that was looked at until it left the queue.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        gone: Option<GoneTicket>,
        /// A request (take, note) is on its way.
        busy: bool,
    },
    /// A ticket of mine: asking, in session, or to be wrapped up.
    Ticket {
        /// Who is signed in.
        person: Person,
        /// The card of this device.
        card: CardView,
        /// The ticket.
        detail: Box<TicketDetail>,
        /// How many others wait.
        waiting: u32,
        /// Where the session stands.
        session: TechnicianSession,
        /// Canned replies, while they are looked for.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        replies: Option<Vec<CannedReply>>,
        /// A draft article was made of this ticket and is kept.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        drafted: bool,
        /// A request (ask again, note, draft, wrap-up) is on its way.
        busy: bool,
    },
}

/// A technician's card, as far as it concerns its holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "card", rename_all = "snake_case")]
pub enum CardView {
    /// Good.
    Good {
        /// Until then.
        until: UnixMillis,
    },
    /// Good, but not for long.
    Expiring {
        /// Until then.
        until: UnixMillis,
    },
    /// There is no good one: nobody can be asked.
    Needed {
        /// Why.
        fault: CardFault,
        /// What the organisation must see when it signs: the beginning of this device's key.
        fingerprint: String,
        /// The relay keeps our request.
        requested: bool,
    },
}

/// A ticket that left the queue while it was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct GoneTicket {
    /// Its number.
    pub id: TicketId,
    /// What it asks.
    pub summary: Summary,
    /// Where it went.
    pub why: Left,
}

/// Where a technician's session stands.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "stage", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one view at a time")]
pub enum TechnicianSession {
    /// The user is looking at the question.
    Asking {
        /// The relay stops waiting then.
        answer_by: UnixMillis,
        /// The words on both screens; none before the user's machine has answered.
        words: Option<Words>,
    },
    /// The user said yes.
    Open {
        /// What is allowed, on this machine's clock.
        grant: Grant,
        /// The words on both screens.
        words: Option<Words>,
        /// Are the two machines connected?
        connected: bool,
        /// The user's side is not heard.
        peer_lost: bool,
        /// The shared screen; none before the first picture.
        screen: Option<ScreenView>,
        /// Both keyboards.
        keyboard: KeyboardView,
        /// The text that is typed on the user's machine, or was until it is dismissed.
        typing: Option<Typing>,
        /// What was asked of the user and is not answered yet.
        requested: Capabilities,
        /// The last answer, or why something is no longer allowed or was not carried out.
        remark: Option<Remark>,
        /// What was written, oldest first.
        chat: Vec<ChatLine>,
        /// The last texts that went through the clipboard, newest last, at most 5.
        clipboard: Vec<ClipboardLine>,
    },
    /// There is none, or no longer one.
    Over {
        /// How the last one ended.
        reason: Option<EndReason>,
    },
}

/// The keyboards of both sides; the interface chooses from them how keys are sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, TS)]
pub struct KeyboardView {
    /// Layout of the technician's; none when it is not known.
    pub mine: Option<KeyboardLayout>,
    /// Layout of the user's; none when it is not known.
    pub theirs: Option<KeyboardLayout>,
    /// What the technician chose for this session.
    pub choice: KeyModeChoice,
}

/// How keys are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyModeChoice {
    /// By their place when both layouts are the same, otherwise by what they mean.
    #[default]
    Automatic,
    /// By their place.
    Physical,
    /// By what they mean.
    Character,
}

/// Size of the shared screen, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct ScreenView {
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
}

/// Something the technician should know now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "remark", rename_all = "snake_case")]
pub enum Remark {
    /// The user said no.
    Refused {
        /// To what.
        capability: Capability,
        /// By silence.
        timed_out: bool,
    },
    /// No longer allowed.
    Withdrawn {
        /// What.
        capability: Capability,
        /// Why.
        reason: renfort_protocol::report::Withdrawn,
    },
    /// Input was not carried out.
    InputDenied {
        /// Why.
        reason: renfort_protocol::report::InputDenied,
    },
    /// A copied text was too long to be passed on.
    CopiedTooLong {
        /// The technician copied it (true), or the user.
        mine: bool,
        /// Its length in characters.
        characters: u32,
    },
}

/// Where the technician's interface fetches the picture: a WebSocket on this machine. The token is good once, for 10
/// seconds. See `picture_socket` for the messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PictureAddress {
    /// `ws://127.0.0.1:port/`.
    pub url: String,
    /// First message to send.
    pub token: String,
    /// The app can paint the picture itself, where the page says.
    pub surface: bool,
}
