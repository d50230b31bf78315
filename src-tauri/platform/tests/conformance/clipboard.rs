//! What the engine relies on in a clipboard, on the real one.
//!
//! The clipboard is that of the display in the environment, and each process has one at most. So each test starts this
//! program again, under an X server of its own, once as itself and once as the other program that copies something.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use renfort_engine::seams::Clipboard;
use renfort_platform::clipboard;

use crate::xvfb::Xvfb;

const INSIDE: &str = "RENFORT_CLIPBOARD_TEST_INSIDE";
const PATIENCE: Duration = Duration::from_secs(10);
const QUIET: Duration = Duration::from_millis(200);

/// Runs `body` in a process whose display is a new one. `name` is the test's.
fn under_a_display(name: &str, body: impl FnOnce() -> Result<()>) -> Result<()> {
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    let display = Xvfb::start("320x200x24", &[])?;
    let output = Command::new(std::env::current_exe()?)
        .args(["--exact", &format!("clipboard::{name}"), "--nocapture"])
        .env(INSIDE, "1")
        .env("DISPLAY", display.name())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success() && said.contains("1 passed"), "{said}");
    Ok(())
}

/// Another program on the same display. What is written to it is what it copies.
struct Other {
    program: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Other {
    fn start() -> Result<Self> {
        let mut program = Command::new(std::env::current_exe()?)
            .args(["--exact", "clipboard::the_other_program", "--nocapture"])
            .env(INSIDE, "other")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = program.stdin.take().context("no input")?;
        let output = BufReader::new(program.stdout.take().context("no output")?);
        Ok(Self { program, input, output })
    }

    fn ask(&mut self, order: &str) -> Result<String> {
        writeln!(self.input, "{order}")?;
        let mut line = String::new();
        while self.output.read_line(&mut line)? > 0 {
            if let Some(answer) = line.strip_prefix("answer ") {
                return Ok(answer.trim_end().to_owned());
            }
            line.clear();
        }
        anyhow::bail!("the other program ended")
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // It may have ended by itself already.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Not a test of its own: what [`Other`] runs.
#[test]
fn the_other_program() -> Result<()> {
    if std::env::var(INSIDE).is_ok_and(|role| role == "other") {
        let mut system = arboard::Clipboard::new()?;
        for line in std::io::stdin().lines() {
            let line = line?;
            let answer = match line.split_once(' ') {
                Some(("copy", text)) => system.set_text(text).map(|()| String::new())?,
                _ => system.get_text()?,
            };
            println!("\nanswer {answer}");
        }
    }
    Ok(())
}

fn changed_within(own: &mut dyn Clipboard, time: Duration) -> Result<Option<String>> {
    let deadline = Instant::now() + time;
    loop {
        let changed = own.changed()?;
        if changed.is_some() || Instant::now() > deadline {
            return Ok(changed);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_another_program_copies_is_reported_once() -> Result<()> {
    under_a_display("what_another_program_copies_is_reported_once", || {
        let (mut own, mut other) = (clipboard::open()?, Other::start()?);
        assert_eq!(own.changed()?, None);
        for text in ["a text", "été, naïf, 5 €", "a text"] {
            other.ask(&format!("copy {text}"))?;
            assert_eq!(changed_within(own.as_mut(), PATIENCE)?.as_deref(), Some(text));
            assert_eq!(changed_within(own.as_mut(), QUIET)?, None);
        }
        Ok(())
    })
}

#[test]
fn what_was_copied_before_is_nobodys_business() -> Result<()> {
    under_a_display("what_was_copied_before_is_nobodys_business", || {
        let mut other = Other::start()?;
        other.ask("copy an old secret")?;
        let mut own = clipboard::open()?;
        other.ask("copy another one")?;
        // The other program does not wait until the server has it.
        std::thread::sleep(QUIET);
        assert_eq!(own.changed()?, None);
        assert_eq!(changed_within(own.as_mut(), QUIET)?, None);
        Ok(())
    })
}

#[test]
fn what_is_set_reaches_other_programs_and_is_not_reported_back() -> Result<()> {
    under_a_display("what_is_set_reaches_other_programs_and_is_not_reported_back", || {
        let (mut own, mut other) = (clipboard::open()?, Other::start()?);
        assert_eq!(own.changed()?, None);
        own.set("from the technician")?;
        assert_eq!(changed_within(own.as_mut(), QUIET)?, None);
        assert_eq!(other.ask("paste")?, "from the technician");
        other.ask("copy from the user")?;
        assert_eq!(
            changed_within(own.as_mut(), PATIENCE)?.as_deref(),
            Some("from the user")
        );
        Ok(())
    })
}

#[test]
fn a_long_text_passes_whole() -> Result<()> {
    under_a_display("a_long_text_passes_whole", || {
        let (mut own, mut other) = (clipboard::open()?, Other::start()?);
        assert_eq!(own.changed()?, None);
        let text = "é0123456789".repeat(40_000);
        other.ask(&format!("copy {text}"))?;
        assert!(changed_within(own.as_mut(), PATIENCE)?.as_deref() == Some(text.as_str()));
        Ok(())
    })
}

#[test]
fn without_a_display_there_is_an_error() -> Result<()> {
    if std::env::var_os(INSIDE).is_some() {
        assert!(clipboard::open().is_err());
        return Ok(());
    }
    let output = Command::new(std::env::current_exe()?)
        .args(["--exact", "clipboard::without_a_display_there_is_an_error"])
        .env(INSIDE, "1")
        .env("DISPLAY", ":999")
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    Ok(())
}
