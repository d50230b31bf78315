//! Technicians' cards in memory.

use async_trait::async_trait;
use renfort_core::contract::CARD_REQUESTS;
use renfort_protocol::{
    card::{SignedCard, SignedCardRequest, SignedRevocations},
    ids::PersonId,
    time::UnixMillis,
};

use super::MemoryStore;
use crate::store::{
    StoreError,
    cards::{Cards, Installed, KEPT_EXPIRED_MS},
    orders::Ordered,
};

/// Requests, and what was brought.
#[derive(Debug, Clone, Default)]
pub(super) struct CardBox {
    requests: Vec<SignedCardRequest>,
    installs: Vec<Installed>,
}

impl CardBox {
    /// Nothing of this account's is kept.
    pub(super) fn forget(&mut self, person: PersonId) {
        self.requests.retain(|request| request.request.person != person);
        self.installs.retain(|install| match install {
            Installed::Card(card) => card.card.person != person,
            Installed::Revocations(_) => true,
        });
    }

    pub(super) fn put_request(&mut self, signed: &SignedCardRequest) {
        let request = &signed.request;
        self.requests
            .retain(|other| other.request.person != request.person || other.request.device != request.device);
        self.requests.push(signed.clone());
        let own = |other: &SignedCardRequest| other.request.person == request.person;
        let mut surplus = self
            .requests
            .iter()
            .filter(|other| own(other))
            .count()
            .saturating_sub(CARD_REQUESTS);
        self.requests.retain(|other| {
            let oldest = surplus > 0 && own(other);
            surplus -= usize::from(oldest);
            !oldest
        });
    }

    pub(super) fn cards(&self) -> Vec<SignedCard> {
        let cards = self.installs.iter().filter_map(|install| match install {
            Installed::Card(card) => Some(card.clone()),
            Installed::Revocations(_) => None,
        });
        cards.collect()
    }

    pub(super) fn revocations(&self) -> Option<SignedRevocations> {
        let lists = self.installs.iter().filter_map(|install| match install {
            Installed::Revocations(list) => Some(list),
            Installed::Card(_) => None,
        });
        lists.max_by_key(|list| list.revocations.number).cloned()
    }

    fn install(&mut self, content: &Installed) -> bool {
        let is_new = match content {
            Installed::Card(card) => self.cards().iter().all(|other| other.card.serial != card.card.serial),
            Installed::Revocations(list) => self
                .revocations()
                .is_none_or(|other| other.revocations.number < list.revocations.number),
        };
        if is_new {
            self.installs.push(content.clone());
        }
        is_new
    }

    pub(super) fn forget_expired(&mut self, now: UnixMillis) {
        let newest = self.revocations().map(|list| list.revocations.number);
        let before = now.0.saturating_sub(KEPT_EXPIRED_MS);
        self.installs.retain(|install| match install {
            Installed::Card(card) => card.card.expires_at.0 >= before,
            Installed::Revocations(list) => Some(list.revocations.number) == newest,
        });
    }
}

#[async_trait]
impl Cards for MemoryStore {
    async fn card_requests(&self) -> Result<Vec<SignedCardRequest>, StoreError> {
        Ok(self.read(|state| state.cards.requests.clone()))
    }

    async fn cards(&self) -> Result<Vec<SignedCard>, StoreError> {
        Ok(self.read(|state| state.cards.cards()))
    }

    async fn revocations(&self) -> Result<Option<SignedRevocations>, StoreError> {
        Ok(self.read(|state| state.cards.revocations()))
    }

    async fn install(&self, content: &Installed, at: UnixMillis) -> Result<bool, StoreError> {
        self.change(|state| {
            let is_new = state.cards.install(content);
            if is_new {
                state.order(Ordered::installed(content), at);
            }
            Ok(is_new)
        })
        .await
    }
}
