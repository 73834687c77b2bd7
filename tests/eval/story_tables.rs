//! Prints the comparison of labeled answers with their labels as tables.

use std::collections::{BTreeMap, BTreeSet};

use starling::domain::part::SectionKind;

use super::story_metrics::{LEANINGS, LeaningCase, QUALITIES, Score, StoryReport, share};

/// Prints all tables; `verbose` also lists every wrong case by kind.
pub fn print(report: &StoryReport, verbose: bool) {
    print_confusion(report);
    print_leanings(&report.whole);
    print_sections(&report.sections);
    print_scores(&report.scores);
    print_retellings(report);
    print_wrong(&report.differing);
    if verbose {
        print_wrong(&report.wrong);
    }
}

fn print_confusion(report: &StoryReport) {
    let header: String = LEANINGS.iter().map(|l| format!(" {l:>16}")).collect();
    println!("{:<16}{header} {:>14}", "whole answers", "lean to hire");
    for quality in QUALITIES {
        let cases = || report.whole.iter().filter(|case| case.quality == quality);
        let counts: String = LEANINGS
            .iter()
            .map(|leaning| cases().filter(|case| case.leaning == *leaning).count())
            .map(|count| format!(" {count:>16}"))
            .collect();
        let hires = cases().filter(|case| case.leans_to_hire()).count();
        println!("{quality:<16}{counts} {:>14}", of(hires, cases().count()));
    }
}

fn print_leanings(cases: &[LeaningCase]) {
    let right = cases.iter().filter(|case| case.is_acceptable()).count();
    println!("\nacceptable leanings {}", of(right, cases.len()));
    for case in cases {
        let mark = if case.is_acceptable() { ' ' } else { 'x' };
        let acceptable = case.acceptable.join(" or ");
        println!(
            "{mark} {} {:<7} {:<16} gold: {acceptable}",
            case.id, case.quality, case.leaning
        );
    }
}

fn print_sections(cases: &[LeaningCase]) {
    let header: String = QUALITIES.iter().map(|q| format!(" {q:>10}")).collect();
    println!("\n{:<16}{header} {:>14}", "sections accepted", "all");
    let counted = |kind: Option<SectionKind>, quality: Option<&str>| {
        let cases = || {
            let cases = cases.iter();
            cases.filter(move |case| {
                kind.is_none_or(|kind| case.section == Some(kind))
                    && quality.is_none_or(|quality| case.quality == quality)
            })
        };
        let right = cases().filter(|case| case.is_acceptable()).count();
        (right, cases().count())
    };
    for kind in SectionKind::ALL.map(Some).into_iter().chain([None]) {
        let columns: String = QUALITIES
            .iter()
            .map(|quality| counted(kind, Some(quality)))
            .map(|(right, all)| format!(" {:>10}", format!("{right} of {all}")))
            .collect();
        let name = kind.map_or("all".to_owned(), |kind| kind.to_string());
        let (right, all) = counted(kind, None);
        println!("{name:<17}{columns} {:>14}", of(right, all));
    }
}

fn print_scores(scores: &BTreeMap<&'static str, Score>) {
    println!("\nmeasurement          reported right    P %   gold found    R %");
    for (name, score) in scores {
        let (reported, right, precision) = match score.reported {
            0 => ("-".to_owned(), "-".to_owned(), "-".to_owned()),
            n => (
                n.to_string(),
                score.right.to_string(),
                percent(score.precision()),
            ),
        };
        println!(
            "{name:<20} {reported:>8} {right:>5} {precision:>6} {:>6} {:>5} {:>6}",
            score.gold,
            score.found,
            percent(score.recall())
        );
    }
}

fn print_retellings(report: &StoryReport) {
    if report.said.is_empty() && report.not_said.is_empty() {
        return;
    }
    println!("\nplanned phrases          said found    R %  right words   not said accepted     %");
    let kinds: BTreeSet<&String> = report.said.keys().chain(report.not_said.keys()).collect();
    for kind in kinds {
        let said = report.said.get(kind).copied().unwrap_or_default();
        print_retelling(kind, said, report.not_said.get(kind).copied());
    }
    let sum = |scores: &BTreeMap<String, Score>, kind: &str| {
        let of_kind = scores.iter().filter(|(name, _)| name.starts_with(kind));
        of_kind.fold(Score::default(), |sum, (_, score)| Score {
            reported: sum.reported + score.reported,
            right: sum.right + score.right,
            gold: sum.gold + score.gold,
            found: sum.found + score.found,
        })
    };
    let near_miss = "near-miss";
    print_retelling(
        "near-miss, all",
        sum(&report.said, near_miss),
        Some(sum(&report.not_said, near_miss)),
    );
}

fn print_retelling(kind: &str, said: Score, not_said: Option<Score>) {
    let not_said = not_said.filter(|score| score.gold > 0);
    let accepted = not_said.map_or(String::new(), |score| {
        format!(
            "{:>10} {:>8} {:>6}",
            score.gold,
            score.found,
            percent(score.recall())
        )
    });
    println!(
        "{kind:<22} {:>6} {:>5} {:>6} {:>12} {accepted}",
        said.gold,
        said.found,
        percent(said.recall()),
        said.right
    );
}

/// Lists cases, kind by kind.
fn print_wrong(wrong: &[(String, String)]) {
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (kind, what) in wrong {
        kinds.entry(kind).or_default().push(what);
    }
    for (kind, cases) in kinds {
        println!("\n{kind} ({})", cases.len());
        for case in cases {
            println!("  {case}");
        }
    }
}

fn of(part: usize, whole: usize) -> String {
    format!("{part} of {whole} {:>4} %", percent0(part, whole))
}

fn percent0(part: usize, whole: usize) -> String {
    format!("{:.0}", 100.0 * share(part, whole))
}

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}
