//! What the command line says, also when nobody reads it any more (`renfort-relay … | head -1`).
//!
//! Invariant: a reader that has gone never stops work that was begun, and hides no verdict. It is told by the exit code alone,
//! and only of a command that otherwise succeeded.

use std::{
    fmt,
    io::{self, ErrorKind, Write},
    path::Path,
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
};

/// What a shell shows of a program that `SIGPIPE` (13) ended, as it does most others: 128 and the signal's number.
const UNREAD: u8 = 128 + 13;

/// What was to be checked, or what it was to be checked with, is not what it should be: there is no verdict.
const UNCHECKED: u8 = 3;

/// The reader of standard output has gone.
static IS_UNREAD: AtomicBool = AtomicBool::new(false);

/// Says a line on standard output.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::cli::output::write(::std::format_args!("{}\n", ::std::format_args!($($text)*)))
    };
}
/// Says a line on standard error.
macro_rules! note {
    ($($text:tt)*) => {
        $crate::cli::output::complain(::std::format_args!($($text)*))
    };
}
pub(crate) use {note, say};

/// Standard output has no reader any more. Told apart from every other broken pipe, which is a failure.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads standard output any more")]
struct Unread;

/// Standard output as the commands write on it: that nobody reads it is an error of its own.
pub(super) struct Stdout(io::StdoutLock<'static>);

impl Stdout {
    pub(super) fn lock() -> Self {
        Self(io::stdout().lock())
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(named)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(named)
    }
}

fn named(error: io::Error) -> io::Error {
    if error.kind() == ErrorKind::BrokenPipe {
        io::Error::new(ErrorKind::BrokenPipe, Unread)
    } else {
        error
    }
}

fn is_of_stdout(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|cause| cause.is::<Unread>())
}

/// Writes on standard output at once.
///
/// # Errors
/// When it cannot be written for another reason than that nobody reads it: a full disk, say.
pub(super) fn write(text: fmt::Arguments<'_>) -> io::Result<()> {
    match hand_over(text) {
        Err(error) if is_of_stdout(&error) => {
            IS_UNREAD.store(true, Ordering::Relaxed);
            Ok(())
        }
        other => other,
    }
}

/// Writes on standard output what is worth nothing unless somebody reads it.
///
/// # Errors
/// When it cannot be written, also when nobody reads it.
pub(super) fn hand_over(text: fmt::Arguments<'_>) -> io::Result<()> {
    let mut stdout = Stdout::lock();
    stdout.write_fmt(text)?;
    stdout.flush()
}

/// Says a line that nobody needs to read: how the program ends does not depend on it.
///
/// # Errors
/// When it cannot be written for another reason than that nobody reads it.
pub(super) fn announce(text: fmt::Arguments<'_>) -> io::Result<()> {
    match hand_over(format_args!("{text}\n")) {
        Err(error) if is_of_stdout(&error) => Ok(()),
        other => other,
    }
}

/// Puts a question on standard output.
///
/// # Errors
/// When it cannot be written: a question that nobody reads must not be taken as asked.
pub(super) fn ask(question: &str) -> io::Result<()> {
    hand_over(format_args!("{question}"))
}

/// Writes a line on standard error. There is nowhere to say that this failed.
pub(super) fn complain(text: fmt::Arguments<'_>) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// So many of something, in words: for nouns whose plural is regular.
pub(super) fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Something could not be checked; not a word against it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unchecked(pub(super) String);

impl Unchecked {
    /// For `map_err` on reading what is to be checked, or what it is to be checked with.
    pub(super) fn unread(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |reason| Self(format!("nothing was checked: {}: {reason}", path.display()))
    }
}

/// How the program ends.
#[must_use]
pub fn end(outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) if IS_UNREAD.load(Ordering::Relaxed) => ExitCode::from(UNREAD),
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_unread(&error) => ExitCode::from(UNREAD),
        Err(error) => {
            note!("error: {error:#}");
            if error.is::<Unchecked>() {
                ExitCode::from(UNCHECKED)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// Did it break off because nobody reads standard output any more: an export, or a question?
fn is_unread(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(is_of_stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_broken_pipe_of_standard_output_is_quiet() {
        let broken = || io::Error::from(ErrorKind::BrokenPipe);
        assert!(is_unread(&named(broken()).into()));
        assert!(!is_unread(&broken().into()), "of a file, or of a connection");
        assert!(!is_unread(&named(io::Error::from(ErrorKind::StorageFull)).into()));
    }
}
