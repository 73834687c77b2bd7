//! The wording of all findings, here and nowhere else: short, kind, and with what to do.

use std::fmt;

use super::finding::{FindingKind, ImpactCheck, RedFlagKind, TimeUsed};
use crate::domain::take::NoWords;
use crate::domain::time::{Secs, clock};

/// A sentence quotes at most this many texts.
const MAX_QUOTES: usize = 3;

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FindingKind::NoWords(why @ NoWords::NothingSaid) => {
                write!(f, "{why} Begin as soon as the recording starts.")
            }
            FindingKind::NoWords(why @ NoWords::Unclear) => {
                write!(f, "{why} Say it again, a little louder and more clearly.")
            }
            FindingKind::TooQuiet { dbfs } => write!(
                f,
                "Your voice is very quiet ({dbfs:.0} dBFS). Move closer to the microphone or turn its level up."
            ),
            FindingKind::Clipped { samples } => write!(
                f,
                "{samples} samples are cut off at full scale (clipped). If the microphone recorded them so, turn its level down a little."
            ),
            FindingKind::LostAudio { seconds } => write!(
                f,
                "{seconds:.2} s of audio is missing, because the microphone dropped out or the computer was busy. Pauses there may not be yours."
            ),
            FindingKind::OnTime(time) => write!(f, "{}: right on time.", time_used(*time)),
            FindingKind::OverTime(time) => {
                write!(f, "{}. Find one detail to leave out.", time_used(*time))
            }
            FindingKind::UnderTime(time) => {
                let time = time_used(*time);
                write!(f, "{time}. There is room for one more concrete fact.")
            }
            FindingKind::GoodPace { words_per_minute } => {
                write!(f, "{words_per_minute:.0} words/min: easy to follow.")
            }
            FindingKind::Rushed { words_per_minute } => write!(
                f,
                "{words_per_minute:.0} words/min is fast. Breathe after each sentence."
            ),
            FindingKind::FastStretch { words_per_minute } => write!(
                f,
                "{words_per_minute:.0} words/min here is very fast. Practice this stretch more slowly."
            ),
            FindingKind::Slow { words_per_minute } => write!(
                f,
                "{words_per_minute:.0} words/min is slow. Know your next sentence before you start it."
            ),
            FindingKind::LongPause { seconds } => write!(
                f,
                "A pause of {seconds:.1} s. Have the first words of the next sentence ready."
            ),
            FindingKind::FlatIntonation { semitones, usual } => write!(
                f,
                "Your pitch varied by {semitones:.1} semitones; usually it varies by {usual:.1}. Speak as if to one person, and stress the number you are proud of."
            ),
            FindingKind::PauseInClause { seconds } => write!(
                f,
                "A pause of {seconds:.1} s inside a sentence. Pause before the sentence instead."
            ),
            FindingKind::GoodPauses { count, seconds } => write_good_pauses(f, *count, *seconds),
            FindingKind::Fillers { count, per_minute } => write!(
                f,
                "{count} fillers ({per_minute:.0} per minute). A short pause does the same job."
            ),
            FindingKind::PhraseMissed { phrase, proves } => {
                let phrase = phrase.trim_end_matches('.');
                write!(f, "Not said: \u{201c}{phrase}\u{201d}. {proves}")
            }
            FindingKind::AllPhrases { count: 1 } => write!(f, "The planned phrase was said."),
            FindingKind::AllPhrases { count } => {
                write!(f, "All {count} planned phrases were said.")
            }
            FindingKind::We { said, own_acts } => {
                let quotes: Vec<String> = said
                    .iter()
                    .take(MAX_QUOTES)
                    .map(|text| format!("\u{201c}{text}\u{201d}"))
                    .collect();
                let more = match said.len().saturating_sub(MAX_QUOTES) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                let share = match own_acts {
                    0 => "nothing that you did yourself".to_owned(),
                    1 => "one thing that you did yourself".to_owned(),
                    acts => format!("{acts} things that you did yourself"),
                };
                write!(
                    f,
                    "{}{more}: this hides who did it, beside {share}. Say what you did.",
                    quotes.join(", ")
                )
            }
            FindingKind::OwnActions { i } => write!(
                f,
                "\u{201c}I\u{201d} {i} times and no \u{201c}we\u{201d}: it is clear what you did."
            ),
            FindingKind::Passive { count, said } => write_passive(f, *count, said),
            FindingKind::ImpactMissing { which } => f.write_str(missing_impact(*which)),
            FindingKind::ImpactComplete => write!(
                f,
                "The impact is complete: measured change, business impact and lasting effect."
            ),
            FindingKind::LateProblem { after } => write!(
                f,
                "The problem came after {after:.0} s. Open with it; background can wait for a question."
            ),
            FindingKind::NoProblem => write!(
                f,
                "No problem mentioned. Say in the first two sentences what was going wrong."
            ),
            FindingKind::RedFlag { flag, said } => {
                write!(f, "\u{201c}{said}\u{201d} {}", red_flag_advice(*flag))
            }
        }
    }
}

fn time_used(time: TimeUsed) -> String {
    let share = format!("{} of {}", clock(time.used), clock(time.target));
    match time.is_estimate {
        true => format!("About {share} if you say this"),
        false => share,
    }
}

fn write_good_pauses(f: &mut fmt::Formatter<'_>, count: usize, seconds: Secs) -> fmt::Result {
    match count {
        1 => write!(
            f,
            "A pause of {seconds:.1} s between sentences helps the listener follow."
        ),
        _ => write!(
            f,
            "{count} pauses between sentences, {seconds:.1} s on average, help the listener follow."
        ),
    }
}

fn write_passive(f: &mut fmt::Formatter<'_>, count: usize, said: &str) -> fmt::Result {
    let quote = format!("\u{201c}{said}\u{201d}");
    match count {
        1 => write!(f, "{quote} leaves out who did it.")?,
        _ => write!(f, "{count} passives leave out who did it, such as {quote}.")?,
    }
    write!(f, " If it was you, begin with \u{201c}I\u{201d}.")
}

fn missing_impact(check: ImpactCheck) -> &'static str {
    match check {
        ImpactCheck::Metric => {
            "No measured change. Give one figure before and after: from what, to what?"
        }
        ImpactCheck::Business => {
            "No business impact. Say what it was worth in money, time or customers."
        }
        ImpactCheck::SecondOrder => {
            "No lasting effect. Say who adopted it, or what has been done differently since."
        }
    }
}

fn red_flag_advice(flag: RedFlagKind) -> &'static str {
    match flag {
        RedFlagKind::Assigned => {
            "sounds as if you were told to act. Say that it was your decision."
        }
        RedFlagKind::Routed => "hands the work to somebody else. Say what you did yourself.",
        RedFlagKind::Vague => "cannot be checked. Name what changed, with a number.",
        RedFlagKind::Blame => "speaks ill of others. Say what you did about it.",
        RedFlagKind::Motiveless => {
            "gives no reason to act. Say who was affected and why you acted."
        }
    }
}
