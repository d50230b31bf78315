//! A real application on a real X server, shared by the real codec and over real WebRTC: the technician's picture becomes
//! the user's screen, to the pixel.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use renfort_engine::{
    clock::Clock,
    peer::{SharerCommand, SharerEvent, ViewerCommand, ViewerEvent},
    seams::{
        Clipboard, ClipboardError, FrameSink, InputError, InputSink, KeyboardLayouts, LayoutsError, Picture, Rect,
    },
    sharer::{self, SharerHandle, SharerSeams, SharerSetup},
    viewer::{self, ViewerHandle, ViewerSeams, ViewerSetup},
};
use renfort_platform::{
    capture::{self, Preference},
    codec,
};
use renfort_protocol::{
    grant::{Capability, Grant},
    ids::{PersonId, SessionId, TicketId},
    policy::Policy,
};
use tokio::sync::mpsc;
use x11rb::{
    protocol::xproto::{ConnectionExt as _, ImageFormat},
    rust_connection::RustConnection,
};

use crate::{seals::agreed, xvfb::Xvfb};

/// Until something must have happened; much longer than it takes.
const PATIENCE: Duration = Duration::from_secs(30);
const BITRATE: u32 = 20_000_000;

/// Scrolls, types a letter at a time, turns pages; after each it waits until it is told to go on.
const SCRIPT: &str = r#"
rest() { touch "$1"; while [ -e "$1" ]; do sleep 0.02; done; }
i=0; while [ $i -lt 300 ]; do i=$((i+1)); printf 'line %d: \033[3%dmthe quick brown fox %d\033[0m jumps\n' $i $((i%8)) $((i*i)); done
rest scrolled
for letter in R e n f o r t ' ' h e l p s ' ' o u t; do printf '%s' "$letter"; sleep 0.03; done
rest typed
for page in 1 2 3; do printf '\033[2J\033[H\033[4%dm' $page; i=0; while [ $i -lt 30 ]; do i=$((i+1)); printf 'page %d row %d\n' $page $i; done; sleep 0.1; done
rest turned
"#;

struct Application {
    process: Child,
    folder: tempfile::TempDir,
}

impl Application {
    fn start(display: &Xvfb) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("script"), SCRIPT)?;
        let process = Command::new("xterm")
            .args([
                "-display",
                display.name(),
                "-geometry",
                "110x40+20+20",
                "-e",
                "sh",
                "script",
            ])
            .current_dir(folder.path())
            .spawn()
            .context("xterm cannot be started")?;
        Ok(Self { process, folder })
    }

    /// Waits until it rests there.
    fn rests(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        until(name, || Ok(path.exists()))?;
        Ok(path)
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}

fn until(what: &str, mut met: impl FnMut() -> Result<bool>) -> Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if met()? {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    bail!("not in time: {what}")
}

/// What the technician sees.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Option<Picture>>>);

impl FrameSink for Seen {
    fn show(&mut self, picture: &Picture, changed: &[Rect]) {
        let mut seen = self.0.lock().expect("whole");
        match &mut *seen {
            // Only what is said to have changed, as a window does.
            Some(mine) if mine.size() == picture.size() => {
                changed.iter().for_each(|rect| mine.take_from(picture, *rect));
            }
            mine => *mine = Some(picture.clone()),
        }
    }
}

impl Seen {
    /// Pixels that are not those of the user's screen; none while there is no picture.
    fn wrong(&self, user: &RustConnection, root: u32) -> Result<Option<usize>> {
        let seen = self.0.lock().expect("whole");
        let Some(picture) = &*seen else { return Ok(None) };
        let (width, height) = (picture.size().width, picture.size().height);
        let image = user.get_image(ImageFormat::Z_PIXMAP, root, 0, 0, width, height, !0)?;
        let truth = image.reply()?.data;
        let pairs = truth.chunks_exact(4).zip(picture.bytes().chunks_exact(4));
        Ok(Some(
            pairs
                .filter(|(bgrx, rgba)| [bgrx[2], bgrx[1], bgrx[0]] != rgba[..3])
                .count(),
        ))
    }
}

fn setups() -> (SharerSetup, ViewerSetup, Clock) {
    let clock = Clock::system();
    let grant = Grant {
        session: SessionId([7; 16]),
        ticket: TicketId(1001),
        technician: PersonId(1),
        capabilities: [Capability::View].into(),
        expires_at: clock.now().plus(600_000),
    };
    let (users, technicians) = agreed(&grant);
    let viewer = ViewerSetup {
        grant: grant.clone(),
        seal: technicians,
        granted_at: clock.now(),
        ice_servers: Vec::new(),
    };
    let sharer = SharerSetup {
        grant,
        policy: Policy::default(),
        seal: users,
        ice_servers: Vec::new(),
    };
    (sharer, viewer, clock)
}

fn no_clipboard() -> Result<Box<dyn Clipboard>, ClipboardError> {
    Err(ClipboardError("none".into()))
}

fn no_layouts() -> Result<Box<dyn KeyboardLayouts>, LayoutsError> {
    Err(LayoutsError("none".into()))
}

fn no_input() -> Result<Box<dyn InputSink>, InputError> {
    Err(InputError::Unavailable("none".into()))
}

/// Passes each side's signals to the other.
async fn relay(mut sharer: SharerHandle, mut viewer: ViewerHandle, mut over: mpsc::Receiver<()>) {
    loop {
        tokio::select! {
            event = sharer.events.recv() => match event {
                Some(SharerEvent::Signal(signal)) => drop(viewer.commands.send(ViewerCommand::Signal(signal)).await),
                Some(_) => {}
                None => return,
            },
            event = viewer.events.recv() => match event {
                Some(ViewerEvent::Signal(signal)) => drop(sharer.commands.try_send(SharerCommand::Signal(signal))),
                Some(_) => {}
                None => return,
            },
            _ = over.recv() => return,
        }
    }
}

/// Waits until the technician sees what the user does, and something else than before: whoever wrote it may not have been drawn yet.
fn becomes_equal(
    seen: &Seen,
    before: &mut Option<Picture>,
    user: &RustConnection,
    root: u32,
    what: &str,
) -> Result<()> {
    let picture = || seen.0.lock().expect("whole").clone();
    let equal = until(what, || Ok(picture() != *before && seen.wrong(user, root)? == Some(0)));
    equal.with_context(|| format!("{:?} pixels differ", seen.wrong(user, root)))?;
    *before = picture();
    Ok(())
}

fn go_on(path: &Path) -> Result<()> {
    fs::remove_file(path).context("it rests no more")
}

#[test]
fn a_real_application_that_scrolls_types_and_turns_pages_is_seen_to_the_pixel() -> Result<()> {
    let display = Xvfb::start("1024x768x24", &[])?;
    let (user, screen) = display.connect()?;
    let (sharer_setup, viewer_setup, clock) = setups();
    let (seen, name) = (Seen::default(), display.name().to_owned());
    let sharer_seams = SharerSeams {
        screen: Box::new(move || capture::open(Some(&name), Preference::X11)),
        input: Box::new(no_input),
        keyboard: Box::new(no_layouts),
        encoder: Box::new(|| Ok(Box::new(codec::H264Encoder::new(BITRATE)?))),
        clipboard: Box::new(no_clipboard),
    };
    let viewer_seams = ViewerSeams {
        decoder: Box::new(|| Ok(Box::new(codec::H264Decoder::new()?))),
        keyboard: Box::new(no_layouts),
        sink: Box::new(seen.clone()),
        clipboard: Box::new(no_clipboard),
    };
    let runtime = tokio::runtime::Runtime::new()?;
    let (_goes_on, over) = mpsc::channel(1);
    {
        let _inside = runtime.enter();
        let viewer = viewer::start(viewer_setup, viewer_seams, clock.clone());
        let sharer = sharer::start(sharer_setup, sharer_seams, clock);
        runtime.spawn(relay(sharer, viewer, over));
    }
    let mut before = None;
    becomes_equal(&seen, &mut before, &user, screen.root, "the empty screen")?;
    let application = Application::start(&display)?;
    for what in ["scrolled", "typed", "turned"] {
        let rests = application.rests(what)?;
        becomes_equal(&seen, &mut before, &user, screen.root, what)?;
        go_on(&rests)?;
    }
    Ok(())
}
