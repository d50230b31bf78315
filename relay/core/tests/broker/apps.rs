//! What the two apps of a session sign: cards, questions, readiness, the yes.

use renfort_protocol::{
    VERSION,
    binding::{Ask, Credential, Ready, Reveal, SignedAsk, SignedReady, Transcript},
    card::{self, Card, CardRequest, Revocations, Revoked, SignedCard, SignedCardRequest, SignedRevocations},
    grant::{Capability, Grant},
    ids::{CardSerial, DeviceKey, Nonce, PersonId, SessionId, TicketId},
    people::{Level, Name, Stated},
    signalling::{ConsentAnswer, FromRelay, ToRelay},
    time::UnixMillis,
};
use ring::signature::Ed25519KeyPair;

use renfort_core::{Conn, SessionRecord};

use crate::harness::{START, World, device, device_pair};

/// Seed of the organisation's key.
const ORGANISATION: u8 = 200;
/// Ada's device.
pub const ADA: u8 = 100;
/// Bob's.
pub const BOB: u8 = 101;
/// Cards of the tests are good until then.
pub const EXPIRES: u64 = START + 90 * 24 * 60 * 60_000;

/// A user with a ticket, and Ada; the apps say nothing by themselves.
pub fn desk() -> (World, Conn, Conn, TicketId) {
    desk_in(World::new())
}

/// The same in this world.
pub fn desk_in(mut world: World) -> (World, Conn, Conn, TicketId) {
    world.by_themselves = false;
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    (world, user, ada, ticket)
}

pub fn organisation_pair() -> Ed25519KeyPair {
    device_pair(ORGANISATION)
}

pub fn organisation() -> DeviceKey {
    device(ORGANISATION)
}

/// A card before it is signed; its serial is made of the device's seed.
pub fn card_for(person: u64, name: &str, seed: u8) -> Card {
    Card {
        version: card::VERSION,
        serial: CardSerial([seed; 8]),
        person: PersonId(person),
        name: Name::new(name).unwrap(),
        level: Level::One,
        device: device(seed),
        issued_at: UnixMillis(START),
        expires_at: UnixMillis(EXPIRES),
    }
}

pub fn revoking(number: u64, seeds: &[u8]) -> SignedRevocations {
    let revoked = seeds.iter().map(|seed| Revoked {
        serial: CardSerial([*seed; 8]),
        until: UnixMillis(EXPIRES),
        device: Some(device(*seed)),
    });
    let list = Revocations {
        version: card::VERSION,
        number,
        issued_at: UnixMillis(START),
        revoked: revoked.collect(),
    };
    list.sign(&organisation_pair())
}

pub fn card_request(person: u64, name: &str, seed: u8) -> SignedCardRequest {
    CardRequest {
        version: card::VERSION,
        person: PersonId(person),
        name: Name::new(name).unwrap(),
        level: Level::One,
        device: device(seed),
        requested_at: UnixMillis(START),
    }
    .sign(&device_pair(seed))
}

/// The technician's nonce of a session; each session has its own.
pub fn technicians_nonce(session: SessionId) -> Nonce {
    let mut bytes = [7; 32];
    bytes[..16].copy_from_slice(&session.0);
    Nonce(bytes)
}

pub fn ask(session: u64, ticket: TicketId, card: SignedCard) -> Ask {
    let mut id = [0xa5; 16];
    id[..8].copy_from_slice(&session.to_be_bytes());
    let session = SessionId(id);
    Ask {
        version: VERSION,
        session,
        ticket,
        capabilities: [Capability::View].into(),
        asked_at: UnixMillis(START),
        commitment: Ask::commitment(&technicians_nonce(session)),
        credential: Credential::Card { card },
    }
}

pub fn readiness(ask: &Ask, seed: u8) -> Ready {
    Ready {
        session: ask.session,
        ask: ask.hash(),
        device: device(seed),
        user: Stated {
            name: Name::new("Jeanne").unwrap(),
            machine: Name::new("PC-12").unwrap(),
        },
        nonce: Nonce([9; 32]),
        code: None,
    }
}

/// A yes that nobody's machine signed.
pub fn unsigned_yes() -> ConsentAnswer {
    ConsentAnswer::Allow {
        capabilities: [Capability::View].into(),
        expires_at: UnixMillis(START + 1_800_000),
        signature: renfort_protocol::ids::Signature([0; 64]),
    }
}

/// A yes to this session, signed by the machine of this seed, as far as the session has got.
pub fn yes(session: &SessionRecord, capabilities: &[Capability], seed: u8) -> ConsentAnswer {
    let grant = Grant {
        session: session.id,
        ticket: session.ticket,
        technician: session.technician.id,
        capabilities: capabilities.iter().copied().collect(),
        expires_at: UnixMillis(START + 1_800_000),
    };
    // A session that is over has nothing left that could be signed.
    let Some(binding) = session.binding.as_ref() else {
        return unsigned_yes();
    };
    let (Some(ready), Some(reveal)) = (&binding.ready, &binding.reveal) else {
        return unsigned_yes();
    };
    let transcript = Transcript::new(&binding.ask.ask, ready, &reveal.nonce).unwrap();
    ConsentAnswer::Allow {
        signature: transcript.sign_allowance(&grant, &device_pair(seed)),
        capabilities: grant.capabilities,
        expires_at: grant.expires_at,
    }
}

impl World {
    /// The question of whoever is on this connection, with a good card of their own.
    pub fn question(&self, conn: Conn, ticket: TicketId) -> Box<SignedAsk> {
        let number = self.questions_asked.get() + 1;
        self.questions_asked.set(number);
        let seed = self.seeds[&conn];
        let account = &self.accounts[usize::from(seed.saturating_sub(100)).min(self.accounts.len() - 1)];
        let card = card_for(account.person.id.0, account.person.name.as_str(), seed);
        Box::new(ask(number, ticket, card.sign(&organisation_pair())).sign(&device_pair(seed)))
    }

    pub fn take(&self, conn: Conn, ticket: TicketId) -> ToRelay {
        let ask = self.question(conn, ticket);
        ToRelay::TakeTicket { ask }
    }

    pub fn again(&self, conn: Conn, ticket: TicketId) -> ToRelay {
        let ask = self.question(conn, ticket);
        ToRelay::AskAgain { ask }
    }

    /// The user's yes to a session.
    pub fn yes(&self, session: SessionId) -> ConsentAnswer {
        self.store.sessions.get(&session).map_or_else(unsigned_yes, |record| {
            let seed = (1..=9).find(|seed| device(*seed) == record.device).unwrap_or(1);
            yes(record, &[Capability::View], seed)
        })
    }

    /// What an app says by itself to what it hears.
    pub fn reaction(&self, conn: Conn, message: &FromRelay) -> Option<ToRelay> {
        let seed = *self.seeds.get(&conn)?;
        match message {
            FromRelay::Asked { session } if seed < 100 => Some(ToRelay::Ready {
                ready: readiness(&session.ask.ask, seed).sign(&device_pair(seed)),
            }),
            FromRelay::Ready { ready } => {
                let binding = self.store.sessions.get(&ready.ready.session)?.binding.as_ref()?;
                let reveal = revealed(&binding.ask.ask, ready, seed);
                Some(ToRelay::Reveal { reveal })
            }
            _ => None,
        }
    }
}

/// What the technician's device of this seed reveals to a readiness.
pub fn revealed(ask: &Ask, ready: &SignedReady, technician: u8) -> Reveal {
    let nonce = technicians_nonce(ask.session);
    let transcript = Transcript::new(ask, ready, &nonce).unwrap();
    transcript.reveal(ask.session, nonce, None, &device_pair(technician))
}

/// As the machine of this seed says it.
pub fn ready(ask: &Ask, seed: u8) -> SignedReady {
    readiness(ask, seed).sign(&device_pair(seed))
}
