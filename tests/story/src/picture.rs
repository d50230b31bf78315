//! Pictures of screens, and how alike two of them are.

use std::{fs::File, io::BufWriter, path::Path};

use anyhow::{Context, Result, ensure};
use x11rb::{
    protocol::xproto::{ConnectionExt, ImageFormat, Window},
    rust_connection::RustConnection,
};

/// A rectangle on a screen, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: i16,
    /// Upper edge.
    pub y: i16,
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
}

/// Red, green and blue.
pub type Colour = [u8; 3];

/// A picture in 24-bit colour.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
}

/// Cells of a shrunk picture across and down: enough to tell windows apart, too few for a codec's noise.
const CELLS: (usize, usize) = (64, 40);

impl Picture {
    /// What a window of an X server shows.
    ///
    /// # Errors
    /// When the server refuses, or draws with other than 32 bits for a pixel.
    pub fn of_window(connection: &RustConnection, window: Window) -> Result<Self> {
        let size = connection.get_geometry(window)?.reply()?;
        let image = connection
            .get_image(ImageFormat::Z_PIXMAP, window, 0, 0, size.width, size.height, u32::MAX)?
            .reply()?;
        let (width, height) = (usize::from(size.width), usize::from(size.height));
        ensure!(
            image.data.len() == width * height * 4,
            "the screen is not drawn with 32 bits for a pixel"
        );
        let pixels = image
            .data
            .chunks_exact(4)
            .map(|bgrx| [bgrx[2], bgrx[1], bgrx[0]])
            .collect();
        Ok(Self { width, height, pixels })
    }

    /// One colour all over.
    #[must_use]
    pub fn plain(width: usize, height: usize, colour: Colour) -> Self {
        Self {
            width,
            height,
            pixels: vec![colour; width * height],
        }
    }

    /// Pixels across and down.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// A part of it; what lies outside is left out.
    ///
    /// # Errors
    /// When nothing of the area lies inside.
    pub fn part(&self, area: Area) -> Result<Self> {
        let inside = |start: i16, length: u16, whole: usize| {
            let end = (i32::from(start) + i32::from(length)).clamp(0, i32::try_from(whole).unwrap_or(i32::MAX));
            (usize::try_from(start).unwrap_or(0), usize::try_from(end).unwrap_or(0))
        };
        let (left, right) = inside(area.x, area.width, self.width);
        let (top, bottom) = inside(area.y, area.height, self.height);
        ensure!(
            left < right && top < bottom,
            "{area:?} lies outside of a picture of {}x{}",
            self.width,
            self.height
        );
        let pixels = (top..bottom).flat_map(|y| self.pixels[y * self.width + left..y * self.width + right].to_vec());
        Ok(Self {
            width: right - left,
            height: bottom - top,
            pixels: pixels.collect(),
        })
    }

    /// The share of pixels whose colour is this one, give or take `tolerance` in each channel; 0 to 1.
    #[must_use]
    pub fn share_of(&self, colour: Colour, tolerance: u8) -> f64 {
        let near = |pixel: &&Colour| {
            pixel
                .iter()
                .zip(colour)
                .all(|(have, want)| have.abs_diff(want) <= tolerance)
        };
        self.pixels.iter().filter(near).count() as f64 / self.pixels.len().max(1) as f64
    }

    /// The share of pixels that are not exactly those of another picture; 1 when it has another size.
    #[must_use]
    pub fn unlike(&self, other: &Self) -> f64 {
        if self.size() != other.size() {
            return 1.0;
        }
        let pairs = self.pixels.iter().zip(&other.pixels);
        pairs.filter(|(one, other)| one != other).count() as f64 / self.pixels.len().max(1) as f64
    }

    /// How alike two pictures are, whatever their sizes: the correlation of their brightness in a grid of cells. 1 for
    /// the same, about 0 for two that have nothing to do with each other.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f64 {
        correlation(&self.cells(), &other.cells())
    }

    fn cells(&self) -> Vec<f64> {
        let (across, down) = CELLS;
        let mut sums = vec![(0.0, 0.0); across * down];
        for (index, [red, green, blue]) in self.pixels.iter().enumerate() {
            let (x, y) = (index % self.width, index / self.width);
            let (sum, count) = &mut sums[(y * down / self.height) * across + x * across / self.width];
            *sum += 0.299 * f64::from(*red) + 0.587 * f64::from(*green) + 0.114 * f64::from(*blue);
            *count += 1.0;
        }
        sums.into_iter()
            .map(|(sum, count)| if count > 0.0 { sum / count } else { 0.0 })
            .collect()
    }

    /// Reads a PNG with 8 bits a channel, with or without transparency, which is left out.
    ///
    /// # Errors
    /// When it is not one.
    pub fn read(png: &[u8]) -> Result<Self> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info()?;
        let mut bytes = vec![
            0;
            reader
                .output_buffer_size()
                .context("a picture of that size has no place")?
        ];
        let info = reader.next_frame(&mut bytes)?;
        let channels = info.color_type.samples();
        ensure!(
            info.bit_depth == png::BitDepth::Eight && channels >= 3,
            "not a picture in 24-bit colour: {info:?}"
        );
        let pixels = bytes[..info.buffer_size()]
            .chunks_exact(channels)
            .map(|pixel| [pixel[0], pixel[1], pixel[2]])
            .collect();
        Ok(Self {
            width: info.width as usize,
            height: info.height as usize,
            pixels,
        })
    }

    /// Writes it as PNG.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut encoder = png::Encoder::new(
            BufWriter::new(file),
            u32::try_from(self.width)?,
            u32::try_from(self.height)?,
        );
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(self.pixels.as_flattened())?;
        writer.finish()?;
        Ok(())
    }
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut together, mut alone_a, mut alone_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        together += (a - mean_a) * (b - mean_b);
        alone_a += (a - mean_a).powi(2);
        alone_b += (b - mean_b).powi(2);
    }
    if alone_a == 0.0 || alone_b == 0.0 {
        0.0
    } else {
        together / (alone_a * alone_b).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_a_square(size: usize, left: usize, top: usize) -> Picture {
        let mut picture = Picture::plain(size, size, [20, 20, 20]);
        for y in top * size / 10..(top + 3) * size / 10 {
            for x in left * size / 10..(left + 3) * size / 10 {
                picture.pixels[y * size + x] = [200, 40, 40];
            }
        }
        picture
    }

    #[test]
    fn the_same_scene_in_another_size_is_alike() {
        assert!(with_a_square(400, 2, 3).likeness(&with_a_square(250, 2, 3)) > 0.95);
    }

    #[test]
    fn another_scene_is_not_alike() {
        assert!(with_a_square(400, 1, 1).likeness(&with_a_square(400, 6, 6)) < 0.3);
        assert!(with_a_square(400, 1, 1).likeness(&Picture::plain(400, 400, [9, 9, 9])) < 0.3);
    }

    #[test]
    fn the_share_of_a_colour_counts_near_ones_too() {
        let picture = with_a_square(100, 0, 0);
        assert!((picture.share_of([198, 44, 38], 6) - 0.09).abs() < 0.001);
        assert!(picture.share_of([180, 44, 38], 6) < 0.001);
    }

    #[test]
    fn one_pixel_is_enough_to_be_unlike() {
        let picture = with_a_square(100, 2, 3);
        let mut other = with_a_square(100, 2, 3);
        assert!(picture.unlike(&other) == 0.0);
        other.pixels[77][1] ^= 1;
        assert!((picture.unlike(&other) - 0.0001).abs() < 1e-9);
        assert!(picture.unlike(&with_a_square(90, 2, 3)) == 1.0);
    }

    #[test]
    fn a_part_is_cut_at_the_edges_and_refused_outside() {
        let picture = with_a_square(100, 0, 0);
        let part = picture
            .part(Area {
                x: -10,
                y: -10,
                width: 20,
                height: 30,
            })
            .unwrap();
        assert_eq!(part.size(), (10, 20));
        assert!(part.share_of([200, 40, 40], 0) > 0.999);
        assert!(
            picture
                .part(Area {
                    x: 100,
                    y: 0,
                    width: 5,
                    height: 5
                })
                .is_err()
        );
    }
}
