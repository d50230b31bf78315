//! Self-help articles: what a user may read before asking for help, and how technicians keep it.
//!
//! Flow: somebody writes a text in one language (a draft), publishes it, and it is suggested while users write their
//! sentence; every save, publication and withdrawal is a version that stays.
//!
//! Invariant: each language of an article has its own state and its own growing version; only what is published
//! ([`ShownArticle`], [`Suggestion`]) is ever sent to a user.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    ids::{ArticleId, PersonId, TicketId},
    limits::{MAX_ARTICLE_CHARS, MAX_ARTICLE_TITLE_CHARS},
    people::Name,
    text::{Line, Text},
    ticket::Language,
    time::UnixMillis,
};

/// Articles that are suggested at once.
pub const SUGGESTIONS: usize = 3;
/// Articles that a relay keeps; a further one is refused with [`crate::error::Code::TooMany`].
pub const MAX_ARTICLES: usize = 2_000;
/// Newest versions of a text that its history lists; older ones stay stored.
pub const HISTORY_ROWS: usize = 200;

/// An article's title.
pub type ArticleTitle = Line<MAX_ARTICLE_TITLE_CHARS>;
/// An article's text, in Markdown.
pub type ArticleBody = Text<MAX_ARTICLE_CHARS>;

/// Who may see a text of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ArticleState {
    /// Those who write articles.
    Draft,
    /// Everybody.
    Published,
    /// Those who write articles: it was published and is no longer.
    Withdrawn,
}

/// What was done to a text of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ArticleAction {
    /// Written anew.
    Created,
    /// Made at the end of a ticket.
    Drafted,
    /// Title or body changed.
    Changed,
    /// An earlier version's title and body taken again.
    Restored,
    /// Shown to users.
    Published,
    /// No longer shown to users.
    Withdrawn,
}

/// Who wrote something, as they were called then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Author {
    /// The account.
    pub id: PersonId,
    /// Its name.
    pub name: Name,
}

/// One language of an article, at one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ArticleText {
    /// Of which article.
    pub article: ArticleId,
    /// In which language.
    pub language: Language,
    /// Grows by one with each change, from 1.
    pub version: u64,
    /// Who may see it.
    pub state: ArticleState,
    /// What this version did.
    pub action: ArticleAction,
    /// Title.
    pub title: ArticleTitle,
    /// Markdown.
    pub body: ArticleBody,
    /// Who made this version.
    pub author: Author,
    /// When.
    pub at: UnixMillis,
    /// The ticket that the text was made of, if it was.
    pub ticket: Option<TicketId>,
}

impl ArticleText {
    /// All but the body.
    #[must_use]
    pub fn head(&self) -> ArticleHead {
        ArticleHead {
            article: self.article,
            language: self.language,
            version: self.version,
            state: self.state,
            action: self.action,
            title: self.title.clone(),
            author: self.author.clone(),
            at: self.at,
            ticket: self.ticket,
        }
    }
}

/// An [`ArticleText`] without its body, for lists and histories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ArticleHead {
    /// Of which article.
    pub article: ArticleId,
    /// In which language.
    pub language: Language,
    /// Its version.
    pub version: u64,
    /// Who may see it.
    pub state: ArticleState,
    /// What this version did.
    pub action: ArticleAction,
    /// Title.
    pub title: ArticleTitle,
    /// Who made this version.
    pub author: Author,
    /// When.
    pub at: UnixMillis,
    /// The ticket that the text was made of, if it was.
    pub ticket: Option<TicketId>,
}

/// An article with the languages that it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Article {
    /// Which.
    pub id: ArticleId,
    /// One or two.
    pub texts: Vec<ArticleText>,
}

/// An article in the console's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ArticleRow {
    /// Which.
    pub id: ArticleId,
    /// One or two.
    pub texts: Vec<ArticleHead>,
}

/// The console's list of articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ArticleList {
    /// Best match first when something is searched for, else the one that changed last; at most [`MAX_ARTICLES`].
    pub rows: Vec<ArticleRow>,
    /// How many there are without any filter.
    pub total: u64,
}

/// What to list. Every member narrows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ArticleFilter {
    /// Words, or beginnings of words, that one text of the article has all of; accents and case do not matter.
    pub search: Option<String>,
    /// Articles that have a text in this language.
    pub language: Option<Language>,
    /// Articles that have a text in this state (in `language`, when that is given).
    pub state: Option<ArticleState>,
    /// Articles without a text in this language.
    pub missing: Option<Language>,
}

/// A new article, or a text in a language that an article does not have yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NewArticle {
    /// In which language.
    pub language: Language,
    /// Title.
    pub title: ArticleTitle,
    /// Markdown.
    pub body: ArticleBody,
}

/// A text as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SaveArticle {
    /// The version that was edited; none when the article does not have this language yet.
    pub version: Option<u64>,
    /// Title.
    pub title: ArticleTitle,
    /// Markdown.
    pub body: ArticleBody,
}

/// Names the version that something is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OfVersion {
    /// The version that was looked at.
    pub version: u64,
}

/// Take an earlier version again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RestoreArticle {
    /// The version that was looked at.
    pub version: u64,
    /// The one to take title and body from.
    pub from: u64,
}

/// An article that may answer a user's sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Suggestion {
    /// Which.
    pub article: ArticleId,
    /// In the language that was asked for, or in the other one when it has no other.
    pub language: Language,
    /// Title.
    pub title: ArticleTitle,
}

/// A published article, as a user reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ShownArticle {
    /// Which.
    pub article: ArticleId,
    /// In this language.
    pub language: Language,
    /// Title.
    pub title: ArticleTitle,
    /// Markdown.
    pub body: ArticleBody,
    /// When this text last changed.
    pub at: UnixMillis,
}
