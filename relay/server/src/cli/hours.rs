//! `hours show|set`. A running relay takes the change up.

use std::{io::Read, path::Path};

use anyhow::{Context, bail};

use super::output::say;
use super::{HoursCommand, opened::Opened};
use crate::{
    clock,
    figures::{load_hours, parse_hours, save_hours},
};

/// Largest file of hours, in bytes; a larger one is refused.
const MAX_BYTES: u64 = 64 * 1024;

pub(super) async fn run(command: HoursCommand) -> anyhow::Result<()> {
    match command {
        HoursCommand::Show { data } => {
            let opened = Opened::open(&data).await?;
            let hours = load_hours(&*opened.store).await?;
            say!("{}", serde_json::to_string_pretty(hours.file())?)?;
            opened.close().await;
        }
        HoursCommand::Set { data, file } => {
            let hours = parse_hours(&read(&file)?).with_context(|| file.display().to_string())?;
            let opened = Opened::open(&data).await?;
            save_hours(&*opened.store, &hours, clock::now()).await?;
            opened.record().await?;
            opened.close().await;
            say!("Figures now count {} ({}).", hours.week_text(), hours.file().time_zone)?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    let mut text = String::new();
    let read = file.take(MAX_BYTES + 1).read_to_string(&mut text);
    read.with_context(|| path.display().to_string())?;
    if text.len() as u64 > MAX_BYTES {
        bail!(
            "{}: a file of business hours has at most {MAX_BYTES} bytes",
            path.display()
        );
    }
    Ok(text)
}
