//! Who the person says they are before they say anything: what their session on this machine knows of them.
//!
//! Invariant: there is always a name for both, however bare the machine.

use renfort_protocol::people::{Name, Stated};

/// The person's real name, else their login; the machine's name.
#[must_use]
pub fn by_the_system() -> Stated {
    let login = ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_default();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| std::fs::read_to_string("/etc/hostname"))
        .or_else(|_| std::env::var("COMPUTERNAME"))
        .or_else(|_| std::env::var("HOSTNAME"))
        .unwrap_or_default();
    stated(&login, &accounts, &machine)
}

fn stated(login: &str, accounts: &str, machine: &str) -> Stated {
    let name = real_name(login, accounts).or_else(|| Name::new(login).ok());
    Stated {
        name: name.unwrap_or_else(|| Name::new("?").expect("a question mark is a name")),
        machine: Name::new(machine).unwrap_or_else(|_| Name::new("localhost").expect("this is a name")),
    }
}

/// First field of the GECOS entry of `passwd(5)`; `&` in it stands for the login.
fn real_name(login: &str, accounts: &str) -> Option<Name> {
    let line = accounts
        .lines()
        .find(|line| line.split(':').next() == Some(login) && !login.is_empty())?;
    let full = line.split(':').nth(4)?.split(',').next()?;
    Name::new(full.replace('&', login)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNTS: &str = "root:x:0:0:root:/root:/bin/sh\njmartin:x:1000:1000:Jeanne Martin,,,:/home/jmartin:/bin/sh\n\
                            bare:x:1001:1001::/home/bare:/bin/sh\n";

    #[test]
    fn the_real_name_is_taken_where_the_system_has_one() {
        assert_eq!(stated("jmartin", ACCOUNTS, "poste-12\n").name.as_str(), "Jeanne Martin");
        assert_eq!(stated("jmartin", ACCOUNTS, "poste-12\n").machine.as_str(), "poste-12");
    }

    #[test]
    fn there_is_always_a_name() {
        assert_eq!(stated("bare", ACCOUNTS, "").name.as_str(), "bare");
        assert_eq!(stated("unknown", ACCOUNTS, "").name.as_str(), "unknown");
        assert_eq!(stated("", "", "").name.as_str(), "?");
        assert_eq!(stated("", "", "").machine.as_str(), "localhost");
    }
}
