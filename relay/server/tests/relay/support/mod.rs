//! A world for each test: an organisation, a data folder, accounts, a relay; and those who talk to it.

pub mod apps;
pub mod client;
pub mod http;
pub mod program;

use std::path::PathBuf;

use renfort_protocol::{
    organisation::Organisation,
    people::{Level, Name, Role},
    signalling::Password,
    text::Line,
};
use renfort_relay::{
    Config, Relay, organisation, passwords, setup,
    store::{
        NewAccount, Store,
        sqlite::{SqliteOptions, SqliteStore},
    },
};
use ring::signature::Ed25519KeyPair;
use tempfile::TempDir;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse";
/// The first administrator's login.
pub const ADMIN: &str = "admin";

/// An organisation and its data folder.
pub struct World {
    pub folder: TempDir,
}

pub fn password(text: &str) -> Password {
    Password(Line::new(text).unwrap())
}

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

impl World {
    /// With an administrator, a supervisor `sue`, and technicians `ada` and `bob` of level 1.
    pub async fn new() -> Self {
        renfort_relay::install_crypto_provider();
        let world = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let organisation = world.folder.path().join("organisation");
        std::fs::create_dir(&organisation).unwrap();
        let file = organisation.join(organisation::ORGANISATION_FILE);
        let body = Organisation {
            version: 1,
            name: name("Mairie"),
            relays: vec!["ws://127.0.0.1:8443".into()],
            policy: None,
            key: renfort_protocol::ids::DeviceKey([0; 32]),
            issued_at: renfort_relay::clock::now(),
        };
        let key = Ed25519KeyPair::from_seed_unchecked(&apps::ORGANISATION).unwrap();
        organisation::write(&body.sign(&key), &file).unwrap();
        // RFC 8410, 7: what stands before the 32 bytes of a private key in PKCS#8.
        let mut der = data_encoding::HEXLOWER
            .decode(b"302e020100300506032b657004220420")
            .unwrap();
        der.extend(apps::ORGANISATION);
        std::fs::write(world.offline_key(), der).unwrap();
        setup::init(
            &world.data(),
            &file,
            &account(ADMIN, "Alice Admin", Role::Administrator),
        )
        .await
        .unwrap();
        let store = world.store().await;
        let technician = Role::Technician { level: Level::One };
        for (login, shown, role) in [
            ("sue", "Sue Visor", Role::Supervisor),
            ("ada", "Ada Tech", technician),
            ("bob", "Bob Tech", technician),
        ] {
            store
                .add_person(&account(login, shown, role), renfort_relay::clock::now())
                .await
                .unwrap();
        }
        store.close().await;
        world
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn key_beside_organisation(&self) -> PathBuf {
        self.folder.path().join("organisation").join(organisation::KEY_FILE)
    }

    /// Where the organisation's private key was moved to.
    pub fn offline_key(&self) -> PathBuf {
        self.folder.path().join("organisation.key")
    }

    pub async fn store(&self) -> SqliteStore {
        let folder = renfort_relay::data::DataFolder::open(&self.data()).unwrap();
        SqliteStore::open(&folder, SqliteOptions::default()).await.unwrap()
    }

    pub fn config(&self) -> Config {
        Config::on_loopback(&self.data())
    }

    pub async fn start(&self) -> Relay {
        Relay::start(self.config()).await.unwrap()
    }
}

fn account(login: &str, shown: &str, role: Role) -> NewAccount {
    NewAccount {
        login: name(login),
        name: name(shown),
        role,
        // One hash for all: computing it is what a test would spend its time on.
        hash: shared_hash().to_owned(),
    }
}

fn shared_hash() -> &'static str {
    static HASH: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    HASH.get_or_init(|| passwords::hash(&password(PASSWORD)).unwrap())
}
