//! Tickets over real sockets.

use renfort_core::contract::{Change, TicketRecord};
use renfort_protocol::{
    error::Code,
    ids::{DeviceKey, RequestId, TicketId},
    people::{Level, Stated},
    signalling::{FromRelay, Identity, Welcomed},
    ticket::{Impact, Language, Summary, TicketState, Urgency},
    time::UnixMillis,
};
use renfort_relay::store::{Applied, Store};

use crate::support::{
    PASSWORD, World,
    client::{connect, technician, user},
    http::Browser,
    name, password,
};

#[tokio::test]
async fn a_second_technician_cannot_take_a_taken_ticket() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut asking = user(relay.address(), 1).await;
    let ticket = asking.open_ticket(1).await.unwrap().unwrap();
    let mut ada = technician(relay.address(), "ada", 2).await;
    let mut bob = technician(relay.address(), "bob", 3).await;

    let (first, second) = tokio::join!(ada.take(ticket), bob.take(ticket));
    let mut results = [first.unwrap(), second.unwrap()];
    results.sort_by_key(Result::is_err);
    let error = results[1].as_ref().unwrap_err();
    assert_eq!((&results[0], error.code), (&Ok(()), Code::AlreadyTaken));
    let name = error.params.get("technician").unwrap();
    assert!(name == "Ada Tech" || name == "Bob Tech", "{name}");

    let asked = asking.hear(|message| match message {
        FromRelay::Asked { session } => Some(session),
        _ => None,
    });
    assert_eq!(asked.await.unwrap().ticket, ticket);

    let log = Browser::signed_in(relay.address(), "sue")
        .await
        .get("/v1/console/export/audit.jsonl")
        .await
        .text();
    assert_eq!(log.matches("\"ticket.taken\"").count(), 1);
    assert_eq!(log.matches("\"ticket.take_denied\"").count(), 1);
    relay.stop().await;
}

#[tokio::test]
async fn a_ticket_opened_twice_with_one_request_is_one_ticket() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut asking = user(relay.address(), 1).await;
    let ticket = asking.open_ticket(7).await.unwrap().unwrap();
    drop(asking);
    relay.stop().await;

    // Also after a restart, when only the store remembers.
    let relay = world.start().await;
    let mut asking = user(relay.address(), 1).await;
    assert_eq!(asking.open_ticket(7).await.unwrap().unwrap(), ticket);
    assert_eq!(asking.open_ticket(8).await.unwrap().unwrap_err().code, Code::TicketOpen);
    relay.stop().await;
}

#[tokio::test]
async fn a_technician_is_welcomed_by_a_queue_of_five_hundred_tickets() {
    let world = World::new().await;
    let store = world.store().await;
    let mut transaction = store.begin().await.unwrap();
    let waiting: Vec<Change> = (0..500).map(waiting).collect();
    assert_eq!(transaction.apply(&waiting).await.unwrap(), Applied::All);
    transaction.commit().await.unwrap();
    store.close().await;

    let relay = world.start().await;
    let mut ada = connect(relay.address()).await;
    let identity = Identity::Password {
        login: name("ada"),
        password: password(PASSWORD),
    };
    let Welcomed::Technician { queue, .. } = *ada.welcome(2, identity).await.unwrap() else {
        panic!("not a technician's welcome")
    };
    assert_eq!(queue.len(), 500);
    relay.stop().await;
}

/// A ticket with the longest words that fit.
fn waiting(number: u16) -> Change {
    let mut device = [0; 32];
    device[..2].copy_from_slice(&number.to_be_bytes());
    let record = TicketRecord {
        id: TicketId(1001 + u64::from(number)),
        version: 1,
        request: RequestId([1; 16]),
        device: DeviceKey(device),
        user: Stated {
            name: name(&"É".repeat(80)),
            machine: name(&"é".repeat(80)),
        },
        language: Language::Fr,
        summary: Summary::new("€".repeat(300)).unwrap(),
        impact: Impact::Person,
        urgency: Urgency::Low,
        level: Level::One,
        state: TicketState::Waiting,
        technician: None,
        opened_at: UnixMillis(1),
        waiting_since: UnixMillis(1),
        first_taken_at: None,
        closed_at: None,
        reopened: 0,
        message: None,
        feedback: None,
        user_away_since: None,
    };
    Change::PutTicket {
        record: Box::new(record),
        expected_version: None,
    }
}

#[tokio::test]
async fn a_user_may_not_do_a_technicians_work() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut asking = user(relay.address(), 1).await;
    let ticket = asking.open_ticket(1).await.unwrap().unwrap();
    let refused = asking.take(ticket).await.unwrap().unwrap_err();
    assert_eq!(refused.code, Code::NotAllowed);
    relay.stop().await;
}
