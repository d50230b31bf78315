//! What is painted, pixel by pixel, without a window.

use renfort_engine::seams::{FrameSink as _, PixelFormat};

use super::*;
use crate::picture_socket::{
    CanvasSink,
    placed::{Place, Placed, Ring},
};

const WINDOW: Area = Area {
    x: 0,
    y: 0,
    width: 120,
    height: 90,
};
const SIZE: Size = Size { width: 80, height: 60 };

fn picture() -> Picture {
    let mut picture = Picture::new(SIZE, PixelFormat::Rgba);
    for (at, pixel) in (0_u32..).zip(picture.bytes_mut().chunks_exact_mut(4)) {
        let noise = at.wrapping_mul(0x9E37_79B1) >> 8;
        let [red, green, blue, _] = noise.to_le_bytes();
        pixel.copy_from_slice(&[red, green, blue, 255]);
    }
    picture
}

/// A canvas that shows the picture in this box of the window.
fn shown_at(place: [f64; 4], ring: Option<Ring>) -> SharedCanvas {
    let canvas = SharedCanvas::default();
    CanvasSink::new(canvas.clone()).show(&picture(), &[]);
    canvas.place(Place::Here(Placed {
        across: 120.0,
        stage: [0.0, 10.0, 120.0, 80.0],
        picture: place,
        covers: Vec::new(),
        pointer: false,
        ring: ring.map(Box::new),
    }));
    canvas
}

fn region(areas: &[Area]) -> Region {
    let region = Region::create();
    for area in areas {
        region.union_rectangle(&rectangle(*area)).unwrap();
    }
    region
}

/// What a window shows after these were painted, one after the other; what nobody painted is white.
fn painted(canvas: &SharedCanvas, turns: &[Vec<Area>]) -> Vec<u8> {
    let mut window = ImageSurface::create(Format::Rgb24, WINDOW.width, WINDOW.height).unwrap();
    let context = Context::new(&window).unwrap();
    context.set_source_rgb(1.0, 1.0, 1.0);
    context.paint().unwrap();
    let painter = Painter::new(canvas.clone());
    for turn in turns {
        assert!(painter.paint(WINDOW, &context, &region(turn)).unwrap());
    }
    drop(context);
    window.flush();
    window.data().unwrap().to_vec()
}

fn pixel(window: &[u8], x: usize, y: usize) -> [u8; 3] {
    let at = (y * 120 + x) * 4;
    let pixel = u32::from_ne_bytes(window[at..at + 4].try_into().unwrap());
    let [blue, green, red, _] = pixel.to_le_bytes();
    [red, green, blue]
}

const STAGE: Area = Area {
    x: 0,
    y: 10,
    width: 120,
    height: 80,
};

#[test]
fn pixel_for_pixel_the_window_shows_the_picture_and_nothing_beside_the_stage() {
    let window = painted(&shown_at([20.0, 20.0, 80.0, 60.0], None), &[vec![STAGE]]);
    for (row, pixels) in picture().rows(SIZE.whole()).enumerate() {
        for (column, wanted) in pixels.chunks_exact(4).enumerate() {
            assert_eq!(pixel(&window, 20 + column, 20 + row), wanted[..3], "{column}, {row}");
        }
    }
    assert_eq!(pixel(&window, 19, 20), [16, 20, 21]);
    assert_eq!(pixel(&window, 100, 79), [16, 20, 21]);
    assert_eq!(pixel(&window, 60, 9), [255, 255, 255]);
}

/// Around a picture that fills its place.
fn ring(dash: Option<f64>) -> Ring {
    Ring {
        sides: [
            [20.0, 20.0, 80.0, 3.0],
            [20.0, 77.0, 80.0, 3.0],
            [20.0, 20.0, 3.0, 60.0],
            [97.0, 20.0, 3.0, 60.0],
        ],
        colour: [9, 80, 255],
        dash,
    }
}

#[test]
fn a_ring_is_seen_over_the_picture_whichever_part_is_painted_anew() {
    let ring = ring(None);
    let canvas = shown_at([20.0, 20.0, 80.0, 60.0], Some(ring.clone()));
    let corner = Area {
        x: 90,
        y: 70,
        width: 10,
        height: 10,
    };
    let window = painted(&canvas, &[vec![STAGE], vec![corner]]);
    for (x, y) in [(20, 20), (60, 22), (99, 50), (97, 79), (22, 60), (91, 77)] {
        assert_eq!(pixel(&window, x, y), [9, 80, 255], "{x}, {y}");
    }
    // Around a picture that does not fill its place.
    let beside = painted(&shown_at([40.0, 35.0, 40.0, 30.0], Some(ring)), &[vec![STAGE]]);
    assert_eq!(pixel(&beside, 21, 50), [9, 80, 255]);
    assert_eq!(pixel(&beside, 30, 50), [16, 20, 21]);
    let bare = painted(&shown_at([20.0, 20.0, 80.0, 60.0], None), &[vec![STAGE]]);
    for (x, y) in [(23, 23), (96, 76), (19, 50), (60, 80)] {
        assert_eq!(pixel(&window, x, y), pixel(&bare, x, y), "{x}, {y}");
    }
}

#[test]
fn of_a_dashed_ring_the_dashes_are_seen_and_the_picture_between_them_in_parts_too() {
    let canvas = shown_at([20.0, 20.0, 80.0, 60.0], Some(ring(Some(6.0))));
    let whole = painted(&canvas, &[vec![STAGE]]);
    let bare = painted(&shown_at([20.0, 20.0, 80.0, 60.0], None), &[vec![STAGE]]);
    // 13 steps across, 11 down: a dash at either end.
    for (x, y) in [
        (20, 20),
        (25, 22),
        (33, 20),
        (98, 20),
        (99, 79),
        (20, 79),
        (22, 24),
        (98, 32),
    ] {
        assert_eq!(pixel(&whole, x, y), [9, 80, 255], "{x}, {y}");
    }
    for (x, y) in [(26, 20), (31, 22), (28, 78), (21, 26), (98, 29), (30, 50)] {
        assert_eq!(pixel(&whole, x, y), pixel(&bare, x, y), "{x}, {y}");
    }
    let row: Vec<bool> = (20..100).map(|x| pixel(&whole, x, 21) == [9, 80, 255]).collect();
    let starts = row.windows(2).filter(|pair| !pair[0] && pair[1]).count();
    assert_eq!((row[0], row[79], starts), (true, true, 6));
    let part = |x, width| Area {
        x,
        y: 10,
        width,
        height: 80,
    };
    let in_parts = painted(&canvas, &[vec![part(0, 29)], vec![part(29, 66), part(95, 25)]]);
    assert!(whole == in_parts);
}

#[test]
fn painted_in_parts_it_is_the_same_as_painted_at_once_at_any_size() {
    let part = |x, y, width, height| Area { x, y, width, height };
    for place in [
        [20.0, 20.0, 80.0, 60.0],
        [10.0, 15.0, 40.0, 30.0],
        [5.0, 12.0, 100.0, 75.0],
        [-30.0, -20.0, 160.0, 120.0],
        [-99.0, -40.0, 264.0, 198.0],
    ] {
        let canvas = shown_at(place, None);
        let whole = painted(&canvas, &[vec![STAGE]]);
        let parts = [
            vec![part(0, 10, 33, 80)],
            vec![part(33, 10, 87, 21), part(33, 31, 50, 59)],
            vec![part(83, 31, 37, 59)],
        ];
        let in_parts = painted(&canvas, &parts);
        let off = whole
            .iter()
            .zip(&in_parts)
            .map(|(one, other)| one.abs_diff(*other))
            .max();
        // A scaled pixel may be rounded otherwise.
        assert!(off <= Some(2), "{place:?}: {off:?}");
    }
}

/// What is shown larger or smaller is not moved: on either side of an edge in its middle, pixels are equally far from grey.
#[test]
fn what_is_scaled_lies_where_it_is_clicked() {
    let mut halves = picture();
    for (at, pixel) in halves.pixels_mut().iter_mut().enumerate() {
        let is_black = (at % 80 < 40) != (at / 80 < 30);
        *pixel = if is_black { 0xFF00_0000 } else { 0xFFFF_FFFF };
    }
    for place in [
        [20.0, 15.0, 40.0, 30.0],
        [8.0, 11.0, 104.0, 78.0],
        [-60.0, -40.0, 240.0, 180.0],
    ] {
        let canvas = shown_at(place, None);
        CanvasSink::new(canvas.clone()).show(&halves, &[SIZE.whole()]);
        let window = painted(&canvas, &[vec![STAGE]]);
        let middle = |from: usize| (place[from] + place[from + 2] / 2.0) as usize;
        let (across, down) = (middle(0), middle(1));
        for by in 0..9 {
            for (one, other) in [
                ((across + by, down + 12), (across - 1 - by, down + 12)),
                ((across + 12, down + by), (across + 12, down - 1 - by)),
            ] {
                let sum = u32::from(pixel(&window, one.0, one.1)[0]) + u32::from(pixel(&window, other.0, other.1)[0]);
                assert!(
                    (253..=257).contains(&sum),
                    "{place:?}: {one:?} and {other:?} have {sum}"
                );
            }
        }
    }
}

#[test]
fn a_change_is_seen_wherever_it_lies_in_a_scaled_picture() {
    for place in [
        [20.0, 20.0, 80.0, 60.0],
        [10.0, 15.0, 50.0, 38.0],
        [5.0, 12.0, 101.0, 76.0],
        [-60.0, -20.0, 264.0, 198.0],
    ] {
        let canvas = shown_at(place, None);
        let mut changed = picture();
        let dot = Rect {
            x: 37,
            y: 22,
            width: 3,
            height: 2,
        };
        for y in dot.y..dot.y + dot.height {
            changed.span_mut(dot.x, y, dot.width).fill(0xFF00_00FF);
        }
        let layout = canvas
            .look(|picture, placed, _| placed.at(WINDOW, picture.size()))
            .unwrap();
        let before = painted(&canvas, &[vec![STAGE]]);
        CanvasSink::new(canvas.clone()).show(&changed, &[dot]);
        let after = painted(&canvas, &[vec![STAGE]]);
        let part = shown(dot, SIZE, &layout).unwrap();
        for (at, (old, new)) in before.chunks_exact(4).zip(after.chunks_exact(4)).enumerate() {
            let (x, y) = ((at % 120) as i32, (at / 120) as i32);
            let inside = Area {
                x,
                y,
                width: 1,
                height: 1,
            }
            .inside(part)
            .is_some();
            // Beyond, a rounding at most.
            let off = old.iter().zip(new).map(|(old, new)| old.abs_diff(*new)).max();
            assert!(inside || off <= Some(2), "{place:?}: {x}, {y} is off by {off:?}");
        }
    }
}

#[test]
fn what_was_hidden_is_not_painted() {
    let canvas = shown_at([20.0, 20.0, 80.0, 60.0], None);
    canvas.hide(true);
    let window = ImageSurface::create(Format::Rgb24, WINDOW.width, WINDOW.height).unwrap();
    let context = Context::new(&window).unwrap();
    let painter = Painter::new(canvas.clone());
    assert!(!painter.paint(WINDOW, &context, &region(&[STAGE])).unwrap());
}
