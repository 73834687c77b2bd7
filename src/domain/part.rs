//! What a take can answer: the sections, the parts of a story, and the levels of a role, with their text forms for
//! files and the command line.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The five sections, in speaking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SectionKind {
    /// Context and problem.
    Situation,
    /// What the speaker was responsible for, and what not.
    Task,
    /// What the speaker did.
    Action,
    /// The outcome.
    Result,
    /// What the speaker learned.
    Reflection,
}

/// The level of the role that the answer is judged against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// SDE 1.
    Sde1,
    /// SDE 2.
    Sde2,
    /// Senior SDE.
    Senior,
}

/// What one take answers: a section, the whole story, or a follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// All five sections in one take.
    Whole,
    /// One of the five sections.
    Section(SectionKind),
    /// A follow-up question, numbered from 1.
    FollowUp(usize),
}

impl SectionKind {
    /// All five, in speaking order.
    pub const ALL: [SectionKind; 5] = [
        SectionKind::Situation,
        SectionKind::Task,
        SectionKind::Action,
        SectionKind::Result,
        SectionKind::Reflection,
    ];
}

impl fmt::Display for SectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            SectionKind::Situation => "Situation",
            SectionKind::Task => "Task",
            SectionKind::Action => "Action",
            SectionKind::Result => "Result",
            SectionKind::Reflection => "Reflection",
        })
    }
}

impl Level {
    /// Identifier on the command line and in files.
    pub fn id(self) -> &'static str {
        match self {
            Level::Sde1 => "sde1",
            Level::Sde2 => "sde2",
            Level::Senior => "senior",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Level::Sde1 => "SDE 1",
            Level::Sde2 => "SDE 2",
            Level::Senior => "Senior SDE",
        })
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sde1" => Ok(Level::Sde1),
            "sde2" => Ok(Level::Sde2),
            "senior" => Ok(Level::Senior),
            _ => Err(format!(
                "there is no level `{text}`: use sde1, sde2 or senior"
            )),
        }
    }
}

/// Formats the part for the command line and for files: `situation` ... `reflection`, `followup:2`, `all`.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Whole => f.pad("all"),
            Part::Section(kind) => f.pad(&kind.to_string().to_lowercase()),
            Part::FollowUp(number) => write!(f, "followup:{number}"),
        }
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let section = SectionKind::ALL
            .into_iter()
            .map(Part::Section)
            .find(|part| part.to_string() == text);
        let follow_up = || {
            let number: usize = text.strip_prefix("followup:")?.parse().ok()?;
            (number >= 1).then_some(Part::FollowUp(number))
        };
        let whole = (text == "all").then_some(Part::Whole);
        section.or(whole).or_else(follow_up).ok_or_else(|| {
            format!(
                "there is no section `{text}`: use situation, task, action, result, reflection, followup:1 or all"
            )
        })
    }
}

impl Serialize for Part {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_round_trips_through_text() {
        for text in [
            "situation",
            "task",
            "action",
            "result",
            "reflection",
            "all",
            "followup:3",
        ] {
            assert_eq!(text.parse::<Part>().map(|p| p.to_string()), Ok(text.into()));
        }
        for text in ["", "Situation", "followup", "followup:0", "followup:-1"] {
            assert!(text.parse::<Part>().is_err(), "{text}");
        }
    }
}
