//! The one place that reads the machine's clock.

use std::time::SystemTime;

use renfort_protocol::time::UnixMillis;

/// Now.
#[must_use]
pub fn now() -> UnixMillis {
    let elapsed = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    UnixMillis(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}
