//! What the app relies on in a shortcut that is heard whichever window has the keyboard.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use renfort_platform::shortcut::{Shortcut, ShortcutError};
use renfort_protocol::{input::InputEvent, keyboard::KeyMode};

use crate::desk::{Desk, LOCK, NUM};

/// Enough for anything that does happen.
const PATIENCE: Duration = Duration::from_secs(10);
/// Enough to see that nothing happens.
const QUIET: Duration = Duration::from_millis(200);
const HELD: [&str; 3] = ["Control", "Alt", "Shift"];
/// A key, and what it means.
const S: (&str, &str) = ("KeyS", "s");

struct Heard(Arc<AtomicUsize>);

impl Heard {
    fn listen(desk: &Desk) -> Result<(Self, Shortcut), ShortcutError> {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let shortcut = Shortcut::listen(Some(desk.display.name()), move || {
            counted.fetch_add(1, Ordering::SeqCst);
        })?;
        Ok((Self(count), shortcut))
    }

    fn becomes(&self, count: usize) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        while self.times() < count && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(2));
        }
        self.is(count)
    }

    fn times(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn is(&self, count: usize) -> Result<()> {
        let heard = self.times();
        ensure!(heard == count, "heard {heard} times, not {count}");
        Ok(())
    }
}

fn press(desk: &mut Desk, held: &[&str], (code, letter): (&str, &str)) -> Result<()> {
    for key in held {
        desk.key(&format!("{key}Left"), key, true)?;
    }
    desk.tap(code, letter)?;
    for key in held.iter().rev() {
        desk.key(&format!("{key}Left"), key, false)?;
    }
    desk.settle()?;
    Ok(())
}

/// Keys as the user's own hands press them: by their place.
fn press_by_hand(desk: &mut Desk) -> Result<()> {
    let places = ["ControlLeft", "AltLeft", "ShiftLeft", S.0];
    let down = places.iter().map(|place| (place, true));
    let up = places.iter().rev().map(|place| (place, false));
    for (place, pressed) in down.chain(up) {
        desk.sink.apply(&InputEvent::Key {
            code: (*place).to_owned(),
            key: String::new(),
            how: KeyMode::Physical,
            pressed,
        })?;
    }
    desk.settle()?;
    Ok(())
}

#[test]
fn it_is_heard_over_another_programs_window_with_any_lamp_on_and_nothing_else_is() -> Result<()> {
    let mut desk = Desk::new("us")?;
    let (heard, shortcut) = Heard::listen(&desk)?;
    for (turn, lamps) in [0, LOCK, NUM, LOCK | NUM].into_iter().enumerate() {
        desk.unlock(LOCK | NUM)?;
        desk.lock(lamps)?;
        press(&mut desk, &HELD, S)?;
        heard.becomes(turn + 1)?;
    }
    desk.unlock(LOCK | NUM)?;
    press(&mut desk, &HELD[..2], S)?;
    press(&mut desk, &HELD, ("KeyD", "d"))?;
    std::thread::sleep(QUIET);
    heard.is(4)?;
    drop(shortcut);
    press(&mut desk, &HELD, S)?;
    std::thread::sleep(QUIET);
    heard.is(4)
}

#[test]
fn it_is_one_programs_alone_until_that_lets_go() -> Result<()> {
    let mut desk = Desk::new("us")?;
    let (_, shortcut) = Heard::listen(&desk)?;
    ensure!(matches!(Heard::listen(&desk), Err(ShortcutError::Taken)));
    drop(shortcut);
    let (heard, _shortcut) = Heard::listen(&desk)?;
    press(&mut desk, &HELD, S)?;
    heard.becomes(1)
}

#[test]
fn it_follows_its_letter_when_the_keymap_changes() -> Result<()> {
    let mut desk = Desk::new("us")?;
    let (heard, _shortcut) = Heard::listen(&desk)?;
    desk.layout("dvorak")?;
    // Where that keyboard has its S.
    let end = Instant::now() + PATIENCE;
    while heard.times() == 0 && Instant::now() < end {
        press(&mut desk, &HELD, ("Semicolon", "s"))?;
        std::thread::sleep(QUIET);
    }
    // A press may be heard late, so that there was another.
    let times = heard.times();
    ensure!(times > 0, "never heard");
    press(&mut desk, &HELD, ("KeyS", "o"))?;
    std::thread::sleep(QUIET);
    heard.is(times)
}

#[test]
fn a_technician_who_types_its_letter_does_not_draw_it_away_from_the_users_key() -> Result<()> {
    // The S is in the second layout of one, and a capital only in the other.
    for layout in ["ru,us", "il"] {
        let mut desk = Desk::new(layout)?;
        let (heard, _shortcut) = Heard::listen(&desk)?;
        let before = desk.keymap()?;
        desk.tap(S.0, S.1)?;
        ensure!(desk.keymap()? != before, "on {layout} no other key was bound to it");
        std::thread::sleep(QUIET);
        press_by_hand(&mut desk)?;
        heard.becomes(1)?;
        desk.sink.release_all();
        ensure!(desk.keymap()? == before);
        std::thread::sleep(QUIET);
        press_by_hand(&mut desk)?;
        heard.becomes(2)?;
    }
    Ok(())
}

#[test]
fn without_its_letter_it_waits_for_a_keymap_that_has_it() -> Result<()> {
    let mut desk = Desk::new("ru")?;
    let (heard, _shortcut) = Heard::listen(&desk)?;
    press_by_hand(&mut desk)?;
    std::thread::sleep(QUIET);
    heard.is(0)?;
    desk.layout("ru,us")?;
    let end = Instant::now() + PATIENCE;
    while heard.times() == 0 && Instant::now() < end {
        press_by_hand(&mut desk)?;
        std::thread::sleep(QUIET);
    }
    ensure!(heard.times() > 0, "never heard");
    Ok(())
}

#[test]
fn without_a_display_there_is_none() {
    let none = Shortcut::listen(Some(":9999"), || {});
    assert!(matches!(none, Err(ShortcutError::Unavailable(_))));
}
