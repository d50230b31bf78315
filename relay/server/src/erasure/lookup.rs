//! What a person has, and what of it would go.

use std::collections::BTreeSet;

use renfort_audit::{
    actor::Actor,
    event::Event,
    keeping::{EraseRefusal, Keeping},
};
use renfort_core::{
    contract::{Batch, Change, Erasure, StoredTicket},
    erasure::ErasureOf,
};
use renfort_protocol::{erased, ids::TicketId, time::UnixMillis};

use crate::{
    orders,
    reveal::{Revealer, opened_by},
    store::{Store, StoreError, erasing::Whom, orders::Order, supervision::folded},
};

/// Records read at once.
const CHUNK: u32 = 500;
/// A search of fewer characters is not taken for a part of somebody's name.
const MIN_PART: usize = 3;

/// What was found of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Who was looked for.
    pub whom: Whom,
    /// What would go.
    pub erasure: Erasure,
    /// The names that they go by; as the command line shows them.
    pub names: BTreeSet<String>,
    /// Sessions of the tickets in which something would go.
    pub sessions: u64,
    /// Personal fields of records that can be read and could not any more.
    pub fields: u64,
    /// Tickets that stay as they are, being on hold.
    pub held: Vec<TicketId>,
    /// Tickets that somebody still works with.
    pub open: Vec<TicketId>,
    /// Can the account still sign in?
    pub active: bool,
    /// Is there anything that was not erased before?
    pub anything: bool,
}

impl Found {
    /// Why nothing of it can be erased now, with the tickets that stand in the way.
    #[must_use]
    pub fn refusal(&self) -> Option<(EraseRefusal, &[TicketId])> {
        if self.active {
            Some((EraseRefusal::Active, &[]))
        } else if !self.open.is_empty() {
            Some((EraseRefusal::Open, &self.open))
        } else if !self.anything && !self.held.is_empty() {
            Some((EraseRefusal::Held, &self.held))
        } else {
            None
        }
    }

    /// All of it as one batch.
    pub(crate) fn batch(mut self, order: &Order, now: UnixMillis) -> Batch {
        self.erasure.order = order.id;
        let event = Keeping::PersonErased {
            of: self.whom.erased(),
            tickets: self.erasure.tickets.len() as u64,
            sessions: self.sessions,
            // The writer counts, when it deletes the keys.
            fields: 0,
            held: self.held.len() as u64,
        };
        let entry = orders::entry(order, now, (None, None), Event::Keeping(event));
        Batch {
            changes: vec![
                Change::Erase(Box::new(self.erasure)),
                Change::SettleOrder { id: order.id },
            ],
            events: vec![entry],
        }
    }
}

/// That an erasure which was interrupted found nothing more to do.
pub(crate) const fn nothing_left(whom: &Whom) -> Keeping {
    Keeping::PersonErased {
        of: whom.erased(),
        tickets: 0,
        sessions: 0,
        fields: 0,
        held: 0,
    }
}

/// Looks somebody up; none when nothing was ever kept of them.
///
/// # Errors
/// When the store fails or is damaged.
pub async fn look_up(store: &dyn Store, whom: &Whom) -> Result<Option<Found>, StoreError> {
    let of = match whom {
        Whom::Account(id) => ErasureOf::Account(*id),
        Whom::Device(_) | Whom::Name { .. } => ErasureOf::User,
    };
    let mut found = Found {
        whom: whom.clone(),
        erasure: Erasure {
            order: 0,
            of,
            tickets: Vec::new(),
            keys: Vec::new(),
            views: Vec::new(),
        },
        names: BTreeSet::new(),
        sessions: 0,
        fields: 0,
        held: Vec::new(),
        open: Vec::new(),
        active: false,
        anything: false,
    };
    let mut known = false;
    if let Whom::Account(id) = whom {
        for person in store
            .people()
            .await?
            .into_iter()
            .filter(|one| one.account.person.id == *id)
        {
            known = true;
            found.active = !person.account.disabled;
            if person.account.person.name != erased::name() {
                found.anything = true;
                found.names.insert(person.account.person.name.to_string());
                found.names.insert(person.login.to_string());
            }
        }
    }
    let tickets = store.tickets_with(whom).await?;
    if !known && tickets.is_empty() {
        return Ok(None);
    }
    let holds: BTreeSet<TicketId> = store.holds().await?.into_iter().map(|hold| hold.what.ticket).collect();
    for ticket in &tickets {
        found.note_names(ticket);
        let id = ticket.record.id;
        if of.is_stopped_by(&ticket.record, &ticket.sessions) {
            found.open.push(id);
        } else if holds.contains(&id) {
            found.held.push(id);
        } else {
            found.add_ticket(store, ticket).await?;
        }
    }
    found.add_keys_of_subject(store, &holds).await?;
    found.add_searches(store).await?;
    found.anything |= !found.erasure.keys.is_empty();
    let opened = opened_by(store, &found.erasure.keys).await?;
    found.fields = opened.iter().map(|key| key.fields).sum();
    Ok(Some(found))
}

impl Found {
    fn note_names(&mut self, ticket: &StoredTicket) {
        if self.erasure.of == ErasureOf::User && ticket.record.user.name != erased::name() {
            self.names.insert(ticket.record.user.name.to_string());
        }
    }

    async fn add_ticket(&mut self, store: &dyn Store, ticket: &StoredTicket) -> Result<(), StoreError> {
        let of = self.erasure.of;
        // Tried on a copy: is there anything left to blank?
        let mut copy = ticket.clone();
        let mut blanked = of.blank_ticket(&mut copy.record);
        for session in &mut copy.sessions {
            blanked |= of.blank_session(session);
        }
        for note in &mut copy.notes {
            blanked |= of.blank_note(note);
        }
        let mut readable = false;
        for scope in store.scopes_of_ticket(ticket.record.id).await? {
            if self.is_theirs(&scope) && store.key(&scope).await?.is_some() {
                readable = true;
                self.erasure.keys.push(scope);
            }
        }
        self.erasure.keys.sort_unstable();
        self.erasure.keys.dedup();
        if blanked || readable {
            self.anything = true;
            self.sessions += ticket.sessions.len() as u64;
            self.erasure.tickets.push(ticket.record.id);
        }
        Ok(())
    }

    /// Of a ticket: the user's own fields, and what the operator wrote of it (why it was on hold).
    fn is_theirs(&self, scope: &str) -> bool {
        match self.erasure.of {
            ErasureOf::User => scope.starts_with("device:") || scope.starts_with("operator/"),
            ErasureOf::Everybody => true,
            ErasureOf::Account(id) => scope.starts_with(&format!("{}/", Actor::Person(id))),
        }
    }

    /// Keys that belong to nobody else, but for those of tickets on hold.
    async fn add_keys_of_subject(&mut self, store: &dyn Store, holds: &BTreeSet<TicketId>) -> Result<(), StoreError> {
        let subject = match &self.whom {
            Whom::Account(id) => Actor::Person(*id),
            Whom::Device(device) => Actor::Device(*device),
            Whom::Name { .. } => return Ok(()),
        };
        let mut kept: BTreeSet<String> = BTreeSet::new();
        for ticket in holds {
            kept.extend(store.scopes_of_ticket(*ticket).await?);
        }
        for scope in store.scopes_of_subject(&subject.to_string()).await? {
            if !kept.contains(&scope) && !self.erasure.keys.contains(&scope) {
                self.erasure.keys.push(scope);
            }
        }
        Ok(())
    }

    /// What others typed of them: searches and purposes in the console, a name at the sign-in; and saved views.
    async fn add_searches(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        let names: Vec<String> = self.names.iter().map(|name| folded(name)).collect();
        if names.is_empty() {
            return Ok(());
        }
        let tells = |typed: &str| {
            let typed = folded(typed.trim());
            let part = typed.chars().count() >= MIN_PART;
            names
                .iter()
                .any(|name| typed.contains(name) || (part && name.contains(&typed)))
        };
        let mut revealer = Revealer::new(store);
        let mut from = 0;
        loop {
            let records = store.records_of_no_ticket(from, CHUNK).await?;
            let Some(last) = records.last() else { break };
            from = last.record.seq + 1;
            for logged in &records {
                let told = revealer.reveal(logged).await?;
                if told.iter().any(|(name, open)| name != "address" && tells(&open.value)) {
                    for field in &logged.personal {
                        if !self.erasure.keys.contains(&field.scope) {
                            self.erasure.keys.push(field.scope.clone());
                        }
                    }
                }
            }
        }
        for view in store.all_saved_views().await? {
            let filter = &view.filter;
            let typed = [&filter.text, &filter.person, &filter.machine].into_iter().flatten();
            if tells(view.name.as_str()) || typed.into_iter().any(|text| tells(text.as_str())) {
                self.erasure.views.push(view.id);
                self.anything = true;
            }
        }
        Ok(())
    }
}
