//! What the engine relies on in a screen, on both backends, each under an X server of its own.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use renfort_engine::seams::{Change, Picture, PixelFormat, Rect, ScreenError, ScreenSource, Size};
use renfort_platform::capture::{self, Preference};
use x11rb::connection::Connection as _;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, ImageFormat, Rectangle, SubwindowMode};
use x11rb::rust_connection::RustConnection;

use crate::xvfb::{Xvfb, sync};

const BOTH: [Preference; 2] = [Preference::X11, Preference::Scrap];
const SCREEN: &str = "640x480x24";
const SIZE: Size = Size {
    width: 640,
    height: 480,
};
/// Enough for anything that does happen.
const PATIENCE: Duration = Duration::from_secs(10);
/// Enough to see that nothing happens.
const QUIET: Duration = Duration::from_millis(300);

/// A display, somebody who draws on it, and the screen under test with its picture.
struct Desk {
    display: Xvfb,
    painter: RustConnection,
    root: u32,
    screen: Box<dyn ScreenSource>,
    picture: Picture,
}

impl Desk {
    fn new(screen: &str, preference: Preference) -> Result<Self> {
        let display = Xvfb::start(screen, &[])?;
        let (painter, root) = display.connect()?;
        let screen = capture::open(Some(display.name()), preference)?;
        let picture = Picture::new(Size::default(), PixelFormat::Bgrx);
        Ok(Self {
            display,
            painter,
            root: root.root,
            screen,
            picture,
        })
    }

    /// A desk whose first picture was taken already.
    fn settled(preference: Preference) -> Result<Self> {
        let mut desk = Self::new(SCREEN, preference)?;
        desk.wait(PATIENCE)?;
        while desk.wait(QUIET)? != Change::Nothing {}
        Ok(desk)
    }

    fn wait(&mut self, timeout: Duration) -> Result<Change, ScreenError> {
        self.screen.wait(timeout, &mut self.picture, &[])
    }

    fn paint(&self, rect: Rect, colour: u32) -> Result<()> {
        paint(&self.painter, self.root, rect, colour)
    }

    /// Waits until changes that together cover a rectangle were reported.
    fn wait_for(&mut self, rect: Rect) -> Result<Vec<Rect>> {
        let (deadline, mut seen) = (Instant::now() + PATIENCE, Vec::new());
        while Instant::now() < deadline {
            match self.wait(QUIET)? {
                Change::Damaged(rects) => seen.extend(rects),
                Change::Resized(size) => bail!("resized to {size:?}"),
                Change::Nothing | Change::Pointer => {}
            }
            if let Some(covered) = seen.iter().copied().reduce(Rect::union)
                && covered.union(rect) == covered
            {
                return Ok(seen);
            }
        }
        bail!("{rect:?} was not reported, only {seen:?}")
    }

    /// The picture as the server has it.
    fn truth(&self) -> Result<Vec<u8>> {
        let Size { width, height } = self.picture.size();
        let image = self
            .painter
            .get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, !0)?;
        Ok(image.reply()?.data)
    }

    fn assert_exact(&self) -> Result<()> {
        let truth = self.truth()?;
        let same = |a: &[u8], b: &[u8]| a.chunks_exact(4).zip(b.chunks_exact(4)).all(|(a, b)| a[..3] == b[..3]);
        assert_eq!(truth.len(), self.picture.bytes().len());
        assert!(
            same(&truth, self.picture.bytes()),
            "{}: the picture is not what is on the screen",
            self.screen.name()
        );
        Ok(())
    }
}

fn paint(painter: &RustConnection, root: u32, rect: Rect, colour: u32) -> Result<()> {
    let brush = painter.generate_id()?;
    let options = CreateGCAux::new()
        .foreground(colour)
        .subwindow_mode(SubwindowMode::INCLUDE_INFERIORS);
    painter.create_gc(brush, root, &options)?;
    let rectangle = Rectangle {
        x: rect.x.try_into()?,
        y: rect.y.try_into()?,
        width: rect.width,
        height: rect.height,
    };
    painter.poly_fill_rectangle(root, brush, &[rectangle])?;
    painter.free_gc(brush)?;
    sync(painter)
}

#[test]
fn the_first_call_reports_the_whole_screen_at_once() -> Result<()> {
    for preference in BOTH {
        for (screen, size) in [
            (SCREEN, SIZE),
            (
                "801x601x24",
                Size {
                    width: 801,
                    height: 601,
                },
            ),
        ] {
            let mut desk = Desk::new(screen, preference)?;
            assert_eq!(desk.screen.size(), size);
            desk.paint(
                Rect {
                    x: 50,
                    y: 60,
                    width: 70,
                    height: 80,
                },
                0x12_3456,
            )?;
            assert_eq!(desk.wait(Duration::ZERO)?, Change::Damaged(vec![size.whole()]));
            assert_eq!(desk.picture.size(), size);
            desk.assert_exact()?;
        }
    }
    Ok(())
}

#[test]
fn a_painted_rectangle_is_reported_and_its_pixels_are_exact() -> Result<()> {
    for preference in BOTH {
        let mut desk = Desk::settled(preference)?;
        let rect = Rect {
            x: 101,
            y: 203,
            width: 37,
            height: 29,
        };
        desk.paint(rect, 0xfe_dc_ba)?;
        let seen = desk.wait_for(rect)?;
        let pixels: u32 = seen
            .iter()
            .map(|rect| u32::from(rect.width) * u32::from(rect.height))
            .sum();
        assert!(pixels < 640 * 480 / 10, "{seen:?} is far more than what was painted");
        for row in desk.picture.rows(rect) {
            assert!(row.chunks_exact(4).all(|pixel| pixel[..3] == [0xba, 0xdc, 0xfe]));
        }
        desk.assert_exact()?;
    }
    Ok(())
}

#[test]
fn another_picture_is_brought_up_to_date_where_it_was_outdated() -> Result<()> {
    let rect = |x, y, width, height| Rect { x, y, width, height };
    for preference in BOTH {
        let mut desk = Desk::settled(preference)?;
        if !desk.screen.swaps() {
            continue;
        }
        let outdated = [rect(40, 30, 300, 200), rect(500, 400, 20, 20)];
        let covers = |change: Change, painted: &[Rect]| {
            let Change::Damaged(rects) = change else {
                panic!("{change:?} tells of no damage");
            };
            let told = |wanted: &Rect| rects.iter().any(|rect| rect.union(*wanted) == *rect);
            assert!(outdated.iter().chain(painted).all(told), "{rects:?}");
        };
        for (painted, pointed) in [
            (Vec::new(), false),
            (vec![rect(50, 300, 9, 9)], false),
            (Vec::new(), true),
        ] {
            for rect in &outdated {
                for y in rect.y..rect.y + rect.height {
                    desk.picture.span_mut(rect.x, y, rect.width).fill(0x0066_0066);
                }
            }
            for rect in &painted {
                desk.paint(*rect, 0x0012_3456)?;
            }
            if pointed {
                desk.painter.warp_pointer(x11rb::NONE, desk.root, 0, 0, 0, 0, 7, 9)?;
                sync(&desk.painter)?;
            }
            let change = desk.screen.wait(QUIET, &mut desk.picture, &outdated)?;
            covers(change, &painted);
            desk.assert_exact()?;
        }
        while desk.wait(QUIET)? != Change::Nothing {}
    }
    Ok(())
}

#[test]
fn an_edge_of_the_screen_is_reported_too() -> Result<()> {
    for preference in BOTH {
        let mut desk = Desk::settled(preference)?;
        let rect = Rect {
            x: 639,
            y: 479,
            width: 1,
            height: 1,
        };
        desk.paint(rect, 0xff_ffff)?;
        desk.wait_for(rect)?;
        desk.assert_exact()?;
    }
    Ok(())
}

#[test]
fn while_nothing_changes_nothing_is_reported_and_the_whole_time_is_waited() -> Result<()> {
    for preference in BOTH {
        let mut desk = Desk::settled(preference)?;
        let (before, began) = (desk.picture.clone(), Instant::now());
        assert_eq!(desk.wait(QUIET)?, Change::Nothing);
        assert!(began.elapsed() >= QUIET);
        assert!(desk.picture == before);
        assert_eq!(desk.wait(Duration::ZERO)?, Change::Nothing);
    }
    Ok(())
}

#[test]
fn on_x11_a_wait_is_ended_from_another_thread_and_nothing_is_missed() -> Result<()> {
    let mut desk = Desk::settled(Preference::X11)?;
    let waker = desk.screen.waker().context("cannot be woken")?;
    // Before it is waited, and meanwhile; once each.
    waker.wake_by_ref();
    let other = std::thread::spawn({
        let waker = waker.clone();
        move || {
            std::thread::sleep(QUIET);
            waker.wake();
        }
    });
    let began = Instant::now();
    assert_eq!(desk.wait(PATIENCE)?, Change::Nothing);
    assert!(began.elapsed() < QUIET);
    assert_eq!(desk.wait(PATIENCE)?, Change::Nothing);
    assert!(began.elapsed() < PATIENCE / 2);
    assert!(other.join().is_ok());
    let again = Instant::now();
    assert_eq!(desk.wait(QUIET)?, Change::Nothing);
    assert!(again.elapsed() >= QUIET);
    let rect = Rect {
        x: 5,
        y: 6,
        width: 7,
        height: 8,
    };
    desk.paint(rect, 0x12_3456)?;
    waker.wake_by_ref();
    desk.wait_for(rect)?;
    desk.assert_exact()
}

#[test]
fn on_x11_the_server_has_no_work_while_nothing_changes() -> Result<()> {
    let mut desk = Desk::settled(Preference::X11)?;
    let before = desk.display.ticks()?;
    for _ in 0..30 {
        assert_eq!(desk.wait(Duration::from_millis(50))?, Change::Nothing);
    }
    assert!(desk.display.ticks()? - before <= 1);
    Ok(())
}

#[test]
fn a_change_ends_the_wait() -> Result<()> {
    for preference in BOTH {
        let mut desk = Desk::settled(preference)?;
        let (painter, root) = desk.display.connect()?;
        let rect = Rect {
            x: 5,
            y: 5,
            width: 20,
            height: 20,
        };
        let painting = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(150));
            paint(&painter, root.root, rect, 0x00_ff00).map(|()| painter)
        });
        let began = Instant::now();
        assert!(matches!(desk.wait(PATIENCE)?, Change::Damaged(_)));
        assert!(began.elapsed() < PATIENCE / 2);
        painting.join().map_err(|_| anyhow::anyhow!("the painter panicked"))??;
    }
    Ok(())
}

#[test]
fn what_is_drawn_while_nobody_waits_is_not_missed() -> Result<()> {
    for preference in BOTH {
        let mut desk = Desk::settled(preference)?;
        let mut state = 7_u32;
        let mut random = |limit: u16| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 16) % u32::from(limit)) as u16
        };
        for step in 0..40_u32 {
            for _ in 0..random(30) {
                let rect = Rect {
                    x: random(639),
                    y: random(479),
                    width: 1 + random(60),
                    height: 1 + random(60),
                };
                desk.paint(rect, step * 0x04_1327)?;
            }
            desk.wait(Duration::from_millis(5))?;
        }
        while desk.wait(QUIET)? != Change::Nothing {}
        desk.assert_exact()?;
    }
    Ok(())
}

#[test]
fn a_picture_that_is_new_to_the_source_is_filled_wholly() -> Result<()> {
    for preference in BOTH {
        let mut desk = Desk::settled(preference)?;
        desk.picture = Picture::new(Size { width: 3, height: 3 }, PixelFormat::Bgrx);
        assert_eq!(desk.wait(PATIENCE)?, Change::Damaged(vec![SIZE.whole()]));
        desk.assert_exact()?;
    }
    Ok(())
}

/// Gives the screen another size, as a change of resolution does.
fn resize(painter: &RustConnection, root: u32, size: Size) -> Result<()> {
    let resources = painter.randr_get_screen_resources(root)?.reply()?;
    let monitor = *resources.crtcs.first().context("no monitor")?;
    let off = painter
        .randr_get_crtc_info(monitor, resources.config_timestamp)?
        .reply()?;
    painter
        .randr_set_crtc_config(monitor, 0, resources.config_timestamp, 0, 0, 0, off.rotation, &[])?
        .reply()?;
    painter
        .randr_set_screen_size(root, size.width, size.height, 200, 150)?
        .check()?;
    sync(painter)
}

#[test]
fn another_size_is_followed_in_both_directions() -> Result<()> {
    for preference in BOTH {
        let mut desk = Desk::settled(preference)?;
        for size in [
            Size {
                width: 400,
                height: 300,
            },
            Size {
                width: 600,
                height: 470,
            },
        ] {
            resize(&desk.painter, desk.root, size)?;
            let deadline = Instant::now() + PATIENCE;
            while desk.wait(QUIET)? != Change::Resized(size) {
                assert!(Instant::now() < deadline, "{size:?} was not reported");
            }
            assert_eq!((desk.screen.size(), desk.picture.size()), (size, size));
            let corner = Rect {
                x: size.width - 10,
                y: size.height - 10,
                width: 10,
                height: 10,
            };
            desk.paint(corner, 0x80_4020)?;
            desk.wait_for(corner)?;
            desk.assert_exact()?;
        }
    }
    Ok(())
}

#[test]
fn a_display_that_goes_away_is_an_error() -> Result<()> {
    for preference in BOTH {
        let mut desk = Desk::settled(preference)?;
        desk.display.kill()?;
        let began = Instant::now();
        let error = desk
            .wait(PATIENCE)
            .err()
            .context("a display that is gone was captured")?;
        assert!(matches!(error, ScreenError::NoDisplay(_)), "{error}");
        assert!(began.elapsed() < PATIENCE / 2);
        assert_eq!(desk.screen.pointer(), None);
    }
    Ok(())
}

#[test]
fn the_pointer_is_told_where_it_is() -> Result<()> {
    for preference in BOTH {
        let mut desk = Desk::settled(preference)?;
        for (x, y) in [(123, 45), (639, 479), (0, 0)] {
            desk.painter.warp_pointer(x11rb::NONE, desk.root, 0, 0, 0, 0, x, y)?;
            sync(&desk.painter)?;
            assert_eq!(desk.screen.pointer(), Some((x.try_into()?, y.try_into()?)));
        }
    }
    Ok(())
}

#[test]
fn the_best_backend_that_the_display_allows_is_chosen() -> Result<()> {
    let display = Xvfb::start(SCREEN, &[])?;
    assert_eq!(capture::open(Some(display.name()), Preference::Auto)?.name(), "x11");
    let poor = Xvfb::start(SCREEN, &["-extension", "DAMAGE"])?;
    assert_eq!(capture::open(Some(poor.name()), Preference::Auto)?.name(), "scrap");
    let refused = capture::open(Some(poor.name()), Preference::X11).err();
    assert!(matches!(refused, Some(ScreenError::Unsupported("XDamage"))));
    Ok(())
}

#[test]
fn what_a_display_lacks_is_said_and_not_worked_around() -> Result<()> {
    let shallow = Xvfb::start("640x480x16", &[])?;
    let unshared = Xvfb::start(SCREEN, &["-extension", "MIT-SHM"])?;
    for preference in [Preference::Auto, Preference::X11, Preference::Scrap] {
        for display in [&shallow, &unshared] {
            let error = capture::open(Some(display.name()), preference).err();
            assert!(
                matches!(error, Some(ScreenError::Unsupported(_))),
                "{preference:?}: {error:?}"
            );
        }
    }
    Ok(())
}

#[test]
fn without_a_display_there_is_an_error() {
    for preference in [Preference::Auto, Preference::X11, Preference::Scrap] {
        for name in [":999", "nonsense", ""] {
            let error = capture::open(Some(name), preference).err();
            assert!(matches!(error, Some(ScreenError::NoDisplay(_))), "{name}: {error:?}");
        }
    }
}
