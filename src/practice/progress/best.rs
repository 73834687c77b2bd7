//! The best take of a part, and why.

use super::{Metric, TakeMetrics, counted};
use crate::domain::profile::{Profile, Rating};
use crate::domain::take::TakeId;

/// The best take of a part.
#[derive(Debug, Clone, PartialEq)]
pub struct Best {
    /// The take.
    pub take: TakeId,
    /// Why.
    pub mark: TakeMetrics,
}

impl Best {
    /// The best of these, oldest first; `None` where too little was heard in all of them. What is said
    /// counts before how it is said, as in the verdict: first the lean, then the planned phrases; then
    /// time and pace, each as the profile sees it; then fewer fillers. Of equals the newest.
    pub fn of<'a>(
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
            mark: mark.clone(),
        })
    }

    /// What makes it good, beside its lean.
    pub fn because(&self) -> String {
        let readings = [Metric::Phrases, Metric::Time];
        let mut told: Vec<String> = readings
            .iter()
            .filter(|reading| reading.value(&self.mark).is_some())
            .map(|reading| reading.told(&self.mark))
            .collect();
        told.push(counted(self.mark.fillers, "filler"));
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
    use crate::analysis::verdict::Leaning;
    use crate::practice::progress::tests::{id, mark, nothing};

    #[test]
    fn the_best_take_says_most_then_says_it_best() {
        let best = |marks: &[TakeMetrics]| {
            let ids: Vec<TakeId> = (1..=marks.len()).map(id).collect();
            let best = Best::of(ids.iter().zip(marks), &Profile::default());
            best.map(|best| format!("{} {}", &best.take.0[8..10], best.because()))
        };
        let check = |marks: &[TakeMetrics], expected: &str| {
            assert_eq!(best(marks).as_deref(), Some(expected), "{marks:?}");
        };
        let lean = |lean| mark(150.0, 0, 4, 30.0, lean);
        check(
            &[lean(Leaning::StrongHire), lean(Leaning::LeanHire)],
            "01 4 of 4 phrases, 0:30 of 0:30, no fillers",
        );
        let hire = |pace, fillers, heard, used| mark(pace, fillers, heard, used, Leaning::LeanHire);
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
        assert_eq!(best(&[nothing()]), None);
        assert_eq!(best(&[]), None);
    }
}
