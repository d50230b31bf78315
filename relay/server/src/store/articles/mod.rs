//! Self-help articles and canned replies, as the console, the users' apps and the technicians' apps read them.
//!
//! Flow: they are written as changes of a [`super::Transaction`], together with the audit record; everything here reads.
//!
//! Invariant: what users get ([`Articles::suggestions`], [`Articles::published`]) is published, and nothing else is.

pub mod terms;

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use renfort_protocol::{
    article::{
        Article, ArticleFilter, ArticleHead, ArticleList, ArticleRow, ArticleState, ArticleText, SUGGESTIONS,
        ShownArticle, Suggestion,
    },
    ids::{ArticleId, ReplyId},
    reply::CannedReply,
    ticket::Language,
};

use self::terms::Terms;
use super::StoreError;

/// Published texts that are looked at more closely before some are suggested, best first.
pub const CANDIDATES: u32 = 24;

/// The store, as those who help before the queue need it.
#[async_trait]
pub trait Articles: Send + Sync + 'static {
    /// Every text of every article, without bodies, in any order.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn article_heads(&self) -> Result<Vec<ArticleHead>, StoreError>;

    /// Texts that have all of these words, best first; a word in the title weighs more.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn article_matches(&self, terms: &Terms) -> Result<Vec<(ArticleId, Language)>, StoreError>;

    /// Published texts that have any of these words, best first, at most [`CANDIDATES`].
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn candidates(&self, terms: &Terms) -> Result<Vec<ArticleText>, StoreError>;

    /// An article's texts as they stand, English first; none when there is no such article.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn article_texts(&self, article: ArticleId) -> Result<Vec<ArticleText>, StoreError>;

    /// The versions of a text, newest first, at most [`renfort_protocol::article::HISTORY_ROWS`].
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn article_history(&self, article: ArticleId, language: Language) -> Result<Vec<ArticleHead>, StoreError>;

    /// A text at one of its versions.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn article_version(
        &self,
        article: ArticleId,
        language: Language,
        version: u64,
    ) -> Result<Option<ArticleText>, StoreError>;

    /// All canned replies, in the order of their titles.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn replies(&self) -> Result<Vec<CannedReply>, StoreError>;

    /// One canned reply.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn reply(&self, id: ReplyId) -> Result<Option<CannedReply>, StoreError>;

    /// The console's list.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn article_list(&self, filter: &ArticleFilter) -> Result<ArticleList, StoreError> {
        let heads = self.article_heads().await?;
        let searched = match filter.search.as_deref().map(Terms::of_search) {
            Some(terms) if !terms.is_empty() => Some(self.article_matches(&terms).await?),
            // Something was searched for that has no word in it: it is nowhere.
            Some(_) if filter.search.as_deref().is_some_and(|text| !text.trim().is_empty()) => Some(Vec::new()),
            _ => None,
        };
        Ok(list(heads, filter, searched.as_deref()))
    }

    /// An article with all its languages.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn article(&self, id: ArticleId) -> Result<Option<Article>, StoreError> {
        let texts = self.article_texts(id).await?;
        Ok((!texts.is_empty()).then_some(Article { id, texts }))
    }

    /// A published article, in this language or else in the other.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn published(&self, article: ArticleId, language: Language) -> Result<Option<ShownArticle>, StoreError> {
        let texts = self.article_texts(article).await?;
        let published = texts.into_iter().filter(|text| text.state == ArticleState::Published);
        let best = published.min_by_key(|text| text.language != language);
        Ok(best.map(|text| ShownArticle {
            article,
            language: text.language,
            title: text.title,
            body: text.body,
            at: text.at,
        }))
    }

    /// Published articles that may answer a sentence, best first, at most [`SUGGESTIONS`]. Each is named in this language
    /// where it is published in it.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn suggestions(&self, sentence: &str, language: Language) -> Result<Vec<Suggestion>, StoreError> {
        let terms = Terms::of_sentence(sentence);
        if terms.is_empty() {
            return Ok(Vec::new());
        }
        let mut found: Vec<Suggestion> = Vec::new();
        for text in self.candidates(&terms).await? {
            if found.len() == SUGGESTIONS {
                break;
            }
            if !terms.fits(&text) || found.iter().any(|other| other.article == text.article) {
                continue;
            }
            if let Some(shown) = self.published(text.article, language).await? {
                found.push(Suggestion {
                    article: shown.article,
                    language: shown.language,
                    title: shown.title,
                });
            }
        }
        Ok(found)
    }
}

/// In the order of their titles, whatever their case and accents.
pub(super) fn by_title(mut replies: Vec<CannedReply>) -> Vec<CannedReply> {
    replies.sort_by_cached_key(|reply| (terms::folded(reply.content.title.as_str()), reply.id));
    replies
}

/// Narrows and orders the console's list.
fn list(heads: Vec<ArticleHead>, filter: &ArticleFilter, searched: Option<&[(ArticleId, Language)]>) -> ArticleList {
    let mut ranks: HashMap<ArticleId, usize> = HashMap::new();
    for (rank, (article, _)) in searched.unwrap_or_default().iter().enumerate() {
        ranks.entry(*article).or_insert(rank);
    }
    let mut articles: BTreeMap<ArticleId, Vec<ArticleHead>> = BTreeMap::new();
    for head in heads {
        articles.entry(head.article).or_default().push(head);
    }
    let total = articles.len() as u64;
    let mut rows: Vec<ArticleRow> = articles
        .into_iter()
        .map(|(id, mut texts)| {
            texts.sort_by_key(|text| text.language != Language::En);
            ArticleRow { id, texts }
        })
        .filter(|row| {
            let stands = row.texts.iter().any(|text| {
                filter.language.is_none_or(|language| text.language == language)
                    && filter.state.is_none_or(|state| text.state == state)
            });
            let lacks = |language| row.texts.iter().all(|text| text.language != language);
            stands && filter.missing.is_none_or(lacks) && (searched.is_none() || ranks.contains_key(&row.id))
        })
        .collect();
    rows.sort_by_key(|row| {
        let changed = row.texts.iter().map(|text| text.at).max();
        (ranks.get(&row.id).copied(), std::cmp::Reverse(changed), row.id)
    });
    ArticleList { rows, total }
}
