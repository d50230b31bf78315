//! Accounts that changed while their owners are connected, or have tickets.
//!
//! Invariant: nobody works on with an account that was disabled, and no ticket stays with one.

use renfort_protocol::{error::Code, ids::PersonId, people::Technician};

use crate::{
    broker::Broker,
    contract::{Account, Conn},
};

/// The technician that this account is, if it is one that may work.
fn technician(account: &Account) -> Option<Technician> {
    account.person.technician().filter(|_| !account.disabled)
}

impl Broker {
    /// Closes what this person is connected with; the store has forgotten their sign-ins. Their ticket and session wait
    /// for them as when a connection breaks.
    pub(crate) fn sign_ins_ended(&mut self, person: PersonId) {
        if let Some(conn) = self.connections.technician(person) {
            self.close(conn, Code::SignInExpired.into());
        }
    }

    /// Takes the accounts as they are now. Whoever is connected with another name or level signs in anew (with the
    /// token, unseen by the person); whoever may no longer work is closed out and loses their tickets to the queue.
    pub(crate) fn accounts_changed(&mut self, accounts: &[Account]) {
        self.barred = accounts
            .iter()
            .filter(|account| technician(account).is_none())
            .map(|account| account.person.id)
            .collect();
        let changed: Vec<Conn> = self
            .connections
            .technicians()
            .filter(|(_, connected)| !accounts.iter().filter_map(technician).any(|known| known == **connected))
            .map(|(conn, _)| conn)
            .collect();
        for conn in changed {
            self.close(conn, Code::SignInExpired.into());
        }
        self.returning = self.orphans().into_iter().map(|ticket| (ticket, self.now)).collect();
    }
}
