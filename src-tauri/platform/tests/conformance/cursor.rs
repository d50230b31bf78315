//! What the engine relies on in the pointer's looks, under an X server of its own: cursors that a program makes and shows.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use renfort_engine::seams::{Change, Cursor, Picture, PixelFormat, ScreenSource, Size};
use renfort_platform::capture::{self, Preference};
use renfort_platform::input;
use renfort_protocol::input::InputEvent;
use x11rb::connection::Connection as _;
use x11rb::protocol::render::{Animcursorelt, ConnectionExt as _, CreatePictureAux, PictType};
use x11rb::protocol::xfixes::ConnectionExt as _;
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, CreateGCAux, ImageFormat, Screen};
use x11rb::rust_connection::RustConnection;

use crate::xvfb::{Xvfb, sync};

/// Enough for anything that does happen.
const PATIENCE: Duration = Duration::from_secs(10);
/// Enough to see that nothing happens.
const QUIET: Duration = Duration::from_millis(300);

/// A display, a program that chooses its cursor, and the screen under test.
struct Desk {
    display: Xvfb,
    program: RustConnection,
    root: Screen,
    screen: Box<dyn ScreenSource>,
    picture: Picture,
}

impl Desk {
    fn new(preference: Preference) -> Result<Self> {
        let display = Xvfb::start("320x240x24", &[])?;
        let (program, root) = display.connect()?;
        program.render_query_version(0, 11)?.reply()?;
        let screen = capture::open(Some(display.name()), preference)?;
        let picture = Picture::new(Size::default(), PixelFormat::Bgrx);
        let mut desk = Self {
            display,
            program,
            root,
            screen,
            picture,
        };
        while desk.wait(QUIET)? != Change::Nothing {}
        Ok(desk)
    }

    fn wait(&mut self, timeout: Duration) -> Result<Change> {
        Ok(self.screen.wait(timeout, &mut self.picture, &[])?)
    }

    /// Makes a cursor as themes and toolkits do. Pixels are ARGB, multiplied by alpha.
    fn make(&self, (width, height): (u16, u16), (x, y): (u16, u16), pixel: impl Fn(u16, u16) -> u32) -> Result<u32> {
        let server = &self.program;
        let formats = server.render_query_pict_formats()?.reply()?.formats;
        let argb = formats.iter().find(|format| {
            let direct = format.direct;
            format.type_ == PictType::DIRECT
                && format.depth == 32
                && (
                    direct.alpha_shift,
                    direct.red_shift,
                    direct.green_shift,
                    direct.blue_shift,
                ) == (24, 16, 8, 0)
                && direct.alpha_mask == 0xff
        });
        let format = argb.context("no format for a cursor")?.id;
        let (pixmap, brush) = (server.generate_id()?, server.generate_id()?);
        server.create_pixmap(32, pixmap, self.root.root, width, height)?;
        server.create_gc(brush, pixmap, &CreateGCAux::new())?;
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let data: Vec<u8> = places.flat_map(|(x, y)| pixel(x, y).to_le_bytes()).collect();
        let whole = ImageFormat::Z_PIXMAP;
        server.put_image(whole, pixmap, brush, width, height, 0, 0, 0, 32, &data)?;
        let (image, cursor) = (server.generate_id()?, server.generate_id()?);
        server.render_create_picture(image, pixmap, format, &CreatePictureAux::new())?;
        server.render_create_cursor(cursor, image, x, y)?.check()?;
        server.render_free_picture(image)?;
        server.free_gc(brush)?;
        server.free_pixmap(pixmap)?;
        Ok(cursor)
    }

    /// A small one of one colour.
    fn plain(&self, colour: u32) -> Result<u32> {
        self.make((8, 8), (0, 0), |_, _| colour)
    }

    /// The pointer stands on the root window.
    fn show(&self, cursor: u32) -> Result<()> {
        let shown = ChangeWindowAttributesAux::new().cursor(cursor);
        self.program.change_window_attributes(self.root.root, &shown)?.check()?;
        sync(&self.program)
    }

    /// Waits until the screen says by itself that the pointer changed, then asks.
    fn told(&mut self) -> Result<Cursor> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if self.wait(QUIET)? == Change::Pointer {
                return self.screen.cursor().context("the cursor is not told");
            }
        }
        bail!("nothing was told of the pointer")
    }
}

fn first_pixel(cursor: &Cursor) -> [u8; 4] {
    match cursor {
        Cursor::Hidden => [0; 4],
        Cursor::Shape(shape) => shape.pixels()[..4].try_into().expect("a shape has a pixel"),
    }
}

#[test]
fn what_is_displayed_before_anything_changes_is_told() -> Result<()> {
    let mut desk = Desk::new(Preference::X11)?;
    let Some(Cursor::Shape(shape)) = desk.screen.cursor() else {
        bail!("a new display shows a cursor")
    };
    assert!(shape.size().0 > 4 && shape.size().1 > 4, "{shape:?}");
    Ok(())
}

#[test]
fn a_programs_own_cursor_is_told_at_once_as_it_was_made() -> Result<()> {
    let mut desk = Desk::new(Preference::X11)?;
    let colour = |x: u16, y: u16| match (x + y) % 3 {
        0 => 0,
        1 => 0xff20_4060,
        _ => 0x8040_2010,
    };
    let cursor = desk.make((21, 13), (5, 9), colour)?;
    desk.show(cursor)?;
    let Cursor::Shape(shape) = desk.told()? else {
        bail!("it is not hidden")
    };
    assert_eq!((shape.size(), shape.hot_spot()), ((21, 13), (5, 9)));
    for (number, pixel) in shape.pixels().chunks_exact(4).enumerate() {
        let (x, y) = ((number % 21) as u16, (number / 21) as u16);
        let expected = match (x + y) % 3 {
            0 => [0, 0, 0, 0],
            1 => [0x20, 0x40, 0x60, 0xff],
            _ => [0x80, 0x40, 0x20, 0x80],
        };
        assert_eq!(pixel, expected, "{x},{y}");
    }
    Ok(())
}

#[test]
fn a_change_of_cursor_ends_the_wait() -> Result<()> {
    let mut desk = Desk::new(Preference::X11)?;
    let cursor = desk.plain(0xffff_0000)?;
    let (program, root) = (desk.display.connect()?.0, desk.root.root);
    let showing = std::thread::spawn(move || -> Result<Instant> {
        std::thread::sleep(Duration::from_millis(150));
        program.change_window_attributes(root, &ChangeWindowAttributesAux::new().cursor(cursor))?;
        let shown = Instant::now();
        sync(&program)?;
        Ok(shown)
    });
    assert_eq!(desk.wait(PATIENCE)?, Change::Pointer);
    let seen = Instant::now();
    let shown = showing.join().map_err(|_| anyhow::anyhow!("the program panicked"))??;
    assert!(seen.saturating_duration_since(shown) < Duration::from_millis(100));
    assert_eq!(
        desk.screen.cursor().map(|cursor| first_pixel(&cursor)),
        Some([255, 0, 0, 255])
    );
    Ok(())
}

#[test]
fn a_cursor_that_nobody_sees_is_hidden_and_comes_back() -> Result<()> {
    let mut desk = Desk::new(Preference::X11)?;
    let (red, none) = (desk.plain(0xffff_0000)?, desk.make((1, 1), (0, 0), |_, _| 0)?);
    desk.show(red)?;
    assert_eq!(first_pixel(&desk.told()?), [255, 0, 0, 255]);
    desk.show(none)?;
    // It might be an animated one; it is asked again by itself.
    assert_eq!(first_pixel(&desk.told()?), [255, 0, 0, 255]);
    assert_eq!(desk.told()?, Cursor::Hidden);
    assert_eq!(desk.wait(QUIET)?, Change::Nothing);
    desk.show(red)?;
    assert_eq!(first_pixel(&desk.told()?), [255, 0, 0, 255]);
    Ok(())
}

#[test]
fn every_picture_of_an_animated_cursor_is_told_in_its_turn() -> Result<()> {
    let mut desk = Desk::new(Preference::X11)?;
    let colours = [0xffff_0000, 0xff00_ff00, 0xff00_00ff];
    let delay = 60;
    let pictures = colours
        .iter()
        .map(|&colour| {
            Ok(Animcursorelt {
                cursor: desk.plain(colour)?,
                delay,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let animated = desk.program.generate_id()?;
    desk.program.render_create_anim_cursor(animated, &pictures)?.check()?;
    assert!(desk.screen.cursor().is_some());
    desk.show(animated)?;
    let (began, mut seen) = (Instant::now(), Vec::new());
    while seen.len() < 7 {
        seen.push(first_pixel(&desk.told()?));
    }
    let took = began.elapsed();
    // The server says nothing of the first picture in its first turn: until the second, what was there before counts.
    seen.remove(0);
    for pair in seen.windows(2) {
        let next = match pair[0] {
            [255, 0, 0, 255] => [0, 255, 0, 255],
            [0, 255, 0, 255] => [0, 0, 255, 255],
            _ => [255, 0, 0, 255],
        };
        assert_eq!(pair[1], next, "{seen:?}");
    }
    assert!(took >= Duration::from_millis(5 * u64::from(delay)), "{took:?}");
    Ok(())
}

#[test]
fn a_cursor_that_is_too_large_for_a_viewer_is_told_smaller() -> Result<()> {
    let mut desk = Desk::new(Preference::X11)?;
    let cursor = desk.make((256, 200), (128, 100), |_, _| 0xff00_8000)?;
    desk.show(cursor)?;
    let Cursor::Shape(shape) = desk.told()? else {
        bail!("it is not hidden")
    };
    assert_eq!((shape.size(), shape.hot_spot()), ((128, 100), (64, 50)));
    assert_eq!(shape.pixels()[..4], [0, 0x80, 0, 255]);
    Ok(())
}

#[test]
fn the_picture_never_has_the_cursor() -> Result<()> {
    let mut desk = Desk::new(Preference::X11)?;
    let before = desk.picture.clone();
    let cursor = desk.make((64, 64), (32, 32), |_, _| 0xffff_00ff)?;
    desk.show(cursor)?;
    desk.program
        .warp_pointer(x11rb::NONE, desk.root.root, 0, 0, 0, 0, 100, 100)?;
    sync(&desk.program)?;
    desk.told()?;
    while desk.wait(QUIET)? != Change::Nothing {}
    assert!(desk.picture == before);
    Ok(())
}

#[test]
fn while_the_cursor_stays_the_server_has_no_work_with_it() -> Result<()> {
    let mut desk = Desk::new(Preference::X11)?;
    let first = desk.screen.cursor();
    assert!(first.is_some());
    let before = desk.display.ticks()?;
    for _ in 0..20_000 {
        assert_eq!(desk.screen.cursor(), first);
    }
    assert!(desk.display.ticks()? - before <= 1);
    Ok(())
}

#[test]
fn that_the_pointer_begins_to_move_is_told_at_once_and_not_its_every_step() -> Result<()> {
    let mut desk = Desk::new(Preference::X11)?;
    let mut hand = input::open(Some(desk.display.name()), &[])?;
    for round in 0..3 {
        let began = Instant::now();
        let mut told = 0;
        for x in 0..200 {
            let (order, y) = (0, 10 * (round + 1));
            hand.apply(&InputEvent::Move { order, x, y })?;
            told += usize::from(desk.wait(Duration::from_millis(2))? == Change::Pointer);
            if x == 20 {
                assert!(told > 0, "the motion was not told");
                assert_eq!(desk.screen.pointer(), Some((x, y)));
            }
        }
        // Each step may be told until the server has heard that none is wanted.
        let allowed = 20 + 10 * usize::try_from(began.elapsed().as_millis())? / 300;
        assert!(told < allowed, "told {told} times");
        std::thread::sleep(QUIET);
        while desk.wait(Duration::from_millis(20))? != Change::Nothing {}
        assert_eq!(desk.wait(QUIET)?, Change::Nothing);
    }
    Ok(())
}

/// When this fails, servers tell more than they did, and what is said of it can be made better.
#[test]
fn that_a_program_hides_it_by_xfixes_is_told_by_no_server() -> Result<()> {
    let mut desk = Desk::new(Preference::X11)?;
    let red = desk.plain(0xffff_0000)?;
    desk.show(red)?;
    let shown = desk.told()?;
    desk.program.xfixes_query_version(5, 0)?.reply()?;
    desk.program.xfixes_hide_cursor(desk.root.root)?.check()?;
    assert_eq!(desk.wait(QUIET)?, Change::Nothing);
    assert_eq!(desk.screen.cursor(), Some(shown));
    Ok(())
}

#[test]
fn the_portable_way_tells_no_cursor() -> Result<()> {
    let mut desk = Desk::new(Preference::Scrap)?;
    assert_eq!(desk.screen.cursor(), None);
    Ok(())
}
