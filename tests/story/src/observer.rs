//! Who watches the story.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{desktop::Desktop, page::Page};

/// One step of the story, once it has happened.
#[derive(Debug, Clone)]
pub struct Step {
    /// Counted from 1.
    pub number: u32,
    /// What was done.
    pub name: String,
    /// What was seen of it.
    pub seen: String,
    /// How long it took.
    pub took: Duration,
}

/// What can be photographed.
#[derive(Clone, Copy)]
pub enum Subject<'a> {
    /// A desktop's whole screen.
    Screen(&'a Desktop),
    /// A page in Chromium.
    Page(&'a str, &'a Page),
}

/// Somebody who watches.
pub trait Observer {
    /// A step has happened; the subjects show it.
    ///
    /// # Errors
    /// When it cannot be kept; the story then ends.
    fn step(&mut self, step: Step, subjects: &[Subject<'_>]) -> impl Future<Output = Result<()>>;
}

/// Numbers and times the steps for an observer.
pub struct Teller<'o, O> {
    observer: &'o mut O,
    number: u32,
    since: Instant,
}

impl<'o, O: Observer> Teller<'o, O> {
    /// At the beginning of the story.
    #[must_use]
    pub fn new(observer: &'o mut O) -> Self {
        Self {
            observer,
            number: 0,
            since: Instant::now(),
        }
    }

    /// Tells what happened since the last step.
    ///
    /// # Errors
    /// When the observer cannot keep it.
    pub async fn tell(&mut self, name: &str, seen: impl Into<String>, subjects: &[Subject<'_>]) -> Result<()> {
        self.number += 1;
        let (name, seen) = (name.to_owned(), seen.into());
        self.observer
            .step(
                Step {
                    number: self.number,
                    name,
                    seen,
                    took: self.since.elapsed(),
                },
                subjects,
            )
            .await?;
        self.since = Instant::now();
        Ok(())
    }
}

/// Prints one line a step.
pub struct Printer;

impl Observer for Printer {
    async fn step(&mut self, step: Step, _: &[Subject<'_>]) -> Result<()> {
        println!("{}", line(&step));
        Ok(())
    }
}

/// A step in one line.
#[must_use]
pub fn line(step: &Step) -> String {
    let seen = step.seen.split_whitespace().collect::<Vec<_>>().join(" ");
    format!(
        "{:>2}. {} ({:.1} s): {seen}",
        step.number,
        step.name,
        step.took.as_secs_f64()
    )
}
