//! The command line. Everything on it is for whoever installs or tests the app; a person needs none of it.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use renfort_platform::capture::Preference;
use renfort_protocol::{organisation::LINK_PREFIX, ticket::Language};

/// Get help from your organisation's technicians, or give it.
#[derive(Debug, Clone, Parser)]
#[command(name = "renfort", version)]
pub struct Arguments {
    /// Folder for settings and this installation's key, instead of the person's own. Each may be used by one program
    /// at a time.
    #[arg(long, value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
    /// Begin on the technician's side.
    #[arg(long)]
    pub technician: bool,
    /// Organisation file, or link that carries one, to import at the start.
    #[arg(long, value_name = "FILE or LINK", global = true)]
    pub organisation: Option<String>,
    /// Language of the interface, instead of the desktop's or the one chosen before.
    #[arg(long, value_enum, global = true)]
    pub language: Option<LanguageChoice>,
    /// How the screen is captured.
    #[arg(long, value_enum, default_value_t, global = true)]
    pub capture: CaptureChoice,
    /// A `renfort://import/…` link, as the desktop passes it on. The person is asked first.
    #[arg(value_name = "LINK")]
    pub link: Option<String>,
    /// Run a side without a person.
    #[cfg(feature = "bench-hooks")]
    #[command(subcommand)]
    pub part: Option<crate::bench_hooks::Part>,
}

/// Languages, as they are written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LanguageChoice {
    /// English.
    En,
    /// French.
    Fr,
}

/// Ways to capture, as they are written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum CaptureChoice {
    /// The best that the display offers.
    #[default]
    Auto,
    /// X11 with damage and shared memory.
    X11,
    /// The portable way.
    Scrap,
}

impl From<LanguageChoice> for Language {
    fn from(choice: LanguageChoice) -> Self {
        match choice {
            LanguageChoice::En => Self::En,
            LanguageChoice::Fr => Self::Fr,
        }
    }
}

impl From<CaptureChoice> for Preference {
    fn from(choice: CaptureChoice) -> Self {
        match choice {
            CaptureChoice::Auto => Self::Auto,
            CaptureChoice::X11 => Self::X11,
            CaptureChoice::Scrap => Self::Scrap,
        }
    }
}

impl Arguments {
    /// What is to be imported, since whoever started the program says so.
    ///
    /// # Errors
    /// When a named file cannot be read.
    pub fn imports(&self) -> std::io::Result<Vec<Vec<u8>>> {
        let read = |source: &String| match source.starts_with(LINK_PREFIX) {
            true => Ok(source.clone().into_bytes()),
            false => std::fs::read(source),
        };
        self.organisation.iter().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent_and_reads_every_option() {
        Arguments::command().debug_assert();
        let arguments = Arguments::parse_from([
            "renfort",
            "--data",
            "/d",
            "--technician",
            "--language",
            "fr",
            "--capture",
            "scrap",
            "--organisation",
            "renfort://import/xyz",
            "renfort://import/abc",
        ]);
        assert_eq!(arguments.language.map(Language::from), Some(Language::Fr));
        assert_eq!(Preference::from(arguments.capture), Preference::Scrap);
        assert_eq!(arguments.imports().unwrap(), [b"renfort://import/xyz"]);
        assert_eq!(arguments.link.as_deref(), Some("renfort://import/abc"));
    }
}
