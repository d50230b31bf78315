//! What a codec makes of a picture, and whether two are alike.

use renfort_picture::{COLOUR, Picture, PixelFormat};

pub fn assert_alike(screen: &Picture, shown: &Picture) {
    assert_eq!(screen.size(), shown.size());
    for (at, (one, other)) in screen.pixels().iter().zip(shown.pixels()).enumerate() {
        let rgb = other.swap_bytes() >> 8;
        let (x, y) = (
            at % usize::from(screen.size().width),
            at / usize::from(screen.size().width),
        );
        assert_eq!(one & COLOUR, rgb, "at {x}, {y}");
    }
}

/// What a codec makes of a pixel: nearly the same.
pub fn blur(pixel: u32) -> u32 {
    (pixel ^ 0x01_02_03) & COLOUR
}

/// What a codec makes of a picture.
pub fn blurred(picture: &Picture) -> Picture {
    let mut frame = Picture::new(picture.size(), PixelFormat::Rgba);
    for (pixel, sharp) in frame.pixels_mut().iter_mut().zip(picture.pixels()) {
        *pixel = blur(*sharp).swap_bytes() >> 8 | 0xFF00_0000;
    }
    frame
}
