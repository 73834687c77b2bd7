//! Accuracy on the clips of `tests/audio`, whose truth is known: words, word times, pauses, pace, fillers,
//! planned phrases and verdicts stay within their measured bounds. The bounds leave room for rounding on
//! other machines. Each also asks for a number of cases, so that finding nothing does not pass.

#![allow(clippy::expect_used, reason = "a failed test panics")]

mod eval {
    pub mod dataset;
    #[allow(
        dead_code,
        reason = "`make eval` prints figures that have no bound here"
    )]
    pub mod metrics;
    #[allow(dead_code, reason = "`make eval` prints errors in detail")]
    pub mod run_clip;
}

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use eval::dataset::Clip;
use eval::metrics::{Figures, Hits};
use eval::run_clip::{ClipResult, Evaluator, Mode};
use starling::analysis::verdict::Leaning;
use starling::asr::{Engine, Isolation};
use starling::domain::story::Part;
use starling::domain::time::Span;

struct AnalyzedClip {
    id: String,
    kind: String,
    is_silent: bool,
    reading: ClipResult,
}

/// All clips, analyzed once for all tests.
fn analyzed_clips() -> &'static [AnalyzedClip] {
    static CLIPS: OnceLock<Vec<AnalyzedClip>> = OnceLock::new();
    CLIPS.get_or_init(|| {
        let mut bench = bench();
        clips()
            .iter()
            .map(|clip| AnalyzedClip {
                id: clip.id.clone(),
                kind: clip.kind.clone(),
                is_silent: clip.text.is_empty(),
                reading: bench.evaluate(clip).expect("an analyzed clip"),
            })
            .collect()
    })
}

fn audio_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audio")
}

fn clips() -> Vec<Clip> {
    eval::dataset::read_clips(&audio_folder()).expect("the table of clips")
}

fn bench() -> Evaluator {
    Evaluator::new(engine(), None, Mode::WholeFile).expect("the stories")
}

fn engine() -> Engine {
    starling::app::load_engine(None, &[], &Isolation::InProcess).expect("the model of models/")
}

/// The figures of all clips together.
fn total() -> Figures {
    let mut total = Figures::default();
    for clip in analyzed_clips() {
        total.add(&clip.reading.figures);
    }
    total
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

#[track_caller]
fn at_least(hits: Hits, right: usize, precision: f64, recall: f64) {
    let is_enough = hits.right >= right
        && hits.precision().is_some_and(|p| p >= precision)
        && hits.recall().is_some_and(|r| r >= recall);
    assert!(
        is_enough,
        "{hits:?}: expected {right} hits, precision {precision}, recall {recall}"
    );
}

#[test]
fn words_are_recognized_and_none_is_invented() {
    let total = total();
    assert!(total.words > 350, "{} words in the clips", total.words);
    let rate = total.word_error_rate().expect("words");
    assert!(rate < 0.045, "{:.1} % of the words are wrong", 100.0 * rate);
    let clips = analyzed_clips().iter();
    let silent: Vec<&AnalyzedClip> = clips.filter(|clip| clip.is_silent).collect();
    assert!(
        silent.len() >= 4,
        "only {} clips without speech",
        silent.len()
    );
    for AnalyzedClip { id, reading, .. } in silent {
        assert_eq!(reading.transcription.transcript.text(), "", "{id}");
        let feedback = &reading.feedback;
        assert!(feedback.fillers.is_empty(), "{id}: {:?}", feedback.fillers);
        assert_eq!(feedback.verdict.leaning, Leaning::NotEnoughSpeech, "{id}");
    }
}

#[test]
fn words_start_when_they_are_spoken_and_never_span_a_pause() {
    let total = total();
    assert!(total.onset_errors.len() >= 20, "{:?}", total.onset_errors);
    let error = median(&total.onset_errors);
    assert!(error <= 0.06, "starts are off by {:.0} ms", 1000.0 * error);
    assert_eq!(total.over_pauses, 0, "words that span a pause");
    assert_eq!(
        total.backwards, 0,
        "words that start before the previous one"
    );
}

#[test]
fn pauses_and_pace_match_the_audio() {
    let total = total();
    at_least(total.pauses, 30, 0.95, 0.95);
    let error = median(&total.edge_errors);
    assert!(error <= 0.04, "edges are off by {:.0} ms", 1000.0 * error);
    assert!(total.rate_errors.len() >= 10, "{:?}", total.rate_errors);
    let error = median(&total.rate_errors);
    assert!(error <= 0.025, "pace is off by {:.1} %", 100.0 * error);
}

#[test]
fn fillers_are_found_and_words_are_not_taken_for_fillers() {
    let total = total();
    at_least(total.filler_sounds, 6, 0.8, 0.7);
    at_least(total.filler_words, 2, 0.7, 0.6);
}

#[test]
fn planned_phrases_are_found_where_they_are_said() {
    let total = total();
    at_least(total.phrases, 25, 0.95, 0.9);
    at_least(total.phrases_in_text, 25, 0.97, 0.93);
}

#[test]
fn strong_answers_lean_to_hire_and_weak_ones_do_not() {
    let of_kinds = |kinds: [&str; 2]| -> Vec<&AnalyzedClip> {
        let clips = analyzed_clips().iter();
        clips
            .filter(|clip| kinds.contains(&clip.kind.as_str()))
            .collect()
    };
    let leans_to_hire = |clip: &AnalyzedClip| {
        let leaning = clip.reading.feedback.verdict.leaning;
        matches!(leaning, Leaning::StrongHire | Leaning::LeanHire)
    };
    let good = of_kinds(["strong", "paraphrase"]);
    let bad = of_kinds(["weak", "negative"]);
    assert!(
        good.len() >= 6 && bad.len() >= 3,
        "{} good clips, {} bad clips",
        good.len(),
        bad.len()
    );
    for clip in good {
        let verdict = &clip.reading.feedback.verdict;
        assert!(leans_to_hire(clip), "{}: {verdict:?}", clip.id);
    }
    for clip in bad {
        let verdict = &clip.reading.feedback.verdict;
        assert!(!leans_to_hire(clip), "{}: {verdict:?}", clip.id);
        assert!(!verdict.reasons.is_empty(), "{}: no reasons", clip.id);
    }
}

/// Answers in sequence, with as little as a tenth of a second between them, are one take that is cut into
/// many windows, also where nobody pauses.
#[test]
fn no_word_is_lost_doubled_or_misplaced_where_windows_meet() {
    let clips = clips();
    let spoken: Vec<&Clip> = clips
        .iter()
        .filter(|clip| clip.kind != "edge" && clip.speech.is_some() && !clip.text.is_empty())
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let long = concatenated(&spoken, folder.path());
    let reading = bench().read(&long).expect("an analyzed take");
    let figures = &reading.figures;
    assert!(figures.seconds > 150.0, "only {} s", figures.seconds);

    let errors = |figures: &Figures| figures.substituted + figures.deleted + figures.inserted;
    let separately: usize = analyzed_clips()
        .iter()
        .filter(|analyzed| spoken.iter().any(|clip| clip.id == analyzed.id))
        .map(|analyzed| errors(&analyzed.reading.figures))
        .sum();
    let more_errors = errors(figures) as f64 - separately as f64;
    assert!(
        more_errors <= 0.01 * figures.words as f64,
        "{separately} errors in {} words of single clips, {} in sequence: {}",
        figures.words,
        errors(figures),
        reading.transcription.transcript.text()
    );
    let in_place = figures.in_place().expect("words");
    assert!(in_place >= 0.99, "{:.1} % in place", 100.0 * in_place);
    assert_eq!(
        figures.backwards, 0,
        "words that start before the previous one"
    );
    let recognized = plain_words(&reading.transcription.transcript.text());
    let spoken = plain_words(&long.text);
    for length in 3..8 {
        let repeats = |words: &[String]| {
            let windows = words.windows(2 * length);
            windows.filter(|w| w[..length] == w[length..]).count()
        };
        assert_eq!(
            repeats(&recognized),
            repeats(&spoken),
            "repeats of {length} words: {recognized:?}"
        );
    }
}

/// The speech of clips in sequence, with the time of each text.
fn concatenated(clips: &[&Clip], folder: &Path) -> Clip {
    const RATE_HZ: f64 = 16_000.0;
    let mut samples: Vec<f32> = Vec::new();
    let mut segments = Vec::new();
    for (clip, gap) in clips.iter().zip([0.1, 0.4, 0.7, 0.2].into_iter().cycle()) {
        let clip_samples = decode(&clip.path);
        let speech = clip.speech.expect("a span of speech");
        let [from, to] = [speech.start, speech.end].map(|at| (at * RATE_HZ) as usize);
        let start = samples.len() as f64 / RATE_HZ;
        samples.extend(&clip_samples[from..to.min(clip_samples.len())]);
        segments.push((
            Span::new(start, samples.len() as f64 / RATE_HZ),
            clip.text.clone(),
        ));
        samples.resize(samples.len() + (gap * RATE_HZ) as usize, 0.0);
    }
    let path = folder.join("long.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ as u32,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut out = hound::WavWriter::create(&path, spec).expect("a WAV file");
    for sample in samples {
        let rounded = (sample * f32::from(i16::MAX)).round();
        out.write_sample(rounded as i16).expect("a sample on disk");
    }
    out.finalize().expect("a complete WAV file");
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
        words_per_minute: None,
        fillers: None,
        phrases: Vec::new(),
        segments,
    }
}

/// The words in lower case, letters and digits only.
fn plain_words(text: &str) -> Vec<String> {
    let plain = |word: &str| -> String {
        let letters = word.chars().filter(|c| c.is_alphanumeric());
        letters.collect::<String>().to_lowercase()
    };
    let words = text.split_whitespace().map(plain);
    words.filter(|word| !word.is_empty()).collect()
}

fn decode(path: &Path) -> Vec<f32> {
    starling::audio::decode_file(path).expect("a clip").samples
}

#[test]
fn transcript_does_not_depend_on_earlier_takes() {
    let clip = |name: &str| decode(&audio_folder().join(name));
    let mut engine = engine();
    let mut transcribe = |samples: &[f32]| {
        let keep_going = || true;
        let transcription =
            starling::asr::transcribe(&mut engine, samples, "webhook.", &mut |_| {}, &keep_going);
        transcription.expect("a transcription").transcript
    };
    let (one, other) = (
        clip("disfluent_task_k1_bm_lewis.flac"),
        clip("strong_task_joe.flac"),
    );
    let first = transcribe(&one);
    assert!(first.words.len() > 10, "{}", first.text());
    transcribe(&other);
    assert_eq!(transcribe(&one), first);
}
