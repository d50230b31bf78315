//! From a frame to a work: parsing, and who may send what.
//!
//! Invariant: no message of a role reaches the code of another role's work.

use renfort_audit::{
    actor::{Actor, device_hash},
    event::Event,
};
use renfort_protocol::{
    VERSION,
    error::{Code, WireError},
    ids::{SessionId, TicketId},
    signalling::{Request, ToRelay},
};
use serde::Deserialize;

use crate::{
    broker::{Broker, Random},
    commit::{Asker, Plan, Refusal, Refused, Work},
    connections::{Party, Stage},
    contract::Conn,
};

/// What is read of a message before all else.
#[derive(Deserialize)]
struct Head {
    id: u32,
    #[serde(rename = "type")]
    kind: String,
    version: Option<serde_json::Value>,
}

impl Party {
    /// How records name them.
    pub(crate) fn actor(&self) -> Actor {
        match self {
            Self::User { device, .. } => Actor::Device(device_hash(device)),
            Self::Technician { technician, .. } => Actor::Person(technician.id),
        }
    }
}

/// A message's type as on the wire.
fn kind(body: &ToRelay) -> String {
    let value = serde_json::to_value(body).unwrap_or_default();
    value
        .get("type")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// Somebody does what is not theirs to do: refused, recorded, and counted.
pub(crate) fn trespass(body: &ToRelay, code: Code, ticket: Option<TicketId>, session: Option<SessionId>) -> Refusal {
    let event = Event::MessageRefused {
        message: kind(body),
        code,
    };
    Refusal {
        error: code.into(),
        record: Some(Box::new(Refused { ticket, session, event })),
        offence: true,
    }
}

fn is_users(body: &ToRelay) -> bool {
    matches!(
        body,
        ToRelay::OpenTicket { .. }
            | ToRelay::CancelTicket { .. }
            | ToRelay::Feedback { .. }
            | ToRelay::Ready { .. }
            | ToRelay::AnswerConsent { .. }
            | ToRelay::ReportAbuse { .. }
            | ToRelay::Suggest { .. }
            | ToRelay::ReadArticle { .. }
            | ToRelay::Deflected { .. }
            | ToRelay::ShowReceipt { .. }
    )
}

fn is_technicians(body: &ToRelay) -> bool {
    matches!(
        body,
        ToRelay::TakeTicket { .. }
            | ToRelay::AskAgain { .. }
            | ToRelay::Reveal { .. }
            | ToRelay::RequestCard { .. }
            | ToRelay::ShowTicket { .. }
            | ToRelay::AddNote { .. }
            | ToRelay::WrapUp { .. }
            | ToRelay::DraftArticle { .. }
            | ToRelay::ShowReplies
            | ToRelay::SignOut
    )
}

impl Broker {
    /// Takes a frame as it came from the network.
    pub(crate) fn frame(&mut self, conn: Conn, text: &[u8], random: &mut Random<'_>) {
        if self.connections.get(conn).is_none() {
            return;
        }
        if let Err(error) = self.connections.admit(conn, text.len(), self.now) {
            self.close(conn, error);
            return;
        }
        // Without a number there is nothing that an answer could refer to.
        let Some(head) = serde_json::from_slice::<Head>(text).ok().filter(|head| head.id != 0) else {
            self.close(conn, Code::Malformed.into());
            return;
        };
        match self.connections.get(conn).map(|connection| &connection.stage) {
            Some(Stage::Greeting) => self.greeting(conn, &head, text),
            Some(Stage::Ready(party)) => {
                let party = party.clone();
                self.request(
                    Asker {
                        conn,
                        re: head.id,
                        party,
                    },
                    text,
                    random,
                );
            }
            Some(Stage::Checking(_) | Stage::Recording) => self.close(conn, Code::OutOfOrder.into()),
            None => {}
        }
    }

    fn greeting(&mut self, conn: Conn, head: &Head, text: &[u8]) {
        let error = if head.kind != "hello" {
            Code::OutOfOrder.into()
        } else if head.version.as_ref().and_then(serde_json::Value::as_u64) != Some(VERSION.into()) {
            WireError::from(Code::WrongVersion).with("supported", VERSION)
        } else {
            match serde_json::from_slice::<Request>(text) {
                Ok(Request {
                    body:
                        ToRelay::Hello {
                            device,
                            signature,
                            identity,
                            language,
                            ..
                        },
                    ..
                }) => {
                    self.hello(conn, head.id, device, &signature, identity, language);
                    return;
                }
                _ => Code::Malformed.into(),
            }
        };
        self.turn_away(conn, head.id, error);
    }

    fn request(&mut self, asker: Asker, text: &[u8], random: &mut Random<'_>) {
        let body = match serde_json::from_slice::<Request>(text) {
            Ok(request) => request.body,
            Err(_) => {
                let refusal = Refusal {
                    error: Code::Malformed.into(),
                    record: None,
                    offence: true,
                };
                self.refused(&asker, refusal);
                return;
            }
        };
        let allowed = match &asker.party {
            Party::User { .. } => !is_technicians(&body),
            Party::Technician { .. } => !is_users(&body),
        };
        if matches!(body, ToRelay::Hello { .. }) {
            self.refused(&asker, Code::OutOfOrder.into());
        } else if !allowed {
            self.refused(&asker, trespass(&body, Code::NotAllowed, None, None));
        } else if self.asks_for_evidence(&asker, &body) {
            // The store answers, or it was refused.
        } else if let Err(refusal) = self.may_consult(&asker, &body) {
            self.refused(&asker, refusal);
        } else if let Some(question) = self.question(&asker.party, &body) {
            self.consult(&asker, question);
        } else {
            self.submit(
                Work::Request {
                    asker,
                    body: Box::new(body),
                },
                random,
            );
        }
    }

    /// What a request comes to, as things stand now.
    pub(crate) fn plan(&mut self, asker: &Asker, body: &ToRelay, random: &mut Random<'_>) -> Result<Plan, Refusal> {
        match (&asker.party, body) {
            (
                Party::User {
                    device,
                    stated,
                    language,
                },
                ToRelay::OpenTicket {
                    request,
                    summary,
                    impact,
                    urgency,
                },
            ) => self.open_ticket(*device, stated, *language, *request, summary, *impact, *urgency),
            (Party::User { device, .. }, ToRelay::CancelTicket { ticket }) => self.cancel(device, *ticket, body),
            (Party::User { device, .. }, ToRelay::Feedback { ticket, solved }) => {
                self.feedback(device, *ticket, *solved, body)
            }
            (Party::User { device, .. }, ToRelay::AnswerConsent { session, answer }) => {
                self.answer(device, *session, answer, body)
            }
            (Party::User { device, .. }, ToRelay::ReportAbuse { session, at, sentence }) => {
                self.report_abuse(device, *session, *at, sentence.as_ref(), body)
            }
            (Party::User { device, .. }, ToRelay::Ready { ready }) => self.ready(device, ready, body),
            (Party::Technician { technician, device, .. }, ToRelay::TakeTicket { ask }) => {
                self.admit_code(technician, ask)?;
                self.take_ticket(technician, device, ask, body)
            }
            (Party::Technician { technician, device, .. }, ToRelay::AskAgain { ask }) => {
                self.admit_code(technician, ask)?;
                self.ask_again(technician, device, ask, body)
            }
            (Party::Technician { technician, .. }, ToRelay::Reveal { reveal }) => self.reveal(technician, reveal, body),
            (Party::Technician { technician, device, .. }, ToRelay::RequestCard { request }) => {
                self.request_card(technician, device, request, body)
            }
            (Party::Technician { technician, .. }, ToRelay::ShowTicket { ticket }) => {
                self.show(technician, *ticket, body)
            }
            (Party::Technician { technician, .. }, ToRelay::AddNote { ticket, text }) => {
                self.add_note(technician, *ticket, text, body)
            }
            (
                Party::Technician { technician, .. },
                ToRelay::WrapUp {
                    ticket,
                    outcome,
                    message,
                    note,
                },
            ) => self.wrap_up(technician, *ticket, *outcome, message.as_ref(), note.as_ref(), body),
            (Party::User { device, .. }, ToRelay::Deflected { article }) => {
                self.deflected(asker.conn, device, *article)
            }
            (
                Party::Technician { technician, .. },
                ToRelay::DraftArticle {
                    ticket,
                    language,
                    title,
                    body: text,
                },
            ) => self.draft(technician, *ticket, (*language, title, text), body, random),
            (Party::Technician { technician, token, .. }, ToRelay::SignOut) => Ok(self.sign_out(technician, *token)),
            (party, ToRelay::EndSession { session, reason }) => self.end_session(party, *session, *reason, body),
            (party, ToRelay::Signal { session, signal }) => self.signal(party, *session, signal, body),
            (
                party,
                ToRelay::Report {
                    session,
                    number,
                    at,
                    event,
                },
            ) => self.report(party, *session, *number, *at, event, body),
            (_, ToRelay::SignHead { head, signature }) => self.sign_head(asker, head, signature, body),
            (_, ToRelay::DisputeHead { session, reports }) => self.dispute_head(asker, *session, *reports, body),
            _ => Err(trespass(body, Code::NotAllowed, None, None)),
        }
    }
}
