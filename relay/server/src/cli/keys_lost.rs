//! `keys-lost`.

use std::path::Path;

use super::{opened::Opened, output::say};

pub(super) async fn run(data: &Path) -> anyhow::Result<()> {
    let opened = Opened::open_without_keys(data).await?;
    opened.record().await?;
    say!("Made a new keys.db. Names in the log from before cannot be read again; the log tells it.")?;
    let with = opened.store.with_second_factor().await?;
    for known in opened.store.people().await? {
        if with.contains(&known.account.person.id) {
            say!(
                "  {0} has a second factor that cannot be checked any more: `people second-factor --login {0} reset`",
                known.login
            )?;
        }
    }
    opened.close().await;
    Ok(())
}
