//! The report as Markdown.

use std::fmt::Write;

use super::view::{Note, PlannedPhrase, ReportView};

/// The Markdown text.
pub fn markdown(report: &ReportView) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut page, report);
    page
}

fn write(page: &mut String, report: &ReportView) -> std::fmt::Result {
    writeln!(page, "# {}\n", escape(&report.title))?;
    writeln!(page, "> {}\n", escape(&report.question))?;
    writeln!(page, "| | |\n|---|---|")?;
    for (name, value) in &report.facts {
        writeln!(page, "| {name} | {} |", escape(value))?;
    }
    writeln!(page, "\n## Likely hiring decision: {}\n", report.lean)?;
    for reason in &report.reasons {
        writeln!(page, "- {}", escape(reason))?;
    }
    if !report.findings.is_empty() {
        writeln!(page, "\n## Findings\n")?;
    }
    for Note { at, severity, text } in &report.findings {
        writeln!(page, "- {at} **{severity}** {}", escape(text))?;
    }
    if !report.phrases.is_empty() {
        writeln!(page, "\n## Planned phrases\n")?;
    }
    for PlannedPhrase {
        phrase,
        proves,
        said,
    } in &report.phrases
    {
        let (phrase, proves) = (escape(phrase), escape(proves));
        match said {
            Some((at, said)) => writeln!(
                page,
                "- [x] {phrase} ({at}, \u{201c}{}\u{201d})",
                escape(said)
            )?,
            None => writeln!(page, "- [ ] {phrase} (shows: {proves})")?,
        }
    }
    writeln!(page, "\n## Transcript")?;
    if let Some(why) = report.no_words {
        writeln!(page, "\n{why}")?;
    }
    for (at, text) in &report.paragraphs {
        writeln!(page, "\n**{at}** {}", escape(text))?;
    }
    Ok(())
}

/// Escapes the characters that Markdown interprets.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_{}[]<>#|~&!".contains(c) {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::report::view::tests::report;
    use expect_test::expect;

    #[test]
    fn page_is_readable_as_text() {
        let page = markdown(&report(
            "It was not mine. There was no ticket. | So *I* took <b>it</b>.",
        ));
        expect![[r#"
            # The webhook nobody owned: Task

            > Tell me about a time you took ownership of a problem that was not yours.

            | | |
            |---|---|
            | Recorded | 2026-11-23 18:04 |
            | Level | SDE 2 |
            | Time used | 0:06 of 0:20 |
            | Pace | 104 words/min |
            | Pauses | 1 |
            | Fillers | 0 |
            | “I” and “we” | 1 and 0 |

            ## Likely hiring decision: lean hire

            - Ownership boundary: “not mine”.
            - Goal: “I\* took \<b\>it\</b”.
            - Planned phrases: said, except “nobody had asked”, “take ownership”.

            ## Findings

            - 0:00 **red** 0:06 of 0:20. There is room for one more concrete fact.
            - 0:00 **amber** Not said: “nobody had asked”. The decision to act was yours.
            - 0:00 **amber** 104 words/min is slow. Know your next sentence before you start it.
            - 0:00 **amber** Not said: “take ownership”. You chose to carry it to the end.
            - 0:04 **good** A pause of 1.0 s between sentences helps the listener follow.

            ## Planned phrases

            - [x] not mine (0:01, “not mine”)
            - [x] no ticket (0:03, “no ticket”)
            - [ ] nobody had asked (shows: The decision to act was yours.)
            - [ ] take ownership (shows: You chose to carry it to the end.)

            ## Transcript

            **0:00** It was not mine. There was no ticket.

            **0:05** So \*I\* took \<b\>it\</b\>.
        "#]]
        .assert_eq(&page);
    }

    #[test]
    fn page_without_speech_says_so() {
        let page = markdown(&report(""));
        assert!(page.contains("not enough heard"), "{page}");
        assert!(page.ends_with("the recording has no speech.\n"), "{page}");
    }
}
