//! The picture as updates, over real WebRTC on this machine: the technician ends with the user's screen, to the pixel.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use renfort_protocol::error::{Code, WireError};

use crate::support::{
    canvas::{CANVAS, Canvas},
    pair::{Options, Pair, eventually, start},
};
use bytes::Bytes;
use renfort_engine::{
    peer::{Pause, SharerCommand, SharerEvent, ViewerEvent},
    seams::{Picture, Rect},
    transport::{
        TransportEvent,
        UpdatePath::{self, Datagrams, Messages},
    },
};

fn sharing(canvas: &Arc<Canvas>, updates: UpdatePath, one_lost_of: usize) -> Pair {
    let pair = start(Options {
        canvas: Some(Arc::clone(canvas)),
        updates,
        one_lost_of,
        ..Options::default()
    });
    pair.sees(|event| matches!(event, ViewerEvent::Connected));
    pair
}

fn becomes_equal(canvas: &Canvas, what: &str) {
    let differ = || {
        let (shared, seen) = (canvas.shared(), canvas.seen());
        let wrong = shared.iter().zip(&seen).filter(|(shared, seen)| shared != seen);
        (shared.len() == seen.len()).then(|| wrong.count())
    };
    eventually(what, || differ() == Some(0), || format!("{:?} pixels differ", differ()));
}

/// A number that looks like any other, of two.
fn mixed(one: u32, other: u32) -> u32 {
    (one.wrapping_mul(0x9E37_79B9) ^ other.wrapping_mul(0x85EB_CA6B)).wrapping_mul(0xC2B2_AE35) >> 7
}

fn fill(picture: &mut Picture, rect: Rect, colour: impl Fn(u16, u16) -> u32) {
    for y in rect.y..rect.y + rect.height {
        let row = picture.span_mut(rect.x, y, rect.width);
        for (x, pixel) in (rect.x..).zip(row) {
            *pixel = colour(x, y);
        }
    }
}

fn page(canvas: &Canvas, number: u32) {
    canvas.draw(CANVAS.whole(), |picture| {
        fill(picture, CANVAS.whole(), |x, y| {
            let letter = mixed(u32::from(x / 8) + number, u32::from(y / 16));
            let stroke = mixed(u32::from(x), u32::from(y) + letter) & 3 == 0 && y % 16 < 11;
            if stroke { 0x0020_2020 } else { 0x00F8_F8F4 }
        });
    });
}

fn letter(canvas: &Canvas, at: u16) {
    let rect = Rect {
        x: 8 * (at % 70),
        y: 16 * (at / 70),
        width: 8,
        height: 12,
    };
    canvas.draw(rect, |picture| {
        fill(picture, rect, |x, y| mixed(u32::from(x), u32::from(y)) & 0x00FF_FFFF);
    });
}

fn scroll(canvas: &Canvas, rows: u16) {
    canvas.draw(CANVAS.whole(), |picture| {
        let from = Rect {
            y: rows,
            height: CANVAS.height - rows,
            ..CANVAS.whole()
        };
        picture.copy_within(from, 0, 0);
        let fresh = Rect {
            y: CANVAS.height - rows,
            height: rows,
            ..CANVAS.whole()
        };
        fill(picture, fresh, |x, y| {
            mixed(u32::from(x), u32::from(y)) & 0x0001_0101 | 0x00F0_F0F0
        });
    });
}

fn typed_scrolled_and_turned(updates: UpdatePath, one_lost_of: usize) {
    let canvas = Canvas::new();
    let _pair = sharing(&canvas, updates, one_lost_of);
    page(&canvas, 1);
    becomes_equal(&canvas, "a page");
    for at in 0..40 {
        letter(&canvas, at * 7);
        std::thread::sleep(Duration::from_millis(5));
    }
    becomes_equal(&canvas, "letters");
    for rows in 1..40 {
        scroll(&canvas, rows % 13 + 1);
        std::thread::sleep(Duration::from_millis(8));
    }
    becomes_equal(&canvas, "a scroll");
    for number in 2..6 {
        page(&canvas, number * 1_000);
        letter(&canvas, 3);
        becomes_equal(&canvas, "another page");
    }
}

#[test]
fn what_is_typed_scrolled_and_turned_is_the_same_to_the_pixel() {
    typed_scrolled_and_turned(Datagrams, 0);
}

#[test]
fn what_is_typed_scrolled_and_turned_is_the_same_although_one_datagram_of_seven_is_lost() {
    typed_scrolled_and_turned(Datagrams, 7);
}

#[test]
fn what_is_typed_scrolled_and_turned_is_the_same_by_messages() {
    typed_scrolled_and_turned(Messages, 0);
}

#[test]
fn what_was_shown_before_a_pause_and_not_yet_seen_is_not_seen_after_it() {
    paused_and_shown(Datagrams);
}

#[test]
fn what_was_shown_before_a_pause_and_not_yet_seen_is_not_seen_after_it_by_messages() {
    paused_and_shown(Messages);
}

fn paused_and_shown(updates: UpdatePath) {
    let canvas = Canvas::new();
    let pair = sharing(&canvas, updates, 0);
    page(&canvas, 1);
    becomes_equal(&canvas, "a page");
    for round in 0..10 {
        let secret: u32 = 0x00AB_CD00 + round;
        pair.tell_sharer(SharerCommand::Pause(Pause::Everything));
        // Whoever sends a pause knows that nothing leaves from then on.
        *canvas.never.lock().unwrap() = Some(secret.swap_bytes() >> 8);
        canvas.draw(CANVAS.whole(), |picture| {
            fill(picture, CANVAS.whole(), |x, y| {
                if x == y {
                    secret
                } else {
                    mixed(x.into(), y.into()) & 0x00FF_FFFE
                }
            });
        });
        std::thread::sleep(Duration::from_millis(60));
        page(&canvas, 7 + round);
        pair.tell_sharer(SharerCommand::Pause(Pause::Nothing));
        becomes_equal(&canvas, "the page after it");
        assert!(!*canvas.leaked.lock().unwrap(), "what was drawn meanwhile was seen");
    }
}

#[test]
fn a_connection_that_is_made_anew_brings_the_whole_picture() {
    connected_anew(Datagrams);
}

#[test]
fn a_connection_that_is_made_anew_brings_the_whole_picture_by_messages() {
    connected_anew(Messages);
}

fn connected_anew(updates: UpdatePath) {
    let canvas = Canvas::new();
    let pair = sharing(&canvas, updates, 0);
    page(&canvas, 1);
    becomes_equal(&canvas, "a page");
    pair.sharer_runtime.block_on(pair.cut.cut());
    letter(&canvas, 5);
    page(&canvas, 2);
    becomes_equal(&canvas, "a page by another connection");
    assert_eq!(pair.user.encoded.load(Ordering::SeqCst), 0, "video");
}

/// Of a colour that was on the screen once, and is not any more.
const OLD: u32 = 0x0080_0000;

fn film(canvas: &Canvas, rect: Rect, picture: u32, old: u32) {
    canvas.draw(rect, |drawn| {
        fill(drawn, rect, |x, y| {
            mixed(u32::from(x) + picture * 1_000, u32::from(y)) & 0x007F_FFFF | old
        });
    });
}

#[test]
fn a_picture_that_begins_anew_has_nothing_old_in_its_first_frame_of_video() {
    begun_anew(Datagrams, shown_again);
}

#[test]
fn a_picture_that_begins_anew_has_nothing_old_in_its_first_frame_of_video_by_messages() {
    begun_anew(Messages, shown_again);
}

#[test]
fn the_picture_of_another_connection_has_nothing_old_in_its_first_frame_of_video() {
    begun_anew(Datagrams, |pair| {
        pair.sharer_runtime.block_on(pair.cut.cut());
        eventually("another connection", || pair.cut.connections() == 2, String::new);
    });
}

fn shown_again(pair: &Pair) {
    pair.tell_sharer(SharerCommand::Pause(Pause::Everything));
    pair.tell_sharer(SharerCommand::Pause(Pause::Nothing));
}

/// A viewer that has not heard yet how the picture travels shows all of a frame, and not only what is announced of it.
fn begun_anew(updates: UpdatePath, begin_anew: impl FnOnce(&Pair)) {
    let canvas = Canvas::new();
    let pair = sharing(&canvas, updates, 0);
    let played_until_a_frame_comes = |rect: Rect, old: u32| {
        let (before, mut picture) = (canvas.frames(), 0);
        let played = || {
            picture += 1;
            film(&canvas, rect, picture, old);
            canvas.frames() > before
        };
        eventually("video", played, String::new);
        becomes_equal(&canvas, "what was played last");
        before
    };
    played_until_a_frame_comes(CANVAS.whole(), OLD);
    // All of it goes as pixels, of which the codec learns nothing.
    let plain = |picture: &mut Picture| fill(picture, CANVAS.whole(), |_, _| 0x0000_4020);
    canvas.draw(CANVAS.whole(), plain);
    becomes_equal(&canvas, "another screen");
    begin_anew(&pair);
    let left = Rect {
        width: CANVAS.width / 2,
        ..CANVAS.whole()
    };
    let first = canvas.frame(played_until_a_frame_comes(left, 0));
    let old = first.iter().filter(|colour| *colour & OLD != 0).count();
    assert_eq!(old, 0, "of {} squares", first.len());
}

fn says(error: &WireError, why: &str) -> bool {
    let detail = error.params.get("detail").map(String::as_str).unwrap_or_default();
    assert!(detail.ends_with(why), "{detail:?}, not {why:?}");
    error.code == Code::PeerMalformed
}

fn ends_as_malformed(updates: UpdatePath, bytes: &[u8], why: &str) {
    let canvas = Canvas::new();
    let pair = sharing(&canvas, updates, 0);
    page(&canvas, 1);
    becomes_equal(&canvas, "a page");
    // Else the sharer, which hears of something come that it never sent, may be first.
    pair.cut_at_viewer.middle.silent.store(true, Ordering::SeqCst);
    pair.cut.inject(updates, Bytes::copy_from_slice(bytes));
    pair.sees(|event| match event {
        ViewerEvent::Ended { error: Some(error), .. } => says(error, why),
        _ => false,
    });
}

#[test]
fn a_datagram_that_no_honest_sharer_sends_ends_the_session_and_says_why() {
    // About the picture after this one: number 200, and a part of an unknown kind.
    ends_as_malformed(
        Datagrams,
        &[2, 0, 0, 0, 200, 0x77],
        "a datagram has a part that cannot be there",
    );
}

#[test]
fn an_update_that_is_none_ends_the_session_and_says_why() {
    // The only piece, four bytes long, of update 1 of the picture after this one.
    ends_as_malformed(
        Datagrams,
        &[2, 0, 0, 0, 200, 5, 1, 4, 0, 0xff, 0xff, 0xff, 0xff],
        "an update is cut off",
    );
}

#[test]
fn a_message_that_no_honest_sharer_sends_ends_the_session_and_says_why() {
    ends_as_malformed(Messages, &[], "a message is empty");
    // About the picture after this one, and no update.
    ends_as_malformed(Messages, &[2, 0xff, 0xff], "an update is cut off");
    // Of this one, an update that begins it once more without waiting for all before it.
    ends_as_malformed(
        Messages,
        &[1, 0xff, 0x07, 0x02, 0x01, 1, 1],
        "an update is out of order with itself",
    );
}

#[test]
fn an_update_that_reaches_outside_or_holds_a_bomb_ends_the_session_and_says_why() {
    let outside = "an update reaches outside the picture";
    // Of its 64 pixels it says that they are five bytes; 20 blocks of 128 KiB of zeros follow (RFC 8878, section 3.1.1.2).
    let blocks = [2, 0, 16, 0].repeat(20);
    let bomb = [&[5, 0, 0, 8, 8, 84, 1, 5, 0, 0x50], &blocks[..]].concat();
    for (operations, why) in [
        // Pixels at 16,000, 0; copied from there; a slot in which nothing is.
        (&[5, 0x80, 0x7d, 0, 8, 8, 4, 0, 1, 2, 3][..], outside),
        (&[2, 0, 0, 8, 8, 0x80, 0x7d, 0], outside),
        (&[4, 9, 0, 0], "an update recalls a tile that was not kept"),
        (&bomb, "an exact rectangle cannot be unpacked"),
    ] {
        // Number 1,023, which waits for the picture's beginning alone.
        let message = [&[1, 0xff, 0x07, 0xfe, 0x07], operations].concat();
        ends_as_malformed(Messages, &message, why);
    }
}

#[test]
fn an_acknowledgement_that_no_honest_viewer_sends_ends_the_session_and_says_why() {
    // Thirteen bytes are one: so many updates were never sent, and none is carried out before it has come.
    let never: [&[u8]; 2] = [
        &[1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ];
    let (length, was_never) = (
        "an acknowledgement is of the wrong length",
        "an update is acknowledged that was never sent, or before it can have come",
    );
    for (bytes, why) in [
        (&[][..], "a message is empty"),
        (&[1, 0, 0, 0, 1], length),
        (never[0], was_never),
        (never[1], was_never),
    ] {
        let canvas = Canvas::new();
        let pair = sharing(&canvas, Messages, 0);
        page(&canvas, 1);
        becomes_equal(&canvas, "a page");
        // About a picture that is not the one of the moment, it says nothing.
        for picture in [0, 2, 255] {
            let other = Bytes::from([&[picture][..], &[0xff; 12]].concat());
            pair.cut_at_viewer.inject(Messages, other);
        }
        letter(&canvas, 5);
        becomes_equal(&canvas, "a letter");
        pair.cut_at_viewer.inject(Messages, Bytes::copy_from_slice(bytes));
        pair.hears(|event| match event {
            SharerEvent::Ended { error: Some(error), .. } => says(error, why),
            _ => false,
        });
    }
}

#[test]
fn a_message_about_an_older_picture_is_late_and_ignored() {
    let canvas = Canvas::new();
    let pair = sharing(&canvas, Messages, 0);
    page(&canvas, 1);
    becomes_equal(&canvas, "a page");
    // The one before this one has never been: the next after 127 more.
    for picture in [0, 129, 255] {
        pair.cut.inject(Messages, Bytes::from(vec![picture, 0xff, 0xff]));
    }
    letter(&canvas, 5);
    becomes_equal(&canvas, "a letter");
}

#[test]
fn a_viewer_that_gives_up_updates_gets_video_alone() {
    let pair = Pair::connected(Options {
        updates: Messages,
        ..Options::default()
    });
    assert_eq!(pair.user.encoded.load(Ordering::SeqCst), 0);
    for end in [&pair.cut, &pair.cut_at_viewer] {
        end.happen(TransportEvent::Updates(UpdatePath::None));
    }
    for number in 2..6 {
        pair.user.show(number);
        pair.shows(number);
    }
    assert!(pair.user.encoded.load(Ordering::SeqCst) > 0);
    assert_eq!(pair.cut.connections(), 1);
}
