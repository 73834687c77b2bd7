//! What the analysis makes of other people's answers, in `tests/data/stories`, does not get worse.
//! `make eval-stories` prints all figures; these are their floors.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod eval {
    pub mod stories;
    #[allow(
        dead_code,
        reason = "`make eval-stories` prints what has no floor here"
    )]
    pub mod story_metrics;
}

use std::path::Path;
use std::sync::OnceLock;

use eval::stories::StorySet;
use eval::story_metrics::StoryReport;

/// The comparison, made once for all tests.
fn report() -> &'static StoryReport {
    static REPORT: OnceLock<StoryReport> = OnceLock::new();
    REPORT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/stories");
        let set = StorySet::load(&folder).expect("the set");
        StoryReport::new(&set).expect("feedback on every answer")
    })
}

/// The comparison with answers that no rule or training used.
fn unseen() -> StoryReport {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/answers/m");
    let set = StorySet::load(&folder).expect("the set");
    StoryReport::new(&set).expect("feedback on every answer")
}

/// Fails with every wrong case of these kinds if `share` is below `floor`.
#[track_caller]
fn at_least(what: &str, share: f64, floor: f64, kinds: &str) {
    let wrong = report().wrong.iter();
    let wrong: Vec<String> = wrong
        .filter(|(kind, _)| kind.starts_with(kinds))
        .map(|(kind, case)| format!("{kind}: {case}"))
        .collect();
    assert!(
        share >= floor,
        "{what} is {share:.3}, below {floor}\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_label_is_in_its_text() {
    let wrong = report().wrong.iter();
    let misplaced: Vec<_> = wrong
        .filter(|(kind, _)| kind.starts_with("label"))
        .collect();
    assert!(misplaced.is_empty(), "{misplaced:?}");
    assert!(report().whole.len() >= 15 && report().sections.len() >= 60);
}

#[test]
fn strong_answers_lean_to_hire_and_weak_ones_do_not() {
    let strong = report().hire_share("strong");
    at_least("share of strong answers", strong, 0.9, "leaning, whole");
    let weak = report().hire_share("weak");
    at_least(
        "share of weak answers that do not",
        1.0 - weak,
        1.0,
        "leaning, whole",
    );
}

#[test]
fn sections_alone_have_an_acceptable_leaning() {
    let share = report().acceptable_sections();
    at_least("share of sections", share, 0.9, "leaning, ");
}

#[test]
fn quotes_and_findings_are_those_of_an_interviewer() {
    for (measurement, precision, recall) in [
        ("impact: metric", 0.90, 0.85),
        ("impact: worth", 0.90, 0.90),
        ("impact: lasting", 0.85, 0.90),
        ("finding: we", 0.90, 0.90),
        ("red flags", 0.85, 0.75),
    ] {
        let score = report().score(measurement);
        let name = format!("precision of {measurement}");
        at_least(&name, score.precision(), precision, measurement);
        let name = format!("recall of {measurement}");
        at_least(&name, score.recall(), recall, measurement);
    }
}

/// The floors are lower than the targets: these answers were written to be hard, and nothing was fitted to them.
#[test]
fn unseen_answers_are_judged_as_well_as_measured() {
    let report = unseen();
    assert!(report.hire_share("strong") >= 0.85, "strong answers");
    assert!(report.hire_share("weak") <= 0.0, "weak answers");
    assert!(report.acceptable_sections() >= 0.75, "sections");
    for (measurement, precision, recall) in [
        ("impact: metric", 0.80, 0.80),
        ("impact: lasting", 0.65, 0.65),
        ("impact: worth", 0.40, 0.35),
        ("red flags", 0.50, 0.20),
    ] {
        let score = report.score(measurement);
        assert!(score.precision() >= precision, "precision of {measurement}");
        assert!(score.recall() >= recall, "recall of {measurement}");
    }
}

#[test]
fn planned_phrases_are_found_in_retellings_and_not_in_near_misses() {
    for (kind, recall) in [
        ("verbatim", 1.0),
        ("other-words, near", 0.85),
        ("other-words, medium", 0.65),
        ("other-words, far", 0.38),
    ] {
        let wrong = format!("retelling, {kind}");
        at_least(kind, report().said[kind].recall(), recall, &wrong);
    }
    let rejected = 1.0 - report().near_misses_accepted();
    at_least(
        "near-misses rejected",
        rejected,
        0.90,
        "retelling, near-miss",
    );
}
