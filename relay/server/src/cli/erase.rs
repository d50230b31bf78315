//! `erase person`. Shows first what would go, and asks. A running relay carries it out; when none runs, this does.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use renfort_audit::{hash::Digest, keeping::EraseRefusal};
use renfort_protocol::people::Name;

use super::output::{self, say};
use crate::{
    clock,
    data::DataFolder,
    erasure::{
        self, denied,
        lookup::{Found, look_up},
    },
    error::RelayError,
    keys,
    store::{
        Store,
        erasing::{Ordered, Whom},
        sqlite::{SqliteOptions, SqliteStore},
    },
    writer::Writer,
};

/// A running relay has this long to carry it out before this command goes.
const WAIT: Duration = Duration::from_secs(60);
/// How often it is looked whether it has.
const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(Debug, Subcommand)]
pub(super) enum EraseCommand {
    /// Erases whoever asked for help from a device or under a name, or an account.
    Person(PersonArgs),
}

#[derive(Debug, Args)]
pub(super) struct PersonArgs {
    /// Data folder.
    #[arg(long)]
    data: PathBuf,
    #[command(flatten)]
    who: WhoArgs,
    /// Only what was asked from this machine; with --name.
    #[arg(long, value_parser = super::name, requires = "name")]
    machine: Option<Name>,
    /// Does not ask.
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct WhoArgs {
    /// A user's device, as the log names it: 64 hexadecimal digits.
    #[arg(long, value_parser = device)]
    device: Option<Digest>,
    /// Sign-in name of a disabled account.
    #[arg(long, value_parser = super::name)]
    account: Option<Name>,
    /// A user's whole name as stated, whatever its case.
    #[arg(long, value_parser = super::name)]
    name: Option<Name>,
}

pub(super) async fn run(command: EraseCommand) -> anyhow::Result<()> {
    let EraseCommand::Person(args) = command;
    let folder = DataFolder::open(&args.data)?;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&folder, SqliteOptions::default()).await?);
    let done = erase(&folder, &store, args).await;
    store.close().await;
    done
}

async fn erase(folder: &DataFolder, store: &Arc<dyn Store>, args: PersonArgs) -> anyhow::Result<()> {
    let whom = whom(&**store, &args).await?;
    let found = look_up(&**store, &whom)
        .await?
        .context("nothing was found of this person")?;
    if found.refusal().is_none() && !found.anything {
        say!("Everything of this person is erased already.")?;
        return Ok(());
    }
    show(&found)?;
    if let Some((reason, tickets)) = found.refusal() {
        // Asked for and not done stands in the log too.
        store.put_order(&denied(&whom, reason, tickets), clock::now()).await?;
        bail!(refused(&found, reason));
    }
    if !args.yes && !confirmed()? {
        say!("Nothing was erased.")?;
        return Ok(());
    }
    let order = store.put_order(&Ordered::Erase(whom.clone()), clock::now()).await?;
    carry_out(folder, store, order).await?;
    let left = look_up(&**store, &whom).await?;
    if let Some(left) = left
        && let Some((reason, _)) = left.refusal()
        && left.anything
    {
        bail!(refused(&left, reason));
    }
    say!("Erased. Backups that were made before still hold it: see \"backups\" in the relay's README.")?;
    Ok(())
}

async fn whom(store: &dyn Store, args: &PersonArgs) -> anyhow::Result<Whom> {
    let WhoArgs { device, account, name } = &args.who;
    Ok(match (device, account, name) {
        (Some(device), _, _) => Whom::Device(*device),
        (_, Some(login), _) => {
            let found = store.credentials(login).await?;
            let account = found.with_context(|| format!("nothing was found: there is no account {login}"))?;
            Whom::Account(account.account.person.id)
        }
        (_, _, Some(name)) => Whom::Name {
            name: name.clone(),
            machine: args.machine.clone(),
        },
        (None, None, None) => bail!("give --device, --account or --name"),
    })
}

fn show(found: &Found) -> std::io::Result<()> {
    let names: Vec<&str> = found.names.iter().map(String::as_str).collect();
    say!(
        "Person: {}",
        if names.is_empty() {
            "no name left".to_owned()
        } else {
            names.join(", ")
        }
    )?;
    say!(
        "To be erased: names and texts of {} ticket(s) with {} session(s), {} personal field(s) of the log, {} saved view(s).",
        found.erasure.tickets.len(),
        found.sessions,
        found.fields,
        found.erasure.views.len(),
    )?;
    if !found.held.is_empty() {
        say!("Stays, being on hold: {}.", list(&found.held))?;
    }
    say!("Stays: that it happened, when, and every proof of the log.")
}

fn list(tickets: &[renfort_protocol::ids::TicketId]) -> String {
    let texts: Vec<String> = tickets.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

fn refused(found: &Found, reason: EraseRefusal) -> String {
    match reason {
        EraseRefusal::Active => {
            "nothing was erased: this account can still sign in; run `renfort-relay people disable` first".to_owned()
        }
        EraseRefusal::Open => format!(
            "nothing was erased: {} is still open; close it first",
            list(&found.open)
        ),
        EraseRefusal::Held => format!(
            "nothing was erased: {} is on hold; `renfort-relay hold list` says what for",
            list(&found.held)
        ),
    }
}

fn confirmed() -> anyhow::Result<bool> {
    output::ask("This cannot be undone. Erase? [y/N] ")?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

async fn carry_out(folder: &DataFolder, store: &Arc<dyn Store>, order: u64) -> anyhow::Result<()> {
    let until = Instant::now() + WAIT;
    loop {
        match folder.lock_to_serve() {
            Ok(lock) => {
                let pair = keys::load(&folder.relay_key())?;
                let (writer, handle, _answers) = Writer::open(Arc::clone(store), pair).await?;
                let writing = tokio::spawn(writer.run());
                let settled = erasure::settle(&**store, &handle, clock::now()).await;
                drop(handle);
                writing.await?;
                drop(lock);
                settled?;
                if erasure::is_done(&**store, order).await? {
                    return Ok(());
                }
            }
            Err(RelayError::InUse(_)) => {
                if erasure::is_done(&**store, order).await? {
                    return Ok(());
                }
            }
            Err(error) => return Err(error.into()),
        }
        if Instant::now() > until {
            bail!("the running relay has not carried it out yet; it will, or the next one when it starts");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn device(text: &str) -> Result<Digest, String> {
    let digits = text.strip_prefix("device:").unwrap_or(text);
    Digest::try_from(digits.to_owned()).map_err(|error| error.to_string())
}
