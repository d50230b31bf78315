//! What the relay refuses to start with, and TLS.

use std::{net::SocketAddr, sync::Arc};

use renfort_protocol::people::Name;
use renfort_relay::{Config, Relay, TlsFiles, error::RelayError, organisation, store::Store};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::support::{
    PASSWORD, World,
    client::{Client, as_user, user},
    http::request_over,
    program::run,
};

async fn refusal(config: Config) -> RelayError {
    match Relay::start(config).await {
        Ok(_) => panic!("the relay started"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn plain_http_off_loopback_refuses_to_start_and_says_what_to_do() {
    let world = World::new().await;
    let listen: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let error = refusal(Config {
        listen,
        ..world.config()
    })
    .await;
    assert!(matches!(error, RelayError::PlainHttp(_)));
    assert!(error.to_string().contains("--tls-cert"), "{error}");
}

#[tokio::test]
async fn a_readable_organisation_key_refuses_to_start_wherever_it_lies_and_whatever_its_name() {
    let world = World::new().await;
    let in_data = world.data().join("innocent.txt");
    for place in [world.key_beside_organisation(), in_data] {
        std::fs::copy(world.offline_key(), &place).unwrap();
        let error = refusal(world.config()).await;
        assert!(matches!(&error, RelayError::OrganisationKeyReadable(found) if found.file_name() == place.file_name()));
        std::fs::remove_file(&place).unwrap();
    }
    world.start().await.stop().await;
}

#[tokio::test]
async fn without_the_keys_of_what_was_recorded_nothing_starts_until_they_are_said_to_be_lost() {
    let world = World::new().await;
    world.start().await.stop().await;
    let (data, keys) = (world.data(), world.data().join("keys.db"));
    let data = data.to_str().unwrap();
    let there = run(&["keys-lost", "--data", data], "");
    assert_eq!(there.status.code(), Some(1), "they are not lost: {there:?}");
    let away = world.folder.path().join("keys.copy");
    std::fs::rename(&keys, &away).unwrap();
    let error = refusal(world.config()).await;
    assert!(
        matches!(&error, RelayError::KeysMissing(path) if *path == keys),
        "{error}"
    );
    for command in [
        &["people", "list", "--data", data][..],
        &["audit", "export", "--data", data],
        &["serve", "--data", data],
    ] {
        let refused = run(command, "");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(said.contains("Put back") && said.contains("keys-lost"), "{said}");
        assert!(!keys.exists(), "nothing took their place");
    }
    std::fs::rename(&away, &keys).unwrap();
    world.start().await.stop().await;

    std::fs::remove_file(&keys).unwrap();
    let lost = run(&["keys-lost", "--data", data], "");
    assert!(lost.status.success(), "{lost:?}");
    world.start().await.stop().await;
    let exported = run(&["audit", "export", "--data", data], "");
    let log = String::from_utf8_lossy(&exported.stdout).into_owned();
    assert_eq!(log.matches("\"code\":\"keys.lost\"").count(), 1, "{log}");
}

#[tokio::test]
async fn a_database_of_another_organisation_refuses_to_start() {
    let world = World::new().await;
    let other = world.folder.path().join("other");
    organisation::create(
        Name::new("Autre").unwrap(),
        vec!["wss://a.example".into()],
        None,
        &other,
    )
    .unwrap();
    std::fs::copy(other.join("organisation.json"), world.data().join("organisation.json")).unwrap();
    assert!(matches!(
        refusal(world.config()).await,
        RelayError::OtherOrganisation(_)
    ));
}

#[tokio::test]
async fn an_altered_organisation_file_refuses_to_start() {
    let world = World::new().await;
    let path = world.data().join("organisation.json");
    let altered = std::fs::read_to_string(&path).unwrap().replace("Mairie", "Mairia");
    std::fs::write(&path, altered).unwrap();
    assert!(matches!(refusal(world.config()).await, RelayError::Organisation { .. }));
}

#[tokio::test]
async fn a_port_that_is_taken_is_a_worded_refusal() {
    let world = World::new().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    let error = refusal(Config {
        listen,
        ..world.config()
    })
    .await;
    assert!(matches!(error, RelayError::Listen { .. }), "{error}");
}

#[tokio::test]
async fn a_start_that_cannot_listen_does_not_stand_in_the_log() {
    let world = World::new().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    refusal(Config {
        listen,
        ..world.config()
    })
    .await;
    let store = world.store().await;
    let log = store.records(0, 9).await.unwrap();
    assert!(log.iter().all(|one| one.record.code != "relay.started"), "{log:?}");
    store.close().await;
}

#[tokio::test]
async fn a_second_relay_on_one_data_folder_is_refused_and_the_first_still_writes() {
    let world = World::new().await;
    let first = world.start().await;
    let error = refusal(world.config()).await;
    assert!(matches!(&error, RelayError::InUse(_)), "{error}");
    assert!(error.to_string().contains("another relay is running"), "{error}");
    let mut asking = user(first.address(), 1).await;
    assert!(asking.open_ticket(1).await.unwrap().is_ok());
    drop(asking);
    first.stop().await;
    world.start().await.stop().await;
}

fn certificate(world: &World) -> (TlsFiles, ClientConfig) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let files = TlsFiles {
        certificate: world.folder.path().join("cert.pem"),
        key: world.folder.path().join("key.pem"),
    };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    (
        files,
        ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
}

async fn connect(address: SocketAddr, config: &Arc<ClientConfig>) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::clone(config))
        .connect(name, stream)
        .await
        .unwrap()
}

#[tokio::test]
async fn tls_carries_the_socket_and_the_console_with_a_secure_cookie() {
    let world = World::new().await;
    let (files, client) = certificate(&world);
    let client = Arc::new(client);
    // Every address of the machine: with TLS this is allowed.
    let listen: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let relay = Relay::start(Config {
        listen,
        tls: Some(files),
        ..world.config()
    })
    .await
    .unwrap();
    assert!(relay.url().starts_with("https://"));
    let address = SocketAddr::from(([127, 0, 0, 1], relay.address().port()));

    let host = format!("localhost:{}", address.port());
    let origin = format!("https://{host}");
    let body = format!("{{\"login\":\"sue\",\"password\":\"{PASSWORD}\"}}");
    let headers = [("Host", host.as_str()), ("Origin", origin.as_str())];
    let answer = request_over(
        &mut connect(address, &client).await,
        "POST",
        "/v1/console/sign-in",
        &headers,
        &body,
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-") && cookie.contains("Secure"), "{cookie}");

    let url = format!("wss://{host}/v1/endpoint");
    let (socket, _) = tokio_tungstenite::client_async(url, connect(address, &client).await)
        .await
        .unwrap();
    let mut user = Client::over(socket);
    user.welcome(1, as_user(1)).await.unwrap();
    assert!(user.open_ticket(1).await.unwrap().is_ok());
    relay.stop().await;
}

#[tokio::test]
async fn a_certificate_and_a_key_that_do_not_fit_refuse_to_start() {
    let world = World::new().await;
    let (files, _) = certificate(&world);
    let (other, _) = {
        let world = World::new().await;
        let (files, client) = certificate(&world);
        let kept = TlsFiles {
            key: files.key.with_extension("kept"),
            ..files.clone()
        };
        std::fs::copy(&files.key, &kept.key).unwrap();
        let bytes = std::fs::read(&kept.key).unwrap();
        drop(world);
        (bytes, client)
    };
    std::fs::write(&files.key, other).unwrap();
    let error = refusal(Config {
        tls: Some(files.clone()),
        ..world.config()
    })
    .await;
    assert!(matches!(error, RelayError::Tls(_)), "{error}");
    std::fs::write(&files.certificate, "rubbish").unwrap();
    assert!(matches!(
        refusal(Config {
            tls: Some(files),
            ..world.config()
        })
        .await,
        RelayError::Tls(_)
    ));
}
