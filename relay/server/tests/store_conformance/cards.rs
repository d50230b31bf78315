//! Technicians' cards, and the binding of sessions.

use renfort_core::contract::{Binding, CARD_REQUESTS, Change};
use renfort_protocol::{
    binding::{Ask, Credential, Reveal},
    card::{Card, CardRequest, Revocations, Revoked, SignedCard, SignedCardRequest, SignedRevocations, VERSION},
    grant::Capability,
    ids::{CardSerial, Confirmation, DeviceKey, Nonce, PersonId, Signature, TicketId},
    people::Level,
    time::UnixMillis,
};
use renfort_relay::store::{
    Applied, Store,
    cards::{Installed, KEPT_EXPIRED_MS},
    orders::Ordered,
};
use ring::signature::Ed25519KeyPair;

use crate::samples::{name, person, put, put_session, session, ticket};

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[3; 32]).unwrap()
}

fn request(person: PersonId, device: u8, at: u64) -> SignedCardRequest {
    CardRequest {
        version: VERSION,
        person,
        name: name("Ada"),
        level: Level::One,
        device: DeviceKey([device; 32]),
        requested_at: UnixMillis(at),
    }
    .sign(&pair())
}

fn card(serial: u8, expires_at: u64) -> SignedCard {
    Card {
        version: VERSION,
        serial: CardSerial([serial; 8]),
        person: PersonId(1),
        name: name("Ada"),
        level: Level::One,
        device: DeviceKey([1; 32]),
        issued_at: UnixMillis(1),
        expires_at: UnixMillis(expires_at),
    }
    .sign(&pair())
}

fn list(number: u64) -> SignedRevocations {
    let one = Revoked {
        serial: CardSerial([1; 8]),
        until: UnixMillis(9),
        device: Some(DeviceKey([8; 32])),
    };
    Revocations {
        version: VERSION,
        number,
        issued_at: UnixMillis(1),
        revoked: vec![one],
    }
    .sign(&pair())
}

async fn keep(store: &dyn Store, signed: &SignedCardRequest) -> Applied {
    let mut transaction = store.begin().await.unwrap();
    let request = Box::new(signed.clone());
    let applied = transaction.apply(&[Change::PutCardRequest { request }]).await.unwrap();
    transaction.commit().await.unwrap();
    applied
}

pub async fn a_request_takes_the_place_of_the_devices_earlier_one_and_the_newest_are_kept(store: &dyn Store) {
    let ada = person(store, "ada").await;
    let bob = person(store, "bob").await;
    assert_eq!(keep(store, &request(PersonId(99), 1, 1)).await, Applied::Conflict);
    keep(store, &request(bob, 1, 1)).await;
    keep(store, &request(ada, 1, 1)).await;
    keep(store, &request(ada, 1, 2)).await;
    assert_eq!(
        store.card_requests().await.unwrap(),
        [request(bob, 1, 1), request(ada, 1, 2)]
    );
    for device in 2..=(CARD_REQUESTS as u8 + 1) {
        keep(store, &request(ada, device, 3)).await;
    }
    let kept = store.card_requests().await.unwrap();
    assert_eq!(kept.len(), CARD_REQUESTS + 1);
    assert!(kept.contains(&request(bob, 1, 1)) && !kept.contains(&request(ada, 1, 2)));
}

pub async fn what_is_brought_is_ordered_with_it(store: &dyn Store) {
    let at = UnixMillis(5);
    assert!(store.install(&Installed::Card(card(1, 100)), at).await.unwrap());
    assert!(!store.install(&Installed::Card(card(1, 100)), at).await.unwrap());
    assert!(store.install(&Installed::Revocations(list(1)), at).await.unwrap());
    let told: Vec<_> = store.orders().await.unwrap();
    let expected = [
        Ordered::installed(&Installed::Card(card(1, 100))),
        Ordered::installed(&Installed::Revocations(list(1))),
    ];
    assert_eq!(
        told.iter().map(|order| order.what.clone()).collect::<Vec<_>>(),
        expected
    );
    assert_eq!(told[0].at, at);
    let snapshot = store.snapshot().await.unwrap();
    assert_eq!(
        (snapshot.cards, snapshot.revocations),
        (vec![card(1, 100)], Some(list(1)))
    );
}

pub async fn a_list_is_taken_when_it_is_newer(store: &dyn Store) {
    let mut taken = Vec::new();
    for number in [2, 2, 1, 10, 9] {
        let content = Installed::Revocations(list(number));
        taken.push(store.install(&content, UnixMillis(1)).await.unwrap());
    }
    assert_eq!(taken, [true, false, false, true, false]);
    assert_eq!(store.revocations().await.unwrap(), Some(list(10)));
}

pub async fn what_expired_long_ago_is_forgotten(store: &dyn Store) {
    for content in [
        Installed::Card(card(1, 100)),
        Installed::Card(card(2, 200)),
        Installed::Revocations(list(1)),
        Installed::Revocations(list(2)),
    ] {
        store.install(&content, UnixMillis(1)).await.unwrap();
    }
    let late = UnixMillis(150 + KEPT_EXPIRED_MS);
    store.forget_expired(late, UnixMillis(0)).await.unwrap();
    assert_eq!(store.cards().await.unwrap(), [card(2, 200)]);
    assert_eq!(store.revocations().await.unwrap(), Some(list(2)));
    assert_eq!(
        store.orders().await.unwrap().len(),
        4,
        "the log tells of them all the same"
    );
}

pub async fn a_session_keeps_its_binding(store: &dyn Store) {
    let mut record = session(1, 1001);
    let ask = Ask {
        version: 1,
        session: record.id,
        ticket: TicketId(1001),
        capabilities: [Capability::View].into(),
        asked_at: UnixMillis(1),
        commitment: Ask::commitment(&Nonce([1; 32])),
        credential: Credential::Card { card: card(1, 100) },
    };
    record.binding = Some(Box::new(Binding {
        ask: ask.sign(&pair()),
        ready: None,
        reveal: Some(Reveal {
            session: record.id,
            nonce: Nonce([1; 32]),
            confirmation: Some(Confirmation([2; 32])),
            signature: Signature([3; 64]),
        }),
        allowed: None,
        allowance: Some(Signature([2; 64])),
    }));
    let mut transaction = store.begin().await.unwrap();
    let changes = [put(ticket(1001), None), put_session(record.clone(), None)];
    assert_eq!(transaction.apply(&changes).await.unwrap(), Applied::All);
    transaction.commit().await.unwrap();
    let stored = store.snapshot().await.unwrap().tickets.pop().unwrap();
    assert_eq!(stored.sessions, [record]);
}
