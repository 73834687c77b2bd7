//! Feedback as plain text for the terminal.

use std::io::{self, Write};

use crate::analysis::verdict::Verdict;
use crate::analysis::{Feedback, Severity};
use crate::domain::time::{Secs, clock};
use crate::domain::transcript::Transcript;

use super::terminal;

/// Prints the transcript, the measurements, the findings and the verdict of one take, or of a written answer,
/// which has no times.
pub fn print_feedback(title: &str, transcript: &Transcript, feedback: &Feedback) -> io::Result<()> {
    let mut out = terminal::stdout();
    write_feedback(&mut out, title, transcript, feedback)?;
    out.flush()
}

fn write_feedback(
    out: &mut impl Write,
    title: &str,
    transcript: &Transcript,
    feedback: &Feedback,
) -> io::Result<()> {
    writeln!(out, "{title}")?;
    let pacing = &feedback.pacing;
    let is_written = pacing.estimated_s.is_some();
    // A written answer has no times, so its lines have no column for them.
    let column = |at: Option<Secs>| match (is_written, at) {
        (true, _) => String::new(),
        (false, Some(at)) => format!(" {} ", clock(at)),
        (false, None) => " -:-- ".to_owned(),
    };
    if pacing.words > 0 {
        writeln!(out, "  \"{}\"", transcript.text())?;
        writeln!(out, "  {}", measurements(feedback))?;
        for phrase in &feedback.phrases {
            let mark = match phrase.is_said {
                true => "said  ",
                false => "missed",
            };
            writeln!(out, "  {mark}{} {}", column(phrase.start), phrase.phrase)?;
        }
    }
    for finding in &feedback.findings {
        let mark = match finding.severity {
            Severity::Red => "!!",
            Severity::Amber => "! ",
            Severity::Note => "- ",
            Severity::Good => "ok",
        };
        let at = column(Some(finding.span.start));
        writeln!(out, "  {mark}{at} {}", finding.kind)?;
    }
    let Verdict {
        leaning: lean,
        reasons: because,
    } = &feedback.verdict;
    writeln!(out, "  Likely hiring decision: {lean}")?;
    for reason in because {
        writeln!(out, "     {reason}")?;
    }
    Ok(())
}

/// One line: the time used, or how long a written answer would take, and what was counted.
fn measurements(feedback: &Feedback) -> String {
    let pacing = &feedback.pacing;
    let target = clock(pacing.target_s);
    let delivery = match pacing.estimated_s {
        Some(seconds) => {
            let words = pacing.words;
            format!(
                "{words} words, about {} of {target} if spoken",
                clock(seconds)
            )
        }
        None => {
            let rate = pacing
                .speech_rate_wpm
                .map_or("too few words to measure the pace".to_owned(), |wpm| {
                    format!("{wpm:.0} words/min")
                });
            let pauses = feedback.pauses.len();
            format!(
                "{} of {target} · {rate} · {pauses} pauses",
                clock(pacing.used_s)
            )
        }
    };
    format!(
        "{delivery} · {} fillers · I {} · we {}",
        feedback.fillers.len(),
        feedback.ownership.i,
        feedback.ownership.we
    )
}
