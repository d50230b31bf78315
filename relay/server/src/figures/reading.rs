//! From audit records to facts: which records count, and what of them.
//!
//! Invariant: only public fields are read, and of those only words, numbers and instants.

use renfort_audit::{fields::Field, record::Record};
use renfort_figures::{Fact, Question, What};
use renfort_protocol::{ids::PersonId, people::Level, time::UnixMillis};
use serde::de::DeserializeOwned;

use super::store::{Deflection, Noted, Told};

/// Version of these rules. With a new one, the figures are read from the log anew.
pub const READING: u32 = 1;

/// What a record tells; none when it does not count.
#[must_use]
pub fn noted(record: &Record) -> Option<Noted> {
    let what = if record.code == "article.solved" {
        Told::Deflection(Deflection {
            at: record.at,
            article: word(record, "article")?,
            language: word(record, "language")?,
        })
    } else {
        let fact = Fact {
            at: record.at,
            what: what(record)?,
        };
        Told::Ticket(record.ticket?, fact)
    };
    Some(Noted { seq: record.seq, what })
}

fn what(record: &Record) -> Option<What> {
    Some(match record.code.as_str() {
        "ticket.opened" => What::Opened {
            impact: word(record, "impact")?,
            urgency: word(record, "urgency")?,
            level: level(record, "level")?,
        },
        "ticket.taken" => What::Taken {
            person: PersonId(number(record, "person")?),
            level: level(record, "level")?,
            waited_ms: number(record, "waited_ms")?,
        },
        "ticket.escalated" => What::Escalated {
            from: level(record, "from")?,
            to: level(record, "to")?,
        },
        "ticket.returned" => What::Returned,
        "ticket.closed" => What::Closed {
            solved: matches!(record.fields.get("outcome"), Some(Field::Text(outcome)) if outcome == "solved"),
        },
        "ticket.cancelled" => What::Cancelled,
        "ticket.reopened" => What::Reopened,
        "ticket.feedback" => What::Feedback {
            solved: flag(record, "solved")?,
        },
        "ticket.user_left" => What::UserLeft {
            since: UnixMillis(number(record, "since")?),
        },
        "ticket.user_back" => What::UserBack,
        "session.ended" => What::SessionEnded,
        "consent.asked" => asked(Question::Session),
        "consent.granted" | "consent.refused" => answered(Question::Session),
        code => {
            let (capability, what) = code.split_once('.')?;
            let question = match capability {
                "view" => Question::View,
                "control" => Question::Control,
                "clipboard" => Question::Clipboard,
                _ => return None,
            };
            match what {
                "requested" => asked(question),
                "allowed" | "refused" | "withdrawn" => answered(question),
                _ => return None,
            }
        }
    })
}

const fn asked(question: Question) -> What {
    What::Asked { question }
}

const fn answered(question: Question) -> What {
    What::Answered { question }
}

fn number(record: &Record, name: &str) -> Option<u64> {
    match record.fields.get(name)? {
        Field::Number(number) => Some(*number),
        _ => None,
    }
}

fn flag(record: &Record, name: &str) -> Option<bool> {
    match record.fields.get(name)? {
        Field::Flag(flag) => Some(*flag),
        _ => None,
    }
}

fn level(record: &Record, name: &str) -> Option<Level> {
    u8::try_from(number(record, name)?).ok()?.try_into().ok()
}

/// A value that is one word in JSON.
fn word<T: DeserializeOwned>(record: &Record, name: &str) -> Option<T> {
    match record.fields.get(name)? {
        Field::Text(text) => serde_json::from_value(serde_json::Value::String(text.clone())).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use renfort_audit::{
        actor::Actor,
        event::Event,
        hash::Digest,
        record::{Entry, Position, seal},
        returned::Returned,
    };
    use renfort_protocol::{
        grant::Capability,
        ids::{ArticleId, DeviceKey, TicketId},
        people::{Name, Stated},
        report::{Refuser, ReportedEvent},
        signalling::EndReason,
        ticket::{Counts, Impact, Language, Outcome, Summary, Urgency},
    };

    use super::*;

    fn read(ticket: Option<u64>, event: Event) -> Option<Told> {
        let entry = Entry {
            at: UnixMillis(5),
            ticket: ticket.map(TicketId),
            session: None,
            actor: Actor::Relay,
            event,
        };
        let position = Position {
            seq: 7,
            session_seq: None,
            prev: Digest::ZERO,
        };
        noted(&seal(&entry, position, &mut || [1; 32]).record).map(|noted| {
            assert_eq!(noted.seq, 7);
            noted.what
        })
    }

    #[test]
    fn every_event_that_counts_is_read_back_from_its_record() {
        let name = |text: &str| Name::new(text).unwrap();
        let reported = |event| Event::Reported {
            number: 1,
            happened_at: UnixMillis(4),
            event,
        };
        let opened = Event::TicketOpened {
            impact: Impact::Organisation,
            urgency: Urgency::High,
            language: Language::Fr,
            level: Level::One,
            user: Stated {
                name: name("Jeanne"),
                machine: name("PC"),
            },
            device: DeviceKey([1; 32]),
            summary: Summary::new("Rien ne va plus").unwrap(),
        };
        let taken = Event::TicketTaken {
            person: PersonId(3),
            level: Level::Two,
            name: name("Ada"),
            waited_ms: 9,
        };
        let closed = |outcome| Event::TicketClosed {
            outcome,
            handled_ms: 1,
            message_chars: 0,
        };
        for (event, expected) in [
            (
                opened,
                What::Opened {
                    impact: Impact::Organisation,
                    urgency: Urgency::High,
                    level: Level::One,
                },
            ),
            (
                taken,
                What::Taken {
                    person: PersonId(3),
                    level: Level::Two,
                    waited_ms: 9,
                },
            ),
            (
                Event::TicketEscalated {
                    from: Level::One,
                    to: Level::Three,
                },
                What::Escalated {
                    from: Level::One,
                    to: Level::Three,
                },
            ),
            (
                Event::TicketReturned {
                    person: PersonId(3),
                    why: Returned::SignedOut,
                },
                What::Returned,
            ),
            (closed(Outcome::Solved), What::Closed { solved: true }),
            (closed(Outcome::NotSolved), What::Closed { solved: false }),
            (Event::TicketCancelled { waited_ms: 1 }, What::Cancelled),
            (
                Event::UserLeft { since: UnixMillis(3) },
                What::UserLeft { since: UnixMillis(3) },
            ),
            (Event::UserBack, What::UserBack),
            (Event::TicketReopened { times: 1 }, What::Reopened),
            (Event::Feedback { solved: false }, What::Feedback { solved: false }),
            (
                Event::ConsentAsked {
                    capabilities: [Capability::View].into(),
                    answer_by: UnixMillis(9),
                    card: Some(renfort_protocol::ids::CardSerial([1; 8])),
                },
                asked(Question::Session),
            ),
            (
                Event::ConsentGranted {
                    capabilities: [Capability::View].into(),
                    expires_at: UnixMillis(9),
                },
                answered(Question::Session),
            ),
            (Event::ConsentRefused { timed_out: true }, answered(Question::Session)),
            (
                reported(ReportedEvent::Requested {
                    capability: Capability::Control,
                }),
                asked(Question::Control),
            ),
            (
                reported(ReportedEvent::Allowed {
                    capability: Capability::View,
                }),
                answered(Question::View),
            ),
            (
                reported(ReportedEvent::Refused {
                    capability: Capability::Clipboard,
                    timed_out: true,
                    by: Refuser::User,
                }),
                answered(Question::Clipboard),
            ),
            (
                Event::SessionEnded {
                    reason: EndReason::Lost,
                    viewed_ms: 0,
                    controlled_ms: 0,
                    counts: Counts::default(),
                },
                What::SessionEnded,
            ),
        ] {
            let fact = Fact {
                at: UnixMillis(5),
                what: expected,
            };
            assert_eq!(
                read(Some(1001), event.clone()),
                Some(Told::Ticket(TicketId(1001), fact)),
                "{event:?}"
            );
            assert_eq!(read(None, event), None, "a fact belongs to a ticket");
        }
    }

    #[test]
    fn a_deflection_names_article_and_language_and_nobody() {
        let event = Event::ArticleSolved {
            article: ArticleId([9; 16]),
            language: Language::Fr,
        };
        let expected = Deflection {
            at: UnixMillis(5),
            article: ArticleId([9; 16]),
            language: Language::Fr,
        };
        assert_eq!(read(None, event), Some(Told::Deflection(expected)));
    }

    #[test]
    fn what_does_not_count_is_left_alone() {
        let events = [
            Event::RelayStarted { version: "1".into() },
            Event::NoteAdded { chars: 5 },
            Event::TakeDenied {
                code: renfort_protocol::error::Code::AlreadyTaken,
            },
            Event::Reported {
                number: 1,
                happened_at: UnixMillis(4),
                event: ReportedEvent::FirstPicture { after_ms: 5 },
            },
        ];
        for event in events {
            assert_eq!(read(Some(1001), event.clone()), None, "{event:?}");
        }
    }
}
