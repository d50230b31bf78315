//! The desktop app: what relays, links and whoever finds the picture's port say to it.

use std::{
    pin::pin,
    sync::LazyLock,
    task::{Context, Poll, Waker},
};

use futures_util::StreamExt as _;
use renfort_app::{
    action::Action,
    controller::{Controller, Effect, Event, Moment, Profile},
    picture_socket::{
        door::{MAX_UP, ORIGINS, Said, prove, said},
        placed::{Area, Place},
    },
    relay_link::{Address, LinkEvent},
    store::{DevicePair, KnownTechnicians, Settings},
};
use renfort_engine::seams::Size;
use renfort_protocol::{
    binding::SignedReady,
    ids::{DeviceKey, PersonId, RequestId, TicketId, Token},
    input::MAX_KEY_BYTES,
    organisation::{Organisation, is_allowed_address},
    people::{Level, Name, Stated, Technician},
    signalling::{FromRelay, ToRelay},
    ticket::Language,
    time::UnixMillis,
};
use ring::signature::Ed25519KeyPair;
use tokio::io::AsyncReadExt as _;
use tokio_tungstenite::tungstenite::Message;

const START: UnixMillis = UnixMillis(1_700_000_000_000);
/// Seed of the organisation's key.
const ORGANISATION: u8 = 7;
/// Seed of this installation's key.
const DEVICE: u8 = 21;
/// Steps of one input; a longer one says nothing new.
const LINES: usize = 100;
/// More than any one event leads to.
const EFFECTS: usize = 300;

/// Who asks, in the corpus.
fn technician() -> Technician {
    Technician {
        id: PersonId(3),
        name: Name::new("Alex Durand").expect("a name"),
        level: Level::One,
    }
}

/// Made once, since keys and signatures cost more than all the rest.
static PROFILE: LazyLock<Profile> = LazyLock::new(|| {
    let pair = |seed: u8| Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a seed of 32 bytes");
    let name = |text| Name::new(text).expect("a name");
    let organisation = Organisation {
        version: 1,
        name: name("Mairie"),
        relays: vec!["wss://aide.example".to_owned()],
        key: DeviceKey([0; 32]),
        issued_at: START,
        policy: None,
    };
    let organisation = organisation.sign(&pair(ORGANISATION));
    // Somebody new cannot be allowed in at once.
    let mut known = KnownTechnicians::default();
    known.learn(&organisation.organisation.key, &technician());
    Profile {
        // With the ticket of the corpus they asked for help themselves.
        settings: Settings {
            asked_for: Some(TicketId(1042)),
            ..Settings::default()
        },
        organisation: Some(organisation),
        known,
        revocations: None,
        device: DevicePair::from(pair(DEVICE)),
        token: None,
        by_the_system: Stated {
            name: name("Zoé"),
            machine: name("PC-12"),
        },
        desktop_language: Language::Fr,
    }
});

/// The app, and what its person did.
struct App {
    controller: Controller,
    now: UnixMillis,
    turns: u64,
    epoch: u32,
    online: bool,
    /// They said yes to a technician.
    allowed: bool,
    /// A screen was shared or shown.
    began: bool,
    /// What this machine said to the last question.
    ready: Option<SignedReady>,
}

impl App {
    /// On the technician's side, or the user's; without an organisation, or in one.
    fn start(technician: bool, alone: bool) -> Self {
        let mut profile = PROFILE.clone();
        profile.settings.technician = technician;
        profile.token = technician.then_some(Token([1; 32]));
        profile.organisation.take_if(|_| alone);
        let mut app = Self {
            controller: Controller::new(profile),
            now: START,
            turns: 0,
            epoch: 0,
            online: false,
            allowed: false,
            began: false,
            ready: None,
        };
        let moment = app.moment();
        let effects = app.controller.start(moment);
        app.look_at(&effects, false);
        app
    }

    fn moment(&mut self) -> Moment {
        self.turns += 1;
        let mut drawn = [0; 32];
        drawn[..8].copy_from_slice(&self.turns.to_be_bytes());
        Moment {
            at: self.now,
            fresh: RequestId(self.turns.to_le_bytes().repeat(2).try_into().expect("16 bytes")),
            random: Some(drawn),
        }
    }

    /// `chosen`: a person of this machine chose an organisation with this event.
    fn handle(&mut self, event: Event, chosen: bool) -> Vec<Effect> {
        let moment = self.moment();
        let effects = self.controller.handle(event, moment);
        self.look_at(&effects, chosen);
        effects
    }

    fn look_at(&mut self, effects: &[Effect], chosen: bool) {
        assert!(effects.len() <= EFFECTS, "one event leads to {} effects", effects.len());
        for effect in effects {
            match effect {
                Effect::Connect(target) => (self.epoch, self.online) = (target.epoch, false),
                Effect::Disconnect => self.online = false,
                Effect::StartSharer { .. } => {
                    assert!(self.allowed, "the screen is shared, and nobody said yes");
                    self.began = true;
                }
                Effect::StartViewer { .. } => self.began = true,
                Effect::SaveOrganisation(file) => {
                    assert_eq!(file.verify(), Ok(()));
                    let ours = PROFILE.organisation.as_ref().map(|file| file.organisation.key);
                    let same = Some(file.organisation.key) == ours;
                    assert!(chosen || same, "another organisation, and nobody chose it");
                }
                Effect::Send(request) => {
                    assert!(self.online, "a request without a connection");
                    if let ToRelay::Ready { ready } = &request.body {
                        assert_eq!(ready.ready.device, PROFILE.device.public(), "in another's name");
                        self.ready = Some(ready.clone());
                    }
                }
                _ => {}
            }
        }
    }

    fn relay_says(&mut self, message: FromRelay) {
        let event = match message {
            FromRelay::Welcome {
                now,
                welcomed,
                session,
                revocations,
            } => {
                self.online = true;
                LinkEvent::Online {
                    now,
                    welcomed,
                    session,
                    revocations,
                }
            }
            // The link keeps the hello's own answers to itself.
            message if self.online => LinkEvent::Message(Box::new(message)),
            _ => return,
        };
        self.handle(Event::Link(self.epoch, event), false);
    }

    fn act(&mut self, action: Action) {
        self.allowed |= matches!(action, Action::AnswerConsent { allow: true, .. });
        let chosen = matches!(
            action,
            Action::AnswerOffer { accept: true } | Action::ImportOrganisation { .. }
        );
        self.handle(Event::Act(action), chosen);
    }
}

/// The first byte says whether it is the technician's side (1), and whether there is no organisation yet (2). Each line
/// is what happens next, by its first byte: `r` the relay says this, `a` the person does this, `o` a link comes from
/// outside; an empty one lets a second pass.
pub(crate) fn controller(bytes: &[u8]) {
    if let Some((flags, rest)) = bytes.split_first() {
        drop(follow(*flags, rest));
    }
}

/// What became of the app.
fn follow(flags: u8, rest: &[u8]) -> App {
    let mut app = App::start(flags & 1 != 0, flags & 2 != 0);
    for line in rest.split(|byte| *byte == b'\n').take(LINES) {
        match line {
            [] => {
                app.now = app.now.plus(1_000);
                app.handle(Event::Tick, false);
            }
            [b'r', text @ ..] => {
                if let Ok(message) = serde_json::from_slice(text) {
                    app.relay_says(message);
                }
            }
            [b'a', text @ ..] => {
                if let Ok(action) = serde_json::from_slice(text) {
                    app.act(action);
                }
            }
            [b'o', link @ ..] => {
                app.handle(Event::Offered(link.to_vec()), false);
            }
            _ => {}
        }
    }
    app
}

/// The token that the picture's window was given.
const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// All that a connection to the picture's port says: nobody comes in but from a page of ours, with the token.
pub(crate) fn picture(bytes: &[u8]) {
    let mut shown = None;
    // A window waits for the answer to its request before it goes on.
    let end = bytes.windows(4).position(|part| part == b"\r\n\r\n");
    let (request, frames) = bytes.split_at(end.map_or(bytes.len(), |end| end + 4));
    let stream = tokio::io::join(request.chain(frames), tokio::io::sink());
    let proven = at_once(prove(stream, |token| {
        shown = Some(token == TOKEN);
        token == TOKEN
    }));
    let Some(mut socket) = proven.flatten() else {
        return;
    };
    assert_eq!(shown, Some(true));
    let has = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(ORIGINS.iter().any(|origin| has(origin)), "a page from elsewhere");
    while let Some(Some(Ok(message))) = at_once(socket.next()) {
        if let Message::Text(text) = &message {
            assert!(text.len() <= MAX_UP);
            let Some(heard) = said(text) else { continue };
            let written = match &heard {
                Said::Input(event) => serde_json::to_string(event),
                Said::Place(place) => {
                    inside(place);
                    serde_json::to_string(place)
                }
            };
            let written = written.expect("it is plain JSON");
            // With every character of the names escaped; a number may take more digits than it came with.
            assert!(written.len() <= 2 * MAX_UP + 2 * 6 * MAX_KEY_BYTES);
            assert_eq!(said(&written), Some(heard));
        }
    }
}

/// Wherever a page says that the picture is, nothing of it lies outside the window.
fn inside(place: &Place) {
    let window = Area {
        x: 0,
        y: 0,
        width: 1_280,
        height: 860,
    };
    if let Place::Here(placed) = place {
        let layout = placed.at(
            window,
            Size {
                width: 1_920,
                height: 1_080,
            },
        );
        for area in layout.covers.into_iter().chain([layout.stage]) {
            assert!(area == Area::default() || area.inside(window) == Some(area));
        }
    }
}

/// What a future gives that never waits; none when it would.
fn at_once<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// A relay's address, as an organisation file names it: without TLS it is one of this machine.
pub(crate) fn address(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some(address) = Address::parse(text) else {
        return;
    };
    assert!(is_allowed_address(text));
    assert!(address.url.starts_with(if address.tls { "wss://" } else { "ws://" }));
    assert!(!address.host.is_empty() && !address.host.contains(['/', '@']));
    let here = |ip: std::net::IpAddr| ip.is_loopback();
    assert!(address.tls || address.host == "localhost" || address.host.parse().is_ok_and(here));
    // The name that the certificate is held against is the one that the handshake names.
    if let Ok(uri) = address.url.parse::<http::Uri>() {
        let named = uri.host().unwrap_or_default();
        assert_eq!(named.trim_start_matches('[').trim_end_matches(']'), address.host);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use renfort_protocol::{
        binding::{Ask, Credential, Ready, SignedAsk, Transcript},
        card::{self, Card, SignedCard},
        grant::{Capability, Grant},
        ids::{CardSerial, Nonce, SessionId, Signature},
        people::{Person, Role},
        signalling::{SessionInfo, Welcomed},
        signing,
        ticket::{Summary, TicketState, UserTicket},
    };
    use serde_json::json;

    use super::*;

    const SESSION: SessionId = SessionId([7; 16]);
    const TICKET: TicketId = TicketId(1042);
    const REVEALED: Nonce = Nonce([0x55; 32]);
    const TIME_BOX_MS: u64 = 1_800_000;

    fn pair(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a seed of 32 bytes")
    }

    fn card_of(device: &Ed25519KeyPair) -> SignedCard {
        let Technician { id, name, level } = technician();
        Card {
            version: card::VERSION,
            serial: CardSerial([9; 8]),
            person: id,
            name,
            level,
            device: signing::public(device),
            issued_at: START,
            expires_at: START.plus(90 * 24 * 3_600_000),
        }
        .sign(&pair(ORGANISATION))
    }

    fn ask_by(device: &Ed25519KeyPair) -> SignedAsk {
        Ask {
            version: renfort_protocol::VERSION,
            session: SESSION,
            ticket: TICKET,
            capabilities: [Capability::View, Capability::Control].into(),
            asked_at: START,
            commitment: Ask::commitment(&REVEALED),
            credential: Credential::Card { card: card_of(device) },
        }
        .sign(device)
    }

    fn session(ask: SignedAsk) -> SessionInfo {
        SessionInfo {
            id: SESSION,
            ticket: TICKET,
            technician: technician(),
            user: PROFILE.by_the_system.clone(),
            asked: ask.ask.capabilities.clone(),
            asked_at: START,
            answer_by: START.plus(70_000),
            ask,
            ready: None,
            reveal: None,
            grant: None,
            allowance: None,
            reported: 0,
        }
    }

    fn grant() -> Grant {
        Grant {
            session: SESSION,
            ticket: TICKET,
            technician: technician().id,
            capabilities: [Capability::View].into(),
            expires_at: START.plus(TIME_BOX_MS),
        }
    }

    fn relay(message: &FromRelay) -> String {
        format!(
            "r{}\n",
            serde_json::to_string(message).expect("a message is plain JSON")
        )
    }

    fn welcome(welcomed: Welcomed, session: Option<SessionInfo>) -> String {
        relay(&FromRelay::Welcome {
            now: START,
            welcomed: Box::new(welcomed),
            session: session.map(Box::new),
            revocations: None,
        })
    }

    /// A user is asked, says yes, and is seen.
    fn shared() -> String {
        let ticket = UserTicket {
            id: TICKET,
            summary: Summary::new("L'imprimante ne répond plus").expect("a summary"),
            opened_at: START,
            state: TicketState::Taken,
            position: None,
            technician: Some(technician()),
            message: None,
            receipt: None,
            feedback: None,
            abuse_reported: false,
        };
        let yes =
            json!({ "action": "answer_consent", "allow": true, "capabilities": ["view"], "time_box_ms": TIME_BOX_MS });
        let ask = ask_by(&pair(22));
        let begins = [
            welcome(Welcomed::User { ticket: Some(ticket) }, None),
            relay(&FromRelay::Asked {
                session: Box::new(session(ask.clone())),
            }),
        ]
        .concat();
        let ready = follow(b'0', begins.as_bytes()).ready.expect("the machine listens");
        let transcript = Transcript::new(&ask.ask, &ready, &REVEALED).expect("both said what fits");
        let reveal = transcript.reveal(SESSION, REVEALED, None, &pair(22));
        [
            begins,
            relay(&FromRelay::Reveal { reveal }),
            format!("a{yes}\n"),
            (2..6).map(|re| relay(&FromRelay::Done { re })).collect(),
            relay(&FromRelay::Granted {
                grant: grant(),
                allowance: Signature([0; 64]),
            }),
            format!("a{}\n", json!({ "action": "allow", "capability": "control" })),
            format!("a{}\n", json!({ "action": "stop" })),
        ]
        .concat()
    }

    /// A technician comes back to the session that they asked for.
    fn shown() -> String {
        let (own, user) = (pair(DEVICE), pair(23));
        let ask = ask_by(&own);
        let ready = Ready {
            session: SESSION,
            ask: ask.ask.hash(),
            device: signing::public(&user),
            user: PROFILE.by_the_system.clone(),
            nonce: Nonce([0x66; 32]),
            code: None,
        }
        .sign(&user);
        let transcript = Transcript::new(&ask.ask, &ready, &REVEALED).expect("both said what fits");
        let returned = SessionInfo {
            ready: Some(ready),
            reveal: Some(transcript.reveal(SESSION, REVEALED, None, &own)),
            allowance: Some(transcript.sign_allowance(&grant(), &user)),
            grant: Some(grant()),
            ..session(ask)
        };
        let Technician { id, name, level } = technician();
        let welcomed = Welcomed::Technician {
            person: Person {
                id,
                name,
                role: Role::Technician { level },
            },
            token: Token([2; 32]),
            queue: Vec::new(),
            card: Some(card_of(&own)),
        };
        [
            welcome(welcomed, Some(returned)),
            format!("a{}\n", json!({ "action": "request", "capability": "control" })),
            format!("a{}\n", json!({ "action": "chat", "text": "Bonjour" })),
            format!("a{}\n", json!({ "action": "end_session" })),
        ]
        .concat()
    }

    /// Signatures hang on every member that is signed: with `RENFORT_GENERATE=1` the inputs are written anew.
    #[test]
    fn the_corpus_holds_a_session_that_begins_on_each_side() {
        for (name, flags, rest) in [("shared", b'0', shared()), ("shown", b'1', shown())] {
            assert!(follow(flags, rest.as_bytes()).began, "{name}: no session begins");
            let input = [&[flags], rest.as_bytes()].concat();
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("corpus/controller")
                .join(name);
            if std::env::var_os("RENFORT_GENERATE").is_some() {
                std::fs::write(&path, &input).expect("the corpus can be written");
            }
            let kept = std::fs::read(&path).unwrap_or_default();
            assert!(kept == input, "{} is not the conversation of today", path.display());
        }
    }
}
