//! Everything rests while something is open on the user's screen that is not for the technician's eyes.

use super::*;

const ALL: [Capability; 3] = [Capability::View, Capability::Control, Capability::Clipboard];

fn granted(said: &[FromSharer]) -> Option<Capabilities> {
    said.iter().rev().find_map(|said| match said {
        FromSharer::Granted { grant, .. } => Some(grant.capabilities.clone()),
        _ => None,
    })
}

fn copied(scene: &mut Scene) -> bool {
    scene.session.handle_copied("secret".into(), scene.now);
    let sent = |said: &FromSharer| matches!(said, FromSharer::Clipboard { .. });
    scene.said().iter().any(sent)
}

#[test]
fn while_everything_rests_nothing_is_seen_done_or_copied_and_afterwards_it_is_as_before() {
    let mut scene = Scene::greeted(&ALL);
    scene.press();
    scene.effects();
    scene.command(SharerCommand::Pause(Pause::Everything));
    let effects = scene.effects();
    assert_eq!(effects[0], SharerEffect::ReleaseAll, "what is held goes up first");
    assert!(effects.contains(&SharerEffect::Picture(false)) && effects.contains(&SharerEffect::WatchClipboard(false)));
    scene.press();
    scene.hear(&FromViewer::Clipboard {
        text: ClipboardText::new("x".into()).unwrap(),
    });
    scene.session.handle_pointer(3, 4);
    let said = scene.effects();
    let told = |effect: &SharerEffect| {
        matches!(
            effect,
            SharerEffect::Send(Channel::Session, FromSharer::InputDenied { .. })
        )
    };
    assert!(said.iter().all(told), "{said:?}");
    assert!(!copied(&mut scene));
    // Another connection changes nothing.
    scene.session.handle_link(LinkEvent::Closed, scene.now);
    scene.session.handle_link(LinkEvent::Open, scene.now);
    scene.hear(&FromViewer::Hello { version: VERSION });
    let effects = scene.effects();
    assert!(!effects.contains(&SharerEffect::Picture(true)), "{effects:?}");

    scene.command(SharerCommand::Pause(Pause::Nothing));
    let effects = scene.effects();
    assert!(effects.contains(&SharerEffect::Picture(true)) && effects.contains(&SharerEffect::WatchClipboard(true)));
    assert!(effects.contains(&SharerEffect::Event(SharerEvent::Granted(grant(&ALL)))));
    scene.press();
    assert_eq!(scene.effects(), [SharerEffect::Input(key(true))]);
    assert!(copied(&mut scene));
}

#[test]
fn only_what_was_allowed_before_is_allowed_again_and_the_log_has_both() {
    let seen = [Capability::View, Capability::Clipboard];
    let mut scene = Scene::greeted(&seen);
    scene.command(SharerCommand::Pause(Pause::Everything));
    let withdrawn = |capability| ReportedEvent::Withdrawn {
        capability,
        reason: Withdrawn::ByUser,
    };
    assert_eq!(
        scene.reports(),
        [withdrawn(Capability::Clipboard), withdrawn(Capability::View)]
    );
    // The technician gives one back meanwhile.
    scene.hear(&FromViewer::GiveBack {
        capability: Capability::Clipboard,
    });
    scene.command(SharerCommand::Pause(Pause::Nothing));
    let view = ReportedEvent::Allowed {
        capability: Capability::View,
    };
    assert_eq!(scene.reports(), [view]);
    scene.press();
    assert!(!scene.effects().contains(&SharerEffect::Input(key(true))));
}

#[test]
fn the_technician_is_told_the_same_as_when_the_user_hides_the_screen_by_the_switch() {
    let told = |command| {
        let mut scene = Scene::greeted(&ALL);
        scene.command(command);
        let said = scene.said();
        scene.press();
        scene.hear(&FromViewer::Request {
            capability: Capability::Control,
            asked_at: START,
        });
        (said, scene.said())
    };
    let (said, after) = told(SharerCommand::Pause(Pause::Everything));
    assert_eq!(granted(&said), Some(Capabilities::new()));
    assert_eq!((said, after), told(SharerCommand::Withdraw(Capability::View)));
}

#[test]
fn nothing_that_is_answered_or_switched_on_meanwhile_counts_before_the_pause_is_over() {
    let mut scene = Scene::greeted(&[Capability::View]);
    let ask = |capability| FromViewer::Request {
        capability,
        asked_at: START,
    };
    scene.hear(&ask(Capability::Control));
    scene.command(SharerCommand::Pause(Pause::Everything));
    scene.effects();
    scene.command(SharerCommand::Answer {
        capability: Capability::Control,
        allow: true,
        clipboard: true,
    });
    scene.command(SharerCommand::Allow(Capability::View));
    let effects = scene.effects();
    assert!(!effects.contains(&SharerEffect::Picture(true)), "{effects:?}");
    scene.press();
    assert!(!scene.effects().contains(&SharerEffect::Input(key(true))));
    // A question for what is there again afterwards is closed by that.
    scene.hear(&ask(Capability::View));
    scene.effects();
    scene.command(SharerCommand::Pause(Pause::Nothing));
    let closed = SharerEffect::Event(SharerEvent::RequestClosed(Capability::View));
    let effects = scene.effects();
    assert!(effects.contains(&closed) && effects.contains(&SharerEffect::Picture(true)));
    scene.press();
    assert_eq!(scene.effects(), [SharerEffect::Input(key(true))]);
}

#[test]
fn the_time_box_goes_on_and_whatever_ends_the_session_ends_it_during_the_pause_too() {
    let mut scene = Scene::greeted(&ALL);
    scene.command(SharerCommand::Pause(Pause::Everything));
    scene.effects();
    scene.pass(LASTS_MS);
    assert_eq!(ended(&scene.events()), Some((EndReason::Expired, None)));
    let mut scene = Scene::greeted(&ALL);
    scene.command(SharerCommand::Pause(Pause::Everything));
    scene.effects();
    scene.command(SharerCommand::Stop);
    let reports = scene.reports();
    assert_eq!(
        reports,
        [ReportedEvent::Stopped],
        "what was taken back before is not taken back twice"
    );
    scene.command(SharerCommand::Pause(Pause::Nothing));
    assert!(scene.effects().is_empty());
}
