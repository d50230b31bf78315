//! Where a new account's password comes from: a prompt without echo, a file, or standard input. Never an argument, which
//! every account of the machine could read in the list of processes.

use std::{
    io::{BufRead, IsTerminal},
    path::Path,
};

use anyhow::{Context, bail};
use renfort_protocol::{signalling::Password, text::Line};

use super::PasswordArgs;

/// Longest line that is read, in bytes.
const MAX_BYTES: u64 = 4096;

pub(super) fn read(args: &PasswordArgs) -> anyhow::Result<Password> {
    let text = match args.password_file.as_deref() {
        Some(path) if path == Path::new("-") => first_line(std::io::stdin().lock())?,
        Some(path) => {
            let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
            first_line(std::io::BufReader::new(file))?
        }
        None if std::io::stdin().is_terminal() => prompt()?,
        None => bail!(
            "no terminal to ask for the password; give --password-file FILE, or --password-file - for standard input"
        ),
    };
    Ok(Password(Line::new(text).context("the password")?))
}

fn first_line(reader: impl BufRead) -> anyhow::Result<String> {
    let mut line = String::new();
    reader
        .take(MAX_BYTES)
        .read_line(&mut line)
        .context("the password is not readable text")?;
    Ok(line)
}

fn prompt() -> anyhow::Result<String> {
    let first = rpassword::prompt_password("Password: ")?;
    let second = rpassword::prompt_password("The same again: ")?;
    if first != second {
        bail!("the two passwords differ");
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_file_is_the_password() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "correct horse\nsecond line\n").unwrap();
        let read = read(&PasswordArgs {
            password_file: Some(path),
        })
        .unwrap();
        assert_eq!(read.0.as_str(), "correct horse");
    }

    #[test]
    fn an_empty_file_gives_no_password() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "\n").unwrap();
        assert!(
            read(&PasswordArgs {
                password_file: Some(path)
            })
            .is_err()
        );
    }
}
