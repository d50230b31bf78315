//! A picture that has what a desktop has: flat areas, a gradient, hard edges and small coloured text-like marks.

use renfort_engine::seams::{Picture, PixelFormat, Rect, Size};

/// A desktop of this size.
pub fn picture(size: Size) -> Picture {
    let mut picture = Picture::new(size, PixelFormat::Bgrx);
    let (width, height) = (usize::from(size.width), usize::from(size.height));
    for y in 0..height {
        for x in 0..width {
            let window = (width / 8..width * 3 / 4).contains(&x) && (height / 8..height * 3 / 4).contains(&y);
            let bar = window && y < height / 8 + 24;
            let ink = window && !bar && y % 18 < 11 && (x / 2 * 7 + y / 3 * 13 + x * y / 97) % 5 == 0;
            let pixel = match (window, bar, ink) {
                (_, true, _) => [160, 90, 40],
                (_, _, true) => [30, 30, 40],
                (true, ..) => [250, 250, 250],
                _ => [(120 + x * 60 / width) as u8, (90 + y * 60 / height) as u8, 70],
            };
            let at = (y * width + x) * 4;
            picture.bytes_mut()[at..at + 3].copy_from_slice(&pixel);
        }
    }
    picture
}

/// Fills a rectangle with one colour (blue, green, red).
pub fn fill(picture: &mut Picture, rect: Rect, colour: [u8; 3]) {
    let stride = picture.stride();
    for y in usize::from(rect.y)..usize::from(rect.y) + usize::from(rect.height) {
        for x in usize::from(rect.x)..usize::from(rect.x) + usize::from(rect.width) {
            picture.bytes_mut()[y * stride + x * 4..][..3].copy_from_slice(&colour);
        }
    }
}
