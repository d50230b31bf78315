//! Real applications are recorded once, as the real capture sees them. What was recorded is then shared over one bad network
//! after the other: the viewer never shows anything older than it has shown, and ends with the same pixels.

use std::{
    fs,
    process::{Child, Command, Stdio},
    sync::{Arc, Barrier},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use renfort_engine::seams::{Change, Picture, PixelFormat, Rect, Size};
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
/// Until an application has shown something.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long each is recorded, and the pause between two pictures: as fast as the applications paint would be too much memory.
const RECORDED: Duration = Duration::from_secs(6);
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
sleep 60
"#;

/// Scrolls down and up, turns to another page and back, and types.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><style>
body { font: 13px sans-serif; margin: 0; background: #fff } p { margin: 3px 12px } h2 { background: linear-gradient(#3a6ea5, #1f4e79); color: #fff; margin: 0; padding: 6px 12px }
#other { position: fixed; inset: 0; background: radial-gradient(circle at 30% 20%, #fc8, #48a 50%, #123); display: none; color: #fff; font-size: 22px; padding: 40px }
</style><div id="page"></div><div id="other">Another page</div><script>
const page = document.getElementById("page"), other = document.getElementById("other");
for (let i = 0; i < 90; i++) page.innerHTML += i % 9 ? `<p>${i}: ${"support answers, qualifies and escalates ".repeat(1 + i % 3)} ${i * i}</p>` : `<h2>Chapter ${i / 9}</h2>`;
const wait = (time) => new Promise((done) => setTimeout(done, time));
(async () => {
  await wait(700);
  for (let i = 0; i < 30; i++) { scrollBy(0, 31); await wait(33); }
  for (let i = 0; i < 20; i++) { scrollBy(0, -47); await wait(33); }
  for (let i = 0; i < 2; i++) { other.style.display = "block"; await wait(350); other.style.display = "none"; await wait(350); }
  for (const letter of "A user asks for help") { page.children[1].textContent += letter; await wait(40); }
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

/// Records from the moment on at which something is shown.
fn record(display: &Xvfb, begun: &Barrier) -> Result<Recording> {
    let mut source = capture::open(Some(display.name()), Preference::X11)?;
    let mut picture = Picture::new(Size::default(), PixelFormat::Bgrx);
    let mut recording = Recording::new();
    let (started, mut until) = (Instant::now(), None);
    begun.wait();
    while until.is_none_or(|until| Instant::now() < until) {
        ensure!(started.elapsed() < PATIENCE, "nothing is shown");
        match source.wait(ms(20), &mut picture, &[])? {
            Change::Damaged(damage) => {
                if !recording.is_empty() {
                    until.get_or_insert_with(|| Instant::now() + RECORDED);
                }
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
            if of
                .reply()?
                .value
                .split(|byte| *byte == 0)
                .any(|part| part == class.as_bytes())
            {
                return Ok(window);
            }
        }
        std::thread::sleep(PAUSE);
    }
    anyhow::bail!("{class} has no window")
}

/// Records what happens on a screen of its own.
fn recorded(happens: impl FnOnce(&Xvfb) -> Result<Vec<Application>>) -> Result<Recording> {
    let display = Xvfb::start(SCREEN, &[])?;
    let begun = Arc::new(Barrier::new(2));
    std::thread::scope(|scope| {
        let recorder = scope.spawn(|| record(&display, &begun));
        begun.wait();
        let applications = happens(&display);
        let recording = recorder.join().expect("it does not panic");
        drop(applications?);
        recording
    })
}

#[test]
fn a_terminal_is_shared_over_bad_networks_and_nothing_older_is_ever_shown() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("script");
    fs::write(&script, TERMINAL)?;
    let recording = recorded(|display| {
        let script = script.to_str().context("a path in UTF-8")?;
        let terminal = ["-geometry", "100x34+10+10", "-e", "sh", script];
        Ok(vec![Application::start(display, "xterm", &terminal)?])
    })?;
    ensure!(recording.len() > 30, "{} pictures", recording.len());
    replay(&recording);
    Ok(())
}

#[test]
fn a_page_and_a_window_over_it_are_shared_over_bad_networks_and_nothing_older_is_ever_shown() -> Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("page.html"), PAGE)?;
    let home = folder.path().to_str().context("a path in UTF-8")?;
    let recording = recorded(|display| {
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
        let mut applications = vec![Application::start(display, "chromium", &browser)?];
        let (server, screen) = display.connect()?;
        window(&server, screen.root, "chromium")?;
        let terminal = [
            "-geometry",
            "40x12+30+30",
            "-e",
            "sh",
            "-c",
            "ls -la /usr/bin | head -n 30; sleep 60",
        ];
        applications.push(Application::start(display, "xterm", &terminal)?);
        let dragged = window(&server, screen.root, "xterm")?;
        for step in 0..80 {
            let at = ConfigureWindowAux::new()
                .x(30 + step * 5)
                .y(30 + step * 3)
                .stack_mode(StackMode::ABOVE);
            server.configure_window(dragged, &at)?;
            sync(&server)?;
            std::thread::sleep(PAUSE);
        }
        Ok(applications)
    })?;
    ensure!(recording.len() > 40, "{} pictures", recording.len());
    replay(&recording);
    Ok(())
}
