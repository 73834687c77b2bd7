//! When a take started: the moment in UTC and the local time of the place. Does not know which takes came
//! first: clocks are set back, so the take database keeps that order itself.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// When and where in the world's time zones a take started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartTime {
    /// The moment, to the millisecond, by the clock of the computer.
    pub at: Timestamp,
    /// Local time minus UTC where it was recorded.
    pub offset: Offset,
    /// IANA name of the time zone, such as `America/New_York`; `None` if it is unknown.
    pub zone: Option<String>,
}

impl From<&Zoned> for StartTime {
    fn from(time: &Zoned) -> Self {
        let at = time.timestamp();
        Self {
            at: Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at),
            offset: time.offset(),
            zone: time.time_zone().iana_name().map(str::to_owned),
        }
    }
}

impl StartTime {
    /// Date and time in the time zone of the viewer, `2026-11-23 18:04`. If the clocks where the take was
    /// recorded showed another time, that follows: `2026-11-23 18:04 (12:04 in America/New_York)`. A time
    /// that occurs twice, because the clocks were set back, is told apart: `2026-11-01 01:10 EST`.
    pub fn describe(&self, viewer: &TimeZone) -> String {
        let here = self.at.to_zoned(viewer.clone());
        let mut text = here.strftime("%Y-%m-%d %H:%M").to_string();
        let readings = here.time_zone().to_ambiguous_timestamp(here.datetime());
        if readings.is_ambiguous() {
            text += &here.strftime(" %Z").to_string();
        }
        if here.offset() != self.offset {
            let there = self.offset.to_datetime(self.at);
            let format = match there.date() == here.date() {
                true => "%H:%M",
                false => "%Y-%m-%d %H:%M",
            };
            text += &format!(" ({} in {})", there.strftime(format), self.zone_label());
        }
        text
    }

    /// The date where the take was recorded.
    pub fn local_date(&self) -> Date {
        self.offset.to_datetime(self.at).date()
    }

    /// The day of practice that the take counts for: its local date. After a flight over the date line that
    /// date may not have begun yet where the user is `now`; then today. `None` for a take of the future,
    /// which comes from a wrong clock.
    pub fn practice_day(&self, now: &Zoned) -> Option<Date> {
        (self.at <= now.timestamp()).then(|| self.local_date().min(now.date()))
    }

    /// The moment in RFC 3339: `2026-11-23T17:04:09.120Z`.
    pub fn utc(&self) -> String {
        self.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }

    /// Name of the time zone, or its distance from UTC: `America/New_York`, `UTC-05:00`.
    pub fn zone_label(&self) -> String {
        let minutes = self.offset.seconds() / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
        let distance = || format!("UTC{sign}{hours:02}:{minutes:02}");
        self.zone.clone().unwrap_or_else(distance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a time zone of the system")
    }

    /// A take that started at this moment in this zone.
    fn start(at: &str, place: &str) -> StartTime {
        let at: Timestamp = at.parse().expect("a moment");
        StartTime::from(&at.to_zoned(zone(place)))
    }

    #[test]
    fn time_is_shown_in_the_zone_of_the_viewer() {
        for (at, place, viewer, expected) in [
            // The same zone, or one with the same time.
            (
                "2026-11-23T17:04:09.120Z",
                "Europe/Berlin",
                "Europe/Berlin",
                "2026-11-23 18:04",
            ),
            (
                "2026-11-23T17:04:09.120Z",
                "Europe/Paris",
                "Europe/Berlin",
                "2026-11-23 18:04",
            ),
            // Summer time follows the date of the take, not that of the viewer.
            (
                "2026-07-01T16:04:00Z",
                "Europe/Berlin",
                "Europe/Berlin",
                "2026-07-01 18:04",
            ),
            (
                "2026-11-23T17:04:09.120Z",
                "America/New_York",
                "Europe/Berlin",
                "2026-11-23 18:04 (12:04 in America/New_York)",
            ),
            (
                "2026-12-31T23:30:00Z",
                "America/New_York",
                "Pacific/Auckland",
                "2027-01-01 12:30 (2026-12-31 18:30 in America/New_York)",
            ),
            (
                "2028-02-29T18:00:00Z",
                "Asia/Kathmandu",
                "UTC",
                "2028-02-29 18:00 (23:45 in Asia/Kathmandu)",
            ),
            // The clocks were set back, and the hour came twice.
            (
                "2026-11-01T05:10:00Z",
                "America/New_York",
                "America/New_York",
                "2026-11-01 01:10 EDT",
            ),
            (
                "2026-11-01T06:10:00Z",
                "America/New_York",
                "America/New_York",
                "2026-11-01 01:10 EST",
            ),
            (
                "2026-11-01T07:10:00Z",
                "America/New_York",
                "America/New_York",
                "2026-11-01 02:10",
            ),
            // They were set forward, and an hour was left out.
            (
                "2026-03-08T06:59:59Z",
                "America/New_York",
                "America/New_York",
                "2026-03-08 01:59",
            ),
            (
                "2026-03-08T07:00:00Z",
                "America/New_York",
                "America/New_York",
                "2026-03-08 03:00",
            ),
        ] {
            let text = start(at, place).describe(&zone(viewer));
            assert_eq!(text, expected, "{at} in {place} from {viewer}");
        }
    }

    #[test]
    fn zone_without_a_name_is_shown_by_its_distance_from_utc() {
        for (secs, expected) in [
            (0, "UTC+00:00"),
            (-5 * 3600, "UTC-05:00"),
            (20_700, "UTC+05:45"),
            (-1800, "UTC-00:30"),
        ] {
            let unnamed = StartTime {
                offset: Offset::from_seconds(secs).expect("an offset"),
                zone: None,
                ..start("2026-11-23T17:04:09.120Z", "UTC")
            };
            assert_eq!(unnamed.zone_label(), expected);
            assert_eq!(unnamed.utc(), "2026-11-23T17:04:09.120Z");
        }
    }

    #[test]
    fn practice_day_is_the_local_date_but_never_after_today() {
        let day = |at: &str, place: &str, now: &str, here: &str| {
            let now: Timestamp = now.parse().expect("a moment");
            let day = start(at, place).practice_day(&now.to_zoned(zone(here)));
            day.map(|day| day.to_string())
        };
        let at = "2026-11-23T23:30:00Z";
        let later = "2026-11-24T18:00:00Z";
        let day_of = |place, now, here| day(at, place, now, here);
        assert_eq!(
            day_of("Europe/London", later, "Europe/London").as_deref(),
            Some("2026-11-23")
        );
        // Seen from Berlin it was the next day; the user practiced on the 23rd.
        assert_eq!(
            day_of("Europe/London", later, "Europe/Berlin").as_deref(),
            Some("2026-11-23")
        );
        // From Tokyo to Los Angeles, where it is still the 23rd.
        let landed = "2026-11-24T02:00:00Z";
        let here = "America/Los_Angeles";
        assert_eq!(
            day_of("Asia/Tokyo", landed, here).as_deref(),
            Some("2026-11-23")
        );
        assert_eq!(
            day_of("Asia/Tokyo", later, here).as_deref(),
            Some("2026-11-24")
        );
        // The clock was wrong then, or is now.
        assert_eq!(day_of("Asia/Tokyo", "2026-11-23T23:29:00Z", here), None);
    }
}
