//! A text that is typed for the technician, and the layout that the user's keyboard has.

use renfort_protocol::{
    keyboard::{KeyboardLayout, LayoutName, TypedText, Typing, TypingState},
    report::InputDenied,
};

use super::*;

const CONTROL: [Capability; 2] = [Capability::View, Capability::Control];

fn text(text: &str) -> FromViewer {
    FromViewer::Type {
        text: TypedText::new(text).unwrap(),
    }
}

fn types(number: u32, character: char) -> SharerEffect {
    SharerEffect::Type { number, character }
}

fn typed(effects: &[SharerEffect]) -> String {
    let typed = effects.iter().filter_map(|effect| match effect {
        SharerEffect::Type { character, .. } => Some(*character),
        _ => None,
    });
    typed.collect()
}

/// The last that the technician hears of the text.
fn told(effects: &[SharerEffect]) -> Option<Typing> {
    effects.iter().rev().find_map(|effect| match effect {
        SharerEffect::Send(_, FromSharer::Typing { typing }) => Some(*typing),
        _ => None,
    })
}

impl Scene {
    /// The system took the character that is under way; time passes to the next.
    fn takes(&mut self, number: u32) {
        self.session.handle_typed(number, Ok(()), self.now);
        self.pass(10);
    }
}

#[test]
fn a_text_is_typed_one_character_at_a_time_and_each_is_counted_as_a_key() {
    let mut scene = Scene::greeted(&CONTROL);
    scene.hear(&text("a\n€"));
    let effects = scene.effects();
    assert_eq!(typed(&effects), "a", "the next one waits until this one was taken");
    scene.pass(10);
    assert_eq!(typed(&scene.effects()), "");
    scene.takes(1);
    assert_eq!(typed(&scene.effects()), "\n");
    scene.takes(1);
    assert_eq!(typed(&scene.effects()), "€");
    scene.session.handle_typed(1, Ok(()), scene.now);
    let state = TypingState::Done;
    assert_eq!(told(&scene.effects()), Some(Typing { typed: 3, of: 3, state }));
    scene.pass(crate::session::tally::REPORT_EVERY_MS);
    let counted = scene.reports().into_iter().find_map(|event| match event {
        ReportedEvent::Counted { counts } => Some(counts.keys),
        _ => None,
    });
    assert_eq!(counted, Some(3));
}

#[test]
fn a_quick_system_is_given_the_next_character_no_sooner_than_programs_can_follow() {
    let mut scene = Scene::greeted(&CONTROL);
    scene.hear(&text("abc"));
    scene.session.handle_typed(1, Ok(()), scene.now);
    assert_eq!(typed(&scene.effects()), "a");
    let due = scene.session.poll_timeout().unwrap();
    assert!(due > scene.now && due <= scene.now.plus(20), "{due:?}");
    scene.session.handle_timeout(due);
    assert_eq!(typed(&scene.effects()), "b");
}

#[test]
fn whatever_ends_control_ends_the_text_between_two_characters() {
    let question = |scene: &mut Scene| {
        scene.hear(&FromViewer::Request {
            capability: Capability::Clipboard,
            asked_at: START,
        });
    };
    type Deed<'a> = &'a dyn Fn(&mut Scene);
    let ends: [(Deed, Option<InputDenied>); 5] = [
        (
            &|scene| scene.command(SharerCommand::Withdraw(Capability::Control)),
            Some(InputDenied::NotGranted),
        ),
        (&question, Some(InputDenied::Paused)),
        (
            &|scene| scene.command(SharerCommand::Pause(Pause::Control)),
            Some(InputDenied::Paused),
        ),
        (
            &|scene| scene.session.handle_input_unavailable(START),
            Some(InputDenied::Failed),
        ),
        (&|scene| scene.hear(&FromViewer::StopTyping), None),
    ];
    for (end, reason) in ends {
        let mut scene = Scene::greeted(&CONTROL);
        scene.hear(&text("abc"));
        scene.takes(1);
        scene.effects();
        end(&mut scene);
        scene.takes(1);
        let effects = scene.effects();
        let state = reason.map_or(TypingState::Cancelled, |reason| TypingState::Denied { reason });
        let progress = told(&effects).unwrap();
        assert_eq!((progress.of, progress.state), (3, state));
        assert_eq!(typed(&effects), "", "{state:?}");
    }
}

#[test]
fn stop_and_a_lost_connection_end_the_text() {
    let mut scene = Scene::greeted(&CONTROL);
    scene.hear(&text("abc"));
    scene.command(SharerCommand::Stop);
    scene.session.handle_typed(1, Ok(()), START);
    assert_eq!(typed(&scene.effects()), "a");

    let mut scene = Scene::greeted(&CONTROL);
    scene.hear(&text("abc"));
    scene.session.handle_link(LinkEvent::Closed, START);
    scene.session.handle_link(LinkEvent::Open, START);
    scene.hear(&FromViewer::Hello {
        version: VERSION,
        cursor: true,
    });
    scene.takes(1);
    assert_eq!(typed(&scene.effects()), "a");
}

#[test]
fn without_control_nothing_is_typed_and_the_technician_is_told() {
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.hear(&text("abc"));
    let effects = scene.effects();
    let state = TypingState::Denied {
        reason: InputDenied::NotGranted,
    };
    assert_eq!(told(&effects), Some(Typing { typed: 0, of: 3, state }));
    assert_eq!(typed(&effects), "");
}

#[test]
fn a_second_text_ends_the_first_and_what_the_first_still_hears_moves_nothing() {
    let mut scene = Scene::greeted(&CONTROL);
    scene.hear(&text("ab"));
    scene.hear(&text("xy"));
    let effects = scene.effects();
    assert!(
        effects.contains(&types(1, 'a')) && effects.contains(&types(2, 'x')),
        "{effects:?}"
    );
    scene.takes(1);
    assert_eq!(typed(&scene.effects()), "");
    scene.takes(2);
    assert_eq!(typed(&scene.effects()), "y");
}

#[test]
fn a_character_that_the_system_does_not_take_ends_the_text() {
    let failed = TypingState::Denied {
        reason: InputDenied::Failed,
    };
    let mut scene = Scene::greeted(&CONTROL);
    scene.hear(&text("ab"));
    scene.session.handle_typed(1, Err(InputDenied::Failed), START);
    assert_eq!(told(&scene.effects()).map(|typing| typing.state), Some(failed));

    let mut scene = Scene::greeted(&CONTROL);
    scene.hear(&text("ab"));
    scene.pass(10_000);
    assert_eq!(told(&scene.effects()).map(|typing| typing.state), Some(failed));
}

#[test]
fn the_technician_hears_of_the_layout_first_and_at_every_change() {
    let layout = |name: &str| {
        Some(KeyboardLayout {
            layout: LayoutName::new(name).unwrap(),
            variant: None,
        })
    };
    let says = |name: &str| FromSharer::Keyboard { layout: layout(name) };
    let mut scene = Scene::new(&CONTROL);
    scene.session.handle_keyboard(layout("fr"));
    assert!(scene.effects().is_empty(), "there is nobody to tell");
    scene.session.handle_link(LinkEvent::Open, START);
    assert!(scene.said().contains(&says("fr")));
    scene.session.handle_keyboard(layout("fr"));
    assert!(scene.said().is_empty());
    scene.session.handle_keyboard(layout("us"));
    assert_eq!(scene.said(), [says("us")]);
    scene.session.handle_keyboard(None);
    assert_eq!(scene.said(), [FromSharer::Keyboard { layout: None }]);
}
