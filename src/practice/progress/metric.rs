//! The metrics that are followed over takes: value, text, target and chart scale of each.

use std::fmt;

use crate::analysis::verdict::{Leaning, MOST_PHRASES_SHARE};
use crate::domain::profile::Profile;
use crate::domain::time::clock;

use super::take_metrics::TakeMetrics;

/// A metric of a take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Metric {
    /// Words per minute.
    #[default]
    Pace,
    /// Fillers per minute.
    Fillers,
    /// Percentage of the planned phrases that were said.
    Phrases,
    /// Time used, as a percentage of the planned time.
    Time,
    /// The likely hiring decision: 0 no hire, 1 lean no hire, 2 lean hire, 3 strong hire.
    Verdict,
}

/// The leanings, by their value on the scale.
const LEANINGS: [Leaning; 4] = [
    Leaning::NoHire,
    Leaning::LeanNoHire,
    Leaning::LeanHire,
    Leaning::StrongHire,
];

impl Metric {
    /// All metrics, in the order in which they are shown.
    pub const ALL: [Metric; 5] = [
        Metric::Pace,
        Metric::Fillers,
        Metric::Phrases,
        Metric::Time,
        Metric::Verdict,
    ];

    /// The value of the metric in a take; `None` if it cannot be measured.
    pub fn value(self, metrics: &TakeMetrics) -> Option<f64> {
        match self {
            Metric::Pace => metrics.words_per_minute,
            Metric::Fillers => metrics.fillers_per_minute,
            Metric::Phrases => Some(100.0 * metrics.phrases_share()?),
            Metric::Time => Some(100.0 * metrics.time_share()?),
            Metric::Verdict => {
                let index = LEANINGS.iter().position(|lean| *lean == metrics.lean)?;
                Some(index as f64)
            }
        }
    }

    /// The value of the metric in a take, as text.
    pub fn describe(self, metrics: &TakeMetrics) -> String {
        match (self, self.value(metrics)) {
            (Metric::Verdict, _) => metrics.lean.to_string(),
            (_, None) => "too few words to measure".to_owned(),
            (Metric::Pace, Some(pace)) => format!("{pace:.0} words/min"),
            (Metric::Fillers, Some(rate)) => {
                let count = metrics.filler_count();
                match metrics.fillers {
                    0 => count,
                    _ => format!("{count}, {rate:.1} per minute"),
                }
            }
            (Metric::Phrases, Some(_)) => {
                format!(
                    "{} of {} phrases",
                    metrics.phrases_said, metrics.phrases_planned
                )
            }
            (Metric::Time, Some(_)) => {
                format!("{} of {}", clock(metrics.used), clock(metrics.target))
            }
        }
    }

    /// The target range, from and to.
    pub fn target(self, profile: &Profile) -> [f64; 2] {
        match self {
            Metric::Pace => profile.pace_ok_wpm,
            Metric::Fillers => [0.0, profile.fillers_ok_per_minute],
            Metric::Phrases => [100.0 * MOST_PHRASES_SHARE, 100.0],
            Metric::Time => profile.time_ok.map(|share| 100.0 * share),
            Metric::Verdict => [2.0, 3.0],
        }
    }

    /// The target range, in a sentence.
    pub fn describe_target(self, profile: &Profile) -> String {
        let [from, to] = self.target(profile);
        match self {
            Metric::Pace => format!("Aim for {from:.0} to {to:.0} words/min."),
            Metric::Fillers => format!("Up to {to:.0} fillers per minute are fine."),
            Metric::Phrases => format!("Aim for at least {from:.0} % of the planned phrases."),
            Metric::Time => format!("Aim for {from:.0} to {to:.0} % of the planned time."),
            Metric::Verdict => "Aim for lean hire or strong hire.".to_owned(),
        }
    }

    /// The range of a chart of the metric. It does not depend on the takes, so it does not jump while they load.
    pub fn scale(self, profile: &Profile) -> [f64; 2] {
        match self {
            Metric::Pace => {
                let [slow, fast] = profile.pace_red_wpm;
                [slow.min(100.0) - 40.0, fast.max(200.0) + 40.0]
            }
            Metric::Fillers => [0.0, (2.0 * profile.fillers_red_per_minute).max(20.0)],
            Metric::Phrases => [0.0, 100.0],
            Metric::Time => [0.0, (125.0 * profile.time_red[1]).max(150.0)],
            Metric::Verdict => [0.0, 3.0],
        }
    }

    /// Formats a value for the axis of a chart.
    pub fn axis_label(self, value: f64) -> String {
        match self {
            Metric::Pace | Metric::Fillers => format!("{value:.0}"),
            Metric::Phrases | Metric::Time => format!("{value:.0} %"),
            Metric::Verdict => leaning_at(value).to_string(),
        }
    }

    /// A change of the metric, without its name: "from 171 to 152 words/min".
    pub(crate) fn describe_change(self, [from, to]: [f64; 2]) -> String {
        match self {
            Metric::Pace => format!("from {from:.0} to {to:.0} words/min"),
            Metric::Fillers => format!("from {from:.1} to {to:.1} per minute"),
            Metric::Phrases => format!("from {from:.0} to {to:.0} % of the planned phrases"),
            Metric::Time => format!("from {from:.0} to {to:.0} % of the planned time"),
            Metric::Verdict => format!("from {} to {}", leaning_at(from), leaning_at(to)),
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Metric::Pace => "Pace",
            Metric::Fillers => "Fillers",
            Metric::Phrases => "Phrases",
            Metric::Time => "Time used",
            Metric::Verdict => "Verdict",
        })
    }
}

fn leaning_at(value: f64) -> Leaning {
    let index = value.round().clamp(0.0, LEANINGS.len() as f64 - 1.0) as usize;
    LEANINGS[index]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_within_the_scale() {
        let mut profile = Profile::default();
        for fast in [190.0, 400.0] {
            profile.pace_red_wpm[1] = fast;
            for metric in Metric::ALL {
                let ([from, to], [low, high]) = (metric.target(&profile), metric.scale(&profile));
                assert!(low <= from && from < to && to <= high, "{metric}");
            }
        }
    }
}
