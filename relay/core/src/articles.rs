//! Help before the queue: articles suggested to users, what they say of them, and the drafts and canned replies of
//! technicians.
//!
//! Flow: who may ask, how often and in which state is decided here; the store is asked by [`Question`], and its
//! [`Answer`] goes to whoever asked. A deflection and a draft are records like any other.
//!
//! Invariant: a connection has at most one question under way, so answers come in the order of the requests; a deflection
//! counts once for a device, an article and a day (a restart forgets who said so that day), and only of an article that
//! was read on this very connection.

use std::collections::BTreeSet;

use renfort_audit::{actor::Actor, event::Event};
use renfort_protocol::{
    article::{
        ArticleAction, ArticleBody, ArticleState, ArticleText, ArticleTitle, Author, MAX_ARTICLES, ShownArticle,
        Suggestion,
    },
    error::{Code, WireError},
    head::{Endpoint, SessionHead},
    ids::{ArticleId, DeviceKey, SessionId, TicketId},
    limits::RATE_WINDOW_MS,
    people::{Level, Technician},
    reply::CannedReply,
    signalling::{FromRelay, ToRelay},
    ticket::{Language, Summary},
    time::UnixMillis,
};

use crate::{
    broker::{Broker, Random},
    commit::{Asker, Plan, Refusal, Then},
    connections::Party,
    contract::{Change, Conn, Effect},
    requests::trespass,
};

/// Requests about articles and replies that a connection may make in [`RATE_WINDOW_MS`]; a further one is refused with
/// `too_fast`, and the connection goes on. An app asks at most three times a second while somebody types.
pub const CONSULTS_PER_WINDOW: u32 = 30;
/// Articles that a connection has read and may say of that they solved it; when full, the one read first is forgotten.
pub const READ_REMEMBERED: usize = 32;
/// Deflections that are remembered for a day; when full, further ones of that day are answered but not counted.
pub const DEFLECTIONS_PER_DAY: usize = 20_000;
const DAY_MS: u64 = 24 * 60 * 60_000;

/// What the broker asks of the store, which it does not keep itself: articles, canned replies, the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Published articles that may answer a sentence, best first, at most [`renfort_protocol::article::SUGGESTIONS`].
    Suggest {
        /// The sentence.
        text: Summary,
        /// The language to be read in, where there is a choice.
        language: Language,
    },
    /// A published article.
    Read {
        /// Which.
        article: ArticleId,
        /// In this language, else in the other.
        language: Language,
    },
    /// The canned replies for this team and for everybody, in the order of their titles.
    Replies {
        /// The team.
        team: Level,
    },
    /// What the log holds of a session.
    Head {
        /// Its ticket.
        ticket: TicketId,
        /// The session.
        session: SessionId,
        /// For which endpoint.
        role: Endpoint,
        /// As whom that endpoint stands in the log.
        actor: Actor,
    },
    /// The receipt of a session.
    Receipt {
        /// Its ticket.
        ticket: TicketId,
        /// The session.
        session: SessionId,
        /// The user's device, whose own data it may show.
        device: DeviceKey,
    },
}

/// What the store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To [`Question::Suggest`].
    Suggestions(Vec<Suggestion>),
    /// To [`Question::Read`]; none when no such article is published.
    Article(Option<Box<ShownArticle>>),
    /// To [`Question::Replies`].
    Replies(Vec<CannedReply>),
    /// To [`Question::Head`].
    Head(SessionHead),
    /// To [`Question::Receipt`]; none when it is too large.
    Receipt(Option<String>),
}

/// What a connection looked up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    /// The request that waits for the store.
    under_way: Option<u32>,
    window: UnixMillis,
    asked: u32,
    /// In the order in which they were first read.
    read: Vec<(ArticleId, Language)>,
}

impl Reading {
    fn admit(&mut self, now: UnixMillis) -> Result<(), Code> {
        if now.since(self.window) >= RATE_WINDOW_MS {
            self.window = now;
            self.asked = 0;
        }
        self.asked = self.asked.saturating_add(1);
        if self.asked > CONSULTS_PER_WINDOW {
            Err(Code::TooFast)
        } else {
            Ok(())
        }
    }

    fn has_read(&mut self, article: ArticleId, language: Language) {
        self.read.retain(|(other, _)| *other != article);
        if self.read.len() == READ_REMEMBERED {
            self.read.remove(0);
        }
        self.read.push((article, language));
    }
}

/// Which devices said today of which articles that they solved it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deflections {
    day: u64,
    said: BTreeSet<(DeviceKey, ArticleId)>,
}

impl Deflections {
    /// Is there room to count this one, and was it not counted today?
    fn counts(&mut self, device: DeviceKey, article: ArticleId, now: UnixMillis) -> bool {
        let day = now.0 / DAY_MS;
        if day != self.day {
            self.day = day;
            self.said.clear();
        }
        self.said.len() < DEFLECTIONS_PER_DAY && !self.said.contains(&(device, article))
    }

    /// It was counted, durably.
    pub(crate) fn counted(&mut self, device: DeviceKey, article: ArticleId) {
        self.said.insert((device, article));
    }
}

/// There are as many articles as there can be. Unlike what else is limited, none can be deleted: versions stay.
#[must_use]
pub fn no_room() -> WireError {
    WireError::from(Code::TooMany)
        .with("limit", MAX_ARTICLES)
        .with("of", "articles")
}

const fn is_consulting(body: &ToRelay) -> bool {
    matches!(
        body,
        ToRelay::Suggest { .. }
            | ToRelay::ReadArticle { .. }
            | ToRelay::Deflected { .. }
            | ToRelay::DraftArticle { .. }
            | ToRelay::ShowReplies
    )
}

impl Broker {
    /// Counts a request about articles or replies, and looks at the state it is made in.
    pub(crate) fn may_consult(&mut self, asker: &Asker, body: &ToRelay) -> Result<(), Refusal> {
        if !is_consulting(body) {
            return Ok(());
        }
        let now = self.now;
        let Some(reading) = self.connections.reading(asker.conn) else {
            return Ok(());
        };
        reading.admit(now)?;
        let waits = reading.under_way.is_some();
        let looks_up = !matches!(body, ToRelay::Deflected { .. } | ToRelay::DraftArticle { .. });
        if looks_up && waits {
            return Err(Code::TooFast.into());
        }
        // Whoever waits for a technician is past self-help, and a ticket that is open was not deflected.
        if let Party::User { device, .. } = &asker.party
            && let Some(open) = self.desk.open_ticket_of(device)
        {
            return Err(WireError::from(Code::TicketOpen).with("ticket", open.record.id).into());
        }
        Ok(())
    }

    /// What the store is to be asked for this request, if anything.
    pub(crate) fn question(&self, party: &Party, body: &ToRelay) -> Option<Question> {
        match (party, body) {
            (Party::User { .. }, ToRelay::Suggest { text, language }) => Some(Question::Suggest {
                text: text.clone(),
                language: *language,
            }),
            (Party::User { .. }, ToRelay::ReadArticle { article, language }) => Some(Question::Read {
                article: *article,
                language: *language,
            }),
            (Party::Technician { technician, .. }, ToRelay::ShowReplies) => {
                Some(Question::Replies { team: technician.level })
            }
            _ => None,
        }
    }

    pub(crate) fn consult(&mut self, asker: &Asker, question: Question) {
        if let Some(reading) = self.connections.reading(asker.conn) {
            reading.under_way = Some(asker.re);
            self.effect(Effect::Consult {
                conn: asker.conn,
                re: asker.re,
                question,
            });
        }
    }

    /// The store has answered.
    pub(crate) fn consulted(&mut self, conn: Conn, re: u32, answer: Option<Answer>) {
        let Some(reading) = self.connections.reading(conn) else {
            return;
        };
        if reading.under_way.take_if(|waiting| *waiting == re).is_none() {
            return;
        }
        let message = match answer {
            Some(Answer::Suggestions(suggestions)) => FromRelay::Suggestions { re, suggestions },
            Some(Answer::Article(Some(article))) => {
                reading.has_read(article.article, article.language);
                FromRelay::Article { re, article }
            }
            Some(Answer::Article(None)) => return self.refuse(conn, re, Code::UnknownArticle.into()),
            Some(Answer::Replies(replies)) => FromRelay::Replies { re, replies },
            // A head or a receipt never answers one of these.
            None | Some(Answer::Head(_) | Answer::Receipt(_)) => return self.refuse(conn, re, Code::Busy.into()),
        };
        self.send(conn, message);
        self.send(conn, FromRelay::Done { re });
    }

    /// An article solved it. Said again on the same day, it changes nothing.
    pub(crate) fn deflected(&mut self, conn: Conn, device: &DeviceKey, article: ArticleId) -> Result<Plan, Refusal> {
        let read = self.connections.reading(conn).and_then(|reading| {
            let found = reading.read.iter().find(|(id, _)| *id == article);
            found.map(|(_, language)| *language)
        });
        let language = read.ok_or(Code::OutOfOrder)?;
        let mut plan = Plan::default();
        if self.deflections.counts(*device, article, self.now) {
            let event = Event::ArticleSolved { article, language };
            // Not the device: whoever helped themselves leaves no trace of what they did not know.
            plan.record(self.now, Actor::Relay, None, None, event);
            plan.then.push(Then::Deflected(*device, article));
        }
        Ok(plan)
    }

    /// A draft made of a ticket by whoever has it, or had it last.
    pub(crate) fn draft(
        &self,
        technician: &Technician,
        ticket: TicketId,
        (language, title, text): (Language, &ArticleTitle, &ArticleBody),
        body: &ToRelay,
        random: &mut Random<'_>,
    ) -> Result<Plan, Refusal> {
        let record = &self.known_ticket(technician, ticket, body)?.record;
        let theirs = record
            .technician
            .as_ref()
            .is_some_and(|other| other.id == technician.id);
        if !theirs {
            return Err(trespass(body, Code::NotAllowed, Some(ticket), None));
        }
        if self.is_provisional(ticket) {
            return Err(Code::OutOfOrder.into());
        }
        let mut id = [0; 16];
        id.copy_from_slice(&random()[..16]);
        let article = ArticleId(id);
        let mut plan = Plan::default();
        plan.batch.changes.push(Change::PutArticle {
            text: Box::new(ArticleText {
                article,
                language,
                version: 1,
                state: ArticleState::Draft,
                action: ArticleAction::Drafted,
                title: title.clone(),
                body: text.clone(),
                author: Author {
                    id: technician.id,
                    name: technician.name.clone(),
                },
                at: self.now,
                ticket: Some(ticket),
            }),
            expected_version: None,
        });
        let event = Event::ArticleChanged {
            article,
            language,
            action: ArticleAction::Drafted,
            version: 1,
        };
        plan.record(self.now, Actor::Person(technician.id), Some(ticket), None, event);
        plan.conflict = Some(no_room());
        Ok(plan)
    }
}
