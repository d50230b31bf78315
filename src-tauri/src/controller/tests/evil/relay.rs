//! A relay as it is run: its broker, the records that it commits, and what it says in the end.

use std::collections::VecDeque;

use renfort_audit::record::Entry;
use renfort_core::{Account, Broker, Checked, Conn, Effect, Input, Limits, Snapshot};
use renfort_protocol::{ids::Nonce, policy::Policy, signalling::Request};

use super::*;

/// What the relay says in place of what its broker would say to one of the two.
pub(super) type Lie = Box<dyn FnMut(Who, FromRelay) -> Vec<FromRelay>>;

pub(super) fn honest() -> Lie {
    Box::new(|_, message| vec![message])
}

pub(super) struct Relay {
    broker: Broker,
    pub(super) lie: Lie,
    /// What was committed, oldest first.
    pub(super) log: Vec<Entry>,
    /// What the broker said, whatever became of it.
    pub(super) meant: Vec<(Who, FromRelay)>,
    /// What is said and not heard yet.
    pub(super) on_its_way: VecDeque<(Who, FromRelay)>,
    pub(super) now: UnixMillis,
    connections: Vec<Who>,
    drawn: u64,
    spoken_for: u32,
}

impl Relay {
    pub(super) fn new(cards: Vec<renfort_protocol::card::SignedCard>) -> Self {
        let snapshot = Snapshot {
            next_ticket: TICKET.0,
            accounts: vec![account()],
            cards,
            ..Snapshot::default()
        };
        let organisation = organisation(7, 10).organisation.key;
        Self {
            broker: Broker::new(snapshot, organisation, &Policy::default(), Limits::default(), START),
            lie: honest(),
            log: Vec::new(),
            meant: Vec::new(),
            on_its_way: VecDeque::new(),
            now: START,
            connections: Vec::new(),
            drawn: 0,
            spoken_for: 0,
        }
    }

    pub(super) fn connected(&mut self, who: Who) {
        self.connections.push(who);
        let conn = self.connection(who);
        self.input(Input::Connected {
            conn,
            address: "10.0.0.1".into(),
            nonce: Nonce([9; 32]),
        });
    }

    pub(super) fn hears(&mut self, who: Who, request: &Request) {
        let conn = self.connection(who);
        let text = serde_json::to_vec(request).unwrap();
        self.input(Input::Frame { conn, text });
    }

    /// Inside of itself a relay can have anybody say anything.
    pub(super) fn hears_itself_as(&mut self, who: Who, body: ToRelay) {
        self.spoken_for += 1;
        let id = u32::MAX - self.spoken_for;
        self.hears(who, &Request { id, body });
    }

    pub(super) fn tick(&mut self) {
        self.input(Input::Tick);
    }

    /// The newest of either; the number of a connection is its place.
    fn connection(&self, who: Who) -> Conn {
        let place = self.connections.iter().rposition(|of| *of == who);
        Conn(place.expect("is connected") as u64)
    }

    fn input(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let drawn = &mut self.drawn;
            let mut random = || {
                *drawn += 1;
                let mut bytes = [0; 32];
                bytes[..8].copy_from_slice(&drawn.to_be_bytes());
                bytes
            };
            self.broker.handle(input, self.now, &mut random);
            while let Some(effect) = self.broker.poll_effect() {
                inputs.extend(self.carry_out(effect));
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Send { conn, message } => {
                let who = self.connections[conn.0 as usize];
                self.meant.push((who, message.clone()));
                let said = (self.lie)(who, message);
                self.on_its_way.extend(said.into_iter().map(|message| (who, message)));
                None
            }
            Effect::Append { append, batch } => {
                self.log.extend(batch.events);
                Some(Input::Committed { append })
            }
            Effect::CheckPassword { conn, .. } | Effect::CheckToken { conn, .. } => Some(Input::TokenChecked {
                conn,
                result: Checked::Good(account()),
            }),
            Effect::Consult { conn, re, .. } => Some(Input::Consulted { conn, re, answer: None }),
            Effect::Close { conn, error } => panic!("connection {} is closed: {error:?}", conn.0),
        }
    }
}

fn account() -> Account {
    Account {
        person: person(),
        disabled: false,
    }
}
