//! A sheet as Markdown.

use std::fmt::Write;

use super::view::{Note, Planned, ReportView};

/// The page as text that is also a page in any Markdown reader.
pub fn markdown(sheet: &ReportView) -> String {
    let mut page = String::new();
    // Writing to a text cannot fail.
    let _ = write(&mut page, sheet);
    page
}

fn write(page: &mut String, sheet: &ReportView) -> std::fmt::Result {
    writeln!(page, "# {}\n", plain(&sheet.title))?;
    writeln!(page, "> {}\n", plain(&sheet.question))?;
    writeln!(page, "| | |\n|---|---|")?;
    for (name, value) in &sheet.facts {
        writeln!(page, "| {name} | {} |", plain(value))?;
    }
    writeln!(page, "\n## An interviewer would lean: {}\n", sheet.lean)?;
    for reason in &sheet.because {
        writeln!(page, "- {}", plain(reason))?;
    }
    if !sheet.findings.is_empty() {
        writeln!(page, "\n## What was noticed\n")?;
    }
    for Note { at, severity, text } in &sheet.findings {
        writeln!(page, "- {at} **{severity}** {}", plain(text))?;
    }
    if !sheet.phrases.is_empty() {
        writeln!(page, "\n## Planned phrases\n")?;
    }
    for Planned {
        phrase,
        proves,
        said,
    } in &sheet.phrases
    {
        let (phrase, proves) = (plain(phrase), plain(proves));
        match said {
            Some((at, said)) => writeln!(
                page,
                "- [x] {phrase} ({at}, \u{201c}{}\u{201d})",
                plain(said)
            )?,
            None => writeln!(page, "- [ ] {phrase} (shows: {proves})")?,
        }
    }
    writeln!(page, "\n## What was said")?;
    if sheet.paragraphs.is_empty() {
        writeln!(page, "\nNothing was heard.")?;
    }
    for (at, text) in &sheet.paragraphs {
        writeln!(page, "\n**{at}** {}", plain(text))?;
    }
    Ok(())
}

/// Text that stays text, whatever stands in it.
fn plain(text: &str) -> String {
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
    use crate::practice::report::view::tests::sheet;
    use expect_test::expect;

    #[test]
    fn a_page_reads_well_as_text() {
        let page = markdown(&sheet(
            "It was not mine. There was no ticket. | So *I* took <b>it</b>.",
        ));
        expect![[r#"
            # The webhook nobody owned: Task

            > Tell me about a time you took ownership of a problem that was not yours.

            | | |
            |---|---|
            | Told on | 2026-11-23 18:04 |
            | Level | SDE 2 |
            | Time used | 0:06 of 0:20 |
            | Pace | 104 words a minute |
            | Pauses | 1 |
            | Fillers | 0 |
            | “I” and “we” | 1 and 0 |

            ## An interviewer would lean: lean hire

            - Ownership boundary: “not mine”.
            - Planned phrases: said, except “nobody had asked”, “take ownership”.

            ## What was noticed

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

            ## What was said

            **0:00** It was not mine. There was no ticket.

            **0:05** So \*I\* took \<b\>it\</b\>.
        "#]]
        .assert_eq(&page);
    }

    #[test]
    fn where_nothing_was_heard_the_page_says_so() {
        let page = markdown(&sheet(""));
        assert!(page.contains("not enough heard"), "{page}");
        assert!(page.ends_with("\nNothing was heard.\n"), "{page}");
    }
}
