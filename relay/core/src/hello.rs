//! Signing in: the device's signature, then a user's welcome, or a technician's password or token.
//!
//! Flow of a technician: hello -> limiter -> `CheckPassword` or `CheckToken` -> the answer -> the sign-in is recorded
//! -> welcome. A hello that fails is answered and its connection closed; the next try is a new connection.
//!
//! Invariant: a password is compared only when the limiter let the attempt through, and nobody is welcomed before the
//! record of their signing in is durable.

use renfort_audit::{
    actor::Actor,
    event::{Event, FailedBy, Method},
    hash::Digest,
    returned::Returned,
};
use renfort_protocol::{
    error::{Code, WireError},
    ids::{DeviceKey, PersonId, Signature, Token},
    people::{Person, Technician},
    signalling::{FromRelay, Identity, Welcomed, hello_bytes},
    ticket::Language,
};
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::{
    broker::{Broker, Random},
    commit::{Plan, Then},
    connections::{Attempt, By, Party, Stage},
    contract::{Change, Checked, Conn, Effect, TOKEN_MS},
    limiter::Limited,
    second_factor::SecondFactorRefusal,
};

impl Attempt {
    fn method(&self) -> Method {
        match self.by {
            By::Password(_) => Method::Password,
            By::Token(_) => Method::Token,
        }
    }

    fn login(&self) -> Option<&str> {
        match &self.by {
            By::Password(login) => Some(login.as_str()),
            By::Token(_) => None,
        }
    }

    fn login_name(&self) -> Option<renfort_protocol::people::Name> {
        match &self.by {
            By::Password(login) => Some(login.clone()),
            By::Token(_) => None,
        }
    }
}

/// What the store keeps of a token.
pub(crate) fn token_hash(token: &Token) -> Digest {
    Digest::of(&[&token.0])
}

impl Broker {
    pub(crate) fn hello(
        &mut self,
        conn: Conn,
        re: u32,
        device: DeviceKey,
        signature: &Signature,
        identity: Identity,
        language: Language,
    ) {
        let Some(connection) = self.connections.get(conn) else {
            return;
        };
        let (nonce, address) = (connection.nonce, connection.address.clone());
        let signed = hello_bytes(&nonce, &device);
        if UnparsedPublicKey::new(&ED25519, device.0)
            .verify(&signed, &signature.0)
            .is_err()
        {
            self.turn_away(conn, re, Code::BadSignature.into());
            return;
        }
        let (by, password) = match identity {
            Identity::User { .. } if !self.connections.has_room_for_user(conn, &device, &self.limits) => {
                self.turn_away(conn, re, Code::Busy.into());
                return;
            }
            Identity::User { stated } => {
                self.welcome_user(
                    conn,
                    Party::User {
                        device,
                        stated,
                        language,
                    },
                );
                return;
            }
            Identity::Password {
                login,
                password,
                second_factor,
            } => (By::Password(login), Some((password, second_factor))),
            Identity::Token { token } => (By::Token(token), None),
        };
        let attempt = Attempt { re, device, by };
        if let Err(limited) = self.limiter.begin(&address, attempt.login(), self.now) {
            self.limited(conn, attempt, address, limited);
            return;
        }
        let effect = match (&attempt.by, password) {
            (By::Password(login), Some((password, second_factor))) => Effect::CheckPassword {
                conn,
                login: login.clone(),
                password,
                second_factor,
                address,
            },
            (By::Token(token), _) => Effect::CheckToken {
                conn,
                hash: token_hash(token),
                device,
            },
            (By::Password(_), None) => return,
        };
        self.connections.set_stage(conn, Stage::Checking(attempt));
        self.effect(effect);
    }

    fn limited(&mut self, conn: Conn, attempt: Attempt, address: String, limited: Limited) {
        let error = WireError::from(Code::SignInLimited).with("seconds", limited.seconds);
        if !limited.first {
            self.turn_away(conn, attempt.re, error);
            return;
        }
        let event = Event::SignInLimited {
            method: attempt.method(),
            seconds: limited.seconds,
            login: attempt.login_name(),
            address,
        };
        self.record_failure(conn, attempt.re, event, error);
    }

    /// Records why somebody is turned away, then does it.
    fn record_failure(&mut self, conn: Conn, re: u32, event: Event, error: WireError) {
        let mut plan = Plan::default();
        plan.record(self.now, Actor::Relay, None, None, event);
        plan.then.push(Then::Close(error.clone()));
        self.connections.set_stage(conn, Stage::Recording);
        self.begin(
            Vec::new(),
            plan,
            Some((conn, re)),
            Some(FromRelay::Refused { re, error }),
        );
    }

    /// Answers a hello with an error and closes.
    pub(crate) fn turn_away(&mut self, conn: Conn, re: u32, error: WireError) {
        self.refuse(conn, re, error.clone());
        self.close(conn, error);
    }

    /// The store has said whether a password or token is right.
    pub(crate) fn checked(&mut self, conn: Conn, result: Checked, random: &mut Random<'_>) {
        let Some(connection) = self.connections.get(conn) else {
            return;
        };
        let Stage::Checking(attempt) = &connection.stage else {
            return;
        };
        let (attempt, address) = (attempt.clone(), connection.address.clone());
        let account = match result {
            Checked::Good(account) if !account.disabled => account,
            Checked::Good(_) | Checked::Wrong => {
                let error = match attempt.by {
                    By::Password(_) => Code::SignInFailed,
                    By::Token(_) => Code::SignInExpired,
                };
                let event = Event::SignInFailed {
                    method: attempt.method(),
                    reason: match attempt.by {
                        By::Password(_) => FailedBy::Password,
                        By::Token(_) => FailedBy::Token,
                    },
                    login: attempt.login_name(),
                    address,
                };
                self.record_failure(conn, attempt.re, event, error.into());
                return;
            }
            Checked::Halfway { person, why } => return self.halfway(conn, &attempt, address, person, why),
            Checked::Unavailable => {
                self.limiter.undecided(&address, attempt.login());
                self.turn_away(conn, attempt.re, Code::Busy.into());
                return;
            }
        };
        self.limiter.succeeded(&address, attempt.login());
        let Some(technician) = account.person.technician() else {
            // Supervisors work in the console; the app has nothing for them.
            let event = Event::MessageRefused {
                message: "hello".to_owned(),
                code: Code::NotAllowed,
            };
            self.record_failure(conn, attempt.re, event, Code::NotAllowed.into());
            return;
        };
        let person = account.person;
        let mut plan = Plan::default();
        let token = match attempt.by {
            By::Token(token) => token,
            By::Password(_) => {
                let token = Token(random());
                plan.batch.changes.push(Change::PutToken {
                    hash: token_hash(&token),
                    person: person.id,
                    device: attempt.device,
                    expires_at: self.now.plus(TOKEN_MS),
                });
                token
            }
        };
        let event = Event::SignInSucceeded {
            method: attempt.method(),
            person: person.id,
            address,
        };
        plan.record(self.now, Actor::Person(person.id), None, None, event);
        let party = Party::Technician {
            technician,
            device: attempt.device,
            token: token_hash(&token),
        };
        plan.then.push(Then::Welcome {
            party: Box::new(party),
            person: Box::new(person),
            token,
        });
        self.connections.set_stage(conn, Stage::Recording);
        self.begin(Vec::new(), plan, Some((conn, attempt.re)), None);
    }

    /// The password was right. Asked for the code, the address is no suspect; the name's failures stay counted until the
    /// whole sign-in succeeds, so that a password is tried no faster for having a second factor behind it.
    fn halfway(&mut self, conn: Conn, attempt: &Attempt, address: String, person: PersonId, why: SecondFactorRefusal) {
        if why == SecondFactorRefusal::Needed {
            self.limiter.halfway(&address);
        }
        let event = why.event(attempt.method(), person, attempt.login_name(), address);
        self.record_failure(conn, attempt.re, event, why.code().into());
    }

    fn welcome_user(&mut self, conn: Conn, party: Party) {
        let Party::User { device, .. } = party else { return };
        self.make_ready(conn, party);
        self.user_came(&device);
        self.watch_reach_of(&device);
        let latest = self.latest_for_user(&device);
        let session = self.desk.open_session_of_device(&device);
        let session = session.and_then(|session| self.info_for_user(session));
        let revocations = self.cards.list();
        let welcomed = Box::new(Welcomed::User { ticket: latest });
        self.send(
            conn,
            FromRelay::Welcome {
                now: self.now,
                welcomed,
                session,
                revocations,
            },
        );
        self.announce_presence(&device);
    }

    /// The sign-in is durable.
    pub(crate) fn welcome_technician(&mut self, conn: Conn, re: u32, party: Party, person: Person, token: Token) {
        let Party::Technician { technician, device, .. } = party.clone() else {
            return;
        };
        if self.connections.get(conn).is_none() {
            return;
        }
        if self.barred.contains(&technician.id) {
            self.turn_away(conn, re, Code::SignInExpired.into());
            return;
        }
        self.make_ready(conn, party);
        self.technician_came(technician.id);
        let queue = self.queue_for(&technician);
        let session = self.desk.open_session_of_person(technician.id);
        let session = session.and_then(|session| self.info_for_technician(session));
        let card = self.cards.of(technician.id, &device, self.now).cloned();
        let welcomed = Box::new(Welcomed::Technician {
            person,
            token,
            queue,
            card,
        });
        let revocations = self.cards.list();
        self.send(
            conn,
            FromRelay::Welcome {
                now: self.now,
                welcomed,
                session,
                revocations,
            },
        );
    }

    fn make_ready(&mut self, conn: Conn, party: Party) {
        for old in self.connections.ready(conn, party) {
            self.close(old, Code::Replaced.into());
        }
    }

    /// Forgets the sign-in. Whoever leaves keeps nobody waiting: their tickets go back to the queue, and a session that is
    /// still open ends.
    pub(crate) fn sign_out(&self, technician: &Technician, token: Digest) -> Plan {
        let mut plan = Plan::default();
        let actor = Actor::Person(technician.id);
        for ticket in self.desk.tickets_held_by(technician.id) {
            self.put_back(&mut plan, ticket, technician.id, Returned::SignedOut, actor);
        }
        plan.batch.changes.push(Change::DeleteToken { hash: token });
        plan.record(self.now, actor, None, None, Event::SignedOut { person: technician.id });
        plan.then.push(Then::Close(Code::SignInExpired.into()));
        plan
    }
}
