//! The relay's broker: a user, a technician and a stranger are connected, and each line is a frame of one of them. The
//! line's first byte says whose: `u`, `t`, anything else is the stranger, who has not said hello.

use std::sync::OnceLock;

use renfort_core::{Account, Broker, Checked, Conn, Effect, Input, Limits, Snapshot};
use renfort_protocol::{
    VERSION,
    ids::{DeviceKey, Nonce, PersonId, Signature, Token},
    people::{Level, Name, Person, Role, Stated},
    signalling::{FromRelay, Identity, Request, ToRelay, hello_bytes},
    signing,
    ticket::Language,
    time::UnixMillis,
};
use ring::signature::Ed25519KeyPair;

const START: UnixMillis = UnixMillis(1_700_000_000_000);
const USER: Conn = Conn(1);
const TECHNICIAN: Conn = Conn(2);
const STRANGER: Conn = Conn(3);
const NONCE: Nonce = Nonce([5; 32]);
/// Seed of the organisation's key.
const ORGANISATION: u8 = 200;
/// Frames of one input; a longer one says nothing new.
const LINES: usize = 100;

#[derive(Clone)]
struct World {
    broker: Broker,
    now: UnixMillis,
    drawn: u64,
    welcomes: u32,
}

fn account() -> Account {
    Account {
        person: Person {
            id: PersonId(1),
            name: Name::new("Ada").expect("a name"),
            role: Role::Technician { level: Level::One },
        },
        disabled: false,
    }
}

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a seed of 32 bytes")
}

fn public(seed: u8) -> DeviceKey {
    signing::public(&pair(seed))
}

fn hello(seed: u8, identity: Identity) -> Vec<u8> {
    let device = public(seed);
    let signature = pair(seed).sign(&hello_bytes(&NONCE, &device));
    let body = ToRelay::Hello {
        version: VERSION,
        device,
        signature: Signature(signature.as_ref().try_into().expect("a signature of 64 bytes")),
        identity,
        language: Language::Fr,
    };
    serde_json::to_vec(&Request { id: 1, body }).expect("a message is plain JSON")
}

/// All three are connected, the user and the technician are welcomed. Made once and gone on with by each input in a
/// clone of its own, since signatures cost more than all the rest.
fn begun() -> World {
    static BEGUN: OnceLock<World> = OnceLock::new();
    BEGUN.get_or_init(World::begin).clone()
}

impl World {
    fn begin() -> Self {
        let snapshot = Snapshot {
            next_ticket: renfort_core::contract::FIRST_TICKET,
            accounts: vec![account()],
            ..Snapshot::default()
        };
        let mut world = Self {
            broker: Broker::new(snapshot, public(ORGANISATION), Limits::default(), START),
            now: START,
            drawn: 0,
            welcomes: 0,
        };
        for conn in [USER, TECHNICIAN, STRANGER] {
            let address = format!("192.0.2.{}", conn.0);
            world.handle(Input::Connected {
                conn,
                address,
                nonce: NONCE,
            });
        }
        let name = |text| Name::new(text).expect("a name");
        let stated = Stated {
            name: name("Zoé"),
            machine: name("PC-12"),
        };
        let token = Token([6; 32]);
        for (conn, text) in [
            (USER, hello(1, Identity::User { stated })),
            (TECHNICIAN, hello(2, Identity::Token { token })),
        ] {
            world.handle(Input::Frame { conn, text });
        }
        assert_eq!(world.welcomes, 2, "the user and the technician are welcomed");
        world
    }

    fn handle(&mut self, input: Input) {
        let mut waiting = vec![input];
        while let Some(input) = waiting.pop() {
            let drawn = &mut self.drawn;
            self.broker.handle(input, self.now, &mut || {
                *drawn += 1;
                let mut bytes = [0; 32];
                bytes[..8].copy_from_slice(&drawn.to_be_bytes());
                bytes
            });
            while let Some(effect) = self.broker.poll_effect() {
                match effect {
                    Effect::Append { append, .. } => waiting.insert(0, Input::Committed { append }),
                    Effect::CheckToken { conn, .. } => waiting.insert(
                        0,
                        Input::TokenChecked {
                            conn,
                            result: Checked::Good(account()),
                        },
                    ),
                    Effect::CheckPassword { conn, .. } => waiting.insert(
                        0,
                        Input::PasswordChecked {
                            conn,
                            result: Checked::Wrong,
                        },
                    ),
                    Effect::Consult { conn, re, .. } => waiting.insert(0, Input::Consulted { conn, re, answer: None }),
                    Effect::Send { conn, message } => {
                        let for_all = matches!(message, FromRelay::Challenge { .. } | FromRelay::Refused { .. });
                        assert!(conn != STRANGER || for_all, "a stranger was told {message:?}");
                        self.welcomes += u32::from(matches!(message, FromRelay::Welcome { .. }));
                    }
                    Effect::Close { .. } => {}
                }
            }
        }
    }
}

pub(crate) fn run(bytes: &[u8]) {
    let mut world = begun();
    for line in bytes.split(|byte| *byte == b'\n').take(LINES) {
        match line {
            [] => {
                world.now = world.now.plus(1_000);
                world.handle(Input::Tick);
            }
            [whose, text @ ..] => {
                let conn = match whose {
                    b'u' => USER,
                    b't' => TECHNICIAN,
                    _ => STRANGER,
                };
                let text = text.to_vec();
                world.handle(Input::Frame { conn, text });
            }
        }
    }
}
