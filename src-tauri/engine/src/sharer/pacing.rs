//! When to encode: at once after a pause, not too often under load, and now and then until the picture is as good as
//! it gets.
//!
//! Invariant: without a change, a wish for a key frame or something left to refine, nothing is ever due.

use std::time::{Duration, Instant};

use crate::seams::Rect;

/// Shortest time from frame to frame (30 frames a second).
pub const BUSY: Duration = Duration::from_millis(33);
/// From a frame to its refinement, when nothing changes.
pub const REFINE: Duration = Duration::from_millis(100);
/// Rectangles that are kept apart. When full, they become the one that holds them all.
pub const RECTANGLES: usize = 64;

#[derive(Debug, Default)]
pub struct Pacing {
    damage: Vec<Rect>,
    key: bool,
    last: Option<Instant>,
    unsettled: bool,
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
        let pause = if self.key || !self.damage.is_empty() {
            BUSY
        } else if self.unsettled {
            REFINE
        } else {
            return None;
        };
        Some(
            self.last
                .map_or(Duration::ZERO, |last| (last + pause).saturating_duration_since(now)),
        )
    }

    /// What to encode now: the damage, and whether as a key frame.
    pub fn begin(&mut self, now: Instant) -> (Vec<Rect>, bool) {
        self.last = Some(now);
        (std::mem::take(&mut self.damage), std::mem::take(&mut self.key))
    }

    /// It was encoded (`settled`: as good as it gets), or left out by the codec, which then owes a key frame if one
    /// was wanted.
    pub const fn done(&mut self, settled: bool, owes_key: bool) {
        self.unsettled = !settled;
        self.key |= owes_key;
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

    #[test]
    fn a_letter_after_a_pause_goes_out_at_once_and_the_next_one_waits() {
        let (mut pacing, start) = (Pacing::default(), Instant::now());
        assert_eq!(pacing.wait(start), None);
        pacing.changed(&[RECT]);
        assert_eq!(pacing.wait(start), Some(Duration::ZERO));
        assert_eq!(pacing.begin(start), (vec![RECT], false));
        pacing.done(true, false);
        assert_eq!(pacing.wait(start), None);
        pacing.changed(&[RECT]);
        assert_eq!(pacing.wait(start + BUSY / 3), Some(BUSY - BUSY / 3));
        assert_eq!(pacing.wait(start + BUSY), Some(Duration::ZERO));
    }

    #[test]
    fn a_picture_is_refined_until_it_is_settled() {
        let (mut pacing, start) = (Pacing::default(), Instant::now());
        pacing.changed(&[RECT]);
        pacing.begin(start);
        pacing.done(false, false);
        assert_eq!(pacing.wait(start), Some(REFINE));
        assert_eq!(pacing.begin(start + REFINE), (vec![], false));
        pacing.done(true, false);
        assert_eq!(pacing.wait(start + REFINE), None);
    }

    #[test]
    fn a_key_frame_that_the_codec_left_out_is_still_owed() {
        let (mut pacing, start) = (Pacing::default(), Instant::now());
        pacing.want_key();
        assert!(pacing.begin(start).1);
        pacing.done(false, true);
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
