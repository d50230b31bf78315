//! A table: bytes and time of whole screens in our coding and in others', then what scenes take.

#![allow(clippy::print_stdout, reason = "it prints a table")]

use std::{
    io::Cursor,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow, ensure};
use renfort_picture::{
    COLOUR, Picture,
    exact::{Decoder, Encoder, Part},
};
use renfort_picture_bench::{Drag, Pair, Scene, Screen, Scroll, Typing, pieces, screens};

/// Times each is done; the quickest counts, for other work on the machine only ever makes it slower.
const TIMES: u32 = 7;
/// Pictures of a scene.
const PICTURES: usize = 60;

fn quickest<T>(mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut best: Option<(Duration, T)> = None;
    for _ in 0..TIMES {
        let start = Instant::now();
        let made = work();
        let took = start.elapsed();
        if best.as_ref().is_none_or(|(quickest, _)| took < *quickest) {
            best = Some((took, made));
        }
    }
    best.expect("it was done at least once")
}

struct Row {
    coding: &'static str,
    bytes: usize,
    encode: Duration,
    decode: Duration,
}

fn ours(screen: &Screen) -> Vec<Row> {
    let rects = pieces(screen.picture.size());
    let part = |at: usize| if at == 0 { Part::Begins } else { Part::Continues };
    [("exact, one stream", true), ("exact, each alone", false)]
        .map(|(coding, stream)| {
            let mut encoder = Encoder::new();
            let (encode, coded) = quickest(|| {
                let parts = rects.iter().enumerate();
                let coded = parts.map(|(at, rect)| {
                    encoder.encode(&screen.picture, *rect, if stream { part(at) } else { Part::Alone })
                });
                coded.collect::<Vec<_>>()
            });
            let mut decoder = Decoder::new();
            let (decode, ()) = quickest(|| {
                for (coded, rect) in coded.iter().zip(&rects) {
                    decoder
                        .decode(coded, rect.width, rect.height)
                        .expect("what was encoded is decoded");
                }
            });
            Row {
                coding,
                bytes: coded.iter().map(Vec::len).sum(),
                encode,
                decode,
            }
        })
        .into()
}

fn others(screen: &Screen) -> Result<Vec<Row>> {
    let (width, height) = (
        u32::from(screen.picture.size().width),
        u32::from(screen.picture.size().height),
    );
    let png = |compression| -> Result<_> {
        let (encode, coded) = quickest(|| {
            let mut bytes = Vec::new();
            let mut encoder = png::Encoder::new(&mut bytes, width, height);
            encoder.set_color(png::ColorType::Rgb);
            encoder.set_compression(compression);
            let written = encoder
                .write_header()
                .and_then(|mut writer| writer.write_image_data(&screen.rgb));
            written.map(|()| bytes)
        });
        let coded = coded?;
        let mut pixels = vec![0; screen.rgb.len()];
        let (decode, decoded) = quickest(|| {
            let mut reader = png::Decoder::new(Cursor::new(&coded)).read_info()?;
            reader.next_frame(&mut pixels)
        });
        decoded?;
        ensure!(pixels == screen.rgb, "png: not exact");
        Ok((coded.len(), encode, decode))
    };
    let webp = |method: i32, quality: f32| -> Result<_> {
        let (encode, coded) = quickest(|| {
            let mut config = webp::WebPConfig::new().expect("a configuration of its own");
            (config.lossless, config.exact, config.method, config.quality) = (1, 1, method, quality);
            webp::Encoder::from_rgb(&screen.rgb, width, height).encode_advanced(&config)
        });
        let coded = coded.map_err(|error| anyhow!("webp: {error:?}"))?;
        let (decode, decoded) = quickest(|| webp::Decoder::new(&coded).decode());
        ensure!(decoded.is_some_and(|pixels| *pixels == *screen.rgb), "webp: not exact");
        Ok((coded.len(), encode, decode))
    };
    let mut rows = Vec::new();
    for (coding, compression) in [
        ("png, fast", png::Compression::Fast),
        ("png, balanced", png::Compression::Balanced),
    ] {
        let (bytes, encode, decode) = png(compression)?;
        rows.push(Row {
            coding,
            bytes,
            encode,
            decode,
        });
    }
    let (qoi_encode, qoi) = quickest(|| qoi::encode_to_vec(&screen.rgb, width, height));
    let qoi = qoi?;
    let (qoi_decode, decoded) = quickest(|| qoi::decode_to_vec(&qoi).map(|_| ()));
    decoded?;
    rows.push(Row {
        coding: "qoi",
        bytes: qoi.len(),
        encode: qoi_encode,
        decode: qoi_decode,
    });
    let (pack, packed) = quickest(|| zstd::bulk::compress(&qoi, 1));
    let packed = packed?;
    let (unpack, unpacked) = quickest(|| zstd::bulk::decompress(&packed, qoi.len()).map(|_| ()));
    unpacked?;
    rows.push(Row {
        coding: "qoi, then zstd 1",
        bytes: packed.len(),
        encode: qoi_encode + pack,
        decode: qoi_decode + unpack,
    });
    for (coding, method, quality) in [("webp lossless, m0", 0, 0.0), ("webp lossless, m4", 4, 75.0)] {
        let (bytes, encode, decode) = webp(method, quality)?;
        rows.push(Row {
            coding,
            bytes,
            encode,
            decode,
        });
    }
    Ok(rows)
}

fn scene(name: &str, page: &Picture, scene: &mut dyn Scene) {
    let (mut pair, mut screen, mut all) = (Pair::showing(page), page.clone(), Vec::new());
    for _ in 0..PICTURES {
        let damage = scene.step(&mut screen);
        all.push(pair.show(&screen, &damage));
        let mut alike = screen.pixels().iter().zip(pair.composer.picture().pixels());
        assert!(
            alike.all(|(one, other)| one & COLOUR == other.swap_bytes() >> 8),
            "not exact"
        );
    }
    let bytes: usize = all.iter().map(|cost| cost.bytes).sum();
    let middle = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1e3
    };
    println!(
        "| {name} | {} | {:.2} | {:.2} | {:.2} |",
        bytes / PICTURES,
        bytes as f64 / PICTURES as f64 * 8.0 * 60.0 / 1e6,
        middle(all.iter().map(|cost| cost.plan).collect()),
        middle(all.iter().map(|cost| cost.compose).collect()),
    );
}

fn main() -> Result<()> {
    for screen in screens()? {
        let size = screen.picture.size();
        let megapixels = size.whole().area() as f64 / 1e6;
        println!("\n## {}: {} x {}\n", screen.name, size.width, size.height);
        println!("| coding | bytes | to ours | encode, ms/Mpx | decode, ms/Mpx |\n|---|---|---|---|---|");
        let mut rows = ours(&screen);
        rows.extend(others(&screen)?);
        let first = rows[0].bytes as f64;
        let (copied, _) = quickest(|| std::hint::black_box(screen.picture.pixels().to_vec()));
        let per = |time: Duration| time.as_secs_f64() * 1e3 / megapixels;
        for row in rows {
            println!(
                "| {} | {} | {:.2} | {:.2} | {:.2} |",
                row.coding,
                row.bytes,
                row.bytes as f64 / first,
                per(row.encode),
                per(row.decode)
            );
        }
        println!(
            "| copied in memory | {} | | {:.2} | |",
            screen.picture.bytes().len(),
            per(copied)
        );

        println!("\n| scene | bytes a picture | Mbit/s at 60 | plan, ms | compose, ms |\n|---|---|---|---|---|");
        let page = &screen.picture;
        for by in [3, 12, 40] {
            scene(&format!("scrolled by {by}"), page, &mut Scroll::new(page, by));
        }
        scene("a window of 700 x 450 dragged", page, &mut Drag::new(page));
        scene("a letter typed", page, &mut Typing::new(page));
    }
    Ok(())
}
