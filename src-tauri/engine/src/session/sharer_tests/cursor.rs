//! What the user's pointer looks like is told to whoever sees the screen, briefly and not too often.

use std::sync::Arc;

use renfort_protocol::{
    cursor::{self, CursorShape},
    limits::{CURSOR_BYTES_PER_MS, CURSOR_EVERY_MS, CURSOR_SLOTS},
};

use super::*;
use crate::seams::Cursor;

fn shape(number: u8) -> Arc<CursorShape> {
    CursorShape::new((1, 1), (0, 0), vec![number; 4]).unwrap().into()
}

impl Scene {
    fn looks(&mut self, cursor: Cursor) -> Vec<cursor::Cursor> {
        self.session.handle_cursor(cursor, self.now);
        self.told()
    }

    fn told(&mut self) -> Vec<cursor::Cursor> {
        let said = self.said().into_iter();
        said.filter_map(|said| match said {
            FromSharer::Cursor { cursor } => Some(cursor),
            _ => None,
        })
        .collect()
    }

    fn tells_after(&mut self, milliseconds: u64) -> Vec<cursor::Cursor> {
        self.now = self.now.plus(milliseconds);
        self.session.handle_timeout(self.now);
        self.told()
    }

    /// When its time has come.
    fn looks_later(&mut self, number: u8) -> cursor::Cursor {
        self.tells_after(CURSOR_EVERY_MS);
        let told = self.looks(Cursor::Shape(shape(number)));
        let [told] = told.try_into().unwrap();
        told
    }
}

fn slot(told: &cursor::Cursor) -> (bool, usize) {
    match told {
        cursor::Cursor::Shape { slot, .. } => (true, slot.number()),
        cursor::Cursor::Kept { slot } => (false, slot.number()),
        cursor::Cursor::Hidden => panic!("hidden"),
    }
}

#[test]
fn a_shape_is_told_once_and_named_by_its_slot_from_then_on() {
    let mut scene = Scene::greeted(&[Capability::View]);
    assert_eq!(slot(&scene.looks_later(1)), (true, 0));
    assert_eq!(slot(&scene.looks_later(2)), (true, 1));
    assert_eq!(slot(&scene.looks_later(1)), (false, 0));
    scene.tells_after(CURSOR_EVERY_MS);
    assert_eq!(scene.looks(Cursor::Hidden), [cursor::Cursor::Hidden]);
    assert_eq!(slot(&scene.looks_later(2)), (false, 1));
}

#[test]
fn when_all_slots_are_taken_the_shape_that_was_not_shown_for_longest_goes() {
    let mut scene = Scene::greeted(&[Capability::View]);
    let slots = u8::try_from(CURSOR_SLOTS).unwrap();
    for number in 0..slots {
        assert_eq!(slot(&scene.looks_later(number)), (true, number.into()));
    }
    assert_eq!(slot(&scene.looks_later(0)), (false, 0));
    assert_eq!(slot(&scene.looks_later(slots)), (true, 1));
    assert_eq!(slot(&scene.looks_later(0)), (false, 0));
    assert_eq!(slot(&scene.looks_later(1)), (true, 2));
}

#[test]
fn what_changes_too_fast_is_told_as_soon_as_it_may_be_and_only_as_it_is_then() {
    let mut scene = Scene::greeted(&[Capability::View]);
    assert_eq!(scene.looks(Cursor::Shape(shape(1))).len(), 1);
    for number in 2..9 {
        assert_eq!(scene.tells_after(5), []);
        assert_eq!(scene.looks(Cursor::Shape(shape(number))), []);
    }
    let due = scene.session.poll_timeout().unwrap();
    assert_eq!(due, START.plus(CURSOR_EVERY_MS));
    assert_eq!(scene.tells_after(CURSOR_EVERY_MS - 7 * 5 - 1), []);
    let told = scene.tells_after(1);
    assert!(matches!(&told[..], [cursor::Cursor::Shape { shape: told, .. }] if told == &*shape(8)));
    assert!(scene.session.poll_timeout().unwrap() > scene.now.plus(CURSOR_EVERY_MS));
}

#[test]
fn large_shapes_leave_room_for_what_else_is_said() {
    let mut scene = Scene::greeted(&[Capability::View]);
    let noise: Vec<u8> = (0..128 * 128 * 4_u32).map(|at| ((at * at) >> 7) as u8).collect();
    let large = Arc::new(CursorShape::new((128, 128), (0, 0), noise).unwrap());
    let bytes = u64::try_from(large.coded_bytes()).unwrap();
    assert!(bytes > 40_000);
    assert_eq!(scene.looks(Cursor::Shape(Arc::clone(&large))).len(), 1);
    assert_eq!(scene.looks(Cursor::Hidden), []);
    // It is heard meanwhile, or the session would be lost.
    let mut left = bytes / CURSOR_BYTES_PER_MS - 1;
    while left > 0 {
        let step = left.min(500);
        scene.hear(&FromViewer::Heartbeat);
        assert_eq!(scene.tells_after(step), []);
        left -= step;
    }
    assert_eq!(scene.tells_after(1), [cursor::Cursor::Hidden]);
    // Named only, it costs nothing.
    scene.tells_after(CURSOR_EVERY_MS);
    assert_eq!(slot(&scene.looks(Cursor::Shape(large))[0]), (false, 0));
    scene.tells_after(CURSOR_EVERY_MS);
    assert_eq!(scene.looks(Cursor::Hidden).len(), 1);
}

#[test]
fn while_the_screen_is_hidden_the_pointer_is_too_and_what_waited_is_never_told() {
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.looks(Cursor::Shape(shape(1)));
    assert_eq!(scene.looks(Cursor::Shape(shape(2))), []);
    scene.command(SharerCommand::Withdraw(Capability::View));
    assert_eq!(scene.looks(Cursor::Shape(shape(3))), []);
    assert_eq!(scene.tells_after(CURSOR_EVERY_MS), []);
    scene.command(SharerCommand::Allow(Capability::View));
    assert_eq!(scene.tells_after(CURSOR_EVERY_MS), []);
    assert_eq!(slot(&scene.looks_later(1)), (false, 0), "the viewer still keeps it");
}

#[test]
fn another_connection_begins_with_nothing_kept() {
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.looks(Cursor::Shape(shape(1)));
    scene.session.handle_link(LinkEvent::Closed, START);
    assert_eq!(scene.looks(Cursor::Shape(shape(1))), []);
    let mut scene = scene.greet();
    assert_eq!(slot(&scene.looks(Cursor::Shape(shape(1)))[0]), (true, 0));
}

#[test]
fn a_viewer_that_does_not_know_of_it_is_not_told() {
    let mut scene = Scene::new(&[Capability::View]);
    scene.session.handle_link(LinkEvent::Open, START);
    let hello = br#"{"type":"hello","version":2}"#;
    scene.session.handle_message(Channel::Session, hello, START);
    assert!(scene.effects().contains(&SharerEffect::Picture(true)));
    assert_eq!(scene.looks(Cursor::Shape(shape(1))), []);
    assert_eq!(scene.tells_after(CURSOR_EVERY_MS), []);
}
