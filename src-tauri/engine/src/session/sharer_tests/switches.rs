//! The user's own switches during a session, and what the organisation's policy leaves of them.

use super::*;

fn has(scene: &mut Scene) -> Capabilities {
    let granted = scene.said().into_iter().rev().find_map(|said| match said {
        FromSharer::Granted { grant, .. } => Some(grant.capabilities),
        _ => None,
    });
    granted.expect("was told what is allowed")
}

#[test]
fn the_user_turns_each_thing_on_and_off_without_being_asked_and_the_technician_is_told_at_once() {
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.command(SharerCommand::Allow(Capability::Clipboard));
    assert_eq!(has(&mut scene), [Capability::View, Capability::Clipboard].into());
    scene.command(SharerCommand::Allow(Capability::Control));
    scene.effects();
    scene.press();
    assert_eq!(scene.effects(), [SharerEffect::Input(key(true))]);
    scene.command(SharerCommand::Withdraw(Capability::Control));
    let told = scene.effects();
    assert!(matches!(told[0], SharerEffect::ReleaseAll), "{told:?}");
    scene.press();
    assert!(!scene.effects().contains(&SharerEffect::Input(key(true))));
    scene.command(SharerCommand::Withdraw(Capability::View));
    assert!(scene.effects().contains(&SharerEffect::Picture(false)));
    // Nobody acts on a screen that they do not see.
    scene.command(SharerCommand::Allow(Capability::Control));
    assert!(scene.effects().is_empty());
    scene.command(SharerCommand::Allow(Capability::View));
    assert!(scene.effects().contains(&SharerEffect::Picture(true)));
}

#[test]
fn turning_it_on_answers_the_question_that_is_open_for_it() {
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.hear(&FromViewer::Request {
        capability: Capability::Control,
        asked_at: START,
    });
    scene.effects();
    scene.command(SharerCommand::Allow(Capability::Control));
    let effects = scene.effects();
    assert!(effects.contains(&SharerEffect::Event(SharerEvent::RequestClosed(Capability::Control))));
    scene.press();
    assert_eq!(scene.effects(), [SharerEffect::Input(key(true))]);
}

#[test]
fn it_is_reported_whether_the_user_or_their_machine_refused() {
    let ask = |asked_at| FromViewer::Request {
        capability: Capability::Control,
        asked_at,
    };
    let by_machine = (Capability::Control, Refuser::Machine);
    let by_user = (Capability::Control, Refuser::User);
    // Without the screen there is nothing to control; the technician repeats the question all the same.
    let mut scene = Scene::greeted(&[]);
    scene.hear(&ask(START));
    scene.hear(&ask(START.plus(1)));
    assert_eq!(scene.refusals(), [by_machine, by_machine]);
    let view_only = Policy {
        capabilities: [Capability::View].into(),
        ..Policy::default()
    };
    let mut scene = Scene::under(view_only, &[Capability::View]).greet();
    scene.hear(&ask(START));
    assert_eq!(scene.refusals(), [by_machine]);
    // Input breaks while the question is open.
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.hear(&ask(START));
    scene.session.handle_input_unavailable(START);
    assert_eq!(scene.refusals(), [by_machine]);
    scene.hear(&ask(START.plus(1)));
    assert_eq!(scene.refusals(), [by_machine]);
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.hear(&ask(START));
    scene.command(SharerCommand::Answer {
        capability: Capability::Control,
        allow: false,
        clipboard: false,
    });
    assert_eq!(scene.refusals(), [by_user]);
    // It was put to them: their silence is theirs.
    scene.hear(&ask(START.plus(1)));
    scene.pass(CONSENT_ANSWER_MS);
    assert_eq!(scene.refusals(), [by_user]);
}

#[test]
fn what_the_organisation_does_not_allow_is_neither_given_nor_asked_for() {
    let all = [Capability::View, Capability::Control, Capability::Clipboard];
    let policy = Policy {
        capabilities: [Capability::View].into(),
        ..Policy::default()
    };
    let mut scene = Scene::under(policy, &all).greet();
    scene.press();
    assert!(!scene.effects().contains(&SharerEffect::Input(key(true))));
    scene.command(SharerCommand::Allow(Capability::Control));
    assert!(scene.effects().is_empty());
    scene.hear(&FromViewer::Request {
        capability: Capability::Clipboard,
        asked_at: START,
    });
    assert_eq!(
        scene.said(),
        [FromSharer::Refused {
            capability: Capability::Clipboard,
            timed_out: false
        }]
    );
    let view_and_control = Policy {
        capabilities: [Capability::View, Capability::Control].into(),
        ..Policy::default()
    };
    let mut scene = Scene::under(view_and_control, &[Capability::View]).greet();
    scene.hear(&FromViewer::Request {
        capability: Capability::Control,
        asked_at: START,
    });
    scene.command(SharerCommand::Answer {
        capability: Capability::Control,
        allow: true,
        clipboard: true,
    });
    assert_eq!(has(&mut scene), [Capability::View, Capability::Control].into());
}

#[test]
fn no_extension_goes_beyond_what_the_organisation_allows() {
    let minutes = u32::try_from(LASTS_MS / 60_000).unwrap();
    let policy = Policy {
        longest_total_minutes: Some(minutes + 3),
        ..Policy::default()
    };
    let mut scene = Scene::under(policy, &[Capability::View]).greet();
    scene.command(SharerCommand::Extend);
    let latest = START.plus(LASTS_MS + 3 * 60_000);
    assert!(
        scene
            .reports()
            .contains(&ReportedEvent::Extended { expires_at: latest })
    );
    scene.command(SharerCommand::Extend);
    assert!(scene.effects().is_empty());
}
