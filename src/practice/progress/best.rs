//! The best take of a part, and why.

use super::{Metric, TakeMetrics, count_of};
use crate::domain::profile::{Profile, Rating};
use crate::domain::take::TakeId;

/// The best take of a part.
#[derive(Debug, Clone, PartialEq)]
pub struct Best {
    /// The take.
    pub take: TakeId,
    /// Why.
    pub metrics: TakeMetrics,
}

impl Best {
    /// The best of these, oldest first; `None` where too little was heard in all of them. What is said
    /// counts before how it is said, as in the verdict: first the lean, then the planned phrases; then
    /// time and pace, each as the profile sees it; then fewer fillers. Of equals the newest.
    pub fn from_takes<'a>(
        takes: impl IntoIterator<Item = (&'a TakeId, &'a TakeMetrics)>,
        profile: &Profile,
    ) -> Option<Self> {
        let told = takes
            .into_iter()
            .filter(|(_, mark)| lean_place(mark) >= 0.0);
        let better = |a: &TakeMetrics, b: &TakeMetrics| {
            let (a, b) = (rank(a, profile), rank(b, profile));
            let orders = std::iter::zip(a, b).map(|(a, b)| a.total_cmp(&b));
            orders.fold(std::cmp::Ordering::Equal, |first, next| first.then(next))
        };
        let (take, mark) = told.max_by(|(_, a), (_, b)| better(a, b))?;
        Some(Self {
            take: take.clone(),
            metrics: mark.clone(),
        })
    }

    /// What makes it good, beside its lean.
    pub fn because(&self) -> String {
        let readings = [Metric::Phrases, Metric::Time];
        let mut told: Vec<String> = readings
            .iter()
            .filter(|reading| reading.value(&self.metrics).is_some())
            .map(|reading| reading.describe(&self.metrics))
            .collect();
        told.push(count_of(self.metrics.fillers, "filler"));
        told.join(", ")
    }
}

fn lean_place(mark: &TakeMetrics) -> f64 {
    Metric::Verdict.value(mark).unwrap_or(-1.0)
}

/// Higher is better, the first number first.
fn rank(mark: &TakeMetrics, profile: &Profile) -> [f64; 5] {
    let inside = |band: Rating| match band {
        Rating::Quiet => 0.0,
        Rating::Amber => -1.0,
        Rating::Red => -2.0,
    };
    let time = |share| Rating::of(share, profile.time_quiet, profile.time_red);
    let pace = |wpm| Rating::of(wpm, profile.pace_quiet_wpm, profile.pace_red_wpm);
    [
        lean_place(mark),
        mark.phrases_share().unwrap_or(0.0),
        inside(mark.time_share().map_or(Rating::Red, time)),
        inside(mark.words_per_minute.map_or(Rating::Red, pace)),
        -mark.fillers_per_minute.unwrap_or(f64::INFINITY),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::verdict::hiring::Leaning;
    use crate::practice::progress::tests::{id, metrics, no_speech};

    #[test]
    fn the_best_take_says_most_then_says_it_best() {
        let best = |marks: &[TakeMetrics]| {
            let ids: Vec<TakeId> = (1..=marks.len()).map(id).collect();
            let best = Best::from_takes(ids.iter().zip(marks), &Profile::default());
            best.map(|best| format!("{} {}", &best.take.0[8..10], best.because()))
        };
        let check = |marks: &[TakeMetrics], expected: &str| {
            assert_eq!(best(marks).as_deref(), Some(expected), "{marks:?}");
        };
        let lean = |lean| metrics(150.0, 0, 4, 30.0, lean);
        check(
            &[lean(Leaning::StrongHire), lean(Leaning::LeanHire)],
            "01 4 of 4 phrases, 0:30 of 0:30, no fillers",
        );
        let hire =
            |pace, fillers, heard, used| metrics(pace, fillers, heard, used, Leaning::LeanHire);
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
        // Of equals the newest.
        check(
            &[hire(150.0, 1, 4, 30.0), hire(150.0, 1, 4, 30.0)],
            "02 4 of 4 phrases, 0:30 of 0:30, 1 filler",
        );
        assert_eq!(best(&[no_speech()]), None);
        assert_eq!(best(&[]), None);
    }
}
