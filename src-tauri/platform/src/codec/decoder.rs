//! H.264 back to pixels.
//!
//! Flow: OpenH264 decodes an access unit into planes; they are compared with those of the picture before, tile by tile;
//! what differs is converted and remembered.
//!
//! Invariant: after a success the picture shows exactly what was decoded last, whatever the rectangles are.

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

/// The planes of the picture before, without the codec's padding.
struct Shown {
    padded: Size,
    planes: [Vec<u8>; 3],
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
        let luma = usize::from(padded.width) * usize::from(padded.height);
        Self {
            padded,
            planes: [vec![0; luma], vec![0; luma / 4], vec![0; luma / 4]],
        }
    }

    /// The planes with those of a newly decoded picture, each as (own, own stride, decoded, decoded stride, whether it
    /// is a chroma plane).
    fn beside<'a>(&'a self, decoded: &'a DecodedYUV<'_>) -> [(&'a [u8], usize, &'a [u8], usize, bool); 3] {
        let (width, strides) = (usize::from(self.padded.width), decoded.strides());
        let [y, u, v] = &self.planes;
        [
            (y, width, decoded.y(), strides.0, false),
            (u, width / 2, decoded.u(), strides.1, true),
            (v, width / 2, decoded.v(), strides.2, true),
        ]
    }

    fn differs(&self, decoded: &DecodedYUV<'_>, rect: Rect) -> bool {
        self.beside(decoded)
            .into_iter()
            .any(|(own, own_stride, new, new_stride, chroma)| {
                let (left, top, width, height) = samples(rect, chroma);
                (top..top + height).any(|row| {
                    let (own_at, new_at) = (row * own_stride + left, row * new_stride + left);
                    own[own_at..own_at + width] != new[new_at..new_at + width]
                })
            })
    }

    fn remember(&mut self, decoded: &DecodedYUV<'_>, rect: Rect) {
        let (width, strides) = (usize::from(self.padded.width), decoded.strides());
        let [y, u, v] = &mut self.planes;
        for (own, own_stride, new, new_stride, chroma) in [
            (y, width, decoded.y(), strides.0, false),
            (u, width / 2, decoded.u(), strides.1, true),
            (v, width / 2, decoded.v(), strides.2, true),
        ] {
            let (left, top, width, height) = samples(rect, chroma);
            for row in top..top + height {
                let (own_at, new_at) = (row * own_stride + left, row * new_stride + left);
                own[own_at..own_at + width].copy_from_slice(&new[new_at..new_at + width]);
            }
        }
    }
}

/// Left, top, width and height of a rectangle in samples of a plane. Tiles and padded sizes are even, so chroma is exact.
fn samples(rect: Rect, chroma: bool) -> (usize, usize, usize, usize) {
    let scale = if chroma { 2 } else { 1 };
    let samples = |pixels: u16| usize::from(pixels) / scale;
    (
        samples(rect.x),
        samples(rect.y),
        samples(rect.width),
        samples(rect.height),
    )
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
