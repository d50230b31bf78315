//! Articles and canned replies in memory: the same rules as on disk, with a ranking as simple as can be.

use std::{cmp::Reverse, collections::BTreeMap};

use async_trait::async_trait;
use renfort_protocol::{
    article::{ArticleHead, ArticleState, ArticleText, Author, HISTORY_ROWS, MAX_ARTICLES},
    ids::{ArticleId, ReplyId},
    reply::{CannedReply, MAX_REPLIES},
    ticket::Language,
};

use super::MemoryStore;
use crate::store::{
    StoreError,
    articles::{
        Articles, CANDIDATES, by_title,
        terms::{Terms, words},
    },
};

/// How much a word in the title weighs against one in the body.
const TITLE_WEIGHT: usize = 10;

/// All articles and replies.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelf {
    /// Every version of every text, oldest first.
    texts: BTreeMap<(ArticleId, bool), Vec<ArticleText>>,
    replies: BTreeMap<ReplyId, CannedReply>,
}

const fn key(article: ArticleId, language: Language) -> (ArticleId, bool) {
    (article, matches!(language, Language::Fr))
}

impl Shelf {
    fn current(&self) -> impl Iterator<Item = &ArticleText> {
        self.texts.values().filter_map(|versions| versions.last())
    }

    fn ranked(&self, terms: &Terms, fits: impl Fn(&ArticleText, &[String]) -> bool) -> Vec<&ArticleText> {
        let mut found: Vec<(usize, &ArticleText)> = Vec::new();
        for text in self.current() {
            let (title, body) = (words(text.title.as_str()), words(text.body.as_str()));
            let score = terms.hits(&title) * TITLE_WEIGHT + terms.hits(&body);
            if score > 0 && fits(text, &[title, body].concat()) {
                found.push((score, text));
            }
        }
        found.sort_by_key(|(score, _)| Reverse(*score));
        found.into_iter().map(|(_, text)| text).collect()
    }

    pub(super) fn authors(&mut self) -> impl Iterator<Item = &mut Author> {
        let texts = self.texts.values_mut().flatten().map(|text| &mut text.author);
        texts.chain(self.replies.values_mut().map(|reply| &mut reply.author))
    }

    /// False when what is stored is not what was expected.
    pub(super) fn put(&mut self, text: &ArticleText, expected: Option<u64>) -> bool {
        let key = key(text.article, text.language);
        let stored = self.texts.get(&key).and_then(|versions| versions.last());
        let known = self.texts.keys().any(|(article, _)| *article == text.article);
        let mut articles: Vec<ArticleId> = self.texts.keys().map(|(article, _)| *article).collect();
        articles.dedup();
        let fits = stored.map(|text| text.version) == expected && (known || articles.len() < MAX_ARTICLES);
        if fits {
            self.texts.entry(key).or_default().push(text.clone());
        }
        fits
    }

    /// False when what is stored is not what was expected.
    pub(super) fn put_reply(&mut self, reply: &CannedReply, expected: Option<u64>) -> bool {
        let stored = self.replies.get(&reply.id).map(|reply| reply.version);
        let fits = stored == expected && (stored.is_some() || self.replies.len() < MAX_REPLIES);
        if fits {
            self.replies.insert(reply.id, reply.clone());
        }
        fits
    }

    /// False when what is stored is not what was expected.
    pub(super) fn delete_reply(&mut self, id: ReplyId, expected: u64) -> bool {
        let fits = self.replies.get(&id).is_some_and(|reply| reply.version == expected);
        if fits {
            self.replies.remove(&id);
        }
        fits
    }
}

#[async_trait]
impl Articles for MemoryStore {
    async fn article_heads(&self) -> Result<Vec<ArticleHead>, StoreError> {
        Ok(self.read(|state| state.shelf.current().map(ArticleText::head).collect()))
    }

    async fn article_matches(&self, terms: &Terms) -> Result<Vec<(ArticleId, Language)>, StoreError> {
        Ok(self.read(|state| {
            let found = state.shelf.ranked(terms, |_, words| terms.all_in(words));
            found.into_iter().map(|text| (text.article, text.language)).collect()
        }))
    }

    async fn candidates(&self, terms: &Terms) -> Result<Vec<ArticleText>, StoreError> {
        Ok(self.read(|state| {
            let found = state
                .shelf
                .ranked(terms, |text, _| text.state == ArticleState::Published);
            found.into_iter().take(CANDIDATES as usize).cloned().collect()
        }))
    }

    async fn article_texts(&self, article: ArticleId) -> Result<Vec<ArticleText>, StoreError> {
        Ok(self.read(|state| {
            let texts = state.shelf.current().filter(|text| text.article == article);
            texts.cloned().collect()
        }))
    }

    async fn article_history(&self, article: ArticleId, language: Language) -> Result<Vec<ArticleHead>, StoreError> {
        Ok(self.read(|state| {
            let versions = state.shelf.texts.get(&key(article, language)).into_iter().flatten();
            versions.rev().take(HISTORY_ROWS).map(ArticleText::head).collect()
        }))
    }

    async fn article_version(
        &self,
        article: ArticleId,
        language: Language,
        version: u64,
    ) -> Result<Option<ArticleText>, StoreError> {
        Ok(self.read(|state| {
            let versions = state.shelf.texts.get(&key(article, language))?;
            versions.iter().find(|text| text.version == version).cloned()
        }))
    }

    async fn replies(&self) -> Result<Vec<CannedReply>, StoreError> {
        Ok(by_title(
            self.read(|state| state.shelf.replies.values().cloned().collect()),
        ))
    }

    async fn reply(&self, id: ReplyId) -> Result<Option<CannedReply>, StoreError> {
        Ok(self.read(|state| state.shelf.replies.get(&id).cloned()))
    }
}
