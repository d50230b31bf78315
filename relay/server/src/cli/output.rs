//! What the command line says, also when nobody reads it any more (`renfort-relay … | head -1`).
//!
//! Invariant: a reader that has gone never stops work that was begun, and hides no verdict. It is told by the exit code alone,
//! and only of a command that otherwise succeeded.

use std::{
    fmt,
    io::{self, ErrorKind, Write},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
};

/// What a shell shows of a program that `SIGPIPE` (13) ended, as it does most others: 128 and the signal's number.
const UNREAD: u8 = 128 + 13;

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

/// Writes on standard output at once.
///
/// # Errors
/// When it cannot be written for another reason than that nobody reads it: a full disk, say.
pub(super) fn write(text: fmt::Arguments<'_>) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_fmt(text).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            IS_UNREAD.store(true, Ordering::Relaxed);
            Ok(())
        }
        other => other,
    }
}

/// Puts a question on standard output.
///
/// # Errors
/// When it cannot be written: a question that nobody reads must not be taken as asked.
pub(super) fn ask(question: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(question.as_bytes())?;
    stdout.flush()
}

/// Writes a line on standard error. There is nowhere to say that this failed.
pub(super) fn complain(text: fmt::Arguments<'_>) {
    drop(writeln!(io::stderr().lock(), "{text}"));
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
            ExitCode::FAILURE
        }
    }
}

/// Was it an export that broke off because nobody reads it any more?
fn is_unread(error: &anyhow::Error) -> bool {
    let cause = error.downcast_ref::<io::Error>();
    cause.is_some_and(|cause| cause.kind() == ErrorKind::BrokenPipe)
}
