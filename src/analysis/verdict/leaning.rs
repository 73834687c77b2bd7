//! The verdict's leaning, and the rules that lead from criteria and red flags to it.

use std::fmt;

use serde::{Serialize, Serializer};

use super::criteria::Weight;
use super::evidence::{Outcome, PhraseCoverage};

/// How an interviewer would likely decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // an interviewer's own words
pub enum Leaning {
    StrongHire,
    LeanHire,
    LeanNoHire,
    NoHire,
    NotEnoughSpeech,
}

impl Leaning {
    /// Applies the rules in order; the first matching row decides.
    ///
    /// | condition | leaning |
    /// |---|---|
    /// | two red flags, or one and a required criterion missing | no hire |
    /// | one red flag | lean no hire |
    /// | no criterion met and no planned phrase said, or two required criteria missing | no hire |
    /// | a required criterion missing, or fewer than two fifths of several expected ones met | lean no hire |
    /// | every criterion met, three quarters of the planned phrases said, and the part is detailed | strong hire |
    /// | otherwise | lean hire |
    pub(super) fn from_outcomes(
        outcomes: &[Outcome],
        red_flags: usize,
        phrase_coverage: PhraseCoverage,
        is_detailed: bool,
    ) -> Self {
        let count = |weight, is_met| {
            let matching = |o: &&Outcome| o.weight == weight && o.is_met == is_met;
            outcomes.iter().filter(matching).count()
        };
        let required_missing = count(Weight::Required, false);
        let expected_met = count(Weight::Expected, true);
        let expected = expected_met + count(Weight::Expected, false);
        let met = expected_met + count(Weight::Required, true);
        match red_flags {
            2.. => return Leaning::NoHire,
            1 if required_missing > 0 => return Leaning::NoHire,
            1 => return Leaning::LeanNoHire,
            _ => {}
        }
        if (met == 0 && phrase_coverage == PhraseCoverage::None) || required_missing >= 2 {
            Leaning::NoHire
        } else if required_missing == 1 || expected > 1 && 5 * expected_met < 2 * expected {
            Leaning::LeanNoHire
        } else if met == outcomes.len() && phrase_coverage == PhraseCoverage::Most && is_detailed {
            Leaning::StrongHire
        } else {
            Leaning::LeanHire
        }
    }
}

impl fmt::Display for Leaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Leaning::StrongHire => "strong hire",
            Leaning::LeanHire => "lean hire",
            Leaning::LeanNoHire => "lean no hire",
            Leaning::NoHire => "no hire",
            Leaning::NotEnoughSpeech => "not enough heard",
        })
    }
}

impl Serialize for Leaning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::verdict::Criterion;

    /// The leaning for criteria written as letters: R required, E expected; a capital one is met.
    fn leaning(criteria: &str, red_flags: usize, phrase_coverage: PhraseCoverage) -> Leaning {
        let outcome = |c: char| Outcome {
            criterion: Criterion::PlannedPhrases,
            weight: match c.to_ascii_lowercase() {
                'r' => Weight::Required,
                _ => Weight::Expected,
            },
            is_met: c.is_uppercase(),
            quotes: Vec::new(),
            span: None,
        };
        let outcomes: Vec<Outcome> = criteria.chars().map(outcome).collect();
        Leaning::from_outcomes(&outcomes, red_flags, phrase_coverage, true)
    }

    #[test]
    fn rules_match_the_table() {
        let most = PhraseCoverage::Most;
        for (criteria, red_flags, phrases, expected) in [
            ("REE", 0, most, Leaning::StrongHire),
            ("REE", 0, PhraseCoverage::Some, Leaning::LeanHire),
            ("REe", 0, most, Leaning::LeanHire),
            ("Ree", 0, most, Leaning::LeanNoHire),
            ("rEE", 0, most, Leaning::LeanNoHire),
            ("ree", 0, PhraseCoverage::None, Leaning::NoHire),
            ("r", 0, PhraseCoverage::Some, Leaning::LeanNoHire),
            ("rrREE", 0, most, Leaning::NoHire),
            ("REE", 1, most, Leaning::LeanNoHire),
            ("rEE", 1, most, Leaning::NoHire),
            ("REE", 2, most, Leaning::NoHire),
            ("EE", 0, most, Leaning::StrongHire),
            ("Ee", 0, most, Leaning::LeanHire),
            ("ee", 0, PhraseCoverage::None, Leaning::NoHire),
        ] {
            assert_eq!(
                leaning(criteria, red_flags, phrases),
                expected,
                "{criteria} with {red_flags} red flags, {phrases:?}"
            );
        }
    }
}
