//! The relay's broker: a user, a technician and a stranger are connected, and each line is a frame of one of them. The
//! line's first byte says whose: `u`, `t`, anything else is the stranger, who has not said hello.

use std::sync::OnceLock;

use renfort_core::{Account, Broker, Checked, Conn, Effect, Input, Limits, Snapshot};
use renfort_protocol::{
    VERSION,
    ids::{DeviceKey, Nonce, PersonId, Signature, Token},
    people::{Level, Name, Person, Role, Stated},
    policy::Policy,
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
    /// A user let a technician in.
    granted: bool,
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
            broker: Broker::new(
                snapshot,
                public(ORGANISATION),
                &Policy::default(),
                Limits::default(),
                START,
            ),
            now: START,
            drawn: 0,
            welcomes: 0,
            granted: false,
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
                        self.granted |= matches!(message, FromRelay::Granted { .. });
                        self.welcomes += u32::from(matches!(message, FromRelay::Welcome { .. }));
                    }
                    Effect::Close { .. } => {}
                }
            }
        }
    }
}

pub(crate) fn run(bytes: &[u8]) {
    drop(follow(bytes));
}

/// What became of it.
fn follow(bytes: &[u8]) -> World {
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
    world
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use renfort_protocol::{
        binding::{Ask, SignedReady, Transcript},
        grant::Grant,
        signalling::ConsentAnswer,
    };

    use super::*;

    /// Seeds of the user's and the technician's devices.
    const USERS: u8 = 1;
    const TECHNICIANS: u8 = 2;

    fn corpus() -> Vec<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/broker");
        let mut paths: Vec<_> = std::fs::read_dir(folder)
            .expect("the corpus can be read")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        paths.sort();
        paths
    }

    /// A conversation whose signatures are over what is said in it: signed anew, in order.
    #[derive(Default)]
    struct Signer {
        ask: Option<Ask>,
        ready: Option<SignedReady>,
        transcript: Option<Transcript>,
    }

    impl Signer {
        fn line(&mut self, line: &str) -> String {
            let Some((whose, text)) = line.split_at_checked(1) else {
                return line.to_owned();
            };
            let Ok(mut request) = serde_json::from_str::<Request>(text) else {
                return line.to_owned();
            };
            self.sign(&mut request.body);
            let text = serde_json::to_string(&request).expect("a message is plain JSON");
            format!("{whose}{text}")
        }

        fn sign(&mut self, body: &mut ToRelay) {
            match body {
                ToRelay::TakeTicket { ask } | ToRelay::AskAgain { ask } => {
                    self.ask = Some(ask.ask.clone());
                    **ask = ask.ask.clone().sign(&pair(TECHNICIANS));
                }
                ToRelay::Ready { ready } => {
                    if let Some(ask) = &self.ask {
                        (ready.ready.session, ready.ready.ask) = (ask.session, ask.hash());
                    }
                    *ready = ready.ready.clone().sign(&pair(USERS));
                    self.ready = Some(ready.clone());
                }
                ToRelay::Reveal { reveal } => {
                    let said = self.ask.as_ref().zip(self.ready.as_ref());
                    let fits = said.and_then(|(ask, ready)| Transcript::new(ask, ready, &reveal.nonce).ok());
                    if let Some(transcript) = fits {
                        // Whether a confirmation fits is the user's machine's to find.
                        let confirmation = reveal.confirmation;
                        *reveal = transcript.reveal(reveal.session, reveal.nonce, None, &pair(TECHNICIANS));
                        reveal.confirmation = confirmation;
                        self.transcript = Some(transcript);
                    }
                }
                ToRelay::AnswerConsent {
                    session,
                    answer:
                        ConsentAnswer::Allow {
                            capabilities,
                            expires_at,
                            signature,
                        },
                } => {
                    let said = self.ask.as_ref().zip(self.transcript.as_ref());
                    if let Some((ask, transcript)) = said {
                        let grant = Grant {
                            session: *session,
                            ticket: ask.ticket,
                            technician: account().person.id,
                            capabilities: capabilities.clone(),
                            expires_at: *expires_at,
                        };
                        *signature = transcript.sign_allowance(&grant, &pair(USERS));
                    }
                }
                _ => {}
            }
        }
    }

    /// Signatures hang on every member that is signed: with `RENFORT_GENERATE=1` the inputs are written anew.
    #[test]
    fn what_is_signed_in_the_corpus_is_signed_by_who_says_it() {
        for path in corpus() {
            let kept = std::fs::read_to_string(&path).expect("the corpus is text");
            let mut signer = Signer::default();
            let anew: Vec<String> = kept.split('\n').map(|line| signer.line(line)).collect();
            let anew = anew.join("\n");
            if std::env::var_os("RENFORT_GENERATE").is_some() {
                std::fs::write(&path, &anew).expect("the corpus can be written");
            }
            let kept = std::fs::read_to_string(&path).expect("the corpus is text");
            assert!(kept == anew, "{} is not the conversation of today", path.display());
        }
    }

    #[test]
    fn the_corpus_holds_sessions_that_are_allowed_by_card_and_by_code() {
        for name in ["walk", "code"] {
            let path = corpus().into_iter().find(|path| path.ends_with(name)).expect(name);
            let input = std::fs::read(&path).expect("the corpus can be read");
            assert!(follow(&input).granted, "{name} comes to no grant");
        }
    }
}
