//! Tickets over real sockets.

use renfort_protocol::{
    error::Code,
    signalling::{FromRelay, ToRelay},
};

use crate::support::{
    World,
    client::{technician, user},
    http::Browser,
};

#[tokio::test]
async fn a_second_technician_cannot_take_a_taken_ticket() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut asking = user(relay.address(), 1).await;
    let ticket = asking.open_ticket(1).await.unwrap().unwrap();
    let mut ada = technician(relay.address(), "ada", 2).await;
    let mut bob = technician(relay.address(), "bob", 3).await;

    let (first, second) = tokio::join!(
        ada.ask(ToRelay::TakeTicket { ticket }),
        bob.ask(ToRelay::TakeTicket { ticket })
    );
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
async fn a_user_may_not_do_a_technicians_work() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut asking = user(relay.address(), 1).await;
    let ticket = asking.open_ticket(1).await.unwrap().unwrap();
    let refused = asking.ask(ToRelay::TakeTicket { ticket }).await.unwrap().unwrap_err();
    assert_eq!(refused.code, Code::NotAllowed);
    relay.stop().await;
}
