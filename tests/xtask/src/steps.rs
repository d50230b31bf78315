//! Runs programs one after the other and shows where it stands.
//!
//! Flow: [`Steps::run`] starts a program, writes all it prints to a file under `target/xtask/<command>`, says every
//! [`STILL_RUNNING`] that it goes on (with the last line it printed), and prints the end of the file when it fails, and
//! after it [why](crate::failure), so that the last lines on the terminal tell.
//! Invariant: a step that failed makes `run` an error, so the list stops there.

use std::{
    cell::RefCell,
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{failure, workspace};

/// How long a step may be silent on the terminal.
const STILL_RUNNING: Duration = Duration::from_secs(20);
/// Lines of a failed step's output that are shown; the rest is in its file.
const LINES_OF_A_FAILURE: usize = 150;

/// The steps of one command.
pub struct Steps {
    folder: PathBuf,
    verbose: bool,
    started: Instant,
    done: Vec<Done>,
    /// What the failed step's output says of the reason.
    why: RefCell<Vec<String>>,
}

struct Done {
    name: String,
    took: Duration,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Failed,
    /// Not run, and why not.
    LeftOut(String),
}

/// How much of a program's output is shown while it runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Only a sign of life.
    Quiet,
    /// Every line.
    Live,
}

impl Steps {
    /// None yet. What an earlier run of the same command left is removed.
    pub fn new(command: &str, verbose: bool) -> Self {
        let folder = workspace::target().join("xtask").join(command);
        std::fs::remove_dir_all(&folder).ok();
        Self {
            folder,
            verbose,
            started: Instant::now(),
            done: Vec::new(),
            why: RefCell::default(),
        }
    }

    /// Runs a program to its end.
    ///
    /// # Errors
    /// When it cannot be started or does not end with 0.
    pub fn run(&mut self, name: &str, command: Command) -> Result<()> {
        self.run_showing(name, command, Output::Quiet)
    }

    /// The same, with a choice of what is shown.
    ///
    /// # Errors
    /// As [`Steps::run`].
    pub fn run_showing(&mut self, name: &str, command: Command, output: Output) -> Result<()> {
        println!("[{}] {name} ...", clock(self.started.elapsed()));
        let began = Instant::now();
        let output = if self.verbose { Output::Live } else { output };
        let result = self.follow(name, command, output);
        let (took, passed) = (began.elapsed(), result.is_ok());
        println!(
            "[{}] {name}: {} in {}",
            clock(self.started.elapsed()),
            if passed { "done" } else { "FAILED" },
            clock(took)
        );
        self.done.push(Done {
            name: name.to_owned(),
            took,
            outcome: if passed { Outcome::Passed } else { Outcome::Failed },
        });
        result
    }

    /// Notes a step that should have run and cannot here, for the summary too: whoever reads that everything passed reads
    /// what was not tried.
    pub fn left_out(&mut self, name: &str, why: &str) {
        println!("[{}] {name}: LEFT OUT, {why}", clock(self.started.elapsed()));
        self.done.push(Done {
            name: name.to_owned(),
            took: Duration::ZERO,
            outcome: Outcome::LeftOut(why.to_owned()),
        });
    }

    /// Notes a step that had nothing to do.
    pub fn nothing_to_do(&self, name: &str, why: &str) {
        println!("[{}] {name}: {why}", clock(self.started.elapsed()));
    }

    fn follow(&self, name: &str, mut command: Command, output: Output) -> Result<()> {
        let log = self.log_path(name)?;
        let mut file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| {
                format!(
                    "cannot start {} (is it installed?)",
                    command.get_program().to_string_lossy()
                )
            })?;
        let (lines, received) = mpsc::channel();
        let readers = [
            read_lines(child.stdout.take().expect("stdout is piped"), lines.clone()),
            read_lines(child.stderr.take().expect("stderr is piped"), lines),
        ];

        let began = Instant::now();
        let mut last = String::new();
        let mut spoke = Instant::now();
        loop {
            match received.recv_timeout(STILL_RUNNING.saturating_sub(spoke.elapsed())) {
                Ok(line) => {
                    writeln!(file, "{line}")?;
                    if output == Output::Live {
                        println!("    {line}");
                        spoke = Instant::now();
                    }
                    if !line.trim().is_empty() {
                        last = line;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    println!(
                        "    ... {name}, {}: {}",
                        clock(began.elapsed()),
                        shortened(last.trim(), 100)
                    );
                    spoke = Instant::now();
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        for reader in readers {
            reader.join().ok().context("a reader of the program's output broke")??;
        }
        let status = child.wait()?;
        if status.success() {
            return Ok(());
        }
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        if output == Output::Quiet {
            let lines: Vec<&str> = text.lines().collect();
            let from = lines.len().saturating_sub(LINES_OF_A_FAILURE);
            for line in &lines[from..] {
                println!("    {line}");
            }
        }
        self.why.replace(failure::reasons(&text));
        bail!("{name}: {status}; all its output is in {}", log.display())
    }

    fn log_path(&self, name: &str) -> Result<PathBuf> {
        let folder = &self.folder;
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let slug: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        Ok(folder.join(format!("{:02}-{slug}.log", self.done.len() + 1)))
    }

    /// Prints one line a step, and the whole time; at the very end why the last one failed, if it did.
    pub fn summary(&self) {
        if self.done.len() > 1 {
            self.list();
        }
        let why = self.why.borrow();
        if !why.is_empty() {
            println!("\nwhy it failed");
            why.iter().for_each(|line| println!("  {line}"));
        }
    }

    fn list(&self) {
        println!("\nsummary");
        self.done.iter().for_each(|done| println!("  {}", done.line()));
        println!("  in all {:>6}", clock(self.started.elapsed()));
    }
}

impl Done {
    /// Its line of the summary.
    fn line(&self) -> String {
        let (name, took) = (&self.name, clock(self.took));
        match &self.outcome {
            Outcome::Passed => format!("ok     {took:>6}  {name}"),
            Outcome::Failed => format!("FAILED {took:>6}  {name}"),
            Outcome::LeftOut(why) => format!("LEFT OUT       {name}: {why}"),
        }
    }
}

fn read_lines(stream: impl Read + Send + 'static, lines: Sender<String>) -> std::thread::JoinHandle<Result<()>> {
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes)? > 0 {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            if lines.send(line).is_err() {
                break;
            }
        }
        Ok(())
    })
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

fn shortened(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    text.chars().take(characters).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_step_that_fails_is_an_error_and_its_output_is_kept() {
        let mut steps = Steps::new("a-failing-test", false);
        let error = steps
            .run(
                "failing",
                shell("echo to the one; echo to the other >&2; echo Error: no paper; exit 3"),
            )
            .unwrap_err();
        assert!(error.to_string().contains("failing"), "{error}");
        assert_eq!(steps.why.borrow()[0], "Error: no paper");
        let kept = std::fs::read_to_string(steps.folder.join("01-failing.log")).unwrap();
        assert!(kept.contains("to the one") && kept.contains("to the other"), "{kept}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let missing = Command::new("no-such-program-of-renfort");
        let error = Steps::new("a-missing-test", false).run("missing", missing).unwrap_err();
        assert!(format!("{error:#}").contains("no-such-program-of-renfort"), "{error:#}");
    }

    #[test]
    fn a_step_that_passes_is_no_error() {
        Steps::new("a-passing-test", false)
            .run("passing", shell("true"))
            .unwrap();
    }

    #[test]
    fn what_was_left_out_stands_in_the_summary_with_its_reason() {
        let mut steps = Steps::new("a-test-left-out", false);
        steps.run("passing", shell("true")).unwrap();
        steps.left_out("advisories", "nobody answers");
        let lines: Vec<String> = steps.done.iter().map(Done::line).collect();
        assert!(
            lines[0].starts_with("ok ") && lines[0].ends_with("passing"),
            "{lines:?}"
        );
        assert_eq!(lines[1], "LEFT OUT       advisories: nobody answers");
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        assert_eq!(shortened("àéîõü", 3), "àéî...");
        assert_eq!(shortened("àéî", 3), "àéî");
    }
}
