//! What the two apps of a session sign, with cards of the tests' organisation.

use renfort_protocol::{
    VERSION,
    binding::{Ask, Credential, Ready, SignedAsk, Transcript},
    card::{self, Card, SignedCard},
    error::WireError,
    grant::{Capability, Grant},
    ids::{CardSerial, DeviceKey, Nonce, PersonId, SessionId, TicketId},
    people::{Level, Stated},
    signalling::{ConsentAnswer, FromRelay, SessionInfo, ToRelay},
    signing,
    time::UnixMillis,
};
use ring::signature::Ed25519KeyPair;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{
    client::{Client, Gone},
    name,
};

/// The organisation's key.
pub const ORGANISATION: [u8; 32] = [200; 32];
const NONCE: Nonce = Nonce([7; 32]);

pub fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

pub fn device(seed: u8) -> DeviceKey {
    signing::public(&pair(seed))
}

/// A good card, which is not brought to the relay.
pub fn card(person: PersonId, seed: u8) -> SignedCard {
    let now = renfort_relay::clock::now();
    let card = Card {
        version: card::VERSION,
        serial: CardSerial([seed; 8]),
        person,
        name: name("Ada Tech"),
        level: Level::One,
        device: device(seed),
        issued_at: now,
        expires_at: now.plus(90 * 24 * 60 * 60_000),
    };
    card.sign(&Ed25519KeyPair::from_seed_unchecked(&ORGANISATION).unwrap())
}

pub fn question(ticket: TicketId, card: SignedCard, seed: u8) -> Box<SignedAsk> {
    let ask = Ask {
        version: VERSION,
        session: SessionId(renfort_relay::keys::random().unwrap()),
        ticket,
        capabilities: [Capability::View].into(),
        asked_at: renfort_relay::clock::now(),
        commitment: Ask::commitment(&NONCE),
        credential: Credential::Card { card },
    };
    Box::new(ask.sign(&pair(seed)))
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// This technician's question, with a good card of their own.
    pub fn question(&self, ticket: TicketId) -> Box<SignedAsk> {
        question(ticket, card(self.person.unwrap_or(PersonId(1)), self.seed), self.seed)
    }

    pub async fn take(&mut self, ticket: TicketId) -> Result<Result<(), WireError>, Gone> {
        let ask = self.question(ticket);
        self.ask(ToRelay::TakeTicket { ask }).await
    }

    pub async fn ask_again(&mut self, ticket: TicketId) -> Result<Result<(), WireError>, Gone> {
        let ask = self.question(ticket);
        self.ask(ToRelay::AskAgain { ask }).await
    }

    pub async fn asked(&mut self) -> Box<SessionInfo> {
        self.hear(|message| match message {
            FromRelay::Asked { session } => Some(session),
            _ => None,
        })
        .await
        .unwrap()
    }

    /// The user's app hears the question.
    pub async fn is_ready(&mut self, info: &SessionInfo) {
        let ready = Ready {
            session: info.id,
            ask: info.ask.ask.hash(),
            device: device(self.seed),
            user: Stated {
                name: name("Jeanne"),
                machine: name("pc"),
            },
            nonce: Nonce([9; 32]),
            code: None,
        };
        let ready = ready.sign(&pair(self.seed));
        self.ask(ToRelay::Ready { ready }).await.unwrap().unwrap();
    }
}

/// The user says yes to the question that is open, until then; with all that the two apps say before.
pub async fn says_yes(user: &mut Client, technician: &mut Client, expires_at: UnixMillis) -> SessionId {
    let info = user.asked().await;
    let session = info.id;
    user.is_ready(&info).await;
    let ready = technician.hear(|message| match message {
        FromRelay::Ready { ready } => Some(ready),
        _ => None,
    });
    let ready = ready.await.unwrap();
    let transcript = Transcript::new(&info.ask.ask, &ready, &NONCE).unwrap();
    let reveal = transcript.reveal(session, NONCE, None, &pair(technician.seed));
    let reveal = ToRelay::Reveal { reveal };
    technician.ask(reveal).await.unwrap().unwrap();
    let nonce = user.hear(|message| match message {
        FromRelay::Reveal { reveal } => Some(reveal.nonce),
        _ => None,
    });
    let transcript = Transcript::new(&info.ask.ask, &ready, &nonce.await.unwrap()).unwrap();
    let grant = Grant {
        session,
        ticket: info.ticket,
        technician: info.technician.id,
        capabilities: [Capability::View].into(),
        expires_at,
    };
    let answer = ConsentAnswer::Allow {
        signature: transcript.sign_allowance(&grant, &pair(user.seed)),
        capabilities: grant.capabilities,
        expires_at,
    };
    user.ask(ToRelay::AnswerConsent { session, answer })
        .await
        .unwrap()
        .unwrap();
    session
}
