//! Messages from the app to the technician's window, binary, little endian.
//!
//! | bytes | rectangle | the user's pointer | size, where the app paints | what the pointer looks like |
//! |---|---|---|---|---|
//! | 0 | 1 | 2 | 3 | 4 |
//! | 1 | 0 | 0 | 0 | 0 |
//! | 2..4 | screen's width | x | screen's width | width; 0 when it is hidden |
//! | 4..6 | screen's height | y | screen's height | height; 0 when it is hidden |
//! | 6..8 | x | | | x of what points |
//! | 8..10 | y | | | y of what points |
//! | 10..12 | width | | | 0 |
//! | 12..14 | height | | | 0 |
//! | 14..16 | 0 | | | 0 |
//! | 16.. | RGBA pixels, rows from the top | | | the same, not multiplied by alpha |

use renfort_engine::seams::{Cursor, Picture, Rect, Size};

const RECTANGLE: u8 = 1;
const POINTER: u8 = 2;
const SIZE: u8 = 3;
const CURSOR: u8 = 4;
/// Pixels begin here, so that they can be read as 32-bit numbers in place.
const PIXELS: usize = 16;

/// A rectangle of the picture; it must lie inside.
pub(super) fn rectangle(picture: &Picture, rect: Rect) -> Vec<u8> {
    let mut message = Vec::with_capacity(PIXELS + usize::from(rect.width) * usize::from(rect.height) * 4);
    message.extend([RECTANGLE, 0]);
    let size = picture.size();
    for number in [size.width, size.height, rect.x, rect.y, rect.width, rect.height, 0] {
        message.extend(number.to_le_bytes());
    }
    for row in picture.rows(rect) {
        message.extend_from_slice(row);
    }
    message
}

/// Where the user's pointer is.
pub(super) fn pointer(x: u16, y: u16) -> Vec<u8> {
    let mut message = vec![POINTER, 0];
    message.extend(x.to_le_bytes());
    message.extend(y.to_le_bytes());
    message
}

/// How large the picture is that the app paints.
pub(super) fn size(size: Size) -> Vec<u8> {
    let mut message = vec![SIZE, 0];
    message.extend(size.width.to_le_bytes());
    message.extend(size.height.to_le_bytes());
    message
}

/// What it looks like.
pub(super) fn cursor(cursor: &Cursor) -> Vec<u8> {
    let mut message = vec![CURSOR, 0];
    if let Cursor::Shape(shape) = cursor {
        let ((width, height), (x, y)) = (shape.size(), shape.hot_spot());
        for number in [width, height, x, y] {
            message.extend(number.to_le_bytes());
        }
    }
    message.resize(PIXELS, 0);
    if let Cursor::Shape(shape) = cursor {
        message.extend_from_slice(shape.pixels());
    }
    message
}

#[cfg(test)]
mod tests {
    use renfort_engine::seams::PixelFormat;
    use renfort_protocol::cursor::CursorShape;

    use super::*;

    #[test]
    fn a_rectangle_says_where_it_is_and_pixels_begin_at_byte_16() {
        let mut picture = Picture::new(Size { width: 300, height: 3 }, PixelFormat::Rgba);
        picture.bytes_mut()[(2 * 300 + 299) * 4..].copy_from_slice(&[1, 2, 3, 255]);
        let message = rectangle(
            &picture,
            Rect {
                x: 298,
                y: 2,
                width: 2,
                height: 1,
            },
        );
        assert_eq!(message[..16], [1, 0, 44, 1, 3, 0, 42, 1, 2, 0, 2, 0, 1, 0, 0, 0]);
        assert_eq!(message[16..], [0, 0, 0, 0, 1, 2, 3, 255]);
    }

    #[test]
    fn a_pointer_and_a_size_are_six_bytes() {
        assert_eq!(pointer(258, 3), [2, 0, 2, 1, 3, 0]);
        let picture = Size { width: 1920, height: 3 };
        assert_eq!(size(picture), [3, 0, 128, 7, 3, 0]);
    }

    #[test]
    fn a_cursor_says_how_it_points_and_a_hidden_one_has_no_size() {
        let shape = CursorShape::new((2, 1), (1, 0), vec![1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
        let message = cursor(&Cursor::Shape(shape.into()));
        assert_eq!(message[..16], [4, 0, 2, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(message[16..], [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(cursor(&Cursor::Hidden), [&[4][..], &[0; 15]].concat());
    }
}
