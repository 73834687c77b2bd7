//! Dates of takes relative to today.

use jiff::ToSpan;
use jiff::civil::Date;

/// Formats `began`, such as `2026-11-24 06:06`, relative to `today`: "today 06:06", "yesterday 06:06",
/// "3 days ago", or the date if it is a week ago or more. Other text and future times stay as they are.
pub fn relative_date(began: &str, today: Date) -> String {
    let Some((day, time)) = split(began) else {
        return began.to_owned();
    };
    match today.since(day).map(|elapsed| elapsed.get_days()) {
        Ok(0) => format!("today {time}"),
        Ok(1) => format!("yesterday {time}"),
        Ok(days @ 2..=6) => format!("{days} days ago"),
        Ok(7..) => day.to_string(),
        _ => began.to_owned(),
    }
}

/// How many of these takes, given by their days, started in the week of `today`. Weeks start on Monday.
pub fn takes_this_week(days: impl Iterator<Item = Date>, today: Date) -> usize {
    let since_monday = today.weekday().to_monday_zero_offset();
    let Ok(monday) = today.checked_sub(since_monday.days()) else {
        return 0;
    };
    days.filter(|day| (monday..=today).contains(day)).count()
}

fn split(began: &str) -> Option<(Date, &str)> {
    let (day, time) = began.split_once(' ')?;
    Some((day.parse().ok()?, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_relative_within_a_week() {
        let today: Date = "2026-03-01".parse().expect("a day");
        for (began, expected) in [
            ("2026-03-01 06:06", "today 06:06"),
            ("2026-02-28 23:59", "yesterday 23:59"),
            ("2026-02-27 06:06", "2 days ago"),
            ("2026-02-23 06:06", "6 days ago"),
            ("2026-02-22 06:06", "2026-02-22"),
            ("2024-02-29 06:06", "2024-02-29"),
            ("2026-03-02 06:06", "2026-03-02 06:06"),
            (
                "2026-02-28 23:59 (17:59 in America/New_York)",
                "yesterday 23:59 (17:59 in America/New_York)",
            ),
            ("my own name", "my own name"),
            ("mine", "mine"),
        ] {
            assert_eq!(relative_date(began, today), expected, "{began}");
        }
    }

    #[test]
    fn week_starts_on_monday() {
        let takes = ["2026-11-22", "2026-11-23", "2026-11-25", "2026-11-27"];
        let days = || takes.iter().map(|day| day.parse().expect("a day"));
        let count = |today: &str| takes_this_week(days(), today.parse().expect("a day"));
        assert_eq!(count("2026-11-27"), 3);
        assert_eq!(count("2026-11-23"), 1);
        assert_eq!(count("2026-11-22"), 1);
        assert_eq!(count("2026-11-30"), 0);
    }
}
