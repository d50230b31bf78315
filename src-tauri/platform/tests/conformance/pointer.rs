//! What the engine relies on in a pointer, and in pointer and keyboard together: nothing reaches Renfort's own windows,
//! and nothing stays held.

use anyhow::Result;
use renfort_engine::seams::InputError;
use renfort_platform::input;
use renfort_protocol::input::{Button, InputEvent};
use renfort_protocol::keyboard::KeyMode;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, InputFocus, PropMode};
use x11rb::wrapper::ConnectionExt as _;

use crate::desk::{CONTROL, Desk};
use crate::window::{Got, SIDES, Window};

fn is_own(result: Result<(), InputError>) -> bool {
    matches!(result, Err(InputError::OwnWindow))
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
        how: KeyMode::Character,
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
    desk.server
        .change_property32(
            PropMode::REPLACE,
            desk.window.id(),
            name,
            AtomEnum::CARDINAL,
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
fn a_frame_that_wraps_a_window_of_this_program_more_than_once_is_not_clicked() -> Result<()> {
    let mut desk = Desk::new("us")?;
    let frame = Window::open_wrapped(&desk.display, 3)?;
    let mut innermost = frame.id();
    while let Some(&inner) = desk.server.query_tree(innermost)?.reply()?.children.first() {
        innermost = inner;
    }
    assert_ne!(innermost, frame.id());
    desk.button(Button::Left, true, 10, 10)?;
    desk.button(Button::Left, false, 10, 10)?;
    let own = desk.own_window(innermost, 0, 0)?;
    assert!(is_own(desk.button(Button::Left, true, 10, 10)), "its title bar");
    assert!(is_own(desk.tap("KeyA", "a")), "the keyboard is on the frame");
    assert!(is_own(desk.move_to(110, 110)), "the window itself");
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
fn a_key_that_is_held_goes_up_when_the_focus_comes_to_a_window_of_this_program() -> Result<()> {
    let mut desk = Desk::new("us")?;
    desk.key("Enter", "Enter", true)?;
    desk.sink.guard();
    assert_eq!(desk.sink.held(), 1);
    let own = desk.own_window(desk.root, 400, 300)?;
    desk.server
        .set_input_focus(InputFocus::PARENT, own, x11rb::CURRENT_TIME)?
        .check()?;
    desk.sink.guard();
    assert_eq!((desk.server_holds()?.len(), desk.sink.held()), (0, 0));
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
fn a_held_modifier_applies_to_the_pointer() -> Result<()> {
    let mut desk = Desk::new("us")?;
    desk.key("ControlLeft", "Control", true)?;
    desk.move_to(30, 30)?;
    assert_eq!(desk.server_mask()? & CONTROL, CONTROL);
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
        how: KeyMode::Character,
        pressed: true,
    })?;
    assert_eq!(desk.server_holds()?, [37]);
    drop(sink);
    assert_eq!(desk.server_holds()?.len(), 0);
    Ok(())
}
