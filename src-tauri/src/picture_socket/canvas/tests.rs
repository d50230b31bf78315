//! The canvas, from the viewer that draws to whoever takes what is drawn.

use super::*;
use crate::picture_socket::placed::Ring;

const SIZE: Size = Size { width: 8, height: 4 };

fn rect(x: u16, y: u16, width: u16, height: u16) -> Rect {
    Rect { x, y, width, height }
}

fn filled(value: u8) -> Picture {
    let mut picture = Picture::new(SIZE, PixelFormat::Rgba);
    picture.bytes_mut().fill(value);
    picture
}

#[test]
fn the_first_picture_goes_out_whole_whatever_is_said_to_have_changed() {
    let mut state = State::default();
    state.draw(&filled(1), &[rect(0, 0, 1, 1)]);
    let messages = state.take();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].len(), 16 + 8 * 4 * 4);
    assert!(state.take().is_empty());
}

#[test]
fn a_slow_window_gets_the_newest_pixels_once() {
    let mut state = State::default();
    state.draw(&filled(1), &[]);
    state.take();
    for value in 2..10 {
        state.draw(&filled(value), &[rect(1, 1, 2, 1)]);
    }
    let messages = state.take();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0][16..], [9; 8]);
}

#[test]
fn what_is_small_goes_first() {
    let mut state = State::default();
    state.draw(&filled(1), &[]);
    state.take();
    state.draw(&filled(2), &[rect(0, 0, 8, 2), rect(0, 3, 1, 1), rect(4, 3, 2, 1)]);
    let sizes: Vec<usize> = state.take().iter().map(|message| (message.len() - 16) / 4).collect();
    assert_eq!(sizes, [1, 2, 16]);
}

#[test]
fn only_what_changed_is_taken_over() {
    let mut state = State::default();
    state.draw(&filled(1), &[]);
    state.draw(&filled(2), &[rect(0, 0, 1, 1)]);
    let picture = state.picture.as_ref().unwrap();
    assert_eq!(picture.bytes()[..8], [2, 2, 2, 2, 1, 1, 1, 1]);
}

#[test]
fn rectangles_outside_are_clipped_and_too_many_are_joined() {
    let mut state = State::default();
    let big = Size {
        width: 200,
        height: 200,
    };
    let picture = Picture::new(big, PixelFormat::Rgba);
    state.draw(&picture, &[]);
    state.take();
    let many: Vec<_> = (0..40).map(|step| rect(step * 5, step * 5, 2, 2)).collect();
    state.draw(&picture, &many);
    assert!(state.dirty.len() <= RECTANGLES);
    let all = state.dirty.iter().copied().reduce(Rect::union).unwrap();
    assert_eq!(all, rect(0, 0, 197, 197));
    state.dirty.clear();
    state.draw(&picture, &[rect(199, 199, 50, 50), rect(300, 0, 1, 1)]);
    assert_eq!(state.dirty, [rect(199, 199, 1, 1)]);
}

#[tokio::test]
async fn where_the_app_paints_the_page_gets_the_size_and_the_painter_what_changed() {
    let canvas = SharedCanvas::default();
    canvas.draw(&filled(1), &[]);
    let bare = placed(vec![]);
    canvas.place(Place::Here(bare));
    assert_eq!(canvas.damaged().await, Damage::All);
    assert_eq!(canvas.next().await, [wire::size(SIZE)]);
    canvas.draw(&filled(2), &[rect(1, 1, 2, 1)]);
    canvas.draw(&filled(3), &[rect(1, 1, 2, 1), rect(7, 3, 1, 1)]);
    assert_eq!(
        canvas.damaged().await,
        Damage::Parts(vec![rect(1, 1, 2, 1), rect(7, 3, 1, 1)])
    );
    assert_eq!(canvas.look(|picture, _, _| picture.bytes()[(8 + 1) * 4]), Some(3));
    assert!(canvas.state().take().is_empty());
    // What the page has over it lies on pixels that the page has drawn, before it is seen.
    let covered = placed(vec![[1.0, 1.0, 2.0, 1.0]]);
    canvas.place(Place::Here(covered.clone()));
    assert_eq!(canvas.look(|_, placed, _| placed.covers.len()), Some(0));
    let messages = canvas.next().await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0][6..14], [0, 0, 0, 0, 5, 0, 4, 0]);
    // The size, and that.
    canvas.drawn();
    canvas.drawn();
    assert_eq!(canvas.look(|_, placed, _| placed.clone()), Some(covered));
    assert_eq!(canvas.damaged().await, Damage::All);
    // And what changes beneath it later goes to both.
    canvas.draw(&filled(4), &[rect(4, 0, 4, 1)]);
    assert_eq!(canvas.damaged().await, Damage::Parts(vec![rect(4, 0, 4, 1)]));
    assert_eq!(canvas.next().await[0][6..14], [4, 0, 0, 0, 1, 0, 1, 0]);
    // Back to the page: it gets all of it.
    canvas.place(Place::None);
    assert_eq!(canvas.next().await[0].len(), 16 + 8 * 4 * 4);
    assert_eq!(canvas.look(|_, _, _| ()), None);
}

#[test]
fn a_ring_that_goes_with_a_cover_goes_at_once_and_the_cover_waits_for_the_page() {
    let canvas = SharedCanvas::default();
    canvas.draw(&filled(1), &[]);
    let ring = Ring {
        sides: [[0.0, 0.0, 8.0, 1.0]; 4],
        colour: [1, 2, 3],
        dash: None,
    };
    let ringed = Placed {
        ring: Some(Box::new(ring)),
        ..placed(vec![])
    };
    canvas.place(Place::Here(ringed));
    canvas.state().take();
    let looks = || canvas.look(|_, placed, _| (placed.ring.is_some(), placed.covers.len()));
    assert_eq!(looks(), Some((true, 0)));
    canvas.place(Place::Here(placed(vec![[1.0, 1.0, 2.0, 1.0]])));
    assert_eq!(looks(), Some((false, 0)));
    canvas.state().take();
    canvas.drawn();
    canvas.drawn();
    assert_eq!(looks(), Some((false, 1)));
}

/// A canvas whose picture the app paints, with something of the page that is to come over it.
fn about_to_be_covered() -> SharedCanvas {
    let canvas = SharedCanvas::default();
    canvas.draw(&filled(1), &[]);
    canvas.place(Place::Here(placed(vec![])));
    canvas.state().take();
    canvas.place(Place::Here(placed(vec![[1.0, 1.0, 2.0, 1.0]])));
    canvas
}

fn placed(covers: Vec<[f64; 4]>) -> Placed {
    Placed {
        across: 8.0,
        stage: [0.0, 0.0, 8.0, 4.0],
        picture: [0.0, 0.0, 8.0, 4.0],
        covers,
        pointer: false,
        ring: None,
    }
}

fn covers(canvas: &SharedCanvas) -> Option<usize> {
    canvas.look(|_, placed, _| placed.covers.len())
}

#[test]
fn something_over_a_film_is_seen_when_what_lay_beneath_it_was_drawn_whatever_has_come_since() {
    let canvas = about_to_be_covered();
    // The size went first, and is drawn late.
    assert_eq!(canvas.state().take().len(), 1);
    for picture in 2..5 {
        canvas.draw(&filled(picture), &[SIZE.whole()]);
        assert_eq!(canvas.state().take().len(), 1);
    }
    canvas.drawn();
    assert_eq!(covers(&canvas), Some(0));
    canvas.drawn();
    assert_eq!(covers(&canvas), Some(1));
}

#[test]
fn what_moves_over_the_picture_all_the_time_is_seen() {
    let canvas = about_to_be_covered();
    let mut seen = 0;
    for step in 0..20 {
        canvas.place(Place::Here(placed(vec![[f64::from(step % 7), 1.0, 1.0, 1.0]])));
        let messages = canvas.state().take().len();
        seen += usize::from(covers(&canvas) == Some(1));
        // Each message is drawn two steps later than it was sent.
        if step > 2 {
            canvas.drawn();
        }
        assert!(messages <= 2);
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn what_the_user_hid_is_neither_painted_nor_sent_and_comes_back_whole() {
    let canvas = about_to_be_covered();
    canvas.hide(true);
    assert_eq!(covers(&canvas), None);
    // Late, or early: nobody sees it.
    canvas.draw(&filled(7), &[rect(0, 0, 1, 1)]);
    assert_eq!(covers(&canvas), None);
    assert!(canvas.state().take().is_empty());
    canvas.hide(false);
    assert_eq!(canvas.state().damage(), Some(Damage::All));
    assert_eq!(canvas.look(|picture, _, _| picture.bytes()[8 * 4]), Some(7));
}

#[tokio::test]
async fn a_session_that_is_over_is_painted_over() {
    let canvas = SharedCanvas::default();
    canvas.draw(&filled(1), &[]);
    canvas.clear();
    assert_eq!(canvas.damaged().await, Damage::All);
    assert_eq!(canvas.look(|_, _, _| ()), None);
}

#[tokio::test]
async fn a_window_that_comes_back_gets_the_whole_picture_again() {
    let canvas = SharedCanvas::default();
    canvas.draw(&filled(1), &[]);
    assert_eq!(canvas.next().await.len(), 1);
    canvas.begin();
    assert_eq!(canvas.next().await[0].len(), 16 + 8 * 4 * 4);
}

#[tokio::test]
async fn the_newest_pointer_goes_out_once_and_again_to_a_window_that_comes_back() {
    let canvas = SharedCanvas::default();
    canvas.look_like(Cursor::Hidden);
    canvas.point(1, 2);
    canvas.point(3, 4);
    let newest = [wire::cursor(&Cursor::Hidden), wire::pointer(3, 4)];
    assert_eq!(canvas.next().await, newest);
    assert!(canvas.state().take().is_empty());
    canvas.begin();
    assert_eq!(canvas.next().await, newest);
    canvas.clear();
    assert!(canvas.state().take().is_empty());
}

#[tokio::test]
async fn where_the_app_paints_a_pointer_that_moves_is_painted_where_it_was_and_where_it_is() {
    let canvas = SharedCanvas::default();
    canvas.draw(&filled(1), &[]);
    let shape = CursorShape::new((2, 2), (1, 0), vec![9; 16]).unwrap();
    canvas.look_like(Cursor::Shape(shape.into()));
    canvas.point(3, 1);
    let mut here = placed(vec![]);
    canvas.place(Place::Here(here.clone()));
    assert_eq!(canvas.damaged().await, Damage::All);
    let at = |canvas: &SharedCanvas| canvas.look(|_, _, pointer| pointer.map(|pointer| pointer.at)).flatten();
    assert_eq!(at(&canvas), None, "the page does not want it");
    canvas.point(4, 1);
    assert!(canvas.state().damage().is_none());
    here.pointer = true;
    canvas.place(Place::Here(here));
    assert_eq!(canvas.damaged().await, Damage::All);
    assert_eq!(at(&canvas), Some((4, 1)));
    canvas.point(0, 3);
    let parts = vec![rect(3, 1, 2, 2), rect(0, 3, 1, 1)];
    assert_eq!(canvas.damaged().await, Damage::Parts(parts));
    canvas.look_like(Cursor::Hidden);
    assert_eq!(canvas.damaged().await, Damage::Parts(vec![rect(0, 3, 1, 1)]));
    assert_eq!(at(&canvas), None);
}
