//! `organisation new`, `organisation link`, `init`.

use std::path::Path;

use anyhow::Context as _;
use renfort_audit::checkpoint::LogKey;
use renfort_protocol::{
    grant::Capability,
    people::{Name, Role},
    policy::Policy,
};

use super::output::{note, say};
use super::{InitArgs, PolicyArgs, password, serve::key_line};
use crate::{data::DataFolder, keys, organisation, setup, store::NewAccount};

/// The policy that the arguments name; none when they name none.
fn policy(args: &PolicyArgs) -> anyhow::Result<Option<Policy>> {
    if let Some(path) = &args.policy {
        let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let policy = serde_json::from_slice(&text).with_context(|| format!("{} is not a policy", path.display()))?;
        return Ok(Some(policy));
    }
    let mut policy = Policy {
        longest_minutes: args.longest,
        longest_total_minutes: args.longest_total,
        codes: !args.no_codes,
        ..Policy::default()
    };
    for (not, capability) in [
        (args.no_control, Capability::Control),
        (args.no_clipboard, Capability::Clipboard),
    ] {
        if not {
            policy.capabilities.remove(&capability);
        }
    }
    Ok((policy != Policy::default()).then_some(policy))
}

pub(super) fn new(name: Name, relays: Vec<String>, args: PolicyArgs, out: &Path) -> anyhow::Result<()> {
    let file = organisation::create(name, relays, policy(&args)?, out)?;
    say!("{}", file.to_link())?;
    note!(
        "Made {} (give it, or the link above, to every installation) and {} (keep it offline: never on a relay).",
        out.join(organisation::ORGANISATION_FILE).display(),
        out.join(organisation::KEY_FILE).display(),
    );
    Ok(())
}

pub(super) fn link(file: &Path) -> anyhow::Result<()> {
    say!("{}", organisation::read(file)?.to_link())?;
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
    say!("Set up {} for {}.", args.data.display(), file.organisation.name)?;
    let pair = keys::load(&DataFolder::open(&args.data)?.relay_key())?;
    say!("{}", key_line(&LogKey::of(&pair)))?;
    let source = std::fs::canonicalize(&args.organisation)?;
    if let Some(key) = source
        .parent()
        .and_then(|folder| keys::find_private(folder, &file.organisation.key.0))
    {
        note!(
            "Warning: {} is the organisation's private key. The relay will not start while it can read it: move it away.",
            key.display()
        );
    }
    Ok(())
}
