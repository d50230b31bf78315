//! A world around one broker: connections, a clock, a store, and everything that was said.

use std::{
    cell::Cell,
    collections::{BTreeMap, VecDeque},
};

use renfort_core::{
    Account, Answer, AppendId, Batch, Broker, Checked, Conn, Effect, FailReason, Input, Limits, Question,
    second_factor::SecondFactorRefusal,
};
use renfort_protocol::{
    VERSION,
    error::{Code, WireError},
    ids::{DeviceKey, Nonce, PersonId, RequestId, SessionId, Signature, TicketId, Token},
    people::{Level, Name, Person, Role, Stated},
    policy::Policy,
    report::ReportedEvent,
    second_factor::SecondFactorCode,
    signalling::{
        ConsentAnswer, FromRelay, Identity, Password, Request, Sdp, SessionInfo, Signal, ToRelay, Welcomed, hello_bytes,
    },
    text::Line,
    ticket::{Impact, Language, Summary, TicketState, Urgency, UserTicket},
    time::UnixMillis,
};
use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::{apps::organisation, store::Store};

pub const START: u64 = 1_700_000_000_000;

pub struct World {
    /// The organisation's; counts from [`World::begin`] on.
    pub policy: Policy,
    pub broker: Broker,
    pub now: u64,
    pub store: Store,
    pub accounts: Vec<Account>,
    /// Appends are kept until [`World::commit`] or [`World::fail`].
    pub hold: bool,
    /// Password checks are not answered.
    pub mute: bool,
    /// Every account has a second factor, whose code is 123456.
    pub second_factors: bool,
    /// Appends to be written once everything that was said before them has been judged.
    ready: VecDeque<(AppendId, Batch)>,
    pub held: VecDeque<(AppendId, Batch)>,
    pub heard: BTreeMap<Conn, Vec<FromRelay>>,
    pub closed: BTreeMap<Conn, WireError>,
    pub limits: Limits,
    /// What was asked of the store about articles and replies; [`World::consulted`] answers.
    pub questions: VecDeque<(Conn, u32, Question)>,
    /// Which device each connection is of.
    pub seeds: BTreeMap<Conn, u8>,
    /// Makes each question's session its own.
    pub questions_asked: Cell<u64>,
    /// The apps say by themselves that they are ready, and open their commitments.
    pub by_themselves: bool,
    reactions: VecDeque<(Conn, ToRelay)>,
    said: BTreeMap<(Conn, u32), ToRelay>,
    drawn: u64,
    last_conn: u64,
    last_re: u32,
}

pub fn device_pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

pub fn device(seed: u8) -> DeviceKey {
    DeviceKey(device_pair(seed).public_key().as_ref().try_into().unwrap())
}

pub fn technician(id: u64, name: &str, level: Level) -> Account {
    let name = Name::new(name).unwrap();
    Account {
        person: Person {
            id: PersonId(id),
            name,
            role: Role::Technician { level },
        },
        disabled: false,
    }
}

pub fn offer(attempt: u32) -> Signal {
    Signal::Offer {
        attempt,
        sdp: Sdp::new("v=0\r\na=fingerprint:sha-256 AA:BB\r\n".into()).unwrap(),
        seal: Signature([1; 64]),
    }
}

pub fn answer(attempt: u32) -> Signal {
    Signal::Answer {
        attempt,
        sdp: Sdp::new("v=0\r\na=fingerprint:sha-256 CC:DD\r\n".into()).unwrap(),
        seal: Signature([1; 64]),
    }
}

pub fn open(request: u8, impact: Impact, urgency: Urgency) -> ToRelay {
    let summary = Summary::new("La messagerie ne s'ouvre plus").unwrap();
    ToRelay::OpenTicket {
        request: RequestId([request; 16]),
        summary,
        impact,
        urgency,
    }
}

impl World {
    pub fn new() -> Self {
        let accounts = vec![
            technician(1, "Ada", Level::One),
            technician(2, "Bob", Level::One),
            technician(3, "Chloé", Level::Two),
            Account {
                person: Person {
                    id: PersonId(9),
                    name: Name::new("Sam").unwrap(),
                    role: Role::Supervisor,
                },
                disabled: false,
            },
        ];
        let store = Store::default();
        let limits = Limits::default();
        let policy = Policy::default();
        Self {
            policy: policy.clone(),
            broker: Broker::new(
                store.snapshot(&accounts),
                organisation(),
                &policy,
                limits,
                UnixMillis(START),
            ),
            now: START,
            store,
            accounts,
            hold: false,
            mute: false,
            second_factors: false,
            ready: VecDeque::new(),
            held: VecDeque::new(),
            heard: BTreeMap::new(),
            closed: BTreeMap::new(),
            limits,
            questions: VecDeque::new(),
            seeds: BTreeMap::new(),
            questions_asked: Cell::new(0),
            by_themselves: true,
            reactions: VecDeque::new(),
            said: BTreeMap::new(),
            drawn: 0,
            last_conn: 0,
            last_re: 0,
        }
    }

    /// The relay dies and starts again: only what is in the store is left.
    pub fn restart(&mut self) {
        self.held.clear();
        self.ready.clear();
        self.heard.clear();
        self.reactions.clear();
        self.begin();
    }

    /// A broker that begins with what is in the store.
    pub fn begin(&mut self) {
        let snapshot = self.store.snapshot(&self.accounts);
        self.broker = Broker::new(
            snapshot,
            organisation(),
            &self.policy,
            self.limits,
            UnixMillis(self.now),
        );
    }

    pub fn input(&mut self, input: Input) {
        let drawn = &mut self.drawn;
        let mut random = || {
            *drawn += 1;
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&drawn.to_be_bytes());
            bytes
        };
        self.broker.handle(input, UnixMillis(self.now), &mut random);
        self.carry_out();
    }

    fn carry_out(&mut self) {
        while let Some(effect) = self.broker.poll_effect() {
            match effect {
                Effect::Send { conn, message } => {
                    self.judge(conn, &message);
                    if self.by_themselves {
                        let reaction = self.reaction(conn, &message);
                        self.reactions.extend(reaction.map(|body| (conn, body)));
                    }
                    self.heard.entry(conn).or_default().push(message);
                }
                Effect::Close { conn, error } => {
                    self.closed.insert(conn, error);
                }
                Effect::Append { append, batch } if self.hold => self.held.push_back((append, batch)),
                Effect::Append { append, batch } => self.ready.push_back((append, batch)),
                Effect::Consult { conn, re, question } => self.questions.push_back((conn, re, question)),
                Effect::CheckPassword { .. } | Effect::CheckToken { .. } if self.mute => {}
                Effect::CheckPassword {
                    conn,
                    login,
                    password,
                    second_factor,
                    ..
                } => {
                    let account = self.accounts.iter().find(|account| account.person.name == login);
                    let right = password.0.as_str() == "right";
                    let refused = match second_factor {
                        _ if !self.second_factors => None,
                        None => Some(SecondFactorRefusal::Needed),
                        Some(code) if code.0.as_str() == "123456" => None,
                        Some(_) => Some(SecondFactorRefusal::Wrong),
                    };
                    let result = match (account.filter(|_| right), refused) {
                        (None, _) => Checked::Wrong,
                        (Some(one), None) => Checked::Good(one.clone()),
                        (Some(one), Some(why)) => Checked::Halfway {
                            person: one.person.id,
                            why,
                        },
                    };
                    self.input(Input::PasswordChecked { conn, result });
                }
                Effect::CheckToken { conn, hash, device } => {
                    let known = self
                        .store
                        .tokens
                        .get(&hash)
                        .filter(|(_, theirs, until)| *theirs == device && *until > UnixMillis(self.now));
                    let account = known.and_then(|(id, ..)| self.accounts.iter().find(|one| one.person.id == *id));
                    let result = account.map_or(Checked::Wrong, |one| Checked::Good(one.clone()));
                    self.input(Input::TokenChecked { conn, result });
                }
            }
        }
        // Only now: what is said is true of the store as it was when the broker said it, not of what it wrote next.
        while let Some((append, batch)) = self.ready.pop_front() {
            self.write(append, &batch);
        }
        while let Some((conn, body)) = self.reactions.pop_front() {
            self.say(conn, body);
        }
    }

    /// Whatever is told must be in the store already.
    fn judge(&self, conn: Conn, message: &FromRelay) {
        let session = |id: &SessionId| self.store.sessions.get(id);
        match message {
            FromRelay::Done { re } => self.judge_done(&self.said[&(conn, *re)]),
            FromRelay::Asked { session: info } => assert!(session(&info.id).is_some(), "asked before it was written"),
            FromRelay::Granted { grant, allowance } => {
                let one = session(&grant.session).unwrap();
                assert_eq!(one.grant.as_ref(), Some(grant));
                assert_eq!(one.binding.as_ref().unwrap().allowance.as_ref(), Some(allowance));
            }
            FromRelay::SessionEnded { session: id, reason } => {
                assert_eq!(
                    session(id).and_then(|one| one.end),
                    Some(*reason),
                    "ended before it was written"
                );
            }
            FromRelay::Ticket { ticket } => {
                assert_eq!(
                    self.store.tickets.get(&ticket.id).map(|one| one.state),
                    Some(ticket.state)
                );
            }
            FromRelay::QueueChanged { entry } => {
                assert_eq!(
                    self.store.tickets.get(&entry.id).map(|one| one.state),
                    Some(entry.state)
                );
            }
            FromRelay::Detail { detail } => {
                let notes = self.store.notes.iter().filter(|(id, _)| *id == detail.entry.id).count();
                assert_eq!(detail.notes.len(), notes, "a note was shown before it was written");
            }
            FromRelay::Recorded { session: id, number } => {
                let one = session(id).unwrap();
                assert!(one.reported_by_user >= *number || one.reported_by_technician >= *number);
            }
            _ => {}
        }
    }

    /// What is done must be in the store.
    fn judge_done(&self, body: &ToRelay) {
        let session = |id| &self.store.sessions[id];
        let bound = |id| session(id).binding.as_ref().unwrap();
        let written = match body {
            ToRelay::OpenTicket { request, .. } => self.store.tickets.values().any(|one| one.request == *request),
            ToRelay::CancelTicket { ticket } => self.store.tickets[ticket].state == TicketState::Cancelled,
            ToRelay::Feedback { ticket, solved } => self.store.tickets[ticket].feedback == Some(*solved),
            ToRelay::TakeTicket { ask } => self.store.tickets[&ask.ask.ticket].state == TicketState::Taken,
            ToRelay::AskAgain { ask } => session(&ask.ask.session).is_open(),
            ToRelay::Ready { ready } => bound(&ready.ready.session).ready.as_ref() == Some(ready),
            ToRelay::Reveal { reveal } => bound(&reveal.session).reveal.as_ref() == Some(reveal),
            ToRelay::WrapUp { ticket, .. } => self.store.tickets[ticket].state != TicketState::Taken,
            ToRelay::AnswerConsent {
                session: id,
                answer: ConsentAnswer::Allow { .. },
            } => session(id).grant.is_some(),
            ToRelay::AnswerConsent { session: id, .. } | ToRelay::EndSession { session: id, .. } => {
                !session(id).is_open()
            }
            ToRelay::Report {
                session: id, number, ..
            } => session(id).reported_by_user.max(session(id).reported_by_technician) >= *number,
            _ => true,
        };
        assert!(written, "done before it was written: {body:?}");
    }

    fn write(&mut self, append: AppendId, batch: &Batch) {
        match self.store.write(batch) {
            Ok(()) => self.input(Input::Committed { append }),
            Err(reason) => self.input(Input::Failed { append, reason }),
        }
    }

    /// The store answers the oldest question.
    pub fn consulted(&mut self, answer: Option<Answer>) {
        let (conn, re, _) = self.questions.pop_front().expect("something was asked");
        self.input(Input::Consulted { conn, re, answer });
    }

    /// The oldest held append becomes durable.
    pub fn commit(&mut self) {
        let (append, batch) = self.held.pop_front().expect("an append is held");
        self.write(append, &batch);
    }

    pub fn commit_all(&mut self) {
        while !self.held.is_empty() {
            self.commit();
        }
    }

    /// The oldest held append does not happen.
    pub fn fail(&mut self, reason: FailReason) {
        let (append, _) = self.held.pop_front().expect("an append is held");
        self.input(Input::Failed { append, reason });
    }

    pub fn connect(&mut self, address: &str) -> Conn {
        self.last_conn += 1;
        let conn = Conn(self.last_conn);
        let nonce = Nonce([self.last_conn as u8; 32]);
        self.input(Input::Connected {
            conn,
            address: address.into(),
            nonce,
        });
        conn
    }

    pub fn hello(&mut self, conn: Conn, seed: u8, identity: Identity) -> u32 {
        let nonce = Nonce([conn.0 as u8; 32]);
        let signature = device_pair(seed).sign(&hello_bytes(&nonce, &device(seed)));
        let signature = Signature(signature.as_ref().try_into().unwrap());
        let language = Language::Fr;
        self.seeds.insert(conn, seed);
        self.say(
            conn,
            ToRelay::Hello {
                version: VERSION,
                device: device(seed),
                signature,
                identity,
                language,
            },
        )
    }

    pub fn user(&mut self, seed: u8) -> Conn {
        let conn = self.connect("10.0.0.1");
        self.hello(conn, seed, Self::stated());
        conn
    }

    pub fn stated() -> Identity {
        let stated = Stated {
            name: Name::new("Jeanne").unwrap(),
            machine: Name::new("PC-12").unwrap(),
        };
        Identity::User { stated }
    }

    pub fn password(login: &str, password: &str) -> Identity {
        Identity::Password {
            login: Name::new(login).unwrap(),
            password: Password(Line::new(password).unwrap()),
            second_factor: None,
        }
    }

    pub fn with_code(login: &str, password: &str, code: &str) -> Identity {
        Identity::Password {
            login: Name::new(login).unwrap(),
            password: Password(Line::new(password).unwrap()),
            second_factor: Some(SecondFactorCode(Line::new(code).unwrap())),
        }
    }

    /// A technician by name, each on a device of their own.
    pub fn technician(&mut self, login: &str) -> Conn {
        let conn = self.connect("10.0.0.2");
        let seed = 100
            + self
                .accounts
                .iter()
                .position(|one| one.person.name.as_str() == login)
                .unwrap() as u8;
        self.hello(conn, seed, Self::password(login, "right"));
        conn
    }

    pub fn say(&mut self, conn: Conn, body: ToRelay) -> u32 {
        self.last_re += 1;
        self.said.insert((conn, self.last_re), body.clone());
        let request = Request { id: self.last_re, body };
        self.frame(conn, serde_json::to_vec(&request).unwrap());
        self.last_re
    }

    pub fn frame(&mut self, conn: Conn, text: impl Into<Vec<u8>>) {
        self.input(Input::Frame {
            conn,
            text: text.into(),
        });
    }

    pub fn leave(&mut self, conn: Conn) {
        self.input(Input::Disconnected { conn });
    }

    /// Time goes by, with every tick that the broker asks for.
    pub fn wait(&mut self, millis: u64) {
        let until = self.now + millis;
        while let Some(at) = self.broker.poll_timeout().filter(|at| at.0 <= until) {
            self.now = at.0.max(self.now);
            self.input(Input::Tick);
            let next = self.broker.poll_timeout();
            assert!(
                next.is_none_or(|next| next.0 > self.now),
                "a tick must not ask for itself again at once"
            );
        }
        self.now = until;
    }

    pub fn said(&self, conn: Conn) -> &[FromRelay] {
        self.heard.get(&conn).map_or(&[], Vec::as_slice)
    }

    /// The answer to a request: carried out, refused, or none yet.
    pub fn outcome(&self, conn: Conn, re: u32) -> Option<Result<(), Code>> {
        self.said(conn).iter().find_map(|message| match message {
            FromRelay::Done { re: of } if *of == re => Some(Ok(())),
            FromRelay::Refused { re: of, error } if *of == re => Some(Err(error.code)),
            _ => None,
        })
    }

    /// Says something and gives the answer.
    pub fn ask(&mut self, conn: Conn, body: ToRelay) -> Option<Result<(), Code>> {
        let re = self.say(conn, body);
        self.outcome(conn, re)
    }

    /// Says something that must be carried out.
    pub fn must(&mut self, conn: Conn, body: ToRelay) {
        let shown = format!("{body:?}");
        assert_eq!(self.ask(conn, body), Some(Ok(())), "{shown}");
    }

    pub fn welcome(&self, conn: Conn) -> (Welcomed, Option<SessionInfo>) {
        let found = self.said(conn).iter().find_map(|message| match message {
            FromRelay::Welcome { welcomed, session, .. } => Some(((**welcomed).clone(), session.as_deref().cloned())),
            _ => None,
        });
        found.expect("was welcomed")
    }

    pub fn token(&self, conn: Conn) -> Token {
        match self.welcome(conn).0 {
            Welcomed::Technician { token, .. } => token,
            Welcomed::User { .. } => panic!("not a technician"),
        }
    }

    pub fn last_ticket(&self, conn: Conn) -> UserTicket {
        let found = self.said(conn).iter().rev().find_map(|message| match message {
            FromRelay::Ticket { ticket } => Some(ticket.clone()),
            _ => None,
        });
        found.expect("was told of a ticket")
    }

    /// A user opens a ticket of middling priority.
    pub fn opened(&mut self, user: Conn) -> TicketId {
        let request = (self.store.tickets.len() + 1) as u8;
        self.must(user, open(request, Impact::Team, Urgency::Medium));
        self.last_ticket(user).id
    }

    pub fn asked(&self, conn: Conn) -> SessionId {
        let found = self.said(conn).iter().rev().find_map(|message| match message {
            FromRelay::Asked { session } => Some(session.id),
            _ => None,
        });
        found.expect("was asked")
    }

    /// Takes a ticket and lets the user say yes.
    pub fn started(&mut self, user: Conn, technician: Conn, ticket: TicketId) -> SessionId {
        self.must(technician, self.take(technician, ticket));
        let session = self.asked(user);
        self.must(
            user,
            ToRelay::AnswerConsent {
                session,
                answer: self.yes(session),
            },
        );
        session
    }

    pub fn report(&mut self, conn: Conn, session: SessionId, number: u64, event: ReportedEvent) -> u32 {
        let at = UnixMillis(self.now);
        self.say(
            conn,
            ToRelay::Report {
                session,
                number,
                at,
                event,
            },
        )
    }

    pub fn forget(&mut self) {
        self.heard.clear();
    }
}
