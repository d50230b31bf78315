//! What was acknowledged is there, whatever happens to the relay or to the disk.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use renfort_protocol::{console::TicketRow, error::Code, ids::TicketId, signalling::ToRelay, ticket::TicketState};
use renfort_relay::{Config, Relay, store::sqlite::SqliteOptions};

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::support::{
    World,
    client::user,
    http::Browser,
    program::{Serving, run},
};

/// State that each ticket must have at least reached.
type Acknowledged = Arc<Mutex<BTreeMap<TicketId, TicketState>>>;

/// Opens and cancels tickets until the relay is gone, noting what it acknowledged.
async fn keep_busy(address: std::net::SocketAddr, seed: u8, acknowledged: Acknowledged) {
    let mut client = user(address, seed).await;
    for request in 0.. {
        let Ok(Ok(ticket)) = client.open_ticket(request).await else {
            return;
        };
        acknowledged.lock().unwrap().insert(ticket, TicketState::Waiting);
        let Ok(Ok(())) = client.ask(ToRelay::CancelTicket { ticket }).await else {
            return;
        };
        acknowledged.lock().unwrap().insert(ticket, TicketState::Cancelled);
    }
}

async fn stored(address: std::net::SocketAddr) -> BTreeMap<TicketId, TicketState> {
    let sue = Browser::signed_in(address, "sue").await;
    let lines = sue.get("/v1/console/export/tickets.jsonl").await.text();
    lines
        .lines()
        .map(|line| serde_json::from_str::<TicketRow>(line).unwrap())
        .map(|row| (row.id, row.state))
        .collect()
}

fn assert_nothing_lost(acknowledged: &Acknowledged, stored: &BTreeMap<TicketId, TicketState>) {
    for (ticket, state) in acknowledged.lock().unwrap().iter() {
        let found = stored
            .get(ticket)
            .unwrap_or_else(|| panic!("{ticket} was acknowledged and is gone"));
        assert!(
            found == state || *found == TicketState::Cancelled,
            "{ticket} is {found:?}, not {state:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_the_relay_in_a_burst_loses_nothing_acknowledged() {
    let world = World::new().await;
    let acknowledged = Acknowledged::default();
    for round in 0..3_u8 {
        let mut relay = Serving::start(&world.data());
        let clients: Vec<_> = (0..12)
            .map(|seed| {
                tokio::spawn(keep_busy(
                    relay.address,
                    1 + round * 12 + seed,
                    Arc::clone(&acknowledged),
                ))
            })
            .collect();
        let before = acknowledged.lock().unwrap().len();
        while acknowledged.lock().unwrap().len() < before + 30 {
            assert!(
                clients.iter().any(|client| !client.is_finished()),
                "nobody asks any more"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        relay.kill();
        for client in clients {
            client.await.unwrap();
        }
        let relay = Serving::start(&world.data());
        assert_nothing_lost(&acknowledged, &stored(relay.address).await);
    }
    let data = world.data();
    let file = world.folder.path().join("log.jsonl");
    let exported = run(
        &[
            "audit",
            "export",
            "--data",
            data.to_str().unwrap(),
            "--out",
            file.to_str().unwrap(),
        ],
        "",
    );
    assert!(exported.status.success(), "{exported:?}");
    let verified = run(&["audit", "verify", file.to_str().unwrap()], "");
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test]
async fn a_full_disk_refuses_with_not_recorded_and_loses_nothing_acknowledged() {
    let world = World::new().await;
    let sqlite = SqliteOptions { max_pages: Some(64) };
    let relay = Relay::start(Config {
        sqlite,
        ..world.config()
    })
    .await
    .unwrap();
    let acknowledged = Acknowledged::default();
    let mut refused = None;
    let mut seed = 0;
    while refused.is_none() {
        seed += 1;
        assert!(seed < 200, "the disk never fills");
        let mut client = user(relay.address(), seed).await;
        match client.open_ticket(1).await.unwrap() {
            Ok(ticket) => drop(acknowledged.lock().unwrap().insert(ticket, TicketState::Waiting)),
            Err(error) => refused = Some(error.code),
        }
    }
    assert_eq!(refused, Some(Code::NotRecorded));
    assert!(!acknowledged.lock().unwrap().is_empty());
    relay.stop().await;

    // With room again, the log goes on where its last durable record stands.
    let relay = world.start().await;
    assert_nothing_lost(&acknowledged, &stored(relay.address()).await);
    let mut client = user(relay.address(), seed).await;
    assert!(
        client.open_ticket(1).await.unwrap().is_ok(),
        "the refused request can be sent again"
    );
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let status: renfort_protocol::console::LogStatus = sue.get("/v1/console/log").await.json();
    assert_eq!(status.broken, None);
    relay.stop().await;
}

#[tokio::test]
async fn once_there_is_room_again_the_relay_writes_on_without_a_restart() {
    let world = World::new().await;
    // Something else that takes room, and can give it back.
    let path = world.data().join("relay.db");
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .busy_timeout(Duration::from_secs(10));
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("CREATE TABLE other (bytes BLOB)")
        .execute(&mut other)
        .await
        .unwrap();
    sqlx::query("INSERT INTO other VALUES (zeroblob(60 * 4096))")
        .execute(&mut other)
        .await
        .unwrap();
    let sqlite = SqliteOptions { max_pages: Some(124) };
    let relay = Relay::start(Config {
        sqlite,
        ..world.config()
    })
    .await
    .unwrap();
    let mut seed = 0;
    let mut client = loop {
        seed += 1;
        assert!(seed < 200, "the disk never fills");
        let mut client = user(relay.address(), seed).await;
        if let Err(error) = client.open_ticket(1).await.unwrap() {
            assert_eq!(error.code, Code::NotRecorded);
            break client;
        }
    };
    assert!(client.open_ticket(1).await.unwrap().is_err(), "it is still full");

    sqlx::query("DROP TABLE other").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    assert!(client.open_ticket(1).await.unwrap().is_ok());
    drop(client);
    relay.stop().await;

    let data = world.data();
    let file = world.folder.path().join("log.jsonl");
    let export = || {
        run(
            &[
                "audit",
                "export",
                "--data",
                data.to_str().unwrap(),
                "--out",
                file.to_str().unwrap(),
            ],
            "",
        )
    };
    let exported = export();
    assert!(exported.status.success(), "{exported:?}");
    let verified = run(&["audit", "verify", file.to_str().unwrap()], "");
    assert!(verified.status.success(), "{verified:?}");
    let again = export();
    assert!(!again.status.success(), "an export takes no other's place");
    assert!(String::from_utf8_lossy(&again.stderr).contains("exists"), "{again:?}");
}

#[tokio::test]
async fn while_the_disk_is_full_the_console_shows_nothing_that_it_cannot_record() {
    let world = World::new().await;
    let sqlite = SqliteOptions { max_pages: Some(64) };
    let relay = Relay::start(Config {
        sqlite,
        ..world.config()
    })
    .await
    .unwrap();
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let mut answer = sue.get("/v1/console/sessions").await;
    for _ in 0..500 {
        if answer.status != 200 {
            break;
        }
        answer = sue.get("/v1/console/sessions").await;
    }
    let (status, error) = answer.error();
    assert_eq!((status, error.code), (500, Code::NotRecorded));
    relay.stop().await;
}
