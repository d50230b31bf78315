//! The controller's behaviours, event by event. Each scenario speaks through [`Stage`].

mod abuse;
mod code;
mod code_forbidden;
mod connection;
mod consent;
mod evidence;
mod evil;
mod help;
mod keys;
mod log;
pub(crate) mod parties;
mod receipt;
mod technician;
mod trust;
mod user;

use renfort_protocol::{
    error::{Code, WireError},
    grant::{Capabilities, Capability, Grant},
    ids::{DeviceKey, Nonce, PersonId, RequestId, SessionId, Signature, TicketId, Token},
    limits::GRANT_MS,
    organisation::{Organisation, OrganisationFile},
    people::{Level, Name, Person, Role, Stated, Technician},
    signalling::{FromRelay, Request, SessionInfo, ToRelay, Welcomed},
    ticket::{Impact, Language, Priority, QueueEntry, Summary, TicketDetail, TicketState, Urgency, UserTicket},
    time::UnixMillis,
};
use ring::signature::Ed25519KeyPair;

use parties::*;

use super::{Controller, Effect, Event, Moment, Profile};
use crate::{
    action::Action,
    relay_link::LinkEvent,
    store::{KnownTechnicians, Settings},
    view::{Side, TechnicianPage, TechnicianSession, UserPage, View},
};

const SESSION: SessionId = SessionId([7; 16]);
const TICKET: TicketId = TicketId(1042);
const START: UnixMillis = UnixMillis(1_000_000);

/// One program with a hand on its clock.
struct Stage {
    controller: Controller,
    now: UnixMillis,
    fresh: u8,
    effects: Vec<Effect>,
    /// What this program was asked last.
    asked: Option<renfort_protocol::binding::SignedAsk>,
}

impl Stage {
    fn new(technician: bool) -> Self {
        let settings = Settings {
            technician,
            ..profile().settings
        };
        let token = technician.then_some(Token([1; 32]));
        Self::with(Profile {
            settings,
            token,
            ..profile()
        })
    }

    fn with(profile: Profile) -> Self {
        let mut stage = Self {
            controller: Controller::new(profile),
            now: START,
            fresh: 0,
            effects: Vec::new(),
            asked: None,
        };
        let moment = stage.moment();
        stage.effects = stage.controller.start(moment);
        stage
    }

    /// A user who is welcomed with nothing open.
    fn user() -> Self {
        let mut stage = Self::new(false);
        stage.welcome_user(None, None);
        stage
    }

    /// A technician who is welcomed by their token.
    fn technician() -> Self {
        let mut stage = Self::new(true);
        stage.welcome_technician(vec![entry(TicketState::Waiting, false)], None);
        stage
    }

    /// A technician whose device has no card.
    fn cardless() -> Self {
        let mut stage = Self::new(true);
        stage.link(LinkEvent::Online {
            now: START,
            welcomed: Box::new(Welcomed::Technician {
                person: person(),
                token: Token([2; 32]),
                queue: vec![entry(TicketState::Waiting, false)],
                card: None,
            }),
            session: None,
            revocations: None,
        });
        stage
    }

    fn moment(&mut self) -> Moment {
        self.fresh = self.fresh.wrapping_add(1);
        Moment {
            at: self.now,
            fresh: RequestId([self.fresh; 16]),
            random: Some([self.fresh; 32]),
        }
    }

    fn handle(&mut self, event: Event) -> &[Effect] {
        let moment = self.moment();
        self.effects = self.controller.handle(event, moment);
        &self.effects
    }

    fn act(&mut self, action: Action) -> &[Effect] {
        self.handle(Event::Act(action))
    }

    fn after(&mut self, millis: u64) -> &[Effect] {
        self.now = self.now.plus(millis);
        self.handle(Event::Tick)
    }

    fn link(&mut self, event: LinkEvent) -> &[Effect] {
        let epoch = self.controller.link.epoch;
        self.handle(Event::Link(epoch, event))
    }

    fn relay(&mut self, message: FromRelay) -> &[Effect] {
        if let FromRelay::Asked { session } = &message {
            self.asked = Some(session.ask.clone());
        }
        self.link(LinkEvent::Message(Box::new(message)))
    }

    fn offline(&mut self) {
        self.link(LinkEvent::Offline {
            error: Code::RelayUnreachable.into(),
            retry_ms: 500,
        });
    }

    fn welcome_user(&mut self, ticket: Option<UserTicket>, session: Option<SessionInfo>) {
        if let Some(session) = &session {
            self.asked = Some(session.ask.clone());
        }
        let welcomed = Box::new(Welcomed::User { ticket });
        self.link(LinkEvent::Online {
            now: START,
            welcomed,
            session: session.map(Box::new),
            revocations: None,
        });
    }

    fn welcome_technician(&mut self, queue: Vec<QueueEntry>, session: Option<SessionInfo>) {
        let welcomed = Box::new(Welcomed::Technician {
            person: person(),
            token: Token([2; 32]),
            queue,
            card: Some(own_card()),
        });
        self.link(LinkEvent::Online {
            now: START,
            welcomed,
            session: session.map(Box::new),
            revocations: None,
        });
    }

    fn view(&self) -> View {
        self.controller.view()
    }

    fn user_page(&self) -> UserPage {
        match self.view().side {
            Side::User { page } => page,
            Side::Technician { .. } => panic!("the technician's side is shown"),
        }
    }

    fn technician_page(&self) -> TechnicianPage {
        match self.view().side {
            Side::Technician { page } => page,
            Side::User { .. } => panic!("the user's side is shown"),
        }
    }

    fn technician_session(&self) -> TechnicianSession {
        match self.technician_page() {
            TechnicianPage::Ticket { session, .. } => session,
            other => panic!("no ticket is in hand: {other:?}"),
        }
    }

    /// What was sent to the relay by the last event.
    fn sent(&self) -> Vec<&ToRelay> {
        self.requests().into_iter().map(|request| &request.body).collect()
    }

    fn requests(&self) -> Vec<&Request> {
        let sent = |effect: &'_ Effect| matches!(effect, Effect::Send(_));
        self.effects
            .iter()
            .filter(|effect| sent(effect))
            .map(|effect| match effect {
                Effect::Send(request) => request,
                _ => unreachable!("filtered"),
            })
            .collect()
    }

    /// Number of the only request that the last event sent.
    fn only_request(&self) -> u32 {
        match self.requests()[..] {
            [request] => request.id,
            ref other => panic!("not one request: {other:?}"),
        }
    }

    fn notice(&self) -> Option<Code> {
        self.view().notice.map(|notice| notice.error.code)
    }

    fn did(&self, matches: impl Fn(&Effect) -> bool) -> bool {
        self.effects.iter().any(matches)
    }

    /// Up to a running session of a user, who allowed what was asked.
    fn in_session() -> Self {
        let mut stage = Self::user();
        stage.begin_session();
        stage
    }

    fn begin_session(&mut self) {
        self.relay(FromRelay::Ticket {
            ticket: ticket(TicketState::Taken),
        });
        self.asked();
        self.allow();
    }

    /// The person says yes to the question on the screen, and the relay writes it.
    fn allow(&mut self) {
        self.act(Action::AnswerConsent {
            allow: true,
            capabilities: [Capability::View].into(),
            time_box_ms: GRANT_MS,
        });
        let (granted, answer) = (self.grant_answered(), self.only_request());
        self.relay(FromRelay::Done { re: answer });
        self.relay(granted_here(granted));
    }

    /// A technician rings, and shows who they are.
    fn asked(&mut self) -> &[Effect] {
        self.relay(FromRelay::Asked {
            session: Box::new(session(None)),
        });
        self.reveal(REVEALED)
    }

    /// The grant that the relay makes of the answer just sent.
    fn grant_answered(&self) -> Grant {
        use renfort_protocol::signalling::ConsentAnswer;
        match self.sent()[..] {
            [
                ToRelay::AnswerConsent {
                    answer:
                        ConsentAnswer::Allow {
                            capabilities,
                            expires_at,
                            ..
                        },
                    ..
                },
            ] => Grant {
                capabilities: capabilities.clone(),
                expires_at: *expires_at,
                ..grant()
            },
            ref other => panic!("no yes was sent: {other:?}"),
        }
    }
}

/// To a user: the yes is written. What their own machine signed, it knows.
fn granted_here(grant: Grant) -> FromRelay {
    FromRelay::Granted {
        grant,
        allowance: Signature([0; 64]),
    }
}

fn refused(re: u32, code: Code) -> FromRelay {
    FromRelay::Refused {
        re,
        error: WireError::from(code),
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn organisation(seed: u8, issued_at: u64) -> OrganisationFile {
    let key = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    Organisation {
        version: 1,
        name: name("Mairie"),
        relays: vec!["wss://aide.example".into()],
        key: DeviceKey([0; 32]),
        issued_at: UnixMillis(issued_at),
        policy: None,
    }
    .sign(&key)
}

/// The technician of these tests was allowed before.
fn knows_alex() -> KnownTechnicians {
    let mut known = KnownTechnicians::default();
    known.learn(&organisation(7, 10).organisation.key, &technician());
    known
}

fn profile() -> Profile {
    Profile {
        settings: Settings {
            asked_for: Some(TICKET),
            ..Settings::default()
        },
        organisation: Some(organisation(7, 10)),
        known: knows_alex(),
        revocations: None,
        device: device(),
        token: None,
        by_the_system: Stated {
            name: name("Jeanne Martin"),
            machine: name("poste-12"),
        },
        desktop_language: Language::En,
    }
}

fn technician() -> Technician {
    Technician {
        id: PersonId(3),
        name: name("Alex Durand"),
        level: Level::One,
    }
}

fn person() -> Person {
    Person {
        id: PersonId(3),
        name: name("Alex Durand"),
        role: Role::Technician { level: Level::One },
    }
}

fn summary() -> Summary {
    Summary::new("The printer is stuck").unwrap()
}

fn ticket(state: TicketState) -> UserTicket {
    UserTicket {
        id: TICKET,
        summary: summary(),
        opened_at: START,
        state,
        position: (state == TicketState::Waiting).then_some(1),
        technician: (state != TicketState::Waiting).then(technician),
        message: None,
        receipt: None,
        feedback: None,
        abuse_reported: false,
    }
}

fn entry(state: TicketState, mine: bool) -> QueueEntry {
    QueueEntry {
        id: TICKET,
        summary: summary(),
        user: Stated {
            name: name("Jeanne Martin"),
            machine: name("poste-12"),
        },
        language: Language::Fr,
        impact: Impact::Person,
        urgency: Urgency::High,
        priority: Priority::of(Impact::Person, Urgency::High),
        level: Level::One,
        state,
        opened_at: START,
        waiting_since: START,
        reopened: 0,
        user_online: true,
        technician: mine.then(technician),
    }
}

fn detail(entry: QueueEntry) -> FromRelay {
    FromRelay::Detail {
        detail: Box::new(TicketDetail {
            entry,
            notes: Vec::new(),
            sessions: Vec::new(),
            earlier: Vec::new(),
        }),
    }
}

fn session(grant: Option<Grant>) -> SessionInfo {
    let asked: Capabilities = [Capability::View, Capability::Control].into();
    SessionInfo {
        id: SESSION,
        ticket: TICKET,
        technician: technician(),
        user: Stated {
            name: name("Jeanne Martin"),
            machine: name("poste-12"),
        },
        asked,
        asked_at: START,
        answer_by: START.plus(70_000),
        ask: ask(),
        ready: None,
        reveal: None,
        grant,
        allowance: None,
        reported: 0,
    }
}

fn grant() -> Grant {
    Grant {
        session: SESSION,
        ticket: TICKET,
        technician: PersonId(3),
        capabilities: [Capability::View].into(),
        expires_at: START.plus(1_800_000),
    }
}
