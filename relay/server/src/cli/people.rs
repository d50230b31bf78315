//! `people add|list|disable`. A running relay picks the change up by itself.

use renfort_protocol::people::Role;

use super::{PeopleCommand, password, role};
use crate::{
    clock,
    data::DataFolder,
    store::{
        NewAccount, Store,
        sqlite::{SqliteOptions, SqliteStore},
    },
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
            let store = SqliteStore::open(&DataFolder::open(&data)?, SqliteOptions::default()).await?;
            let hash = crate::passwords::hash(&password::read(&password)?)?;
            let id = store
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
            store.close().await;
            println!("Added account {} ({login}).", id.0);
        }
        PeopleCommand::List { data } => {
            let store = SqliteStore::open(&DataFolder::open(&data)?, SqliteOptions::default()).await?;
            println!("{:>4}  {:<24}  {:<32}  {:<14}  state", "id", "login", "name", "role");
            for person in store.people().await? {
                let state = if person.account.disabled { "disabled" } else { "active" };
                println!(
                    "{:>4}  {:<24}  {:<32}  {:<14}  {state}",
                    person.account.person.id.0,
                    person.login.as_str(),
                    person.account.person.name.as_str(),
                    role_text(person.account.person.role),
                );
            }
            store.close().await;
        }
        PeopleCommand::Disable { data, login } => {
            let store = SqliteStore::open(&DataFolder::open(&data)?, SqliteOptions::default()).await?;
            store.disable_person(&login, clock::now()).await?;
            store.close().await;
            println!("Disabled {login}.");
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
