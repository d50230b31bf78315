//! H.264 for screens.
//!
//! Flow: [`VideoEncoder::encode`] brings the planes up to date and hands them to OpenH264 (screen content, constrained
//! baseline, one slice, no B frames). The codec may skip a frame to hold the bitrate; the planes already have its damage
//! then, so the next call carries it.
//!
//! Invariant: a key frame comes when asked for (and is asked for again until it came), at the start, after a change of
//! size, and where the picture is wholly another one; never by the clock.

use std::time::Duration;

use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, Profile, QpRange,
    RateControlMode, UsageType, VuiConfig,
};
use openh264::{OpenH264API, Timestamp};
use openh264_sys2::{
    ENCODER_OPTION, ENCODER_OPTION_BITRATE, ENCODER_OPTION_MAX_BITRATE, SBitrateInfo, SPATIAL_LAYER_ALL,
};
use renfort_engine::seams::{EncodedFrame, Picture, PixelFormat, Rect, VideoEncoder, VideoError};

use super::failed;
use super::odd_size::Trim;
use super::planes::Planes;

/// Lowest and highest quantiser: below 10 bits are spent on what nobody sees, above 42 text cannot be read and a skipped
/// frame is better.
const QUANTISERS: QpRange = QpRange::new(10, 42);
/// Frames a second that the rate control reckons with.
const FRAME_RATE: f32 = 30.0;
/// After so many frames without damage the picture counts as settled.
const MAX_REFINEMENTS: u8 = 5;
/// A refinement of at most this many bytes (headers, and one run of skipped macroblocks) improved nothing.
const IDLE_BYTES: usize = 64;
/// Bounds of the bitrate, in bits a second; the upper one is what level 5.2 allows.
const BITRATES: std::ops::RangeInclusive<u32> = 50_000..=240_000_000;

/// See the module.
pub struct H264Encoder {
    bits_per_second: u32,
    stream: Option<Stream>,
}

/// What belongs to one size.
struct Stream {
    codec: Encoder,
    planes: Planes,
    key_wanted: bool,
    refinements: u8,
}

impl H264Encoder {
    /// An encoder whose stream may take so many bits a second.
    ///
    /// # Errors
    /// When the codec cannot be set up.
    pub fn new(bits_per_second: u32) -> Result<Self, VideoError> {
        let bits_per_second = clamped(bits_per_second);
        // A codec that cannot be set up shows here and not in the middle of a session.
        new_codec(bits_per_second)?;
        Ok(Self {
            bits_per_second,
            stream: None,
        })
    }
}

impl VideoEncoder for H264Encoder {
    fn name(&self) -> &'static str {
        "h264"
    }

    fn encode(
        &mut self,
        picture: &Picture,
        damage: &[Rect],
        at: Duration,
        key: bool,
    ) -> Result<Option<EncodedFrame>, VideoError> {
        if picture.format() != PixelFormat::Bgrx {
            return Err(failed("encoding", "the picture is not BGRX"));
        }
        let stream = match &mut self.stream {
            Some(stream) if stream.planes.size() == picture.size() => {
                for &rect in damage {
                    stream.planes.update(picture, rect)?;
                }
                stream
            }
            stream => stream.insert(Stream::begin(picture, self.bits_per_second)?),
        };
        stream.encode(!damage.is_empty(), at, key)
    }

    fn set_bitrate(&mut self, bits_per_second: u32) {
        self.bits_per_second = clamped(bits_per_second);
        if let Some(stream) = &mut self.stream {
            stream.set_bitrate(self.bits_per_second);
        }
    }
}

impl Stream {
    fn begin(picture: &Picture, bits_per_second: u32) -> Result<Self, VideoError> {
        let mut planes = Planes::new(picture.size());
        planes.update(picture, picture.size().whole())?;
        Ok(Self {
            codec: new_codec(bits_per_second)?,
            planes,
            key_wanted: true,
            refinements: 0,
        })
    }

    fn encode(&mut self, damaged: bool, at: Duration, key: bool) -> Result<Option<EncodedFrame>, VideoError> {
        self.key_wanted |= key;
        if damaged {
            self.refinements = 0;
        }
        if self.key_wanted {
            self.codec.force_intra_frame();
        }
        let at = Timestamp::from_millis(u64::try_from(at.as_millis()).unwrap_or(0));
        let encoded = self
            .codec
            .encode_at(&self.planes, at)
            .map_err(|error| failed("encoding", error))?;
        let key = match encoded.frame_type() {
            FrameType::IDR => true,
            FrameType::I | FrameType::P | FrameType::IPMixed => false,
            FrameType::Skip => return Ok(None),
            FrameType::Invalid => return Err(failed("encoding", "the codec is not ready")),
        };
        let mut data = Vec::new();
        let mut trim = if key {
            Trim::of(self.planes.size()).message()
        } else {
            Vec::new()
        };
        for layer in (0..encoded.num_layers()).filter_map(|at| encoded.layer(at)) {
            if layer.is_video() {
                data.append(&mut trim);
            }
            for unit in (0..layer.nal_count()).filter_map(|at| layer.nal_unit(at)) {
                data.extend_from_slice(unit);
            }
        }
        if data.is_empty() {
            return Ok(None);
        }
        self.key_wanted &= !key;
        let improved = damaged || key || data.len() > IDLE_BYTES;
        self.refinements = self.refinements.saturating_add(u8::from(!damaged));
        let settled = !improved || self.refinements >= MAX_REFINEMENTS;
        Ok(Some(EncodedFrame { data, key, settled }))
    }

    fn set_bitrate(&mut self, bits_per_second: u32) {
        // The higher limit goes first, so that the target never lies above it.
        for option in [
            ENCODER_OPTION_MAX_BITRATE,
            ENCODER_OPTION_BITRATE,
            ENCODER_OPTION_MAX_BITRATE,
        ] {
            if let Err(code) = self.set_option(option, bits_per_second) {
                tracing::warn!(
                    code,
                    bits_per_second,
                    "the codec refused a bitrate and keeps the old one"
                );
            }
        }
    }

    #[expect(unsafe_code, reason = "the wrapper has no call that changes the bitrate")]
    fn set_option(&mut self, option: ENCODER_OPTION, bits_per_second: u32) -> Result<(), i32> {
        let bits_per_second = i32::try_from(bits_per_second).unwrap_or(i32::MAX);
        let mut bitrate = SBitrateInfo {
            iLayer: SPATIAL_LAYER_ALL,
            iBitrate: bits_per_second,
        };
        // SAFETY: both options take a pointer to one `SBitrateInfo`, which they only read and which outlives the call;
        // the wrapper relies on neither value after its initialisation.
        let code = unsafe { self.codec.raw_api().set_option(option, (&raw mut bitrate).cast()) };
        if code == 0 { Ok(()) } else { Err(code) }
    }
}

fn clamped(bits_per_second: u32) -> u32 {
    bits_per_second.clamp(*BITRATES.start(), *BITRATES.end())
}

fn new_codec(bits_per_second: u32) -> Result<Encoder, VideoError> {
    let config = EncoderConfig::new()
        .usage_type(UsageType::ScreenContentRealTime)
        .rate_control_mode(RateControlMode::Timestamp)
        .bitrate(BitRate::from_bps(bits_per_second))
        .max_frame_rate(FrameRate::from_hz(FRAME_RATE))
        .skip_frames(true)
        .qp(QUANTISERS)
        .profile(Profile::Baseline)
        .complexity(Complexity::Low)
        .intra_frame_period(IntraFramePeriod::auto())
        // The codec insists on it for screens: a picture that is wholly another one becomes a key frame, which costs no
        // more than coding it otherwise.
        .scene_change_detect(true)
        .adaptive_quantization(false)
        .background_detection(false)
        .vui(VuiConfig::bt709())
        .num_threads(1);
    Encoder::with_api_config(OpenH264API::from_source(), config).map_err(|error| failed("set-up", error))
}
