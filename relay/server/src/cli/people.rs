//! `people add|list|disable`; the rest is in [`super::second_factor`]. A running relay takes the change up.

use renfort_protocol::people::Role;

use super::output::say;
use super::{PeopleCommand, opened::Opened, password, role, second_factor};
use crate::{
    clock,
    store::{NewAccount, StoreError, orders::Ordered},
};

pub(super) async fn run(command: PeopleCommand) -> anyhow::Result<()> {
    match command {
        PeopleCommand::Add {
            data,
            login,
            name,
            role: kind,
            level,
            password,
        } => {
            let role = role(kind, level)?;
            let opened = Opened::open(&data).await?;
            let hash = crate::passwords::hash(&password::read(&password)?)?;
            let id = opened
                .store
                .add_person(
                    &NewAccount {
                        login: login.clone(),
                        name,
                        role,
                        hash,
                    },
                    clock::now(),
                )
                .await?;
            opened.record().await?;
            opened.close().await;
            say!("Added account {} ({login}).", id.0)?;
        }
        PeopleCommand::List { data } => {
            let opened = Opened::open(&data).await?;
            say!(
                "{:>4}  {:<24}  {:<32}  {:<14}  {:<8}  second factor",
                "id",
                "login",
                "name",
                "role",
                "state"
            )?;
            let with = opened.store.with_second_factor().await?;
            for person in opened.store.people().await? {
                let state = if person.account.disabled { "disabled" } else { "active" };
                let second_factor = if with.contains(&person.account.person.id) {
                    "yes"
                } else {
                    "no"
                };
                say!(
                    "{:>4}  {:<24}  {:<32}  {:<14}  {state:<8}  {second_factor}",
                    person.account.person.id.0,
                    person.login.as_str(),
                    person.account.person.name.as_str(),
                    role_text(person.account.person.role),
                )?;
            }
            opened.close().await;
        }
        PeopleCommand::SecondFactor { data, login, action } => {
            second_factor::run(&data, &login, action).await?;
        }
        PeopleCommand::RequireSecondFactor { data, what } => {
            second_factor::demand(&data, what).await?;
        }
        PeopleCommand::Password { data, login, password } => {
            second_factor::change_password(&data, &login, &password).await?;
        }
        PeopleCommand::Disable { data, login, even_last } => {
            let opened = Opened::open(&data).await?;
            let done = opened.store.disable_person(&login, even_last, clock::now()).await;
            if matches!(done, Err(StoreError::LastAdministrator))
                && let Some(known) = opened.store.credentials(&login).await?
            {
                let person = known.account.person.id;
                let said = format!(
                    "{login} is the last active administrator; nothing was changed. Add another one first (people add --role \
                     administrator), or give --even-last"
                );
                return Err(opened.refuse(&Ordered::DisableDenied { person }, said).await);
            }
            if done? {
                opened.record().await?;
                say!("Disabled {login}.")?;
            } else {
                say!("{login} is disabled already.")?;
            }
            opened.close().await;
        }
    }
    Ok(())
}

fn role_text(role: Role) -> String {
    match role {
        Role::Technician { level } => format!("technician {}", u8::from(level)),
        Role::Supervisor => "supervisor".to_owned(),
        Role::Administrator => "administrator".to_owned(),
    }
}
