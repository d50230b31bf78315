//! A whole relay in one value: started, listening, stopped.
//!
//! Flow of a start: the data folder is locked, organisation and address are checked, the address is bound, the store and
//! the log's end are opened, what the command line changed or brought meanwhile is written into the log, `relay.started` is
//! written, and only then a connection is accepted.
//!
//! Invariant: a relay that cannot write its log answers nobody, and one data folder has one relay that writes its log.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, atomic::AtomicU64},
    time::Duration,
};

use axum_server::{Handle, tls_rustls::RustlsConfig};
use renfort_audit::{actor::Actor, checkpoint::LogKey, event::Event, record::Entry};
use renfort_core::{Broker, Limiter, Limits};
use renfort_protocol::organisation::OrganisationFile;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, mpsc},
    task::JoinHandle,
};

use crate::{
    broker_task::{BrokerTask, INPUT_QUEUE, ToBroker},
    clock,
    data::DataFolder,
    error::RelayError,
    figures::{self, FigureStore, Figures},
    http::{
        self, App,
        console::{Console, LiveDesk},
        origin::OriginPolicy,
        quota::Quotas,
        whose,
    },
    keys, orders, organisation,
    passwords::Passwords,
    receipts::Receipts,
    store::{
        Store, StoreError,
        sqlite::{SqliteOptions, SqliteStore},
    },
    tls, upkeep,
    writer::{LogIdentity, Writer, WriterHandle},
};

/// Requests that are under way get this long when the relay stops.
const STOP_WITHIN: Duration = Duration::from_secs(3);

/// A command that writes into the log by itself gets this long before a relay that starts gives up.
const COMMAND_WITHIN: Duration = Duration::from_secs(3);

/// Certificate and key.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// Certificate chain, PEM.
    pub certificate: PathBuf,
    /// Private key, PEM.
    pub key: PathBuf,
}

/// How to run.
#[derive(Debug, Clone)]
pub struct Config {
    /// Data folder.
    pub data: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// With TLS; without, on loopback only.
    pub tls: Option<TlsFiles>,
    /// The broker's limits.
    pub limits: Limits,
    /// The database's.
    pub sqlite: SqliteOptions,
}

impl Config {
    /// A relay of this data folder on a free port of the loopback address, without TLS.
    #[must_use]
    pub fn on_loopback(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls: None,
            limits: Limits::default(),
            sqlite: SqliteOptions::default(),
        }
    }
}

/// A relay that runs.
pub struct Relay {
    address: SocketAddr,
    tls: bool,
    log_key: LogKey,
    handle: Handle<SocketAddr>,
    broker: mpsc::Sender<ToBroker>,
    store: Arc<dyn Store>,
    figure_store: Arc<dyn FigureStore>,
    tasks: Tasks,
}

struct Tasks {
    server: JoinHandle<std::io::Result<()>>,
    broker: JoinHandle<()>,
    writer: JoinHandle<()>,
    orders: JoinHandle<()>,
    upkeep: JoinHandle<()>,
    /// Its failure or end stops nothing: see [`Figures`].
    figures: JoinHandle<()>,
}

impl Relay {
    /// Starts a relay; when this returns, it listens.
    ///
    /// # Errors
    /// When it must not or cannot serve.
    pub async fn start(config: Config) -> Result<Self, RelayError> {
        let folder = DataFolder::open(&config.data)?;
        let lock = lock(&folder).await?;
        let file = organisation::read(&folder.organisation())?;
        let tls = match &config.tls {
            Some(files) => Some(tls::config(&files.certificate, &files.key)?),
            None if config.listen.ip().is_loopback() => None,
            None => return Err(RelayError::PlainHttp(config.listen)),
        };
        let store = open_store(&folder, &file, config.sqlite).await?;
        // Before anything is written: a relay that cannot serve must not stand in the log as started.
        let listener = listen(config.listen).await?;
        let address = listener.local_addr().map_err(|reason| RelayError::Listen {
            address: config.listen,
            reason,
        })?;
        let pair = keys::load(&folder.relay_key())?;
        let log = LogIdentity::of(&pair);
        let log_key = log.key;
        let (writer, to_writer, answers) = Writer::open(Arc::clone(&store), pair).await?;
        let writer = tokio::spawn(async move {
            writer.run().await;
            // Nobody else may have the folder while this task can still write.
            drop(lock);
        });
        orders::settle(&*store, &to_writer, clock::now()).await?;
        record_start(&to_writer).await?;

        let figure_store = figures::open_store(&folder).await;
        let figures = Arc::new(Figures::new(Arc::clone(&figure_store), Arc::clone(&store)));
        let passwords = Passwords::new()?;
        let (to_broker, inputs) = mpsc::channel(INPUT_QUEUE);
        let task = BrokerTask {
            broker: new_broker(&*store, &file, config.limits).await?,
            store: Arc::clone(&store),
            passwords: passwords.clone(),
            receipts: Arc::new(Receipts::new(&log, file.clone())),
            writer: to_writer.clone(),
            answers,
            inputs,
            back: to_broker.downgrade(),
        };
        let app = Arc::new(App {
            broker: to_broker.clone(),
            next_conn: AtomicU64::new(1),
            origins: OriginPolicy::new(tls.is_some(), &file.organisation.relays),
            quotas: Quotas::default(),
            organisation: whose::Organisation::from(&file),
            console: Console {
                store: Arc::clone(&store),
                writer: to_writer.clone(),
                passwords,
                limiter: Mutex::new(Limiter::new()),
                tls: tls.is_some(),
                log,
                log_checks: Semaphore::new(1),
                live: LiveDesk::new(clock::now()),
                figures: Arc::clone(&figures),
            },
        });
        let handle = Handle::new();
        let encrypted = tls.is_some();
        let tasks = Tasks {
            broker: tokio::spawn(task.run()),
            orders: tokio::spawn(orders::watch::watch(Arc::clone(&store), to_writer, to_broker.clone())),
            upkeep: tokio::spawn(upkeep::watch(Arc::clone(&store))),
            figures: tokio::spawn(figures.watch()),
            server: tokio::spawn(run_server(listener, handle.clone(), tls, app)),
            writer,
        };
        Ok(Self {
            address,
            tls: encrypted,
            log_key,
            handle,
            broker: to_broker,
            store,
            figure_store,
            tasks,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The key that its log is signed with.
    #[must_use]
    pub const fn log_key(&self) -> LogKey {
        self.log_key
    }

    /// The same as a URL, `http://127.0.0.1:8443`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", if self.tls { "https" } else { "http" }, self.address)
    }

    /// Waits until a part of the relay has ended by itself, which it never does unless it is broken; then nothing is
    /// left to do but to end the program, for a service manager to start it anew.
    pub async fn broken(&mut self) -> &'static str {
        let Tasks {
            server,
            broker,
            writer,
            orders,
            upkeep,
            figures: _,
        } = &mut self.tasks;
        tokio::select! {
            _ = server => "the server",
            _ = broker => "the broker",
            _ = writer => "the writer",
            _ = orders => "the watch over orders",
            _ = upkeep => "the upkeep",
        }
    }

    /// Tells every connection that the relay is shutting down, writes what waits, and ends.
    pub async fn stop(self) {
        let Tasks {
            server,
            broker,
            writer,
            orders,
            upkeep,
            figures,
        } = self.tasks;
        orders.abort();
        upkeep.abort();
        figures.abort();
        // A broker that has ended needs no order.
        drop(self.broker.send(ToBroker::ShutDown).await);
        drop(self.broker);
        self.handle.graceful_shutdown(Some(STOP_WITHIN));
        for (name, ended) in [
            ("broker", broker.await.is_ok()),
            ("server", server.await.is_ok_and(|end| end.is_ok())),
        ] {
            if !ended {
                tracing::error!(name, "a task did not end as it should");
            }
        }
        // The writer ends when the last handle is gone; requests that were cut off have dropped theirs.
        if tokio::time::timeout(STOP_WITHIN, writer).await.is_err() {
            tracing::error!("the writer did not end in time");
        }
        self.figure_store.close().await;
        self.store.close().await;
    }
}

/// A command that has the folder for a moment is waited for; a relay that serves from it keeps it.
async fn lock(folder: &DataFolder) -> Result<std::fs::File, RelayError> {
    let until = tokio::time::Instant::now() + COMMAND_WITHIN;
    loop {
        match folder.lock_to_serve() {
            Err(RelayError::InUse(_)) if tokio::time::Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            done => return done,
        }
    }
}

async fn open_store(
    folder: &DataFolder,
    file: &OrganisationFile,
    options: SqliteOptions,
) -> Result<Arc<dyn Store>, RelayError> {
    let store = SqliteStore::open(folder, options).await?;
    let (key, source) = store.adopted().await?;
    if key != file.organisation.key {
        return Err(RelayError::OtherOrganisation(folder.path().to_owned()));
    }
    let mut folders = vec![folder.path().to_owned()];
    folders.extend(source.parent().map(Path::to_owned));
    organisation::refuse_readable_key(file, &folders)?;
    Ok(Arc::new(store))
}

async fn record_start(writer: &WriterHandle) -> Result<(), RelayError> {
    let event = Event::RelayStarted {
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let entry = Entry {
        at: clock::now(),
        ticket: None,
        session: None,
        actor: Actor::Relay,
        event,
    };
    let written = writer.record(vec![entry]).await;
    written.map_err(|_| StoreError::Failed("the start could not be written into the log".to_owned()).into())
}

async fn new_broker(store: &dyn Store, file: &OrganisationFile, limits: Limits) -> Result<Broker, RelayError> {
    let snapshot = store.snapshot().await?;
    let organisation = &file.organisation;
    let policy = organisation.policy.clone().unwrap_or_default();
    Ok(Broker::new(snapshot, organisation.key, &policy, limits, clock::now()))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, RelayError> {
    TcpListener::bind(address)
        .await
        .map_err(|reason| RelayError::Listen { address, reason })
}

async fn run_server(
    listener: TcpListener,
    handle: Handle<SocketAddr>,
    tls: Option<RustlsConfig>,
    app: Arc<App>,
) -> std::io::Result<()> {
    let service = http::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let listener = listener.into_std()?;
    match tls {
        Some(config) => {
            axum_server::from_tcp_rustls(listener, config)?
                .handle(handle)
                .first_request_timeout(FIRST_REQUEST_WITHIN)
                .serve(service)
                .await
        }
        None => {
            axum_server::from_tcp(listener)?
                .handle(handle)
                .first_request_timeout(FIRST_REQUEST_WITHIN)
                .serve(service)
                .await
        }
    }
}

/// Somebody who connects and asks nothing is cut off after this long.
const FIRST_REQUEST_WITHIN: Duration = Duration::from_secs(10);
