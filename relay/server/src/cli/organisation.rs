//! `organisation new`, `organisation link`, `init`.

use std::path::Path;

use renfort_protocol::people::{Name, Role};

use super::{InitArgs, password};
use crate::{keys, organisation, setup, store::NewAccount};

pub(super) fn new(name: Name, relays: Vec<String>, out: &Path) -> anyhow::Result<()> {
    let file = organisation::create(name, relays, out)?;
    println!("{}", file.to_link());
    eprintln!(
        "Made {} (give it, or the link above, to every installation) and {} (keep it offline: never on a relay).",
        out.join(organisation::ORGANISATION_FILE).display(),
        out.join(organisation::KEY_FILE).display(),
    );
    Ok(())
}

pub(super) fn link(file: &Path) -> anyhow::Result<()> {
    println!("{}", organisation::read(file)?.to_link());
    Ok(())
}

pub(super) async fn init(args: InitArgs) -> anyhow::Result<()> {
    organisation::read(&args.organisation)?;
    let hash = crate::passwords::hash(&password::read(&args.password)?)?;
    let administrator = NewAccount {
        login: args.login,
        name: args.name,
        role: Role::Administrator,
        hash,
    };
    let file = setup::init(&args.data, &args.organisation, &administrator).await?;
    println!("Set up {} for {}.", args.data.display(), file.organisation.name);
    let source = std::fs::canonicalize(&args.organisation)?;
    if let Some(key) = source
        .parent()
        .and_then(|folder| keys::find_private(folder, &file.organisation.key.0))
    {
        eprintln!(
            "Warning: {} is the organisation's private key. The relay will not start while it can read it: move it away.",
            key.display()
        );
    }
    Ok(())
}
