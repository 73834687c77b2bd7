//! Streaming transcription: it equals the transcription of the file, word for word and to the last digit of every time,
//! however the audio arrived and whatever was decoded meanwhile.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{clip, share_recognized, temp_folder};
use starling::app::load_engine;
use starling::asr::streaming::{DecodeJob, StreamingTranscriber};
use starling::asr::vad::Silero;
use starling::asr::{
    Engine, Isolation, LiveOptions, OnPrediction, Worker, WorkerEvent, transcribe,
};
use starling::audio;
use starling::audio::{AudioSource, FilePacing, Recorder, RecorderEvent};
use starling::domain::caption::Caption;
use starling::domain::take::{TakeId, Transcription};
use starling::domain::time::{Secs, Span};
use starling::domain::transcript::Word;

const RATE_HZ: usize = 16_000;
/// Samples that a recorder delivers at once: 20 ms.
const BLOCK: usize = RATE_HZ / 50;
const VOCABULARY: &str = "webhook, dead letter queue.";
/// No single step takes longer, even on a slow machine.
const TIMEOUT: Duration = Duration::from_secs(300);

#[test]
fn live_transcription_equals_transcription_of_file() {
    let mut live = LiveTranscriber::start();
    let mut engine = engine();
    let mut caption_count = 0;
    for (name, speedup, has_speech) in [
        ("strong_situation_joe.flac", 50.0, true),
        ("disfluent_task_k1_bm_lewis.flac", 2.0, true),
        ("edge_laughter_low_9s.flac", 20.0, false),
        ("edge_tiny_0.2s.wav", 1.0, false),
    ] {
        let mut samples = samples(name);
        // The answer ends in a pause.
        samples.resize(samples.len() + RATE_HZ / 2, 0.0);
        let of_file = transcribe_file(&mut engine, &samples);
        let (captions, streamed) = live.transcribe(&samples, speedup, has_speech);
        assert_eq!(streamed.transcript, of_file.transcript, "{name}");
        assert_eq!(streamed.voice, of_file.voice, "{name}");
        assert_confirmed_words_stay(name, &captions);
        if let Some(last) = captions.last() {
            let confirmed = plain_words(&last.confirmed).join(" ");
            let transcript = plain_words(&of_file.transcript.words).join(" ");
            let share = share_recognized(&transcript, &confirmed);
            assert!(
                confirmed.is_empty() || share >= 0.8,
                "{name}: {confirmed:?} was confirmed, the transcript is {transcript:?}"
            );
        }
        caption_count += captions.len();
    }
    assert!(caption_count > 1, "only {caption_count} captions");
}

/// Later captions begin with the confirmed words of earlier ones.
#[track_caller]
fn assert_confirmed_words_stay(name: &str, captions: &[Caption]) {
    for pair in captions.windows(2) {
        assert!(
            pair[1].confirmed.starts_with(&pair[0].confirmed),
            "{name}: {pair:?}"
        );
    }
}

/// The quick transcription of an answer that is cut off has the words of the complete one, up to the cut.
#[test]
fn answer_cut_off_in_speech_is_transcribed_to_the_cut() {
    let mut live = LiveTranscriber::start();
    let mut engine = engine();
    let samples = samples("strong_situation_joe.flac");
    let of_file = transcribe_file(&mut engine, &samples).transcript.words;
    for seconds in [8, 15, 20] {
        let (_, streamed) = live.transcribe(&samples[..seconds * RATE_HZ], 20.0, false);
        let transcript = plain_words(&streamed.transcript.words);
        let before_cut = of_file.partition_point(|word| word.end < seconds as f64 - 0.3);
        let expected = plain_words(&of_file[..before_cut]);
        let share = share_recognized(&transcript.join(" "), &expected.join(" "));
        assert!(
            share >= 0.85,
            "cut at {seconds} s: {transcript:?} of {expected:?}"
        );
        assert!(
            transcript.len() <= expected.len() + 4,
            "cut at {seconds} s: words were added: {transcript:?}"
        );
    }
}

/// Complete windows are decoded before speculative ones, and those before captions. No window is decoded twice.
#[test]
fn complete_windows_are_decoded_first_and_in_order() {
    let silero = silero();
    let mut samples = samples("strong_situation_joe.flac");
    samples.resize(samples.len() + RATE_HZ, 0.0);
    let mut transcriber = StreamingTranscriber::default();
    let mut counts = JobCounts::default();
    let mut decoder_was_busy = false;
    for (index, block) in samples.repeat(3).chunks(BLOCK).enumerate() {
        transcriber.push(&silero, block);
        let was_busy = std::mem::take(&mut decoder_was_busy);
        match transcriber.next_job() {
            None => {}
            Some(job @ DecodeJob::Preview(span)) => {
                counts.previews += 1;
                assert!(span.len() < 6.5, "a long preview: {span:?}");
                assert!(transcriber.is_useful(job));
            }
            Some(job @ DecodeJob::Speculative(part)) => {
                counts.speculative += 1;
                transcriber.complete(job, vec![word(part.window.start)]);
                let next = transcriber.next_job();
                match part.ends_in_pause {
                    // The speaker may have continued while the decoder was busy.
                    true if was_busy && next.is_some() => {
                        assert!(
                            matches!(next, Some(DecodeJob::Preview(span)) if span.end > part.window.end),
                            "{next:?} after {part:?}"
                        );
                    }
                    true => assert_eq!(next, None, "decoded twice"),
                    false => assert!(matches!(next, Some(DecodeJob::Preview(_))), "{next:?}"),
                }
            }
            Some(DecodeJob::Tail(span)) => panic!("{span:?} is a tail before the end of the take"),
            Some(DecodeJob::Final(span)) => {
                // The decoder stays busy for up to three seconds: complete windows pile up.
                decoder_was_busy = true;
                let preview = DecodeJob::Preview(span);
                assert!(
                    !transcriber.is_useful(preview),
                    "a caption does not give way to a complete window"
                );
                if index % 150 == 0 {
                    while let Some(job @ DecodeJob::Final(span)) = transcriber.next_job() {
                        transcriber.complete(job, vec![word(span.start)]);
                        counts.complete.push(span);
                    }
                }
            }
        }
    }
    transcriber.finish(&silero);
    while let Some(job) = transcriber.next_job() {
        assert!(
            matches!(job, DecodeJob::Final(_)),
            "{job:?} after the end of the take"
        );
        transcriber.complete(job, vec![word(0.0)]);
    }
    counts.assert_plausible();
    let (_, transcript) = transcriber.into_transcript();
    assert!(transcript.words.is_sorted_by(|a, b| a.start <= b.start));
}

/// The jobs that a transcriber asked for.
#[derive(Debug, Default)]
struct JobCounts {
    previews: usize,
    speculative: usize,
    /// The complete windows, in the order in which they were decoded.
    complete: Vec<Span>,
}

impl JobCounts {
    /// All kinds of jobs came, and complete windows in the order of the audio.
    #[track_caller]
    fn assert_plausible(&self) {
        assert!(
            self.previews > 100 && self.speculative > 1 && self.complete.len() > 3,
            "too few jobs: {self:?}"
        );
        for pair in self.complete.windows(2) {
            assert!(pair[0].end <= pair[1].start, "{pair:?} overlap");
        }
    }
}

/// Wherever the answer is cut off: speculative decoding leaves less to decode, and does not change the windows.
#[test]
fn speculative_decoding_leaves_little_to_decode_at_the_cut() {
    let silero = silero();
    let samples = samples("strong_situation_joe.flac");
    let (mut shortened_tails, mut early_jobs, mut extended_tails) = (0, 0, 0);
    for tenths in (20..samples.len() * 10 / RATE_HZ).step_by(7) {
        let spoken = &samples[..tenths * RATE_HZ / 10];
        let (mut eager, jobs) =
            push_and_decode(&silero, spoken, |job| vec![word(job.span().start)]);
        early_jobs += jobs;
        eager.finish_quickly(&silero);
        let left = remaining_jobs(&mut eager);

        // The same without any decoding before the cut.
        let mut late = StreamingTranscriber::default();
        for block in spoken.chunks(BLOCK) {
            late.push(&silero, block);
        }
        late.finish_quickly(&silero);
        let all = remaining_jobs(&mut late);

        assert!(all.ends_with(&left), "{left:?} is not the end of {all:?}");
        assert!(left.len() <= 1, "{left:?} is left after {tenths} tenths");
        for job in &left {
            let DecodeJob::Tail(span) = job else {
                panic!("{job:?} could have been decoded before the cut");
            };
            assert!(span.len() < 7.5, "a long tail: {span:?}");
            shortened_tails += usize::from(all.len() > 1);
        }
        for pair in all.windows(2) {
            assert!(
                pair[0].span().end <= pair[1].span().start,
                "windows overlap: {all:?}"
            );
        }
        extended_tails += usize::from(tail_is_extended(&silero, spoken, &all, &left));
    }
    assert!(extended_tails > 5, "only {extended_tails} extended tails");
    assert!(
        shortened_tails > 5 && early_jobs > 100,
        "only {shortened_tails} shortened tails and {early_jobs} early jobs"
    );
}

/// If speculative decoding finds no words in a part of a window, the part is decoded again with the rest of its window.
/// Returns whether that happened.
#[track_caller]
fn tail_is_extended(
    silero: &Silero,
    spoken: &[f32],
    all: &[DecodeJob],
    left: &[DecodeJob],
) -> bool {
    let (mut transcriber, _) = push_and_decode(silero, spoken, |job| match job {
        DecodeJob::Speculative(_) => Vec::new(),
        _ => vec![word(job.span().start)],
    });
    transcriber.finish_quickly(silero);
    let (Some(DecodeJob::Tail(extended)), [.., before_last, _], [DecodeJob::Tail(tail)]) =
        (transcriber.next_job(), all, left)
    else {
        return false;
    };
    if tail.start <= extended.start {
        return false;
    }
    assert_eq!(
        extended.start,
        before_last.span().start,
        "{extended:?} of {all:?}"
    );
    assert_eq!(extended.end, tail.end);
    true
}

/// Pushes all samples and completes every final and speculative job as soon as it comes. Returns the transcriber and the
/// number of jobs.
fn push_and_decode(
    silero: &Silero,
    samples: &[f32],
    decode: impl Fn(DecodeJob) -> Vec<Word>,
) -> (StreamingTranscriber, usize) {
    let mut transcriber = StreamingTranscriber::default();
    let mut jobs = 0;
    for block in samples.chunks(BLOCK) {
        transcriber.push(silero, block);
        while let Some(job @ (DecodeJob::Final(_) | DecodeJob::Speculative(..))) =
            transcriber.next_job()
        {
            transcriber.complete(job, decode(job));
            jobs += 1;
        }
    }
    (transcriber, jobs)
}

/// Completes all jobs that are left, and returns them.
fn remaining_jobs(transcriber: &mut StreamingTranscriber) -> Vec<DecodeJob> {
    std::iter::from_fn(|| {
        let job = transcriber.next_job()?;
        transcriber.complete(job, vec![word(job.span().start)]);
        Some(job)
    })
    .collect()
}

#[test]
fn recorder_forwards_the_samples_that_it_writes() {
    let folder = temp_folder();
    let wav = folder.path().join("take.wav");
    let (event_sender, events) = channel();
    let source = AudioSource::File(clip("strong_task_joe.flac"), FilePacing::Unthrottled);
    let recorder = Recorder::open(source, move |event| {
        let _ = event_sender.send(event);
    });
    let recorder = recorder.expect("a capture thread");
    let (sample_sender, sample_blocks) = channel();
    let forward = move |samples: &[f32]| {
        let sent = sample_sender.send(samples.to_vec());
        sent.expect("the test receives samples");
    };
    recorder.begin(wav.clone(), Box::new(forward));
    let forwarded: Vec<f32> = sample_blocks.into_iter().flatten().collect();
    let seconds = events.into_iter().find_map(|event| match event {
        RecorderEvent::Saved { audio, .. } => Some(audio.seconds),
        _ => None,
    });
    let written = audio::decode_file(&wav).expect("a take").samples;
    assert_eq!(seconds, Some(forwarded.len() as f64 / RATE_HZ as f64));
    assert!(forwarded.len() > 10 * RATE_HZ);
    assert!(
        forwarded == written,
        "{} samples were forwarded and others written, {} in total",
        forwarded.len(),
        written.len()
    );
}

#[test]
fn captions_can_be_turned_off() {
    let mut live = LiveTranscriber::start();
    live.worker.show_captions(false);
    let samples = samples("strong_task_joe.flac");
    let (captions, transcription) = live.transcribe(&samples, 5.0, false);
    assert_eq!(captions, []);
    assert!(transcription.transcript.words.len() > 25);
}

/// If only a part of the audio arrived live, the take is transcribed from its file.
#[test]
fn incomplete_live_audio_is_transcribed_from_file() {
    let mut live = LiveTranscriber::start();
    let samples = samples("strong_task_joe.flac");
    let (_, complete) = live.transcribe(&samples, 100.0, false);
    let take = TakeId("half".to_owned());
    let tap = live
        .worker
        .start_live(take.clone(), VOCABULARY.to_owned(), LiveOptions::default());
    tap.push(&samples[..samples.len() / 2]);
    drop(tap);
    let seconds = samples.len() as f64 / RATE_HZ as f64;
    let read = Box::new(move || Ok(samples));
    live.worker
        .transcribe(take, Some(seconds), VOCABULARY.to_owned(), read);
    let transcription = loop {
        match live.next_event() {
            WorkerEvent::Transcribed(_, transcription) => break transcription,
            WorkerEvent::Failed(_, why) => panic!("{why}"),
            _ => {}
        }
    };
    assert_eq!(transcription.transcript, complete.transcript);
}

/// A worker that transcribes takes while they are spoken.
struct LiveTranscriber {
    worker: Worker,
    events: Receiver<WorkerEvent>,
    take_count: usize,
}

impl LiveTranscriber {
    /// Starts the worker and waits until its model is loaded.
    fn start() -> Self {
        let (sender, events) = channel();
        let worker = Worker::start(
            || load_engine(None, &[], &Isolation::InProcess),
            move |event| sender.send(event).expect("the test receives events"),
        );
        let live = Self {
            worker: worker.expect("a thread"),
            events,
            take_count: 0,
        };
        assert!(matches!(live.next_event(), WorkerEvent::Loaded));
        live
    }

    fn next_event(&self) -> WorkerEvent {
        let event = self.events.recv_timeout(TIMEOUT);
        event.expect("an event of the worker")
    }

    /// Transcribes a take that is spoken `speedup` times faster than by a person. Returns its captions and its
    /// transcription. With `wait_for_caption`, the take does not end before its first caption, however slow the machine.
    fn transcribe(
        &mut self,
        samples: &[f32],
        speedup: f64,
        wait_for_caption: bool,
    ) -> (Vec<Caption>, Transcription) {
        self.take_count += 1;
        let take = TakeId(format!("take {}", self.take_count));
        let prediction = Arc::new(Mutex::new(None));
        let on_prediction: OnPrediction = {
            let prediction = Arc::clone(&prediction);
            Box::new(move |voice, transcript| {
                *prediction.lock().expect("the lock") = Some((voice.clone(), transcript.clone()));
            })
        };
        let options = LiveOptions {
            user_waits: false,
            on_prediction: Some(on_prediction),
        };
        let tap = self
            .worker
            .start_live(take.clone(), VOCABULARY.to_owned(), options);
        for block in samples.chunks(BLOCK) {
            tap.push(block);
            // The pace at which a person speaks, times the speedup.
            let seconds = block.len() as f64 / RATE_HZ as f64;
            std::thread::sleep(Duration::from_secs_f64(seconds / speedup));
        }
        let mut captions = Vec::new();
        if wait_for_caption {
            captions.push(loop {
                if let WorkerEvent::Captioned(_, caption) = self.next_event() {
                    break caption;
                }
            });
        }
        drop(tap);
        let seconds = samples.len() as f64 / RATE_HZ as f64;
        let read = Box::new(|| Err("the take was transcribed live".to_owned()));
        let vocabulary = VOCABULARY.to_owned();
        self.worker
            .transcribe(take.clone(), Some(seconds), vocabulary, read);
        loop {
            match self.next_event() {
                WorkerEvent::Captioned(of, caption) => {
                    assert_eq!(of, take);
                    captions.push(caption);
                }
                WorkerEvent::Transcribed(of, transcription) => {
                    assert_eq!(of, take);
                    let result = (
                        transcription.voice.clone(),
                        transcription.transcript.clone(),
                    );
                    assert_eq!(
                        *prediction.lock().expect("the lock"),
                        Some(result),
                        "the result was not predicted"
                    );
                    return (captions, *transcription);
                }
                WorkerEvent::Failed(_, why) => panic!("{why}"),
                WorkerEvent::Loaded | WorkerEvent::LoadFailed(_) | WorkerEvent::Progressed(..) => {}
            }
        }
    }
}

fn engine() -> Engine {
    load_engine(None, &[], &Isolation::InProcess).expect("the model in models/")
}

fn silero() -> Silero {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ggml-silero-v6.2.0.bin");
    Silero::load(&model.as_path().into()).expect("the voice activity model in models/")
}

fn transcribe_file(engine: &mut Engine, samples: &[f32]) -> Transcription {
    let transcription = transcribe(engine, samples, VOCABULARY, &mut |_| {}, &|| true);
    transcription.expect("a transcription")
}

/// The samples of a clip, rounded to the 16 bits that a take stores.
fn samples(name: &str) -> Vec<f32> {
    let samples = audio::decode_file(&clip(name)).expect("a clip").samples;
    let rounded = |sample: &f32| (sample * 32_768.0).round() / 32_768.0;
    samples.iter().map(rounded).collect()
}

fn word(time: Secs) -> Word {
    Word {
        text: "word".to_owned(),
        start: time,
        end: time,
        confidence: 1.0,
    }
}

fn plain_words(words: &[Word]) -> Vec<String> {
    words.iter().map(Word::plain).collect()
}
