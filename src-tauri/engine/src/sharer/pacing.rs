//! When to encode: at once after a pause, not too often under load, and now and then until the picture is as good as
//! it gets.
//!
//! A screen often changes in two steps a few milliseconds apart (a letter, then the cursor after it): the second is not
//! held back for longer than the encoder needs to stay below half a core.
//!
//! Invariant: without a change, a wish for a key frame or something left to refine, nothing is ever due.

use std::time::{Duration, Instant};

use crate::seams::Rect;

/// Shortest time from one new frame to the next, when the last was encoded quickly (60 frames a second).
pub const QUICK: Duration = Duration::from_millis(16);
/// The same when it was not (30 frames a second).
pub const BUSY: Duration = Duration::from_millis(33);
/// From a frame to its refinement, when nothing changes.
pub const REFINE: Duration = Duration::from_millis(100);
/// Rectangles that are kept apart. When full, they become the one that holds them all.
pub const RECTANGLES: usize = 64;

#[derive(Debug)]
pub struct Pacing {
    damage: Vec<Rect>,
    key: bool,
    /// The last frame.
    last: Option<Instant>,
    /// The last one that was no refinement, for which nothing new waits.
    last_new: Option<Instant>,
    /// From that one to the next.
    pause: Duration,
    unsettled: bool,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            damage: Vec::new(),
            key: false,
            last: None,
            last_new: None,
            pause: QUICK,
            unsettled: false,
        }
    }
}

impl Pacing {
    /// These changed.
    pub fn changed(&mut self, rects: &[Rect]) {
        self.damage.extend_from_slice(rects);
        if self.damage.len() > RECTANGLES
            && let Some(all) = self.damage.iter().copied().reduce(Rect::union)
        {
            self.damage = vec![all];
        }
    }

    /// A key frame is wanted.
    pub const fn want_key(&mut self) {
        self.key = true;
    }

    /// How long until the next frame; none when there is nothing to do.
    pub fn wait(&self, now: Instant) -> Option<Duration> {
        let (last, pause) = if self.is_new() {
            (self.last_new, self.pause)
        } else if self.unsettled {
            (self.last, REFINE)
        } else {
            return None;
        };
        Some(last.map_or(Duration::ZERO, |last| (last + pause).saturating_duration_since(now)))
    }

    /// What to encode now: the damage, and whether as a key frame.
    pub fn begin(&mut self, now: Instant) -> (Vec<Rect>, bool) {
        self.last = Some(now);
        if self.is_new() {
            self.last_new = self.last;
        }
        (std::mem::take(&mut self.damage), std::mem::take(&mut self.key))
    }

    /// It was encoded (`settled`: as good as it gets), or left out by the codec, which then owes a key frame if one
    /// was wanted. It `took` so long.
    pub fn done(&mut self, settled: bool, owes_key: bool, took: Duration) {
        self.unsettled = !settled;
        self.key |= owes_key;
        if self.last == self.last_new {
            self.pause = (took * 2).clamp(QUICK, BUSY);
        }
    }

    const fn is_new(&self) -> bool {
        self.key || !self.damage.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECT: Rect = Rect {
        x: 1,
        y: 1,
        width: 2,
        height: 2,
    };

    const LITTLE: Duration = Duration::from_millis(1);

    #[test]
    fn a_letter_after_a_pause_goes_out_at_once_and_the_next_one_waits() {
        let (mut pacing, start) = (Pacing::default(), Instant::now());
        assert_eq!(pacing.wait(start), None);
        pacing.changed(&[RECT]);
        assert_eq!(pacing.wait(start), Some(Duration::ZERO));
        assert_eq!(pacing.begin(start), (vec![RECT], false));
        pacing.done(true, false, LITTLE);
        assert_eq!(pacing.wait(start), None);
        pacing.changed(&[RECT]);
        assert_eq!(pacing.wait(start + QUICK / 4), Some(QUICK - QUICK / 4));
        assert_eq!(pacing.wait(start + QUICK), Some(Duration::ZERO));
    }

    #[test]
    fn an_encoder_that_needs_long_is_given_pauses() {
        let (mut pacing, start) = (Pacing::default(), Instant::now());
        for (took, pause) in [(QUICK / 4, QUICK), (QUICK * 3 / 4, QUICK * 3 / 2), (BUSY, BUSY)] {
            pacing.changed(&[RECT]);
            pacing.begin(start);
            pacing.done(true, false, took);
            pacing.changed(&[RECT]);
            assert_eq!(pacing.wait(start), Some(pause), "after {took:?}");
        }
    }

    #[test]
    fn what_is_new_does_not_wait_for_a_refinement() {
        let (mut pacing, start) = (Pacing::default(), Instant::now());
        pacing.changed(&[RECT]);
        pacing.begin(start);
        pacing.done(false, false, LITTLE);
        pacing.begin(start + REFINE);
        pacing.done(false, false, BUSY);
        pacing.changed(&[RECT]);
        assert_eq!(pacing.wait(start + REFINE), Some(Duration::ZERO));
    }

    #[test]
    fn a_picture_is_refined_until_it_is_settled() {
        let (mut pacing, start) = (Pacing::default(), Instant::now());
        pacing.changed(&[RECT]);
        pacing.begin(start);
        pacing.done(false, false, LITTLE);
        assert_eq!(pacing.wait(start), Some(REFINE));
        assert_eq!(pacing.begin(start + REFINE), (vec![], false));
        pacing.done(true, false, LITTLE);
        assert_eq!(pacing.wait(start + REFINE), None);
    }

    #[test]
    fn a_key_frame_that_the_codec_left_out_is_still_owed() {
        let (mut pacing, start) = (Pacing::default(), Instant::now());
        pacing.want_key();
        assert!(pacing.begin(start).1);
        pacing.done(false, true, LITTLE);
        assert!(pacing.begin(start + BUSY).1);
    }

    #[test]
    fn many_rectangles_become_one() {
        let mut pacing = Pacing::default();
        let many: Vec<Rect> = (0..100)
            .map(|x| Rect {
                x,
                y: 0,
                width: 1,
                height: 1,
            })
            .collect();
        pacing.changed(&many);
        assert_eq!(
            pacing.begin(Instant::now()).0,
            [Rect {
                x: 0,
                y: 0,
                width: 100,
                height: 1
            }]
        );
    }
}
