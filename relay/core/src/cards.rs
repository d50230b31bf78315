//! Technicians' cards: what the organisation brought to the relay, and whether a question may be put with one.
//!
//! Flow: a card is asked for ([`Broker::request_card`]), signed elsewhere, and comes back with
//! [`crate::Input::CardsChanged`]; every question shows one ([`Broker::check_ask`]). A card that is taken back ends the
//! session that was asked for with it (see `timers`).
//!
//! Invariant: nobody is rung by a question whose card, device or signature is not good, and that it was tried is recorded.
//! The user's machine judges for itself; the relay refuses what an honest one can refuse earlier.

use renfort_audit::{actor::Actor, event::Event};
use renfort_protocol::{
    VERSION,
    binding::{AskFault, Credential, SignedAsk},
    card::{CardFault, Revocations, SignedCard, SignedCardRequest, SignedRevocations},
    error::{Code, WireError},
    grant::Capability,
    ids::{DeviceKey, PersonId},
    people::Technician,
    signalling::{FromRelay, ToRelay},
    time::UnixMillis,
};

use crate::{
    broker::Broker,
    commit::{Plan, Refusal, Refused},
    connections::Party,
    contract::{Change, SessionRecord},
    recent::Recent,
    requests::trespass,
};

/// Requests for a card that one account may make in [`REQUESTS_WINDOW_MS`]; the next is refused with `too_fast`.
pub const REQUESTS: usize = 5;
/// Window of [`REQUESTS`], in milliseconds.
pub const REQUESTS_WINDOW_MS: u64 = 60 * 60_000;

/// What the relay knows of cards. The organisation's private key is never among it.
#[derive(Debug, Clone)]
pub(crate) struct Cards {
    organisation: DeviceKey,
    cards: Vec<SignedCard>,
    revocations: Option<SignedRevocations>,
    requested: Recent,
}

impl Cards {
    pub(crate) fn new(organisation: DeviceKey, cards: Vec<SignedCard>, revocations: Option<SignedRevocations>) -> Self {
        Self {
            organisation,
            cards,
            revocations,
            requested: Recent::new(REQUESTS, REQUESTS_WINDOW_MS),
        }
    }

    /// The signed list, as everybody is told it.
    pub(crate) fn list(&self) -> Option<Box<SignedRevocations>> {
        self.revocations.clone().map(Box::new)
    }

    fn revocations(&self) -> Option<&Revocations> {
        self.revocations.as_ref().map(|list| &list.revocations)
    }

    fn number(&self) -> Option<u64> {
        self.revocations().map(|list| list.number)
    }

    /// The newest good card of a person's device.
    pub(crate) fn of(&self, person: PersonId, device: &DeviceKey, now: UnixMillis) -> Option<&SignedCard> {
        self.cards
            .iter()
            .filter(|signed| signed.card.person == person && signed.card.device == *device)
            .filter(|signed| signed.verify(&self.organisation, self.revocations(), now).is_ok())
            .max_by_key(|signed| (signed.card.issued_at, signed.card.serial))
    }

    /// Was the card taken back with which this session was asked for, or a card of the device that asked with a code?
    pub(crate) fn is_revoked(&self, session: &SessionRecord) -> bool {
        let binding = session.binding.as_ref();
        let list = self.revocations();
        binding.is_some_and(|binding| list.is_some_and(|list| binding.ask.ask.credential.is_taken_back(list)))
    }
}

/// What is wrong with an ask.
enum Wrong {
    Card(CardFault),
    Other(WireError),
}

impl Broker {
    fn wrong(&self, technician: &Technician, device: &DeviceKey, signed: &SignedAsk) -> Option<Wrong> {
        let ask = &signed.ask;
        if ask.version != VERSION {
            let error = WireError::from(Code::WrongVersion).with("supported", VERSION);
            return Some(Wrong::Other(error));
        }
        let verdict = signed.verify(
            ask.session,
            ask.ticket,
            &self.cards.organisation,
            self.cards.revocations(),
            self.now,
        );
        match verdict {
            Err(AskFault::Card(fault)) => Some(Wrong::Card(fault)),
            _ if !is_theirs(&ask.credential, technician, device) => Some(match ask.credential {
                Credential::Card { .. } => Wrong::Card(CardFault::Stolen),
                Credential::Code { .. } => Wrong::Other(Code::NotAllowed.into()),
            }),
            Err(AskFault::Tampered(_)) => Some(Wrong::Other(Code::BadSignature.into())),
            Ok(()) if ask.credential.card().is_none() && !self.codes_allowed => {
                Some(Wrong::Other(Code::AgainstPolicy.into()))
            }
            // An ask that was put before, by whomever.
            Ok(()) if self.desk.session(ask.session).is_some() => Some(Wrong::Other(Code::OutOfOrder.into())),
            Ok(()) if !ask.capabilities.contains(&Capability::View) => Some(Wrong::Other(Code::Malformed.into())),
            Ok(()) => None,
        }
    }

    /// May this question be put? If not, it is recorded that it was tried.
    pub(crate) fn check_ask(
        &self,
        technician: &Technician,
        device: &DeviceKey,
        signed: &SignedAsk,
    ) -> Result<(), Refusal> {
        let Some(wrong) = self.wrong(technician, device, signed) else {
            return Ok(());
        };
        let (error, fault) = match wrong {
            Wrong::Card(fault) => (
                WireError::from(Code::CardNeeded).with("fault", word(fault)),
                Some(fault),
            ),
            Wrong::Other(error) => (error, None),
        };
        let event = Event::AskRefused {
            code: error.code,
            fault,
            card: signed.ask.credential.card().map(|card| card.card.serial),
        };
        // A card that ran out, or was taken back, happens to the honest, and so does a code that the organisation does not allow
        // any more.
        let offence = error.code != Code::AgainstPolicy
            && !matches!(fault, Some(CardFault::Expired | CardFault::Revoked | CardFault::NotYet));
        // The record's ticket must exist; its session does not.
        let ticket = self.desk.ticket(signed.ask.ticket).map(|ticket| ticket.record.id);
        Err(Refusal {
            error,
            record: Some(Box::new(Refused {
                ticket,
                session: None,
                event,
            })),
            offence,
        })
    }

    /// Keeps a device's request for a card until the organisation fetches it.
    pub(crate) fn request_card(
        &mut self,
        technician: &Technician,
        device: &DeviceKey,
        signed: &SignedCardRequest,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        let request = &signed.request;
        let refuse = |code| Err(trespass(body, code, None, None));
        // The name and level in it are what the organisation would sign: they are the account's own.
        let own = request.person == technician.id
            && request.name == technician.name
            && request.level == technician.level
            && request.device == *device;
        if !own {
            return refuse(Code::NotAllowed);
        }
        if !signed.is_genuine() {
            return refuse(Code::BadSignature);
        }
        if !self.cards.requested.admits(technician.id, self.now) {
            return refuse(Code::TooFast);
        }
        let mut plan = Plan::default();
        plan.batch.changes.push(Change::PutCardRequest {
            request: Box::new(signed.clone()),
        });
        let event = Event::CardRequested { device: *device };
        plan.record(self.now, Actor::Person(technician.id), None, None, event);
        Ok(plan)
    }

    /// Takes the cards and the list as they are now, and tells whom they concern.
    pub(crate) fn cards_changed(&mut self, cards: Vec<SignedCard>, revocations: Option<SignedRevocations>) {
        let now = self.now;
        let devices: Vec<_> = self
            .connections
            .all_ready()
            .map(|(conn, party)| match party {
                Party::Technician { technician, device, .. } => (conn, Some((technician.id, *device))),
                Party::User { .. } => (conn, None),
            })
            .collect();
        let held = |cards: &Cards, whose: Option<(PersonId, DeviceKey)>| {
            whose.and_then(|(person, device)| cards.of(person, &device, now).cloned())
        };
        let before: Vec<Option<SignedCard>> = devices.iter().map(|(_, whose)| held(&self.cards, *whose)).collect();
        let newer = revocations.as_ref().map(|list| list.revocations.number) > self.cards.number();
        self.cards.cards = cards;
        if newer {
            self.cards.revocations = revocations;
        }
        for ((conn, whose), before) in devices.into_iter().zip(before) {
            if newer && let Some(revocations) = self.cards.list() {
                self.send(conn, FromRelay::Revocations { revocations });
            }
            let card = held(&self.cards, whose);
            if card != before
                && let Some(card) = card
            {
                self.send(conn, FromRelay::Card { card: Box::new(card) });
            }
        }
    }
}

/// Does it name whoever is signed in on this device? With a code, the name is the account's.
fn is_theirs(credential: &Credential, technician: &Technician, device: &DeviceKey) -> bool {
    let whole = match credential {
        Credential::Card { card } => card.card.person == technician.id,
        Credential::Code { technician: named, .. } => named == technician,
    };
    whole && credential.device() == device
}

/// A fault's name on the wire.
fn word(fault: CardFault) -> String {
    let value = serde_json::to_value(fault).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
