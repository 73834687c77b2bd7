//! The days on which somebody practised.

use jiff::civil::Date;

use crate::domain::take::TakeId;

/// The days on which somebody practised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Streak {
    /// Days in a row up to today, or up to yesterday while today has no take.
    pub current: usize,
    /// Whether today is among them.
    pub today: bool,
    /// The longest that there was.
    pub longest: usize,
    /// Days in all.
    pub days: usize,
    /// The last of them.
    pub last: Option<Date>,
}

impl Streak {
    /// What the days of some takes come to, in any order, each as often as there are takes; days after
    /// `today` are those of a clock that was wrong.
    pub fn from_days(days: impl IntoIterator<Item = Date>, today: Date) -> Self {
        let mut days: Vec<Date> = days.into_iter().filter(|day| *day <= today).collect();
        days.sort();
        days.dedup();
        let mut streak = Self {
            days: days.len(),
            last: days.last().copied(),
            ..Self::default()
        };
        let mut run = 0;
        let mut before: Option<Date> = None;
        for day in days {
            let follows = before.is_some_and(|before| before.tomorrow().is_ok_and(|t| t == day));
            run = if follows { run + 1 } else { 1 };
            streak.longest = streak.longest.max(run);
            before = Some(day);
        }
        streak.today = before == Some(today);
        let yesterday = today.yesterday().ok();
        if streak.today || (before.is_some() && before == yesterday) {
            streak.current = run;
        }
        streak
    }

    /// The days in a row, in a sentence.
    pub fn describe(&self) -> String {
        match (self.current, self.today, self.last) {
            (0 | 1, true, _) => "You practised today.".to_owned(),
            (now, true, _) => format!("{now} days in a row, with today."),
            (1, false, _) => "You practised yesterday.".to_owned(),
            (0, false, None) => "No day with a take yet.".to_owned(),
            (0, false, Some(last)) => format!("You last practised on {last}."),
            (now, false, _) => format!("{now} days in a row, up to yesterday."),
        }
    }

    /// What else is known of them.
    pub fn describe_total(&self) -> String {
        match (self.days, self.longest) {
            (0, _) => String::new(),
            (1, _) => "1 day in all".to_owned(),
            (days, longest) if longest == 1 || longest == self.current => {
                format!("{days} days in all")
            }
            (days, longest) => format!("{days} days in all, at most {longest} in a row"),
        }
    }
}

/// The day on which a take began, on the clock of that place; `None` where its name does not tell.
pub fn day(take: &TakeId) -> Option<Date> {
    take.began()?.get(..10)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::progress::tests::id;

    #[test]
    fn days_in_a_row_end_today_or_yesterday() {
        let check = |days: &str, expected: &str| {
            let days = days
                .split_whitespace()
                .map(|day| day.parse().expect("a day"));
            let streak = Streak::from_days(days, "2026-03-01".parse().expect("a day"));
            let told = format!("{} {}", streak.describe(), streak.describe_total());
            assert_eq!(told.trim(), expected);
        };
        check("", "No day with a take yet.");
        check("2026-03-01", "You practised today. 1 day in all");
        check("2026-02-28", "You practised yesterday. 1 day in all");
        check(
            "2026-03-01 2026-02-27 2026-02-28 2026-02-28 2026-02-20",
            "3 days in a row, with today. 4 days in all",
        );
        check(
            "2026-02-28 2026-02-27 2026-01-01",
            "2 days in a row, up to yesterday. 3 days in all",
        );
        check(
            "2025-12-31 2026-01-01 2026-01-03",
            "You last practised on 2026-01-03. 3 days in all, at most 2 in a row",
        );
        check(
            "2026-02-28 2026-03-01 2026-01-01 2026-01-02 2026-01-03",
            "2 days in a row, with today. 5 days in all, at most 3 in a row",
        );
        check(
            "2026-02-01 2026-02-03",
            "You last practised on 2026-02-03. 2 days in all",
        );
        // A clock that was wrong.
        check("2026-03-01 2031-01-01", "You practised today. 1 day in all");
    }

    #[test]
    fn a_take_tells_its_day() {
        let day = |name: &str| super::day(&TakeId(name.to_owned())).map(|day| day.to_string());
        assert_eq!(day(&id(3).0).as_deref(), Some("2026-11-03"));
        assert_eq!(day("mine"), None);
        assert_eq!(day("2026-13-41T08-00-00.000-task"), None);
    }
}
