//! Texts that the technician has typed, and the user's layout.

use renfort_protocol::keyboard::{TypedText, Typing, TypingState};

use super::*;

fn text(text: &str) -> TypedText {
    TypedText::new(text).unwrap()
}

fn told(effects: &[ViewerEffect]) -> Vec<Typing> {
    let told = effects.iter().filter_map(|effect| match effect {
        ViewerEffect::Event(ViewerEvent::Typing(typing)) => Some(*typing),
        _ => None,
    });
    told.collect()
}

fn typing(typed: u16, of: u16, state: TypingState) -> Typing {
    Typing { typed, of, state }
}

#[test]
fn one_text_at_a_time_is_sent_and_its_progress_told_to_its_end() {
    let mut scene = Scene::greeted(&ALL);
    let effects = scene.command(ViewerCommand::Type(text("abcd")));
    assert!(effects.contains(&sends(FromViewer::Type { text: text("abcd") })));
    assert_eq!(told(&effects), [typing(0, 4, TypingState::Going)]);
    assert!(scene.command(ViewerCommand::Type(text("xyz"))).is_empty());
    for (there, here) in [
        (typing(2, 4, TypingState::Going), typing(2, 4, TypingState::Going)),
        // What is told of it cannot be more than there is.
        (typing(900, 7, TypingState::Done), typing(4, 4, TypingState::Done)),
    ] {
        scene.hear(&FromSharer::Typing { typing: there });
        assert_eq!(told(&scene.effects()), [here]);
    }
    scene.hear(&FromSharer::Typing {
        typing: typing(1, 4, TypingState::Going),
    });
    assert!(scene.effects().is_empty(), "nothing is typed any more");
}

#[test]
fn the_technician_can_end_it_and_the_sharer_says_how_far_it_came() {
    let mut scene = Scene::greeted(&ALL);
    assert!(scene.command(ViewerCommand::StopTyping).is_empty());
    scene.command(ViewerCommand::Type(text("abcd")));
    let effects = scene.command(ViewerCommand::StopTyping);
    assert_eq!(effects, [sends(FromViewer::StopTyping)]);
    scene.hear(&FromSharer::Typing {
        typing: typing(3, 4, TypingState::Cancelled),
    });
    assert_eq!(told(&scene.effects()), [typing(3, 4, TypingState::Cancelled)]);
}

#[test]
fn a_text_is_not_sent_where_it_cannot_be_typed_now() {
    let mut scene = Scene::greeted(&[Capability::View]);
    let effects = scene.command(ViewerCommand::Type(text("ab")));
    let reason = InputDenied::NotGranted;
    assert_eq!(told(&effects), [typing(0, 2, TypingState::Denied { reason })]);
    assert_eq!(effects.len(), 1);

    let mut scene = Scene::greeted(&ALL);
    scene.session.handle_link(LinkEvent::Closed, START);
    scene.effects();
    let effects = scene.command(ViewerCommand::Type(text("ab")));
    assert_eq!(told(&effects), [typing(0, 2, TypingState::Cancelled)]);
    assert_eq!(effects.len(), 1);
}

#[test]
fn a_lost_connection_ends_the_text() {
    let mut scene = Scene::greeted(&ALL);
    scene.command(ViewerCommand::Type(text("ab")));
    let effects = scene.reconnect();
    assert_eq!(told(&effects), [typing(0, 2, TypingState::Cancelled)]);
}
