use openh264::decoder::Decoder;
use openh264::encoder::*;
use openh264::formats::*;
use openh264::*;
use renfort_engine::seams::*;
use std::time::Instant;
#[path = "../tests/desktop/mod.rs"]
mod desktop;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let size = Size {
        width: 1920,
        height: 1080,
    };
    let mut pic = desktop::picture(size);
    let usage = match a[1].as_str() {
        "s" => UsageType::ScreenContentRealTime,
        _ => UsageType::CameraVideoRealTime,
    };
    let rc = match a[2].as_str() {
        "t" => RateControlMode::Timestamp,
        "b" => RateControlMode::Bitrate,
        "o" => RateControlMode::Off,
        "q" => RateControlMode::Quality,
        _ => RateControlMode::Bufferbased,
    };
    let min: u8 = a[3].parse().unwrap();
    let max: u8 = a[4].parse().unwrap();
    let ltr = a[5] == "l";
    let comp = match a[6].as_str() {
        "l" => Complexity::Low,
        "m" => Complexity::Medium,
        _ => Complexity::High,
    };
    let bg = a.get(7).map_or(false, |s| s == "b");
    let cfg = EncoderConfig::new()
        .usage_type(usage)
        .rate_control_mode(rc)
        .bitrate(BitRate::from_bps(8_000_000))
        .max_frame_rate(FrameRate::from_hz(30.0))
        .skip_frames(true)
        .qp(QpRange::new(min, max))
        .profile(Profile::Baseline)
        .complexity(comp)
        .long_term_reference(ltr)
        .background_detection(bg)
        .adaptive_quantization(false)
        .scene_change_detect(true);
    let mut e = Encoder::with_api_config(OpenH264API::from_source(), cfg).unwrap();
    let mut d = Decoder::new().unwrap();
    let mut prev: Vec<u8> = vec![];
    for i in 0..60u64 {
        if i >= 40 && i < 50 {
            desktop::fill(
                &mut pic,
                Rect {
                    x: 400 + i as u16 * 9,
                    y: 500,
                    width: 8,
                    height: 16,
                },
                [0, 0, 0],
            );
        }
        if i >= 50 {
            pic.bytes_mut().rotate_left(1920 * 4 * 18);
        }
        let bgra: Vec<u8> = pic.bytes().to_vec();
        let yuv = YUVBuffer::from_rgb_source(BgraSliceU8::new(&bgra, (1920, 1080)));
        let t = Instant::now();
        let bs = e.encode_at(&yuv, Timestamp::from_millis(1 + i * 40)).unwrap();
        let dt = t.elapsed();
        let ft = bs.frame_type();
        let v = bs.to_vec();
        if v.is_empty() {
            println!("{i} skip {dt:.1?}");
            continue;
        }
        let t = Instant::now();
        let y = d.decode(&v).unwrap().unwrap();
        let dd = t.elapsed();
        let (w, h) = (1920, 1080);
        let s = y.strides().0;
        let mut cur = vec![];
        for r in 0..h {
            cur.extend_from_slice(&y.y()[r * s..r * s + w]);
        }
        let se: f64 = cur
            .iter()
            .zip(yuv.y())
            .map(|(a, b)| {
                let d = *a as f64 - *b as f64;
                d * d
            })
            .sum::<f64>()
            / (w * h) as f64;
        let mut mbs = 0;
        if !prev.is_empty() {
            for my in 0..67 {
                for mx in 0..120 {
                    if (0..16).any(|r| {
                        let o = (my * 16 + r) * w + mx * 16;
                        cur[o..o + 16] != prev[o..o + 16]
                    }) {
                        mbs += 1;
                    }
                }
            }
        }
        if i < 12 || i % 5 == 0 || i > 38 {
            println!(
                "{i} {ft:?} {} bytes enc {dt:.1?} dec {dd:.1?} psnrY {:.2} changed MBs {mbs}",
                v.len(),
                10.0 * (65025.0 / se.max(1e-9)).log10()
            );
        }
        prev = cur;
    }
}
