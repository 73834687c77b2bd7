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

/// The level of the role that the answer is judged against, whatever a company calls it. Files and the database
/// have used the names of one company's software engineers since before there were others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Entry level; SDE 1.
    #[serde(rename = "sde1", alias = "junior")]
    Junior,
    /// Works independently; SDE 2.
    #[serde(rename = "sde2", alias = "mid")]
    Mid,
    /// Leads; Senior SDE.
    #[serde(rename = "senior")]
    Senior,
}

/// What a story calls the levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelNames {
    /// For any job: `junior`, `mid`, `senior`.
    General,
    /// For software engineers: `sde1`, `sde2`, `senior`.
    Sde,
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
    /// All three, lowest first.
    pub const ALL: [Level; 3] = [Level::Junior, Level::Mid, Level::Senior];

    /// Identifier in the take database.
    pub fn stored_id(self) -> &'static str {
        LevelNames::Sde.id(self)
    }
}

impl LevelNames {
    /// The names that a story uses, from all of its level identifiers.
    pub fn from_ids<'a>(mut ids: impl Iterator<Item = &'a str>) -> Self {
        match ids.any(|id| matches!(id, "sde1" | "sde2")) {
            true => LevelNames::Sde,
            false => LevelNames::General,
        }
    }

    /// Identifier on the command line, in story files and in reports.
    pub fn id(self, level: Level) -> &'static str {
        match (self, level) {
            (LevelNames::General, Level::Junior) => "junior",
            (LevelNames::General, Level::Mid) => "mid",
            (LevelNames::Sde, Level::Junior) => "sde1",
            (LevelNames::Sde, Level::Mid) => "sde2",
            (_, Level::Senior) => "senior",
        }
    }

    /// Name on the screen.
    pub fn label(self, level: Level) -> &'static str {
        match (self, level) {
            (LevelNames::General, Level::Junior) => "Junior",
            (LevelNames::General, Level::Mid) => "Mid-level",
            (LevelNames::General, Level::Senior) => "Senior",
            (LevelNames::Sde, Level::Junior) => "SDE 1",
            (LevelNames::Sde, Level::Mid) => "SDE 2",
            (LevelNames::Sde, Level::Senior) => "Senior SDE",
        }
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let has_id = |level: &Level| {
            let names = [LevelNames::General, LevelNames::Sde];
            names.iter().any(|names| names.id(*level) == text)
        };
        Level::ALL.into_iter().find(has_id).ok_or_else(|| {
            format!("there is no level `{text}`: use junior (or sde1), mid (or sde2) or senior")
        })
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
    fn level_is_found_by_each_of_its_names() {
        for names in [LevelNames::General, LevelNames::Sde] {
            for level in Level::ALL {
                assert_eq!(names.id(level).parse(), Ok(level));
                let stored = serde_json::to_value(level).expect("JSON");
                assert_eq!(stored, level.stored_id());
                let read = serde_json::from_value(names.id(level).into());
                assert_eq!(read.ok(), Some(level));
            }
        }
        for text in ["", "Mid", "SDE 2", "sde3", "staff"] {
            assert!(text.parse::<Level>().is_err(), "{text}");
        }
    }

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
