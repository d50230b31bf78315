//! `cargo xtask <command>`: sets up, builds, tests and shows the project. Depends on nothing of ours, so that it runs
//! before the rest can be built.
//!
//! Flow: a command is a list of [`steps`]; each runs one program, shows that it is alive and stops the list when it
//! fails. Invariant: everything is built with one choice of packages, features and profile, so that no command builds
//! again what another has built.

mod bench;
mod build;
mod dependencies;
mod failure;
mod setup;
mod show;
mod soak;
mod steps;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use steps::Steps;

#[derive(Parser)]
#[command(about = "Sets up, builds, tests and shows Renfort", disable_help_subcommand = true)]
struct Arguments {
    /// Show what each step prints while it runs, not only when it fails.
    #[arg(short, long, global = true)]
    verbose: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what the other commands need: system packages, Rust's tools, the interface's packages, cargo-deny.
    Setup,
    /// Build the interface and the two programs, renfort and renfort-relay.
    Build {
        /// With optimisation, as it is installed somewhere.
        #[arg(long)]
        release: bool,
    },
    /// Write the TypeScript types that are generated from the Rust ones.
    Generate,
    /// Show the whole product: with a display in real windows to try, without one as a story with screenshots.
    Demo {
        /// Language of the windows.
        #[arg(long, value_parser = ["en", "fr"], default_value = "en")]
        language: String,
        /// Play the story on virtual screens even though there is a display.
        #[arg(long)]
        story: bool,
    },
    /// Measure Renfort beside others on virtual screens, and write a table and plots into target/bench. Needs root.
    Bench {
        /// Fewer samples, to try something.
        #[arg(long)]
        quick: bool,
        /// Some suites only (key, motion, photon, key+video, idle, type, small, scroll, drag, video, fullvideo, quality,
        /// first, legs, relay-memory); and, only when they are named: variety, or of it directions, contents,
        /// applications, sizes, or one case.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// Some products only; `tests/bench/bench.py list` names them.
        products: Vec<String>,
    },
    /// Measure the coding of exact pixels and copies on recorded screens, beside other codecs and copied memory.
    BenchPicture,
    /// Check and test everything.
    Test,
    /// Check the dependencies only: versions, licences, sources, and advisories when their database can be reached.
    Dependencies,
    /// Try every technician's keyboard layout against every user's, 64 pairs, and tell the figures.
    Keyboards,
    /// Feed every parser that reads bytes from outside with inputs that coverage guides, and tell the figures.
    Soak {
        /// Inputs for each; a tenth of them for each parser of the interface's pages.
        #[arg(long, default_value_t = 10_000_000)]
        runs: u64,
        /// Some targets only; they are the folders of `tests/fuzz/corpus`, and `pages`.
        targets: Vec<String>,
    },
}

impl Command {
    fn name(&self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Build { .. } => "build",
            Self::Generate => "generate",
            Self::Demo { .. } => "demo",
            Self::Bench { .. } => "bench",
            Self::BenchPicture => "bench-picture",
            Self::Test => "test",
            Self::Dependencies => "dependencies",
            Self::Keyboards => "keyboards",
            Self::Soak { .. } => "soak",
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut steps = Steps::new(arguments.command.name(), arguments.verbose);
    let result = match arguments.command {
        Command::Setup => setup::checks(&mut steps),
        Command::Build { release } => build::programs(&mut steps, release),
        Command::Generate => build::generate(&mut steps),
        Command::Demo { language, story } => show::demo(&mut steps, &language, story),
        Command::Bench { quick, only, products } => bench::everything(&mut steps, quick, &only, &products),
        Command::BenchPicture => bench::picture(&mut steps),
        Command::Test => test::everything(&mut steps),
        Command::Dependencies => dependencies::alone(&mut steps),
        Command::Keyboards => test::keyboards(&mut steps),
        Command::Soak { runs, targets } => soak::everything(&mut steps, runs, &targets),
    };
    steps.summary();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
