//! The business hours that the figures count: kept with the relay's settings, made on the command line.
//!
//! Invariant: hours that are kept are whole: their time zone is known and their openings make sense.

use jiff::tz::TimeZone;
use renfort_audit::event::Event;
use renfort_figures::{Hours, HoursError, HoursFile};
use renfort_protocol::time::UnixMillis;

use crate::store::{StoreError, orders::Ordered, settings::Settings};

/// The setting that holds them, as JSON.
const HOURS: &str = "business_hours";

/// What is wrong with business hours.
#[derive(Debug, thiserror::Error)]
pub enum BadHours {
    /// Not the form of a file of hours.
    #[error("this is no file of business hours: {0}")]
    Form(serde_json::Error),
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
    check(serde_json::from_str(text).map_err(BadHours::Form)?)
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
pub async fn save(store: &(impl Settings + ?Sized), hours: &Hours, at: UnixMillis) -> Result<(), StoreError> {
    let text = serde_json::to_string(hours.file()).map_err(|error| StoreError::Failed(error.to_string()))?;
    let what = Ordered::HoursSet(hours.file().clone());
    store.put_ordered(HOURS, &text, &what, at).await
}

/// That these hours were set, as the log tells it.
///
/// # Errors
/// When they make no sense (to this version).
pub fn changed(file: &HoursFile) -> Result<Event, StoreError> {
    let hours = check(file.clone()).map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(Event::HoursChanged {
        time_zone: file.time_zone.clone(),
        week: hours.week_text(),
        holidays: file.holidays.len() as u64,
    })
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
        save(&store, &check(file.clone()).unwrap(), UnixMillis(1))
            .await
            .unwrap();
        assert_eq!(load(&store).await.unwrap().file(), &file);
        store.put_setting(HOURS, "{").await.unwrap();
        assert!(matches!(load(&store).await, Err(StoreError::Damaged(_))));
    }
}
