//! A machine that slept: its clock jumps, and both ends find the state that is right now.

use renfort_protocol::{
    VERSION,
    error::Code,
    grant::Capability,
    input::InputEvent,
    keyboard::KeyMode,
    limits::SESSION_LOST_MS,
    policy::Policy,
    report::ReportedEvent,
    session::{FromSharer, FromViewer},
    signalling::EndReason,
    time::UnixMillis,
};

use super::{
    Channel, LinkEvent, SharerEffect, SharerSession, ViewerEffect, ViewerSession,
    sharer_tests::{START, grant},
};
use crate::peer::{SharerEvent, ViewerEvent};

const ALL: [Capability; 3] = [Capability::View, Capability::Control, Capability::Clipboard];
const NAP: UnixMillis = START.plus(30_000);
const LONG_SLEEP: UnixMillis = START.plus(SESSION_LOST_MS + 240_000);
const NIGHT: UnixMillis = START.plus(8 * 3_600_000);

fn sharer() -> SharerSession {
    let mut session = SharerSession::new(grant(&ALL), Policy::default(), START);
    session.handle_timeout(START);
    session.handle_link(LinkEvent::Open, START);
    hear(
        &mut session,
        &FromViewer::Hello {
            version: VERSION,
            cursor: true,
        },
        START,
    );
    effects(&mut session);
    session
}

fn hear(session: &mut SharerSession, message: &FromViewer, now: UnixMillis) {
    session.handle_message(Channel::Session, &serde_json::to_vec(message).unwrap(), now);
}

fn effects(session: &mut SharerSession) -> Vec<SharerEffect> {
    std::iter::from_fn(|| session.poll_effect()).collect()
}

fn viewer() -> ViewerSession {
    let mut session = ViewerSession::new(grant(&ALL), START, START);
    session.handle_link(LinkEvent::Open, START);
    say(&mut session, &FromSharer::Hello { version: VERSION }, START);
    told(&mut session);
    session
}

fn say(session: &mut ViewerSession, message: &FromSharer, now: UnixMillis) {
    session.handle_message(Channel::Session, &serde_json::to_vec(message).unwrap(), now);
}

fn told(session: &mut ViewerSession) -> Vec<ViewerEffect> {
    std::iter::from_fn(|| session.poll_effect()).collect()
}

#[test]
fn after_a_nap_the_user_side_lets_go_once_and_goes_on_when_the_other_is_heard() {
    let mut session = sharer();
    session.handle_timeout(NAP);
    let after = effects(&mut session);
    let count = |matches: fn(&SharerEffect) -> bool| after.iter().filter(|effect| matches(effect)).count();
    assert_eq!(
        count(|effect| matches!(effect, SharerEffect::Event(SharerEvent::PeerLost(true)))),
        1
    );
    assert!(count(|effect| matches!(effect, SharerEffect::ReleaseAll)) >= 1);
    let beat = |effect: &SharerEffect| matches!(effect, SharerEffect::Send(_, FromSharer::Heartbeat));
    assert_eq!(count(beat), 1, "and not one for each second that was slept through");
    assert!(session.poll_timeout().is_some_and(|at| at > NAP));
    hear(&mut session, &FromViewer::Heartbeat, NAP.plus(5));
    let back = ReportedEvent::PeerBack { after_ms: 30_005 };
    let (at, event) = (NAP.plus(5), back);
    assert!(effects(&mut session).contains(&SharerEffect::Event(SharerEvent::Report { at, event })));
}

#[test]
fn what_arrives_before_the_timer_after_a_night_is_not_carried_out() {
    let mut session = sharer();
    let key = InputEvent::Key {
        code: "KeyA".into(),
        key: "a".into(),
        how: KeyMode::Character,
        pressed: true,
    };
    hear(&mut session, &FromViewer::Input { event: key }, NIGHT);
    let after = effects(&mut session);
    assert!(!after.iter().any(|effect| matches!(effect, SharerEffect::Input(_))));
    let ended = SharerEvent::Ended {
        reason: EndReason::Expired,
        error: None,
    };
    assert_eq!(after.last(), Some(&SharerEffect::Event(ended)));
}

#[test]
fn a_long_sleep_ends_the_session_for_its_own_reason() {
    for (slept, reason, error) in [
        (LONG_SLEEP, EndReason::Lost, Some(Code::PeerLost.into())),
        (NIGHT, EndReason::Expired, None),
    ] {
        let mut session = sharer();
        session.handle_timeout(slept);
        let after = effects(&mut session);
        assert_eq!(
            after.last(),
            Some(&SharerEffect::Event(SharerEvent::Ended { reason, error }))
        );
        assert_eq!(session.poll_timeout(), None);
    }
}

#[test]
fn the_technicians_side_survives_a_nap_and_ends_after_a_long_sleep() {
    let mut session = viewer();
    session.handle_timeout(NAP);
    let after = told(&mut session);
    assert!(after.contains(&ViewerEffect::Event(ViewerEvent::PeerLost(true))));
    assert!(session.poll_timeout().is_some_and(|at| at > NAP));
    say(&mut session, &FromSharer::Heartbeat, NAP.plus(5));
    assert!(told(&mut session).contains(&ViewerEffect::Event(ViewerEvent::PeerLost(false))));
    session.handle_timeout(NIGHT);
    assert!(matches!(
        told(&mut session).last(),
        Some(ViewerEffect::Event(ViewerEvent::Ended {
            reason: EndReason::Lost,
            ..
        }))
    ));
    assert_eq!(session.poll_timeout(), None);
}

#[test]
fn an_attempt_that_was_slept_through_is_made_anew_once() {
    let mut session = SharerSession::new(grant(&ALL), Policy::default(), START);
    session.handle_timeout(START);
    effects(&mut session);
    session.handle_timeout(NAP);
    let attempts: Vec<_> = effects(&mut session)
        .into_iter()
        .filter(|effect| matches!(effect, SharerEffect::Connect { .. }))
        .collect();
    assert_eq!(attempts, [SharerEffect::Connect { attempt: 2 }]);
}
