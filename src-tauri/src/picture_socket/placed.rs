//! Where the picture lies in the window, when the app paints it itself.
//!
//! Flow: the page measures and says ([`Placed`]); whoever paints asks for it in the window's own pixels ([`Placed::at`]).
//!
//! Invariant: whatever a page says, all that comes of it lies inside the window.

use renfort_engine::seams::{Rect, Size};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Most rectangles of the page that lie over the picture.
pub const MAX_COVERS: usize = 16;
/// Longest message of this kind, in bytes: every number with all its digits.
pub const MAX_PLACED: usize = 2_048;
/// A picture whose sides are off by no more than this many pixels is meant to be shown pixel for pixel: a window's width
/// in CSS pixels is rounded.
const ROUNDED: i32 = 2;

/// Shortest dash of a ring, in CSS pixels: there are no more of them than a window has pixels along its edge.
const LEAST_DASH: f64 = 1.0;
/// No edge of a picture is farther from the window's corner, in pixels.
const FAR: i32 = 1 << 20;

/// A rectangle in CSS pixels: from the left, from the top, across, down.
pub type Box4 = [f64; 4];

/// What the page says of the picture's place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "surface", rename_all = "snake_case", deny_unknown_fields)]
pub enum Place {
    /// The app paints the picture here.
    Here(Placed),
    /// The page paints it itself, on its canvas.
    None,
}

/// Rectangles of the page, in CSS pixels from its upper left corner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Placed {
    /// Width of the page.
    pub across: f64,
    /// All that is the picture's, with what is left free around it.
    pub stage: Box4,
    /// The picture. May reach beyond the stage, which cuts it then.
    pub picture: Box4,
    /// The app paints the user's pointer, too.
    pub pointer: bool,
    /// What of the page lies over the stage, and is seen over the picture.
    pub covers: Vec<Box4>,
    /// The app paints this over the picture, too.
    pub ring: Option<Box<Ring>>,
}

/// A line along the edge of the picture's place, inside it: the keyboard is on the user's machine or, dashed, the focus is
/// on the picture and the keys stay here. It is there as long as the technician acts or looks on; were it the page's, the
/// page would be drawn with each picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Ring {
    /// Its sides, which may overlap at the corners.
    pub sides: [Box4; 4],
    /// Red, green, blue.
    pub colour: [u8; 3],
    /// Dashed: length of a dash, and of what is free after it, in CSS pixels.
    pub dash: Option<f64>,
}

/// A rectangle of the window, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Area {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// Across.
    pub width: i32,
    /// Down.
    pub height: i32,
}

/// The same as [`Placed`], in the window's pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// All that is the picture's, inside the window.
    pub stage: Area,
    /// The picture, perhaps beyond.
    pub picture: Area,
    /// What is seen over it, inside the stage.
    pub covers: Vec<Area>,
    /// What of the ring is seen over it, inside the stage: its sides, or their dashes.
    pub ring: Vec<Area>,
}

impl Place {
    /// Reads one; none when it is something else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let place = serde_json::from_str::<Self>(text).ok()?;
        let sound = |one: &Box4| one[2] >= 0.0 && one[3] >= 0.0;
        match &place {
            Self::Here(placed) => {
                let boxes = || {
                    [placed.stage, placed.picture]
                        .into_iter()
                        .chain(placed.covers.iter().copied())
                        .chain(placed.ring.iter().flat_map(|ring| ring.sides))
                };
                let dash = placed.ring.as_ref().and_then(|ring| ring.dash);
                let sound = placed.across >= 1.0
                    && placed.covers.len() <= MAX_COVERS
                    && boxes().all(|one| sound(&one))
                    && dash.is_none_or(|dash| dash >= LEAST_DASH);
                sound.then_some(place)
            }
            Self::None => Some(place),
        }
    }
}

impl Area {
    /// What it has in common with another; none when that is nothing.
    #[must_use]
    pub fn inside(self, other: Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let right = self
            .x
            .saturating_add(self.width)
            .min(other.x.saturating_add(other.width));
        let bottom = self
            .y
            .saturating_add(self.height)
            .min(other.y.saturating_add(other.height));
        (right > x && bottom > y).then(|| Self {
            x,
            y,
            width: right - x,
            height: bottom - y,
        })
    }

    /// A line in dashes, each about so many pixels long, and as many as make it begin and end with one: those of them
    /// that `within` may show, so that there are no more of them than that has pixels.
    fn dashes(self, dash: i32, within: Self) -> Vec<Self> {
        if self.height > self.width {
            let turned = self.turned().dashes(dash, within.turned());
            return turned.into_iter().map(Self::turned).collect();
        }
        // A dash, what is left free, and so on.
        let steps = i64::from((self.width / dash.max(1)) | 1);
        let at = |step: i64| (i64::from(self.width) * step / steps) as i32;
        let hidden = i64::from(within.x.saturating_sub(self.x).max(0));
        let first = (hidden * steps / i64::from(self.width.max(1))).min(steps) & !1;
        let dashes = (first..steps).step_by(2).map(|step| Self {
            x: self.x.saturating_add(at(step)),
            width: at(step + 1) - at(step),
            ..self
        });
        let end = within.x.saturating_add(within.width);
        dashes.take_while(|dash| dash.x < end).collect()
    }

    /// Across for down.
    fn turned(self) -> Self {
        Self {
            x: self.y,
            y: self.x,
            width: self.height,
            height: self.width,
        }
    }
}

impl Placed {
    /// What of the picture lies beneath the covers.
    pub fn covered(&self, size: Size) -> impl Iterator<Item = Rect> {
        let [left, top, width, height] = self.picture;
        let along = move |start: f64, length: f64, origin: f64, whole: f64, pixels: u16| {
            let at = |place: f64| (place - origin) * f64::from(pixels) / whole;
            // One more on either side, for what is between two pixels; a cast of what is outside ends at the type's limits.
            let (from, to) = (
                (at(start) - 2.0).floor() as u16,
                (at(start + length) + 2.0).ceil() as u16,
            );
            (from.min(pixels), to.min(pixels))
        };
        self.covers.iter().filter_map(move |cover| {
            let (x, right) = along(cover[0], cover[2], left, width, size.width);
            let (y, bottom) = along(cover[1], cover[3], top, height, size.height);
            (right > x && bottom > y).then(|| Rect {
                x,
                y,
                width: right - x,
                height: bottom - y,
            })
        })
    }

    /// In the pixels of a window that has so many, for a picture of this size.
    #[must_use]
    pub fn at(&self, window: Area, size: Size) -> Layout {
        let scale = f64::from(window.width) / self.across;
        let area = |one: &Box4| {
            // A cast of what is too large ends at the type's limits.
            let (x, y) = ((one[0] * scale).round() as i32, (one[1] * scale).round() as i32);
            Area {
                x,
                y,
                width: (one[2] * scale).round() as i32,
                height: (one[3] * scale).round() as i32,
            }
        };
        let stage = area(&self.stage).inside(window).unwrap_or_default();
        // However far beyond: with room for every sum and difference.
        let near_by = |at: i32| at.clamp(-FAR, FAR);
        let mut picture = area(&self.picture);
        (picture.x, picture.y) = (near_by(picture.x), near_by(picture.y));
        (picture.width, picture.height) = (near_by(picture.width), near_by(picture.height));
        let (width, height) = (i32::from(size.width), i32::from(size.height));
        let near = |one: i32, other: i32| one.abs_diff(other) <= ROUNDED.unsigned_abs();
        if near(picture.width, width) && near(picture.height, height) {
            (picture.width, picture.height) = (width, height);
        }
        Layout {
            stage,
            picture,
            covers: self
                .covers
                .iter()
                // What is half a pixel over it is over it.
                .map(|one| area(&[one[0] - 1.0, one[1] - 1.0, one[2] + 2.0, one[3] + 2.0]))
                .filter_map(|cover| cover.inside(stage))
                .collect(),
            ring: (self.ring.iter())
                .flat_map(|ring| ring.sides.map(|side| (area(&side), ring.dash)))
                .flat_map(|(side, dash)| match dash {
                    Some(dash) => side.dashes((dash * scale).round() as i32, stage),
                    None => vec![side],
                })
                .filter_map(|part| part.inside(stage))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Area = Area {
        x: 0,
        y: 0,
        width: 1000,
        height: 600,
    };

    fn placed(picture: Box4) -> Placed {
        Placed {
            across: 1000.0,
            stage: [0.0, 40.0, 1000.0, 520.0],
            picture,
            pointer: false,
            covers: Vec::new(),
            ring: None,
        }
    }

    #[test]
    fn what_is_no_place_is_refused() {
        let good = r#"{"surface":"here","across":800,"stage":[0,0,800,600],"picture":[1.5,2,300,200],"pointer":false,"covers":[[0,0,1,1]],"ring":null}"#;
        assert!(matches!(Place::read(good), Some(Place::Here(_))));
        let ring = |side: &str| {
            let ring = format!(r#"{{"sides":[[0,0,8,3],[0,3,3,8],{side},[5,5,3,3]],"colour":[0,90,255]}}"#);
            good.replace("null", &ring)
        };
        assert!(matches!(
            Place::read(&ring("[1,1,1,1]")),
            Some(Place::Here(Placed { ring: Some(_), .. }))
        ));
        for wrong in ["[1,1,-1,1]", "[1,1,1]", "[1,1,1,1],[1,1,1,1]"] {
            assert_eq!(Place::read(&ring(wrong)), None, "{wrong}");
        }
        let dashed = |dash: &str| ring("[1,1,1,1]").replace("255]", &format!("255],\"dash\":{dash}"));
        for right in ["null", "1", "6.5", "1e300"] {
            assert!(Place::read(&dashed(right)).is_some(), "{right}");
        }
        for wrong in ["0", "0.9", "-6", "1e999", "\"6\"", "[6]"] {
            assert_eq!(Place::read(&dashed(wrong)), None, "{wrong}");
        }
        assert_eq!(Place::read(r#"{"surface":"none"}"#), Some(Place::None));
        let many = format!(
            r#"{{"surface":"here","across":8,"stage":[0,0,8,6],"picture":[1,2,3,2],"pointer":false,"covers":[{}],"ring":null}}"#,
            vec!["[0,0,1,1]"; MAX_COVERS + 1].join(",")
        );
        for wrong in [
            "{}",
            "null",
            r#"{"surface":"there"}"#,
            r#"{"surface":"here","across":0,"stage":[0,0,8,6],"picture":[1,2,3,2],"pointer":false,"covers":[],"ring":null}"#,
            r#"{"surface":"here","across":8,"stage":[0,0,-8,6],"picture":[1,2,3,2],"pointer":false,"covers":[],"ring":null}"#,
            r#"{"surface":"here","across":8,"stage":[0,0,8],"picture":[1,2,3,2],"pointer":false,"covers":[],"ring":null}"#,
            &many,
        ] {
            assert_eq!(Place::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_picture_that_rounding_made_larger_is_shown_pixel_for_pixel() {
        let size = Size {
            width: 640,
            height: 480,
        };
        let layout = placed([10.2, 50.0, 641.0, 481.4]).at(WINDOW, size);
        assert_eq!((layout.picture.width, layout.picture.height), (640, 480));
        let smaller = placed([10.2, 50.0, 320.0, 240.0]).at(WINDOW, size);
        assert_eq!((smaller.picture.width, smaller.picture.height), (320, 240));
    }

    #[test]
    fn a_zoomed_page_is_measured_in_the_windows_pixels() {
        let mut zoomed = placed([10.0, 50.0, 320.0, 240.0]);
        zoomed.across = 500.0;
        zoomed.covers = vec![[20.0, 60.0, 10.0, 10.0], [600.0, 0.0, 5.0, 5.0]];
        let layout = zoomed.at(
            WINDOW,
            Size {
                width: 640,
                height: 480,
            },
        );
        assert_eq!(
            (layout.picture.x, layout.picture.y, layout.picture.width),
            (20, 100, 640)
        );
        assert_eq!(layout.stage.height, 600 - 80);
        assert_eq!(
            layout.covers,
            [Area {
                x: 38,
                y: 118,
                width: 24,
                height: 24
            }]
        );
    }

    #[test]
    fn nothing_of_it_is_outside_the_window_whatever_is_said() {
        let mut wild = placed([-1e300, 1e300, 1e300, 1e300]);
        wild.covers = vec![[1e9, 1e9, 1e9, 1e9], [-10.0, -10.0, 1e300, 30.0]];
        let far = [[-1e300, -1e300, f64::MAX, f64::MAX]; 4];
        let through = [
            [-1e9, 50.0, 2e9, 3.0],
            [50.0, -1e9, 3.0, 2e9],
            [0.0; 4],
            [-5.0, 1e300, 1e300, 1e300],
        ];
        for (sides, dash, seen) in [
            (far, None, 0..=0),
            (far, Some(1.0), 0..=0),
            (through, None, 2..=2),
            (through, Some(1.0), 790..=810),
            (through, Some(f64::MAX), 2..=2),
        ] {
            let colour = [0; 3];
            wild.ring = Some(Box::new(Ring { sides, colour, dash }));
            for stage in [[-1e300, -5.0, 1e300, f64::MAX], [-1.0, -5.0, 1e300, f64::MAX]] {
                wild.stage = stage;
                let layout = wild.at(WINDOW, Size { width: 1, height: 1 });
                for area in layout.covers.iter().chain(&layout.ring).chain([&layout.stage]) {
                    assert!(area.inside(WINDOW).is_none_or(|inside| inside == *area), "{area:?}");
                }
                let Area { x, y, width, height } = layout.picture;
                assert!([x, y, width, height].iter().all(|edge| edge.abs() <= FAR));
                let parts = layout.ring.len();
                assert!(layout.stage != WINDOW || seen.contains(&parts), "{dash:?}: {parts}");
            }
            assert_eq!(wild.at(WINDOW, Size { width: 1, height: 1 }).stage, WINDOW);
        }
    }

    #[test]
    fn a_dashed_line_begins_and_ends_with_a_dash_and_is_cut_where_it_is_out_of_sight() {
        let area = |x, y, width, height| Area { x, y, width, height };
        let side = area(-30, 40, 102, 3);
        let all = [area(-30, 40, 20, 3), area(10, 40, 21, 3), area(51, 40, 21, 3)];
        assert_eq!(side.dashes(20, area(-30, 0, 200, 90)), all);
        // In sight from its middle on, the dashes lie where they lay.
        assert_eq!(side.dashes(20, area(12, 0, 30, 90)), all[1..2]);
        let down = area(5, 0, 3, 9);
        assert_eq!(down.dashes(3, WINDOW), [area(5, 0, 3, 3), area(5, 6, 3, 3)]);
        // Shorter than a dash, it is one.
        assert_eq!(down.dashes(100, WINDOW), [down]);
    }
}
