//! What the user can allow, and when.

use renfort_engine::peer::SharerCommand;
use renfort_protocol::{limits::WARNING_PAUSE_MS, policy::Policy, signalling::ConsentAnswer};

use super::*;

const HOUR_MS: u64 = 3_600_000;

fn yes(capabilities: &[Capability], time_box_ms: u64) -> Action {
    Action::AnswerConsent {
        allow: true,
        capabilities: capabilities.iter().copied().collect(),
        time_box_ms,
    }
}

fn asked_under(policy: Option<Policy>, known: KnownTechnicians) -> Stage {
    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let mut organisation = organisation(7, 10).organisation;
    organisation.policy = policy;
    let mut stage = Stage::with(Profile {
        organisation: Some(organisation.sign(&key)),
        known,
        ..profile()
    });
    stage.welcome_user(None, None);
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Taken),
    });
    let asked = SessionInfo {
        ask: ask_for_all(),
        ..session(None)
    };
    stage.relay(FromRelay::Asked {
        session: Box::new(asked),
    });
    stage.reveal(REVEALED);
    stage
}

fn answered(stage: &Stage) -> Option<(Capabilities, UnixMillis)> {
    stage.sent().into_iter().find_map(|body| match body {
        ToRelay::AnswerConsent {
            answer:
                ConsentAnswer::Allow {
                    capabilities,
                    expires_at,
                    ..
                },
            ..
        } => Some((capabilities.clone(), *expires_at)),
        _ => None,
    })
}

#[test]
fn a_technician_who_was_never_allowed_before_is_allowed_only_after_the_pause() {
    let mut stage = asked_under(None, KnownTechnicians::default());
    let from = START.plus(WARNING_PAUSE_MS);
    assert!(matches!(stage.user_page(), UserPage::Consent { allow_from: Some(at), .. } if at == from));
    stage.now = START.plus(WARNING_PAUSE_MS - 1);
    stage.act(yes(&[Capability::View], GRANT_MS));
    assert_eq!((stage.notice(), answered(&stage)), (Some(Code::TooEarly), None));
    // A reconnection does not begin it anew, nor end it.
    let info = SessionInfo {
        asked: [Capability::View].into(),
        ..session(None)
    };
    stage.welcome_user(Some(ticket(TicketState::Taken)), Some(info));
    assert!(matches!(stage.user_page(), UserPage::Consent { allow_from: Some(at), .. } if at == from));
    stage.now = from;
    stage.act(yes(&[Capability::View], GRANT_MS));
    assert!(answered(&stage).is_some());
    let grant = stage.grant_answered();
    stage.relay(granted_here(grant));
    let key = organisation(7, 10).organisation.key;
    assert!(stage.did(|effect| matches!(effect, Effect::SaveKnown(known) if known.knows(&key, &technician()))));
}

#[test]
fn a_no_needs_no_pause() {
    let mut stage = asked_under(None, KnownTechnicians::default());
    stage.act(Action::AnswerConsent {
        allow: false,
        capabilities: Capabilities::new(),
        time_box_ms: 0,
    });
    assert!(matches!(
        stage.sent()[..],
        [ToRelay::AnswerConsent {
            answer: ConsentAnswer::Refuse { timed_out: false },
            ..
        }]
    ));
}

#[test]
fn the_sharer_begins_with_exactly_what_was_chosen_for_as_long_as_was_chosen() {
    let mut stage = asked_under(None, knows_alex());
    let all = [Capability::View, Capability::Clipboard];
    stage.act(yes(&all, HOUR_MS));
    assert_eq!(answered(&stage), Some((all.into(), START.plus(HOUR_MS))));
    let grant = stage.grant_answered();
    stage.relay(granted_here(grant));
    assert!(stage.did(|effect| matches!(effect, Effect::StartSharer { grant, .. }
        if grant.capabilities == all.into() && grant.expires_at == START.plus(HOUR_MS))));
}

#[test]
fn a_time_that_is_not_offered_is_the_next_shorter_one() {
    for (chosen, expected) in [(0, GRANT_MS / 2), (GRANT_MS + 1, GRANT_MS), (u64::MAX, 2 * HOUR_MS)] {
        let mut stage = asked_under(None, knows_alex());
        stage.act(yes(&[], chosen));
        assert_eq!(
            answered(&stage),
            Some(([Capability::View].into(), START.plus(expected))),
            "{chosen}"
        );
    }
}

#[test]
fn the_organisations_policy_narrows_what_the_user_chooses_and_goes_with_the_sharer() {
    let policy = Policy {
        capabilities: [Capability::View, Capability::Control].into(),
        longest_minutes: Some(20),
        longest_total_minutes: Some(40),
        ..Policy::default()
    };
    let mut stage = asked_under(Some(policy.clone()), knows_alex());
    let UserPage::Consent { choices, .. } = stage.user_page() else {
        panic!("no question")
    };
    assert_eq!(choices.capabilities, [Capability::Control].into());
    assert_eq!(choices.forbidden, [Capability::Clipboard].into());
    assert_eq!(choices.time_boxes_ms, [GRANT_MS / 2]);
    stage.act(yes(&[Capability::Control, Capability::Clipboard], HOUR_MS));
    let expected: Capabilities = [Capability::View, Capability::Control].into();
    assert_eq!(answered(&stage), Some((expected, START.plus(GRANT_MS / 2))));
    let grant = stage.grant_answered();
    stage.relay(granted_here(grant));
    assert!(stage.did(|effect| matches!(effect, Effect::StartSharer { policy: with, .. } if *with == policy)));
    let latest = START.plus(40 * 60_000);
    assert!(matches!(stage.user_page(), UserPage::Session { latest: Some(at), .. } if at == latest));
    stage.act(Action::Allow {
        capability: Capability::Clipboard,
    });
    assert_eq!(stage.notice(), Some(Code::AgainstPolicy));
    assert!(!stage.did(|effect| matches!(effect, Effect::ToSharer(..))));
}

#[test]
fn during_the_session_the_users_switches_go_to_the_sharer() {
    let mut stage = Stage::in_session();
    let capability = Capability::Control;
    stage.act(Action::Allow { capability });
    assert!(stage.did(|effect| matches!(
        effect,
        Effect::ToSharer(SESSION, SharerCommand::Allow(Capability::Control))
    )));
    stage.act(Action::Withdraw { capability });
    assert!(stage.did(|effect| matches!(
        effect,
        Effect::ToSharer(SESSION, SharerCommand::Withdraw(Capability::Control))
    )));
}
