//! Name, password and second factor, for the app and the console alike.
//!
//! Invariant: a code is looked at only when the password is right, and its use (or one more wrong code) is durable before
//! anybody learns that it fits. A disabled account is answered like a wrong password.

use renfort_audit::{actor::Actor, event::Event, record::Entry};
use renfort_core::{
    Account, Checked,
    second_factor::{Fits, SecondFactorRefusal, judge},
};
use renfort_protocol::{people::Name, second_factor::SecondFactorCode, signalling::Password};

use crate::{
    clock,
    passwords::Passwords,
    second_factor,
    store::{Store, StoreError},
    writer::WriterHandle,
};

/// Who checks.
pub struct Authenticator<'a> {
    /// Knows accounts and second factors.
    pub store: &'a dyn Store,
    /// Checks passwords.
    pub passwords: &'a Passwords,
    /// Writes that a recovery code was used.
    pub writer: &'a WriterHandle,
}

impl Authenticator<'_> {
    /// What a sign-in with these is worth.
    pub async fn check(&self, login: &Name, password: Password, code: Option<&SecondFactorCode>) -> Checked {
        let checked = self.password_then_code(login, password, code).await;
        checked.unwrap_or_else(|error| {
            tracing::error!(%error, "an account could not be read");
            Checked::Unavailable
        })
    }

    async fn password_then_code(
        &self,
        login: &Name,
        password: Password,
        code: Option<&SecondFactorCode>,
    ) -> Result<Checked, StoreError> {
        let found = self.store.credentials(login).await?;
        let (account, hash) = found.map(|found| (found.account, found.hash)).unzip();
        let fits = self.passwords.verify(password, hash).await;
        let Some(account) = account.filter(|account| fits && !account.disabled) else {
            return Ok(Checked::Wrong);
        };
        match self.second_factor(&account, code).await? {
            None => Ok(Checked::Good(account)),
            Some(why) => Ok(Checked::Halfway {
                person: account.person.id,
                why,
            }),
        }
    }

    /// Why the second factor lets nobody in, if it does not.
    async fn second_factor(
        &self,
        account: &Account,
        code: Option<&SecondFactorCode>,
    ) -> Result<Option<SecondFactorRefusal>, StoreError> {
        let person = account.person.id;
        let Some(factor) = second_factor::load(self.store, person).await? else {
            let demanded = second_factor::is_required(self.store).await?;
            return Ok(demanded.then_some(SecondFactorRefusal::NotSetUp));
        };
        let used = match judge(&factor, code, person, clock::now()) {
            Ok(Fits::Step(step)) => self.store.use_step(person, step).await?,
            Ok(Fits::Recovery(hash)) => {
                let used = self.store.use_recovery_code(person, &hash).await?;
                if used {
                    self.record_recovery(account, factor.recovery.len() - 1).await?;
                }
                used
            }
            Err(SecondFactorRefusal::Wrong) => false,
            Err(why) => return Ok(Some(why)),
        };
        if used {
            return Ok(None);
        }
        self.store.count_wrong_code(person).await?;
        Ok(Some(SecondFactorRefusal::Wrong))
    }

    async fn record_recovery(&self, account: &Account, left: usize) -> Result<(), StoreError> {
        let person = account.person.id;
        let entry = Entry {
            at: clock::now(),
            ticket: None,
            session: None,
            actor: Actor::Person(person),
            event: Event::RecoveryUsed {
                person,
                left: left as u64,
            },
        };
        let written = self.writer.record(vec![entry]).await;
        written.map_err(|_| StoreError::Failed("the use of a recovery code could not be recorded".to_owned()))
    }
}
