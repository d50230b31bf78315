//! What ties a session to two devices before its user is asked: the readiness of the user's machine, the technician's
//! nonce, and the signature under the user's yes.
//!
//! Flow: asked -> ready -> revealed -> allowed. Each step is stored with the session, then passed on to the other end.
//!
//! Invariant: the nonce is passed on only after a readiness is fixed, and once; a grant is written only with a signature of
//! the device that said it was ready.

use renfort_audit::{
    actor::{Actor, device_hash},
    event::Event,
};
use renfort_protocol::{
    binding::{Reveal, SignedReady, Tampered, Transcript},
    error::Code,
    grant::{Capabilities, Capability, Grant},
    ids::{DeviceKey, SessionId, Signature},
    people::Technician,
    signalling::{FromRelay, ToRelay},
    time::UnixMillis,
};

use crate::{
    broker::Broker,
    commit::{Plan, Refusal, Then},
    contract::{Binding, SessionRecord},
    requests::trespass,
};

/// A yes, as the message says it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Yes<'a> {
    pub(crate) capabilities: &'a Capabilities,
    pub(crate) expires_at: UnixMillis,
    pub(crate) signature: &'a Signature,
}

/// The binding of a session that is asked for and not yet answered.
fn unanswered(session: &SessionRecord) -> Result<&Binding, Refusal> {
    let open = session.is_open() && session.grant.is_none();
    let binding = session.binding.as_deref().filter(|_| open);
    binding.ok_or_else(|| Code::OutOfOrder.into())
}

impl Broker {
    /// A user's own session; naming another's, or one that was never asked for, is recorded.
    pub(crate) fn users_session(
        &self,
        device: &DeviceKey,
        id: SessionId,
        body: &ToRelay,
    ) -> Result<&SessionRecord, Refusal> {
        let session = self.known_session(id, body)?;
        if session.device == *device {
            Ok(session)
        } else {
            Err(trespass(body, Code::UnknownSession, Some(session.ticket), Some(id)))
        }
    }

    /// The user's machine hears the question.
    pub(crate) fn ready(&self, device: &DeviceKey, ready: &SignedReady, body: &ToRelay) -> Result<Plan, Refusal> {
        let id = ready.ready.session;
        let session = self.users_session(device, id, body)?;
        let binding = unanswered(session)?;
        if ready.ready.device != *device || !ready.answers(&binding.ask.ask) {
            return Err(trespass(body, Code::BadSignature, Some(session.ticket), Some(id)));
        }
        let mut plan = Plan::default();
        // Said again after a lost answer: it has had its effect.
        if binding.ready.as_ref() == Some(ready) {
            return Ok(plan);
        }
        // An app that was started anew may answer anew, until the technician's nonce is out.
        if binding.reveal.is_some() {
            return Err(Code::OutOfOrder.into());
        }
        let binding = Binding {
            ready: Some(ready.clone()),
            ..binding.clone()
        };
        plan.put_session(session, with(session, binding));
        let message = FromRelay::Ready {
            ready: Box::new(ready.clone()),
        };
        plan.then.push(Then::ToTechnician(session.technician.id, message));
        Ok(plan)
    }

    /// The technician's machine opens its commitment.
    pub(crate) fn reveal(&self, technician: &Technician, reveal: &Reveal, body: &ToRelay) -> Result<Plan, Refusal> {
        let id = reveal.session;
        let session = self.desk.session(id).ok_or(Code::UnknownSession)?;
        if session.technician.id != technician.id {
            return Err(trespass(body, Code::UnknownSession, Some(session.ticket), Some(id)));
        }
        let binding = unanswered(session)?;
        if binding.ready.is_none() || binding.reveal.is_some() {
            return Err(Code::OutOfOrder.into());
        }
        let by_code = binding.ask.ask.credential.card().is_none();
        if by_code != reveal.confirmation.is_some() {
            return Err(Code::Malformed.into());
        }
        let fits = |ready| Transcript::revealed(&binding.ask.ask, ready, reveal).is_ok();
        if !binding.ready.as_ref().is_some_and(fits) {
            let mut refusal = trespass(body, Code::Untrusted, Some(session.ticket), Some(id));
            refusal.error = Tampered::Reveal.into();
            return Err(refusal);
        }
        let binding = Binding {
            reveal: Some(*reveal),
            ..binding.clone()
        };
        let mut plan = Plan::default();
        plan.put_session(session, with(session, binding));
        let message = FromRelay::Reveal { reveal: *reveal };
        plan.then.push(Then::ToUser(session.device, message));
        Ok(plan)
    }

    /// The user says yes.
    pub(crate) fn allow(
        &self,
        session: &SessionRecord,
        device: &DeviceKey,
        yes: Yes<'_>,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        let binding = unanswered(session)?;
        if !yes.capabilities.contains(&Capability::View) || !yes.capabilities.is_subset(&session.asked) {
            return Err(Code::NotGranted.into());
        }
        let (Some(ready), Some(reveal)) = (&binding.ready, &binding.reveal) else {
            return Err(Code::OutOfOrder.into());
        };
        let grant = Grant {
            session: session.id,
            ticket: session.ticket,
            technician: session.technician.id,
            capabilities: yes.capabilities.clone(),
            expires_at: yes.expires_at,
        };
        let bound = Transcript::new(&binding.ask.ask, ready, &reveal.nonce)
            .and_then(|transcript| transcript.bind(&grant, yes.signature));
        if bound.is_err() {
            let (ticket, id) = (Some(session.ticket), Some(session.id));
            return Err(trespass(body, Code::BadSignature, ticket, id));
        }
        let binding = Binding {
            allowed: Some(grant.clone()),
            allowance: Some(*yes.signature),
            ..binding.clone()
        };
        let event = Event::ConsentGranted {
            capabilities: grant.capabilities.clone(),
            expires_at: grant.expires_at,
        };
        let mut plan = Plan::default();
        let actor = Actor::Device(device_hash(device));
        plan.record(self.now, actor, Some(session.ticket), Some(session.id), event);
        if session.provisional
            && let Some(held) = self.desk.ticket(session.ticket)
        {
            plan.put_ticket(&held.record, |ticket| {
                ticket.first_taken_at.get_or_insert(self.now);
            });
        }
        let granted = SessionRecord {
            grant: Some(grant),
            started_at: Some(self.now),
            ..with(session, binding)
        };
        plan.put_session(session, granted);
        Ok(plan)
    }
}

fn with(session: &SessionRecord, binding: Binding) -> SessionRecord {
    SessionRecord {
        binding: Some(Box::new(binding)),
        ..session.clone()
    }
}
