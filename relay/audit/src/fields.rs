//! The fields of each event: public ones in clear, personal ones apart, each with the person it is about.
//!
//! Invariant: field names are ASCII (`snake_case`), numbers stay within [`MAX_NUMBER`], and a field that identifies
//! somebody, or that somebody wrote, is never among the public ones.

use std::collections::BTreeMap;

use renfort_protocol::{grant::Capabilities, ids::CardSerial, people::Role, report::ReportedEvent, ticket::Counts};
use serde::Serialize;

use crate::{
    actor::{Actor, device_hash},
    event::Event,
};

/// A public field's value.
pub use renfort_protocol::console::FieldValue as Field;

/// Public fields by name.
pub type Fields = BTreeMap<String, Field>;

/// The largest number in a record, 2^53 - 1: what every JSON reader holds exactly (RFC 7493, 2.2). Larger ones are
/// recorded as this.
pub const MAX_NUMBER: u64 = (1 << 53) - 1;

/// A field about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personal {
    /// Its name.
    pub name: &'static str,
    /// Whose data it is: [`Actor::Device`] or [`Actor::Person`]; [`Actor::Relay`] when nobody known.
    pub subject: Actor,
    /// Its value.
    pub value: String,
}

/// The stable code of a reported event.
pub(crate) fn reported_code(event: &ReportedEvent) -> &'static str {
    use renfort_protocol::grant::Capability as C;
    match event {
        ReportedEvent::Connected { .. } => "session.connected",
        ReportedEvent::FirstPicture { .. } => "view.first_picture",
        ReportedEvent::PeerLost => "session.peer_lost",
        ReportedEvent::PeerBack { .. } => "session.peer_back",
        ReportedEvent::Requested { capability } => match capability {
            C::View => "view.requested",
            C::Control => "control.requested",
            C::Clipboard => "clipboard.requested",
        },
        ReportedEvent::Allowed { capability } => match capability {
            C::View => "view.allowed",
            C::Control => "control.allowed",
            C::Clipboard => "clipboard.allowed",
        },
        ReportedEvent::Refused { capability, .. } => match capability {
            C::View => "view.refused",
            C::Control => "control.refused",
            C::Clipboard => "clipboard.refused",
        },
        ReportedEvent::Withdrawn { capability, .. } => match capability {
            C::View => "view.withdrawn",
            C::Control => "control.withdrawn",
            C::Clipboard => "clipboard.withdrawn",
        },
        ReportedEvent::Extended { .. } => "grant.extended",
        ReportedEvent::Counted { .. } => "input.counted",
        ReportedEvent::InputDenied { .. } => "input.denied",
        ReportedEvent::Tampered { .. } => "session.tampered",
        ReportedEvent::Stopped => "session.stopped",
        ReportedEvent::Failed { .. } => "session.failed",
    }
}

/// Collects public fields.
#[derive(Default)]
pub(crate) struct Public(Fields);

impl Public {
    fn flag(&mut self, name: &str, value: bool) -> &mut Self {
        self.0.insert(name.to_owned(), Field::Flag(value));
        self
    }

    pub(crate) fn number(&mut self, name: &str, value: u64) -> &mut Self {
        self.0.insert(name.to_owned(), Field::Number(value.min(MAX_NUMBER)));
        self
    }

    pub(crate) fn text(&mut self, name: &str, value: impl ToString) -> &mut Self {
        self.0.insert(name.to_owned(), Field::Text(value.to_string()));
        self
    }

    /// A value that has one fixed word on the wire.
    pub(crate) fn word(&mut self, name: &str, value: impl Serialize) -> &mut Self {
        if let Ok(serde_json::Value::String(word)) = serde_json::to_value(value) {
            self.text(name, word);
        }
        self
    }

    /// What a technician's device showed of who asks.
    fn shown(&mut self, card: Option<&CardSerial>) -> &mut Self {
        match card {
            Some(card) => self.text("card", card),
            None => self.text("by", "code"),
        }
    }

    fn capabilities(&mut self, capabilities: &Capabilities) -> &mut Self {
        let words: Vec<String> = capabilities
            .iter()
            .filter_map(|one| serde_json::to_value(one).ok()?.as_str().map(str::to_owned))
            .collect();
        self.text("capabilities", words.join(" "))
    }

    fn counts(&mut self, counts: &Counts) -> &mut Self {
        self.number("keys", counts.keys)
            .number("clicks", counts.clicks)
            .number("clipboard_to_user", counts.clipboard_to_user)
            .number("clipboard_from_user", counts.clipboard_from_user)
            .number("chat", counts.chat)
    }

    fn role(&mut self, role: &Role) -> &mut Self {
        match role {
            Role::Technician { level } => self.text("role", "technician").number("level", u8::from(*level).into()),
            Role::Supervisor => self.text("role", "supervisor"),
            Role::Administrator => self.text("role", "administrator"),
        }
    }

    fn reported(&mut self, event: &ReportedEvent) -> &mut Self {
        match event {
            ReportedEvent::Connected { capture, codec } => self.text("capture", capture).text("codec", codec),
            ReportedEvent::FirstPicture { after_ms } | ReportedEvent::PeerBack { after_ms } => {
                self.number("after_ms", *after_ms)
            }
            ReportedEvent::PeerLost
            | ReportedEvent::Stopped
            | ReportedEvent::Requested { .. }
            | ReportedEvent::Allowed { .. } => self,
            ReportedEvent::Refused { timed_out, by, .. } => self.flag("timed_out", *timed_out).word("by", by),
            ReportedEvent::Withdrawn { reason, .. } => self.word("reason", reason),
            ReportedEvent::Extended { expires_at } => self.number("expires_at", expires_at.0),
            ReportedEvent::Counted { counts } => self.counts(counts),
            ReportedEvent::InputDenied { reason, times } => self.word("reason", reason).number("times", *times),
            ReportedEvent::Tampered { what } => self.word("what", what),
            ReportedEvent::Failed { code } => self.word("error", code),
        }
    }
}

impl Event {
    /// The fields that everybody who reads the log may see, even after a person's keys were erased.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let mut to = Public::default();
        match self {
            Self::Ordered { at, event } => {
                to = Public(event.fields());
                to.number("ordered_at", at.0)
            }
            Self::RelayStarted { version } => to.text("version", version),
            Self::PersonAdded { person, role, .. } => to.number("person", person.0).role(role),
            Self::PersonDisabled { person }
            | Self::DisableDenied { person }
            | Self::PasswordChanged { person }
            | Self::SecondFactorEnabled { person }
            | Self::SecondFactorReset { person }
            | Self::SignedOut { person } => to.number("person", person.0),
            Self::TicketReturned { person, why } => why.field(to.number("person", person.0)),
            Self::RecoveryUsed { person, left } => to.number("person", person.0).number("left", *left),
            Self::SecondFactorRequired { required } => to.flag("required", *required),
            Self::SignInSucceeded { method, person, .. } | Self::SecondFactorAsked { method, person, .. } => {
                to.word("method", method).number("person", person.0)
            }
            Self::SignInFailed { method, reason, .. } => to.word("method", method).word("reason", reason),
            Self::SignInLimited { method, seconds, .. } => to.word("method", method).number("seconds", *seconds),
            Self::TicketOpened {
                impact,
                urgency,
                language,
                level,
                ..
            } => to
                .word("impact", impact)
                .word("urgency", urgency)
                .word("language", language)
                .number("level", u8::from(*level).into()),
            Self::TicketCancelled { waited_ms } => to.number("waited_ms", *waited_ms),
            Self::TicketTaken {
                person,
                level,
                waited_ms,
                ..
            } => to
                .number("person", person.0)
                .number("level", u8::from(*level).into())
                .number("waited_ms", *waited_ms),
            Self::TakeDenied { code } => to.word("error", code),
            Self::TicketClosed {
                outcome,
                handled_ms,
                message_chars,
            } => {
                use renfort_protocol::ticket::Outcome;
                let word = match outcome {
                    Outcome::Solved => "solved",
                    Outcome::NotSolved => "not_solved",
                    Outcome::Escalated { .. } => "escalated",
                };
                to.text("outcome", word)
                    .number("handled_ms", *handled_ms)
                    .number("message_chars", *message_chars)
            }
            Self::TicketEscalated { from, to: level } => to
                .number("from", u8::from(*from).into())
                .number("to", u8::from(*level).into()),
            Self::UserLeft { since } => to.number("since", since.0),
            Self::UserBack => &mut to,
            Self::TicketReopened { times } => to.number("times", (*times).into()),
            Self::NoteAdded { chars } => to.number("chars", *chars),
            Self::Feedback { solved } => to.flag("solved", *solved),
            Self::ConsentAsked {
                capabilities,
                answer_by,
                card,
            } => to
                .capabilities(capabilities)
                .number("answer_by", answer_by.0)
                .shown(card.as_ref()),
            Self::AskRefused { code, fault, card } => {
                to.word("error", code).shown(card.as_ref());
                if let Some(fault) = fault {
                    to.word("fault", fault);
                }
                &mut to
            }
            Self::ConsentGranted {
                capabilities,
                expires_at,
            } => to.capabilities(capabilities).number("expires_at", expires_at.0),
            Self::ConsentRefused { timed_out } => to.flag("timed_out", *timed_out),
            Self::SessionOffered { attempt, fingerprint } | Self::SessionAnswered { attempt, fingerprint } => {
                to.number("attempt", (*attempt).into()).text("fingerprint", fingerprint)
            }
            Self::Reported {
                number,
                happened_at,
                event,
            } => to
                .number("report", *number)
                .number("happened_at", happened_at.0)
                .reported(event),
            Self::AbuseReported { happened_at, sentence } => {
                let chars = sentence.as_ref().map_or(0, |text| text.as_str().chars().count() as u64);
                to.number("happened_at", happened_at.0).number("chars", chars)
            }
            Self::SessionEnded {
                reason,
                viewed_ms,
                controlled_ms,
                counts,
            } => to
                .word("reason", reason)
                .number("viewed_ms", *viewed_ms)
                .number("controlled_ms", *controlled_ms)
                .counts(counts),
            Self::CardRequested { device } => to.text("device", device_hash(device)),
            Self::CardInstalled {
                card,
                person,
                device,
                expires_at,
            } => to
                .text("card", card)
                .number("person", person.0)
                .text("device", device_hash(device))
                .number("expires_at", expires_at.0),
            Self::RevocationsInstalled { number, revoked } => to.number("number", *number).number("revoked", *revoked),
            Self::SessionSigned {
                role,
                records,
                reports,
                head,
                signature,
                key: _,
            } => to
                .word("role", role)
                .number("records", *records)
                .number("reports", *reports)
                .text("head", head)
                .text("signature", signature),
            Self::HeadDisputed { role, reports, claimed } => to
                .word("role", role)
                .number("reports", *reports)
                .number("claimed", *claimed),
            Self::MessageRefused { message, code } => to.text("message", message).word("error", code),
            Self::ConsoleViewed { view, rows, .. } => to.word("view", view).number("rows", *rows),
            Self::ConsoleExported { view, format, rows, .. } => {
                to.word("view", view).word("format", format).number("rows", *rows)
            }
            Self::ArticleChanged {
                article,
                language,
                action,
                version,
            } => to
                .text("article", article)
                .word("language", language)
                .word("action", action)
                .number("version", *version),
            Self::ReplyChanged { reply, action } => to.text("reply", reply).word("action", action),
            Self::ArticleSolved { article, language } => to.text("article", article).word("language", language),
            Self::PersonFiguresViewed {
                person,
                from,
                to: until,
                ..
            } => to.number("person", person.0).text("from", from).text("to", until),
            Self::HoursChanged {
                time_zone,
                week,
                holidays,
            } => to
                .text("time_zone", time_zone)
                .text("week", week)
                .number("holidays", *holidays),
            Self::Keeping(event) => event.fields(&mut to),
            Self::LogChecked { records, root, fault } => {
                to.number("records", *records).text("root", root);
                if let Some(fault) = fault {
                    to.text("fault", fault);
                }
                &mut to
            }
        };
        to.0
    }

    /// The fields about persons. `actor` is who did it, for data that belongs to whoever acted.
    #[must_use]
    pub fn personal(&self, actor: &Actor) -> Vec<Personal> {
        let field = |name, subject: Actor, value: String| Personal { name, subject, value };
        let own = |name, value: &str| field(name, *actor, value.to_owned());
        match self {
            Self::PersonAdded {
                person, login, name, ..
            } => vec![
                field("login", Actor::Person(*person), login.to_string()),
                field("name", Actor::Person(*person), name.to_string()),
            ],
            Self::SignInSucceeded { person, address, .. } | Self::SecondFactorAsked { person, address, .. } => {
                vec![field("address", Actor::Person(*person), address.clone())]
            }
            Self::SignInFailed { login, address, .. } | Self::SignInLimited { login, address, .. } => login
                .iter()
                .map(|login| own("login", login.as_str()))
                .chain([own("address", address)])
                .collect(),
            Self::TicketOpened {
                user, device, summary, ..
            } => {
                let subject = Actor::Device(device_hash(device));
                vec![
                    field("machine", subject, user.machine.to_string()),
                    field("name", subject, user.name.to_string()),
                    field("summary", subject, summary.to_string()),
                ]
            }
            Self::TicketTaken { person, name, .. } => {
                vec![field("technician", Actor::Person(*person), name.to_string())]
            }
            Self::AbuseReported {
                sentence: Some(sentence),
                ..
            } => vec![own("sentence", sentence.as_str())],
            Self::Keeping(event) => event.personal(actor),
            Self::Ordered { event, .. } => event.personal(actor),
            Self::SessionSigned { key, .. } => vec![own("key", &key.to_string())],
            Self::PersonFiguresViewed { purpose, .. } => vec![own("purpose", purpose.as_str())],
            Self::ConsoleViewed {
                search: Some(search), ..
            }
            | Self::ConsoleExported {
                search: Some(search), ..
            } => {
                vec![own("search", search)]
            }
            _ => Vec::new(),
        }
    }
}
