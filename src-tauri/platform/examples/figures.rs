//! Prints what encoding and decoding cost here, for 1080p: `cargo run -p renfort-platform --example figures`.

use std::time::{Duration, Instant};

use renfort_engine::seams::{Picture, PixelFormat, Rect, Size, VideoDecoder, VideoEncoder};
use renfort_platform::codec::{H264Decoder, H264Encoder};

#[path = "../tests/conformance/desktop.rs"]
mod desktop;

const SIZE: Size = Size {
    width: 1920,
    height: 1080,
};
const STEP: Duration = Duration::from_millis(40);

fn main() -> anyhow::Result<()> {
    let mut sent = desktop::picture(SIZE);
    let mut shown = Picture::new(Size::default(), PixelFormat::Rgba);
    let (mut encoder, mut decoder) = (H264Encoder::new(8_000_000)?, H264Decoder::new()?);
    let mut at = Duration::ZERO;
    let mut step = |what: &str, sent: &Picture, damage: &[Rect], key: bool| -> anyhow::Result<bool> {
        at += STEP;
        let began = Instant::now();
        let frame = encoder.encode(sent, damage, at, key)?;
        let encoding = began.elapsed();
        let Some(frame) = frame else {
            println!("{what:<24} encode {encoding:>10.1?}, skipped");
            return Ok(false);
        };
        let began = Instant::now();
        let changed = decoder.decode(&frame.data, &mut shown)?;
        let pixels: u32 = changed
            .iter()
            .map(|rect| u32::from(rect.width) * u32::from(rect.height))
            .sum();
        println!(
            "{what:<24} encode {encoding:>10.1?}, decode {:>10.1?}, {:>7} bytes, {pixels:>8} pixels{}{}",
            began.elapsed(),
            frame.data.len(),
            if frame.key { ", key" } else { "" },
            if frame.settled { ", settled" } else { "" },
        );
        Ok(frame.settled)
    };
    step("first frame", &sent, &[], false)?;
    for _ in 0..40 {
        if step("refinement", &sent, &[], false)? {
            break;
        }
    }
    for typed in 0..10 {
        let damage = Rect {
            x: 400 + typed * 9,
            y: 500,
            width: 9,
            height: 16,
        };
        desktop::fill(&mut sent, damage, [0, 0, 0]);
        step("typed letter", &sent, &[damage], false)?;
    }
    for _ in 0..10 {
        sent.bytes_mut().rotate_left(1920 * 4 * 18);
        step("whole screen scrolled", &sent, &[SIZE.whole()], false)?;
    }
    step("key frame on request", &sent, &[], true)?;
    Ok(())
}
