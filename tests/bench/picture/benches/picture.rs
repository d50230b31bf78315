//! Each step of a picture's way, a megapixel, beside copying the same bytes.

#![allow(missing_docs, reason = "criterion's macros make public functions")]

use std::hint::black_box;

use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
use renfort_app::bench_hooks::paint::Painting;
use renfort_picture::{
    Picture, Rect, Size,
    exact::{Decoder, Encoder, Part},
    motion::Search,
};
use renfort_picture_bench::{Drag, Pair, Scene, Screen, Scroll, pieces, screens};

fn per_pixel<'a>(criterion: &'a mut Criterion, name: &str, pixels: usize) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(pixels as u64)).sample_size(20);
    group
}

fn exact(criterion: &mut Criterion, screen: &Screen) {
    let size = screen.picture.size();
    let rects = pieces(size);
    let part = |at: usize| if at == 0 { Part::Begins } else { Part::Continues };
    let mut group = per_pixel(criterion, &format!("exact/{}", screen.name), size.whole().area());
    group.bench_function("copied", |bench| bench.iter(|| screen.picture.pixels().to_vec()));
    let mut encoder = Encoder::new();
    let mut encode = || -> Vec<Vec<u8>> {
        let parts = rects.iter().enumerate();
        parts
            .map(|(at, rect)| encoder.encode(&screen.picture, *rect, part(at)))
            .collect()
    };
    let coded = encode();
    group.bench_function("encoded", |bench| bench.iter(&mut encode));
    let mut decoder = Decoder::new();
    group.bench_function("decoded", |bench| {
        bench.iter(|| {
            for (coded, rect) in coded.iter().zip(&rects) {
                decoder
                    .decode(coded, rect.width, rect.height)
                    .expect("what was encoded is decoded");
            }
        });
    });
    group.finish();
}

/// Plans and composes a scene; what is painted for it is not counted.
fn scene(criterion: &mut Criterion, name: &str, page: &Picture, scene: &mut dyn Scene) {
    let (mut pair, mut screen) = (Pair::showing(page), page.clone());
    // Nearly the same is damaged each time.
    let damage = scene.step(&mut screen);
    pair.show(&screen, &damage);
    let mut group = per_pixel(criterion, name, damage.iter().map(|rect| rect.area()).sum());
    let mut copy = page.clone();
    group.bench_function("copied", |bench| {
        bench.iter(|| damage.iter().for_each(|rect| copy.take_from(black_box(page), *rect)));
    });
    for composed in [false, true] {
        group.bench_function(if composed { "composed" } else { "planned" }, |bench| {
            bench.iter_custom(|times| {
                (0..times)
                    .map(|_| {
                        let damage = scene.step(&mut screen);
                        let cost = pair.show(&screen, &damage);
                        if composed { cost.compose } else { cost.plan }
                    })
                    .sum()
            });
        });
    }
    group.finish();
}

/// Finds how far what was damaged has moved, in one picture of a scene after the other.
fn found(criterion: &mut Criterion, name: &str, page: &Picture, scene: &mut dyn Scene) {
    let mut before = page.clone();
    scene.step(&mut before);
    let mut now = before.clone();
    let damage = scene.step(&mut now);
    let mut search = Search::default();
    // Of a window that is nearly blank, as of an editor beside its text, there is nothing to find.
    if search.displacements(&before, &now, &damage, 1).is_empty() {
        return;
    }
    let mut group = per_pixel(criterion, name, damage.iter().map(|rect| rect.area()).sum());
    let mut copy = before.clone();
    group.bench_function("copied", |bench| {
        bench.iter(|| damage.iter().for_each(|rect| copy.take_from(black_box(&now), *rect)));
    });
    group.bench_function("found", |bench| {
        bench.iter(|| search.displacements(black_box(&before), &now, &damage, 1));
    });
    group.finish();
}

/// Paints into memory what changed: all of it, pixel by pixel and at two thirds of its size, and a line of text.
fn paint(criterion: &mut Criterion, name: &str, page: &Picture) {
    let size = page.size();
    let smaller = Size {
        width: size.width / 3 * 2,
        height: size.height / 3 * 2,
    };
    let line = Rect {
        x: size.width / 4,
        y: size.height / 2,
        width: size.width / 2,
        height: 16,
    };
    for (what, window, part) in [
        ("whole", size, size.whole()),
        ("smaller", smaller, size.whole()),
        ("line", size, line),
    ] {
        let mut group = per_pixel(criterion, &format!("paint {what}/{name}"), part.area());
        let mut painting = Painting::new(page, window).expect("memory for a window");
        let mut copy = page.clone();
        group.bench_function("copied", |bench| bench.iter(|| copy.take_from(black_box(page), part)));
        group.bench_function("shown", |bench| bench.iter(|| painting.show(page, &[part])));
        group.bench_function("painted", |bench| {
            bench.iter(|| painting.paint(part).expect("it is painted"));
        });
        group.finish();
    }
}

fn picture(criterion: &mut Criterion) {
    for screen in screens().expect("screens were recorded") {
        exact(criterion, &screen);
        let page = &screen.picture;
        let (scrolls, drags) = (|| Scroll::new(page, 12), || Drag::new(page));
        let name = &screen.name;
        scene(criterion, &format!("scroll/{name}"), page, &mut scrolls());
        scene(criterion, &format!("drag/{name}"), page, &mut drags());
        found(criterion, &format!("moves of scroll/{name}"), page, &mut scrolls());
        found(criterion, &format!("moves of drag/{name}"), page, &mut drags());
        paint(criterion, &screen.name, page);
    }
}

criterion_group!(all, picture);
criterion_main!(all);
