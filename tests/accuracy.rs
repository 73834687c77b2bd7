//! The readings stay as right as they were measured to be, on the clips of `tests/audio` whose truth
//! stands beside them. The bounds leave room for another machine's rounding, not for a step back;
//! each also asks how much was read, so that reading nothing passes none of them.

#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod eval {
    pub mod dataset;
    #[allow(dead_code, reason = "`make eval` prints what is not bounded here")]
    pub mod metrics;
    #[allow(dead_code, reason = "`make eval` tells what was misread")]
    pub mod run_clip;
}

use std::path::Path;
use std::sync::OnceLock;

use eval::dataset::Clip;
use eval::metrics::{Figures, Hits};
use eval::run_clip::{Bench, Hearing, Reading};
use starling::analysis::verdict::Leaning;
use starling::domain::story::Part;
use starling::domain::time::Span;

struct Read {
    id: String,
    kind: String,
    silent: bool,
    reading: Reading,
}

/// Every clip, heard once for all tests.
fn readings() -> &'static [Read] {
    static READ: OnceLock<Vec<Read>> = OnceLock::new();
    READ.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audio");
        let clips = eval::dataset::read(&folder).expect("the table of clips");
        let engine = starling::app::load_engine(None, &[], &starling::asr::Isolation::InProcess)
            .expect("the model of models/");
        let mut bench = Bench::new(engine, None, Hearing::Whole).expect("the stories");
        clips
            .iter()
            .map(|clip| Read {
                id: clip.id.clone(),
                kind: clip.kind.clone(),
                silent: clip.text.is_empty(),
                reading: bench.read(clip).expect("a clip"),
            })
            .collect()
    })
}

fn sum() -> Figures {
    let mut sum = Figures::default();
    for read in readings() {
        sum.add(&read.reading.figures);
    }
    sum
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

#[track_caller]
fn at_least(hits: Hits, right: usize, precision: f64, recall: f64) {
    let enough = hits.right >= right
        && hits.precision().is_some_and(|p| p >= precision)
        && hits.recall().is_some_and(|r| r >= recall);
    assert!(enough, "{hits:?}");
}

#[test]
fn words_are_heard_and_none_is_invented() {
    let sum = sum();
    assert!(sum.words > 350, "{} words in the clips", sum.words);
    let rate = sum.word_error_rate().expect("words");
    assert!(rate < 0.045, "{:.1} % of the words are wrong", 100.0 * rate);
    let silent: Vec<&Read> = readings().iter().filter(|read| read.silent).collect();
    assert!(silent.len() >= 4, "clips without speech");
    for read in silent {
        let heard = &read.reading.heard;
        assert_eq!(heard.transcript.text(), "", "{}", read.id);
        assert!(read.reading.feedback.fillers.is_empty(), "{}", read.id);
        assert_eq!(
            read.reading.feedback.verdict.leaning,
            Leaning::NotEnoughSpeech
        );
    }
}

#[test]
fn words_begin_when_they_are_said_and_never_go_over_a_pause() {
    let sum = sum();
    assert!(sum.onset_errors.len() >= 20, "{:?}", sum.onset_errors);
    let off = median(&sum.onset_errors);
    assert!(off <= 0.06, "{:.0} ms", 1000.0 * off);
    assert_eq!((sum.over_pauses, sum.backwards), (0, 0));
}

#[test]
fn pauses_and_pace_are_those_of_the_audio() {
    let sum = sum();
    at_least(sum.pauses, 30, 0.95, 0.95);
    let off = median(&sum.edge_errors);
    assert!(off <= 0.04, "edges off by {:.0} ms", 1000.0 * off);
    assert!(sum.rate_errors.len() >= 10);
    let off = median(&sum.rate_errors);
    assert!(off <= 0.025, "speech rate off by {:.1} %", 100.0 * off);
}

#[test]
fn fillers_are_found_and_words_are_left_alone() {
    let sum = sum();
    at_least(sum.filler_sounds, 6, 0.8, 0.7);
    at_least(sum.filler_words, 2, 0.7, 0.6);
}

#[test]
fn planned_phrases_are_heard_where_they_are_said() {
    let sum = sum();
    at_least(sum.phrases, 25, 0.95, 0.9);
    at_least(sum.phrases_in_text, 25, 0.97, 0.93);
}

#[test]
fn strong_answers_lean_to_hire_and_weak_ones_do_not() {
    let hire = |read: &&Read| {
        let lean = read.reading.feedback.verdict.leaning;
        matches!(lean, Leaning::StrongHire | Leaning::LeanHire)
    };
    let of = |kinds: [&str; 2]| -> Vec<&Read> {
        let of = readings().iter();
        of.filter(|read| kinds.contains(&read.kind.as_str()))
            .collect()
    };
    let (good, bad) = (of(["strong", "paraphrase"]), of(["weak", "negative"]));
    assert!(good.len() >= 6 && bad.len() >= 3);
    for read in good {
        assert!(
            hire(&read),
            "{}: {:?}",
            read.id,
            read.reading.feedback.verdict
        );
    }
    for read in bad {
        assert!(
            !hire(&read),
            "{}: {:?}",
            read.id,
            read.reading.feedback.verdict
        );
        assert!(!read.reading.feedback.verdict.reasons.is_empty());
    }
}

/// Answers on end, with as little as a tenth of a second between them, are one take that is cut in many places,
/// also where nobody pauses.
#[test]
fn in_a_long_take_no_word_is_lost_or_doubled_at_a_cut_and_each_is_in_its_place() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audio");
    let clips = eval::dataset::read(&folder).expect("the table of clips");
    let spoken: Vec<&Clip> = clips
        .iter()
        .filter(|clip| clip.kind != "edge" && clip.speech.is_some() && !clip.text.is_empty())
        .collect();
    let place = tempfile::tempdir().expect("a folder");
    let long = joined(&spoken, place.path());
    let engine = starling::app::load_engine(None, &[], &starling::asr::Isolation::InProcess)
        .expect("the model of models/");
    let mut bench = Bench::new(engine, None, Hearing::Whole).expect("the stories");
    let reading = bench.read(&long).expect("a take");
    let figures = &reading.figures;
    assert!(figures.seconds > 150.0, "{} s", figures.seconds);

    let errors = |figures: &Figures| figures.substituted + figures.deleted + figures.inserted;
    let single = readings()
        .iter()
        .filter(|read| spoken.iter().any(|clip| clip.id == read.id));
    let alone: usize = single.map(|read| errors(&read.reading.figures)).sum();
    let more = errors(figures) as f64 - alone as f64;
    assert!(
        more <= 0.01 * figures.words as f64,
        "{alone} errors in {} words apart, {} on end: {}",
        figures.words,
        errors(figures),
        reading.heard.transcript.text()
    );
    let in_place = figures.in_place().expect("words");
    assert!(in_place >= 0.99, "{:.1} % in place", 100.0 * in_place);
    assert_eq!(figures.backwards, 0);
    let heard: Vec<String> = words_of(&reading.heard.transcript.text());
    let said: Vec<String> = words_of(&long.text);
    for run in 3..8 {
        let doubles = |words: &[String]| {
            words
                .windows(2 * run)
                .filter(|w| w[..run] == w[run..])
                .count()
        };
        assert_eq!(
            doubles(&heard),
            doubles(&said),
            "{run} words twice: {heard:?}"
        );
    }
}

/// The speech of clips on end, and what is said when.
fn joined(clips: &[&Clip], place: &Path) -> Clip {
    const RATE_HZ: f64 = 16_000.0;
    let mut samples: Vec<f32> = Vec::new();
    let mut segments = Vec::new();
    for (clip, gap) in clips.iter().zip([0.1, 0.4, 0.7, 0.2].into_iter().cycle()) {
        let all = starling::audio::decode_file(&clip.path)
            .expect("a clip")
            .samples;
        let speech = clip.speech.expect("it is known");
        let [from, to] = [speech.start, speech.end].map(|at| (at * RATE_HZ) as usize);
        let start = samples.len() as f64 / RATE_HZ;
        samples.extend(&all[from..to.min(all.len())]);
        segments.push((
            Span::new(start, samples.len() as f64 / RATE_HZ),
            clip.text.clone(),
        ));
        samples.resize(samples.len() + (gap * RATE_HZ) as usize, 0.0);
    }
    let path = place.join("long.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ as u32,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut out = hound::WavWriter::create(&path, spec).expect("room");
    for sample in samples {
        let rounded = (sample * f32::from(i16::MAX)).round();
        out.write_sample(rounded as i16).expect("room");
    }
    out.finalize().expect("room");
    let texts: Vec<&str> = clips.iter().map(|clip| clip.text.as_str()).collect();
    Clip {
        id: "long".to_owned(),
        path,
        set: "tts",
        kind: "long".to_owned(),
        story: "webhook-drop".to_owned(),
        part: Part::Whole,
        text: texts.join(" "),
        speech: None,
        inserted: Vec::new(),
        gaps: None,
        words_a_minute: None,
        fillers: None,
        phrases: Vec::new(),
        segments,
    }
}

fn words_of(text: &str) -> Vec<String> {
    let letters = |word: &str| {
        word.chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
    };
    let words = text.split_whitespace().map(letters);
    words
        .map(|word| word.to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

#[test]
fn what_was_heard_before_changes_nothing() {
    let clip = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audio");
        starling::audio::decode_file(&folder.join(name))
            .expect("a clip")
            .samples
    };
    let mut engine = starling::app::load_engine(None, &[], &starling::asr::Isolation::InProcess)
        .expect("the model of models/");
    let mut hear = |samples: &[f32]| {
        let heard =
            starling::asr::transcribe(&mut engine, samples, "webhook.", &mut |_| {}, &|| true);
        heard.expect("heard").transcript
    };
    let (one, other) = (
        clip("disfluent_task_k1_bm_lewis.flac"),
        clip("strong_task_joe.flac"),
    );
    let first = hear(&one);
    assert!(first.words.len() > 10);
    hear(&other);
    assert_eq!(hear(&one), first);
}
