//! Who is connected: one entry a WebSocket, from its first byte to its last.
//!
//! Flow: greeting (the challenge is out) -> checking (password or token) -> recording (the sign-in is being written)
//! -> ready. [`Connections::admit`] looks at every frame's size and rate before anything reads it.
//!
//! Invariant: at most one ready connection per user's device, per technician's device and per technician.

use std::collections::{BTreeMap, BTreeSet};

use renfort_protocol::{
    error::{Code, WireError},
    ids::{DeviceKey, Nonce, PersonId},
    limits::{MAX_HELLO_BYTES, MAX_SIGNALLING_BYTES, MAX_SIGNALLING_PER_WINDOW, RATE_WINDOW_MS},
    people::{Name, Stated, Technician},
    ticket::Language,
    time::UnixMillis,
};

use renfort_audit::hash::Digest;

use crate::{
    articles::Reading,
    contract::{Conn, Limits},
    evidence::Evidence,
    network::network,
};

/// A hello must have come by then, in milliseconds after the connection.
pub const HELLO_MS: u64 = 10_000;
/// Malformed messages and attempts at another role's work that a connection may make; the next closes it.
pub const OFFENCES: u32 = 10;

/// Who is at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Party {
    User {
        device: DeviceKey,
        stated: Stated,
        language: Language,
    },
    Technician {
        technician: Technician,
        device: DeviceKey,
        token: Digest,
    },
}

/// How a technician tries to sign in.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) re: u32,
    pub(crate) device: DeviceKey,
    pub(crate) by: By,
}

#[derive(Debug, Clone)]
pub(crate) enum By {
    Password(Name),
    Token(renfort_protocol::ids::Token),
}

#[derive(Debug, Clone)]
pub(crate) enum Stage {
    Greeting,
    Checking(Attempt),
    Recording,
    Ready(Party),
}

#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) address: String,
    pub(crate) nonce: Nonce,
    pub(crate) stage: Stage,
    pub(crate) reading: Reading,
    pub(crate) evidence: Evidence,
    deadline: UnixMillis,
    window: UnixMillis,
    frames: u32,
    offences: u32,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Connections {
    all: BTreeMap<Conn, Connection>,
    users: BTreeMap<DeviceKey, Conn>,
    technicians: BTreeMap<PersonId, Conn>,
    /// Connections that have not sent their hello, by its deadline.
    greeting: BTreeSet<(UnixMillis, Conn)>,
    /// Connections that have not signed in, by network.
    strangers: Counts,
    /// Users' connections, by network.
    users_at: Counts,
}

/// How many there are, by network.
#[derive(Debug, Clone, Default)]
struct Counts(BTreeMap<String, usize>);

impl Counts {
    fn of(&self, address: &str) -> usize {
        self.0.get(&network(address)).copied().unwrap_or(0)
    }

    fn add(&mut self, address: &str) {
        *self.0.entry(network(address)).or_insert(0) += 1;
    }

    fn remove(&mut self, address: &str) {
        let network = network(address);
        if let Some(count) = self.0.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(&network);
            }
        }
    }
}

impl Connections {
    /// Takes a new connection.
    ///
    /// # Errors
    /// When there are too many; it is then not taken.
    pub(crate) fn accept(
        &mut self,
        conn: Conn,
        address: String,
        nonce: Nonce,
        limits: &Limits,
        now: UnixMillis,
    ) -> Result<(), WireError> {
        if self.all.len() >= limits.connections || self.strangers.of(&address) >= limits.strangers_per_address {
            return Err(Code::Busy.into());
        }
        let deadline = now.plus(HELLO_MS);
        self.greeting.insert((deadline, conn));
        self.strangers.add(&address);
        let stage = Stage::Greeting;
        self.all.insert(
            conn,
            Connection {
                address,
                nonce,
                stage,
                reading: Reading::default(),
                evidence: Evidence::default(),
                deadline,
                window: now,
                frames: 0,
                offences: 0,
            },
        );
        Ok(())
    }

    /// Counts and measures a frame before it is read.
    ///
    /// # Errors
    /// When the connection must be closed for it.
    pub(crate) fn admit(&mut self, conn: Conn, bytes: usize, now: UnixMillis) -> Result<(), WireError> {
        let Some(connection) = self.all.get_mut(&conn) else {
            return Ok(());
        };
        if now.since(connection.window) >= RATE_WINDOW_MS {
            connection.window = now;
            connection.frames = 0;
        }
        connection.frames += 1;
        if connection.frames > MAX_SIGNALLING_PER_WINDOW {
            return Err(Code::TooFast.into());
        }
        let limit = if matches!(connection.stage, Stage::Ready(_)) {
            MAX_SIGNALLING_BYTES
        } else {
            MAX_HELLO_BYTES
        };
        if bytes > limit {
            return Err(WireError::from(Code::TooLarge).with("limit", limit));
        }
        Ok(())
    }

    /// Counts an offence; says whether that was one too many.
    pub(crate) fn offend(&mut self, conn: Conn) -> bool {
        self.all.get_mut(&conn).is_some_and(|connection| {
            connection.offences += 1;
            connection.offences > OFFENCES
        })
    }

    pub(crate) fn get(&self, conn: Conn) -> Option<&Connection> {
        self.all.get(&conn)
    }

    /// What the connection has looked up.
    pub(crate) fn reading(&mut self, conn: Conn) -> Option<&mut Reading> {
        self.all.get_mut(&conn).map(|connection| &mut connection.reading)
    }

    /// What the connection asked for of sessions that have ended.
    pub(crate) fn evidence(&mut self, conn: Conn) -> Option<&mut Evidence> {
        self.all.get_mut(&conn).map(|connection| &mut connection.evidence)
    }

    pub(crate) fn party(&self, conn: Conn) -> Option<&Party> {
        match &self.all.get(&conn)?.stage {
            Stage::Ready(party) => Some(party),
            _ => None,
        }
    }

    /// Moves a connection on from greeting.
    pub(crate) fn set_stage(&mut self, conn: Conn, stage: Stage) {
        if let Some(connection) = self.all.get_mut(&conn) {
            self.greeting.remove(&(connection.deadline, conn));
            connection.stage = stage;
        }
    }

    /// The party is known: the connection is ready. Gives the older connections that it replaces.
    pub(crate) fn ready(&mut self, conn: Conn, party: Party) -> Vec<Conn> {
        let mut replaced = BTreeSet::new();
        match &party {
            Party::User { device, .. } => replaced.extend(self.users.insert(*device, conn)),
            Party::Technician { technician, device, .. } => {
                replaced.extend(self.technicians.values().copied().filter(|other| {
                    matches!(self.party(*other), Some(Party::Technician { device: theirs, .. }) if theirs == device)
                }));
                replaced.extend(self.technicians.insert(technician.id, conn));
            }
        }
        if let Some(connection) = self.all.get(&conn) {
            self.strangers.remove(&connection.address);
            if matches!(party, Party::User { .. }) {
                self.users_at.add(&connection.address);
            }
        }
        self.set_stage(conn, Stage::Ready(party));
        replaced.remove(&conn);
        replaced.into_iter().collect()
    }

    /// Is there room for this user? One who is here already only changes the connection.
    pub(crate) fn has_room_for_user(&self, conn: Conn, device: &DeviceKey, limits: &Limits) -> bool {
        let Some(address) = self.all.get(&conn).map(|connection| &connection.address) else {
            return false;
        };
        let replaced = self.users.get(device).and_then(|conn| self.all.get(conn));
        let same = replaced.is_some_and(|replaced| network(&replaced.address) == network(address));
        same || self.users_at.of(address) < limits.users_per_address
    }

    /// Forgets a connection; gives who it was, if it was still theirs (and not replaced by a newer one).
    pub(crate) fn remove(&mut self, conn: Conn) -> Option<Party> {
        let connection = self.all.remove(&conn)?;
        self.greeting.remove(&(connection.deadline, conn));
        let Stage::Ready(party) = connection.stage else {
            self.strangers.remove(&connection.address);
            return None;
        };
        let current = match &party {
            Party::User { device, .. } => {
                self.users_at.remove(&connection.address);
                let current = self.users.get(device) == Some(&conn);
                if current {
                    self.users.remove(device);
                }
                current
            }
            Party::Technician { technician, .. } => {
                let current = self.technicians.get(&technician.id) == Some(&conn);
                if current {
                    self.technicians.remove(&technician.id);
                }
                current
            }
        };
        current.then_some(party)
    }

    pub(crate) fn user(&self, device: &DeviceKey) -> Option<Conn> {
        self.users.get(device).copied()
    }

    pub(crate) fn technician(&self, person: PersonId) -> Option<Conn> {
        self.technicians.get(&person).copied()
    }

    /// Users' apps that are connected.
    pub(crate) fn users_online(&self) -> usize {
        self.users.len()
    }

    /// Technicians that are connected.
    pub(crate) fn technicians(&self) -> impl Iterator<Item = (Conn, &Technician)> {
        self.technicians.values().filter_map(|conn| match self.party(*conn)? {
            Party::Technician { technician, .. } => Some((*conn, technician)),
            Party::User { .. } => None,
        })
    }

    /// Everybody who is signed in.
    pub(crate) fn all_ready(&self) -> impl Iterator<Item = (Conn, &Party)> {
        self.all
            .iter()
            .filter_map(|(conn, connection)| match &connection.stage {
                Stage::Ready(party) => Some((*conn, party)),
                _ => None,
            })
    }

    /// When the next connection that has sent no hello is to be closed.
    pub(crate) fn next_deadline(&self) -> Option<UnixMillis> {
        self.greeting.first().map(|(deadline, _)| *deadline)
    }

    /// Connections whose hello is overdue.
    pub(crate) fn overdue(&self, now: UnixMillis) -> Vec<Conn> {
        self.greeting
            .iter()
            .take_while(|(deadline, _)| *deadline <= now)
            .map(|(_, conn)| *conn)
            .collect()
    }
}
