//! The composition rule, step by step, in a file that every implementation of a viewer must agree with:
//! `relay/protocol/vectors/picture.json`.
//!
//! `RENFORT_GENERATE=1` writes what this composer does into the file, to be read before it is kept.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod refused;

use renfort_picture::{
    COLOUR, ComposeError, Composed, Composer, Picture, PixelFormat, Rect, Size,
    exact::{Encoder, Part},
    wire::{Operation, Update},
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Vectors {
    about: String,
    cases: Vec<Case>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Case {
    name: String,
    steps: Vec<Step>,
}

/// What comes, and how things stand after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Step {
    #[serde(flatten)]
    input: Input,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Input {
    /// An update, in hexadecimal.
    Update(String),
    /// A frame of video of the picture's size whose pixels all have this colour.
    Frame { timestamp: u32, colour: u32 },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// It was taken.
    Picture {
        complete: u32,
        missing: Vec<u32>,
        width: u16,
        height: u16,
        /// SHA-256 of its pixels, four bytes each: red, green, blue, 255.
        sha256: String,
        /// It is shown as a whole now.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        began: bool,
    },
    /// It was refused for this reason, and nothing follows.
    Refused(Refusal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Refusal {
    /// The bytes are no update.
    Update,
    /// Its pixels are none.
    Pixels,
    /// Something lies outside the picture, or none has begun.
    Outside,
    /// A tile is recalled that was not kept.
    NotKept,
    /// It takes more than twice the picture's pixels.
    TooMuch,
    Announced,
    /// It is too far ahead, or too much waits.
    TooFarAhead,
    /// It was carried out without waiting for the picture that begins before it.
    Early,
}

impl From<ComposeError> for Refusal {
    fn from(error: ComposeError) -> Self {
        match error {
            ComposeError::Wire(_) => Self::Update,
            ComposeError::Exact(_) => Self::Pixels,
            ComposeError::Outside => Self::Outside,
            ComposeError::NotKept => Self::NotKept,
            ComposeError::TooMuch => Self::TooMuch,
            ComposeError::Announced => Self::Announced,
            ComposeError::TooFarAhead => Self::TooFarAhead,
            ComposeError::Early => Self::Early,
        }
    }
}

const SIZE: Size = Size {
    width: 150,
    height: 140,
};

fn rect(x: u16, y: u16, width: u16, height: u16) -> Rect {
    Rect { x, y, width, height }
}

fn picture(mut pixel: impl FnMut(u32, u32) -> u32) -> Picture {
    let mut picture = Picture::new(SIZE, PixelFormat::Bgrx);
    for y in 0..SIZE.height {
        for (x, target) in (0_u32..).zip(picture.span_mut(0, y, SIZE.width)) {
            *target = pixel(x, y.into()) & COLOUR;
        }
    }
    picture
}

fn noise(x: u32, y: u32) -> u32 {
    let value = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77);
    (value ^ value >> 15).wrapping_mul(0x2C1B_3C6D)
}

fn text() -> Picture {
    picture(|x, y| {
        if noise(x / 2, y / 3) >> 30 == 0 {
            0x20_20_20 + x / 50
        } else {
            0xFF_FF_FF
        }
    })
}

/// More colours than one byte can name, in places that repeat.
fn many_colours() -> Picture {
    picture(|x, y| (x / 4 + y / 4 * 40) * 0x00_03_07_0B)
}

/// More colours than a palette can hold, each a few times and far from the next.
fn too_many_colours() -> Picture {
    picture(|x, y| noise(x / 2, y))
}

fn photograph() -> Picture {
    picture(|x, y| (x + noise(x, y) % 3) << 16 | (y + noise(y, x) % 5) << 8 | (255 - x))
}

struct Sharer {
    encoder: Encoder,
    sequence: u32,
}

impl Sharer {
    fn new() -> Self {
        Self {
            encoder: Encoder::new(),
            sequence: 0,
        }
    }

    fn exact(&mut self, picture: &Picture, rect: Rect, part: Part) -> Operation {
        Operation::Exact {
            rect,
            coded: self.encoder.encode(picture, rect, part),
        }
    }

    fn update(&mut self, after: u32, operations: impl Into<Vec<Operation>>) -> Vec<u8> {
        self.sequence += 1;
        let sequence = self.sequence;
        Update {
            sequence,
            after,
            operations: operations.into(),
        }
        .encode()
    }

    fn begin(&mut self) -> Vec<u8> {
        let after = self.sequence;
        self.update(after, [Operation::Begin(SIZE)])
    }

    /// Begins, and shows a picture.
    fn shows(&mut self, picture: &Picture) -> Vec<Vec<u8>> {
        let begin = self.begin();
        let exact = self.exact(picture, SIZE.whole(), Part::Alone);
        vec![begin, self.update(1, [exact])]
    }
}

fn run(name: &str, inputs: impl IntoIterator<Item = Input>) -> Case {
    let mut composer = Composer::new();
    let mut steps = Vec::new();
    for input in inputs {
        let taken = match &input {
            Input::Update(bytes) => {
                let bytes = data_encoding::HEXLOWER.decode(bytes.as_bytes()).unwrap();
                composer.take(&bytes)
            }
            Input::Frame { timestamp, colour } => {
                let size = composer.picture().size();
                let mut frame = Picture::new(size, PixelFormat::Rgba);
                for (at, pixel) in frame.pixels_mut().iter_mut().enumerate() {
                    let (x, y) = (at % usize::from(size.width), at / usize::from(size.width));
                    let place = (y as u32 & 0xFF) << 8 | x as u32 & 0xFF;
                    *pixel = (colour ^ place).swap_bytes() >> 8 | 0xFF00_0000;
                }
                Ok(composer.frame(*timestamp, &frame))
            }
        };
        let outcome = match taken {
            Ok(Composed { began, .. }) => {
                let picture = composer.picture();
                let digest = ring::digest::digest(&ring::digest::SHA256, picture.bytes());
                Outcome::Picture {
                    complete: composer.complete(),
                    missing: composer.missing(16),
                    width: picture.size().width,
                    height: picture.size().height,
                    sha256: data_encoding::HEXLOWER.encode(digest.as_ref()),
                    began,
                }
            }
            Err(error) => Outcome::Refused(error.into()),
        };
        let refused = matches!(outcome, Outcome::Refused(_));
        steps.push(Step { input, outcome });
        if refused {
            break;
        }
    }
    Case {
        name: name.to_owned(),
        steps,
    }
}

fn updates(name: &str, updates: impl IntoIterator<Item = Vec<u8>>) -> Case {
    run(name, updates.into_iter().map(update))
}

fn update(bytes: Vec<u8>) -> Input {
    Input::Update(data_encoding::HEXLOWER.encode(&bytes))
}

fn pixels() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, picture) in [
        ("one colour", picture(|_, _| 0x12_34_56)),
        ("text", text()),
        ("more colours than one byte names", many_colours()),
        ("more colours than a palette holds", too_many_colours()),
        ("a photograph", photograph()),
        ("text beside a photograph", {
            let (left, right) = (text(), photograph());
            picture(|x, y| {
                let side = if x < 70 { &left } else { &right };
                side.span(x as u16, y as u16, 1)[0]
            })
        }),
    ] {
        let mut sharer = Sharer::new();
        cases.push(updates(name, sharer.shows(&picture)));
    }
    let (mut sharer, page) = (Sharer::new(), text());
    let mut stream = vec![sharer.begin()];
    for (y, part) in [(0, Part::Begins), (48, Part::Continues), (96, Part::Continues)] {
        let exact = sharer.exact(&page, rect(0, y, 150, 44), part);
        stream.push(sharer.update(sharer.sequence, [exact]));
    }
    // One that stands alone between parts of a stream does not disturb it.
    let alone = sharer.exact(&photograph(), rect(3, 5, 30, 20), Part::Alone);
    stream.push(sharer.update(sharer.sequence, [alone]));
    let last = sharer.exact(&many_colours(), rect(64, 10, 70, 60), Part::Continues);
    stream.push(sharer.update(sharer.sequence, [last]));
    cases.push(updates("a stream of parts", stream));
    cases
}

fn copies() -> Vec<Case> {
    let moved = |name: &str, to: Rect, x: u16, y: u16| {
        let mut sharer = Sharer::new();
        let mut all = sharer.shows(&text());
        all.push(sharer.update(2, [Operation::Copy { to, x, y }]));
        updates(name, all)
    };
    let mut cases = vec![
        moved("scrolled up", rect(0, 0, 150, 128), 0, 12),
        moved("scrolled down", rect(0, 12, 150, 128), 0, 0),
        moved("moved to the right over itself", rect(20, 10, 100, 100), 3, 10),
        moved("moved to the left and down over itself", rect(3, 30, 100, 100), 20, 10),
    ];
    let mut sharer = Sharer::new();
    let mut all = sharer.shows(&text());
    all.push(sharer.update(
        2,
        [
            Operation::Keep {
                slot: 4095,
                x: 10,
                y: 20,
            },
            Operation::Copy {
                to: rect(0, 0, 150, 70),
                x: 0,
                y: 70,
            },
            Operation::Recall {
                slot: 4095,
                x: 80,
                y: 70,
            },
        ],
    ));
    cases.push(updates("a tile is kept and comes back elsewhere", all));
    cases
}

fn orders() -> Vec<Case> {
    let (page, photograph) = (text(), photograph());
    let mut sharer = Sharer::new();
    let mut all = sharer.shows(&page);
    let first = sharer.exact(&photograph, rect(10, 10, 60, 60), Part::Alone);
    let first = sharer.update(2, [first]);
    let copy = Operation::Copy {
        to: rect(80, 60, 40, 40),
        x: 20,
        y: 20,
    };
    let copy = sharer.update(3, [copy]);
    let newest = sharer.exact(&many_colours(), rect(70, 50, 60, 60), Part::Alone);
    let newest = sharer.update(2, [newest]);
    all.extend([newest.clone(), copy.clone(), newest, first.clone(), first, copy]);
    let late = updates(
        "what comes late writes only where nothing newer stands, and a copy waits",
        all,
    );

    let mut sharer = Sharer::new();
    let mut all = sharer.shows(&page);
    let other_size = Operation::Begin(Size { width: 31, height: 17 });
    all.push(sharer.update(2, [other_size]));
    let dot = sharer.exact(&photograph, rect(1, 2, 20, 10), Part::Alone);
    all.push(sharer.update(3, [dot]));
    let again = updates("a screen takes another size", all);

    let mut sharer = Sharer::new();
    let mut all = sharer.shows(&page);
    let other_size = Operation::Begin(Size { width: 31, height: 17 });
    all.push(sharer.update(2, [other_size.clone()]));
    let announce = Operation::Video {
        timestamp: 1,
        rects: vec![rect(0, 0, 31, 17)],
    };
    all.push(sharer.update(3, [announce]));
    let mut steps: Vec<Input> = all.into_iter().map(update).collect();
    let (timestamp, colour) = (1, 0x00_BB_00);
    steps.push(Input::Frame { timestamp, colour });
    steps.push(update(sharer.update(4, [other_size])));
    steps.push(update(sharer.update(5, [])));
    steps.push(update(sharer.update(6, [])));
    let blank = run(
        "a screen that takes another size is shown once it is painted, or is said to be black",
        steps,
    );

    let mut sharer = Sharer::new();
    let first = sharer.begin();
    let second = sharer.update(1, [Operation::Begin(Size { width: 31, height: 17 })]);
    let at_once = updates(
        "a first picture is shown although another one takes its place before it could be",
        vec![second, first],
    );
    vec![late, again, blank, at_once]
}

fn video() -> Vec<Case> {
    let announce = |timestamp| Operation::Video {
        timestamp,
        rects: vec![rect(0, 0, 90, 90), rect(100, 100, 50, 40)],
    };
    let frame = |timestamp, colour| Input::Frame { timestamp, colour };

    let mut sharer = Sharer::new();
    let mut steps: Vec<Input> = sharer.shows(&text()).into_iter().map(update).collect();
    steps.push(update(sharer.update(2, [announce(90_000)])));
    let newer = sharer.exact(&photograph(), rect(30, 30, 20, 20), Part::Alone);
    steps.push(update(sharer.update(2, [newer])));
    steps.extend([
        frame(80_000, 0xAA_00_00),
        frame(90_000, 0x00_BB_00),
        frame(90_000, 0x00_00_CC),
    ]);
    let once = run(
        "a frame is painted once, where it was announced and nothing newer stands",
        steps,
    );

    let mut sharer = Sharer::new();
    let mut steps: Vec<Input> = sharer.shows(&text()).into_iter().map(update).collect();
    steps.push(update(sharer.update(2, [announce(1)])));
    steps.push(update(sharer.update(
        2,
        [Operation::Video {
            timestamp: 2,
            rects: vec![rect(40, 0, 20, 140)],
        }],
    )));
    steps.extend([frame(2, 0x11_11_11), frame(1, 0x22_22_22)]);
    let given_up = run("a frame that is overtaken by a later one is given up", steps);

    let mut sharer = Sharer::new();
    let mut steps: Vec<Input> = sharer.shows(&text()).into_iter().map(update).collect();
    let exact = sharer.exact(&photograph(), rect(10, 10, 60, 20), Part::Alone);
    steps.push(update(sharer.update(2, [exact, announce(5)])));
    steps.push(frame(5, 0x33_33_33));
    let own = run("a frame does not paint over the pixels of its own update", steps);

    let mut sharer = Sharer::new();
    let mut steps: Vec<Input> = sharer.shows(&text()).into_iter().map(update).collect();
    let copy = |to, x, y| Operation::Copy { to, x, y };
    let dot = |sharer: &mut Sharer, place| sharer.exact(&photograph(), place, Part::Alone);
    steps.push(update(sharer.update(2, [announce(7)])));
    // On the announced place first, and the copy takes both along.
    let on_it = dot(&mut sharer, rect(20, 20, 10, 10));
    steps.push(update(sharer.update(3, [on_it])));
    steps.push(update(sharer.update(4, [copy(rect(10, 60, 100, 60), 0, 10)])));
    let on_the_copy = dot(&mut sharer, rect(12, 100, 9, 9));
    let over_itself = copy(rect(14, 62, 90, 50), 10, 60);
    steps.push(update(sharer.update(5, [over_itself, on_the_copy])));
    steps.push(update(sharer.update(6, [announce(8)])));
    steps.extend([frame(7, 0x44_00_00), frame(8, 0x55_00_00)]);
    let copied = run(
        "a frame is also painted where its place was copied to, before it came",
        steps,
    );

    let mut sharer = Sharer::new();
    let mut steps: Vec<Input> = sharer.shows(&text()).into_iter().map(update).collect();
    steps.push(update(sharer.update(2, [announce(1)])));
    steps.push(update(sharer.update(3, [copy(rect(110, 0, 40, 40), 0, 0)])));
    steps.push(update(sharer.update(4, [announce(2)])));
    steps.extend([frame(2, 0x66_00_00), frame(1, 0x77_00_00)]);
    let copied_in_vain = run(
        "a frame that was given up is not painted where its place was copied to, either",
        steps,
    );
    vec![once, given_up, own, copied, copied_in_vain]
}

fn all() -> Vectors {
    Vectors {
        about: "How a viewer composes the picture. Each step is an update or a frame of video, and how things stand after it."
            .to_owned(),
        cases: [pixels(), copies(), orders(), video(), refused::cases()].concat(),
    }
}

fn path() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../relay/protocol/vectors/picture.json")
}

#[test]
fn every_refusal_is_one() {
    for case in all().cases {
        let refused = case
            .steps
            .last()
            .is_some_and(|step| matches!(step.outcome, Outcome::Refused(_)));
        assert_eq!(refused, case.name.starts_with("refused"), "{}", case.name);
    }
}

#[test]
fn the_viewer_composes_as_the_vectors_say() {
    let made = all();
    if std::env::var_os("RENFORT_GENERATE").is_some() {
        let text = serde_json::to_string_pretty(&made).unwrap() + "\n";
        std::fs::write(path(), text).unwrap();
    }
    let kept: Vectors = serde_json::from_str(&std::fs::read_to_string(path()).unwrap()).unwrap();
    for case in &kept.cases {
        let inputs = case.steps.iter().map(|step| step.input.clone());
        assert_eq!(*case, run(&case.name, inputs));
    }
    let names = |vectors: &Vectors| vectors.cases.iter().map(|case| case.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&kept), names(&made));
}
