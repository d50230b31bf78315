//! Makes the data folder of a relay that has had some hundred tickets over 60 days, for looking at the console:
//!
//! ```text
//! cargo run -p renfort-relay --example busy_relay -- FOLDER
//! cargo run -p renfort-relay -- serve --data FOLDER/data
//! ```
//!
//! Sign in as `sue` (supervisor), `admin`, or one of the technicians `ada`, `bob`, `eve`; the password is `correct horse`.
//! Every run makes the same story, ending now.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use renfort_audit::{
    actor::{Actor, device_hash},
    event::Event,
    record::Entry,
};
use renfort_core::contract::{Batch, Change, TicketRecord};
use renfort_protocol::{
    grant::Capability,
    ids::{ArticleId, CardSerial, DeviceKey, PersonId, RequestId, TicketId},
    people::{Level, Name, Role, Stated, Technician},
    signalling::Password,
    text::Line,
    ticket::{Impact, Language, Outcome, Summary, TicketState, Urgency},
    time::UnixMillis,
};
use renfort_relay::{
    clock,
    data::DataFolder,
    keys, organisation, passwords, setup,
    store::{
        NewAccount, Store,
        sqlite::{SqliteOptions, SqliteStore},
    },
    writer::{Answer, Job, Writer, WriterHandle},
};

const DAYS: u64 = 60;
const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const PASSWORD: &str = "correct horse";

const PROBLEMS: &[(&str, &str, Language)] = &[
    ("L'imprimante du service n'imprime plus", "Jeanne Martin", Language::Fr),
    ("Impossible d'ouvrir le planning de garde", "Marc Lefèvre", Language::Fr),
    ("My screen stays black after lunch", "Zoë Carter", Language::En),
    ("Le VPN se coupe toutes les cinq minutes", "Inès Benali", Language::Fr),
    (
        "Outlook asks for my password again and again",
        "Tom Okafor",
        Language::En,
    ),
    ("Je ne vois plus le lecteur partagé", "Paul N'Guyen", Language::Fr),
];

/// The same numbers at every run (Steele and others, "Fast splittable pseudorandom number generators", 2014).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// What happened to one ticket, until now.
struct Story {
    record: TicketRecord,
    events: Vec<Entry>,
    at: UnixMillis,
    until: UnixMillis,
}

impl Story {
    /// Time goes by. False when the story has not got that far yet.
    fn after(&mut self, millis: u64) -> bool {
        self.at = self.at.plus(millis);
        self.at <= self.until
    }

    fn tell(&mut self, actor: Actor, event: Event) {
        let entry = Entry {
            at: self.at,
            ticket: Some(self.record.id),
            session: None,
            actor,
            event,
        };
        self.events.push(entry);
    }

    fn user(&self) -> Actor {
        Actor::Device(device_hash(&self.record.device))
    }

    fn taken(&mut self, by: &Technician, waited: u64, asking: u64) -> bool {
        if !self.after(waited) {
            return false;
        }
        self.record.state = TicketState::Taken;
        self.record.technician = Some(by.clone());
        self.record.first_taken_at.get_or_insert(self.at);
        let actor = Actor::Person(by.id);
        let taken = Event::TicketTaken {
            person: by.id,
            level: by.level,
            name: by.name.clone(),
            waited_ms: self.at.since(self.record.waiting_since),
        };
        self.tell(actor, taken);
        let capabilities = [Capability::View].into();
        let answer_by = self.at.plus(MINUTE);
        self.tell(
            actor,
            Event::ConsentAsked {
                capabilities,
                answer_by,
                card: Some(CardSerial([by.id.0 as u8; 8])),
            },
        );
        if self.after(asking) {
            let capabilities = [Capability::View].into();
            let expires_at = self.at.plus(30 * MINUTE);
            self.tell(
                self.user(),
                Event::ConsentGranted {
                    capabilities,
                    expires_at,
                },
            );
        }
        true
    }

    fn escalated(&mut self, by: &Technician, to: Level) {
        self.tell(Actor::Person(by.id), Event::TicketEscalated { from: by.level, to });
        self.record.state = TicketState::Waiting;
        self.record.level = to;
        self.record.technician = None;
        self.record.waiting_since = self.at;
    }

    fn closed(&mut self, by: &Technician, outcome: Outcome) {
        let event = Event::TicketClosed {
            outcome,
            handled_ms: self.record.first_taken_at.map_or(0, |taken| self.at.since(taken)),
            message_chars: 40,
        };
        self.tell(Actor::Person(by.id), event);
        self.record.state = if outcome == Outcome::Solved {
            TicketState::Solved
        } else {
            TicketState::NotSolved
        };
        self.record.closed_at = Some(self.at);
    }

    fn answered(&mut self, solved: bool) {
        self.record.feedback = Some(solved);
        self.tell(self.user(), Event::Feedback { solved });
        if !solved {
            self.record.reopened += 1;
            self.tell(
                self.user(),
                Event::TicketReopened {
                    times: self.record.reopened,
                },
            );
            self.record.state = TicketState::Waiting;
            self.record.technician = None;
            self.record.closed_at = None;
            self.record.waiting_since = self.at;
        }
    }
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name of a few letters")
}

fn opened(number: u64, at: UnixMillis, until: UnixMillis, draw: &mut Draw) -> Story {
    let (summary, who, language) = PROBLEMS[usize::try_from(draw.below(PROBLEMS.len() as u64)).unwrap_or(0)];
    let mut device = [0; 32];
    device[..8].copy_from_slice(&number.to_be_bytes());
    let impact = [
        Impact::Person,
        Impact::Person,
        Impact::Person,
        Impact::Team,
        Impact::Organisation,
    ][draw.below(5) as usize];
    let urgency = [Urgency::Low, Urgency::Medium, Urgency::High][draw.below(3) as usize];
    let user = Stated {
        name: name(who),
        machine: name(&format!("PC-{:03}", draw.below(180))),
    };
    let summary = Summary::new(summary).expect("a short sentence");
    let record = TicketRecord {
        id: TicketId(number),
        version: 1,
        request: RequestId(u128::from(number).to_be_bytes()),
        device: DeviceKey(device),
        user: user.clone(),
        language,
        summary: summary.clone(),
        impact,
        urgency,
        level: Level::One,
        state: TicketState::Waiting,
        technician: None,
        opened_at: at,
        waiting_since: at,
        first_taken_at: None,
        closed_at: None,
        reopened: 0,
        message: None,
        feedback: None,
        user_away_since: None,
        barred: std::collections::BTreeSet::new(),
    };
    let mut story = Story {
        record,
        events: Vec::new(),
        at,
        until,
    };
    let event = Event::TicketOpened {
        impact,
        urgency,
        language,
        level: Level::One,
        user,
        device: DeviceKey(device),
        summary,
    };
    story.tell(story.user(), event);
    story
}

/// One ticket from its opening as far as it got.
fn ticket(number: u64, at: UnixMillis, until: UnixMillis, staff: &[Technician], draw: &mut Draw) -> Story {
    let mut story = opened(number, at, until, draw);
    let waited = (3 + draw.below(20)) * MINUTE * if draw.one_in(9) { 6 } else { 1 };
    if draw.one_in(18) {
        if story.after(waited) {
            story.record.state = TicketState::Cancelled;
            story.record.closed_at = Some(story.at);
            story.tell(story.user(), Event::TicketCancelled { waited_ms: waited });
        }
        return story;
    }
    let mut technician = &staff[usize::try_from(draw.below(2)).unwrap_or(0)];
    if !story.taken(technician, waited, (5 + draw.below(50)) * 1_000) || !story.after((8 + draw.below(55)) * MINUTE) {
        return story;
    }
    if draw.one_in(7) {
        story.escalated(technician, Level::Two);
        technician = &staff[2];
        let waited = (20 + draw.below(300)) * MINUTE;
        if draw.one_in(8) || !story.taken(technician, waited, 12_000) || !story.after((20 + draw.below(120)) * MINUTE) {
            return story;
        }
    }
    story.closed(
        technician,
        if draw.one_in(14) {
            Outcome::NotSolved
        } else {
            Outcome::Solved
        },
    );
    if draw.below(100) < 58 && story.after((1 + draw.below(200)) * MINUTE) {
        let solved = !draw.one_in(10);
        story.answered(solved);
        let again = &staff[usize::try_from(draw.below(2)).unwrap_or(0)];
        if !solved && story.taken(again, 25 * MINUTE, 9_000) && story.after(40 * MINUTE) {
            story.closed(again, Outcome::Solved);
        }
    }
    story
}

/// All tickets, oldest first: more on Mondays, none at weekends, and a quiet week.
fn stories(now: UnixMillis, staff: &[Technician]) -> Vec<Story> {
    let mut draw = Draw(2026);
    let mut instants = Vec::new();
    for day in 0..DAYS {
        let midnight = (now.0 / DAY - DAYS + 1 + day) * DAY;
        // 1 January 1970 was a Thursday.
        let weekday = (midnight / DAY + 3) % 7;
        let usual = match weekday {
            0 => 13,
            5 | 6 => 0,
            _ => 8,
        };
        let tickets = if (20..27).contains(&day) { usual / 3 } else { usual };
        for _ in 0..(if tickets == 0 { 0 } else { tickets + draw.below(5) }) {
            instants.push(midnight + 7 * HOUR + draw.below(10 * HOUR));
        }
    }
    instants.sort_unstable();
    let opened = instants.into_iter().map(UnixMillis).filter(|at| *at <= now);
    (1001..)
        .zip(opened)
        .map(|(number, at)| ticket(number, at, now, staff, &mut draw))
        .collect()
}

async fn write(writer: &WriterHandle, stories: Vec<Story>, now: UnixMillis) -> anyhow::Result<()> {
    let mut changes = Vec::new();
    let mut events = Vec::new();
    let mut draw = Draw(7);
    for story in stories {
        if draw.one_in(5) {
            let event = Event::ArticleSolved {
                article: ArticleId([1; 16]),
                language: Language::Fr,
            };
            events.push(Entry {
                at: story.record.opened_at,
                ticket: None,
                session: None,
                actor: Actor::Relay,
                event,
            });
        }
        events.extend(story.events);
        changes.push(Change::PutTicket {
            record: Box::new(story.record),
            expected_version: None,
        });
    }
    events.retain(|entry| entry.at <= now);
    events.sort_by_key(|entry| entry.at);
    let (answer, written) = tokio::sync::oneshot::channel();
    let job = Job {
        batch: Batch { changes, events },
        answer: Answer::Waiter(answer),
    };
    let permit = writer.reserve().await;
    permit.map_err(|_| anyhow::anyhow!("the writer has ended"))?.send(job);
    written.await?.map_err(|reason| anyhow::anyhow!("{reason:?}"))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    renfort_relay::install_crypto_provider();
    let folder: PathBuf = std::env::args_os().nth(1).context("give a folder to make")?.into();
    let (made, data) = (folder.join("organisation"), folder.join("data"));
    organisation::create(
        name("Hôpital Saint-Yves"),
        vec!["ws://127.0.0.1:8443".to_owned()],
        None,
        &made,
    )?;
    // The key lies apart, as it must; nothing here needs it again.
    std::fs::rename(made.join(organisation::KEY_FILE), folder.join("offline.key"))?;
    let hash = passwords::hash(&Password(Line::new(PASSWORD)?))?;
    let account = |login: &str, shown: &str, role| NewAccount {
        login: name(login),
        name: name(shown),
        role,
        hash: hash.clone(),
    };
    let file = made.join(organisation::ORGANISATION_FILE);
    setup::init(&data, &file, &account("admin", "Alice Martin", Role::Administrator)).await?;
    let data_folder = DataFolder::open(&data)?;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&data_folder, SqliteOptions::default()).await?);
    let now = clock::now();
    let mut staff = Vec::new();
    for (login, shown, level) in [
        ("ada", "Ada Le Goff", Level::One),
        ("bob", "Bob Durand", Level::One),
        ("eve", "Ève Kouassi", Level::Two),
    ] {
        let id: PersonId = store
            .add_person(&account(login, shown, Role::Technician { level }), now)
            .await?;
        staff.push(Technician {
            id,
            name: name(shown),
            level,
        });
    }
    store
        .add_person(&account("sue", "Sue Lemaire", Role::Supervisor), now)
        .await?;
    let (writer, handle, _answers) = Writer::open(Arc::clone(&store), keys::load(&data_folder.relay_key())?).await?;
    let task = tokio::spawn(writer.run());
    let stories = stories(now, &staff);
    let count = stories.len();
    write(&handle, stories, now).await?;
    drop(handle);
    task.await?;
    store.close().await;
    println!("Made {count} tickets in {}.", data.display());
    Ok(())
}
