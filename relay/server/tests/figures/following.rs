//! Figures follow the log, whatever happens to them meanwhile.

use std::sync::Arc;

use renfort_audit::{actor::Actor, event::Event, record::Entry};
use renfort_figures::Period;
use renfort_protocol::{
    figures::{FiguresQuery, Grouping, TeamFigures},
    ids::{ArticleId, DeviceKey, PersonId, TicketId},
    people::{Level, Name, Stated},
    ticket::{Impact, Language, Outcome, Summary, Urgency},
    time::UnixMillis,
};
use renfort_relay::{
    data::DataFolder,
    figures::{self, FigureStore, Figures, MemoryFigures, SqliteFigures, default_hours},
    store::{Store, memory::MemoryStore},
    writer::{Writer, WriterHandle},
};
use ring::signature::Ed25519KeyPair;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

/// Monday 2 November 2026, 09:00 in Paris.
const MONDAY_NINE: u64 = 1_793_606_400_000;
const MINUTE: u64 = 60_000;

struct Log {
    store: Arc<MemoryStore>,
    writer: WriterHandle,
}

impl Log {
    async fn new(seed: u8) -> Self {
        let store = Arc::new(MemoryStore::new());
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let (writer, handle, _) = Writer::open(Arc::clone(&store) as Arc<dyn Store>, pair).await.unwrap();
        tokio::spawn(writer.run());
        Self { store, writer: handle }
    }

    async fn write(&self, ticket: Option<u64>, minute: u64, event: Event) {
        let entry = Entry {
            at: UnixMillis(MONDAY_NINE + minute * MINUTE),
            ticket: ticket.map(TicketId),
            session: None,
            actor: Actor::Relay,
            event,
        };
        self.writer.record(vec![entry]).await.unwrap();
    }

    /// A ticket that Ada solves in half an hour.
    async fn solved(&self, ticket: u64, minute: u64) {
        self.write(Some(ticket), minute, opened()).await;
        self.write(Some(ticket), minute + 10, taken(3)).await;
        self.write(Some(ticket), minute + 30, closed()).await;
    }

    fn figures(&self, store: Arc<dyn FigureStore>) -> Figures {
        Figures::new(store, Arc::clone(&self.store) as Arc<dyn Store>)
    }
}

fn opened() -> Event {
    let name = |text: &str| Name::new(text).unwrap();
    Event::TicketOpened {
        impact: Impact::Person,
        urgency: Urgency::Low,
        language: Language::Fr,
        level: Level::One,
        user: Stated {
            name: name("Élodie Martin"),
            machine: name("PC-ACCUEIL"),
        },
        device: DeviceKey([1; 32]),
        summary: Summary::new("Imprimante bloquée").unwrap(),
    }
}

fn taken(person: u64) -> Event {
    Event::TicketTaken {
        person: PersonId(person),
        level: Level::One,
        name: Name::new("Ada Tech").unwrap(),
        waited_ms: 10 * MINUTE,
    }
}

fn closed() -> Event {
    Event::TicketClosed {
        outcome: Outcome::Solved,
        handled_ms: 20 * MINUTE,
        message_chars: 0,
    }
}

fn week() -> FiguresQuery {
    FiguresQuery {
        from: "2026-11-02".parse().unwrap(),
        to: "2026-11-08".parse().unwrap(),
        by: Grouping::Day,
        level: None,
        impact: None,
    }
}

async fn team(figures: &Figures, query: &FiguresQuery) -> TeamFigures {
    let hours = default_hours();
    let period = Period::new(hours.zone(), query.from, query.to, query.by).unwrap();
    let mut team = figures.team(query, &hours, period).await.unwrap();
    // When it was computed is the one thing that differs.
    team.at = UnixMillis(0);
    team
}

#[tokio::test]
async fn figures_come_from_the_log_and_are_the_same_when_read_anew() {
    let log = Log::new(1).await;
    for ticket in 0..5 {
        log.solved(1001 + ticket, ticket).await;
    }
    log.write(
        None,
        40,
        Event::ArticleSolved {
            article: ArticleId([1; 16]),
            language: Language::En,
        },
    )
    .await;
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::create(&folder.path().join("data")).unwrap();
    let on_disk = Arc::new(SqliteFigures::open(&data).await.unwrap());
    let first = team(&log.figures(on_disk.clone()), &week()).await;
    let whole = first.whole;
    assert_eq!(
        (whole.opened, whole.solved, whole.deflections, whole.first_contact.part),
        (5, 5, 1, 5)
    );
    assert_eq!(whole.first_response.median_ms, Some(10 * MINUTE));
    assert_eq!(whole.resolution.p90_ms, Some(30 * MINUTE));

    // What came since, after a restart.
    on_disk.close().await;
    log.solved(1006, 100).await;
    let reopened = Arc::new(SqliteFigures::open(&data).await.unwrap());
    let second = team(&log.figures(reopened.clone()), &week()).await;
    assert_eq!(second.whole.opened, 6);

    // From nothing, on disk and in memory.
    reopened.close().await;
    std::fs::remove_file(data.figure_database()).unwrap();
    let anew = figures::open_store(&data).await;
    assert_eq!(team(&log.figures(anew), &week()).await, second);
    assert_eq!(
        team(&log.figures(Arc::new(MemoryFigures::new())), &week()).await,
        second
    );
}

#[tokio::test]
async fn another_log_is_read_from_its_beginning() {
    let store = Arc::new(MemoryFigures::new());
    let log = Log::new(1).await;
    log.solved(1001, 0).await;
    log.solved(1002, 0).await;
    assert_eq!(team(&log.figures(store.clone()), &week()).await.whole.opened, 2);
    // The relay's database was restored from elsewhere: a shorter log, then one as long.
    for (seed, tickets) in [(2, 1), (3, 2)] {
        let other = Log::new(seed).await;
        for ticket in 0..tickets {
            other.solved(2001 + ticket, 5).await;
        }
        let whole = team(&other.figures(store.clone()), &week()).await.whole;
        assert_eq!((whole.opened, whole.solved), (tickets, tickets), "log {seed}");
    }
}

#[tokio::test]
async fn a_database_of_figures_that_is_damaged_is_made_anew() {
    let log = Log::new(1).await;
    log.solved(1001, 0).await;
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::create(&folder.path().join("data")).unwrap();
    for rubbish in [
        b"this is no database, whatever it is called".repeat(200),
        vec![0; 5_000],
    ] {
        std::fs::write(data.figure_database(), rubbish).unwrap();
        let store = figures::open_store(&data).await;
        assert_eq!(team(&log.figures(store.clone()), &week()).await.whole.opened, 1);
        store.close().await;
    }
    let bytes = std::fs::read(data.figure_database()).unwrap();
    assert!(bytes.starts_with(b"SQLite format 3"));
}

#[tokio::test]
async fn nothing_that_names_a_person_or_that_anybody_wrote_is_kept() {
    let log = Log::new(1).await;
    log.solved(1001, 0).await;
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::create(&folder.path().join("data")).unwrap();
    let store = Arc::new(SqliteFigures::open(&data).await.unwrap());
    log.figures(store.clone()).catch_up().await.unwrap();
    store.close().await;
    let bytes = std::fs::read(data.figure_database()).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("\"what\":\"taken\""), "the facts are there");
    for never in ["Martin", "PC-ACCUEIL", "Imprimante", "Ada Tech", &"01".repeat(32)] {
        assert!(!text.contains(never), "{never}");
    }
}

#[tokio::test]
async fn a_selection_that_is_one_technicians_work_is_not_shown() {
    let log = Log::new(1).await;
    log.solved(1001, 0).await;
    let figures = log.figures(Arc::new(MemoryFigures::new()));
    let everything = team(&figures, &week()).await;
    assert!(!everything.one_person && everything.whole.opened == 1);
    let day = FiguresQuery {
        to: week().from,
        ..week()
    };
    let level = FiguresQuery {
        level: Some(Level::One),
        ..week()
    };
    let impact = FiguresQuery {
        impact: Some(Impact::Person),
        ..week()
    };
    for narrow in [day, level, impact] {
        let shown = team(&figures, &narrow).await;
        assert!(
            shown.one_person && shown.whole.opened == 0 && shown.groups.iter().all(|group| group.figures.opened == 0)
        );
    }
    // With a second technician's work it is a team's.
    log.write(Some(1002), 0, opened()).await;
    log.write(Some(1002), 5, taken(4)).await;
    for wide in [day, level, impact] {
        let shown = team(&figures, &wide).await;
        assert!(!shown.one_person && shown.whole.opened == 2);
    }
    // Nobody's work tells of nobody.
    let nobody = FiguresQuery {
        level: Some(Level::Three),
        ..week()
    };
    assert!(!team(&figures, &nobody).await.one_person);
}

#[tokio::test]
async fn an_articles_readers_have_no_level_and_no_impact() {
    let log = Log::new(1).await;
    log.write(
        None,
        40,
        Event::ArticleSolved {
            article: ArticleId([1; 16]),
            language: Language::En,
        },
    )
    .await;
    let figures = log.figures(Arc::new(MemoryFigures::new()));
    assert_eq!(team(&figures, &week()).await.whole.deflections, 1);
    let level = FiguresQuery {
        level: Some(Level::One),
        ..week()
    };
    assert_eq!(team(&figures, &level).await.whole.deflections, 0);
}

#[tokio::test]
async fn facts_that_earlier_rules_read_are_forgotten_and_read_anew() {
    let log = Log::new(1).await;
    log.solved(1001, 0).await;
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::create(&folder.path().join("data")).unwrap();
    let store = Arc::new(SqliteFigures::open(&data).await.unwrap());
    let now = team(&log.figures(store.clone()), &week()).await;
    assert_eq!(now.whole.solved, 1);
    store.close().await;

    // As if an earlier version had read the log, and had taken closings for something else.
    let options = SqliteConnectOptions::new().filename(data.figure_database());
    let mut database = SqliteConnection::connect_with(&options).await.unwrap();
    let earlier = "UPDATE facts SET what = '{\"what\":\"returned\"}' WHERE what LIKE '%closed%'; \
                   UPDATE progress SET reading = reading - 1;";
    sqlx::raw_sql(earlier).execute(&mut database).await.unwrap();
    database.close().await.unwrap();

    let store = Arc::new(SqliteFigures::open(&data).await.unwrap());
    assert_eq!(team(&log.figures(store), &week()).await, now);
}
