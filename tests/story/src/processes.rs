//! Programs that run beside the story.
//!
//! Invariant: a program and whatever it started is gone when its [`Running`] is dropped, and its own process ends with
//! the story's even when that is killed.

use std::{
    fs::File,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// A running program, the leader of a process group of its own.
pub struct Running {
    name: String,
    child: Child,
    log: PathBuf,
    killed: bool,
}

impl Running {
    /// Starts a program; what it prints goes to `log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(name: &str, command: &Command, log: &Path) -> Result<Self> {
        let output = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        Self::spawn(name, command, output.into(), log)
    }

    /// The same with its standard output kept for [`Running::take_stdout`].
    ///
    /// # Errors
    /// As [`Running::start`].
    pub fn start_piped(name: &str, command: &Command, log: &Path) -> Result<Self> {
        Self::spawn(name, command, Stdio::piped(), log)
    }

    fn spawn(name: &str, command: &Command, stdout: Stdio, log: &Path) -> Result<Self> {
        let stderr = File::options().create(true).append(true).open(log)?;
        let program = command.get_program().display();
        let child = tied(command)
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(stderr)
            .process_group(0)
            .spawn()
            .with_context(|| {
                format!("cannot start {name} ({program}); `cargo xtask setup` installs what is missing")
            })?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log: log.to_owned(),
            killed: false,
        })
    }

    /// The child's standard output, when it is a pipe and was not taken before.
    pub fn take_stdout(&mut self) -> Option<std::process::ChildStdout> {
        self.child.stdout.take()
    }

    /// Fails with the last lines of the program's output when it has ended.
    ///
    /// # Errors
    /// When it is no longer running.
    pub fn must_run(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended ({status}):\n{}", self.name, self.last_lines()),
        }
    }

    /// Has it ended by itself?
    ///
    /// # Errors
    /// When the system does not say.
    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Ends it as a power cut would: SIGKILL, to it and all it started.
    pub fn kill(&mut self) {
        if std::mem::replace(&mut self.killed, true) {
            return;
        }
        // The shell's own `kill`: a group can be signalled neither by the standard library nor, without one more crate,
        // by safe code.
        let group = format!("kill -9 -{}", self.child.id());
        let killed = Command::new("sh").args(["-c", &group]).stderr(Stdio::null()).status();
        if !killed.is_ok_and(|status| status.success()) {
            self.child.kill().ok();
        }
        self.child.wait().ok();
    }

    /// The end of what it printed.
    #[must_use]
    pub fn last_lines(&self) -> String {
        let text = std::fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The same command, asked of the kernel to be killed when the thread that starts it ends.
fn tied(command: &Command) -> Command {
    let mut tied = Command::new("setpriv");
    tied.args(["--pdeathsig", "SIGKILL", "--"])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => tied.env(name, value),
            None => tied.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        tied.current_dir(folder);
    }
    tied
}
