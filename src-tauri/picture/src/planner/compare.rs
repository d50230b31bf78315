//! Whether parts of two pictures are alike.

use crate::pixels::{COLOUR, Picture, Rect};

/// Pixels after which what differs is left: as many as are compared many at a time.
const STEP: usize = 128;

fn alike(some: &[u32], others: &[u32]) -> bool {
    some.chunks(STEP).zip(others.chunks(STEP)).all(|(some, others)| {
        // Without a way out in the middle, so that it is done many pixels at a time.
        some.iter().zip(others).fold(0, |off, (one, other)| off | (one ^ other)) & COLOUR == 0
    })
}

/// Are `here` of one picture and `there` of another alike? Both must be inside, and of one size.
pub(super) fn same(one: &Picture, here: Rect, other: &Picture, there: Rect) -> bool {
    let rows = |picture: &Picture, rect: Rect| {
        let (stride, length) = (usize::from(picture.size().width), usize::from(rect.width));
        let first = usize::from(rect.y) * stride + usize::from(rect.x);
        (0..usize::from(rect.height)).map(move |row| first + row * stride..first + row * stride + length)
    };
    let (ours, theirs) = (one.pixels(), other.pixels());
    let mut pairs = rows(one, here).zip(rows(other, there));
    pairs.all(|(here, there)| alike(&ours[here], &theirs[there]))
}

/// The part of a rectangle in which two pictures differ, without the rows and columns at its edges that do not.
pub(super) fn tightened(before: &Picture, now: &Picture, rect: Rect) -> Rect {
    let differs = |part: Rect| !same(before, part, now, part);
    let row = |y: u16| Rect { y, height: 1, ..rect };
    let (top, end) = (rect.y, rect.y + rect.height);
    let Some(first) = (top..end).find(|y| differs(row(*y))) else {
        return Rect { height: 0, ..rect };
    };
    let last = (first..end).rev().find(|y| differs(row(*y))).unwrap_or(first);
    let rows = Rect {
        y: first,
        height: last - first + 1,
        ..rect
    };
    let column = |x: u16| Rect { x, width: 1, ..rows };
    let (left, end) = (rect.x, rect.x + rect.width);
    let near = (left..end).find(|x| differs(column(*x))).unwrap_or(left);
    let far = (near..end).rev().find(|x| differs(column(*x))).unwrap_or(near);
    Rect {
        x: near,
        width: far - near + 1,
        ..rows
    }
}
