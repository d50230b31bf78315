//! What is recorded: one typed event per thing that happened, with a stable dotted code.
//!
//! Flow: whoever does the thing builds an [`Event`]; [`crate::record::seal`] turns it into a record, with
//! [`Event::fields`] in clear and [`Event::personal`] as commitments.
//!
//! Invariant: no event can hold the contents of keys, clipboard, chat or notes; there is no member for them.

use renfort_protocol::{
    article::ArticleAction,
    card::CardFault,
    error::Code,
    figures::{Day, Purpose},
    grant::Capabilities,
    head::Endpoint,
    ids::{ArticleId, CardSerial, DeviceKey, PersonId, ReplyId, Signature},
    people::{Level, Name, Role, Stated},
    report::ReportedEvent,
    signalling::EndReason,
    ticket::{AbuseText, Counts, Impact, Language, Outcome, Summary, Urgency},
    time::UnixMillis,
};

use crate::{hash::Digest, keeping::Keeping, returned::Returned};

/// How somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Name and password, in the app.
    Password,
    /// The token of an earlier sign-in, in the app.
    Token,
    /// Name and password, in the console.
    Console,
}

/// What was wrong with a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailedBy {
    /// The name or the password.
    Password,
    /// The token: unknown, expired, or of another device.
    Token,
    /// The code of the second factor, or the recovery code.
    SecondFactor,
    /// Too many wrong codes in a row.
    SecondFactorLocked,
    /// There is no second factor, and the organisation demands one.
    SecondFactorNotSetUp,
    /// A console cookie was shown without the key of the page that signed in: it may be stolen.
    PageKey,
}

/// Lists and pages of the console, and files exported from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsoleView {
    /// The sessions' list.
    Sessions,
    /// The tickets' list.
    Tickets,
    /// One session with its timeline; the record names it.
    Session,
    /// One ticket with its whole story; the record names it.
    Ticket,
    /// A person's history; the record has the name.
    Person,
    /// A machine's history; the record has the name.
    Machine,
    /// What goes on now; recorded when it is opened, not at each look.
    Live,
    /// The log itself.
    Audit,
    /// The team's figures.
    Figures,
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Comma-separated values (RFC 4180).
    Csv,
    /// JSON Lines.
    Jsonl,
}

/// What was done to a canned reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyAction {
    /// Written anew.
    Created,
    /// Changed.
    Changed,
    /// Removed.
    Removed,
}

/// Everything that is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// `relay.started`: the relay began to serve.
    RelayStarted {
        /// The program's version.
        version: String,
    },
    /// `person.added`: an account was made.
    PersonAdded {
        /// The account.
        person: PersonId,
        /// What it may do.
        role: Role,
        /// Sign-in name; personal.
        login: Name,
        /// Shown name; personal.
        name: Name,
    },
    /// `person.disabled`: an account can no longer sign in.
    PersonDisabled {
        /// The account.
        person: PersonId,
    },
    /// `person.disable_denied`: an account was not disabled, being the last active administrator's.
    DisableDenied {
        /// The account.
        person: PersonId,
    },
    /// `signin.succeeded`.
    SignInSucceeded {
        /// How.
        method: Method,
        /// The account.
        person: PersonId,
        /// Network address; personal.
        address: String,
    },
    /// `signin.failed`: wrong name, password, token or code.
    SignInFailed {
        /// How it was tried.
        method: Method,
        /// What was wrong.
        reason: FailedBy,
        /// The name that was tried, where there was one; personal.
        login: Option<Name>,
        /// Network address; personal.
        address: String,
    },
    /// `signin.second_factor_asked`: the password was right, and the code was asked for.
    SecondFactorAsked {
        /// How it was tried.
        method: Method,
        /// The account.
        person: PersonId,
        /// Network address; personal.
        address: String,
    },
    /// `second_factor.enabled`: an account got a second factor, or another one in its place.
    SecondFactorEnabled {
        /// The account.
        person: PersonId,
    },
    /// `second_factor.reset`: an account has none any more.
    SecondFactorReset {
        /// The account.
        person: PersonId,
    },
    /// `second_factor.recovery_used`: somebody signed in with a recovery code.
    RecoveryUsed {
        /// The account.
        person: PersonId,
        /// Recovery codes that are left.
        left: u64,
    },
    /// `second_factor.required`: the organisation demands a second factor of every account, or no longer.
    SecondFactorRequired {
        /// Does it?
        required: bool,
    },
    /// `person.password_changed`.
    PasswordChanged {
        /// The account.
        person: PersonId,
    },
    /// `signin.limited`: too many failures; recorded once for each waiting time that begins.
    SignInLimited {
        /// How it was tried.
        method: Method,
        /// Seconds to wait.
        seconds: u64,
        /// The name that was tried; personal.
        login: Option<Name>,
        /// Network address; personal.
        address: String,
    },
    /// `signout`.
    SignedOut {
        /// The account.
        person: PersonId,
    },
    /// `ticket.opened`.
    TicketOpened {
        /// How many are stuck.
        impact: Impact,
        /// How badly.
        urgency: Urgency,
        /// The user's language.
        language: Language,
        /// The queue it went to.
        level: Level,
        /// Who asks; personal.
        user: Stated,
        /// Whose data that is.
        device: DeviceKey,
        /// What is asked; personal.
        summary: Summary,
    },
    /// `ticket.cancelled`, by its user.
    TicketCancelled {
        /// Time since it was opened, in milliseconds.
        waited_ms: u64,
    },
    /// `ticket.taken`.
    TicketTaken {
        /// Who took it.
        person: PersonId,
        /// Their level.
        level: Level,
        /// Their name; personal.
        name: Name,
        /// Time since it came into this queue, in milliseconds. A ticket that was handed back kept its place, so whoever
        /// had it meanwhile counts too.
        waited_ms: u64,
    },
    /// `ticket.take_denied`: somebody could not take it.
    TakeDenied {
        /// Why.
        code: Code,
    },
    /// `ticket.closed`, as solved or not solved.
    TicketClosed {
        /// Solved or not solved.
        outcome: Outcome,
        /// From the first take, in milliseconds.
        handled_ms: u64,
        /// Length of the message for the user, in characters.
        message_chars: u64,
    },
    /// `ticket.escalated` to a higher level.
    TicketEscalated {
        /// From the queue of this level.
        from: Level,
        /// To the queue of this one.
        to: Level,
    },
    /// `ticket.returned` to its queue.
    TicketReturned {
        /// Who had it.
        person: PersonId,
        /// Why they no longer have it.
        why: Returned,
    },
    /// `ticket.user_left`: its user's app has been out of reach for a while.
    UserLeft {
        /// Since when.
        since: UnixMillis,
    },
    /// `ticket.user_back`: its user's app can be reached again.
    UserBack,
    /// `ticket.reopened` by its user.
    TicketReopened {
        /// How often by now.
        times: u32,
    },
    /// `ticket.note_added`.
    NoteAdded {
        /// Length, in characters.
        chars: u64,
    },
    /// `ticket.feedback`: the user's answer to "solved?".
    Feedback {
        /// Yes or no.
        solved: bool,
    },
    /// `consent.asked`.
    ConsentAsked {
        /// For what.
        capabilities: Capabilities,
        /// Until when an answer counts.
        answer_by: UnixMillis,
        /// The card that the technician's device showed; none when it came with a code.
        card: Option<CardSerial>,
    },
    /// `consent.ask_refused`: a technician's question was not put to the user, because of its card, its signature, its
    /// version or its session.
    AskRefused {
        /// Why.
        code: Code,
        /// What is wrong with the card, when it is the card.
        fault: Option<CardFault>,
        /// The card that was shown; none when it came with a code.
        card: Option<CardSerial>,
    },
    /// `consent.granted`.
    ConsentGranted {
        /// What.
        capabilities: Capabilities,
        /// Until when, on the user's clock.
        expires_at: UnixMillis,
    },
    /// `consent.refused`.
    ConsentRefused {
        /// There was no answer.
        timed_out: bool,
    },
    /// `session.offered`: a session description of the sharer passed through.
    SessionOffered {
        /// Which attempt to connect.
        attempt: u32,
        /// SHA-256 of the description's `a=fingerprint:` line, without its line end.
        fingerprint: Digest,
    },
    /// `session.answered`: a session description of the viewer passed through.
    SessionAnswered {
        /// Which attempt to connect.
        attempt: u32,
        /// As in `session.offered`.
        fingerprint: Digest,
    },
    /// What an endpoint reported; the code is that of the reported event.
    Reported {
        /// Number of the report, of this endpoint and session.
        number: u64,
        /// When it happened, on the endpoint's clock.
        happened_at: UnixMillis,
        /// What.
        event: ReportedEvent,
    },
    /// `session.abuse_reported`, by its user; the session is evidence from then on.
    AbuseReported {
        /// When they said so, on their clock.
        happened_at: UnixMillis,
        /// In their words; personal.
        sentence: Option<AbuseText>,
    },
    /// `session.ended`.
    SessionEnded {
        /// Why.
        reason: EndReason,
        /// Time the screen was seen, in milliseconds.
        viewed_ms: u64,
        /// Time control was held, in milliseconds.
        controlled_ms: u64,
        /// What was done.
        counts: Counts,
    },
    /// `card.requested`: a technician's device asks the organisation for a card.
    CardRequested {
        /// The device; recorded as its hash.
        device: DeviceKey,
    },
    /// `card.installed`: a technician's card was brought to the relay.
    CardInstalled {
        /// The card.
        card: CardSerial,
        /// Whose.
        person: PersonId,
        /// The device that it is good with; recorded as its hash.
        device: DeviceKey,
        /// Until when.
        expires_at: UnixMillis,
    },
    /// `card.revoked_list`: a newer list of cards that the organisation took back was brought to the relay.
    RevocationsInstalled {
        /// The list's number.
        number: u64,
        /// Cards on it.
        revoked: u64,
    },
    /// `session.signed`: an endpoint agreed with the session's head, signed by its device key.
    SessionSigned {
        /// Which endpoint.
        role: Endpoint,
        /// Records that the head covers.
        records: u64,
        /// Reports of this endpoint among them.
        reports: u64,
        /// SHA-256 of the bytes that were signed.
        head: Digest,
        /// By this device key; personal.
        key: DeviceKey,
        /// Over [`renfort_protocol::head::SessionHead::signed_bytes`].
        signature: Signature,
    },
    /// `session.head_disputed`: an endpoint did not agree with the session's head.
    HeadDisputed {
        /// Which endpoint.
        role: Endpoint,
        /// Reports of it that the log holds.
        reports: u64,
        /// Reports that it says it made.
        claimed: u64,
    },
    /// `message.refused`: somebody did what is not theirs to do.
    MessageRefused {
        /// The message's type.
        message: String,
        /// Why it was refused.
        code: Code,
    },
    /// `console.viewed`.
    ConsoleViewed {
        /// What.
        view: ConsoleView,
        /// Rows shown.
        rows: u64,
        /// The part of a name that was searched for; personal.
        search: Option<String>,
    },
    /// `console.exported`.
    ConsoleExported {
        /// What.
        view: ConsoleView,
        /// In which form.
        format: ExportFormat,
        /// Rows in it.
        rows: u64,
        /// The part of a name that was searched for; personal.
        search: Option<String>,
    },
    /// `article.changed`: a self-help article was written, changed, published or withdrawn.
    ArticleChanged {
        /// The article.
        article: ArticleId,
        /// The language whose text changed.
        language: Language,
        /// How.
        action: ArticleAction,
        /// Which version of that text it made.
        version: u64,
    },
    /// `reply.changed`: a canned reply was written, changed or removed.
    ReplyChanged {
        /// The reply.
        reply: ReplyId,
        /// How.
        action: ReplyAction,
    },
    /// `article.solved`: somebody read a self-help article, said that it solved their problem, and opened no ticket. Who
    /// that was is not recorded.
    ArticleSolved {
        /// The article.
        article: ArticleId,
        /// The language in which it was read.
        language: Language,
    },
    /// `figures.person_viewed`: a supervisor looked at the figures of one technician.
    PersonFiguresViewed {
        /// The technician.
        person: PersonId,
        /// From the beginning of this day.
        from: Day,
        /// To the end of this day.
        to: Day,
        /// What for, in the supervisor's words; personal.
        purpose: Purpose,
    },
    /// `hours.changed`: the hours that the figures count.
    HoursChanged {
        /// The time zone's name.
        time_zone: String,
        /// The weekly hours, written plainly: `mon 08:00-18:00`, `tue 08:00-12:00 14:00-18:00`, …
        week: String,
        /// How many days are closed besides.
        holidays: u64,
    },
    /// Personal fields were erased, put on hold, or given another time to be kept.
    Keeping(Keeping),
    /// Something that a command of the relay's command line did, with the code of that.
    Ordered {
        /// When the command was run; the record is written when the relay takes it up.
        at: UnixMillis,
        /// What.
        event: Box<Event>,
    },
    /// `log.checked`: the whole log was verified.
    LogChecked {
        /// Records in it.
        records: u64,
        /// Merkle root over them.
        root: Digest,
        /// Name of the first fault; none when everything holds.
        fault: Option<String>,
    },
}

impl Event {
    /// Tells how many fields nobody can read any more, where it tells of that at all.
    pub fn count_erased(&mut self, fields: u64) {
        match self {
            Self::Keeping(event) => event.count_erased(fields),
            Self::Ordered { event, .. } => event.count_erased(fields),
            _ => {}
        }
    }

    /// The stable code. A code is never reused for another meaning.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ordered { event, .. } => event.code(),
            Self::RelayStarted { .. } => "relay.started",
            Self::PersonAdded { .. } => "person.added",
            Self::PersonDisabled { .. } => "person.disabled",
            Self::DisableDenied { .. } => "person.disable_denied",
            Self::SignInSucceeded { .. } => "signin.succeeded",
            Self::SignInFailed { .. } => "signin.failed",
            Self::SecondFactorAsked { .. } => "signin.second_factor_asked",
            Self::SecondFactorEnabled { .. } => "second_factor.enabled",
            Self::SecondFactorReset { .. } => "second_factor.reset",
            Self::RecoveryUsed { .. } => "second_factor.recovery_used",
            Self::SecondFactorRequired { .. } => "second_factor.required",
            Self::PasswordChanged { .. } => "person.password_changed",
            Self::SignInLimited { .. } => "signin.limited",
            Self::SignedOut { .. } => "signout",
            Self::TicketOpened { .. } => "ticket.opened",
            Self::TicketCancelled { .. } => "ticket.cancelled",
            Self::TicketTaken { .. } => "ticket.taken",
            Self::TakeDenied { .. } => "ticket.take_denied",
            Self::TicketClosed { .. } => "ticket.closed",
            Self::TicketEscalated { .. } => "ticket.escalated",
            Self::TicketReturned { .. } => "ticket.returned",
            Self::UserLeft { .. } => "ticket.user_left",
            Self::UserBack => "ticket.user_back",
            Self::TicketReopened { .. } => "ticket.reopened",
            Self::NoteAdded { .. } => "ticket.note_added",
            Self::Feedback { .. } => "ticket.feedback",
            Self::ConsentAsked { .. } => "consent.asked",
            Self::AskRefused { .. } => "consent.ask_refused",
            Self::ConsentGranted { .. } => "consent.granted",
            Self::ConsentRefused { .. } => "consent.refused",
            Self::SessionOffered { .. } => "session.offered",
            Self::SessionAnswered { .. } => "session.answered",
            Self::Reported { event, .. } => crate::fields::reported_code(event),
            Self::AbuseReported { .. } => "session.abuse_reported",
            Self::SessionEnded { .. } => "session.ended",
            Self::CardRequested { .. } => "card.requested",
            Self::CardInstalled { .. } => "card.installed",
            Self::RevocationsInstalled { .. } => "card.revoked_list",
            Self::SessionSigned { .. } => "session.signed",
            Self::HeadDisputed { .. } => "session.head_disputed",
            Self::MessageRefused { .. } => "message.refused",
            Self::ConsoleViewed { .. } => "console.viewed",
            Self::ConsoleExported { .. } => "console.exported",
            Self::ArticleChanged { .. } => "article.changed",
            Self::ReplyChanged { .. } => "reply.changed",
            Self::ArticleSolved { .. } => "article.solved",
            Self::PersonFiguresViewed { .. } => "figures.person_viewed",
            Self::HoursChanged { .. } => "hours.changed",
            Self::Keeping(event) => event.code(),
            Self::LogChecked { .. } => "log.checked",
        }
    }

    /// Was something asked for and not carried out? Denials are recorded like successes.
    #[must_use]
    pub fn denied(&self) -> bool {
        match self {
            Self::Ordered { event, .. } => event.denied(),
            Self::DisableDenied { .. }
            | Self::SignInFailed { .. }
            | Self::SignInLimited { .. }
            | Self::TakeDenied { .. }
            | Self::AskRefused { .. }
            | Self::ConsentRefused { .. }
            | Self::HeadDisputed { .. }
            | Self::MessageRefused { .. } => true,
            Self::Keeping(event) => event.denied(),
            Self::Reported { event, .. } => {
                matches!(
                    event,
                    ReportedEvent::Refused { .. } | ReportedEvent::InputDenied { .. } | ReportedEvent::Tampered { .. }
                )
            }
            _ => false,
        }
    }
}
