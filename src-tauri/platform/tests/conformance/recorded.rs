//! Real applications are recorded once, as the real capture sees them. What was recorded is then shared over one bad network
//! after the other: the viewer never shows anything older than it has shown, and ends with the same pixels.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use renfort_engine::seams::{Change, Picture, PixelFormat, Rect, ScreenSource, Size};
use renfort_picture::COLOUR;
use renfort_platform::capture::{self, Preference};
use x11rb::{
    protocol::xproto::{AtomEnum, ConfigureWindowAux, ConnectionExt as _, StackMode},
    rust_connection::RustConnection,
};

use crate::{
    network::{Way, ms},
    session::Session,
    xvfb::{Xvfb, sync},
};

const SCREEN: &str = "640x480x24";
/// Until it is over; much longer than it takes.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two pictures: as fast as the applications paint would be too much memory.
const PAUSE: Duration = Duration::from_millis(40);

/// Scrolls on, then back, as a pager does; has a page of its own, as an editor has; and types.
const TERMINAL: &str = r#"
line() { printf 'line %d: \033[3%dmthe quick brown fox %d\033[0m jumps over %d' $1 $(($1 % 8)) $(($1 * $1)) $(($1 * 7)); }
i=0; while [ $i -lt 60 ]; do i=$((i+1)); line $i; echo; sleep 0.02; done
while [ $i -gt 20 ]; do i=$((i-1)); printf '\033[H\033M'; line $i; sleep 0.02; done
printf '\033[?1049h\033[2J\033[H'; i=0; while [ $i -lt 24 ]; do i=$((i+1)); printf '\033[4%dm row %d of the editor \033[0m\n' $((i % 8)) $i; done
sleep 0.3
printf '\033[12;1H'; for letter in R e n f o r t ' ' h e l p s; do printf '%s' "$letter"; sleep 0.03; done
printf '\033[?1049l'; sleep 0.3
touch "$1"
sleep 600
"#;

/// Where the other page, and then the end, can be told by a colour.
const END: (u16, u16) = (8, 8);
const OTHER_COLOUR: u32 = 0x65_43_21;
const END_COLOUR: u32 = 0x12_34_56;

/// Scrolls down and up, turns to another page and back, and types.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><style>
body { font: 13px sans-serif; margin: 0; background: #fff } p { margin: 3px 12px } h2 { background: linear-gradient(#3a6ea5, #1f4e79); color: #fff; margin: 0; padding: 6px 12px }
#other { position: fixed; inset: 0; background: radial-gradient(circle at 30% 20%, #fc8, #48a 50%, #123); display: none; color: #fff; font-size: 22px; padding: 40px }
#other::after, #end { content: ""; position: fixed; left: 0; top: 0; width: 16px; height: 16px; background: #654321 }
#end { background: #123456; display: none }
</style><div id="page"></div><div id="other">Another page</div><div id="end"></div><script>
const page = document.getElementById("page"), other = document.getElementById("other");
for (let i = 0; i < 90; i++) page.innerHTML += i % 9 ? `<p>${i}: ${"support answers, qualifies and escalates ".repeat(1 + i % 3)} ${i * i}</p>` : `<h2>Chapter ${i / 9}</h2>`;
const wait = (time) => new Promise((done) => setTimeout(done, time));
(async () => {
  await wait(700);
  for (let i = 0; i < 30; i++) { scrollBy(0, 31); await wait(33); }
  for (let i = 0; i < 20; i++) { scrollBy(0, -47); await wait(33); }
  for (let i = 0; i < 2; i++) { other.style.display = "block"; await wait(350); other.style.display = "none"; await wait(350); }
  for (const letter of "A user asks for help") { page.children[1].textContent += letter; await wait(40); }
  document.getElementById("end").style.display = "block";
})();
</script>"#;

struct Application(Child);

impl Application {
    fn start(display: &Xvfb, program: &str, arguments: &[&str]) -> Result<Self> {
        let child = Command::new(program)
            .args(arguments)
            .env("DISPLAY", display.name())
            .stderr(Stdio::null())
            .spawn();
        child.map(Self).with_context(|| format!("{program} cannot be started"))
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

/// One picture after the other, and what of it was damaged.
type Recording = Vec<(Picture, Vec<Rect>)>;

/// Records until it is over.
fn record(source: &mut dyn ScreenSource, is_over: impl Fn(&Picture) -> bool) -> Result<Recording> {
    let mut picture = Picture::new(Size::default(), PixelFormat::Bgrx);
    let mut recording = Recording::new();
    let started = Instant::now();
    while recording.is_empty() || !is_over(&picture) {
        ensure!(
            started.elapsed() < PATIENCE,
            "it is not over after {} pictures",
            recording.len()
        );
        match source.wait(PAUSE, &mut picture, &[])? {
            Change::Damaged(damage) => {
                recording.push((picture.clone(), damage));
                std::thread::sleep(PAUSE);
            }
            Change::Resized(size) => recording.push((picture.clone(), vec![size.whole()])),
            Change::Nothing | Change::Pointer => {}
        }
    }
    Ok(recording)
}

/// Shares it over networks that lose, double, delay and queue, with and without video.
fn replay(recording: &Recording) {
    let (first, later) = recording.split_first().expect("something was recorded");
    for seed in 0..6_u64 {
        let way = Way {
            jitter: ms(seed * 4),
            lost: [0, 50, 100, 150, 200, 300][seed as usize],
            lost_after_lost: [0, 400][seed as usize % 2],
            doubled: [0, 50, 200][seed as usize % 3],
            // Bytes a second: from a mobile network in a cellar to a local one.
            bottleneck: [Some((150_000, 60_000)), Some((1_000_000, 100_000)), None][seed as usize % 3],
            ..Way::of(ms(1 + seed * 12))
        };
        let mut session = Session::new(way, seed, &first.0).compared();
        for (picture, damage) in later {
            session.changes(picture, damage);
            session.run(PAUSE, seed % 2 == 0);
        }
        session.settle();
    }
}

/// The window of a program.
fn window(display: &RustConnection, root: u32, class: &str) -> Result<u32> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        for window in display.query_tree(root)?.reply()?.children {
            let of = display.get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 64)?;
            // One may have gone since it was told of.
            let Ok(of) = of.reply() else { continue };
            if of.value.split(|byte| *byte == 0).any(|part| part == class.as_bytes()) {
                return Ok(window);
            }
        }
        std::thread::sleep(PAUSE);
    }
    anyhow::bail!("{class} has no window")
}

/// How many of the pictures show this colour at a place.
fn show(recording: &Recording, (x, y): (u16, u16), colour: u32) -> usize {
    let shows = |picture: &Picture| picture.span(x, y, 1)[0] & COLOUR == colour;
    recording.iter().filter(|(picture, _)| shows(picture)).count()
}

#[test]
fn a_terminal_is_shared_over_bad_networks_and_nothing_older_is_ever_shown() -> Result<()> {
    let display = Xvfb::start(SCREEN, &[])?;
    let mut source = capture::open(Some(display.name()), Preference::X11)?;
    let folder = tempfile::tempdir()?;
    let (script, over) = (folder.path().join("script"), folder.path().join("over"));
    fs::write(&script, TERMINAL)?;
    let text = |path: &Path| path.to_str().map(str::to_owned).context("a path in UTF-8");
    let (script, end) = (text(&script)?, text(&over)?);
    let terminal = ["-geometry", "100x34+10+10", "-e", "sh", &script, &end];
    let _terminal = Application::start(&display, "xterm", &terminal)?;
    let recording = record(&mut *source, |_| over.exists())?;
    ensure!(recording.len() > 25, "{} pictures", recording.len());
    replay(&recording);
    Ok(())
}

#[test]
fn a_page_and_a_window_over_it_are_shared_over_bad_networks_and_nothing_older_is_ever_shown() -> Result<()> {
    let display = Xvfb::start(SCREEN, &[])?;
    let mut source = capture::open(Some(display.name()), Preference::X11)?;
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("page.html"), PAGE)?;
    let home = folder.path().to_str().context("a path in UTF-8")?;
    let (profile, page) = (
        format!("--user-data-dir={home}/profile"),
        format!("file://{home}/page.html"),
    );
    let browser = [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--kiosk",
        "--window-position=0,0",
        "--window-size=640,480",
        &profile,
        &page,
    ];
    let _browser = Application::start(&display, "chromium", &browser)?;
    let terminal = [
        "-geometry",
        "40x12+30+30",
        "-e",
        "sh",
        "-c",
        "ls -la /usr/bin | head -n 30; sleep 600",
    ];
    let _terminal = Application::start(&display, "xterm", &terminal)?;
    let (server, screen) = display.connect()?;
    let dragged = window(&server, screen.root, "xterm")?;
    let is_over = AtomicBool::new(false);
    let recording = std::thread::scope(|scope| {
        let drag = scope.spawn(|| -> Result<()> {
            for step in 0.. {
                let (x, y) = (30 + step * 5 % 350, 60 + step * 3 % 190);
                let at = ConfigureWindowAux::new().x(x).y(y).stack_mode(StackMode::ABOVE);
                server.configure_window(dragged, &at)?;
                sync(&server)?;
                std::thread::sleep(PAUSE);
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
            }
            Ok(())
        });
        let at_end = |picture: &Picture| picture.span(END.0, END.1, 1)[0] & COLOUR == END_COLOUR;
        let recording = record(&mut *source, at_end);
        is_over.store(true, Ordering::Relaxed);
        drag.join().expect("it does not panic")?;
        recording
    })?;
    ensure!(recording.len() > 25, "{} pictures", recording.len());
    let other = show(&recording, END, OTHER_COLOUR);
    ensure!(
        other > 0 && other < recording.len(),
        "{other} pictures of the other page"
    );
    replay(&recording);
    Ok(())
}
