//! `hold add|list|remove`. It counts at once, and stands in the log when the command says so.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use renfort_audit::keeping::{HoldCode, HoldReason};
use renfort_protocol::{
    figures::{MIN_PURPOSE_CHARS, Purpose, PurposeError},
    ids::{SessionId, TicketId},
};

use super::{opened::Opened, output::say};
use crate::{
    clock,
    store::{
        Store,
        erasing::{HoldError, NewHold, Removal},
        orders::Ordered,
    },
};

#[derive(Debug, Subcommand)]
pub(super) enum HoldCommand {
    /// From now on, nothing of a ticket is erased.
    Add {
        #[command(flatten)]
        what: WhatArgs,
        /// What for; stands in the log.
        #[arg(long, value_parser = reason)]
        reason: Purpose,
    },
    /// Lists what is on hold.
    List {
        /// Data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Ends a hold.
    Remove {
        #[command(flatten)]
        what: WhatArgs,
        /// Why; stands in the log.
        #[arg(long, value_parser = reason)]
        reason: Purpose,
        /// The hold that the relay placed because the session's user reported abuse.
        #[arg(long)]
        abuse_reported: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct WhatArgs {
    /// Data folder.
    #[arg(long)]
    data: PathBuf,
    /// The ticket, as T-1001.
    #[arg(long, value_parser = ticket, required_unless_present = "session")]
    ticket: Option<TicketId>,
    /// The session; its ticket is held as a whole.
    #[arg(long, value_parser = session, conflicts_with = "ticket")]
    session: Option<SessionId>,
}

pub(super) async fn run(command: HoldCommand) -> anyhow::Result<()> {
    match command {
        HoldCommand::Add { what, reason } => {
            let opened = Opened::open(&what.data).await?;
            let (ticket, session) = held(&*opened.store, &what).await?;
            let hold = NewHold {
                ticket,
                session,
                reason: HoldReason::Stated(reason),
            };
            opened.store.add_hold(&hold, clock::now()).await?;
            opened.record().await?;
            opened.close().await;
            say!("Nothing of {ticket} is erased until the hold is removed.")?;
        }
        HoldCommand::List { data } => {
            let opened = Opened::open(&data).await?;
            let holds = opened.store.holds().await?;
            if holds.is_empty() {
                say!("Nothing is on hold.")?;
            }
            for hold in holds {
                let session = hold
                    .what
                    .session
                    .map(|id| format!(" (session {id})"))
                    .unwrap_or_default();
                say!("{}{session}: {}", hold.what.ticket, hold.what.reason)?;
            }
            opened.close().await;
        }
        HoldCommand::Remove {
            what,
            reason,
            abuse_reported,
        } => {
            let opened = Opened::open(&what.data).await?;
            let (ticket, session) = held(&*opened.store, &what).await?;
            let removal = Removal {
                ticket,
                session,
                cause: abuse_reported.then_some(HoldCode::AbuseReported),
                reason,
            };
            match opened.store.remove_hold(&removal, clock::now()).await {
                Err(HoldError::Own(held_for)) => {
                    let code = HoldReason::Own { code: held_for };
                    let said = format!(
                        "nothing was changed: the relay placed this hold by itself, for {code}. Once that has been examined, give \
                         --abuse-reported as well"
                    );
                    let denied = Ordered::HoldRemoveDenied { removal, held_for };
                    return Err(opened.refuse(&denied, said).await);
                }
                Err(HoldError::None) if abuse_reported => bail!(
                    "nothing was changed: the relay holds nothing here for a report of abuse; `renfort-relay hold list` shows what is \
                     on hold"
                ),
                done => done?,
            }
            opened.record().await?;
            opened.close().await;
            say!("{ticket} is no longer on hold for this. What else holds it stays: `renfort-relay hold list`.")?;
        }
    }
    Ok(())
}

async fn held(store: &dyn Store, what: &WhatArgs) -> anyhow::Result<(TicketId, Option<SessionId>)> {
    match (what.ticket, what.session) {
        (Some(ticket), _) => Ok((ticket, None)),
        (None, Some(id)) => {
            let session = store.session(id).await?.context("there is no such session")?;
            Ok((session.ticket, Some(id)))
        }
        (None, None) => bail!("give --ticket or --session"),
    }
}

fn reason(text: &str) -> Result<Purpose, String> {
    Purpose::new(text).map_err(|error| match error {
        PurposeError::TooShort => format!("the reason is shorter than {MIN_PURPOSE_CHARS} characters"),
        PurposeError::Text(error) => error.to_string(),
    })
}

fn ticket(text: &str) -> Result<TicketId, String> {
    text.parse().map_err(|_| "a ticket is written as T-1001".to_owned())
}

fn session(text: &str) -> Result<SessionId, String> {
    text.parse()
        .map_err(|_| "a session has 32 hexadecimal digits".to_owned())
}
