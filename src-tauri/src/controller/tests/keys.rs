//! A technician's keyboard in a session.

use renfort_engine::peer::{ViewerCommand, ViewerEvent};
use renfort_protocol::{
    keyboard::{KeyboardLayout, LayoutName, TypedText, Typing, TypingState},
    report::InputDenied,
};

use super::{technician::open, *};
use crate::view::{KeyModeChoice, KeyboardView};

fn shown(stage: &Stage) -> (KeyboardView, Option<Typing>) {
    match stage.technician_session() {
        TechnicianSession::Open { keyboard, typing, .. } => (keyboard, typing),
        other => panic!("not open: {other:?}"),
    }
}

fn layout(name: &str) -> Option<KeyboardLayout> {
    Some(KeyboardLayout {
        layout: LayoutName::new(name).unwrap(),
        variant: None,
    })
}

fn type_text() -> Action {
    Action::TypeText {
        text: TypedText::new("secret").unwrap(),
    }
}

#[test]
fn both_layouts_and_the_choice_are_shown_and_the_choice_stays_for_the_session() {
    let mut stage = open();
    assert_eq!(shown(&stage).0, KeyboardView::default());
    stage.handle(Event::Viewer(SESSION, ViewerEvent::OwnKeyboard(layout("us"))));
    stage.handle(Event::Viewer(SESSION, ViewerEvent::Keyboard(layout("fr"))));
    stage.act(Action::ChooseKeyMode {
        choice: KeyModeChoice::Physical,
    });
    stage.handle(Event::Viewer(SESSION, ViewerEvent::Keyboard(layout("be"))));
    let view = KeyboardView {
        mine: layout("us"),
        theirs: layout("be"),
        choice: KeyModeChoice::Physical,
    };
    assert_eq!(shown(&stage).0, view);
    assert_eq!(shown(&open()).0.choice, KeyModeChoice::Automatic);
}

#[test]
fn a_text_is_typed_once_at_a_time_its_progress_shown_and_then_forgotten() {
    let mut stage = open();
    let asked = |effect: &Effect| matches!(effect, Effect::ToViewer(SESSION, ViewerCommand::Type(_)));
    let stopped = |effect: &Effect| matches!(effect, Effect::ToViewer(SESSION, ViewerCommand::StopTyping));
    stage.act(type_text());
    assert!(stage.did(asked));
    let typing = |typed, state| Typing { typed, of: 6, state };
    let going = typing(2, TypingState::Going);
    stage.handle(Event::Viewer(SESSION, ViewerEvent::Typing(going)));
    assert_eq!(shown(&stage).1, Some(going));
    stage.act(type_text());
    assert!(!stage.did(asked));
    assert_eq!(stage.notice(), Some(Code::OutOfOrder));
    stage.act(Action::StopTyping);
    assert!(stage.did(stopped));
    let denied = typing(
        2,
        TypingState::Denied {
            reason: InputDenied::Paused,
        },
    );
    stage.handle(Event::Viewer(SESSION, ViewerEvent::Typing(denied)));
    assert_eq!(shown(&stage).1, Some(denied));
    stage.act(Action::StopTyping);
    assert!(!stage.did(stopped));
    assert_eq!(shown(&stage).1, None);
}

#[test]
fn without_a_session_there_is_nothing_to_choose_or_to_type() {
    for action in [
        type_text(),
        Action::ChooseKeyMode {
            choice: KeyModeChoice::Character,
        },
    ] {
        let mut stage = Stage::technician();
        stage.act(action);
        assert_eq!(stage.notice(), Some(Code::OutOfOrder));
    }
}
