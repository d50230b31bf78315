//! What the WebSocket takes and what it refuses.

use futures_util::SinkExt;
use renfort_protocol::{
    error::Code,
    limits::{MAX_HELLO_BYTES, MAX_SIGNALLING_BYTES},
    signalling::{FromRelay, Identity, ToRelay, Welcomed},
};
use renfort_relay::store::Store;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{
    World,
    client::{Client, Gone, as_user, connect, technician, user},
    http::Browser,
    name, password,
};

const UPGRADE: &[(&str, &str)] = &[
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

async fn upgrade_from(relay: &renfort_relay::Relay, origin: &str) -> u16 {
    upgrade_status(relay, &[("Origin", origin)]).await
}

/// What the relay answers to somebody who asks for a WebSocket with these headers, and goes away.
pub async fn upgrade_status(relay: &renfort_relay::Relay, headers: &[(&str, &str)]) -> u16 {
    // HTTP/1.0 knows no upgrade, so this asks by hand.
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(relay.address()).await.unwrap();
    let mut head = format!("GET /v1/endpoint HTTP/1.1\r\nHost: {}\r\n", relay.address());
    for (name, value) in UPGRADE.iter().chain(headers) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    std::str::from_utf8(&answer[9..]).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_cross_site_websocket_is_refused() {
    let world = World::new().await;
    let relay = world.start().await;
    for evil in [
        "https://evil.example",
        "null",
        "http://127.0.0.1:1",
        "http://localhost.evil.example",
    ] {
        assert_eq!(upgrade_from(&relay, evil).await, 403, "{evil}");
    }
    for own in [relay.url().as_str(), "tauri://localhost", "http://tauri.localhost"] {
        assert_eq!(upgrade_from(&relay, own).await, 101, "{own}");
    }
    relay.stop().await;
}

#[tokio::test]
async fn a_wrong_version_is_refused_with_the_versions_that_are_spoken() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut client = connect(relay.address()).await;
    client.hello(1, 99, as_user(1)).await;
    let error = client
        .hear(|message| match message {
            FromRelay::Refused { error, .. } => Some(error),
            _ => None,
        })
        .await
        .unwrap();
    assert_eq!(error.code, Code::WrongVersion);
    assert!(error.params.contains_key("supported"), "{error:?}");
    relay.stop().await;
}

#[tokio::test]
async fn malformed_and_oversized_messages_get_their_error_and_the_relay_goes_on() {
    let world = World::new().await;
    let relay = world.start().await;

    let mut rubbish = connect(relay.address()).await;
    rubbish.send_text("{not json".into()).await;
    assert_eq!(rubbish.farewell().await.code, Code::Malformed);

    let mut large_hello = connect(relay.address()).await;
    large_hello.send_text("x".repeat(MAX_HELLO_BYTES + 1)).await;
    assert_eq!(large_hello.farewell().await.code, Code::TooLarge);

    let mut huge = user(relay.address(), 1).await;
    huge.send_text("x".repeat(MAX_SIGNALLING_BYTES + 1)).await;
    assert_eq!(huge.farewell().await.code, Code::TooLarge);

    let mut enormous = user(relay.address(), 2).await;
    enormous.send_text("x".repeat(4 * MAX_SIGNALLING_BYTES)).await;
    assert_eq!(enormous.farewell().await.code, Code::TooLarge);

    let mut binary = user(relay.address(), 3).await;
    binary.socket.send(Message::Binary(vec![0; 10].into())).await.unwrap();
    assert_eq!(binary.farewell().await.code, Code::Malformed);

    assert!(user(relay.address(), 4).await.open_ticket(1).await.unwrap().is_ok());
    relay.stop().await;
}

#[tokio::test]
async fn a_technician_signs_in_by_password_then_by_token_on_the_same_device_only() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut client = connect(relay.address()).await;
    let identity = Identity::Password {
        login: name("ada"),
        password: password(crate::support::PASSWORD),
        second_factor: None,
    };
    let Welcomed::Technician { token, person, .. } = *client.welcome(1, identity).await.unwrap() else {
        panic!("a technician is welcomed as one")
    };
    assert_eq!(person.name.as_str(), "Ada Tech");
    drop(client);

    let mut again = connect(relay.address()).await;
    assert!(again.welcome(1, Identity::Token { token }).await.is_ok());
    let mut elsewhere = connect(relay.address()).await;
    let error = elsewhere.welcome(2, Identity::Token { token }).await.unwrap_err();
    assert_eq!(error.code, Code::SignInExpired);

    assert_eq!(again.ask(ToRelay::SignOut).await.unwrap(), Ok(()));
    let mut late = connect(relay.address()).await;
    assert_eq!(
        late.welcome(1, Identity::Token { token }).await.unwrap_err().code,
        Code::SignInExpired
    );
    relay.stop().await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_get_the_same_answer() {
    let world = World::new().await;
    let relay = world.start().await;
    for login in ["ada", "nobody"] {
        let mut client = connect(relay.address()).await;
        let identity = Identity::Password {
            login: name(login),
            password: password("wrong horse"),
            second_factor: None,
        };
        assert_eq!(
            client.welcome(1, identity).await.unwrap_err().code,
            Code::SignInFailed,
            "{login}"
        );
    }
    relay.stop().await;
}

#[tokio::test]
async fn disabling_an_account_signs_it_out_within_seconds_and_stands_in_the_log() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut ada = technician(relay.address(), "ada", 1).await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let store = world.store().await;
    for login in ["ada", "sue"] {
        store
            .disable_person(&name(login), false, renfort_relay::clock::now())
            .await
            .unwrap();
    }
    let error = ada.farewell().await;
    assert_eq!(error.code, Code::SignInExpired);
    assert_eq!(sue.get("/v1/console/me").await.status, 401);

    let mut back = connect(relay.address()).await;
    let identity = Identity::Password {
        login: name("ada"),
        password: password(crate::support::PASSWORD),
        second_factor: None,
    };
    assert_eq!(back.welcome(1, identity).await.unwrap_err().code, Code::SignInFailed);

    let log = Browser::signed_in(relay.address(), "admin")
        .await
        .get("/v1/console/export/audit.jsonl")
        .await
        .text();
    assert_eq!(log.matches("\"person.disabled\"").count(), 2);
    relay.stop().await;
}

#[tokio::test]
async fn a_relay_that_stops_says_so_to_everybody() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut clients: Vec<Client> = Vec::new();
    for seed in 1..4 {
        clients.push(user(relay.address(), seed).await);
    }
    let (errors, ()) = tokio::join!(
        async {
            let mut errors = Vec::new();
            for client in &mut clients {
                errors.push(client.farewell().await.code);
            }
            errors
        },
        relay.stop()
    );
    assert_eq!(errors, [Code::ShuttingDown; 3]);
    assert!(matches!(clients[0].next().await, Err(Gone)));
}
