//! A film on the user's screen: a window that shows another shaded picture 25 times a second.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use anyhow::{Context, Result};
use x11rb::{
    COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT,
    connection::Connection,
    protocol::xproto::{ConnectionExt, CreateGCAux, CreateWindowAux, ImageFormat, WindowClass},
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use crate::{desktop::Desktop, picture::Area};

/// From one picture to the next.
const PAUSE: Duration = Duration::from_millis(40);
const WIDTH: u16 = 256;
const HEIGHT: u16 = 224;

/// A film that plays until it is stopped, and is seen until this is dropped.
pub struct Film {
    stop: Arc<AtomicBool>,
    playing: Option<JoinHandle<Result<RustConnection>>>,
    /// Its window is there for as long as this.
    stopped: Option<RustConnection>,
    area: Area,
}

impl Film {
    /// Plays one with its upper left corner there, above all other windows.
    ///
    /// # Errors
    /// When the desktop's X server cannot be reached.
    pub fn play(desktop: &Desktop, x: i16, y: i16) -> Result<Self> {
        let display = desktop.display().to_owned();
        let (connection, screen) =
            x11rb::connect(Some(&display)).with_context(|| format!("cannot connect to display {display}"))?;
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let playing = std::thread::spawn(move || {
            let screen = connection.setup().roots[screen].clone();
            let (window, context) = (connection.generate_id()?, connection.generate_id()?);
            let (above, visual) = (CreateWindowAux::new().override_redirect(1), COPY_FROM_PARENT);
            connection.create_window(
                COPY_DEPTH_FROM_PARENT,
                window,
                screen.root,
                x,
                y,
                WIDTH,
                HEIGHT,
                0,
                WindowClass::INPUT_OUTPUT,
                visual,
                &above,
            )?;
            connection.create_gc(context, window, &CreateGCAux::new())?;
            connection.map_window(window)?;
            let mut number = 0;
            while !told.load(Ordering::SeqCst) {
                number += 1;
                let (format, depth) = (ImageFormat::Z_PIXMAP, screen.root_depth);
                let bytes = picture(number);
                connection.put_image(format, window, context, WIDTH, HEIGHT, 0, 0, 0, depth, &bytes)?;
                connection.sync()?;
                std::thread::sleep(PAUSE);
            }
            Ok(connection)
        });
        let area = Area {
            x,
            y,
            width: WIDTH,
            height: HEIGHT,
        };
        Ok(Self {
            stop,
            playing: Some(playing),
            stopped: None,
            area,
        })
    }

    /// Where it is on the user's screen.
    #[must_use]
    pub const fn area(&self) -> Area {
        self.area
    }

    /// It stands still, on its last picture.
    ///
    /// # Errors
    /// When it could not be played.
    pub fn stop(&mut self) -> Result<()> {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(playing) = self.playing.take() {
            let stopped = playing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            self.stopped = Some(stopped?);
        }
        Ok(())
    }
}

impl Drop for Film {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

/// Slopes that move, in blue, green, red and a byte that means nothing.
fn picture(number: u32) -> Vec<u8> {
    let rows = (0..u32::from(HEIGHT)).flat_map(|y| (0..u32::from(WIDTH)).map(move |x| (x, y)));
    rows.flat_map(|(x, y)| {
        let wave = x * y / 64 + number * 7;
        // What is above 255 begins again: an edge, as films have them.
        [wave as u8, (y + number * 3) as u8, (x + y / 2 + number * 5) as u8, 0]
    })
    .collect()
}
