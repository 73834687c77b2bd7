//! The trend of one metric over the takes of a part.

use crate::domain::profile::Profile;
use crate::domain::take::TakeId;

use super::metric::Metric;
use super::take_metrics::TakeMetrics;

/// From this many takes on, the change is computed from the median of [`END_WINDOW`] takes at each end,
/// since a single take may be an outlier.
const MEDIAN_MIN_TAKES: usize = 6;
const END_WINDOW: usize = 3;
/// From this many takes on, the line is smoothed, since single takes would hide the trend.
const SMOOTHING_MIN_TAKES: usize = 41;
/// The smoothing window is this fraction of the number of takes.
const SMOOTHING_DIVISOR: usize = 10;

/// The values of one metric over the takes of one part.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trend {
    /// The metric.
    pub metric: Metric,
    /// A point for each take whose metric can be measured, oldest first.
    pub points: Vec<Point>,
    /// The line through the points, as take numbers and values. With many takes, each value is the median of
    /// the points around it, so that outliers do not move it.
    pub line: Vec<[f64; 2]>,
    /// Number of takes.
    pub takes: usize,
    /// Number of takes that are not analyzed yet.
    pub pending: usize,
}

/// A take in a trend.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The number of the take within the part, counted from 1.
    pub number: usize,
    /// The take.
    pub take: TakeId,
    /// When it started, as text.
    pub began: String,
    /// The value of the metric.
    pub value: f64,
    /// All metrics of the take.
    pub metrics: TakeMetrics,
}

/// The metrics of a take, which may not be available yet.
#[derive(Debug, Clone, Copy)]
pub enum Loaded<'a> {
    /// The take is not analyzed yet.
    Pending,
    /// The take cannot be analyzed: its story is missing.
    Unavailable,
    /// The metrics.
    Ready(&'a TakeMetrics),
}

impl Trend {
    /// The trend of a metric over the takes of a part, oldest first. Each is given with the text of its start.
    pub fn new<'a>(
        metric: Metric,
        takes: impl IntoIterator<Item = (&'a TakeId, &'a str, Loaded<'a>)>,
    ) -> Self {
        let mut trend = Self {
            metric,
            ..Self::default()
        };
        for (take, began, loaded) in takes {
            trend.takes += 1;
            match loaded {
                Loaded::Pending => trend.pending += 1,
                Loaded::Unavailable => {}
                Loaded::Ready(metrics) => {
                    trend
                        .points
                        .extend(metric.value(metrics).map(|value| Point {
                            number: trend.takes,
                            take: take.clone(),
                            began: began.to_owned(),
                            value,
                            metrics: metrics.clone(),
                        }))
                }
            }
        }
        trend.line = median_line(&trend.points, trend.smoothing_window().unwrap_or(1) / 2);
        trend
    }

    /// The values at the start and at the end: the first and last point. With six or more takes, medians of
    /// the points at each end.
    pub fn change(&self) -> Option<[f64; 2]> {
        let [first, .., last] = &self.points[..] else {
            return None;
        };
        let window = match self.smoothing_window() {
            Some(window) => window,
            None if self.points.len() < MEDIAN_MIN_TAKES => return Some([first.value, last.value]),
            None => END_WINDOW,
        };
        let end = self.points.len() - window;
        Some([median(&self.points[..window]), median(&self.points[end..])])
    }

    /// The number of points in each median of the line, if it is smoothed. Always odd.
    fn smoothing_window(&self) -> Option<usize> {
        let count = self.points.len();
        (count >= SMOOTHING_MIN_TAKES).then_some((count / SMOOTHING_DIVISOR) | 1)
    }

    /// The content of the chart, in a sentence.
    pub fn describe(&self) -> String {
        match (self.pending, self.takes, &self.points[..], self.change()) {
            (0, 0, ..) => "No takes of this section yet.".to_owned(),
            (0, _, [], _) => format!("{}: too few words to measure.", self.metric),
            (0, _, points, Some(change)) => format!(
                "{}: {} over {} takes",
                self.metric,
                self.metric.describe_change(change),
                points.len()
            ),
            (0, _, [only, ..], None) => {
                format!("{}: {}", self.metric, self.metric.describe(&only.metrics))
            }
            (pending, takes, ..) => {
                format!(
                    "{}: {} of {takes} takes analyzed",
                    self.metric,
                    takes - pending
                )
            }
        }
    }

    /// The target and how the chart is computed, to show next to [`Trend::describe`].
    pub fn hint(&self, profile: &Profile) -> String {
        let target = self.metric.describe_target(profile);
        match (self.pending, self.points.len()) {
            (0, 0 | 1) => "Record a second take to see a trend.".to_owned(),
            (0, MEDIAN_MIN_TAKES..) => match self.smoothing_window() {
                Some(window) => {
                    format!("{target} Line: median of {window} takes.")
                }
                None => format!("{target} First and last value: median of {END_WINDOW} takes."),
            },
            _ => target,
        }
    }
}

/// A line through the median of each point and up to `max_reach` points on either side.
fn median_line(points: &[Point], max_reach: usize) -> Vec<[f64; 2]> {
    // The values in the window, sorted. Updated incrementally while the window moves.
    let mut values: Vec<f64> = Vec::new();
    let position = |values: &[f64], value: f64| {
        let found = values.binary_search_by(|other| other.total_cmp(&value));
        found.unwrap_or_else(|position| position)
    };
    let (mut first, mut end) = (0, 0);
    let mut line = Vec::with_capacity(points.len());
    for (at, point) in points.iter().enumerate() {
        let reach = max_reach.min(at).min(points.len() - 1 - at);
        for added in &points[end..=at + reach] {
            values.insert(position(&values, added.value), added.value);
        }
        for removed in &points[first..at - reach] {
            values.remove(position(&values, removed.value));
        }
        (first, end) = (at - reach, at + reach + 1);
        line.push([point.number as f64, values[reach]]);
    }
    line
}

/// The median of the values; for an even number, the upper one of the two.
fn median(points: &[Point]) -> f64 {
    let mut values: Vec<f64> = points.iter().map(|point| point.value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::verdict::Leaning;
    use crate::practice::progress::take_metrics::tests::{id, metrics, no_speech};
    use expect_test::{Expect, expect};

    fn trend(metric: Metric, takes: &[TakeMetrics]) -> Trend {
        let ids: Vec<TakeId> = (1..=takes.len()).map(id).collect();
        let loaded = takes.iter().map(Loaded::Ready);
        let takes = ids.iter().zip(loaded);
        Trend::new(metric, takes.map(|(id, loaded)| (id, "", loaded)))
    }

    fn describe_all(takes: &[TakeMetrics]) -> String {
        let sentences = Metric::ALL.map(|metric| trend(metric, takes).describe());
        sentences.join("\n")
    }

    #[test]
    fn change_of_each_metric_is_described() {
        let check = |takes: &[TakeMetrics], expected: Expect| {
            expected.assert_eq(&describe_all(takes));
        };
        let rough = metrics(171.4, 6, 2, 45.0, Leaning::LeanNoHire);
        let good = metrics(152.0, 1, 4, 30.0, Leaning::StrongHire);
        check(
            &[rough.clone(), no_speech(), good.clone()],
            expect![[r#"
                Pace: from 171 to 152 words/min over 2 takes
                Fillers: from 8.0 to 2.0 per minute over 2 takes
                Phrases: from 50 to 100 % of the planned phrases over 3 takes
                Time used: from 150 to 100 % of the planned time over 2 takes
                Verdict: from lean no hire to strong hire over 2 takes"#]],
        );
        check(
            std::slice::from_ref(&good),
            expect![[r#"
                Pace: 152 words/min
                Fillers: 1 filler, 2.0 per minute
                Phrases: 4 of 4 phrases
                Time used: 0:30 of 0:30
                Verdict: strong hire"#]],
        );
        check(
            &[no_speech()],
            expect![[r#"
                Pace: too few words to measure.
                Fillers: too few words to measure.
                Phrases: 0 of 4 phrases
                Time used: too few words to measure.
                Verdict: too few words to measure."#]],
        );
        assert_eq!(
            trend(Metric::Pace, &[]).describe(),
            "No takes of this section yet."
        );
    }

    #[test]
    fn outlier_does_not_affect_change_of_many_takes() {
        let takes = |paces: &[f64]| -> Vec<TakeMetrics> {
            let take = |pace: &f64| metrics(*pace, 0, 4, 30.0, Leaning::LeanHire);
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
    fn line_of_many_takes_is_smoothed() {
        let takes = |count: usize| -> Vec<TakeMetrics> {
            let pace = |number: usize| 150.0 + if number.is_multiple_of(3) { 60.0 } else { 0.0 };
            let take = |number| metrics(pace(number), 0, 4, 30.0, Leaning::LeanHire);
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
        assert!(hint.ends_with("Line: median of 9 takes."), "{hint}");
    }

    #[test]
    fn points_keep_their_numbers_while_takes_load() {
        let (ids, good) = (
            [id(1), id(2), id(3)],
            metrics(150.0, 0, 4, 30.0, Leaning::LeanHire),
        );
        let loaded = [Loaded::Pending, Loaded::Unavailable, Loaded::Ready(&good)];
        let trend = Trend::new(
            Metric::Time,
            ids.iter().zip(loaded).map(|(id, loaded)| (id, "", loaded)),
        );
        assert_eq!((trend.takes, trend.pending), (3, 1));
        assert_eq!(trend.points.len(), 1);
        assert_eq!(
            (trend.points[0].number, &trend.points[0].take),
            (3, &ids[2])
        );
        assert_eq!(trend.describe(), "Time used: 2 of 3 takes analyzed");
    }
}
