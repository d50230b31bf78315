//! What was done by remote hand and what was refused, in figures, folded so that a burst is one report.

use renfort_protocol::{
    report::{InputDenied, ReportedEvent},
    ticket::Counts,
    time::UnixMillis,
};

/// From the first thing that is counted to its report, in milliseconds.
pub const REPORT_EVERY_MS: u64 = 5_000;

#[derive(Debug, Default)]
pub struct Tally {
    counts: Counts,
    denied: Vec<(InputDenied, u64)>,
    due: Option<UnixMillis>,
}

impl Tally {
    pub fn count(&mut self, now: UnixMillis, add: impl FnOnce(&mut Counts)) {
        add(&mut self.counts);
        self.due.get_or_insert(now.plus(REPORT_EVERY_MS));
    }

    /// Counts a refusal. True when it is the first of its kind since the last report.
    pub fn deny(&mut self, reason: InputDenied, now: UnixMillis) -> bool {
        self.due.get_or_insert(now.plus(REPORT_EVERY_MS));
        if let Some((_, times)) = self.denied.iter_mut().find(|(known, _)| *known == reason) {
            *times += 1;
            false
        } else {
            self.denied.push((reason, 1));
            true
        }
    }

    pub const fn due(&self) -> Option<UnixMillis> {
        self.due
    }

    /// Everything that was not reported yet.
    pub fn take(&mut self) -> Vec<ReportedEvent> {
        let Self { counts, denied, .. } = std::mem::take(self);
        let counted = (!counts.is_empty()).then_some(ReportedEvent::Counted { counts });
        let denied = denied
            .into_iter()
            .map(|(reason, times)| ReportedEvent::InputDenied { reason, times });
        counted.into_iter().chain(denied).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_one_report() {
        let mut tally = Tally::default();
        assert_eq!(tally.due(), None);
        assert!(tally.deny(InputDenied::NotGranted, UnixMillis(10)));
        for _ in 0..99 {
            assert!(!tally.deny(InputDenied::NotGranted, UnixMillis(20)));
        }
        tally.count(UnixMillis(30), |counts| counts.keys += 2);
        assert_eq!(tally.due(), Some(UnixMillis(10 + REPORT_EVERY_MS)));
        let counts = Counts {
            keys: 2,
            ..Counts::default()
        };
        let denied = ReportedEvent::InputDenied {
            reason: InputDenied::NotGranted,
            times: 100,
        };
        assert_eq!(tally.take(), [ReportedEvent::Counted { counts }, denied]);
        assert_eq!((tally.take(), tally.due()), (vec![], None));
    }
}
