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
    error::WireError,
    grant::{Capabilities, Grant},
    ids::{DeviceKey, Nonce, RequestId, SessionId, Signature, TicketId, Token},
    limits::{MAX_CANDIDATE_CHARS, MAX_SDP_CHARS},
    people::{Name, Person, Stated, Technician},
    report::ReportedEvent,
    text::{Line, Text},
    ticket::{Impact, Language, NoteText, Outcome, QueueEntry, Summary, TicketDetail, Urgency, UserTicket},
    time::UnixMillis,
};

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
    },
    /// A technician who has signed in before, on this same device.
    Token {
        /// From [`FromRelay::Welcome`].
        token: Token,
    },
}

/// SDP or a candidate (RFC 8829, RFC 8839), passed on unread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "signal", rename_all = "snake_case")]
pub enum Signal {
    /// By the sharer, after the grant and at each new attempt.
    Offer {
        /// Counts the attempts of this session from 1; answers and candidates of an older one are dropped.
        attempt: u32,
        /// Session description.
        sdp: Sdp,
    },
    /// By the viewer.
    Answer {
        /// The offer's attempt.
        attempt: u32,
        /// Session description.
        sdp: Sdp,
    },
    /// By either.
    Candidate {
        /// The offer's attempt.
        attempt: u32,
        /// `candidate:` line.
        candidate: Line<MAX_CANDIDATE_CHARS>,
        /// Media section's id.
        mid: Option<Line<64>>,
        /// Media section's index.
        index: Option<u16>,
    },
    /// By the viewer: the connection is gone, please offer anew.
    Restart,
}

/// A session description. Its lines end in CR LF (RFC 8866, 5), which [`Text`] would refuse.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Sdp(String);

impl Sdp {
    /// Takes a description that is ASCII-printable but for line ends, and not longer than [`MAX_SDP_CHARS`].
    ///
    /// # Errors
    /// When it is not.
    pub fn new(text: String) -> Result<Self, &'static str> {
        if text.len() > MAX_SDP_CHARS {
            Err("the session description is too long")
        } else if !text.starts_with("v=0") || text.chars().any(|c| c.is_control() && c != '\r' && c != '\n') {
            Err("this is not a session description")
        } else {
            Ok(Self(text))
        }
    }

    /// The description itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sdp {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl From<Sdp> for String {
    fn from(sdp: Sdp) -> Self {
        sdp.0
    }
}

impl std::fmt::Debug for Sdp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sdp({} bytes)", self.0.len())
    }
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
        /// Which.
        ticket: TicketId,
    },
    /// Technician: ask the user of my ticket once more (after a refusal or an ended session).
    AskAgain {
        /// Which.
        ticket: TicketId,
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
    /// The user's yes, once given.
    pub grant: Option<Grant>,
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
    },
    /// Answer to [`ToRelay::ShowTicket`], and to whoever has the ticket at every change.
    Detail {
        /// The ticket.
        detail: Box<TicketDetail>,
    },
    /// To both: a technician wants in. The user's app shows the question.
    Asked {
        /// The session to be.
        session: Box<SessionInfo>,
    },
    /// To both: the user said yes, and it is written. The sharer offers now.
    Granted {
        /// What was allowed.
        grant: Grant,
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

/// The longest wording of an error that came with a malformed message; see [`Text`].
pub type Reason = Text<200>;

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
            },
        };
        let answer = ToRelay::AnswerConsent {
            session: SessionId([1; 16]),
            answer: ConsentAnswer::Allow {
                capabilities: [crate::grant::Capability::View].into(),
                expires_at: UnixMillis(5),
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
    fn a_password_and_a_session_description_are_never_printed() {
        let password = Password(Line::new("hunter2").unwrap());
        assert_eq!(format!("{password:?}"), "REDACTED");
        assert_eq!(format!("{:?}", Sdp::new("v=0\r\na=x".into()).unwrap()), "Sdp(8 bytes)");
    }
}
