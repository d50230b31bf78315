//! The vectors: each step of a session and its tampered variants, with the verdict that the code gives on each.

use renfort_protocol::{
    VERSION,
    binding::{
        Ask, AskFault, Bound, Credential, READY_CONTEXT, Ready, Reveal, SignedAsk, SignedReady, TRANSCRIPT_CONTEXT,
        Tampered, Transcript,
    },
    card::{self, CLOCK_TOLERANCE_MS, Card, CardFault, Revocations, Revoked, SignedCard, SignedRevocations},
    grant::{Capabilities, Capability, Grant},
    ids::{CardSerial, DeviceKey, Nonce, PakeElement, PersonId, SessionId, Sha256, Signature, TicketId},
    people::{Level, Name, Stated},
    signal::Sdp,
    signing,
    time::UnixMillis,
    words::Words,
};
use ring::signature::Ed25519KeyPair;
use serde::{Deserialize, Serialize};

use crate::codes::{CodeCase, codes};

const ORGANISATION: u8 = 1;
pub(crate) const TECHNICIAN: u8 = 2;
pub(crate) const USER: u8 = 3;
const STRANGER: u8 = 9;
const NOW: UnixMillis = UnixMillis(1_750_000_000_000);
const DAY_MS: u64 = 24 * 60 * 60_000;
const SESSION: SessionId = SessionId([0xab; 16]);
const TICKET: TicketId = TicketId(1042);

/// What is found: that it holds, or what does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Ok,
    Tampered(Tampered),
    Card(CardFault),
}

impl From<Result<(), Tampered>> for Verdict {
    fn from(found: Result<(), Tampered>) -> Self {
        found.map_or_else(Self::Tampered, |()| Self::Ok)
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Vectors {
    pub(crate) about: String,
    /// Seeds (RFC 8032) of the keys that sign, so that a second implementation can sign the same.
    pub(crate) technician_seed: Nonce,
    pub(crate) user_seed: Nonce,
    pub(crate) organisation: DeviceKey,
    pub(crate) technician: DeviceKey,
    pub(crate) user: DeviceKey,
    pub(crate) now: UnixMillis,
    pub(crate) revocations: SignedRevocations,
    pub(crate) cards: Vec<CardCase>,
    pub(crate) asks: Vec<AskCase>,
    pub(crate) bindings: Vec<BindingCase>,
    pub(crate) reveals: Vec<RevealCase>,
    pub(crate) allowances: Vec<AllowanceCase>,
    pub(crate) offers: Vec<OfferCase>,
    pub(crate) answers: Vec<AnswerCase>,
    pub(crate) codes: Vec<CodeCase>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CardCase {
    pub(crate) name: String,
    pub(crate) card: SignedCard,
    pub(crate) verdict: Verdict,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AskCase {
    pub(crate) name: String,
    pub(crate) session: SessionId,
    pub(crate) ticket: TicketId,
    pub(crate) ask: SignedAsk,
    pub(crate) verdict: Verdict,
}

/// An ask, the answer and the nonce: do they make a transcript, and which?
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct BindingCase {
    pub(crate) name: String,
    pub(crate) ask: SignedAsk,
    pub(crate) ready: SignedReady,
    pub(crate) nonce: Nonce,
    pub(crate) verdict: Verdict,
    pub(crate) transcript: Option<Sha256>,
    pub(crate) words: Option<Words>,
}

/// Of the first binding: did the technician's device reveal this to it?
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RevealCase {
    pub(crate) name: String,
    pub(crate) ready: SignedReady,
    pub(crate) reveal: Reveal,
    pub(crate) verdict: Verdict,
}

/// Of the first binding.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AllowanceCase {
    pub(crate) name: String,
    pub(crate) grant: Grant,
    pub(crate) allowance: Signature,
    pub(crate) verdict: Verdict,
}

/// Of the first allowance.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct OfferCase {
    pub(crate) name: String,
    pub(crate) attempt: u32,
    pub(crate) offer: Sdp,
    pub(crate) seal: Signature,
    pub(crate) verdict: Verdict,
}

/// Of the first allowance.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AnswerCase {
    pub(crate) name: String,
    pub(crate) attempt: u32,
    pub(crate) offer: Sdp,
    pub(crate) answer: Sdp,
    pub(crate) seal: Signature,
    pub(crate) verdict: Verdict,
}

pub(crate) fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("32 bytes are a seed")
}

pub(crate) fn public(seed: u8) -> DeviceKey {
    signing::public(&key(seed))
}

pub(crate) fn card() -> Card {
    Card {
        version: card::VERSION,
        serial: CardSerial([1; 8]),
        person: PersonId(7),
        // Not everything that JSON may escape is escaped.
        name: Name::new("Zoé \"Claire\" Le\u{2009}Goff/Morvan \u{1f600}").expect("it is one line"),
        level: Level::Two,
        device: public(TECHNICIAN),
        issued_at: UnixMillis(NOW.0 - 10 * DAY_MS),
        expires_at: UnixMillis(NOW.0 + 80 * DAY_MS),
    }
}

pub(crate) fn nonce() -> Nonce {
    Nonce([0x5a; 32])
}

pub(crate) fn ask() -> Ask {
    Ask {
        version: VERSION,
        session: SESSION,
        ticket: TICKET,
        capabilities: [Capability::Clipboard, Capability::View].into(),
        asked_at: NOW,
        commitment: Ask::commitment(&nonce()),
        credential: by_card(card().sign(&key(ORGANISATION))),
    }
}

fn by_card(card: SignedCard) -> Credential {
    Credential::Card { card }
}

pub(crate) fn ready() -> Ready {
    Ready {
        session: SESSION,
        ask: ask().hash(),
        device: public(USER),
        user: Stated {
            name: Name::new("Hélène d’Ávila").expect("it is one line"),
            machine: Name::new("PC\\COMPTA-04").expect("it is one line"),
        },
        nonce: Nonce([0xc3; 32]),
        code: None,
    }
}

pub(crate) fn grant() -> Grant {
    Grant {
        session: SESSION,
        ticket: TICKET,
        technician: PersonId(7),
        capabilities: [Capability::View].into(),
        expires_at: UnixMillis(NOW.0 + 1_800_000),
    }
}

pub(crate) fn transcript() -> Transcript {
    Transcript::new(&ask(), &ready().sign(&key(USER)), &nonce()).expect("they fit together")
}

fn sdp(digit: &str) -> Sdp {
    let digest = [digit; 32].join(":");
    Sdp::new(format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=fingerprint:sha-256 {digest}\r\n"
    ))
    .expect("it is a description")
}

pub(crate) fn changed<Value: Clone>(value: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut value = value.clone();
    change(&mut value);
    value
}

fn revocations() -> SignedRevocations {
    Revocations {
        version: card::VERSION,
        number: 3,
        issued_at: NOW,
        revoked: vec![Revoked {
            serial: CardSerial([4; 8]),
            until: UnixMillis(NOW.0 + DAY_MS),
            device: Some(public(TECHNICIAN)),
        }],
    }
    .sign(&key(ORGANISATION))
}

fn cards() -> Vec<CardCase> {
    let signed = card().sign(&key(ORGANISATION));
    let with = |change: fn(&mut Card)| changed(&card(), change).sign(&key(ORGANISATION));
    [
        ("a good card", signed.clone()),
        ("one that has expired", with(|card| card.expires_at = NOW)),
        ("one that was revoked", with(|card| card.serial = CardSerial([4; 8]))),
        (
            "one from a future that no clock explains",
            with(|card| card.issued_at = NOW.plus(CLOCK_TOLERANCE_MS + 1)),
        ),
        (
            "one from a clock that is ahead",
            with(|card| card.issued_at = NOW.plus(CLOCK_TOLERANCE_MS)),
        ),
        ("one of a later version", with(|card| card.version = 2)),
        ("another organisation's", card().sign(&key(STRANGER))),
        (
            "one with a higher level than was signed",
            changed(&signed, |signed| signed.card.level = Level::Three),
        ),
        (
            "one with another device than was signed",
            changed(&signed, |signed| signed.card.device = public(STRANGER)),
        ),
    ]
    .into_iter()
    .map(|(name, card)| CardCase {
        name: name.into(),
        verdict: card_verdict(&card),
        card,
    })
    .collect()
}

fn card_verdict(card: &SignedCard) -> Verdict {
    card.verify(&public(ORGANISATION), Some(&revocations().revocations), NOW)
        .map_or_else(Verdict::Card, |()| Verdict::Ok)
}

fn asks() -> Vec<AskCase> {
    let good = ask().sign(&key(TECHNICIAN));
    let expired = changed(&card(), |card| card.expires_at = NOW).sign(&key(ORGANISATION));
    [
        ("a good question", good.clone(), SESSION, TICKET),
        ("put for another ticket", good.clone(), SESSION, TicketId(1043)),
        ("put in another session", good.clone(), SessionId([0xac; 16]), TICKET),
        (
            "with the ticket changed",
            changed(&good, |good| good.ask.ticket = TicketId(1043)),
            SESSION,
            TicketId(1043),
        ),
        (
            "with more asked",
            changed(&good, |good| {
                good.ask.capabilities.insert(Capability::Control);
            }),
            SESSION,
            TICKET,
        ),
        (
            "with another commitment",
            changed(&good, |good| good.ask.commitment = Ask::commitment(&Nonce([1; 32]))),
            SESSION,
            TICKET,
        ),
        (
            "of another version, signed so",
            changed(&ask(), |ask| ask.version = VERSION + 1).sign(&key(TECHNICIAN)),
            SESSION,
            TICKET,
        ),
        (
            "signed by another device than the card's",
            ask().sign(&key(STRANGER)),
            SESSION,
            TICKET,
        ),
        (
            "with a card that has expired",
            changed(&ask(), |ask| ask.credential = by_card(expired)).sign(&key(TECHNICIAN)),
            SESSION,
            TICKET,
        ),
        (
            "with a card of its own making",
            changed(&ask(), |ask| ask.credential = by_card(card().sign(&key(TECHNICIAN)))).sign(&key(TECHNICIAN)),
            SESSION,
            TICKET,
        ),
        (
            "with a code, by a device whose card was taken back",
            changed(&ask(), |ask| {
                ask.credential = Credential::Code {
                    technician: card().technician(),
                    device: public(TECHNICIAN),
                    element: PakeElement([3; 32]),
                };
            })
            .sign(&key(TECHNICIAN)),
            SESSION,
            TICKET,
        ),
    ]
    .into_iter()
    .map(|(name, ask, session, ticket)| AskCase {
        name: name.into(),
        verdict: ask_verdict(&ask, session, ticket),
        session,
        ticket,
        ask,
    })
    .collect()
}

fn ask_verdict(ask: &SignedAsk, session: SessionId, ticket: TicketId) -> Verdict {
    let list = revocations().revocations;
    match ask.verify(session, ticket, &public(ORGANISATION), Some(&list), NOW) {
        Ok(()) => Verdict::Ok,
        Err(AskFault::Tampered(what)) => Verdict::Tampered(what),
        Err(AskFault::Card(fault)) => Verdict::Card(fault),
    }
}

fn bindings() -> Vec<BindingCase> {
    let good = ready().sign(&key(USER));
    let other = changed(&ask(), |ask| ask.ticket = TicketId(1043));
    [
        ("a good answer", ask(), good.clone(), nonce()),
        ("an answer to another question", other, good.clone(), nonce()),
        (
            "an answer with the machine's name changed",
            ask(),
            changed(&good, |good| {
                good.ready.user.machine = Name::new("PC-01").expect("it is one line")
            }),
            nonce(),
        ),
        (
            "an answer with another nonce",
            ask(),
            changed(&good, |good| good.ready.nonce = Nonce([0xc4; 32])),
            nonce(),
        ),
        (
            "an answer of another machine in this one's name",
            ask(),
            ready().sign(&key(STRANGER)),
            nonce(),
        ),
        (
            "an answer of another session",
            ask(),
            changed(&ready(), |ready| ready.session = SessionId([0xac; 16])).sign(&key(USER)),
            nonce(),
        ),
        (
            "a nonce that was not committed to",
            ask(),
            good.clone(),
            Nonce([0x5b; 32]),
        ),
        (
            "an answer of another machine that is whole: the words differ",
            ask(),
            changed(&ready(), |ready| ready.device = public(STRANGER)).sign(&key(STRANGER)),
            nonce(),
        ),
    ]
    .into_iter()
    .map(|(name, ask, ready, nonce)| {
        let found = Transcript::new(&ask, &ready, &nonce);
        let hash = found.is_ok().then(|| transcript_hash(&ask, &ready, &nonce));
        BindingCase {
            name: name.into(),
            verdict: found.map(|_| ()).into(),
            words: found.ok().map(|transcript| transcript.words()),
            transcript: hash,
            ask: ask.sign(&key(TECHNICIAN)),
            ready,
            nonce,
        }
    })
    .collect()
}

/// As the wire's specification says it.
pub(crate) fn transcript_hash(ask: &Ask, ready: &SignedReady, nonce: &Nonce) -> Sha256 {
    let ready = signing::hash(READY_CONTEXT, &ready.ready);
    signing::hash_of(&[TRANSCRIPT_CONTEXT, &ask.hash().0, &ready.0, &nonce.0].concat())
}

fn reveals() -> Vec<RevealCase> {
    let honest = ready().sign(&key(USER));
    let good = transcript().reveal(SESSION, nonce(), None, &key(TECHNICIAN));
    let ground = changed(&ready(), |ready| ready.nonce = Nonce([7; 32])).sign(&key(USER));
    let strangers = changed(&ready(), |ready| ready.device = public(STRANGER)).sign(&key(STRANGER));
    [
        ("a good reveal", honest.clone(), good),
        ("told of another readiness of the same machine", ground, good),
        ("told of another machine's readiness", strangers, good),
        (
            "with another nonce",
            honest.clone(),
            changed(&good, |reveal| reveal.nonce = Nonce([1; 32])),
        ),
        (
            "of another session",
            honest.clone(),
            changed(&good, |reveal| reveal.session = SessionId([0xac; 16])),
        ),
        (
            "signed by another device",
            honest,
            transcript().reveal(SESSION, nonce(), None, &key(STRANGER)),
        ),
    ]
    .into_iter()
    .map(|(name, ready, reveal)| RevealCase {
        name: name.into(),
        verdict: Transcript::revealed(&ask(), &ready, &reveal).map(|_| ()).into(),
        ready,
        reveal,
    })
    .collect()
}

fn allowances() -> Vec<AllowanceCase> {
    let transcript = transcript();
    let good = transcript.sign_allowance(&grant(), &key(USER));
    let more: Capabilities = [Capability::View, Capability::Control].into();
    let elsewhere = Transcript::new(
        &ask(),
        &changed(&ready(), |ready| ready.nonce = Nonce([7; 32])).sign(&key(USER)),
        &nonce(),
    )
    .expect("they fit together");
    [
        ("a good yes", grant(), good),
        (
            "with more allowed",
            changed(&grant(), |grant| grant.capabilities = more),
            good,
        ),
        (
            "for longer",
            changed(&grant(), |grant| grant.expires_at = grant.expires_at.plus(1)),
            good,
        ),
        (
            "to somebody else",
            changed(&grant(), |grant| grant.technician = PersonId(8)),
            good,
        ),
        (
            "by another machine",
            grant(),
            transcript.sign_allowance(&grant(), &key(STRANGER)),
        ),
        (
            "from an earlier session of the same two",
            grant(),
            elsewhere.sign_allowance(&grant(), &key(USER)),
        ),
    ]
    .into_iter()
    .map(|(name, grant, allowance)| AllowanceCase {
        name: name.into(),
        verdict: transcript.bind(&grant, &allowance).map(|_| ()).into(),
        grant,
        allowance,
    })
    .collect()
}

fn offers() -> Vec<OfferCase> {
    let (bound, user) = (bound(), key(USER));
    let good = bound.sign_offer(1, &sdp("AB"), &user);
    [
        ("a good offer", 1, sdp("AB"), good),
        ("with another certificate", 1, sdp("AC"), good),
        ("with another attempt", 2, sdp("AB"), good),
        (
            "by another machine",
            1,
            sdp("AB"),
            bound.sign_offer(1, &sdp("AB"), &key(STRANGER)),
        ),
        (
            "sealed as an answer",
            1,
            sdp("AB"),
            bound.sign_answer(1, &sdp("AB"), &sdp("AB"), &user),
        ),
        (
            "with a line end changed",
            1,
            Sdp::new("v=0\n".into()).expect("it is one"),
            { bound.sign_offer(1, &Sdp::new("v=0\r\n".into()).expect("it is one"), &user) },
        ),
    ]
    .into_iter()
    .map(|(name, attempt, offer, seal)| OfferCase {
        name: name.into(),
        verdict: bound.check_offer(attempt, &offer, &seal).into(),
        attempt,
        offer,
        seal,
    })
    .collect()
}

fn answers() -> Vec<AnswerCase> {
    let (bound, technician) = (bound(), key(TECHNICIAN));
    let good = bound.sign_answer(1, &sdp("AB"), &sdp("CD"), &technician);
    [
        ("a good answer", 1, sdp("AB"), sdp("CD"), good),
        ("with another certificate", 1, sdp("AB"), sdp("CE"), good),
        ("to another offer", 1, sdp("AC"), sdp("CD"), good),
        ("to another attempt", 2, sdp("AB"), sdp("CD"), good),
        (
            "by another device",
            1,
            sdp("AB"),
            sdp("CD"),
            bound.sign_answer(1, &sdp("AB"), &sdp("CD"), &key(STRANGER)),
        ),
    ]
    .into_iter()
    .map(|(name, attempt, offer, answer, seal)| AnswerCase {
        name: name.into(),
        verdict: bound.check_answer(attempt, &offer, &answer, &seal).into(),
        attempt,
        offer,
        answer,
        seal,
    })
    .collect()
}

fn bound() -> Bound {
    let transcript = transcript();
    let allowance = transcript.sign_allowance(&grant(), &key(USER));
    transcript.bind(&grant(), &allowance).expect("the user said so")
}

pub(crate) fn vectors() -> Vectors {
    Vectors {
        about:
            "What binds a session, step by step, with tampered variants and the verdict on each. Made and checked by \
                relay/protocol/tests/binding; the technician's page in a browser (ui/src/host/browser/binding) checks \
                and signs the same."
                .into(),
        technician_seed: Nonce([TECHNICIAN; 32]),
        user_seed: Nonce([USER; 32]),
        organisation: public(ORGANISATION),
        technician: public(TECHNICIAN),
        user: public(USER),
        now: NOW,
        revocations: revocations(),
        cards: cards(),
        asks: asks(),
        bindings: bindings(),
        reveals: reveals(),
        allowances: allowances(),
        offers: offers(),
        answers: answers(),
        codes: codes(),
    }
}
