//! The matrix: 8 layouts of technicians by 8 of users.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, ensure};
use renfort_protocol::keyboard::KeyMode;

use super::client::Client;
use super::technician::{Hands, Press, Technician, With};
use super::{LAYOUTS, name};
use crate::desk::{CONTROL, Desk, LOCK, SHIFT};

type Layout = (&'static str, &'static str);

/// Pairs that stand for all, technician's layout first: every layout is on either side once.
const SOME: [(Layout, Layout); 9] = [
    (("us", ""), ("fr", "")),
    (("fr", ""), ("us", "")),
    (("ch", ""), ("fr", "")),
    (("be", ""), ("gb", "")),
    (("es", ""), ("de", "")),
    (("gb", ""), ("be", "")),
    (("de", ""), ("ch", "fr")),
    (("fr", ""), ("ch", "")),
    (("ch", "fr"), ("es", "")),
];

/// Technicians' layouts that are tried with this one of the user's.
fn technicians(user: Layout) -> Vec<Layout> {
    if std::env::var("RENFORT_KEYBOARDS").is_ok_and(|which| which == "all") {
        LAYOUTS.to_vec()
    } else {
        SOME.iter()
            .filter(|(_, of)| *of == user)
            .map(|&(technician, _)| technician)
            .collect()
    }
}

/// Checks of the matrix: four with every user's layout, and one with all but the American one, which has no dead keys.
const CHECKS: usize = 5 * LAYOUTS.len() - 1;
/// How much was tried and how much of it went wrong, by check and user's layout.
type Figures = BTreeMap<(&'static str, String), (usize, usize)>;
static FIGURES: Mutex<Figures> = Mutex::new(BTreeMap::new());

/// All figures, told when the last check is over: a row for each check, a column for each user's layout.
fn table(figures: &Figures) -> String {
    let row = |what: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("{cell:>8}")).collect();
        format!("{what:<22}{cells}\n")
    };
    let mut text = row("user's layout", LAYOUTS.map(name).to_vec());
    text += &row(
        "technicians",
        LAYOUTS.map(|user| technicians(user).len().to_string()).to_vec(),
    );
    for what in figures.keys().map(|(what, _)| *what).collect::<BTreeSet<_>>() {
        let cell = |user| match figures.get(&(what, name(user))) {
            Some((tried, 0)) => tried.to_string(),
            Some((tried, wrong)) => format!("{wrong}/{tried}!"),
            None => "-".to_owned(),
        };
        text += &row(what, LAYOUTS.map(cell).to_vec());
    }
    let pairs: usize = LAYOUTS.iter().map(|&user| technicians(user).len()).sum();
    let (tried, wrong) = figures.values().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    text + &format!("{pairs} pairs of layouts, {tried} tried, {wrong} wrong")
}

/// What was tried with one user's layout, and what went wrong.
#[derive(Default)]
struct Findings {
    tried: usize,
    wrong: BTreeSet<String>,
}

impl Findings {
    fn check<T: PartialEq + std::fmt::Debug>(&mut self, what: impl FnOnce() -> String, wanted: &T, got: &T) {
        self.tried += 1;
        if wanted != got {
            self.wrong.insert(format!("{}: {wanted:?} became {got:?}", what()));
        }
    }

    fn tell(self, what: &'static str, user: Layout) -> Result<()> {
        let of = technicians(user).len();
        println!(
            "keyboards: {what} for a user with {}, {of} technicians: {} tried, {} wrong",
            name(user),
            self.tried,
            self.wrong.len()
        );
        // The table is whole after every check.
        let mut figures = FIGURES.lock().unwrap_or_else(PoisonError::into_inner);
        figures.insert((what, name(user)), (self.tried, self.wrong.len()));
        if figures.len() == CHECKS {
            println!("\n{}\n", table(&figures));
        }
        drop(figures);
        ensure!(self.tried > 0, "nothing was tried");
        ensure!(self.wrong.is_empty(), "{:#?}", self.wrong);
        Ok(())
    }
}

/// One display with the user's layout; for each technician.
fn each(
    user: Layout,
    what: &'static str,
    check: impl Fn(&Technician, &mut Desk, &mut Client, &dyn Fn(&Press) -> String, &mut Findings) -> Result<()>,
) -> Result<()> {
    let mut findings = Findings::default();
    for layout in technicians(user) {
        let technician = Technician::new(layout)?;
        let mut desk = Desk::new(&name(user))?;
        let mut client = Client::new(&desk)?;
        let says = |press: &Press| format!("{} to {}, {press:?}", name(layout), name(user));
        check(&technician, &mut desk, &mut client, &says, &mut findings)?;
        desk.sink.release_all();
        ensure!(desk.server_holds()?.is_empty(), "something is still held");
    }
    findings.tell(what, user)
}

/// Everything that a technician can type, by what it means.
fn text(user: Layout) -> Result<()> {
    each(user, "text", |technician, desk, client, says, findings| {
        for press in technician.presses() {
            let mut hands = Hands {
                sink: desk.sink.as_mut(),
                how: KeyMode::Character,
            };
            let Some(character) = press.character() else {
                for (second, composed) in technician.composed(&press) {
                    let mut hands = Hands {
                        sink: desk.sink.as_mut(),
                        how: KeyMode::Character,
                    };
                    hands.compose(&press, &second, &composed)?;
                    findings.check(|| says(&press), &composed, &client.text(desk)?);
                }
                continue;
            };
            hands.tap(&press)?;
            findings.check(|| says(&press), &character.to_string(), &client.text(desk)?);
        }
        Ok(())
    })
}

/// The same while the user's Caps Lock is on; it stays on.
fn caps_lock(user: Layout) -> Result<()> {
    each(
        user,
        "text under Caps Lock",
        |technician, desk, client, says, findings| {
            desk.lock(LOCK)?;
            for press in technician.presses() {
                let Some(character) = press.character() else { continue };
                Hands {
                    sink: desk.sink.as_mut(),
                    how: KeyMode::Character,
                }
                .tap(&press)?;
                findings.check(|| says(&press), &character.to_string(), &client.text(desk)?);
            }
            desk.sink.release_all();
            ensure!(desk.server_mask()? & LOCK == LOCK, "Caps Lock was on");
            desk.unlock(LOCK)
        },
    )
}

/// Every key by its place: the user's own keymap decides.
fn places(user: Layout) -> Result<()> {
    let own = Technician::new(user)?.presses();
    each(user, "places", |technician, desk, client, says, findings| {
        let keys = technician.presses();
        for press in &own {
            // What the key means to the technician must not matter.
            let theirs = keys.iter().find(|key| key.code == press.code && key.with == press.with);
            let sent = Press {
                keysym: theirs.map_or(press.keysym, |key| key.keysym),
                ..*press
            };
            Hands {
                sink: desk.sink.as_mut(),
                how: KeyMode::Physical,
            }
            .tap(&sent)?;
            let got: Vec<_> = client
                .presses(desk)?
                .iter()
                .map(|read| (read.keycode, read.keysym))
                .collect();
            findings.check(|| says(press), &vec![(press.keycode, press.keysym)], &got);
        }
        Ok(())
    })
}

/// Dead keys by their place: the user's system composes, and once.
fn places_composed(user: Layout) -> Result<()> {
    let own = Technician::new(user)?;
    each(user, "composed places", |_, desk, client, says, findings| {
        for dead in own.presses().iter().filter(|press| press.is_dead()) {
            for (second, composed) in own.composed(dead) {
                Hands {
                    sink: desk.sink.as_mut(),
                    how: KeyMode::Physical,
                }
                .compose(dead, &second, &composed)?;
                findings.check(|| says(dead), &composed, &client.text(desk)?);
            }
        }
        Ok(())
    })
}

/// Ctrl with letters, digits, plus and minus; Ctrl+Shift with a letter; by what they mean.
fn shortcuts(user: Layout) -> Result<()> {
    let held = [("ControlLeft", "Control")];
    each(user, "shortcuts", |technician, desk, client, says, findings| {
        let plain = |with: With| !with.alt_gr;
        for press in technician.presses().into_iter().filter(|press| plain(press.with)) {
            let character = press.character();
            let digit = press.code.strip_prefix("Digit").and_then(|digit| digit.chars().next());
            let wanted = match (character, digit) {
                (Some(sign @ ('+' | '-')), _) => sign,
                (_, Some(digit)) => digit,
                (Some(letter), _) if letter.is_ascii_alphabetic() => letter.to_ascii_lowercase(),
                _ => continue,
            };
            // What Shift is needed for is not meant as Shift.
            let shifted = match wanted {
                '+' | '-' => None,
                _ => Some(press.with.shift && character != digit),
            };
            if character.is_none() {
                // A dead key of the upper row is nobody's shortcut.
                continue;
            }
            Hands {
                sink: desk.sink.as_mut(),
                how: KeyMode::Character,
            }
            .shortcut(&press, &held)?;
            let got = client.presses(desk)?;
            let what = || says(&press);
            findings.check(what, &1, &got.len());
            let Some(got) = got.first() else { continue };
            match shifted {
                Some(shifted) => {
                    let modifiers = CONTROL | if shifted { SHIFT } else { 0 };
                    findings.check(what, &modifiers, &got.modifiers);
                    findings.check(what, &true, &client.characters(got.keycode).contains(&wanted));
                }
                None => {
                    findings.check(what, &Some(wanted), &got.keysym.key_char());
                    findings.check(what, &CONTROL, &(got.modifiers & CONTROL));
                }
            }
        }
        Ok(())
    })
}

macro_rules! for_users {
    ($($test:ident: $layout:expr),* $(,)?) => {
        $(
            mod $test {
                use super::*;

                #[test]
                fn text_arrives_as_it_was_meant() -> Result<()> {
                    text($layout)
                }

                #[test]
                fn a_caps_lock_that_is_on_at_the_users_changes_nothing() -> Result<()> {
                    caps_lock($layout)
                }

                #[test]
                fn keys_by_their_place_are_the_users_own_keys() -> Result<()> {
                    places($layout)
                }

                #[test]
                fn shortcuts_go_by_the_letter_that_they_mean() -> Result<()> {
                    shortcuts($layout)
                }
            }
        )*
    };
}

for_users! {
    fr: LAYOUTS[0],
    be: LAYOUTS[1],
    ch_fr: LAYOUTS[2],
    ch_de: LAYOUTS[3],
    de: LAYOUTS[4],
    us: LAYOUTS[5],
    gb: LAYOUTS[6],
    es: LAYOUTS[7],
}

#[test]
fn dead_keys_by_their_place_are_composed_by_the_users_system() -> Result<()> {
    // The American layout has none.
    for user in LAYOUTS.into_iter().filter(|&user| user != ("us", "")) {
        places_composed(user)?;
    }
    Ok(())
}
