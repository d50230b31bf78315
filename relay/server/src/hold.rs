//! Sessions that are put on hold by themselves, because of what was recorded of them.
//!
//! Invariant: the hold is durable together with the record that it is for, and stands in the log after it.

use std::borrow::Cow;

use renfort_audit::{
    actor::Actor,
    event::Event,
    keeping::{HoldCode, HoldReason, Keeping},
    record::Entry,
};

use crate::store::erasing::NewHold;

/// Code of the record after which nothing of a session may be erased: its user reported abuse.
const ABUSE_REPORTED: &str = "session.abuse_reported";

fn follows(code: &str) -> bool {
    code == ABUSE_REPORTED
}

/// Events with those that follow from them.
pub(crate) fn with_holds(events: &[Entry]) -> impl Iterator<Item = Cow<'_, Entry>> {
    events
        .iter()
        .flat_map(|entry| [Some(Cow::Borrowed(entry)), added_after(entry).map(Cow::Owned)])
        .flatten()
}

fn added_after(entry: &Entry) -> Option<Entry> {
    if !follows(entry.event.code()) {
        return None;
    }
    let code = HoldCode::AbuseReported;
    let reason = HoldReason::Own { code };
    Some(Entry {
        actor: Actor::Relay,
        event: Event::Keeping(Keeping::HoldAdded { reason }),
        ..entry.clone()
    })
}

/// The hold that the relay itself adds with this event. (Those of the command line are there before the log tells of
/// them.)
pub(crate) fn hold_of(entry: &Entry) -> Option<NewHold> {
    match (&entry.event, entry.actor) {
        (Event::Keeping(Keeping::HoldAdded { reason }), Actor::Relay) => Some(NewHold {
            ticket: entry.ticket?,
            session: entry.session,
            reason: reason.clone(),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use renfort_protocol::{
        ids::{SessionId, TicketId},
        time::UnixMillis,
    };

    use super::*;

    #[test]
    fn reported_abuse_holds_its_session_and_what_the_command_line_holds_is_not_held_twice() {
        assert!(follows("session.abuse_reported") && !follows("session.ended"));
        let held = |actor| Entry {
            at: UnixMillis(1),
            ticket: Some(TicketId(1001)),
            session: Some(SessionId([1; 16])),
            actor,
            event: Event::Keeping(Keeping::HoldAdded {
                reason: HoldReason::Own {
                    code: HoldCode::AbuseReported,
                },
            }),
        };
        let hold = hold_of(&held(Actor::Relay)).unwrap();
        assert_eq!((hold.ticket, hold.session), (TicketId(1001), Some(SessionId([1; 16]))));
        assert_eq!(hold_of(&held(Actor::Operator)), None);
        assert_eq!(with_holds(&[held(Actor::Relay)]).count(), 1);
    }
}
