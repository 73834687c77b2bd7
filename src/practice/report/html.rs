//! The report as a single HTML file that contains its style and the audio. Its content security policy
//! forbids all network requests, so that opening it tells nobody.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::view::{Note, PlannedPhrase, ReportView};

const STYLE: &str = "
:root { color-scheme: light dark; --dim: #667; --line: #8884; --good: #2a7d46; --amber: #a86400; --red: #c02b2b; }
@media (prefers-color-scheme: dark) { :root { --dim: #9aa; --good: #6fc78b; --amber: #e3a23c; --red: #ff7a70; } }
body { font: 17px/1.55 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.15rem; margin-top: 2rem; }
audio { width: 100%; margin: 1rem 0; } .dim, time { color: var(--dim); } time { font-variant-numeric: tabular-nums; }
ul { list-style: none; padding: 0; } li { padding: .3rem 0; border-bottom: 1px solid var(--line); }
td { padding: .1rem 1.5rem .1rem 0; } .good { color: var(--good); } .amber { color: var(--amber); } .red { color: var(--red); }
";

/// The HTML page, with the WAV file of the take embedded.
pub fn html(report: &ReportView, wav: &[u8]) -> String {
    let mut page = String::with_capacity(wav.len() / 3 * 4 + 16_384);
    // Writing to a string cannot fail.
    let _ = write(&mut page, report, wav);
    page
}

fn write(page: &mut String, report: &ReportView, wav: &[u8]) -> std::fmt::Result {
    let title = escape(&report.title);
    writeln!(page, "<!doctype html>\n<html lang=\"en\">\n<head>")?;
    writeln!(page, "<meta charset=\"utf-8\">")?;
    let policy = "default-src 'none'; media-src data:; style-src 'unsafe-inline'";
    writeln!(
        page,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">"
    )?;
    writeln!(
        page,
        "<meta name=\"viewport\" content=\"width=device-width\">"
    )?;
    writeln!(page, "<title>{title}</title>\n<style>{STYLE}</style>")?;
    writeln!(page, "</head>\n<body>\n<h1>{title}</h1>")?;
    writeln!(page, "<p class=\"dim\">{}</p>", escape(&report.question))?;
    write!(page, "<audio controls src=\"data:audio/wav;base64,")?;
    STANDARD.encode_string(wav, page);
    writeln!(page, "\"></audio>\n<table>")?;
    for (name, value) in &report.facts {
        let (name, value) = (escape(name), escape(value));
        writeln!(
            page,
            "<tr><td class=\"dim\">{name}</td><td>{value}</td></tr>"
        )?;
    }
    writeln!(
        page,
        "</table>\n<h2>Likely hiring decision: {}</h2>\n<ul>",
        report.lean
    )?;
    for reason in &report.reasons {
        writeln!(page, "<li>{}</li>", escape(reason))?;
    }
    writeln!(page, "</ul>\n<h2>Findings</h2>\n<ul>")?;
    for Note { at, severity, text } in &report.findings {
        let text = escape(text);
        writeln!(
            page,
            "<li><time>{at}</time> <b class=\"{severity}\">{severity}</b> {text}</li>"
        )?;
    }
    writeln!(page, "</ul>\n<h2>Planned phrases</h2>\n<ul>")?;
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
                "<li><b class=\"good\">said</b> {phrase} <span class=\"dim\"><time>{at}</time> <q>{}</q></span></li>",
                escape(said)
            )?,
            None => writeln!(
                page,
                "<li><b class=\"amber\">missed</b> {phrase} <span class=\"dim\">shows: {proves}</span></li>"
            )?,
        }
    }
    writeln!(page, "</ul>\n<h2>Transcript</h2>")?;
    if let Some(why) = report.no_words {
        writeln!(page, "<p>{why}</p>")?;
    }
    for (at, text) in &report.paragraphs {
        writeln!(page, "<p><time>{at}</time> {}</p>", escape(text))?;
    }
    writeln!(page, "</body>\n</html>")
}

/// Escapes the characters that HTML interprets.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::report::view::tests::report;

    #[test]
    fn page_embeds_its_audio_and_contains_no_address() {
        let page = html(
            &report("It was not mine. There was no ticket."),
            b"RIFF\x00\xff",
        );
        assert!(page.contains("src=\"data:audio/wav;base64,UklGRgD/\""));
        assert!(page.contains("default-src 'none'"));
        for address in [
            "http:", "https:", "//", "url(", "@import", "<script", "<link",
        ] {
            assert!(!page.contains(address), "{address}");
        }
        for expected in [
            "<b class=\"good\">said</b> not mine",
            "<b class=\"amber\">missed</b>",
            "<p><time>0:00</time> It was not mine. There was no ticket.</p>",
        ] {
            assert!(page.contains(expected), "no {expected} in {page}");
        }
    }

    #[test]
    fn transcript_is_escaped() {
        let page = html(&report("\"<script>alert('x')&amp;</script>\""), b"");
        assert!(!page.contains("<script"), "{page}");
        assert!(
            page.contains("&quot;&lt;script&gt;alert(&#39;x&#39;)&amp;amp;&lt;/script&gt;&quot;")
        );
    }
}
