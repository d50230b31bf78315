//! The link against a relay that is played here, message by message.
#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::{sync::Arc, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use renfort_app::{
    relay_link::{self, LinkCommand, LinkEvent, Target, Trust},
    store::DataFolder,
};
use renfort_protocol::{
    error::{Code, WireError},
    ids::{Nonce, TicketId},
    people::{Name, Stated},
    signalling::{FromRelay, Identity, Request, ToRelay, Welcomed, hello_bytes},
    ticket::Language,
    time::UnixMillis,
};
use ring::signature::{ED25519, UnparsedPublicKey};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

const NONCE: Nonce = Nonce([4; 32]);
const PATIENCE: Duration = Duration::from_secs(20);

struct Relay(TcpListener);

struct Conversation(WebSocketStream<TcpStream>);

impl Relay {
    async fn new() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("ws://{}", listener.local_addr().unwrap());
        (Self(listener), address)
    }

    async fn accept(&self) -> Conversation {
        let (stream, _) = timeout(PATIENCE, self.0.accept()).await.unwrap().unwrap();
        let mut conversation = Conversation(accept_async(stream).await.unwrap());
        conversation
            .say(&FromRelay::Challenge {
                versions: vec![renfort_protocol::VERSION],
                nonce: NONCE,
            })
            .await;
        conversation
    }

    /// A conversation that got as far as the welcome.
    async fn welcome(&self) -> Conversation {
        let mut conversation = self.accept().await;
        conversation.hear().await;
        conversation.say(&welcome()).await;
        conversation
    }
}

impl Conversation {
    async fn say(&mut self, message: &FromRelay) {
        self.0
            .send(Message::text(serde_json::to_string(message).unwrap()))
            .await
            .unwrap();
    }

    async fn hear(&mut self) -> Request {
        loop {
            match timeout(PATIENCE, self.0.next()).await.unwrap().unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("not a request: {other:?}"),
            }
        }
    }
}

struct Link {
    commands: mpsc::Sender<LinkCommand>,
    events: mpsc::Receiver<(u32, LinkEvent)>,
    _folder: tempfile::TempDir,
}

impl Link {
    fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let device = DataFolder::open(folder.path()).unwrap().load().unwrap().device;
        let (sender, events) = mpsc::channel(64);
        let commands = relay_link::spawn(Arc::new(device), Trust::of_the_system(), sender);
        Self {
            commands,
            events,
            _folder: folder,
        }
    }

    async fn connect(&self, epoch: u32, relays: &[&str]) {
        let relays = relays.iter().map(ToString::to_string).collect();
        let target = Target {
            epoch,
            relays,
            identity: identity(),
            language: Language::Fr,
        };
        self.commands.send(LinkCommand::Connect(target)).await.unwrap();
    }

    async fn next(&mut self) -> (u32, LinkEvent) {
        timeout(PATIENCE, self.events.recv()).await.unwrap().unwrap()
    }

    async fn expect_online(&mut self, epoch: u32) {
        loop {
            match self.next().await {
                (of, LinkEvent::Online { .. }) if of == epoch => return,
                (_, LinkEvent::Connecting) => {}
                other => panic!("not online: {other:?}"),
            }
        }
    }
}

fn identity() -> Identity {
    Identity::User {
        stated: Stated {
            name: Name::new("Jeanne").unwrap(),
            machine: Name::new("poste-12").unwrap(),
        },
    }
}

fn welcome() -> FromRelay {
    FromRelay::Welcome {
        revocations: None,
        now: UnixMillis(5),
        welcomed: Box::new(Welcomed::User { ticket: None }),
        session: None,
    }
}

#[tokio::test]
async fn the_hello_is_signed_by_the_device_and_then_both_sides_speak() {
    let (relay, address) = Relay::new().await;
    let mut link = Link::new();
    link.connect(1, &[&address]).await;
    let mut conversation = relay.accept().await;
    let ToRelay::Hello {
        device,
        signature,
        identity: said,
        language,
        ..
    } = conversation.hear().await.body
    else {
        panic!("not a hello");
    };
    let key = UnparsedPublicKey::new(&ED25519, device.0);
    assert!(key.verify(&hello_bytes(&NONCE, &device), &signature.0).is_ok());
    assert_eq!((said, language), (identity(), Language::Fr));
    conversation.say(&welcome()).await;
    link.expect_online(1).await;
    let request = Request {
        id: 9,
        body: ToRelay::CancelTicket { ticket: TicketId(1001) },
    };
    link.commands.send(LinkCommand::Send(request.clone())).await.unwrap();
    assert_eq!(conversation.hear().await, request);
    conversation.say(&FromRelay::Done { re: 9 }).await;
    assert_eq!(
        link.next().await,
        (1, LinkEvent::Message(Box::new(FromRelay::Done { re: 9 })))
    );
}

#[tokio::test]
async fn a_lost_connection_is_told_and_made_anew() {
    let (relay, address) = Relay::new().await;
    let mut link = Link::new();
    link.connect(1, &[&address]).await;
    drop(relay.welcome().await);
    link.expect_online(1).await;
    let (_, LinkEvent::Offline { error, retry_ms }) = link.next().await else {
        panic!("not told")
    };
    assert_eq!(error.code, Code::RelayUnreachable);
    assert!((500..=10_000).contains(&retry_ms));
    let _again = relay.welcome().await;
    link.expect_online(1).await;
}

#[tokio::test]
async fn the_second_address_is_tried_when_the_first_does_not_answer() {
    let (relay, address) = Relay::new().await;
    let (gone, dead) = Relay::new().await;
    drop(gone);
    let mut link = Link::new();
    link.connect(1, &[&dead, &address]).await;
    let _conversation = relay.welcome().await;
    link.expect_online(1).await;
}

#[tokio::test]
async fn a_plain_address_elsewhere_is_never_used() {
    let mut link = Link::new();
    link.connect(1, &["ws://192.0.2.1:80"]).await;
    assert_eq!(link.next().await.1, LinkEvent::Connecting);
    let (_, LinkEvent::Offline { error, .. }) = link.next().await else {
        panic!("not refused")
    };
    assert_eq!(
        error,
        WireError::from(Code::RelayUnreachable).with("reason", "no address")
    );
}

#[tokio::test]
async fn a_refused_identity_is_told_and_not_tried_again() {
    let (relay, address) = Relay::new().await;
    let mut link = Link::new();
    link.connect(1, &[&address]).await;
    let mut conversation = relay.accept().await;
    let hello = conversation.hear().await;
    conversation
        .say(&FromRelay::Refused {
            re: hello.id,
            error: Code::SignInFailed.into(),
        })
        .await;
    assert_eq!(link.next().await.1, LinkEvent::Connecting);
    assert_eq!(link.next().await, (1, LinkEvent::Rejected(Code::SignInFailed.into())));
    assert!(timeout(Duration::from_secs(2), relay.0.accept()).await.is_err());
}

#[tokio::test]
async fn a_relay_of_another_version_is_told_as_such() {
    let (relay, address) = Relay::new().await;
    let mut link = Link::new();
    link.connect(1, &[&address]).await;
    let (stream, _) = relay.0.accept().await.unwrap();
    let mut conversation = Conversation(accept_async(stream).await.unwrap());
    conversation
        .say(&FromRelay::Challenge {
            versions: vec![7, 8],
            nonce: NONCE,
        })
        .await;
    assert_eq!(link.next().await.1, LinkEvent::Connecting);
    let (_, LinkEvent::Offline { error, .. }) = link.next().await else {
        panic!("not told")
    };
    assert_eq!(error, WireError::from(Code::WrongVersion).with("supported", "7, 8"));
}

#[tokio::test]
async fn rubbish_from_the_relay_ends_the_connection() {
    let (relay, address) = Relay::new().await;
    let mut link = Link::new();
    link.connect(1, &[&address]).await;
    let mut conversation = relay.welcome().await;
    link.expect_online(1).await;
    conversation.0.send(Message::text("{\"type\":\"gift\"}")).await.unwrap();
    let (_, LinkEvent::Offline { error, .. }) = link.next().await else {
        panic!("not told")
    };
    assert_eq!(error.code, Code::Malformed);
}

#[tokio::test]
async fn another_target_leaves_the_first_one_at_once() {
    let (first, one) = Relay::new().await;
    let (second, two) = Relay::new().await;
    let mut link = Link::new();
    link.connect(1, &[&one]).await;
    let mut left = first.welcome().await;
    link.expect_online(1).await;
    link.connect(2, &[&two]).await;
    let _conversation = second.welcome().await;
    link.expect_online(2).await;
    assert!(matches!(
        timeout(PATIENCE, left.0.next()).await.unwrap(),
        Some(Ok(Message::Close(_)))
    ));
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_told_as_such() {
    let mut link = Link::new();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let (relay, address) = Relay::new().await;
    link.connect(1, &[&address.replace("ws://127.0.0.1", "wss://localhost")])
        .await;
    let (stream, _) = relay.0.accept().await.unwrap();
    assert!(
        tokio_rustls::TlsAcceptor::from(Arc::new(config))
            .accept(stream)
            .await
            .is_err()
    );
    assert_eq!(link.next().await.1, LinkEvent::Connecting);
    let (_, LinkEvent::Offline { error, .. }) = link.next().await else {
        panic!("not told")
    };
    assert_eq!(error.code, Code::RelayUntrusted);
}
