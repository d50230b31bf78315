//! What the engine relies on in an encoder and a decoder, on the real codec.

use std::time::Duration;

use anyhow::{Context, Result};
use renfort_engine::seams::{EncodedFrame, Picture, PixelFormat, Rect, Size, VideoDecoder, VideoEncoder};
use renfort_platform::codec::{H264Decoder, H264Encoder};

use crate::desktop::{fill, picture};

/// Bits a second of a slow line and of a fast one, on which the codec works in different modes.
const LINES: [u32; 2] = [8_000_000, 20_000_000];
/// Time between two frames of these tests.
const STEP: Duration = Duration::from_millis(50);
const SMALL: Size = Size {
    width: 640,
    height: 400,
};

/// Both ends of a stream, without a network between them.
struct Stream {
    encoder: H264Encoder,
    decoder: H264Decoder,
    at: Duration,
    shown: Picture,
    bytes: usize,
}

impl Stream {
    fn on(line: u32) -> Result<Self> {
        Ok(Self {
            encoder: H264Encoder::new(line)?,
            decoder: H264Decoder::new()?,
            at: Duration::ZERO,
            shown: Picture::new(Size::default(), PixelFormat::Rgba),
            bytes: 0,
        })
    }

    /// One frame there; none when it was skipped.
    fn encode(&mut self, picture: &Picture, damage: &[Rect], key: bool) -> Result<Option<EncodedFrame>> {
        self.at += STEP;
        Ok(self.encoder.encode(picture, damage, self.at, key)?)
    }

    /// One frame there and back; none when it was skipped.
    fn pass(&mut self, picture: &Picture, damage: &[Rect], key: bool) -> Result<Option<(EncodedFrame, Vec<Rect>)>> {
        let Some(frame) = self.encode(picture, damage, key)? else {
            return Ok(None);
        };
        self.bytes += frame.data.len();
        let changed = self.decoder.decode(&frame.data, &mut self.shown)?;
        Ok(Some((frame, changed)))
    }

    /// Refines until the encoder says that the picture is as good as it gets.
    fn settle(&mut self, picture: &Picture) -> Result<()> {
        for _ in 0..60 {
            if self.pass(picture, &[], false)?.is_some_and(|(frame, _)| frame.settled) {
                return Ok(());
            }
        }
        anyhow::bail!("never settled")
    }
}

/// Peak signal to noise ratio over the three colours, in decibels.
fn psnr(sent: &Picture, shown: &Picture) -> f64 {
    assert_eq!(sent.size(), shown.size());
    let squares: f64 = sent
        .bytes()
        .chunks_exact(4)
        .zip(shown.bytes().chunks_exact(4))
        .flat_map(|(bgrx, rgba)| [(bgrx[0], rgba[2]), (bgrx[1], rgba[1]), (bgrx[2], rgba[0])])
        .map(|(a, b)| (f64::from(a) - f64::from(b)).powi(2))
        .sum();
    let mean = squares / (sent.bytes().len() as f64 * 0.75);
    10.0 * (255.0_f64.powi(2) / mean.max(1e-9)).log10()
}

#[test]
fn a_settled_picture_is_sharp() -> Result<()> {
    LINES.into_iter().try_for_each(|line| {
        let sent = picture(Size {
            width: 1280,
            height: 720,
        });
        let mut stream = Stream::on(line)?;
        let (first, changed) = stream.pass(&sent, &[], false)?.context("the first frame was skipped")?;
        assert!(first.key && !first.settled);
        assert_eq!(changed, [sent.size().whole()]);
        stream.settle(&sent)?;
        let quality = psnr(&sent, &stream.shown);
        assert!(quality > 30.0, "{quality} dB");
        assert!(stream.shown.bytes().chunks_exact(4).all(|pixel| pixel[3] == 255));
        Ok(())
    })
}

#[test]
fn an_unchanged_picture_costs_and_changes_nothing_once_settled() -> Result<()> {
    LINES.into_iter().try_for_each(|line| {
        let sent = picture(SMALL);
        let mut stream = Stream::on(line)?;
        stream.pass(&sent, &[], false)?;
        stream.settle(&sent)?;
        // What the deblocking filter still moves ends after some more frames; from then on nothing does.
        let mut last = None;
        for _ in 0..20 {
            last = stream.pass(&sent, &[], false)?.or(last);
        }
        let (frame, changed) = last.context("no frame")?;
        assert!(frame.settled && !frame.key);
        assert!(frame.data.len() < 200, "{} bytes", frame.data.len());
        assert_eq!(changed, []);
        Ok(())
    })
}

#[test]
fn only_what_changed_is_reported_and_it_is_right() -> Result<()> {
    LINES.into_iter().try_for_each(|line| {
        let mut sent = picture(SMALL);
        let mut stream = Stream::on(line)?;
        stream.pass(&sent, &[], false)?;
        stream.settle(&sent)?;
        let damage = Rect {
            x: 301,
            y: 203,
            width: 41,
            height: 19,
        };
        fill(&mut sent, damage, [20, 40, 220]);
        let (frame, changed) = stream.pass(&sent, &[damage], false)?.context("skipped")?;
        assert!(!frame.key && !frame.settled);
        let covered = changed.iter().copied().reduce(Rect::union).context("nothing changed")?;
        assert_eq!(covered.union(damage), covered, "{changed:?} does not cover the damage");
        let pixels: u32 = changed
            .iter()
            .map(|rect| u32::from(rect.width) * u32::from(rect.height))
            .sum();
        assert!(pixels < 640 * 400 / 4, "{changed:?} is far more than the damage");
        stream.settle(&sent)?;
        let middle = (usize::from(damage.y) + 9) * stream.shown.stride() + (usize::from(damage.x) + 20) * 4;
        let pixel = &stream.shown.bytes()[middle..middle + 4];
        let near = |a: u8, b: u8| a.abs_diff(b) <= 12;
        assert!(
            near(pixel[0], 220) && near(pixel[1], 40) && near(pixel[2], 20),
            "{pixel:?}"
        );
        Ok(())
    })
}

#[test]
fn odd_sizes_come_out_as_they_went_in() -> Result<()> {
    LINES.into_iter().try_for_each(|line| {
        for (width, height) in [(1366, 767), (1365, 768), (801, 601)] {
            let size = Size { width, height };
            let mut sent = picture(size);
            let mut stream = Stream::on(line)?;
            stream.pass(&sent, &[], false)?;
            let corner = Rect {
                x: width - 3,
                y: height - 3,
                width: 3,
                height: 3,
            };
            fill(&mut sent, corner, [255, 255, 255]);
            stream.pass(&sent, &[corner], false)?;
            stream.settle(&sent)?;
            assert_eq!(stream.shown.size(), size);
            assert!(psnr(&sent, &stream.shown) > 30.0);
            let last = &stream.shown.bytes()[stream.shown.bytes().len() - 4..];
            assert!(last[..3].iter().all(|&colour| colour > 200), "{last:?}");
        }
        Ok(())
    })
}

#[test]
fn a_change_of_size_begins_anew_with_a_key_frame() -> Result<()> {
    LINES.into_iter().try_for_each(|line| {
        let mut stream = Stream::on(line)?;
        stream.pass(&picture(SMALL), &[], false)?;
        let larger = picture(Size {
            width: 800,
            height: 600,
        });
        let (frame, changed) = stream.pass(&larger, &[], false)?.context("skipped")?;
        assert!(frame.key);
        assert_eq!(changed, [larger.size().whole()]);
        assert_eq!(stream.shown.size(), larger.size());
        Ok(())
    })
}

#[test]
fn key_frames_come_when_asked_for_and_not_by_the_clock() -> Result<()> {
    LINES.into_iter().try_for_each(|line| {
        let mut sent = picture(SMALL);
        let mut stream = Stream::on(line)?;
        stream.pass(&sent, &[], false)?;
        for step in 0..120_u16 {
            let damage = Rect {
                x: step * 4,
                y: step * 2,
                width: 100,
                height: 60,
            };
            fill(&mut sent, damage, [(step * 60) as u8, (step * 90) as u8, 30]);
            if let Some((frame, _)) = stream.pass(&sent, &[damage], false)? {
                assert!(!frame.key, "at step {step}");
            }
        }
        let (frame, _) = stream.pass(&sent, &[], true)?.context("a key frame was skipped")?;
        assert!(frame.key);
        Ok(())
    })
}

#[test]
fn decoding_begins_at_a_key_frame_and_resumes_there_after_a_loss() -> Result<()> {
    LINES.into_iter().try_for_each(|line| {
        let mut sent = picture(SMALL);
        let mut stream = Stream::on(line)?;
        stream.pass(&sent, &[], false)?;
        let damage = Rect {
            x: 100,
            y: 100,
            width: 200,
            height: 100,
        };
        fill(&mut sent, damage, [0, 200, 0]);
        stream
            .encode(&sent, &[damage], false)?
            .context("the lost frame was skipped")?;
        fill(&mut sent, damage, [200, 0, 0]);
        let after_the_loss = stream.encode(&sent, &[damage], false)?.context("skipped")?;
        assert!(stream.decoder.decode(&after_the_loss.data, &mut stream.shown).is_err());
        let (key, _) = stream.pass(&sent, &[], true)?.context("skipped")?;
        assert!(key.key);
        stream.settle(&sent)?;
        assert!(psnr(&sent, &stream.shown) > 30.0);
        Ok(())
    })
}

#[test]
fn damaged_and_empty_units_are_errors_or_nothing_but_never_a_picture() -> Result<()> {
    let mut decoder = H264Decoder::new()?;
    let mut shown = Picture::new(SMALL, PixelFormat::Rgba);
    for unit in [&[][..], &[0, 0, 0, 1], &[0, 0, 0, 1, 0x65, 1, 2, 3, 4], &[0xff; 300]] {
        assert!(
            decoder
                .decode(unit, &mut shown)
                .map_or(true, |changed| changed.is_empty())
        );
    }
    let frame = Stream::on(LINES[0])?
        .encode(&picture(SMALL), &[], false)?
        .context("skipped")?;
    let cut = &frame.data[..frame.data.len() / 2];
    assert!(
        decoder
            .decode(cut, &mut shown)
            .map_or(true, |changed| changed.is_empty())
    );
    assert!(shown.bytes().iter().all(|&byte| byte == 0));
    Ok(())
}

#[test]
fn a_lower_bitrate_gives_fewer_bytes() -> Result<()> {
    let bytes_at = |bits_per_second: u32| -> Result<usize> {
        let mut stream = Stream::on(LINES[0])?;
        let mut sent = picture(SMALL);
        stream.pass(&sent, &[], false)?;
        stream.encoder.set_bitrate(bits_per_second);
        stream.bytes = 0;
        let mut state = 1_u32;
        for _ in 0..60 {
            // Snow, which nothing predicts.
            for byte in sent.bytes_mut() {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = (state >> 24) as u8;
            }
            stream.pass(&sent, &[SMALL.whole()], false)?;
        }
        Ok(stream.bytes)
    };
    let (low, high) = (bytes_at(2_000_000)?, bytes_at(20_000_000)?);
    assert!(low * 3 < high, "{low} bytes against {high}");
    Ok(())
}

#[test]
fn a_slow_line_gets_a_key_frame_that_fits_and_then_a_sharp_picture() -> Result<()> {
    let mut stream = Stream::on(LINES[0])?;
    stream.encoder.set_bitrate(1_000_000);
    let sent = picture(Size {
        width: 1280,
        height: 720,
    });
    let (key, _) = stream.pass(&sent, &[], false)?.context("skipped")?;
    assert!(
        key.data.len() < 125_000,
        "{} bytes are more than a second of this line",
        key.data.len()
    );
    for _ in 0..2000 {
        if stream.pass(&sent, &[], false)?.is_some_and(|(frame, _)| frame.settled) {
            assert!(psnr(&sent, &stream.shown) > 30.0);
            return Ok(());
        }
    }
    anyhow::bail!("never settled")
}

#[test]
fn a_line_that_becomes_slow_or_fast_goes_on_with_a_key_frame() -> Result<()> {
    let sent = picture(SMALL);
    let mut stream = Stream::on(LINES[1])?;
    stream.pass(&sent, &[], false)?;
    for line in LINES {
        stream.encoder.set_bitrate(line);
        let (frame, _) = stream.pass(&sent, &[], false)?.context("skipped")?;
        assert!(frame.key, "at {line} bits a second");
        stream.settle(&sent)?;
        assert!(psnr(&sent, &stream.shown) > 30.0);
    }
    Ok(())
}

#[test]
fn a_typed_letter_costs_little_and_changes_little() -> Result<()> {
    LINES.into_iter().try_for_each(|line| {
        let mut sent = picture(SMALL);
        let mut stream = Stream::on(line)?;
        stream.pass(&sent, &[], false)?;
        stream.settle(&sent)?;
        let damage = Rect {
            x: 300,
            y: 200,
            width: 9,
            height: 16,
        };
        fill(&mut sent, damage, [0, 0, 0]);
        let (frame, changed) = stream.pass(&sent, &[damage], false)?.context("skipped")?;
        assert!(frame.data.len() < 1500, "{} bytes", frame.data.len());
        let pixels: u32 = changed
            .iter()
            .map(|rect| u32::from(rect.width) * u32::from(rect.height))
            .sum();
        assert!(pixels < 20_000, "{changed:?}");
        Ok(())
    })
}

#[test]
fn a_picture_larger_than_the_codec_allows_is_an_error() -> Result<()> {
    let mut stream = Stream::on(LINES[0])?;
    let huge = Picture::new(
        Size {
            width: 8000,
            height: 16,
        },
        PixelFormat::Bgrx,
    );
    assert!(stream.encode(&huge, &[], false).is_err());
    Ok(())
}
