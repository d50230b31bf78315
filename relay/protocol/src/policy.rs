//! What an organisation allows its users to allow. It narrows what a user allows and never widens it; the user's own
//! machine applies it.
//!
//! Invariant: a member that this program does not know makes the whole file unreadable ([`Policy`] denies it), so that a
//! rule it cannot keep is never taken for no rule.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    grant::{Capabilities, Capability, Grant},
    limits::{GRANT_MS, MAX_GRANT_MS, TIME_BOXES_MS},
    time::UnixMillis,
};

const MINUTE_MS: u64 = 60_000;

/// An organisation's rules. The default has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What may be allowed at all; holds [`Capability::View`].
    #[serde(default = "all")]
    pub capabilities: Capabilities,
    /// Longest time that can be given at once, in minutes; none: as long as the program has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub longest_minutes: Option<u32>,
    /// Longest session with all extensions, in minutes; none: as long as the program has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub longest_total_minutes: Option<u32>,
    /// May a technician without a card be let in by a code that is read out on the telephone? Left out where it is so, as in
    /// the files that are older than it.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    #[ts(optional, as = "Option<bool>")]
    pub codes: bool,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_yes(value: &bool) -> bool {
    *value
}

fn all() -> Capabilities {
    [Capability::View, Capability::Control, Capability::Clipboard].into()
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            capabilities: all(),
            longest_minutes: None,
            longest_total_minutes: None,
            codes: true,
        }
    }
}

impl Policy {
    /// Can sessions be held under it at all?
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.capabilities.contains(&Capability::View)
            && self.longest_minutes != Some(0)
            && self.longest_total_minutes != Some(0)
    }

    /// Can a user allow this?
    #[must_use]
    pub fn allows(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// What no user can allow.
    #[must_use]
    pub fn forbidden(&self) -> Capabilities {
        all().difference(&self.capabilities).copied().collect()
    }

    /// The moment that no extension goes beyond, of a session that began then; none when there is none.
    #[must_use]
    pub fn latest(&self, began: UnixMillis) -> Option<UnixMillis> {
        let total = self.longest_total_minutes?;
        Some(began.plus(u64::from(total) * MINUTE_MS))
    }

    /// Longest time that can be given at once, in milliseconds.
    #[must_use]
    pub fn longest_ms(&self) -> u64 {
        let limits = [self.longest_minutes, self.longest_total_minutes];
        let shortest = limits.into_iter().flatten().min();
        shortest.map_or(MAX_GRANT_MS, |minutes| {
            (u64::from(minutes) * MINUTE_MS).min(MAX_GRANT_MS)
        })
    }

    /// The time boxes that a user can choose from, in milliseconds, growing: those of [`TIME_BOXES_MS`] that are short
    /// enough; when none is, the longest that is allowed.
    #[must_use]
    pub fn time_boxes(&self) -> Vec<u64> {
        let longest = self.longest_ms();
        let fitting: Vec<u64> = TIME_BOXES_MS.into_iter().filter(|time| *time <= longest).collect();
        if fitting.is_empty() { vec![longest] } else { fitting }
    }

    /// The time box that is chosen before the user chooses: [`GRANT_MS`], or the longest below it.
    #[must_use]
    pub fn usual_time_box(&self) -> u64 {
        let boxes = self.time_boxes();
        let usual = boxes.iter().copied().filter(|time| *time <= GRANT_MS).max();
        usual.unwrap_or(boxes[0])
    }

    /// The time box that a user's choice stands for: the longest one offered that is not above it.
    #[must_use]
    pub fn time_box(&self, chosen_ms: u64) -> u64 {
        let boxes = self.time_boxes();
        let fitting = boxes.iter().copied().filter(|time| *time <= chosen_ms).max();
        fitting.unwrap_or(boxes[0])
    }

    /// What is left of a grant that begins now.
    #[must_use]
    pub fn narrow(&self, grant: Grant, now: UnixMillis) -> Grant {
        Grant {
            capabilities: grant.capabilities.intersection(&self.capabilities).copied().collect(),
            expires_at: grant.expires_at.min(now.plus(self.longest_ms())),
            ..grant
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{PersonId, SessionId, TicketId};

    fn every_set() -> Vec<Capabilities> {
        let all: Vec<Capability> = all().into_iter().collect();
        (0..8_u8)
            .map(|bits| {
                let chosen = all.iter().enumerate().filter(|(n, _)| bits & (1 << n) != 0);
                chosen.map(|(_, one)| *one).collect()
            })
            .collect()
    }

    #[test]
    fn whatever_the_policy_and_the_answer_the_result_is_within_both() {
        let now = UnixMillis(1_000_000);
        let minutes = [None, Some(1), Some(14), Some(15), Some(30), Some(61), Some(u32::MAX)];
        for capabilities in every_set() {
            for (longest_minutes, longest_total_minutes) in
                minutes.into_iter().flat_map(|one| minutes.map(|other| (one, other)))
            {
                let policy = Policy {
                    capabilities: capabilities.clone(),
                    longest_minutes,
                    longest_total_minutes,
                    ..Policy::default()
                };
                for chosen in every_set() {
                    for time in [0, 1, 60_000, 900_000, 1_800_000, 7_200_000, u64::MAX / 2] {
                        let grant = Grant {
                            session: SessionId([1; 16]),
                            ticket: TicketId(1001),
                            technician: PersonId(1),
                            capabilities: chosen.clone(),
                            expires_at: now.plus(time),
                        };
                        let left = policy.narrow(grant.clone(), now);
                        assert!(left.capabilities.is_subset(&chosen) && left.capabilities.is_subset(&capabilities));
                        assert!(left.expires_at <= grant.expires_at);
                        for limit in [longest_minutes, longest_total_minutes].into_iter().flatten() {
                            assert!(left.expires_at <= now.plus(u64::from(limit) * MINUTE_MS));
                        }
                        let time_box = policy.time_box(time);
                        assert!(time_box > 0 && time_box <= policy.longest_ms());
                        assert!(time_box <= time || time_box == policy.time_boxes()[0]);
                        assert!(policy.latest(now).is_none_or(|latest| left.expires_at <= latest));
                    }
                    assert!(policy.time_boxes().contains(&policy.usual_time_box()));
                }
            }
        }
    }

    #[test]
    fn without_a_policy_everything_can_be_allowed_for_thirty_minutes_unless_chosen_otherwise() {
        let policy = Policy::default();
        assert_eq!(policy.time_boxes(), TIME_BOXES_MS);
        assert_eq!(policy.usual_time_box(), GRANT_MS);
        assert!(policy.forbidden().is_empty() && policy.is_sound());
        let short = Policy {
            longest_minutes: Some(5),
            ..Policy::default()
        };
        assert_eq!((short.time_boxes(), short.usual_time_box()), (vec![300_000], 300_000));
    }

    #[test]
    fn a_policy_with_a_member_that_is_not_known_is_no_policy() {
        let read = |json: &str| serde_json::from_str::<Policy>(json);
        assert_eq!(read("{}").unwrap(), Policy::default());
        assert!(!read(r#"{"codes":false}"#).unwrap().codes);
        assert!(read(r#"{"codes":"no"}"#).is_err());
        assert!(read(r#"{"capabilities":["view"],"recording":"always"}"#).is_err());
        assert!(read(r#"{"capabilities":["view","drive"]}"#).is_err());
        assert!(!read(r#"{"capabilities":["control"]}"#).unwrap().is_sound());
        assert!(!read(r#"{"longest_minutes":0}"#).unwrap().is_sound());
    }
}
