//! Counts the days with practice.

use jiff::civil::Date;

use crate::domain::take::TakeId;

/// Statistics of the days with practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Streak {
    /// Length of the current streak in days. It ends today, or yesterday if today has no take yet.
    pub current: usize,
    /// Whether today has a take.
    pub today: bool,
    /// Length of the longest streak.
    pub longest: usize,
    /// Number of days with a take.
    pub days: usize,
    /// The last day with a take.
    pub last: Option<Date>,
}

impl Streak {
    /// Computes the streak from the days of all takes, in any order, with duplicates. Days after `today`
    /// come from a wrong clock, and are ignored.
    pub fn from_days(days: impl IntoIterator<Item = Date>, today: Date) -> Self {
        let mut days: Vec<Date> = days.into_iter().filter(|day| *day <= today).collect();
        days.sort();
        days.dedup();
        let mut streak = Self {
            days: days.len(),
            last: days.last().copied(),
            ..Self::default()
        };
        let mut length = 0;
        let mut previous: Option<Date> = None;
        for day in days {
            let follows =
                previous.is_some_and(|previous| previous.tomorrow().is_ok_and(|next| next == day));
            length = if follows { length + 1 } else { 1 };
            streak.longest = streak.longest.max(length);
            previous = Some(day);
        }
        streak.today = previous == Some(today);
        let yesterday = today.yesterday().ok();
        if streak.today || (previous.is_some() && previous == yesterday) {
            streak.current = length;
        }
        streak
    }

    /// The current streak, in a sentence.
    pub fn describe(&self) -> String {
        match (self.current, self.today, self.last) {
            (0 | 1, true, _) => "You practiced today.".to_owned(),
            (current, true, _) => format!("{current} days in a row, including today."),
            (1, false, _) => "You practiced yesterday.".to_owned(),
            (0, false, None) => "No days with practice yet.".to_owned(),
            (0, false, Some(last)) => format!("You last practiced on {last}."),
            (current, false, _) => format!("{current} days in a row until yesterday."),
        }
    }

    /// The total number of days and the longest streak; empty without a day.
    pub fn describe_total(&self) -> String {
        match (self.days, self.longest) {
            (0, _) => String::new(),
            (1, _) => "1 day in total".to_owned(),
            (days, longest) if longest == 1 || longest == self.current => {
                format!("{days} days in total")
            }
            (days, longest) => format!("{days} days in total, longest streak {longest} days"),
        }
    }
}

/// The local date on which a take started; `None` if its name does not contain it.
pub fn day(take: &TakeId) -> Option<Date> {
    take.started_at()?.get(..10)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::progress::take_metrics::tests::id;

    #[test]
    fn streak_ends_today_or_yesterday() {
        let check = |days: &str, expected: &str| {
            let days = days
                .split_whitespace()
                .map(|day| day.parse().expect("a day"));
            let streak = Streak::from_days(days, "2026-03-01".parse().expect("a day"));
            let text = format!("{} {}", streak.describe(), streak.describe_total());
            assert_eq!(text.trim(), expected);
        };
        check("", "No days with practice yet.");
        check("2026-03-01", "You practiced today. 1 day in total");
        check("2026-02-28", "You practiced yesterday. 1 day in total");
        check(
            "2026-03-01 2026-02-27 2026-02-28 2026-02-28 2026-02-20",
            "3 days in a row, including today. 4 days in total",
        );
        check(
            "2026-02-28 2026-02-27 2026-01-01",
            "2 days in a row until yesterday. 3 days in total",
        );
        check(
            "2025-12-31 2026-01-01 2026-01-03",
            "You last practiced on 2026-01-03. 3 days in total, longest streak 2 days",
        );
        check(
            "2026-02-28 2026-03-01 2026-01-01 2026-01-02 2026-01-03",
            "2 days in a row, including today. 5 days in total, longest streak 3 days",
        );
        check(
            "2026-02-01 2026-02-03",
            "You last practiced on 2026-02-03. 2 days in total",
        );
        // A wrong clock.
        check(
            "2026-03-01 2031-01-01",
            "You practiced today. 1 day in total",
        );
    }

    #[test]
    fn day_is_parsed_from_take_id() {
        let day = |name: &str| super::day(&TakeId(name.to_owned())).map(|day| day.to_string());
        assert_eq!(day(&id(3).0).as_deref(), Some("2026-11-03"));
        assert_eq!(day("mine"), None);
        assert_eq!(day("2026-13-41T08-00-00.000-task"), None);
    }
}
