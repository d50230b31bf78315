//! The demo: with a display, windows to try; without one, the story played through real windows on virtual screens.

mod live;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use renfort_story::{
    programs::target_folder, report::Report, stage::Stage, walk::walk, words::Language, xserver::real_display,
};

#[derive(Parser)]
#[command(name = "demo", about = "Shows Renfort")]
struct Arguments {
    /// Language of the windows: en or fr.
    #[arg(long, default_value = "en")]
    language: Language,
    /// Play the story on virtual screens even though there is a display.
    #[arg(long)]
    story: bool,
}

// One thread: the programs that are started end with the thread that started them.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let is_live = real_display().is_some() && !arguments.story;
    let shown = tokio::select! {
        shown = show(arguments.language, is_live) => shown,
        // Dropping the other branch closes everything; for windows to try that is how the demo ends.
        _ = tokio::signal::ctrl_c() => if is_live { Ok(()) } else { Err(anyhow::anyhow!("interrupted")) },
    };
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn show(language: Language, is_live: bool) -> Result<()> {
    if is_live {
        live::show(language).await
    } else {
        play(language).await
    }
}

async fn play(language: Language) -> Result<()> {
    println!("The story is played on virtual screens. In a session with a display, the demo opens windows to try.");
    let folder = target_folder("demo")?;
    let mut report = Report::begin(&folder, "Renfort: one request for help")?;
    let mut stage = Stage::set_up(language).await?;
    let played = walk(&mut stage, &folder, &mut report).await;
    let path = report.finish()?;
    played?;
    println!(
        "\nA picture of each step, the report and the exported log are in {}",
        folder.display()
    );
    println!("Begin with {}", path.display());
    Ok(())
}
