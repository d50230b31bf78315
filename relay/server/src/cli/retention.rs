//! `retention show|set`. A running relay takes the change up.

use std::path::PathBuf;

use clap::Subcommand;

use super::{
    opened::Opened,
    output::{count, say},
};
use crate::{
    clock,
    erasure::retention::{MONTHS_RANGE, cutoff, months, set_months},
};

#[derive(Debug, Subcommand)]
pub(super) enum RetentionCommand {
    /// Prints for how many months names are kept.
    Show {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Sets it. A running relay erases what is older within a day, and each relay when it starts.
    Set {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
        /// Months, 1 or more.
        #[arg(long, value_parser = clap::value_parser!(u32).range(i64::from(*MONTHS_RANGE.start())..=i64::from(*MONTHS_RANGE.end())))]
        audit_months: u32,
    },
}

pub(super) async fn run(command: RetentionCommand) -> anyhow::Result<()> {
    let (data, set) = match command {
        RetentionCommand::Show { data } => (data, None),
        RetentionCommand::Set { data, audit_months } => (data, Some(audit_months)),
    };
    let opened = Opened::open(&data).await?;
    let now = clock::now();
    let months = match set {
        Some(months) => {
            set_months(&*opened.store, months, now).await?;
            opened.record().await?;
            // Not what the store holds now: another command may have set it again since.
            months
        }
        None => months(&*opened.store).await?,
    };
    let days = now.since(cutoff(now, months)) / (24 * 60 * 60_000);
    say!(
        "Names are kept for {}: what is older than {days} days is erased, but for what is on hold.",
        count(u64::from(months), "month")
    )?;
    opened.close().await;
    Ok(())
}
