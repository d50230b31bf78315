//! What the user's pointer looks like, from one end to the other.

use std::{sync::Arc, time::Duration};

use renfort_engine::{
    peer::{SharerCommand, ViewerEvent},
    seams::Cursor,
};
use renfort_protocol::{cursor::CursorShape, grant::Capability};

use crate::support::pair::{Options, Pair, eventually};

#[test]
fn what_the_users_pointer_looks_like_is_seen_while_the_screen_is() {
    let shape = |number| {
        let shape = CursorShape::new((24, 24), (2, 3), vec![number; 24 * 24 * 4]).unwrap();
        Cursor::Shape(Arc::new(shape))
    };
    let pair = Pair::connected(Options::default());
    let looks = |cursor: &Cursor| *pair.user.cursor.lock().unwrap() = Some(cursor.clone());
    let seen = |cursor: &Cursor| {
        let viewed = pair.viewed.lock().unwrap();
        let seen = |event: &&ViewerEvent| **event == ViewerEvent::Cursor(cursor.clone());
        viewed.iter().filter(seen).count()
    };
    // The second time it is only named.
    for (cursor, times) in [
        (shape(1), 1),
        (shape(2), 1),
        (shape(1), 2),
        (Cursor::Hidden, 1),
        (shape(2), 2),
    ] {
        looks(&cursor);
        eventually("the pointer's looks", || seen(&cursor) == times, String::new);
    }
    pair.tell_sharer(SharerCommand::Withdraw(Capability::View));
    pair.sees(|event| {
        matches!(
            event,
            ViewerEvent::Withdrawn {
                capability: Capability::View,
                ..
            }
        )
    });
    looks(&shape(3));
    std::thread::sleep(Duration::from_millis(400));
    looks(&shape(4));
    pair.tell_sharer(SharerCommand::Allow(Capability::View));
    eventually("the pointer's looks", || seen(&shape(4)) == 1, String::new);
    assert_eq!(seen(&shape(3)), 0);
}
