//! Passing offers, answers and candidates between the two ends of a session.
//!
//! Invariant: a session description passes only after the fingerprint in it is recorded, and only between the two
//! parties of a session that the user allowed and that has not ended.

use renfort_audit::{event::Event, hash::Digest};
use renfort_protocol::{
    error::Code,
    ids::SessionId,
    signalling::{FromRelay, Sdp, Signal, ToRelay},
};

use crate::{
    broker::Broker,
    commit::{Plan, Refusal, Then},
    connections::Party,
    requests::trespass,
    sessions::Side,
};

/// SHA-256 of the one `a=fingerprint:` line (RFC 8122, 5) of a description. The line may stand in several media
/// sections, but it must be the same in all.
fn fingerprint(sdp: &Sdp) -> Option<Digest> {
    let mut lines = sdp
        .as_str()
        .split(['\r', '\n'])
        .filter(|line| line.starts_with("a=fingerprint:"));
    let first = lines.next()?;
    lines.all(|line| line == first).then(|| Digest::of(&[first.as_bytes()]))
}

impl Broker {
    pub(crate) fn signal(
        &self,
        party: &Party,
        id: SessionId,
        signal: &Signal,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        let (session, side) = self.own_session(party, id, body)?;
        let allowed = match signal {
            Signal::Offer { .. } => side == Side::Sharer,
            Signal::Answer { .. } | Signal::Restart => side == Side::Viewer,
            Signal::Candidate { .. } => true,
        };
        if !allowed {
            return Err(trespass(body, Code::NotAllowed, Some(session.ticket), Some(id)));
        }
        if !session.is_open() {
            return Err(Code::OutOfOrder.into());
        }
        if session.grant.is_none() {
            return Err(Code::NotGranted.into());
        }
        let online = match side {
            Side::Sharer => self.connections.technician(session.technician.id),
            Side::Viewer => self.connections.user(&session.device),
        };
        if online.is_none() {
            return Err(Code::PeerLost.into());
        }
        let mut plan = Plan::default();
        let event = match signal {
            Signal::Offer { attempt, sdp, .. } => {
                let fingerprint = fingerprint(sdp).ok_or(Code::Malformed)?;
                Some(Event::SessionOffered {
                    attempt: *attempt,
                    fingerprint,
                })
            }
            Signal::Answer { attempt, sdp, .. } => {
                let fingerprint = fingerprint(sdp).ok_or(Code::Malformed)?;
                Some(Event::SessionAnswered {
                    attempt: *attempt,
                    fingerprint,
                })
            }
            Signal::Candidate { .. } | Signal::Restart => None,
        };
        if let Some(event) = event {
            plan.record(self.now, party.actor(), Some(session.ticket), Some(id), event);
        }
        let message = FromRelay::Signal {
            session: id,
            signal: signal.clone(),
        };
        plan.then.push(match side {
            Side::Sharer => Then::ToTechnician(session.technician.id, message),
            Side::Viewer => Then::ToUser(session.device, message),
        });
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Option<Digest> {
        fingerprint(&Sdp::new(format!("v=0\r\n{}\r\n", lines.join("\r\n"))).unwrap())
    }

    #[test]
    fn a_description_has_one_fingerprint_or_is_refused() {
        let line = "a=fingerprint:sha-256 AA:BB";
        assert_eq!(of(&[line]), Some(Digest::of(&[line.as_bytes()])));
        assert_eq!(of(&[line, "m=video", line]), of(&[line]));
        assert_eq!(of(&["m=video"]), None);
        assert_eq!(of(&[line, "a=fingerprint:sha-256 CC:DD"]), None);
    }
}
