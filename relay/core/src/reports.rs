//! What endpoints report of a session: recorded once, in order, and added up.
//!
//! Reports are taken after the session's end too: what was counted last is still to be written down.
//!
//! Invariant: of each endpoint and session, number n is recorded only after number n - 1, and once.

use renfort_audit::event::Event;
use renfort_protocol::{
    error::Code,
    grant::Capability,
    ids::SessionId,
    report::ReportedEvent,
    signalling::{EndReason, FromRelay, ToRelay},
    time::UnixMillis,
};

use crate::{
    broker::Broker,
    commit::{Plan, Refusal, Then},
    connections::Party,
    contract::SessionRecord,
    requests::trespass,
    sessions::{Side, end},
};

/// Longest name of a capture backend or codec, in bytes.
const MAX_WORD: usize = 32;

fn is_word(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !text.is_empty() && text.len() <= MAX_WORD && text.bytes().all(fits)
}

/// Who may report this.
fn may_report(side: Side, event: &ReportedEvent) -> bool {
    match event {
        ReportedEvent::FirstPicture { .. } => side == Side::Viewer,
        ReportedEvent::PeerLost | ReportedEvent::PeerBack { .. } | ReportedEvent::Failed { .. } => true,
        ReportedEvent::Tampered { .. } => true,
        _ => side == Side::Sharer,
    }
}

/// The endpoint's own instant where that is possible in this session, else the relay's: a report may come late, and an
/// endpoint's clock may be wrong.
fn instant(at: UnixMillis, session: &SessionRecord, now: UnixMillis) -> UnixMillis {
    if at <= now && session.started_at.is_some_and(|start| start <= at) {
        at
    } else {
        now
    }
}

/// Adds what a report says to the session.
fn add_up(record: &mut SessionRecord, event: &ReportedEvent, at: UnixMillis) {
    let open = record.is_open();
    match event {
        ReportedEvent::Connected { .. } | ReportedEvent::FirstPicture { .. } if open => {
            let allowed = |capability| {
                let grant = record.grant.as_ref();
                grant.is_some_and(|grant| grant.capabilities.contains(&capability))
            };
            let (viewed, controlled) = (allowed(Capability::View), allowed(Capability::Control));
            if viewed {
                record.viewed_since.get_or_insert(at);
            }
            // Control that was allowed with the first answer.
            if controlled {
                record.controlled_since.get_or_insert(at);
            }
        }
        ReportedEvent::Allowed { capability } if open => {
            if let Some(grant) = &mut record.grant {
                grant.capabilities.insert(*capability);
            }
            match capability {
                Capability::View => drop(record.viewed_since.get_or_insert(at)),
                Capability::Control => drop(record.controlled_since.get_or_insert(at)),
                Capability::Clipboard => {}
            }
        }
        ReportedEvent::Withdrawn { capability, .. } => {
            if let Some(grant) = &mut record.grant {
                grant.capabilities.remove(capability);
            }
            let (since, sum) = match capability {
                Capability::View => (&mut record.viewed_since, &mut record.viewed_ms),
                Capability::Control => (&mut record.controlled_since, &mut record.controlled_ms),
                Capability::Clipboard => return,
            };
            if let Some(since) = since.take() {
                *sum += at.since(since);
            }
        }
        ReportedEvent::Extended { expires_at } => {
            if let Some(grant) = &mut record.grant {
                grant.expires_at = *expires_at;
            }
        }
        ReportedEvent::Counted { counts } => record.counts.add(counts),
        _ => {}
    }
}

impl Broker {
    pub(crate) fn report(
        &self,
        party: &Party,
        id: SessionId,
        number: u64,
        at: UnixMillis,
        event: &ReportedEvent,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        self.known_session(id, body)?;
        let (session, side) = self.own_session(party, id, body)?;
        let mut record = session.clone();
        let last = match side {
            Side::Sharer => &mut record.reported_by_user,
            Side::Viewer => &mut record.reported_by_technician,
        };
        let mut plan = Plan::default();
        if number <= *last {
            plan.then.push(Then::Reply(FromRelay::Recorded {
                session: id,
                number: *last,
            }));
            return Ok(plan);
        }
        if number != *last + 1 {
            return Err(Code::OutOfOrder.into());
        }
        if !may_report(side, event) {
            return Err(trespass(body, Code::NotAllowed, Some(session.ticket), Some(id)));
        }
        // Without a grant nothing can have happened between the two but a failure to get there, or that one of them does
        // not believe what it got.
        let before_grant = matches!(event, ReportedEvent::Failed { .. } | ReportedEvent::Tampered { .. });
        if session.grant.is_none() && !before_grant {
            return Err(trespass(body, Code::NotGranted, Some(session.ticket), Some(id)));
        }
        if let ReportedEvent::Connected { capture, codec } = event
            && !(is_word(capture) && is_word(codec))
        {
            return Err(Code::Malformed.into());
        }
        *last = number;
        add_up(&mut record, event, instant(at, session, self.now));
        let reported = Event::Reported {
            number,
            happened_at: at,
            event: event.clone(),
        };
        plan.record(self.now, party.actor(), Some(session.ticket), Some(id), reported);
        let ends = match event {
            ReportedEvent::Stopped => Some(EndReason::StoppedByUser),
            ReportedEvent::Failed { .. } => Some(EndReason::Failed),
            _ => None,
        };
        match ends {
            Some(reason) if session.is_open() => {
                end(&mut plan, session, record, reason, party.actor(), self.now);
            }
            _ => plan.put_session(session, record),
        }
        plan.then.push(Then::Reply(FromRelay::Recorded { session: id, number }));
        Ok(plan)
    }
}
