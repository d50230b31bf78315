//! Second factors and passwords in memory.

use std::collections::BTreeSet;

use async_trait::async_trait;
use renfort_audit::hash::Digest;
use renfort_protocol::{ids::PersonId, people::Name, time::UnixMillis};

use super::{MemoryStore, State};
use crate::store::{
    StoreError,
    orders::PersonChange,
    second_factor::{NewSecondFactor, SecondFactors, StoredSecondFactor},
};

impl State {
    pub(super) fn end_sign_ins(&mut self, person: PersonId) {
        self.tokens.retain(|_, token| token.person != person);
        self.console.retain(|_, sign_in| sign_in.person != person);
    }

    fn id_of(&self, login: &Name) -> Result<PersonId, StoreError> {
        let place = self.by_login(login).ok_or(StoreError::UnknownLogin)?;
        Ok(self.people[place].account.person.id)
    }
}

#[async_trait]
impl SecondFactors for MemoryStore {
    async fn second_factor(&self, person: PersonId) -> Result<Option<StoredSecondFactor>, StoreError> {
        Ok(self.read(|state| state.second_factors.get(&person).cloned()))
    }

    async fn with_second_factor(&self) -> Result<BTreeSet<PersonId>, StoreError> {
        Ok(self.read(|state| state.second_factors.keys().copied().collect()))
    }

    async fn put_second_factor(&self, login: &Name, new: &NewSecondFactor, at: UnixMillis) -> Result<(), StoreError> {
        self.change(|state| {
            let person = state.id_of(login)?;
            let mut recovery = new.recovery.clone();
            recovery.sort_by_key(ToString::to_string);
            let stored = StoredSecondFactor {
                sealed: new.sealed.clone(),
                last_step: None,
                wrong_codes: 0,
                recovery,
            };
            state.second_factors.insert(person, stored);
            state.end_sign_ins(person);
            state.note_change(at, PersonChange::SecondFactorEnabled, person);
            Ok(())
        })
        .await
    }

    async fn reset_second_factor(&self, login: &Name, at: UnixMillis) -> Result<bool, StoreError> {
        self.change(|state| {
            let person = state.id_of(login)?;
            if state.second_factors.remove(&person).is_none() {
                return Ok(false);
            }
            state.end_sign_ins(person);
            state.note_change(at, PersonChange::SecondFactorReset, person);
            Ok(true)
        })
        .await
    }

    async fn use_step(&self, person: PersonId, step: u64) -> Result<bool, StoreError> {
        self.change(|state| {
            let factor = state.second_factors.get_mut(&person);
            let fits = factor.filter(|factor| factor.last_step.is_none_or(|last| step > last));
            Ok(fits.is_some_and(|factor| {
                factor.last_step = Some(step);
                factor.wrong_codes = 0;
                true
            }))
        })
        .await
    }

    async fn use_recovery_code(&self, person: PersonId, hash: &Digest) -> Result<bool, StoreError> {
        self.change(|state| {
            let factor = state.second_factors.get_mut(&person);
            Ok(factor.is_some_and(|factor| {
                let Some(place) = factor.recovery.iter().position(|known| known == hash) else {
                    return false;
                };
                factor.recovery.remove(place);
                factor.wrong_codes = 0;
                true
            }))
        })
        .await
    }

    async fn count_wrong_code(&self, person: PersonId) -> Result<(), StoreError> {
        self.change(|state| {
            if let Some(factor) = state.second_factors.get_mut(&person) {
                factor.wrong_codes += 1;
            }
            Ok(())
        })
        .await
    }

    async fn change_password(&self, login: &Name, hash: &str, at: UnixMillis) -> Result<(), StoreError> {
        self.change(|state| {
            let person = state.id_of(login)?;
            if let Some(place) = state.by_login(login) {
                hash.clone_into(&mut state.people[place].hash);
            }
            state.end_sign_ins(person);
            state.note_change(at, PersonChange::PasswordChanged, person);
            Ok(())
        })
        .await
    }

    async fn end_sign_ins_without_second_factor(&self) -> Result<BTreeSet<PersonId>, StoreError> {
        self.change(|state| {
            let without: BTreeSet<PersonId> = state
                .people
                .iter()
                .map(|known| known.account.person.id)
                .filter(|id| !state.second_factors.contains_key(id))
                .collect();
            for person in &without {
                state.end_sign_ins(*person);
            }
            Ok(without)
        })
        .await
    }
}
