//! A peer that does not read.

use std::sync::Arc;

use renfort_core::{
    Broker, Limits,
    contract::{Conn, Input},
};
use renfort_protocol::{
    VERSION,
    error::Code,
    ids::{DeviceKey, Nonce},
    organisation::Organisation,
    policy::Policy,
    signalling::Request,
    time::UnixMillis,
};
use renfort_relay::{
    broker_task::{BrokerTask, Peer, ToBroker},
    clock,
    passwords::Passwords,
    receipts::Receipts,
    store::{Store, memory::MemoryStore},
    writer::{LogIdentity, Writer},
};
use ring::signature::Ed25519KeyPair;
use tokio::sync::{mpsc, oneshot};

use crate::support::{
    client::{as_user, signed_hello},
    name,
};

#[tokio::test]
async fn a_peer_that_does_not_read_is_closed_as_busy() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let pair = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap();
    let organisation = Organisation {
        version: 1,
        name: name("Mairie"),
        relays: vec!["wss://relay.example.org".into()],
        key: DeviceKey([0; 32]),
        issued_at: UnixMillis(1),
        policy: None,
    };
    let receipts = Receipts::new(&LogIdentity::of(&pair), organisation.sign(&pair));
    let (writer, to_writer, answers) = Writer::open(Arc::clone(&store), pair).await.unwrap();
    let writer = tokio::spawn(writer.run());
    let (to_broker, inputs) = mpsc::channel(8);
    let task = BrokerTask {
        broker: Broker::new(
            store.snapshot().await.unwrap(),
            crate::support::apps::device(200),
            &Policy::default(),
            Limits::default(),
            clock::now(),
        ),
        store,
        passwords: Passwords::new().unwrap(),
        receipts: Arc::new(receipts),
        writer: to_writer,
        answers,
        inputs,
        back: to_broker.downgrade(),
    };
    let task = tokio::spawn(task.run());

    // Room for the challenge and for nothing more.
    let (outgoing, unread) = mpsc::channel(1);
    let (closing, closed) = oneshot::channel();
    let (conn, nonce) = (Conn(1), Nonce([7; 32]));
    let peer = Peer { outgoing, closing };
    to_broker
        .send(ToBroker::Opened {
            conn,
            address: "192.0.2.1".into(),
            nonce,
            peer,
        })
        .await
        .unwrap();
    let hello = Request {
        id: 1,
        body: signed_hello(1, &nonce, VERSION, as_user(1)),
    };
    let text = serde_json::to_vec(&hello).unwrap();
    to_broker
        .send(ToBroker::Input(Input::Frame { conn, text }))
        .await
        .unwrap();
    assert_eq!(closed.await.unwrap().code, Code::Busy);

    drop(unread);
    to_broker.send(ToBroker::ShutDown).await.unwrap();
    task.await.unwrap();
    writer.await.unwrap();
}
