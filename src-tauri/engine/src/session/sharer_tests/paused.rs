//! Everything rests while something is open on the user's screen that is not for the technician's eyes.

use super::*;
use crate::seams::Cursor;

const ALL: [Capability; 3] = [Capability::View, Capability::Control, Capability::Clipboard];

fn copied(scene: &mut Scene) -> bool {
    scene.session.handle_copied("secret".into(), scene.now);
    let sent = |said: &FromSharer| matches!(said, FromSharer::Clipboard { .. });
    scene.said().iter().any(sent)
}

#[test]
fn while_everything_rests_nothing_is_seen_done_or_copied_and_afterwards_it_is_seen_again() {
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
    scene.session.handle_cursor(Cursor::Hidden, scene.now);
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
    scene.hear(&FromViewer::Hello {
        version: VERSION,
        cursor: true,
    });
    let effects = scene.effects();
    assert!(!effects.contains(&SharerEffect::Picture(true)), "{effects:?}");

    scene.command(SharerCommand::Pause(Pause::Nothing));
    let effects = scene.effects();
    assert!(effects.contains(&SharerEffect::Picture(true)) && !effects.contains(&SharerEffect::WatchClipboard(true)));
    assert!(effects.contains(&SharerEffect::Event(SharerEvent::Granted(grant(&[Capability::View])))));
    // The rest is the user's to allow again: whoever thought of abuse is not surprised by a hand that is back.
    scene.press();
    assert!(!scene.effects().contains(&SharerEffect::Input(key(true))));
    assert!(!copied(&mut scene));
    scene.command(SharerCommand::Allow(Capability::Control));
    scene.effects();
    scene.press();
    assert_eq!(scene.effects(), [SharerEffect::Input(key(true))]);
}

#[test]
fn only_what_was_seen_before_is_seen_again_and_the_log_has_both() {
    let mut scene = Scene::greeted(&[Capability::View, Capability::Clipboard]);
    scene.command(SharerCommand::Pause(Pause::Everything));
    let withdrawn = |capability| ReportedEvent::Withdrawn {
        capability,
        reason: Withdrawn::ByUser,
    };
    assert_eq!(
        scene.reports(),
        [withdrawn(Capability::Clipboard), withdrawn(Capability::View)]
    );
    scene.command(SharerCommand::Pause(Pause::Nothing));
    let view = ReportedEvent::Allowed {
        capability: Capability::View,
    };
    assert_eq!(scene.reports(), [view]);
    // What the user, or the technician, takes back meanwhile stays so, and so does what was hidden before: without a word.
    for taken_back in [
        |scene: &mut Scene| scene.command(SharerCommand::Withdraw(Capability::View)),
        |scene: &mut Scene| {
            scene.hear(&FromViewer::GiveBack {
                capability: Capability::View,
            });
        },
    ] {
        scene.command(SharerCommand::Pause(Pause::Everything));
        taken_back(&mut scene);
        scene.effects();
        scene.command(SharerCommand::Pause(Pause::Nothing));
        assert!(scene.effects().is_empty());
        scene.command(SharerCommand::Pause(Pause::Everything));
        scene.command(SharerCommand::Pause(Pause::Nothing));
        assert!(scene.effects().is_empty());
        scene.command(SharerCommand::Allow(Capability::View));
        scene.effects();
    }
}

#[test]
fn the_technician_and_the_log_are_told_the_same_as_of_the_users_switch_off_and_on_again() {
    let ask = |capability| FromViewer::Request {
        capability,
        asked_at: START,
    };
    let told = |given: &[Capability], off, on| {
        let mut scene = Scene::greeted(given);
        let mut all = Vec::new();
        scene.command(off);
        all.push(scene.effects());
        scene.press();
        scene.hear(&ask(Capability::Control));
        scene.hear(&ask(Capability::View));
        all.push(scene.effects());
        scene.pass(7_000);
        scene.command(on);
        all.push(scene.effects());
        scene.press();
        scene.hear(&ask(Capability::Control));
        all.push(scene.effects());
        all
    };
    for given in [&ALL[..], &ALL[..2], &ALL[..1]] {
        let paused = told(
            given,
            SharerCommand::Pause(Pause::Everything),
            SharerCommand::Pause(Pause::Nothing),
        );
        let switched = told(
            given,
            SharerCommand::Withdraw(Capability::View),
            SharerCommand::Allow(Capability::View),
        );
        assert_eq!(paused, switched);
    }
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
