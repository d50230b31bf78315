//! H.264 back to pixels.
//!
//! Flow: OpenH264 decodes an access unit into planes; they are compared with those of the picture before, tile by tile;
//! what differs is converted and remembered.
//!
//! Invariant: after a success the picture shows exactly what was decoded last, whatever the rectangles are.

use std::ops::Range;

use openh264::decoder::{DecodedYUV, Decoder};
use openh264::formats::YUVSource;
use renfort_engine::seams::{Picture, PixelFormat, Rect, Size, VideoDecoder, VideoError};
use yuv::{YuvPlanarImage, yuv420_to_rgba};

use super::odd_size::Trim;
use super::{MATRIX, RANGE, failed};
use crate::region::Region;

/// See the module.
pub struct H264Decoder {
    codec: Decoder,
    trim: Trim,
    shown: Option<Shown>,
}

/// The picture before, without the codec's padding.
struct Shown {
    padded: Size,
    planes: [Plane; 3],
}

/// Samples that stand for `scale` pixels in each direction.
struct Plane {
    samples: Vec<u8>,
    stride: usize,
    scale: usize,
}

impl H264Decoder {
    /// A decoder that waits for its first key frame.
    ///
    /// # Errors
    /// When the codec cannot be set up.
    pub fn new() -> Result<Self, VideoError> {
        let codec = Decoder::new().map_err(|error| failed("set-up", error))?;
        Ok(Self {
            codec,
            trim: Trim::default(),
            shown: None,
        })
    }
}

impl VideoDecoder for H264Decoder {
    fn decode(&mut self, access_unit: &[u8], picture: &mut Picture) -> Result<Vec<Rect>, VideoError> {
        if picture.format() != PixelFormat::Rgba {
            return Err(failed("decoding", "the picture is not RGBA"));
        }
        if let Some(trim) = Trim::read(access_unit) {
            self.trim = trim;
        }
        let decoded = self
            .codec
            .decode(access_unit)
            .map_err(|error| failed("decoding", error))?;
        let Some(decoded) = decoded else { return Ok(Vec::new()) };
        let (width, height) = decoded.dimensions();
        let side = |length: usize| u16::try_from(length).map_err(|error| failed("decoding", error));
        let padded = Size {
            width: side(width)?,
            height: side(height)?,
        };
        if width % 2 != 0 || height % 2 != 0 {
            return Err(failed("decoding", "a size that 4:2:0 does not have"));
        }
        let size = self.trim.apply(padded);

        let mut region = Region::default();
        match &self.shown {
            Some(shown) if shown.padded == padded && picture.size() == size => {
                region.add_differences(padded, |rect| shown.differs(&decoded, rect));
            }
            _ => {
                picture.resize(size);
                region.add(padded.whole());
            }
        }
        let shown = match &mut self.shown {
            Some(shown) if shown.padded == padded => shown,
            shown => shown.insert(Shown::new(padded)),
        };
        let mut changed = Vec::new();
        for rect in region.into_rects() {
            shown.remember(&decoded, rect);
            // A rectangle that lies wholly in the padding is nothing to show.
            if let Some(visible) = rect.clipped(size) {
                convert(&decoded, picture, visible)?;
                changed.push(visible);
            }
        }
        Ok(changed)
    }
}

impl Shown {
    fn new(padded: Size) -> Self {
        let plane = |scale: usize| {
            let (stride, rows) = (usize::from(padded.width) / scale, usize::from(padded.height) / scale);
            Plane {
                samples: vec![0; stride * rows],
                stride,
                scale,
            }
        };
        Self {
            padded,
            planes: [plane(1), plane(2), plane(2)],
        }
    }

    fn differs(&self, decoded: &DecodedYUV<'_>, rect: Rect) -> bool {
        self.planes.iter().zip(planes_of(decoded)).any(|(own, (new, stride))| {
            own.rows(rect, stride)
                .any(|(old_row, new_row)| own.samples[old_row] != new[new_row])
        })
    }

    fn remember(&mut self, decoded: &DecodedYUV<'_>, rect: Rect) {
        for (own, (new, stride)) in self.planes.iter_mut().zip(planes_of(decoded)) {
            for (old_row, new_row) in own.rows(rect, stride) {
                own.samples[old_row].copy_from_slice(&new[new_row]);
            }
        }
    }
}

impl Plane {
    /// Where the rows of a rectangle are, here and in a plane of another stride. Tiles and padded sizes are even, so
    /// that chroma comes out exactly.
    fn rows(&self, rect: Rect, other: usize) -> impl Iterator<Item = (Range<usize>, Range<usize>)> + use<> {
        let [left, top, width, height] =
            [rect.x, rect.y, rect.width, rect.height].map(|pixels| usize::from(pixels) / self.scale);
        let stride = self.stride;
        let row = move |row: usize, stride: usize| row * stride + left..row * stride + left + width;
        (top..top + height).map(move |y| (row(y, stride), row(y, other)))
    }
}

/// Samples and stride of each plane.
fn planes_of<'a>(decoded: &'a DecodedYUV<'_>) -> [(&'a [u8], usize); 3] {
    let strides = decoded.strides();
    [
        (decoded.y(), strides.0),
        (decoded.u(), strides.1),
        (decoded.v(), strides.2),
    ]
}

/// Converts a rectangle whose corner is even.
fn convert(decoded: &DecodedYUV<'_>, picture: &mut Picture, rect: Rect) -> Result<(), VideoError> {
    let (strides, stride) = (decoded.strides(), picture.stride());
    let (left, top) = (usize::from(rect.x), usize::from(rect.y));
    let count = |count: usize| u32::try_from(count).map_err(|error| failed("conversion", error));
    let source = YuvPlanarImage {
        y_plane: &decoded.y()[top * strides.0 + left..],
        y_stride: count(strides.0)?,
        u_plane: &decoded.u()[top / 2 * strides.1 + left / 2..],
        u_stride: count(strides.1)?,
        v_plane: &decoded.v()[top / 2 * strides.2 + left / 2..],
        v_stride: count(strides.2)?,
        width: rect.width.into(),
        height: rect.height.into(),
    };
    let target = &mut picture.bytes_mut()[top * stride + left * 4..];
    yuv420_to_rgba(&source, target, count(stride)?, RANGE, MATRIX)
        .map_err(|error| failed("conversion", format!("{error:?}")))
}
