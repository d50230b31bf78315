//! Keeps the story in a folder: a picture of each step, and a report with what was seen.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::observer::{Observer, Step, Subject, line};

/// The folder that is being filled.
pub struct Report {
    folder: PathBuf,
    text: String,
}

impl Report {
    /// Empties the folder of an earlier story and begins a new one.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn begin(folder: &Path, title: &str) -> Result<Self> {
        for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_file() {
                std::fs::remove_file(path)?;
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            text: format!("# {title}\n"),
        })
    }

    /// Writes the report.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<PathBuf> {
        let path = self.folder.join("report.md");
        std::fs::write(&path, self.text)?;
        Ok(path)
    }

    async fn photograph(&self, step: &Step, subject: Subject<'_>) -> Result<String> {
        let name = |of: &str| format!("{:02}-{}-{of}.png", step.number, slug(&step.name));
        match subject {
            Subject::Screen(desktop) => {
                let name = name(desktop.name());
                desktop.picture()?.save(&self.folder.join(&name))?;
                Ok(name)
            }
            Subject::Page(of, page) => {
                let name = name(of);
                std::fs::write(self.folder.join(&name), page.screenshot().await?)?;
                Ok(name)
            }
        }
    }
}

impl Observer for Report {
    async fn step(&mut self, step: Step, subjects: &[Subject<'_>]) -> Result<()> {
        println!("{}", line(&step));
        write!(self.text, "\n## {}. {}\n\n", step.number, step.name)?;
        for seen in step.seen.lines().filter(|line| !line.trim().is_empty()) {
            writeln!(self.text, "> {seen}")?;
        }
        for subject in subjects {
            let picture = self.photograph(&step, *subject).await?;
            writeln!(self.text, "\n![{}]({picture})", step.name)?;
        }
        writeln!(self.text, "\n{:.1} s", step.took.as_secs_f64())?;
        Ok(())
    }
}

/// A name that is good for a file.
fn slug(name: &str) -> String {
    let words = name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    words.split_whitespace().collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_good_for_a_file() {
        assert_eq!(slug("The user's \"yes\", at once"), "the-user-s-yes-at-once");
    }
}
