//! One reading over the takes of a part.

use super::{Metric, TakeMetrics};
use crate::domain::profile::Profile;
use crate::domain::take::TakeId;

/// From so many takes on, three at each end are compared instead of one: a single take is luck.
const MANY: usize = 6;
const AT_AN_END: usize = 3;
/// From so many on, a line from each to the next shows luck more than the way.
const CROWD: usize = 41;
/// Of a crowd, one take in so many is looked at together.
const TOGETHER: usize = 10;

/// One reading over the takes of one part.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trend {
    /// Which reading.
    pub reading: Metric,
    /// A point for each take that tells, oldest first.
    pub points: Vec<Point>,
    /// The line through them, as numbers of takes and values: from point to point; of a crowd through the
    /// middle one of the points around each, which one odd take does not move.
    pub line: Vec<[f64; 2]>,
    /// How many takes there are.
    pub takes: usize,
    /// How many of them have not been read yet.
    pub unread: usize,
}

/// A take in a trend.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Which take of the part it is, counted from 1.
    pub number: usize,
    /// The take.
    pub take: TakeId,
    /// The value of the reading.
    pub value: f64,
    /// All of them.
    pub mark: TakeMetrics,
}

/// What is known of a take that may have been read.
#[derive(Debug, Clone, Copy)]
pub enum Loaded<'a> {
    /// It is still to be read.
    Pending,
    /// It cannot be judged: its story is gone.
    Unavailable,
    /// Its feedback.
    Ready(&'a TakeMetrics),
}

impl Trend {
    /// Follows one reading over the takes of a part, oldest first.
    pub fn of<'a>(
        reading: Metric,
        takes: impl IntoIterator<Item = (&'a TakeId, Loaded<'a>)>,
    ) -> Self {
        let mut trend = Self {
            reading,
            ..Self::default()
        };
        for (take, known) in takes {
            trend.takes += 1;
            match known {
                Loaded::Pending => trend.unread += 1,
                Loaded::Unavailable => {}
                Loaded::Ready(mark) => {
                    trend.points.extend(reading.value(mark).map(|value| Point {
                        number: trend.takes,
                        take: take.clone(),
                        value,
                        mark: mark.clone(),
                    }))
                }
            }
        }
        trend.line = line(&trend.points, trend.around().unwrap_or(1) / 2);
        trend
    }

    /// Where it began and where it is now: a take each; of six takes or more the middle one of three, of a
    /// crowd that of as many as the line stands for.
    pub fn change(&self) -> Option<[f64; 2]> {
        let [first, .., last] = &self.points[..] else {
            return None;
        };
        let ends = match self.around() {
            Some(around) => around,
            None if self.points.len() < MANY => return Some([first.value, last.value]),
            None => AT_AN_END,
        };
        let newest = self.points.len() - ends;
        Some([middle(&self.points[..ends]), middle(&self.points[newest..])])
    }

    /// How many points each place of the line stands for, where that is more than one.
    fn around(&self) -> Option<usize> {
        let count = self.points.len();
        (count >= CROWD).then_some((count / TOGETHER) | 1)
    }

    /// What a chart of it shows, in a sentence.
    pub fn told(&self) -> String {
        match (self.unread, self.takes, &self.points[..], self.change()) {
            (0, 0, ..) => "There is no take of this section yet.".to_owned(),
            (0, _, [], _) => format!("{}: too few words to tell.", self.reading),
            (0, _, points, Some(change)) => format!(
                "{}: {} over {} takes",
                self.reading,
                self.reading.change(change),
                points.len()
            ),
            (0, _, [only, ..], None) => {
                format!("{}: {}", self.reading, self.reading.told(&only.mark))
            }
            (unread, takes, ..) => {
                format!("{}: {} of {takes} takes read", self.reading, takes - unread)
            }
        }
    }

    /// What to know beside [`Trend::told`].
    pub fn hint(&self, profile: &Profile) -> String {
        let target = self.reading.target_told(profile);
        match (self.unread, self.points.len()) {
            (0, 0 | 1) => {
                "Two takes of a section make a line: practise it, and come back.".to_owned()
            }
            (0, MANY..) => match self.around() {
                Some(around) => {
                    format!("{target} Line and ends are the middle one of {around} takes.")
                }
                None => format!("{target} Each end is the middle one of three takes."),
            },
            _ => target,
        }
    }
}

/// The middle one of the points around each, of `around` on either side; near an end as many as there are.
fn line(points: &[Point], around: usize) -> Vec<[f64; 2]> {
    // In order; what comes in and goes out as the points go by.
    let mut values: Vec<f64> = Vec::new();
    let place = |values: &[f64], value: f64| {
        let found = values.binary_search_by(|known| known.total_cmp(&value));
        found.unwrap_or_else(|place| place)
    };
    let (mut first, mut end) = (0, 0);
    let mut line = Vec::with_capacity(points.len());
    for (at, point) in points.iter().enumerate() {
        let reach = around.min(at).min(points.len() - 1 - at);
        for coming in &points[end..=at + reach] {
            values.insert(place(&values, coming.value), coming.value);
        }
        for going in &points[first..at - reach] {
            values.remove(place(&values, going.value));
        }
        (first, end) = (at - reach, at + reach + 1);
        line.push([point.number as f64, values[reach]]);
    }
    line
}

/// The middle one of some values; of an even number the upper one.
fn middle(points: &[Point]) -> f64 {
    let mut values: Vec<f64> = points.iter().map(|point| point.value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::verdict::Leaning;
    use crate::practice::progress::tests::{id, mark, nothing};
    use expect_test::{Expect, expect};

    fn trend(reading: Metric, marks: &[TakeMetrics]) -> Trend {
        let ids: Vec<TakeId> = (1..=marks.len()).map(id).collect();
        Trend::of(reading, ids.iter().zip(marks.iter().map(Loaded::Ready)))
    }

    fn told(marks: &[TakeMetrics]) -> String {
        let told = Metric::ALL.map(|reading| trend(reading, marks).told());
        told.join("\n")
    }

    #[test]
    fn what_changed_is_told_of_every_reading() {
        let check = |marks: &[TakeMetrics], expected: Expect| expected.assert_eq(&told(marks));
        let rough = mark(171.4, 6, 2, 45.0, Leaning::LeanNoHire);
        let good = mark(152.0, 1, 4, 30.0, Leaning::StrongHire);
        check(
            &[rough.clone(), nothing(), good.clone()],
            expect![[r#"
                Pace: from 171 to 152 words a minute over 2 takes
                Fillers: from 8.0 to 2.0 a minute over 2 takes
                Phrases: from 50 to 100 % of those planned over 3 takes
                Time used: from 150 to 100 % of the plan over 2 takes
                Verdict: from lean no hire to strong hire over 2 takes"#]],
        );
        check(
            std::slice::from_ref(&good),
            expect![[r#"
                Pace: 152 words a minute
                Fillers: 1 filler, 2.0 a minute
                Phrases: 4 of 4 phrases
                Time used: 0:30 of 0:30
                Verdict: strong hire"#]],
        );
        check(
            &[nothing()],
            expect![[r#"
                Pace: too few words to tell.
                Fillers: too few words to tell.
                Phrases: 0 of 4 phrases
                Time used: too few words to tell.
                Verdict: too few words to tell."#]],
        );
        assert_eq!(
            trend(Metric::Pace, &[]).told(),
            "There is no take of this section yet."
        );
    }

    #[test]
    fn one_odd_take_among_many_changes_nothing() {
        let takes = |paces: &[f64]| -> Vec<TakeMetrics> {
            let take = |pace: &f64| mark(*pace, 0, 4, 30.0, Leaning::LeanHire);
            paces.iter().map(take).collect()
        };
        let change = |paces: &[f64]| trend(Metric::Pace, &takes(paces)).change();
        assert_eq!(change(&[170.0]), None);
        assert_eq!(
            change(&[90.0, 170.0, 171.0, 150.0, 151.0]),
            Some([90.0, 151.0])
        );
        let six = [90.0, 170.0, 171.0, 150.0, 151.0, 230.0];
        assert_eq!(change(&six), Some([170.0, 151.0]));
    }

    #[test]
    fn the_line_of_a_crowd_does_not_follow_each_of_them() {
        let takes = |count: usize| -> Vec<TakeMetrics> {
            let pace = |number: usize| 150.0 + if number.is_multiple_of(3) { 60.0 } else { 0.0 };
            let take = |number| mark(pace(number), 0, 4, 30.0, Leaning::LeanHire);
            (0..count).map(take).collect()
        };
        let few = trend(Metric::Pace, &takes(40));
        assert_eq!(few.line[2..5], [[3.0, 150.0], [4.0, 210.0], [5.0, 150.0]]);
        let many = trend(Metric::Pace, &takes(90));
        let line = &many.line;
        assert_eq!(line.len(), 90);
        assert!(
            line[1..89].iter().all(|[_, pace]| *pace == 150.0),
            "{line:?}"
        );
        let hint = many.hint(&Profile::default());
        assert!(
            hint.ends_with("Line and ends are the middle one of 9 takes."),
            "{hint}"
        );
    }

    #[test]
    fn points_keep_their_places_while_takes_are_read() {
        let (ids, good) = (
            [id(1), id(2), id(3)],
            mark(150.0, 0, 4, 30.0, Leaning::LeanHire),
        );
        let known = [Loaded::Pending, Loaded::Unavailable, Loaded::Ready(&good)];
        let trend = Trend::of(Metric::Time, ids.iter().zip(known));
        assert_eq!((trend.takes, trend.unread), (3, 1));
        assert_eq!(trend.points.len(), 1);
        assert_eq!(
            (trend.points[0].number, &trend.points[0].take),
            (3, &ids[2])
        );
        assert_eq!(trend.told(), "Time used: 2 of 3 takes read");
    }
}
