//! One side of the app without a person, for the bench: does what a person would click, as soon as it is shown.
//!
//! Flow: a task watches the views that the interface gets; [`Hand::next`] answers each with the [`Action`] of the next
//! click. Everything else (queue, consent, grant, picture, input) runs as it does for people.
//!
//! Invariant: this module exists only with the feature `bench-hooks`, which is in no default build: a program that
//! allows by itself must never be somebody's.

#[cfg(target_os = "linux")]
pub mod paint;

use std::{
    io::Write as _,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use renfort_engine::clock::Clock;
use renfort_protocol::{
    grant::{Capabilities, Capability},
    limits::GRANT_MS,
    people::Name,
    signalling::Password,
    text::Line,
    ticket::{Impact, QueueEntry, Summary, TicketState, Urgency},
    time::UnixMillis,
};
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use crate::{
    action::Action,
    controller::Event,
    view::{CardView, Link, Side, TechnicianPage, TechnicianSession, UserPage, View},
};

/// How long a person reads the question before they answer. Its page is painted by then, as it is for a person.
const READING: Duration = Duration::from_secs(1);
/// What had no effect for so long is clicked again.
const AGAIN: Duration = Duration::from_secs(3);
/// What the user says is wrong.
const SUMMARY: &str = "Bench";

/// Which side runs without a person.
#[derive(Debug, Clone, Subcommand)]
pub enum Part {
    /// Ask for help and allow what a technician asks.
    User {
        /// What is allowed; anything else is refused.
        #[arg(long, value_enum, value_delimiter = ',', required = true)]
        auto_grant: Vec<Allowed>,
    },
    /// Sign in, take the tickets that come, and ask for control.
    Technician {
        /// Take the ticket that has waited longest, whenever there is none in hand.
        #[arg(long, required = true)]
        take_next: bool,
        /// Sign-in name.
        #[arg(long)]
        login: String,
        /// File with the password.
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
    },
}

/// Capabilities, as they are written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Allowed {
    /// See the screen.
    View,
    /// Pointer and keyboard.
    Control,
    /// Texts of the clipboard.
    Clipboard,
}

impl From<Allowed> for Capability {
    fn from(allowed: Allowed) -> Self {
        match allowed {
            Allowed::View => Self::View,
            Allowed::Control => Self::Control,
            Allowed::Clipboard => Self::Clipboard,
        }
    }
}

/// Watches and clicks until the app ends. `fill_screen` gives the technician's window the whole screen, so that the
/// picture has room for every pixel.
///
/// # Errors
/// When the command line names what cannot be used.
pub fn start(
    part: &Part,
    mut view: watch::Receiver<View>,
    events: mpsc::Sender<Event>,
    fill_screen: impl Fn() + Send + 'static,
) -> anyhow::Result<()> {
    let (mut hand, clock) = (Hand::new(part)?, Clock::system());
    tauri::async_runtime::spawn(async move {
        loop {
            let (next, reading) = {
                let view = view.borrow_and_update();
                (hand.next(&view), reading(&view, clock.now()))
            };
            if let Some(action) = next {
                match &action {
                    Action::AnswerConsent { .. } => {
                        tokio::time::sleep(reading).await;
                        say("allowed");
                    }
                    Action::TakeTicket { .. } => fill_screen(),
                    _ => {}
                }
                if events.send(Event::Act(action)).await.is_err() {
                    return;
                }
            }
            match timeout(AGAIN, view.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return,
                Err(_) => hand.forget(),
            }
        }
    });
    Ok(())
}

/// How long to read the question: until *Allow* works, too.
fn reading(view: &View, now: UnixMillis) -> Duration {
    match &view.side {
        Side::User {
            page: UserPage::Consent {
                allow_from: Some(from), ..
            },
        } => READING.max(Duration::from_millis(from.since(now))),
        _ => READING,
    }
}

/// A line for whoever started the program: what was done, and when, in microseconds since 1970.
fn say(what: &str) {
    let at = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_micros());
    // Whoever does not listen misses nothing that matters.
    let _ = writeln!(std::io::stdout(), "bench-hooks: {what} {at}");
}

/// Decides what is clicked next.
#[derive(Debug)]
struct Hand {
    person: Person,
    /// Clicked, and still to be seen in a view: nobody clicks twice.
    clicked: Option<Action>,
}

#[derive(Debug)]
enum Person {
    User { allows: Capabilities, needs_help: Action },
    Technician { sign_in: Action },
}

impl Hand {
    fn new(part: &Part) -> anyhow::Result<Self> {
        let person = match part {
            Part::User { auto_grant } => Person::User {
                allows: auto_grant.iter().copied().map(Capability::from).collect(),
                needs_help: Action::RequestHelp {
                    summary: Summary::new(SUMMARY).map_err(anyhow::Error::msg)?,
                    impact: Impact::Person,
                    urgency: Urgency::Medium,
                },
            },
            Part::Technician {
                login, password_file, ..
            } => {
                let password = std::fs::read_to_string(password_file).context("the password cannot be read")?;
                Person::Technician {
                    sign_in: Action::SignIn {
                        login: Name::new(login.as_str()).map_err(anyhow::Error::msg)?,
                        password: Password(Line::new(password.trim()).map_err(anyhow::Error::msg)?),
                        second_factor: None,
                    },
                }
            }
        };
        Ok(Self { person, clicked: None })
    }

    /// Nothing came of the last click.
    fn forget(&mut self) {
        self.clicked = None;
    }

    /// The click that this view asks for, once.
    fn next(&mut self, view: &View) -> Option<Action> {
        let action = match (&self.person, &view.side) {
            (Person::User { allows, needs_help }, Side::User { page }) => user(page, view, allows, needs_help),
            (Person::Technician { sign_in }, Side::Technician { page }) if view.organisation.is_some() => {
                technician(page, sign_in)
            }
            _ => None,
        };
        if action == self.clicked {
            return None;
        }
        self.clicked.clone_from(&action);
        action
    }
}

fn user(page: &UserPage, view: &View, allows: &Capabilities, needs_help: &Action) -> Option<Action> {
    match page {
        UserPage::Home { busy: false, .. } if view.link == Link::Online => Some(needs_help.clone()),
        UserPage::Consent { busy: false, .. } => Some(Action::AnswerConsent {
            allow: allows.contains(&Capability::View),
            capabilities: allows.clone(),
            time_box_ms: GRANT_MS,
        }),
        UserPage::Session {
            question: Some(question),
            ..
        } => Some(Action::AnswerRequest {
            capability: question.capability,
            allow: allows.contains(&question.capability),
            clipboard: allows.contains(&Capability::Clipboard),
        }),
        _ => None,
    }
}

fn technician(page: &TechnicianPage, sign_in: &Action) -> Option<Action> {
    match page {
        TechnicianPage::SignIn { busy: false, .. } => Some(sign_in.clone()),
        // Nobody can be asked without a card, which comes by itself.
        TechnicianPage::Queue {
            tickets,
            card: CardView::Good { .. },
            busy: false,
            ..
        } => {
            let waits = |entry: &&QueueEntry| entry.state == TicketState::Waiting && entry.user_online;
            let next = tickets.iter().filter(waits).min_by_key(|entry| entry.waiting_since)?;
            Some(Action::TakeTicket { ticket: next.id })
        }
        TechnicianPage::Ticket {
            session:
                TechnicianSession::Open {
                    grant,
                    connected: true,
                    requested,
                    ..
                },
            ..
        } => {
            let control = Capability::Control;
            (!grant.capabilities.contains(&control) && !requested.contains(&control))
                .then_some(Action::Request { capability: control })
        }
        _ => None,
    }
}
