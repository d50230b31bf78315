//! What binds a session, as vectors: `vectors/binding.json` holds each step of a session and its tampered variants with the
//! verdict on each. They are made here with keys from fixed seeds and checked here; the technician's page in a browser
//! checks and signs the same. The test fails when the file is stale; `cargo xtask generate` writes it.

use std::path::Path;

use renfort_protocol::{
    VERSION,
    binding::{
        Allowance, Ask, AskFault, COMMITMENT_CONTEXT, READY_CONTEXT, Ready, SignedAsk, SignedReady, TRANSCRIPT_CONTEXT,
        Tampered, Transcript,
    },
    card::{self, CLOCK_TOLERANCE_MS, Card, CardFault, Revocations, Revoked, SignedCard, SignedRevocations},
    grant::{Capabilities, Capability, Grant},
    ids::{CardSerial, DeviceKey, Nonce, PersonId, SessionId, Sha256, Signature, TicketId},
    people::{Level, Name, Stated},
    signal::Sdp,
    signing,
    time::UnixMillis,
    words::{Words, words_of},
};
use ring::signature::Ed25519KeyPair;
use serde::{Deserialize, Serialize};

const ORGANISATION: u8 = 1;
const TECHNICIAN: u8 = 2;
const USER: u8 = 3;
const STRANGER: u8 = 9;
const NOW: UnixMillis = UnixMillis(1_750_000_000_000);
const DAY_MS: u64 = 24 * 60 * 60_000;
const SESSION: SessionId = SessionId([0xab; 16]);
const TICKET: TicketId = TicketId(1042);

/// What is found: that it holds, or what does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
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
struct Vectors {
    about: String,
    /// Seeds (RFC 8032) of the keys that sign, so that a second implementation can sign the same.
    technician_seed: Nonce,
    user_seed: Nonce,
    organisation: DeviceKey,
    technician: DeviceKey,
    user: DeviceKey,
    now: UnixMillis,
    revocations: SignedRevocations,
    cards: Vec<CardCase>,
    asks: Vec<AskCase>,
    bindings: Vec<BindingCase>,
    allowances: Vec<AllowanceCase>,
    offers: Vec<OfferCase>,
    answers: Vec<AnswerCase>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct CardCase {
    name: String,
    card: SignedCard,
    verdict: Verdict,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct AskCase {
    name: String,
    session: SessionId,
    ticket: TicketId,
    ask: SignedAsk,
    verdict: Verdict,
}

/// An ask, the answer and the nonce: do they make a transcript, and which?
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct BindingCase {
    name: String,
    ask: SignedAsk,
    ready: SignedReady,
    nonce: Nonce,
    verdict: Verdict,
    transcript: Option<Sha256>,
    words: Option<Words>,
}

/// Of the first binding.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct AllowanceCase {
    name: String,
    grant: Grant,
    allowance: Signature,
    verdict: Verdict,
}

/// Of the first allowance.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct OfferCase {
    name: String,
    attempt: u32,
    offer: Sdp,
    seal: Signature,
    verdict: Verdict,
}

/// Of the first allowance.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct AnswerCase {
    name: String,
    attempt: u32,
    offer: Sdp,
    answer: Sdp,
    seal: Signature,
    verdict: Verdict,
}

fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("32 bytes are a seed")
}

fn public(seed: u8) -> DeviceKey {
    signing::public(&key(seed))
}

fn card() -> Card {
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

fn nonce() -> Nonce {
    Nonce([0x5a; 32])
}

fn ask() -> Ask {
    Ask {
        version: VERSION,
        session: SESSION,
        ticket: TICKET,
        capabilities: [Capability::Clipboard, Capability::View].into(),
        asked_at: NOW,
        commitment: Ask::commitment(&nonce()),
        card: card().sign(&key(ORGANISATION)),
    }
}

fn ready() -> Ready {
    Ready {
        session: SESSION,
        ask: ask().hash(),
        device: public(USER),
        user: Stated {
            name: Name::new("Hélène d’Ávila").expect("it is one line"),
            machine: Name::new("PC\\COMPTA-04").expect("it is one line"),
        },
        nonce: Nonce([0xc3; 32]),
    }
}

fn grant() -> Grant {
    Grant {
        session: SESSION,
        ticket: TICKET,
        technician: PersonId(7),
        capabilities: [Capability::View].into(),
        expires_at: UnixMillis(NOW.0 + 1_800_000),
    }
}

fn transcript() -> Transcript {
    Transcript::new(&ask(), &ready().sign(&key(USER)), &nonce()).expect("they fit together")
}

fn sdp(digit: &str) -> Sdp {
    let digest = [digit; 32].join(":");
    Sdp::new(format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=fingerprint:sha-256 {digest}\r\n"
    ))
    .expect("it is a description")
}

fn changed<Value: Clone>(value: &Value, change: impl FnOnce(&mut Value)) -> Value {
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
            changed(&ask(), |ask| ask.card = expired).sign(&key(TECHNICIAN)),
            SESSION,
            TICKET,
        ),
        (
            "with a card of its own making",
            changed(&ask(), |ask| ask.card = card().sign(&key(TECHNICIAN))).sign(&key(TECHNICIAN)),
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
fn transcript_hash(ask: &Ask, ready: &SignedReady, nonce: &Nonce) -> Sha256 {
    let ready = signing::hash(READY_CONTEXT, &ready.ready);
    signing::hash_of(&[TRANSCRIPT_CONTEXT, &ask.hash().0, &ready.0, &nonce.0].concat())
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

fn bound() -> renfort_protocol::binding::Bound {
    let transcript = transcript();
    let allowance = transcript.sign_allowance(&grant(), &key(USER));
    transcript.bind(&grant(), &allowance).expect("the user said so")
}

fn vectors() -> Vectors {
    Vectors {
        about: "What binds a session, step by step, with tampered variants and the verdict on each. Made and checked by \
                relay/protocol/tests/binding.rs; the technician's page in a browser (ui/src/host/browser/binding) checks \
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
        allowances: allowances(),
        offers: offers(),
        answers: answers(),
    }
}

/// What each case is expected to be found; the code's own verdict is in the file.
#[test]
fn each_tampered_variant_is_found_for_what_it_is() {
    let vectors = vectors();
    assert!(vectors.revocations.is_genuine(&vectors.organisation));
    let cards: Vec<_> = vectors.cards.iter().map(|case| case.verdict).collect();
    let faults = [CardFault::Expired, CardFault::Revoked, CardFault::NotYet].map(Verdict::Card);
    assert_eq!(cards[0], Verdict::Ok);
    assert_eq!(cards[1..4], faults);
    assert_eq!(cards[4..6], [Verdict::Ok, Verdict::Card(CardFault::Version)]);
    assert_eq!(cards[6..], [Verdict::Card(CardFault::Foreign); 3]);
    let asks: Vec<_> = vectors.asks.iter().map(|case| case.verdict).collect();
    assert_eq!(asks[0], Verdict::Ok);
    assert_eq!(asks[1..8], [Verdict::Tampered(Tampered::Ask); 7]);
    assert_eq!(
        asks[8..],
        [Verdict::Card(CardFault::Expired), Verdict::Card(CardFault::Foreign)]
    );
    let bindings: Vec<_> = vectors.bindings.iter().map(|case| case.verdict).collect();
    assert_eq!(bindings[0], Verdict::Ok);
    assert_eq!(bindings[1..6], [Verdict::Tampered(Tampered::Ready); 5]);
    assert_eq!(bindings[6..], [Verdict::Tampered(Tampered::Reveal), Verdict::Ok]);
    let (ours, theirs) = (&vectors.bindings[0], &vectors.bindings[7]);
    assert_ne!(ours.words, theirs.words);
    assert_eq!(ours.words, ours.transcript.as_ref().map(words_of));
    only_the_first_holds(vectors.allowances.iter().map(|case| case.verdict), Tampered::Allowance);
    only_the_first_holds(vectors.offers.iter().map(|case| case.verdict), Tampered::Offer);
    only_the_first_holds(vectors.answers.iter().map(|case| case.verdict), Tampered::Answer);
}

fn only_the_first_holds(mut verdicts: impl Iterator<Item = Verdict>, what: Tampered) {
    assert_eq!(verdicts.next(), Some(Verdict::Ok));
    let mut others = verdicts.peekable();
    assert!(others.peek().is_some() && others.all(|verdict| verdict == Verdict::Tampered(what)));
}

/// The hashes that are no members of a message are those of the specification.
#[test]
fn what_is_signed_is_what_the_specification_says() {
    assert_eq!(
        ask().commitment,
        signing::hash_of(&[COMMITMENT_CONTEXT, &nonce().0].concat())
    );
    let allowance = Allowance {
        transcript: transcript_hash(&ask(), &ready().sign(&key(USER)), &nonce()),
        grant: grant(),
    };
    let signature = signing::sign(&key(USER), renfort_protocol::binding::ALLOWANCE_CONTEXT, &allowance);
    assert_eq!(transcript().sign_allowance(&grant(), &key(USER)), signature);
}

#[test]
fn the_vectors_are_those_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/binding.json");
    let fresh = vectors();
    if std::env::var_os("RENFORT_GENERATE").is_some() {
        let text = serde_json::to_string_pretty(&fresh).expect("vectors are plain JSON");
        std::fs::write(&path, text + "\n").expect("the file can be written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    let stored: Option<Vectors> = serde_json::from_str(&stored).ok();
    assert!(
        stored == Some(fresh),
        "relay/protocol/vectors/binding.json is stale: run `cargo xtask generate`"
    );
}
