//! `people second-factor`, `people require-second-factor`, `people password`. A running relay takes the change up: whoever is signed in with the account is signed out.

use std::{io::IsTerminal, path::Path};

use anyhow::{Context, anyhow};
use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};
use renfort_protocol::people::Name;

use super::output::{self, say};
use super::{OnOff, PasswordArgs, SecondFactorAction, opened::Opened, password};
use crate::{
    clock, organisation,
    second_factor::{Enrolment, enrol, is_required, require},
    store::Store,
};

pub(super) async fn run(data: &Path, login: &Name, action: SecondFactorAction) -> anyhow::Result<()> {
    let opened = Opened::open(data).await?;
    let store = &*opened.store;
    match action {
        SecondFactorAction::Enable => {
            let file = organisation::read(&opened.folder.organisation())?;
            let given = enrol(store, login, clock::now()).await?;
            let shown = sheet(&given, &file.organisation.name, login)
                .and_then(|sheet| Ok(output::hand_over(format_args!("{sheet}"))?));
            // The account has it already, and nobody can sign in with what nobody has seen.
            shown.map_err(|error| {
                anyhow!(
                    "{login} has a new second factor that could not be shown ({error}): reset it with \
                     `people second-factor --login {login} reset`, or make another one"
                )
            })?;
            opened.record().await?;
        }
        SecondFactorAction::Reset => {
            if store.reset_second_factor(login, clock::now()).await? {
                opened.record().await?;
                say!("{login} has no second factor any more, and is signed out everywhere.")?;
            } else {
                say!("{login} had no second factor.")?;
            }
        }
        SecondFactorAction::Show => say!("{}", status(store, login).await?)?,
    }
    opened.close().await;
    Ok(())
}

pub(super) async fn demand(data: &Path, what: OnOff) -> anyhow::Result<()> {
    let opened = Opened::open(data).await?;
    let store = &*opened.store;
    require(store, what == OnOff::On, clock::now()).await?;
    opened.record().await?;
    if what == OnOff::Off {
        say!("Accounts without a second factor can sign in.")?;
    } else {
        say!("From now on every account needs a second factor.")?;
        let with = store.with_second_factor().await?;
        for known in store.people().await? {
            if !known.account.disabled && !with.contains(&known.account.person.id) {
                say!("  {} has none yet, and cannot sign in until it does.", known.login)?;
            }
        }
    }
    opened.close().await;
    Ok(())
}

pub(super) async fn change_password(data: &Path, login: &Name, asked: &PasswordArgs) -> anyhow::Result<()> {
    let opened = Opened::open(data).await?;
    let hash = crate::passwords::hash(&password::read(asked)?)?;
    opened.store.change_password(login, &hash, clock::now()).await?;
    opened.record().await?;
    opened.close().await;
    say!("{login} has a new password, and is signed out everywhere.")?;
    Ok(())
}

async fn status(store: &dyn Store, login: &Name) -> anyhow::Result<String> {
    let known = store.credentials(login).await?;
    let known = known.with_context(|| format!("there is no account {login}"))?;
    let factor = store.second_factor(known.account.person.id).await?;
    Ok(match factor {
        Some(factor) => format!(
            "{login} has a second factor, and {} recovery codes left. Wrong codes since the last right one: {}.",
            factor.recovery.len(),
            factor.wrong_codes
        ),
        None if is_required(store).await? => {
            format!("{login} has no second factor, and cannot sign in without one.")
        }
        None => format!("{login} has no second factor."),
    })
}

/// What is handed to its owner.
fn sheet(given: &Enrolment, organisation: &Name, login: &Name) -> anyhow::Result<String> {
    let uri = given.uri(organisation, login);
    // Error correction is for dirt and folds; a screen has neither, and the code stays small.
    let code = QrCode::with_error_correction_level(&uri, EcLevel::L).context("the address makes no QR code")?;
    let drawn = code.render::<Dense1x2>().build();
    // A scanner wants dark on light, whatever colours the terminal has.
    let drawn = if std::io::stdout().is_terminal() {
        drawn
            .lines()
            .map(|line| format!("\x1b[30;107m{line}\x1b[0m"))
            .collect::<Vec<_>>()
            .join("\n")
    } else {
        drawn
    };
    let secret = given.secret_text();
    let mut recovery = String::new();
    for pair in given.recovery.chunks(2) {
        recovery.push_str(&format!("    {}\n", pair.join("    ")));
    }
    Ok(format!(
        "Second factor of {login}. It is shown this once: hand it over now, and keep no copy.\n\n{drawn}\n\n\
         Scan this with an authenticator app, or open\n    {uri}\nor type\n    {secret}\n\n\
         Recovery codes, each good for one sign-in without the app; its owner keeps them on paper:\n{recovery}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;

    #[tokio::test]
    async fn the_sheet_has_all_ways_to_enrol_and_ten_recovery_codes() {
        let store = MemoryStore::new();
        let name = |text: &str| Name::new(text).unwrap();
        let account = crate::store::NewAccount {
            login: name("claire"),
            name: name("Claire"),
            role: renfort_protocol::people::Role::Supervisor,
            hash: "h".into(),
        };
        store.add_person(&account, clock::now()).await.unwrap();
        let given = enrol(&store, &name("claire"), clock::now()).await.unwrap();
        let text = sheet(&given, &name("Mairie"), &name("claire")).unwrap();
        assert!(text.contains("otpauth://totp/Mairie:claire?secret="));
        assert!(text.contains(&given.secret_text()));
        assert_eq!(given.recovery.len(), 10);
        for code in &given.recovery {
            assert!(text.contains(code) && code.len() == 19, "{code}");
        }
        assert!(
            text.lines().filter(|line| line.contains('█')).count() > 10,
            "a QR code is drawn"
        );
    }
}
