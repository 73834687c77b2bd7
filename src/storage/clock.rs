//! The calendar clock and the time zone of the computer: the only place that reads them.

use std::sync::OnceLock;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// How far the user set this program's clock from that of the computer. Written once, before any thread
/// starts; a lock only because it is static.
static SHIFT: OnceLock<SignedDuration> = OnceLock::new();

/// Lets the clock start at `start`, for takes that are to be dated otherwise than by the computer. Only the
/// first call has an effect.
pub fn start_at(start: Timestamp) {
    let shift = start.duration_since(Timestamp::now());
    // A second call would date takes by two clocks.
    let _ = SHIFT.set(shift);
}

/// Now, in the time zone of the viewer.
pub fn now() -> Zoned {
    let shift = SHIFT.get().copied().unwrap_or_default();
    let now = Timestamp::now();
    now.saturating_add(shift).unwrap_or(now).to_zoned(zone())
}

/// The name of the time zone of the viewer, or why it cannot be read: then times are in UTC.
pub fn zone_name() -> Result<String, String> {
    let setting = std::env::var_os("TZ").filter(|name| !name.is_empty());
    match (TimeZone::try_system(), setting) {
        (Ok(zone), _) => {
            let name = zone.iana_name().unwrap_or("local time");
            Ok(format!(
                "{name}, now {}",
                now().strftime("%Y-%m-%d %H:%M %:z")
            ))
        }
        // As on most servers.
        (Err(_), None) => Ok("UTC, since this computer has no time zone".to_owned()),
        (Err(_), Some(name)) => Err(format!(
            "the time zone TZ={} is unknown, so times are in UTC: use a name such as Europe/Berlin",
            name.display()
        )),
    }
}

/// The time zone of the viewer: that of the computer, or of the environment variable `TZ`.
pub fn zone() -> TimeZone {
    TimeZone::system()
}
