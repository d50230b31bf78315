//! Buttons and the wheel.
//!
//! Flow: presses are remembered; parts of a notch are collected until they make a whole one, because X11 knows only
//! those.
//!
//! Invariant: a button is held here exactly as long as it is held on the server through this sink.

use renfort_engine::seams::InputError;
use renfort_protocol::input::Button;

use super::injector::Injector;

/// One notch, in the units of the wire.
const NOTCH: i32 = 120;
/// Most notches that one event turns the wheel by; what is above is dropped. A fast wheel gives 3 to 10.
const MAX_NOTCHES: i32 = 30;

/// What is held, and what the wheel still owes.
#[derive(Debug, Default)]
pub(super) struct Pointer {
    held: Vec<Button>,
    sideways: Wheel,
    upright: Wheel,
}

#[derive(Debug, Default)]
struct Wheel {
    owed: i32,
}

impl Wheel {
    /// Takes units in, gives whole notches out.
    fn turn(&mut self, units: i16) -> i32 {
        let units = i32::from(units);
        // Who turns back does not first work off what was left of the other direction.
        if units.signum() != self.owed.signum() {
            self.owed = 0;
        }
        self.owed += units;
        let notches = self.owed / NOTCH;
        self.owed %= NOTCH;
        notches.clamp(-MAX_NOTCHES, MAX_NOTCHES)
    }
}

impl Pointer {
    pub(super) fn holds(&self, button: Button) -> bool {
        self.held.contains(&button)
    }

    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    pub(super) fn press(&mut self, injector: &mut Injector, button: Button) -> Result<(), InputError> {
        if !self.holds(button) {
            injector.button(button, true)?;
            self.held.push(button);
        }
        Ok(())
    }

    pub(super) fn release(&mut self, injector: &mut Injector, button: Button) -> Result<(), InputError> {
        if self.holds(button) {
            injector.button(button, false)?;
            self.held.retain(|&held| held != button);
        }
        Ok(())
    }

    pub(super) fn scroll(&mut self, injector: &mut Injector, dx: i16, dy: i16) -> Result<(), InputError> {
        for (wheel, units, sideways) in [(&mut self.sideways, dx, true), (&mut self.upright, dy, false)] {
            if units != 0 {
                injector.scroll(wheel.turn(units), sideways)?;
            }
        }
        Ok(())
    }

    pub(super) fn release_all(&mut self, injector: &mut Injector) {
        for button in std::mem::take(self).held {
            if let Err(error) = injector.button(button, false) {
                tracing::warn!(%error, "a button could not be released");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_notch_add_up_and_turning_back_forgets_them() {
        let mut wheel = Wheel::default();
        assert_eq!([60, 60, 60].map(|units| wheel.turn(units)), [0, 1, 0]);
        assert_eq!([-60, -60].map(|units| wheel.turn(units)), [0, -1]);
    }

    #[test]
    fn one_event_does_not_turn_the_wheel_for_ever() {
        assert_eq!(Wheel::default().turn(i16::MAX), MAX_NOTCHES);
        assert_eq!(Wheel::default().turn(i16::MIN), -MAX_NOTCHES);
    }
}
