//! Finds the best take of a part.

use crate::domain::profile::{Profile, Rating};
use crate::domain::take::TakeId;

use super::metric::Metric;
use super::take_metrics::TakeMetrics;

/// The best take of a part.
#[derive(Debug, Clone, PartialEq)]
pub struct Best {
    /// The take.
    pub take: TakeId,
    /// Its metrics.
    pub metrics: TakeMetrics,
}

impl Best {
    /// The best of these takes, oldest first; `None` if all of them have too few words. Content counts before
    /// delivery, as in the verdict: first the leaning, then planned phrases, then time and pace as rated by
    /// the profile, then fewer fillers. Among equals the newest take is the best.
    pub fn from_takes<'a>(
        takes: impl IntoIterator<Item = (&'a TakeId, &'a TakeMetrics)>,
        profile: &Profile,
    ) -> Option<Self> {
        let judged = takes
            .into_iter()
            .filter(|(_, metrics)| leaning_rank(metrics) >= 0.0);
        let compare = |a: &TakeMetrics, b: &TakeMetrics| {
            let (a, b) = (rank(a, profile), rank(b, profile));
            let orderings = std::iter::zip(a, b).map(|(a, b)| a.total_cmp(&b));
            orderings.fold(std::cmp::Ordering::Equal, |ordering, next| {
                ordering.then(next)
            })
        };
        let (take, metrics) = judged.max_by(|(_, a), (_, b)| compare(a, b))?;
        Some(Self {
            take: take.clone(),
            metrics: metrics.clone(),
        })
    }

    /// What makes the take good, apart from its leaning.
    pub fn because(&self) -> String {
        let mut reasons: Vec<String> = [Metric::Phrases, Metric::Time]
            .iter()
            .filter(|metric| metric.value(&self.metrics).is_some())
            .map(|metric| metric.describe(&self.metrics))
            .collect();
        reasons.push(self.metrics.filler_count());
        reasons.join(", ")
    }
}

fn leaning_rank(metrics: &TakeMetrics) -> f64 {
    Metric::Verdict.value(metrics).unwrap_or(-1.0)
}

/// Compared lexicographically; higher is better.
fn rank(metrics: &TakeMetrics, profile: &Profile) -> [f64; 5] {
    let score = |rating: Rating| match rating {
        Rating::Ok => 0.0,
        Rating::Amber => -1.0,
        Rating::Red => -2.0,
    };
    let time = |share| Rating::from_ranges(share, profile.time_ok, profile.time_red);
    let pace = |wpm| Rating::from_ranges(wpm, profile.pace_ok_wpm, profile.pace_red_wpm);
    [
        leaning_rank(metrics),
        metrics.phrases_share().unwrap_or(0.0),
        score(metrics.time_share().map_or(Rating::Red, time)),
        score(metrics.words_per_minute.map_or(Rating::Red, pace)),
        -metrics.fillers_per_minute.unwrap_or(f64::INFINITY),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::verdict::Leaning;
    use crate::practice::progress::take_metrics::tests::{id, metrics, no_speech};

    #[test]
    fn content_counts_before_delivery() {
        let best = |takes: &[TakeMetrics]| {
            let ids: Vec<TakeId> = (1..=takes.len()).map(id).collect();
            let best = Best::from_takes(ids.iter().zip(takes), &Profile::default());
            best.map(|best| format!("{} {}", &best.take.0[8..10], best.because()))
        };
        let check = |takes: &[TakeMetrics], expected: &str| {
            assert_eq!(best(takes).as_deref(), Some(expected), "{takes:?}");
        };
        let lean = |lean| metrics(150.0, 0, 4, 30.0, lean);
        check(
            &[lean(Leaning::StrongHire), lean(Leaning::LeanHire)],
            "01 4 of 4 phrases, 0:30 of 0:30, no fillers",
        );
        let hire =
            |pace, fillers, phrases, used| metrics(pace, fillers, phrases, used, Leaning::LeanHire);
        // Phrases before time, time before pace, pace before fillers.
        check(
            &[hire(150.0, 0, 3, 30.0), hire(200.0, 9, 4, 60.0)],
            "02 4 of 4 phrases, 1:00 of 0:30, 9 fillers",
        );
        check(
            &[hire(200.0, 9, 4, 30.0), hire(150.0, 0, 4, 60.0)],
            "01 4 of 4 phrases, 0:30 of 0:30, 9 fillers",
        );
        check(
            &[hire(200.0, 0, 4, 30.0), hire(150.0, 1, 4, 30.0)],
            "02 4 of 4 phrases, 0:30 of 0:30, 1 filler",
        );
        // Among equals the newest.
        check(
            &[hire(150.0, 1, 4, 30.0), hire(150.0, 1, 4, 30.0)],
            "02 4 of 4 phrases, 0:30 of 0:30, 1 filler",
        );
        assert_eq!(best(&[no_speech()]), None);
        assert_eq!(best(&[]), None);
    }
}
