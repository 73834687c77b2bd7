//! One reading of a take: its value, its words, what is aimed for.

use std::fmt;

use super::{TakeMetrics, counted};
use crate::analysis::verdict::{Leaning, MOST_OF_PLAN};
use crate::domain::profile::Profile;
use crate::domain::time::clock;

/// What can be followed from take to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Metric {
    /// Words a minute.
    #[default]
    Pace,
    /// Fillers a minute.
    Fillers,
    /// Percent of the planned phrases.
    Phrases,
    /// Percent of the time planned.
    Time,
    /// Where an interviewer would lean: 0 no hire, 1 lean no hire, 2 lean hire, 3 strong hire.
    Verdict,
}

/// The leans by their place on the scale.
const LEANS: [Leaning; 4] = [
    Leaning::NoHire,
    Leaning::LeanNoHire,
    Leaning::LeanHire,
    Leaning::StrongHire,
];

impl Metric {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Metric; 5] = [
        Metric::Pace,
        Metric::Fillers,
        Metric::Phrases,
        Metric::Time,
        Metric::Verdict,
    ];

    /// Its value in a take; `None` where too little was said to tell.
    pub fn value(self, mark: &TakeMetrics) -> Option<f64> {
        match self {
            Metric::Pace => mark.words_per_minute,
            Metric::Fillers => mark.fillers_per_minute,
            Metric::Phrases => Some(100.0 * mark.phrases_share()?),
            Metric::Time => Some(100.0 * mark.time_share()?),
            Metric::Verdict => {
                let place = LEANS.iter().position(|lean| *lean == mark.lean)?;
                Some(place as f64)
            }
        }
    }

    /// Its value in a take, in words.
    pub fn told(self, mark: &TakeMetrics) -> String {
        match (self, self.value(mark)) {
            (Metric::Verdict, _) => mark.lean.to_string(),
            (_, None) => "too few words to tell".to_owned(),
            (Metric::Pace, Some(pace)) => format!("{pace:.0} words a minute"),
            (Metric::Fillers, Some(rate)) => {
                let count = counted(mark.fillers, "filler");
                match mark.fillers {
                    0 => count,
                    _ => format!("{count}, {rate:.1} a minute"),
                }
            }
            (Metric::Phrases, Some(_)) => {
                format!("{} of {} phrases", mark.phrases_heard, mark.phrases_planned)
            }
            (Metric::Time, Some(_)) => {
                format!("{} of {}", clock(mark.used), clock(mark.target))
            }
        }
    }

    /// What is aimed for, from and to.
    pub fn target(self, profile: &Profile) -> [f64; 2] {
        match self {
            Metric::Pace => profile.pace_quiet_wpm,
            Metric::Fillers => [0.0, profile.fillers_quiet_per_minute],
            Metric::Phrases => [100.0 * MOST_OF_PLAN, 100.0],
            Metric::Time => profile.time_quiet.map(|share| 100.0 * share),
            Metric::Verdict => [2.0, 3.0],
        }
    }

    /// What is aimed for, in words.
    pub fn target_told(self, profile: &Profile) -> String {
        let [from, to] = self.target(profile);
        match self {
            Metric::Pace => format!("Aim for {from:.0} to {to:.0} words a minute."),
            Metric::Fillers => format!("Up to {to:.0} a minute do no harm."),
            Metric::Phrases => format!("Aim for {from:.0} % of the planned phrases, or more."),
            Metric::Time => format!("Aim for {from:.0} to {to:.0} % of the time planned."),
            Metric::Verdict => "Aim for lean hire, or strong hire.".to_owned(),
        }
    }

    /// From where to where a chart of it goes, whatever the takes: it does not jump as they are read.
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

    /// A value of the scale, as short as beside a chart.
    pub fn short(self, value: f64) -> String {
        match self {
            Metric::Pace | Metric::Fillers => format!("{value:.0}"),
            Metric::Phrases | Metric::Time => format!("{value:.0} %"),
            Metric::Verdict => lean_at(value).to_string(),
        }
    }

    pub(crate) fn change(self, [from, to]: [f64; 2]) -> String {
        match self {
            Metric::Pace => format!("from {from:.0} to {to:.0} words a minute"),
            Metric::Fillers => format!("from {from:.1} to {to:.1} a minute"),
            Metric::Phrases => format!("from {from:.0} to {to:.0} % of those planned"),
            Metric::Time => format!("from {from:.0} to {to:.0} % of the plan"),
            Metric::Verdict => format!("from {} to {}", lean_at(from), lean_at(to)),
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

fn lean_at(value: f64) -> Leaning {
    let place = value.round().clamp(0.0, LEANS.len() as f64 - 1.0) as usize;
    LEANS[place]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_lies_on_its_scale() {
        let mut profile = Profile::default();
        for fast in [190.0, 400.0] {
            profile.pace_red_wpm[1] = fast;
            for reading in Metric::ALL {
                let ([from, to], [low, high]) = (reading.target(&profile), reading.scale(&profile));
                assert!(low <= from && from < to && to <= high, "{reading}");
            }
        }
    }
}
