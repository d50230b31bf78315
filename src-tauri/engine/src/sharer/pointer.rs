//! Where the user's pointer is and what it looks like, looked after beside the picture.
//!
//! Flow: [`PointerWatch::wait`] says when to look again at the latest, [`PointerWatch::look`] what is new.
//!
//! Invariant: nobody looks more often than every [`LOOK`]; what does not change is not told again, but for the place at which the pointer came
//! to rest: what tells of it may be lost, and nothing follows that would make up for it.

use std::time::{Duration, Instant};

use super::screen::ScreenEvent;
use crate::seams::{Cursor, ScreenSource};

/// Shortest time between two looks: about 60 a second.
const LOOK: Duration = Duration::from_millis(16);
/// A pointer that was seen to move is looked after that often for so long.
const MOVING: Duration = Duration::from_millis(500);
/// So long after it came to rest its place is told again.
const AGAIN: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];

/// What was seen last.
#[derive(Default)]
pub struct PointerWatch {
    place: Option<(u16, u16)>,
    cursor: Option<Cursor>,
    /// The screen told of something that was not looked at yet.
    stirred: bool,
    moved_at: Option<Instant>,
    /// How often its place was told again.
    again: usize,
    looked_at: Option<Instant>,
}

impl PointerWatch {
    /// Longest time until the next look; none: whenever the screen is looked at anyway.
    pub fn wait(&self, now: Instant) -> Option<Duration> {
        let moving = self
            .moved_at
            .is_some_and(|at| now.saturating_duration_since(at) < MOVING);
        let rests = self
            .looked_at
            .map(|at| LOOK.saturating_sub(now.saturating_duration_since(at)));
        (moving || self.stirred).then(|| rests.unwrap_or_default())
    }

    /// The screen tells that it moved or looks different.
    pub fn stirred(&mut self) {
        self.stirred = true;
    }

    /// Place and looks, as far as they are others than before.
    pub fn look(&mut self, screen: &mut dyn ScreenSource, now: Instant) -> [Option<ScreenEvent>; 2] {
        if self
            .looked_at
            .is_some_and(|at| now.saturating_duration_since(at) < LOOK)
        {
            return [None, None];
        }
        self.looked_at = Some(now);
        self.stirred = false;
        let mut place = screen.pointer();
        if place.is_some() && place != self.place {
            (self.place, self.moved_at, self.again) = (place, Some(now), 0);
        } else if let (Some(at), Some(rested)) = (self.moved_at, AGAIN.get(self.again))
            && now.saturating_duration_since(at) >= *rested
        {
            self.again += 1;
        } else {
            place = None;
        }
        let cursor = screen.cursor().filter(|cursor| self.cursor.as_ref() != Some(cursor));
        if cursor.is_some() {
            self.cursor.clone_from(&cursor);
        }
        [
            // What it looks like first: it is drawn at the place that comes next.
            cursor.map(ScreenEvent::Cursor),
            place.map(|(x, y)| ScreenEvent::Pointer(x, y)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;
    use crate::seams::{Change, Picture, Rect, ScreenError, Size};

    struct Screen {
        place: (u16, u16),
        cursor: Option<Cursor>,
        asked: usize,
    }

    impl ScreenSource for Screen {
        fn name(&self) -> &'static str {
            "still"
        }

        fn size(&self) -> Size {
            Size::default()
        }

        fn wait(
            &mut self,
            _timeout: Duration,
            _picture: &mut Picture,
            _outdated: &[Rect],
        ) -> Result<Change, ScreenError> {
            Ok(Change::Nothing)
        }

        fn waker(&self) -> Option<Waker> {
            None
        }

        fn pointer(&mut self) -> Option<(u16, u16)> {
            self.asked += 1;
            Some(self.place)
        }

        fn cursor(&mut self) -> Option<Cursor> {
            self.cursor.clone()
        }
    }

    /// One whose pointer is at 1, 2.
    const fn screen(cursor: Option<Cursor>) -> Screen {
        Screen {
            place: (1, 2),
            cursor,
            asked: 0,
        }
    }

    fn told(watch: &mut PointerWatch, screen: &mut Screen, now: Instant) -> Vec<ScreenEvent> {
        watch.look(screen, now).into_iter().flatten().collect()
    }

    #[test]
    fn what_is_new_is_told_once_and_the_looks_before_the_place() {
        let (mut watch, begin) = (PointerWatch::default(), Instant::now());
        let mut screen = screen(Some(Cursor::Hidden));
        let both = [ScreenEvent::Cursor(Cursor::Hidden), ScreenEvent::Pointer(1, 2)];
        assert_eq!(told(&mut watch, &mut screen, begin), both);
        assert_eq!(told(&mut watch, &mut screen, begin + LOOK), []);
        screen.place = (3, 4);
        assert_eq!(
            told(&mut watch, &mut screen, begin + 2 * LOOK),
            [ScreenEvent::Pointer(3, 4)]
        );
        screen.cursor = None;
        assert_eq!(told(&mut watch, &mut screen, begin + 3 * LOOK), []);
    }

    #[test]
    fn where_a_pointer_came_to_rest_is_told_again_and_then_no_more() {
        let (mut watch, begin) = (PointerWatch::default(), Instant::now());
        let mut screen = screen(None);
        for from in [begin, begin + 40 * LOOK] {
            screen.place.0 += 1;
            let mut at = Vec::new();
            let mut now = from;
            loop {
                let told = told(&mut watch, &mut screen, now);
                assert!(
                    told.iter()
                        .all(|event| *event == ScreenEvent::Pointer(screen.place.0, 2))
                );
                at.extend(told.iter().map(|_| now - from));
                match watch.wait(now) {
                    Some(wait) => now += wait,
                    None => break,
                }
            }
            assert_eq!(at.len(), 3, "{at:?}");
            assert!(at[1] - AGAIN[0] < LOOK && at[2] - AGAIN[1] < LOOK, "{at:?}");
        }
    }

    #[test]
    fn nobody_looks_too_often_and_what_stirred_meanwhile_is_looked_at_in_its_time() {
        let (mut watch, begin) = (PointerWatch::default(), Instant::now());
        let mut screen = screen(None);
        told(&mut watch, &mut screen, begin);
        let soon = begin + LOOK / 4;
        (screen.cursor, screen.place) = (Some(Cursor::Hidden), (5, 6));
        watch.stirred();
        assert_eq!(told(&mut watch, &mut screen, soon), []);
        assert_eq!(screen.asked, 1);
        let wait = watch.wait(soon).unwrap();
        assert_eq!(soon + wait, begin + LOOK);
        assert_eq!(told(&mut watch, &mut screen, soon + wait).len(), 2);
    }

    #[test]
    fn a_pointer_that_rests_wakes_nobody() {
        let (mut watch, begin) = (PointerWatch::default(), Instant::now());
        let mut screen = screen(None);
        told(&mut watch, &mut screen, begin);
        assert_eq!(watch.wait(begin), Some(LOOK));
        assert_eq!(watch.wait(begin + MOVING), None);
        watch.stirred();
        assert_eq!(watch.wait(begin + MOVING), Some(Duration::ZERO));
        told(&mut watch, &mut screen, begin + MOVING);
        assert_eq!(watch.wait(begin + MOVING), None);
    }
}
