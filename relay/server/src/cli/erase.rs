//! `erase person`. Shows first what would go, and asks. A running relay carries it out; when none runs, this does.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use renfort_audit::{hash::Digest, keeping::EraseRefusal};
use renfort_protocol::people::Name;

use super::opened::Opened;
use super::output::{self, count, say};
use crate::{
    clock,
    erasure::{
        denied,
        lookup::{Found, look_up},
    },
    store::{Store, erasing::Whom, orders::Ordered},
};

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
    let opened = Opened::open(&args.data).await?;
    let done = erase(&opened, args).await;
    opened.close().await;
    done
}

async fn erase(opened: &Opened, args: PersonArgs) -> anyhow::Result<()> {
    let store = &*opened.store;
    let whom = whom(store, &args).await?;
    let found = look_up(store, &whom)
        .await?
        .context("nothing was found of this person")?;
    if found.refusal().is_none() && !found.anything {
        say!("Everything of this person is erased already.")?;
        return Ok(());
    }
    show(&found)?;
    if let Some((reason, tickets)) = found.refusal() {
        let denied = denied(&whom, reason, tickets);
        return Err(opened.refuse(&denied, refused(&found, reason)).await);
    }
    if !args.yes && !confirmed()? {
        say!("Nothing was erased.")?;
        return Ok(());
    }
    let order = store.put_order(&Ordered::Erase(whom.clone()), clock::now()).await?;
    opened.erase(order).await?;
    let left = look_up(store, &whom).await?;
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
        "To be erased: names and texts of {} with {}, {} of the log, {}.",
        count(found.erasure.tickets.len() as u64, "ticket"),
        count(found.sessions, "session"),
        count(found.fields, "personal field"),
        count(found.erasure.views.len() as u64, "saved view"),
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

/// The tickets, with the verb of what follows.
fn list_are(tickets: &[renfort_protocol::ids::TicketId]) -> String {
    format!("{} {}", list(tickets), if tickets.len() == 1 { "is" } else { "are" })
}

fn refused(found: &Found, reason: EraseRefusal) -> String {
    match reason {
        EraseRefusal::Active => {
            "nothing was erased: this account can still sign in; run `renfort-relay people disable` first".to_owned()
        }
        EraseRefusal::Open => format!(
            "nothing was erased: {} still open; close {} first",
            list_are(&found.open),
            if found.open.len() == 1 { "it" } else { "them" }
        ),
        EraseRefusal::Held => format!(
            "nothing was erased: {} on hold; `renfort-relay hold list` says what for",
            list_are(&found.held)
        ),
    }
}

fn confirmed() -> anyhow::Result<bool> {
    output::ask("This cannot be undone. Erase? [y/N] ")?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

fn device(text: &str) -> Result<Digest, String> {
    let digits = text.strip_prefix("device:").unwrap_or(text);
    Digest::try_from(digits.to_owned()).map_err(|error| error.to_string())
}
