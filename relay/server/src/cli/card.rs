//! `card request|issue|revoke|install|list`. A running relay takes up what `install` brings.
//!
//! Invariant: the organisation's key is read by `issue` and `revoke` only, which know nothing of a relay's data.

use std::{
    io::{BufRead, IsTerminal},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use jiff::Timestamp;
use renfort_protocol::{
    card::{CardFault, Revocations, Revoked, SignedCard, SignedCardRequest},
    ids::DeviceKey,
    people::Name,
    time::UnixMillis,
};

use super::output::{self, count, say};
use super::{CardCommand, IssuerArgs, RevokedArgs, opened::Opened};
use crate::{
    clock, data,
    error::RelayError,
    issuing::{self, DAY_MS, Issuer, MAX_DAYS},
    organisation,
    store::cards::Installed,
    upkeep::{SOON_MS, expiring},
};

pub(super) async fn run(command: CardCommand) -> anyhow::Result<()> {
    match command {
        CardCommand::Request { data, login, out } => request(&data, login.as_ref(), out.as_deref()).await,
        CardCommand::Issue {
            issuer,
            request,
            days,
            out,
            yes,
        } => issue(&issuer, &request, days, out, yes),
        CardCommand::Revoke { issuer, list, which } => revoke(&issuer, &list, &which),
        CardCommand::Install { data, files } => install(&data, &files).await,
        CardCommand::List { data } => list(&data).await,
    }
}

async fn open(data: &Path) -> anyhow::Result<(DeviceKey, Opened)> {
    let opened = Opened::open(data).await?;
    let key = organisation::read(&opened.folder.organisation())?.organisation.key;
    Ok((key, opened))
}

/// The day of an instant, in UTC.
fn day(at: UnixMillis) -> String {
    let millis = i64::try_from(at.0).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(millis).map_or_else(|_| "?".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

async fn request(data: &Path, login: Option<&Name>, out: Option<&Path>) -> anyhow::Result<()> {
    let (key, opened) = open(data).await?;
    let store = &*opened.store;
    let (people, cards) = (store.people().await?, store.cards().await?);
    let requests = store.card_requests().await?;
    opened.close().await;
    let now = clock::now();
    // A device that got a card since it asked waits no more.
    let answered = |one: &SignedCardRequest| {
        cards.iter().any(|signed| {
            signed.card.device == one.request.device
                && signed.card.person == one.request.person
                && signed.card.issued_at >= one.request.requested_at
                && signed.verify(&key, None, now).is_ok()
        })
    };
    if let Some(out) = out {
        data::create_private_folder(out)?;
    }
    let mut waiting = 0;
    for signed in requests.iter().filter(|one| !answered(one)) {
        let request = &signed.request;
        let Some(person) = people.iter().find(|one| one.account.person.id == request.person) else {
            continue;
        };
        if person.account.disabled || login.is_some_and(|login| *login != person.login) {
            continue;
        }
        waiting += 1;
        let fingerprint = request.device.fingerprint();
        say!(
            "{}  {}, level {}, device {fingerprint}, {}",
            person.login,
            request.name,
            u8::from(request.level),
            day(request.requested_at)
        )?;
        if let Some(out) = out {
            let name = format!("request-{}-{}.json", request.person.0, fingerprint.replace(' ', ""));
            let path = out.join(name);
            data::replace_private(&path, &serde_json::to_vec_pretty(signed)?)?;
            say!("    {}", path.display())?;
        }
    }
    match (waiting, out) {
        (0, _) => say!("Nobody waits for a card.")?,
        (_, None) => say!("With --out FOLDER each request is written to a file.")?,
        (_, Some(_)) => say!("Take the files to the machine with the organisation's key: card issue.")?,
    }
    Ok(())
}

fn issue(args: &IssuerArgs, request: &Path, days: u64, out: Option<PathBuf>, yes: bool) -> anyhow::Result<()> {
    let issuer = Issuer::open(&args.key, &args.organisation)?;
    let signed = issuing::read_request(request)?;
    let asked = &signed.request;
    let out = out.unwrap_or_else(|| request.with_file_name(format!("card-{}", file_name(request))));
    // Before anything is signed: what cannot be written must not stand in the ledger.
    if out.exists() {
        return Err(RelayError::Exists(out).into());
    }
    let now = clock::now();
    say!(
        "{}, level {}, account {}, for {days} days (until {}).",
        asked.name,
        u8::from(asked.level),
        asked.person.0,
        day(now.plus(days * DAY_MS))
    )?;
    say!("Device: {}", asked.device.fingerprint())?;
    if !yes && !confirm("Compare with what the technician's app shows. Is it the same? Type yes: ")? {
        bail!("nothing was signed");
    }
    let card = issuer.card(&signed, now, days)?;
    issuing::write_new(&out, &card)?;
    say!("Signed card {}: {}", card.card.serial, out.display())?;
    say!(
        "On the relay: renfort-relay card install --data DIR {}",
        file_name(&out)
    )?;
    Ok(())
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

fn confirm(question: &str) -> anyhow::Result<bool> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        bail!("no terminal to ask whether the fingerprint is right; compare it, then give --yes");
    }
    output::ask(question)?;
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    Ok(line.trim().eq_ignore_ascii_case("yes"))
}

fn revoke(args: &IssuerArgs, list: &Path, which: &RevokedArgs) -> anyhow::Result<()> {
    let issuer = Issuer::open(&args.key, &args.organisation)?;
    let now = clock::now();
    let ledger = issuer.ledger()?;
    let known = |serial| ledger.cards.iter().find(|one| one.serial == serial);
    let revoked: Vec<Revoked> = if let Some(path) = &which.card {
        let card = issuing::read_card(path)?.card;
        vec![Revoked {
            serial: card.serial,
            until: card.expires_at,
            device: Some(card.device),
        }]
    } else if let Some(serial) = which.serial {
        // A card that is not in the ledger expires when the longest card would.
        let until = known(serial).map_or(now.plus(MAX_DAYS * DAY_MS), |one| one.expires_at);
        let device = known(serial).map(|one| one.device);
        vec![Revoked { serial, until, device }]
    } else {
        let named = ledger
            .cards
            .iter()
            .filter(|one| Some(&one.name) == which.name.as_ref() && one.expires_at > now);
        named
            .map(|one| Revoked {
                serial: one.serial,
                until: one.expires_at,
                device: Some(one.device),
            })
            .collect()
    };
    if revoked.is_empty() {
        bail!("no card that is still good has this name on it; nothing was changed");
    }
    if revoked.iter().all(|one| one.until <= now) {
        bail!("the card has expired already; nothing was changed");
    }
    let taken = issuer.revoke(list, &revoked, now)?;
    for one in &revoked {
        let name = known(one.serial).map_or_else(String::new, |card| format!(" of {}", card.name));
        let already = if taken.new.contains(&one.serial) {
            ""
        } else {
            " already"
        };
        say!("Card {}{name} is taken back{already}.", one.serial)?;
    }
    let signed = taken.list;
    if taken.new.is_empty() {
        say!("Nothing was changed: it is list {} still.", signed.revocations.number)?;
    }
    say!(
        "List {} with {}: {}",
        signed.revocations.number,
        count(signed.revocations.revoked.len() as u64, "card"),
        list.display()
    )?;
    say!(
        "On the relay: renfort-relay card install --data DIR {}",
        file_name(list)
    )?;
    Ok(())
}

/// A file as what it holds, when that is this organisation's and good.
fn read_installed(path: &Path, key: &DeviceKey) -> anyhow::Result<Installed> {
    let value: serde_json::Value = issuing::read(path, "a technician's card or a list of revoked cards")?;
    let installed = if value.get("revocations").is_some() {
        Installed::Revocations(serde_json::from_value(value).with_context(|| path.display().to_string())?)
    } else {
        Installed::Card(issuing::read_card(path)?)
    };
    match &installed {
        Installed::Revocations(list) if !list.is_genuine(key) => Err(RelayError::ForeignCard(path.to_owned()))?,
        Installed::Card(card) => card
            .verify(key, None, clock::now())
            .map_err(|reason| RelayError::Card {
                path: path.to_owned(),
                reason,
            })?,
        Installed::Revocations(_) => {}
    }
    Ok(installed)
}

async fn install(data: &Path, files: &[PathBuf]) -> anyhow::Result<()> {
    let (key, opened) = open(data).await?;
    let store = &*opened.store;
    // All are judged before any is taken, cards also by the lists that come with them.
    let mut all = Vec::new();
    for path in files {
        all.push((path, read_installed(path, &key)?));
    }
    let mut lists: Vec<Revocations> = store
        .revocations()
        .await?
        .into_iter()
        .map(|list| list.revocations)
        .collect();
    lists.extend(all.iter().filter_map(|(_, content)| match content {
        Installed::Revocations(list) => Some(list.revocations.clone()),
        Installed::Card(_) => None,
    }));
    for (path, content) in &all {
        if let Installed::Card(signed) = content
            && lists.iter().any(|list| list.contains(signed.card.serial))
        {
            Err(RelayError::Card {
                path: path.to_path_buf(),
                reason: CardFault::Revoked,
            })?;
        }
    }
    for (path, content) in all {
        let is_new = store.install(&content, clock::now()).await?;
        if is_new {
            opened.record().await?;
        }
        match content {
            Installed::Card(signed) if is_new => say!(
                "Card {} of {}, good until {}.",
                signed.card.serial,
                signed.card.name,
                day(signed.card.expires_at)
            )?,
            Installed::Card(signed) => say!("Card {} is here already.", signed.card.serial)?,
            Installed::Revocations(signed) if is_new => say!(
                "List {} of revoked cards, with {}.",
                signed.revocations.number,
                count(signed.revocations.revoked.len() as u64, "card")
            )?,
            Installed::Revocations(signed) if store.revocations().await?.as_ref() == Some(&signed) => {
                say!("List {} is here already.", signed.revocations.number)?;
            }
            Installed::Revocations(signed) => {
                opened.close().await;
                return Err(RelayError::OlderList {
                    path: path.clone(),
                    number: signed.revocations.number,
                }
                .into());
            }
        }
    }
    opened.close().await;
    Ok(())
}

async fn list(data: &Path) -> anyhow::Result<()> {
    let (key, opened) = open(data).await?;
    let store = &*opened.store;
    let (cards, list) = (store.cards().await?, store.revocations().await?);
    opened.close().await;
    let (now, list) = (clock::now(), list.map(|list| list.revocations));
    let soon: Vec<_> = expiring(&cards, list.as_ref(), now)
        .into_iter()
        .map(|one| one.card.serial)
        .collect();
    say!(
        "{:<16}  {:<32}  {:>5}  {:<19}  {:<10}  state",
        "serial",
        "name",
        "level",
        "device",
        "until"
    )?;
    for signed in &cards {
        let card = &signed.card;
        say!(
            "{:<16}  {:<32}  {:>5}  {:<19}  {:<10}  {}",
            card.serial.to_string(),
            card.name.as_str(),
            u8::from(card.level),
            card.device.fingerprint(),
            day(card.expires_at),
            state(
                signed,
                signed.verify(&key, list.as_ref(), now),
                soon.contains(&card.serial)
            ),
        )?;
    }
    match list {
        Some(list) => say!("List {} of revoked cards has {}.", list.number, list.revoked.len())?,
        None => say!("There is no list of revoked cards.")?,
    }
    if !soon.is_empty() {
        say!(
            "To expire within {1} days: {0}. Issue new ones.",
            count(soon.len() as u64, "card"),
            SOON_MS / DAY_MS
        )?;
    }
    Ok(())
}

fn state(signed: &SignedCard, verdict: Result<(), CardFault>, soon: bool) -> String {
    match verdict {
        Ok(()) if soon => format!("EXPIRES SOON ({})", day(signed.card.expires_at)),
        Ok(()) => "good".to_owned(),
        Err(CardFault::Expired) => "expired".to_owned(),
        Err(CardFault::Revoked) => "revoked".to_owned(),
        Err(other) => other.to_string(),
    }
}
