//! Messages between an endpoint and the relay, over the WebSocket `/v1/endpoint`.
//!
//! Flow: the relay sends [`FromRelay::Challenge`]; the endpoint answers with [`ToRelay::Hello`] whose signature covers
//! [`hello_bytes`]; the relay sends [`FromRelay::Welcome`]. From then on each request carries an `id` that its
//! [`FromRelay::Done`] or [`FromRelay::Refused`] repeats in `re`. `Done` means: durably written.
//!
//! Invariant: a request that must not happen twice ([`ToRelay::OpenTicket`], [`ToRelay::Report`]) can be sent again
//! after a reconnection; the relay knows it by its [`RequestId`] or number and answers as the first time.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    article::{ArticleBody, ArticleTitle, ShownArticle, Suggestion},
    binding::{Reveal, SignedAsk, SignedReady},
    card::{SignedCard, SignedCardRequest, SignedRevocations},
    error::WireError,
    grant::{Capabilities, Grant},
    head::SessionHead,
    ids::{ArticleId, DeviceKey, Nonce, RequestId, SessionId, Signature, TicketId, Token},
    people::{Name, Person, Stated, Technician},
    reply::CannedReply,
    report::ReportedEvent,
    second_factor::SecondFactorCode,
    text::Line,
    ticket::{
        AbuseText, Impact, Language, Left, NoteText, Outcome, QueueEntry, Summary, TicketDetail, Urgency, UserTicket,
    },
    time::UnixMillis,
};

pub use crate::signal::{Sdp, Signal};

/// Separates the hello's signature from every other use of the device key.
pub const HELLO_CONTEXT: &[u8] = b"renfort hello v1\0";

/// What the device key signs in a hello: context, the relay's nonce, the device key.
#[must_use]
pub fn hello_bytes(nonce: &Nonce, device: &DeviceKey) -> Vec<u8> {
    [HELLO_CONTEXT, &nonce.0, &device.0].concat()
}

/// Longest password that is looked at, in characters.
pub const MAX_PASSWORD_CHARS: usize = 200;

/// A password on its way; never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct Password(pub Line<MAX_PASSWORD_CHARS>);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("REDACTED")
    }
}

/// Who connects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum Identity {
    /// A user: known by the device, called as stated.
    User {
        /// Name and machine, unverified.
        #[serde(flatten)]
        stated: Stated,
    },
    /// A technician who signs in.
    Password {
        /// The account's sign-in name.
        login: Name,
        /// Their password.
        password: Password,
        /// The code of their second factor, once the relay has asked for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        second_factor: Option<SecondFactorCode>,
    },
    /// A technician who has signed in before, on this same device.
    Token {
        /// From [`FromRelay::Welcome`].
        token: Token,
    },
}

/// The user's answer to a technician who wants in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum ConsentAnswer {
    /// Yes, to this.
    Allow {
        /// What is allowed; must hold [`crate::grant::Capability::View`] and nothing that was not asked.
        capabilities: Capabilities,
        /// Until when.
        expires_at: UnixMillis,
        /// By the user's machine over [`crate::binding::Allowance`].
        signature: Signature,
    },
    /// No.
    Refuse {
        /// Nobody answered.
        timed_out: bool,
    },
}

/// Who ended a session, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The user pressed *Stop* or closed the session.
    StoppedByUser,
    /// The technician ended it.
    EndedByTechnician,
    /// The user said no to the question.
    Refused,
    /// The user did not answer it.
    TimedOut,
    /// The technician took the question back.
    Withdrawn,
    /// The time box was over.
    Expired,
    /// One side was gone for too long.
    Lost,
    /// It could not go on (no screen, broken peer).
    Failed,
    /// The user reported it as abuse.
    AbuseReported,
    /// Something was not as it was sent, or not from whom it should be ([`crate::binding::Tampered`]).
    Untrusted,
    /// The technician's code is wrong, or no longer good.
    WrongCode,
    /// The organisation took the technician's card back.
    CardRevoked,
}

/// What an endpoint asks of the relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToRelay {
    /// First message, and only then.
    Hello {
        /// [`crate::VERSION`].
        version: u16,
        /// This installation.
        device: DeviceKey,
        /// By `device` over [`hello_bytes`].
        signature: Signature,
        /// Who connects.
        identity: Identity,
        /// Language of the interface.
        language: Language,
    },
    /// User: open a ticket.
    OpenTicket {
        /// So that it is opened once.
        request: RequestId,
        /// In the user's words.
        summary: Summary,
        /// How many are stuck.
        impact: Impact,
        /// How badly.
        urgency: Urgency,
    },
    /// User: I no longer need help. While it waits, or while it is taken and no session is open on it.
    CancelTicket {
        /// Which.
        ticket: TicketId,
    },
    /// User: was it solved? `false` reopens the ticket.
    Feedback {
        /// Which.
        ticket: TicketId,
        /// Yes or no.
        solved: bool,
    },
    /// User's machine: I hear the question; before it is put.
    Ready {
        /// To which session, and whose machine this is.
        ready: SignedReady,
    },
    /// Technician's machine: the nonce that the question committed to; after [`FromRelay::Ready`], once.
    Reveal {
        /// What is revealed.
        reveal: Reveal,
    },
    /// User: my answer.
    AnswerConsent {
        /// To which question.
        session: SessionId,
        /// Yes or no.
        #[serde(flatten)]
        answer: ConsentAnswer,
    },
    /// Technician: I take it, and ask its user for a view.
    TakeTicket {
        /// The question, whose ticket this is.
        ask: Box<SignedAsk>,
    },
    /// Technician: ask the user of my ticket once more (after a refusal or an ended session).
    AskAgain {
        /// The question.
        ask: Box<SignedAsk>,
    },
    /// Technician: keep my device's request for a card until the organisation fetches it.
    RequestCard {
        /// The request.
        request: Box<SignedCardRequest>,
    },
    /// Technician: all about a ticket.
    ShowTicket {
        /// Which.
        ticket: TicketId,
    },
    /// Technician: append a note.
    AddNote {
        /// To which.
        ticket: TicketId,
        /// The note.
        text: NoteText,
    },
    /// Technician: done with it; ends a session that is still open.
    WrapUp {
        /// Which.
        ticket: TicketId,
        /// How.
        #[serde(flatten)]
        outcome: Outcome,
        /// For the user, in plain language.
        message: Option<NoteText>,
        /// For colleagues.
        note: Option<NoteText>,
    },
    /// Either: the session is over.
    EndSession {
        /// Which.
        session: SessionId,
        /// Why.
        reason: EndReason,
    },
    /// Either: pass this to the other side.
    Signal {
        /// Of which session.
        session: SessionId,
        /// What.
        #[serde(flatten)]
        signal: Signal,
    },
    /// Either: write this into the log.
    Report {
        /// Of which session.
        session: SessionId,
        /// Counts this endpoint's reports of the session from 1; the relay takes each number once, in order.
        number: u64,
        /// When it happened, on the endpoint's clock.
        at: UnixMillis,
        /// What.
        #[serde(flatten)]
        event: ReportedEvent,
    },
    /// User: this session was abuse. Ends it if it goes on, keeps its technician from the ticket, and is a supervisor's to
    /// look at. Up to [`crate::limits::ABUSE_REPORT_MS`] after its end; said again, it is done already.
    ReportAbuse {
        /// Which.
        session: SessionId,
        /// When the user said so, on their clock.
        at: UnixMillis,
        /// In their words.
        sentence: Option<AbuseText>,
    },
    /// Either: what the log holds of this session, which has ended. Answered by [`FromRelay::Head`].
    ShowHead {
        /// Of which session.
        session: SessionId,
    },
    /// Either: I agree with this head, the last one that I was told on this connection.
    SignHead {
        /// The head.
        head: SessionHead,
        /// By the device key over [`SessionHead::signed_bytes`].
        signature: Signature,
    },
    /// Either: the head that I was told is not what I know of this session.
    DisputeHead {
        /// Of which session.
        session: SessionId,
        /// How many reports I made.
        reports: u64,
    },
    /// User: the receipt of my session, which has ended. Answered by [`FromRelay::Receipt`].
    ShowReceipt {
        /// Of which session.
        session: SessionId,
    },
    /// User: articles that may answer this, while the sentence is being written. Answered by
    /// [`FromRelay::Suggestions`].
    Suggest {
        /// The sentence so far.
        text: Summary,
        /// The language to be read in, where there is a choice.
        language: Language,
    },
    /// User: a published article. Answered by [`FromRelay::Article`].
    ReadArticle {
        /// Which.
        article: ArticleId,
        /// In this language, else in the other.
        language: Language,
    },
    /// User: this article, which I read on this connection, solved it; counted once a device and day.
    Deflected {
        /// Which.
        article: ArticleId,
    },
    /// Technician: keep this as a draft article, made of a ticket that I have or had last.
    DraftArticle {
        /// Of which ticket.
        ticket: TicketId,
        /// In this language.
        language: Language,
        /// Title.
        title: ArticleTitle,
        /// Markdown.
        body: ArticleBody,
    },
    /// Technician: the canned replies of my team. Answered by [`FromRelay::Replies`].
    ShowReplies,
    /// Technician: forget my token.
    SignOut,
}

/// A request with the number that its answer repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Request {
    /// Chosen by the endpoint, growing; not 0.
    pub id: u32,
    /// The request.
    #[serde(flatten)]
    pub body: ToRelay,
}

/// A session that an endpoint has a part in, as the relay knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionInfo {
    /// The session.
    pub id: SessionId,
    /// Its ticket.
    pub ticket: TicketId,
    /// Who helps.
    pub technician: Technician,
    /// Who is helped.
    pub user: Stated,
    /// What was asked.
    pub asked: Capabilities,
    /// When the question was put.
    pub asked_at: UnixMillis,
    /// The relay gives up waiting for an answer then.
    pub answer_by: UnixMillis,
    /// The technician's question, as their device signed it.
    pub ask: SignedAsk,
    /// What the user's machine said to it.
    pub ready: Option<SignedReady>,
    /// The technician's nonce.
    pub reveal: Option<Reveal>,
    /// The user's yes, once given.
    pub grant: Option<Grant>,
    /// The user's machine's signature under it.
    pub allowance: Option<Signature>,
    /// The highest report number that the relay holds from this endpoint.
    pub reported: u64,
}

/// Who was welcomed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum Welcomed {
    /// A user.
    User {
        /// Their latest ticket that is open or waits for their feedback.
        ticket: Option<UserTicket>,
    },
    /// A technician.
    Technician {
        /// Their account.
        person: Person,
        /// For the next connection; a new one after a password, the same after a token.
        token: Token,
        /// Tickets that wait, or that they have.
        queue: Vec<QueueEntry>,
        /// The card of this device, when the organisation made one.
        card: Option<SignedCard>,
    },
}

/// What the relay says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromRelay {
    /// First message of all.
    Challenge {
        /// Versions that the relay speaks.
        versions: Vec<u16>,
        /// To be signed.
        nonce: Nonce,
    },
    /// The hello was good.
    Welcome {
        /// The relay's clock.
        now: UnixMillis,
        /// Who you are here.
        welcomed: Box<Welcomed>,
        /// A session that is still open.
        session: Option<Box<SessionInfo>>,
        /// Cards that the organisation took back.
        revocations: Option<Box<SignedRevocations>>,
    },
    /// A request was carried out and is durably written.
    Done {
        /// The request's id.
        re: u32,
    },
    /// A request was not carried out; or, with `re` 0, the connection is about to be closed.
    Refused {
        /// The request's id.
        re: u32,
        /// Why.
        error: WireError,
    },
    /// To a user: their ticket, at every change.
    Ticket {
        /// The ticket.
        ticket: UserTicket,
    },
    /// To technicians: a ticket came or changed.
    QueueChanged {
        /// The ticket.
        entry: QueueEntry,
    },
    /// To technicians: a ticket left their queue.
    QueueLeft {
        /// Which.
        ticket: TicketId,
        /// Where it went.
        why: Left,
    },
    /// Answer to [`ToRelay::ShowTicket`], and to whoever has the ticket at every change.
    Detail {
        /// The ticket.
        detail: Box<TicketDetail>,
    },
    /// Answer to [`ToRelay::ShowHead`].
    Head {
        /// The request's id.
        re: u32,
        /// As the log stands now.
        head: SessionHead,
    },
    /// Answer to [`ToRelay::ShowReceipt`].
    Receipt {
        /// The request's id.
        re: u32,
        /// The proof, in the form of `relay/audit/README.md`.
        proof: String,
    },
    /// Answer to [`ToRelay::Suggest`], best first.
    Suggestions {
        /// The request's id.
        re: u32,
        /// At most [`crate::article::SUGGESTIONS`].
        suggestions: Vec<Suggestion>,
    },
    /// Answer to [`ToRelay::ReadArticle`].
    Article {
        /// The request's id.
        re: u32,
        /// As published.
        article: Box<ShownArticle>,
    },
    /// Answer to [`ToRelay::ShowReplies`].
    Replies {
        /// The request's id.
        re: u32,
        /// In the order of their titles.
        replies: Vec<CannedReply>,
    },
    /// To both: a technician wants in. The user's app shows the question.
    Asked {
        /// The session to be.
        session: Box<SessionInfo>,
    },
    /// To the technician: the user's machine hears the question.
    Ready {
        /// As it signed it.
        ready: Box<SignedReady>,
    },
    /// To the user's machine: the technician's nonce. The user is asked now.
    Reveal {
        /// What is revealed.
        reveal: Reveal,
    },
    /// To a technician: the card of this device is here, or another one.
    Card {
        /// As the organisation signed it.
        card: Box<SignedCard>,
    },
    /// To everybody: a newer list of cards that the organisation took back.
    Revocations {
        /// As the organisation signed it.
        revocations: Box<SignedRevocations>,
    },
    /// To both: the user said yes, and it is written. The sharer offers now.
    Granted {
        /// What was allowed.
        grant: Grant,
        /// The user's machine's signature under it.
        allowance: Signature,
    },
    /// From the other side.
    Signal {
        /// Of which session.
        session: SessionId,
        /// What.
        #[serde(flatten)]
        signal: Signal,
    },
    /// A report is written.
    Recorded {
        /// Of which session.
        session: SessionId,
        /// Up to this number.
        number: u64,
    },
    /// To both: the session is over.
    SessionEnded {
        /// Which.
        session: SessionId,
        /// Why.
        reason: EndReason,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_flat_json_and_reads_back() {
        let request = Request {
            id: 7,
            body: ToRelay::WrapUp {
                ticket: TicketId(1001),
                outcome: Outcome::Escalated {
                    to: crate::people::Level::Two,
                },
                message: None,
                note: Some(NoteText::new("Imprimante\nHS").unwrap()),
            },
        };
        let json = serde_json::to_string(&request).unwrap();
        assert_eq!(
            json,
            r#"{"id":7,"type":"wrap_up","ticket":"T-1001","outcome":"escalated","to":2,"message":null,"note":"Imprimante\nHS"}"#
        );
        assert_eq!(serde_json::from_str::<Request>(&json).unwrap(), request);
    }

    #[test]
    fn every_signal_and_answer_reads_back_flat() {
        let signal = ToRelay::Signal {
            session: SessionId([1; 16]),
            signal: Signal::Offer {
                attempt: 1,
                sdp: Sdp::new("v=0\r\n".into()).unwrap(),
                seal: Signature([2; 64]),
            },
        };
        let answer = ToRelay::AnswerConsent {
            session: SessionId([1; 16]),
            answer: ConsentAnswer::Allow {
                capabilities: [crate::grant::Capability::View].into(),
                expires_at: UnixMillis(5),
                signature: Signature([3; 64]),
            },
        };
        let report = ToRelay::Report {
            session: SessionId([1; 16]),
            number: 3,
            at: UnixMillis(9),
            event: ReportedEvent::Counted {
                counts: crate::ticket::Counts {
                    keys: 4,
                    ..Default::default()
                },
            },
        };
        for body in [signal, answer, report] {
            let request = Request { id: 1, body };
            let json = serde_json::to_string(&request).unwrap();
            assert_eq!(serde_json::from_str::<Request>(&json).unwrap(), request, "{json}");
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        let password = Password(Line::new("hunter2").unwrap());
        assert_eq!(format!("{password:?}"), "REDACTED");
    }
}
