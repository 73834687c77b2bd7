//! Feedback as plain text for the terminal.

use std::io::{self, Write};

use crate::analysis::verdict::Verdict;
use crate::analysis::{Feedback, Severity};
use crate::domain::take::Transcription;
use crate::domain::time::clock;

/// Writes the transcript, the measurements, the findings and the verdict of one take.
pub fn write_feedback(
    out: &mut impl Write,
    title: &str,
    transcription: &Transcription,
    feedback: &Feedback,
) -> io::Result<()> {
    writeln!(out, "{title}")?;
    let pacing = &feedback.pacing;
    if pacing.words > 0 {
        writeln!(out, "  \"{}\"", transcription.transcript.text())?;
        let rate = pacing
            .speech_rate_wpm
            .map_or("too few words to measure the pace".to_owned(), |wpm| {
                format!("{wpm:.0} words/min")
            });
        writeln!(
            out,
            "  {} of {} · {rate} · {} pauses · {} fillers · I {} · we {}",
            clock(pacing.used_s),
            clock(pacing.target_s),
            feedback.pauses.len(),
            feedback.fillers.len(),
            feedback.ownership.i,
            feedback.ownership.we
        )?;
        for phrase in &feedback.phrases {
            let (mark, at) = match phrase.start {
                Some(at) => ("said  ", clock(at)),
                None => ("missed", "-:--".to_owned()),
            };
            writeln!(out, "  {mark} {at}  {}", phrase.phrase)?;
        }
    }
    for finding in &feedback.findings {
        let mark = match finding.severity {
            Severity::Red => "!!",
            Severity::Amber => "! ",
            Severity::Note => "- ",
            Severity::Good => "ok",
        };
        let at = clock(finding.span.start);
        writeln!(out, "  {mark} {at}  {}", finding.kind)?;
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
