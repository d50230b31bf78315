//! What the engine relies on in pointer and keyboard.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use renfort_engine::seams::{InputError, InputSink};
use renfort_platform::input;
use renfort_protocol::input::{Button, InputEvent};
use x11rb::connection::Connection as _;
use x11rb::protocol::xkb::{ConnectionExt as _, Group, ID};
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, InputFocus, KeyButMask, WindowClass};
use x11rb::rust_connection::RustConnection;
use xkeysym::key as keysym;

use crate::window::{Got, SIDES, Window};
use crate::xvfb::{Xvfb, sync};

const SHIFT: u16 = 1;
const LOCK: u16 = 2;
const CONTROL: u16 = 4;

/// A display with a window of another program, and the sink under test.
struct Desk {
    display: Xvfb,
    server: RustConnection,
    root: u32,
    window: Window,
    sink: Box<dyn InputSink>,
}

impl Desk {
    fn new(layout: &str) -> Result<Self> {
        let display = Xvfb::start("640x480x24", &[])?;
        let (server, root) = display.connect()?;
        let sink = input::open(Some(display.name()), &[])?;
        let window = Window::open(&display)?;
        let desk = Self {
            display,
            server,
            root: root.root,
            window,
            sink,
        };
        desk.layout(layout)?;
        Ok(desk)
    }

    fn layout(&self, layout: &str) -> Result<()> {
        let status = Command::new("setxkbmap")
            .args(["-display", self.display.name(), layout])
            .status()?;
        ensure!(status.success(), "setxkbmap {layout}");
        Ok(())
    }

    fn key(&mut self, code: &str, key: &str, pressed: bool) -> Result<(), InputError> {
        self.sink.apply(&InputEvent::Key {
            code: code.to_owned(),
            key: key.to_owned(),
            pressed,
        })
    }

    fn tap(&mut self, code: &str, key: &str) -> Result<(), InputError> {
        self.key(code, key, true)?;
        self.key(code, key, false)
    }

    fn move_to(&mut self, x: u16, y: u16) -> Result<(), InputError> {
        self.sink.apply(&InputEvent::Move { order: 0, x, y })
    }

    fn button(&mut self, button: Button, pressed: bool, x: u16, y: u16) -> Result<(), InputError> {
        self.sink.apply(&InputEvent::Button { button, pressed, x, y })
    }

    fn wheel(&mut self, dx: i16, dy: i16) -> Result<(), InputError> {
        self.sink.apply(&InputEvent::Wheel { dx, dy, x: 20, y: 20 })
    }

    /// Keys that the server takes for held.
    fn server_holds(&self) -> Result<Vec<usize>> {
        let keys = self.server.query_keymap()?.reply()?.keys;
        Ok((0..256)
            .filter(|keycode| keys[keycode / 8] >> (keycode % 8) & 1 == 1)
            .collect())
    }

    fn server_mask(&self) -> Result<u16> {
        Ok(self.server.query_pointer(self.root)?.reply()?.mask.into())
    }

    fn keymap(&self) -> Result<Vec<u32>> {
        Ok(self.server.get_keyboard_mapping(8, 248)?.reply()?.keysyms)
    }

    /// A window of this process.
    fn own_window(&self, parent: u32, x: i16, y: i16) -> Result<u32> {
        let window = self.server.generate_id()?;
        let options = CreateWindowAux::new().override_redirect(1);
        self.server
            .create_window(
                0,
                window,
                parent,
                x,
                y,
                50,
                50,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &options,
            )?
            .check()?;
        self.server.map_window(window)?.check()?;
        Ok(window)
    }
}

fn is_own(result: Result<(), InputError>) -> bool {
    matches!(result, Err(InputError::OwnWindow))
}

#[test]
fn text_arrives_whatever_the_users_layout_is() -> Result<()> {
    // Codes are those of a technician's American keyboard; what counts is the character.
    let text = [
        ("KeyA", 'a'),
        ("KeyQ", 'q'),
        ("KeyZ", 'Z'),
        ("KeyM", 'm'),
        ("Digit1", '1'),
        ("Digit1", '!'),
        ("Slash", '/'),
        ("Semicolon", ':'),
        ("Period", '.'),
        ("Space", ' '),
        ("Digit2", '@'),
        ("Digit3", '#'),
        ("BracketLeft", '{'),
        ("Digit7", 'é'),
        ("KeyE", '€'),
        ("Quote", 'ù'),
        ("Digit0", 'à'),
        ("Numpad7", '7'),
        ("IntlBackslash", '<'),
    ];
    for layout in ["us", "fr", "de", "ch"] {
        let mut desk = Desk::new(layout)?;
        for (code, character) in text {
            desk.tap(code, &character.to_string())?;
        }
        let expected: String = text.iter().map(|&(_, character)| character).collect();
        assert_eq!(desk.window.typed()?, expected, "on {layout}");
        assert_eq!(desk.server_holds()?, [0_usize; 0]);
    }
    Ok(())
}

#[test]
fn characters_that_no_key_gives_arrive_and_the_keyboard_is_put_back() -> Result<()> {
    let mut desk = Desk::new("fr")?;
    let before = desk.keymap()?;
    // More than there are keys in use at a time, and some twice.
    let text = "êëжλ中😀ôî☃я中ê中";
    for character in text.chars() {
        desk.tap("BracketLeft", "Dead")?;
        desk.tap("KeyE", &character.to_string())?;
        // The window looks at the keymap when it gets the key; give it the time that a person's typing gives.
        assert_eq!(desk.window.next()?.typed(), Some(character));
        desk.window.next()?;
    }
    assert_ne!(desk.keymap()?, before);
    desk.sink.release_all();
    assert_eq!(desk.keymap()?, before);
    Ok(())
}

#[test]
fn a_shortcut_goes_by_its_letter_on_any_layout() -> Result<()> {
    for (layout, keycode) in [("us", 38), ("fr", 24)] {
        let mut desk = Desk::new(layout)?;
        desk.key("ControlLeft", "Control", true)?;
        desk.tap("KeyA", "a")?;
        desk.key("ControlLeft", "Control", false)?;
        let got = desk.window.all()?;
        let pressed = Got::Key {
            pressed: true,
            keycode,
            modifiers: CONTROL,
            keysym: keysym::a,
        };
        assert!(got.contains(&pressed), "on {layout}: {got:?}");
        assert_eq!(got.len(), 4, "{got:?}");
    }
    Ok(())
}

#[test]
fn a_shortcut_works_on_a_layout_without_latin_letters() -> Result<()> {
    let mut desk = Desk::new("us,ru")?;
    let none = 0_u8.into();
    desk.server.xkb_use_extension(1, 0)?.reply()?;
    desk.server
        .xkb_latch_lock_state(ID::USE_CORE_KBD.into(), none, none, true, Group::M2, none, false, 0)?
        .check()?;
    desk.tap("KeyA", "ф")?;
    let st = desk.server.xkb_get_state(ID::USE_CORE_KBD.into())?.reply()?;
    eprintln!("{st:?}");
    let got = desk.window.all()?;
    eprintln!("{got:?} {:x?}", &desk.keymap()?[30 * 7..32 * 7]);
    assert_eq!(got.iter().filter_map(Got::typed).collect::<String>(), "ф");
    desk.key("ControlLeft", "Control", true)?;
    desk.tap("KeyC", "c")?;
    desk.key("ControlLeft", "Control", false)?;
    let got = desk.window.all()?;
    let is_ctrl_c = |got: &Got| {
        matches!(
            got,
            Got::Key {
                pressed: true,
                keycode: 54,
                modifiers: CONTROL,
                ..
            }
        )
    };
    assert!(got.iter().any(is_ctrl_c), "{got:?}");
    Ok(())
}

#[test]
fn a_digit_in_a_shortcut_keeps_the_modifiers_as_they_are() -> Result<()> {
    let mut desk = Desk::new("fr")?;
    desk.key("AltLeft", "Alt", true)?;
    desk.tap("Digit1", "1")?;
    desk.key("AltLeft", "Alt", false)?;
    let got = desk.window.all()?;
    let is_alt_1 = |got: &Got| {
        matches!(
            got,
            Got::Key {
                pressed: true,
                keycode: 10,
                modifiers: 8,
                ..
            }
        )
    };
    assert!(got.iter().any(is_alt_1), "{got:?}");
    Ok(())
}

#[test]
fn a_shift_that_the_technician_holds_is_let_go_where_it_is_in_the_way_and_comes_back() -> Result<()> {
    let mut desk = Desk::new("us")?;
    desk.key("ShiftLeft", "Shift", true)?;
    // A German technician's Shift+7 is what an American keyboard gives without Shift.
    desk.tap("Digit7", "/")?;
    desk.tap("KeyA", "A")?;
    assert_eq!(desk.server_mask()? & SHIFT, SHIFT);
    assert_eq!(desk.window.typed()?, "/A");
    // The other way round: released while it is let go already.
    desk.key("Digit7", "/", true)?;
    desk.key("ShiftLeft", "Shift", false)?;
    desk.key("Digit7", "/", false)?;
    desk.tap("KeyA", "a")?;
    assert_eq!(desk.window.typed()?, "/a");
    assert_eq!((desk.server_holds()?.len(), desk.sink.held()), (0, 0));
    Ok(())
}

#[test]
fn altgr_of_any_system_gives_the_character_and_no_shortcut() -> Result<()> {
    for (layout, held_before) in [
        ("fr", &["ControlLeft"][..]),
        ("fr", &[]),
        ("us", &["ControlLeft"]),
        ("us", &[]),
    ] {
        let mut desk = Desk::new(layout)?;
        // Windows reports AltGr as Control and AltGraph.
        for code in held_before {
            desk.key(code, "Control", true)?;
        }
        desk.key("AltRight", "AltGraph", true)?;
        desk.tap("Digit0", "@")?;
        let got = desk.window.all()?;
        let at = got
            .iter()
            .find(|got| got.typed() == Some('@'))
            .with_context(|| format!("{layout}: {got:?}"))?;
        assert!(
            matches!(at, Got::Key { modifiers, .. } if modifiers & (CONTROL | 8) == 0),
            "{layout}: {at:?}"
        );
        desk.key("AltRight", "AltGraph", false)?;
        for code in held_before {
            desk.key(code, "Control", false)?;
        }
        assert_eq!((desk.server_holds()?.len(), desk.sink.held()), (0, 0));
    }
    Ok(())
}

#[test]
fn the_users_caps_lock_changes_nothing_and_stays() -> Result<()> {
    let mut desk = Desk::new("fr")?;
    desk.tap("CapsLock", "CapsLock")?;
    desk.window.all()?;
    for (code, character) in [
        ("KeyA", "a"),
        ("KeyA", "A"),
        ("Digit2", "é"),
        ("Digit7", "7"),
        ("KeyB", "b"),
    ] {
        desk.tap(code, character)?;
        assert_eq!(desk.window.typed()?, character);
    }
    assert_eq!(desk.server_mask()? & LOCK, LOCK);
    Ok(())
}

#[test]
fn keys_without_a_character_arrive_as_themselves() -> Result<()> {
    let mut desk = Desk::new("fr")?;
    for (code, key, symbol) in [
        ("Enter", "Enter", keysym::Return),
        ("NumpadEnter", "Enter", keysym::KP_Enter),
        ("Backspace", "Backspace", keysym::BackSpace),
        ("Delete", "Delete", keysym::Delete),
        ("ArrowLeft", "ArrowLeft", keysym::Left),
        ("F5", "F5", keysym::F5),
        ("Tab", "Tab", keysym::Tab),
        ("Escape", "Escape", keysym::Escape),
        ("OSLeft", "Meta", keysym::Super_L),
        // From a menu, without a physical key.
        ("", "PrintScreen", keysym::Print),
        ("Unidentified", "ContextMenu", keysym::Menu),
    ] {
        desk.tap(code, key)?;
        let pressed = desk.window.next()?;
        assert!(
            matches!(pressed, Got::Key { pressed: true, keysym, .. } if keysym == symbol),
            "{key}: {pressed:?}"
        );
        assert!(matches!(desk.window.next()?, Got::Key { pressed: false, .. }));
    }
    Ok(())
}

#[test]
fn another_layout_is_followed() -> Result<()> {
    let mut desk = Desk::new("us")?;
    for layout in ["us", "fr", "us", "de"] {
        desk.layout(layout)?;
        for character in ["a", "z", "/", "@", "y"] {
            desk.tap("KeyA", character)?;
        }
        assert_eq!(desk.window.typed()?, "az/@y", "on {layout}");
    }
    Ok(())
}

#[test]
fn a_release_lets_go_what_its_press_took_whatever_it_means_by_then() -> Result<()> {
    let mut desk = Desk::new("us")?;
    desk.key("KeyA", "a", true)?;
    desk.layout("fr")?;
    desk.key("KeyA", "A", false)?;
    assert_eq!((desk.server_holds()?.len(), desk.sink.held()), (0, 0));
    desk.key("KeyA", "a", false)?;
    desk.key("KeyX", "x", false)?;
    Ok(())
}

#[test]
fn a_press_that_is_repeated_is_not_a_second_one() -> Result<()> {
    let mut desk = Desk::new("us")?;
    for _ in 0..5 {
        desk.key("KeyA", "a", true)?;
    }
    desk.key("KeyA", "a", false)?;
    assert_eq!(desk.window.typed()?, "a");
    Ok(())
}

#[test]
fn release_all_leaves_nothing_held() -> Result<()> {
    let mut desk = Desk::new("fr")?;
    desk.move_to(10, 10)?;
    for (code, key) in [("ShiftLeft", "Shift"), ("KeyB", "B"), ("Digit2", "@"), ("KeyN", "ñ")] {
        desk.key(code, key, true)?;
    }
    desk.button(Button::Left, true, 10, 10)?;
    desk.button(Button::Right, true, 10, 10)?;
    assert_eq!(desk.sink.held(), 6);
    assert!(!desk.server_holds()?.is_empty());
    desk.sink.apply(&InputEvent::ReleaseAll)?;
    assert_eq!(desk.sink.held(), 0);
    assert_eq!((desk.server_holds()?.len(), desk.server_mask()?), (0, 0));
    Ok(())
}

#[test]
fn a_sink_that_is_dropped_leaves_nothing_held() -> Result<()> {
    let desk = Desk::new("us")?;
    let mut sink = input::open(Some(desk.display.name()), &[])?;
    sink.apply(&InputEvent::Key {
        code: "ControlLeft".into(),
        key: "Control".into(),
        pressed: true,
    })?;
    assert_eq!(desk.server_holds()?, [37]);
    drop(sink);
    assert_eq!(desk.server_holds()?.len(), 0);
    Ok(())
}

#[test]
fn the_pointer_goes_where_it_is_sent_and_its_buttons_arrive() -> Result<()> {
    let mut desk = Desk::new("us")?;
    desk.move_to(12, 34)?;
    assert_eq!(desk.window.next()?, Got::Moved { x: 12, y: 34 });
    for (button, number) in [
        (Button::Left, 1),
        (Button::Middle, 2),
        (Button::Right, 3),
        (Button::Back, 8),
        (Button::Forward, 9),
    ] {
        desk.button(button, true, 50, 60)?;
        desk.button(button, true, 50, 60)?;
        desk.button(button, false, 55, 65)?;
        desk.button(button, false, 55, 65)?;
        let got: Vec<Got> = desk
            .window
            .all()?
            .into_iter()
            .filter(|got| matches!(got, Got::Button { .. }))
            .collect();
        let expected = [
            Got::Button {
                pressed: true,
                button: number,
                x: 50,
                y: 60,
            },
            Got::Button {
                pressed: false,
                button: number,
                x: 55,
                y: 65,
            },
        ];
        assert_eq!(got, expected);
    }
    Ok(())
}

#[test]
fn the_wheel_turns_by_notches_in_all_four_directions() -> Result<()> {
    let mut desk = Desk::new("us")?;
    desk.move_to(20, 20)?;
    desk.window.all()?;
    for (dx, dy, number, count) in [
        (0, 240, 5, 2),
        (0, -120, 4, 1),
        (120, 0, 7, 1),
        (-360, 0, 6, 3),
        (0, 60, 5, 0),
    ] {
        desk.wheel(dx, dy)?;
        let mut got = desk.window.all()?;
        got.retain(|got| matches!(got, Got::Button { .. }));
        let presses = got
            .iter()
            .filter(|got| matches!(got, Got::Button { pressed: true, .. }));
        assert_eq!(presses.count(), count, "{got:?}");
        assert!(
            got.iter()
                .all(|got| matches!(got, Got::Button { button, .. } if *button == number)),
            "{got:?}"
        );
    }
    Ok(())
}

#[test]
fn nothing_reaches_a_window_of_this_program() -> Result<()> {
    let mut desk = Desk::new("us")?;
    let own = desk.own_window(desk.root, 400, 300)?;
    desk.move_to(10, 10)?;
    assert!(is_own(desk.move_to(410, 310)));
    assert!(is_own(desk.button(Button::Left, true, 410, 310)));
    assert!(is_own(desk.sink.apply(&InputEvent::Wheel {
        dx: 0,
        dy: 120,
        x: 410,
        y: 310
    })));
    let pointer = desk.server.query_pointer(desk.root)?.reply()?;
    assert_eq!((pointer.root_x, pointer.root_y), (10, 10));
    desk.server
        .set_input_focus(InputFocus::PARENT, own, x11rb::CURRENT_TIME)?
        .check()?;
    assert!(is_own(desk.tap("KeyA", "a")));
    assert!(is_own(desk.tap("AltLeft", "Alt")));
    assert_eq!((desk.server_holds()?.len(), desk.sink.held()), (0, 0));
    desk.server.unmap_window(own)?.check()?;
    desk.move_to(410, 310)?;
    Ok(())
}

#[test]
fn nothing_reaches_a_window_of_another_process_of_this_program() -> Result<()> {
    let mut desk = Desk::new("us")?;
    let mut sink = input::open(Some(desk.display.name()), &[desk.window.pid()])?;
    assert!(is_own(sink.apply(&InputEvent::Move { order: 0, x: 10, y: 10 })));
    assert!(is_own(sink.apply(&InputEvent::Key {
        code: "KeyA".into(),
        key: "a".into(),
        pressed: true
    })));
    desk.move_to(10, 10)?;
    desk.tap("KeyA", "a")?;
    Ok(())
}

#[test]
fn a_window_that_only_says_whose_it_is_is_believed() -> Result<()> {
    let mut desk = Desk::new("us")?;
    let name = desk.server.intern_atom(false, b"_NET_WM_PID")?.reply()?.atom;
    x11rb::wrapper::ConnectionExt::change_property32(
        &desk.server,
        x11rb::protocol::xproto::PropMode::REPLACE,
        desk.window.id(),
        name,
        x11rb::protocol::xproto::AtomEnum::CARDINAL,
        &[std::process::id()],
    )?
    .check()?;
    assert!(is_own(desk.move_to(10, 10)));
    assert!(is_own(desk.tap("KeyA", "a")));
    Ok(())
}

#[test]
fn the_frame_around_a_window_of_this_program_is_not_clicked() -> Result<()> {
    let mut desk = Desk::new("us")?;
    // The other program's window is the frame, as a window manager's would be.
    let own = desk.own_window(desk.window.id(), 100, 100)?;
    assert!(is_own(desk.button(Button::Left, true, 10, 10)));
    assert!(is_own(desk.move_to(110, 110)));
    assert!(is_own(desk.tap("KeyA", "a")));
    desk.move_to(10, 10)?;
    desk.server.destroy_window(own)?.check()?;
    desk.button(Button::Left, true, 10, 10)?;
    Ok(())
}

#[test]
fn a_button_and_a_key_are_let_go_even_where_a_press_would_be_refused() -> Result<()> {
    let mut desk = Desk::new("us")?;
    desk.button(Button::Left, true, 10, 10)?;
    desk.key("KeyA", "a", true)?;
    let own = desk.own_window(desk.root, 400, 300)?;
    desk.server
        .set_input_focus(InputFocus::PARENT, own, x11rb::CURRENT_TIME)?
        .check()?;
    assert!(is_own(desk.move_to(410, 310)));
    desk.button(Button::Left, false, 410, 310)?;
    desk.key("KeyA", "a", false)?;
    assert_eq!(
        (desk.server_holds()?.len(), desk.server_mask()?, desk.sink.held()),
        (0, 0, 0)
    );
    let got = desk.window.all()?;
    let went_up = |got: &Got| {
        matches!(
            got,
            Got::Button {
                pressed: false,
                x: 10,
                y: 10,
                ..
            }
        )
    };
    assert!(got.iter().any(went_up), "{got:?}");
    Ok(())
}

#[test]
fn places_outside_the_screen_do_no_harm() -> Result<()> {
    let mut desk = Desk::new("us")?;
    desk.move_to(u16::MAX, u16::MAX)?;
    let pointer = desk.server.query_pointer(desk.root)?.reply()?;
    assert_eq!((pointer.root_x, pointer.root_y), (639, 479));
    assert!(pointer.root_x > SIDES.0.try_into()?);
    Ok(())
}

#[test]
fn a_key_that_does_not_exist_is_said_to_be_none() -> Result<()> {
    let mut desk = Desk::new("us")?;
    for (code, key) in [("", "Nonsense"), ("Nonsense", "Nonsense"), ("KeyA", ""), ("", "\u{1b}")] {
        let result = desk.key(code, key, true);
        let place = code == "KeyA";
        assert!(
            if place {
                result.is_ok()
            } else {
                matches!(result, Err(InputError::NoSuchKey))
            },
            "{code} {key}"
        );
        desk.sink.release_all();
    }
    Ok(())
}

#[test]
fn no_more_keys_are_held_than_fingers_could() -> Result<()> {
    let mut desk = Desk::new("us")?;
    let refused = (0..200).find(|number| desk.key(&format!("Made{number}"), "a", true).is_err());
    assert!(refused.is_some_and(|number| number <= 64), "{refused:?}");
    desk.sink.release_all();
    assert_eq!(desk.server_holds()?.len(), 0);
    Ok(())
}

#[test]
fn without_a_display_there_is_an_error() -> Result<()> {
    assert!(matches!(
        input::open(Some(":999"), &[]),
        Err(InputError::Unavailable(_))
    ));
    let mut desk = Desk::new("us")?;
    desk.key("ShiftLeft", "Shift", true)?;
    desk.display.kill()?;
    assert!(matches!(desk.move_to(1, 1), Err(InputError::Unavailable(_))));
    assert!(matches!(desk.tap("KeyA", "a"), Err(InputError::Unavailable(_))));
    desk.sink.release_all();
    Ok(())
}

#[test]
fn a_terminal_gets_every_character_at_full_speed() -> Result<()> {
    for layout in ["us", "fr"] {
        let display = Xvfb::start("640x480x24", &[])?;
        let (server, root) = display.connect()?;
        ensure!(
            Command::new("setxkbmap")
                .args(["-display", display.name(), layout])
                .status()?
                .success()
        );
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("typed");
        let mut terminal = Command::new("xterm")
            .args(["-display", display.name(), "-u8", "-e", "sh", "-c", "cat > \"$TYPED\""])
            .env("TYPED", &file)
            .env("LC_ALL", "C.UTF-8")
            // It complains about fonts.
            .stderr(Stdio::null())
            .spawn()?;
        // It is ready when `cat` runs, which is when the file is there; the pointer over it gives it the keyboard.
        let deadline = Instant::now() + Duration::from_secs(20);
        while !file.exists() {
            ensure!(Instant::now() < deadline, "the terminal did not come up");
            std::thread::sleep(Duration::from_millis(50));
        }
        server.warp_pointer(x11rb::NONE, root.root, 0, 0, 0, 0, 50, 50)?;
        sync(&server)?;
        let mut sink = input::open(Some(display.name()), &[])?;
        let text = "The quick brown fox: 0123456789 <>[]{}|~^@#$%&*()_+-=/\\ été à la €";
        for (key, code) in text
            .chars()
            .map(|key| (key.to_string(), "KeyA"))
            .chain([("Enter".to_owned(), "Enter")])
        {
            for pressed in [true, false] {
                sink.apply(&InputEvent::Key {
                    code: code.to_owned(),
                    key: key.clone(),
                    pressed,
                })?;
            }
        }
        let deadline = Instant::now() + Duration::from_secs(10);
        while std::fs::read_to_string(&file)?.trim_end() != text {
            ensure!(
                Instant::now() < deadline,
                "on {layout}: {:?}",
                std::fs::read_to_string(&file)?
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        terminal.kill()?;
        terminal.wait()?;
    }
    Ok(())
}

#[test]
fn a_held_modifier_applies_to_the_pointer() -> Result<()> {
    let mut desk = Desk::new("us")?;
    desk.key("ControlLeft", "Control", true)?;
    desk.move_to(30, 30)?;
    let mask = KeyButMask::from(desk.server_mask()?);
    assert_eq!(u16::from(mask) & CONTROL, CONTROL);
    Ok(())
}
