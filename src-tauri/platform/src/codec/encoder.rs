//! H.264 for screens.
//!
//! Flow: [`VideoEncoder::encode`] brings the planes up to date, asks `rate` how fine the frame may be, and hands the
//! planes to OpenH264 (constrained baseline, one slice, no B frames), in the mode that suits the line ([`Line`]). A frame
//! may be skipped to hold the bitrate; the planes already have its damage then, so the next call carries it.
//!
//! Invariant: a key frame comes when asked for (and is asked for again until it came), at the start, after a change of
//! size, and where the picture is wholly another one; never by the clock.

use std::time::Duration;

use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, Profile, QpRange,
    RateControlMode, UsageType, VuiConfig,
};
use openh264::{OpenH264API, Timestamp};
use openh264_sys2::{ENCODER_OPTION_SVC_ENCODE_PARAM_EXT, SEncParamExt};
use renfort_engine::leg;
use renfort_engine::seams::{EncodedFrame, Picture, PixelFormat, Rect, VideoEncoder, VideoError};

use super::failed;
use super::odd_size::Trim;
use super::planes::Planes;
use super::rate::{COARSEST, FINEST, Purpose, Quantiser, Rate};
use crate::region::{Region, area};

/// The quantiser that the codec begins with; it cannot be told another one before its first frame.
const FIRST: Quantiser = 26;
/// Frames a second, at most; goes into the choice of the stream's level.
const FRAME_RATE: f32 = 60.0;
/// From so many bits a second on, a line is fast.
const FAST: u32 = 10_000_000;
/// Bounds of the bitrate, in bits a second; the upper one is what level 5.2 allows.
const BITRATES: std::ops::RangeInclusive<u32> = 50_000..=240_000_000;

/// See the module.
pub struct H264Encoder {
    bits_per_second: u32,
    stream: Option<Stream>,
}

/// What is scarce on the way to the viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Time: a typed letter in 1080p takes the codec 6 ms instead of 15, and what moved far costs several times the bytes.
    Fast,
    /// Bytes: the codec looks for what moved far.
    Slow,
}

/// What belongs to one size and one kind of line.
struct Stream {
    line: Line,
    codec: Encoder,
    planes: Planes,
    rate: Rate,
    quantiser: Quantiser,
    /// The codec takes parameters only after its first frame.
    started: bool,
    key_wanted: bool,
    /// What changed since the last frame that was not skipped.
    new: Region,
}

impl H264Encoder {
    /// An encoder whose stream may take so many bits a second.
    ///
    /// # Errors
    /// When the codec cannot be set up.
    pub fn new(bits_per_second: u32) -> Result<Self, VideoError> {
        let bits_per_second = clamped(bits_per_second);
        // A codec that cannot be set up shows here and not in the middle of a session.
        new_codec(Line::of(bits_per_second), bits_per_second)?;
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
        let line = Line::of(self.bits_per_second);
        let stream = match &mut self.stream {
            Some(stream) if stream.planes.size() == picture.size() && stream.line == line => {
                stream.update(picture, damage)?;
                stream
            }
            stream => stream.insert(Stream::begin(picture, line, self.bits_per_second)?),
        };
        leg::mark("picture: converted");
        stream.key_wanted |= key;
        stream.encode(at)
    }

    fn set_bitrate(&mut self, bits_per_second: u32) {
        self.bits_per_second = clamped(bits_per_second);
        if let Some(stream) = &mut self.stream {
            stream.rate.set_bitrate(self.bits_per_second);
        }
    }
}

impl Line {
    const fn of(bits_per_second: u32) -> Self {
        if bits_per_second >= FAST {
            Self::Fast
        } else {
            Self::Slow
        }
    }

    /// The codec's own mode for screens searches the whole picture for what moved, before every frame.
    const fn usage(self) -> UsageType {
        match self {
            Self::Fast => UsageType::CameraVideoRealTime,
            Self::Slow => UsageType::ScreenContentRealTime,
        }
    }
}

impl Stream {
    fn begin(picture: &Picture, line: Line, bits_per_second: u32) -> Result<Self, VideoError> {
        let size = picture.size();
        let mut planes = Planes::new(size);
        planes.update(picture, size.whole())?;
        Ok(Self {
            line,
            codec: new_codec(line, bits_per_second)?,
            planes,
            rate: Rate::new(bits_per_second, area(size.whole())),
            quantiser: FIRST,
            started: false,
            key_wanted: true,
            new: Region::default(),
        })
    }

    fn update(&mut self, picture: &Picture, damage: &[Rect]) -> Result<(), VideoError> {
        let mut region = Region::default();
        for rect in damage.iter().filter_map(|rect| rect.clipped(picture.size())) {
            region.add(rect);
            // What was skipped may be named again, and is new once.
            self.new.add(rect);
        }
        for rect in region.into_rects() {
            self.planes.update(picture, rect)?;
        }
        Ok(())
    }

    fn encode(&mut self, at: Duration) -> Result<Option<EncodedFrame>, VideoError> {
        let new_pixels = self.new.area().min(area(self.planes.size().whole()));
        let purpose = match new_pixels {
            _ if self.key_wanted => Purpose::Key,
            0 => Purpose::Refining,
            pixels => Purpose::New(pixels),
        };
        let Some(quantiser) = self.rate.plan(purpose, at) else {
            return Ok(None);
        };
        self.quantise(quantiser)?;
        let Some(mut frame) = self.run(at)? else {
            return Ok(None);
        };
        if frame.key
            && let Some(coarser) = self.rate.recode(self.quantiser, frame.data.len())
        {
            self.quantise(coarser)?;
            self.key_wanted = true;
            let Some(again) = self.run(at)? else { return Ok(None) };
            frame = again;
        }
        let purpose = if frame.key { Purpose::Key } else { purpose };
        frame.settled = self.rate.spent(purpose, self.quantiser, frame.data.len());
        self.key_wanted &= !frame.key;
        self.new = Region::default();
        Ok(Some(frame))
    }

    /// One run of the codec; none when it gave nothing.
    fn run(&mut self, at: Duration) -> Result<Option<EncodedFrame>, VideoError> {
        if self.key_wanted {
            self.codec.force_intra_frame();
        }
        let at = Timestamp::from_millis(u64::try_from(at.as_millis()).unwrap_or(0));
        let encoded = self
            .codec
            .encode_at(&self.planes, at)
            .map_err(|error| failed("encoding", error))?;
        self.started = true;
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
        Ok(Some(EncodedFrame {
            data,
            key,
            settled: false,
        })
        .filter(|frame| !frame.data.is_empty()))
    }

    /// Sets the quantiser of the frames that follow.
    #[expect(unsafe_code, reason = "the wrapper can set it only before the codec starts")]
    fn quantise(&mut self, quantiser: Quantiser) -> Result<(), VideoError> {
        if quantiser == self.quantiser || !self.started {
            return Ok(());
        }
        let mut parameters = SEncParamExt::default();
        let option = ENCODER_OPTION_SVC_ENCODE_PARAM_EXT;
        // SAFETY: this option copies one `SEncParamExt` out of the codec; it outlives the call.
        let code = unsafe { self.codec.raw_api().get_option(option, (&raw mut parameters).cast()) };
        if code != 0 {
            return Err(failed("rate control", code));
        }
        parameters.sSpatialLayers[0].iDLayerQp = quantiser.into();
        // SAFETY: this option only reads one `SEncParamExt`. They are the codec's own parameters but for the quantiser,
        // which the wrapper does not rely on.
        let code = unsafe { self.codec.raw_api().set_option(option, (&raw mut parameters).cast()) };
        if code != 0 {
            return Err(failed("rate control", code));
        }
        self.quantiser = quantiser;
        Ok(())
    }
}

fn clamped(bits_per_second: u32) -> u32 {
    bits_per_second.clamp(*BITRATES.start(), *BITRATES.end())
}

fn new_codec(line: Line, bits_per_second: u32) -> Result<Encoder, VideoError> {
    let config = EncoderConfig::new()
        .usage_type(line.usage())
        // See `rate` for why.
        .rate_control_mode(RateControlMode::Off)
        .bitrate(BitRate::from_bps(bits_per_second))
        .max_frame_rate(FrameRate::from_hz(FRAME_RATE))
        .skip_frames(false)
        .qp(QpRange::new(FINEST, COARSEST))
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
