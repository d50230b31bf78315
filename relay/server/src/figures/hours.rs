//! The business hours that the figures count: kept with the relay's settings, made on the command line.
//!
//! Invariant: hours that are kept are whole: their time zone is known and their openings make sense.

use jiff::tz::TimeZone;
use renfort_audit::{actor::Actor, event::Event, record::Entry};
use renfort_figures::{Hours, HoursError, HoursFile};

use crate::{
    clock,
    store::{Store, StoreError, settings::Settings},
    writer::WriterHandle,
};

/// The setting that holds them, as JSON.
const HOURS: &str = "business_hours";
/// The setting that holds those that stand in the log.
const LOGGED: &str = "business_hours_logged";

/// What is wrong with business hours.
#[derive(Debug, thiserror::Error)]
pub enum BadHours {
    /// Not the form of a file of hours.
    #[error("this is no file of business hours: {0}")]
    Form(#[from] serde_json::Error),
    /// Not a time zone.
    #[error("{0:?} is no time zone; write an IANA name, such as Europe/Paris")]
    Zone(String),
    /// The form is right, the hours are not.
    #[error(transparent)]
    Hours(#[from] HoursError),
}

/// Reads and checks hours from JSON.
///
/// # Errors
/// The first thing that is wrong.
pub fn parse(text: &str) -> Result<Hours, BadHours> {
    check(serde_json::from_str(text)?)
}

fn check(file: HoursFile) -> Result<Hours, BadHours> {
    // `get` also takes POSIX rules and offsets, which nobody would recognise on the page.
    let zone = TimeZone::get(&file.time_zone)
        .ok()
        .filter(|zone| zone.iana_name().is_some())
        .ok_or_else(|| BadHours::Zone(file.time_zone.chars().take(60).collect()))?;
    Ok(Hours::new(file, zone)?)
}

/// Monday to Friday, 08:00 to 18:00, Europe/Paris.
///
/// # Panics
/// Never: time zones are built in, and these hours make sense.
#[must_use]
pub fn default() -> Hours {
    check(HoursFile::default()).expect("the default hours make sense")
}

/// The hours that count now.
///
/// # Errors
/// When the store fails, or holds hours that make no sense (to this version).
pub async fn load(store: &(impl Settings + ?Sized)) -> Result<Hours, StoreError> {
    match store.setting(HOURS).await? {
        None => Ok(default()),
        Some(text) => parse(&text).map_err(|error| StoreError::Damaged(error.to_string())),
    }
}

/// Makes hours count from now on, for all time.
///
/// # Errors
/// When the store fails.
pub async fn save(store: &(impl Settings + ?Sized), hours: &Hours) -> Result<(), StoreError> {
    let text = serde_json::to_string(hours.file()).map_err(|error| StoreError::Failed(error.to_string()))?;
    store.put_setting(HOURS, &text).await
}

/// Writes hours that the command line made into the log, unless they stand there already.
pub(super) async fn log_change(store: &dyn Store, writer: &WriterHandle) -> Result<(), StoreError> {
    let Some(now) = store.setting(HOURS).await? else {
        return Ok(());
    };
    if store.setting(LOGGED).await?.as_deref() == Some(&now) {
        return Ok(());
    }
    let hours = parse(&now).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let event = Event::HoursChanged {
        time_zone: hours.file().time_zone.clone(),
        week: hours.week_text(),
        holidays: hours.file().holidays.len() as u64,
    };
    let entry = Entry {
        at: clock::now(),
        ticket: None,
        session: None,
        actor: Actor::Operator,
        event,
    };
    let written = writer.record(vec![entry]).await;
    written
        .map_err(|_| StoreError::Failed("a change of business hours could not be written into the log".to_owned()))?;
    store.put_setting(LOGGED, &now).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;

    #[test]
    fn a_time_zone_is_an_iana_name() {
        let text = |zone: &str| {
            serde_json::json!({ "time_zone": zone, "week": { "monday": [{ "from": "08:00", "to": "12:00" }] } })
                .to_string()
        };
        for good in ["Europe/Paris", "America/Guadeloupe", "Indian/Reunion", "UTC"] {
            assert!(parse(&text(good)).is_ok(), "{good}");
        }
        for wrong in [
            "",
            "Paris",
            "CET-1CEST,M3.5.0,M10.5.0/3",
            "+01:00",
            "../../etc/passwd",
            "Europe/París",
        ] {
            let error = parse(&text(wrong)).unwrap_err().to_string();
            assert!(error.contains("is no time zone"), "{wrong:?}: {error}");
        }
    }

    #[tokio::test]
    async fn hours_are_kept_and_without_any_the_default_counts() {
        let store = MemoryStore::new();
        assert_eq!(load(&store).await.unwrap().file(), &HoursFile::default());
        let file = HoursFile {
            time_zone: "America/Cayenne".to_owned(),
            ..HoursFile::default()
        };
        save(&store, &check(file.clone()).unwrap()).await.unwrap();
        assert_eq!(load(&store).await.unwrap().file(), &file);
        store.put_setting(HOURS, "{").await.unwrap();
        assert!(matches!(load(&store).await, Err(StoreError::Damaged(_))));
    }
}
