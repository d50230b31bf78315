//! Looks up articles, canned replies and what the log holds of a session for the broker.
//!
//! Flow: the broker asks ([`Question`]); a user's question takes a place and, when its turn has come, asks the store; the
//! answer goes back to the broker.
//!
//! Invariant: however many users ask, the store has a reader left for everything else.

use std::sync::Arc;

use renfort_core::{Answer, Question};
use renfort_protocol::head::Endpoint;
use tokio::sync::Semaphore;

use crate::{receipts::Receipts, store::Store};

/// Users' questions that are answered or wait for their turn. When full, a further one is not answered at all and the
/// broker refuses it as `busy`: users need no account, and their apps ask again as the sentence goes on.
const PLACES: usize = 128;
/// Of these, so many ask the store at once: fewer than it has readers. The others wait in order.
const AT_ONCE: usize = 2;

/// The places and the turns.
#[derive(Debug, Clone)]
pub struct Consults {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Default for Consults {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(PLACES)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Consults {
    /// Takes a place at once; the future waits for the turn and answers. None when there was no place, or when the store
    /// could not say. Technicians, who signed in, need no place.
    pub fn begin(
        &self,
        store: Arc<dyn Store>,
        receipts: Arc<Receipts>,
        question: Question,
    ) -> impl Future<Output = Option<Answer>> + Send + use<> {
        // A technician's head costs as little as their replies.
        let by_technician = matches!(
            question,
            Question::Replies { .. }
                | Question::Head {
                    role: Endpoint::Viewer,
                    ..
                }
        );
        let place = (!by_technician).then(|| Arc::clone(&self.places).try_acquire_owned());
        let turns = Arc::clone(&self.turns);
        async move {
            let _held_until_answered = match place {
                None => None,
                Some(place) => Some((place.ok()?, turns.acquire_owned().await.ok()?)),
            };
            look_up(&*store, &receipts, question).await
        }
    }
}

/// What the store holds. The sentence that is asked about stands in no log.
async fn look_up(store: &dyn Store, receipts: &Receipts, question: Question) -> Option<Answer> {
    let answered = match question {
        Question::Suggest { text, language } => store
            .suggestions(text.as_str(), language)
            .await
            .map(Answer::Suggestions),
        Question::Read { article, language } => store
            .published(article, language)
            .await
            .map(|shown| Answer::Article(shown.map(Box::new))),
        Question::Replies { team } => store.replies().await.map(|mut replies| {
            replies.retain(|reply| reply.content.team.is_none_or(|of| of == team));
            Answer::Replies(replies)
        }),
        Question::Head { .. } | Question::Receipt { .. } => {
            return receipts
                .answer(store, &question)
                .await
                .inspect_err(|error| tracing::error!(%error, "a session's records could not be read"))
                .unwrap_or(None);
        }
    };
    answered
        .inspect_err(|error| tracing::error!(%error, "articles could not be read"))
        .ok()
}

#[cfg(test)]
mod tests {
    use renfort_protocol::{ids::ArticleId, people::Level, ticket::Language};

    use super::*;
    use crate::store::memory::MemoryStore;

    #[tokio::test]
    async fn users_questions_beyond_the_places_are_not_answered_and_technicians_are_not_held_up() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let receipts = crate::receipts::for_tests();
        let consults = Consults::default();
        let read = || {
            let (article, language) = (ArticleId([1; 16]), Language::Fr);
            let question = Question::Read { article, language };
            consults.begin(Arc::clone(&store), Arc::clone(&receipts), question)
        };
        let mut waiting: Vec<_> = (0..PLACES).map(|_| read()).collect();
        assert_eq!(read().await, None, "no place is left");
        let replies = consults.begin(
            Arc::clone(&store),
            Arc::clone(&receipts),
            Question::Replies { team: Level::One },
        );
        assert_eq!(replies.await, Some(Answer::Replies(Vec::new())));
        let first = waiting.pop().unwrap();
        assert_eq!(first.await, Some(Answer::Article(None)), "one that waited is answered");
        assert_eq!(read().await, Some(Answer::Article(None)), "and its place is free");
        drop(waiting);
        for _ in 0..=AT_ONCE {
            assert_eq!(
                read().await,
                Some(Answer::Article(None)),
                "whoever gave up holds no turn"
            );
        }
    }
}
