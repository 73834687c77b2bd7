//! Answers that are spoken and stopped: how long the feedback takes after the stop, and what the answer costs meanwhile.

use anyhow::{Result, bail};

use crate::caption_latency::{self, ConfirmedWords};
use crate::fixtures::Answer;
use crate::gui_cost::{self, Window};
use crate::starling_cli::{self, SpokenAnswer};
use crate::table::{finite, header, measurement_row, median, quantile, ratio, row};
use crate::{BEAMS, Bench, cores, error_rate};

/// At how many places an answer is cut off.
const CUTS: usize = 6;
/// First and last cut in seconds: from less than one window to more than one.
const FIRST_CUT_SECS: f64 = 5.0;
const LAST_CUT_SECS: f64 = 15.5;

/// An answer with all its runs.
pub struct MeasuredAnswer {
    answer: Answer,
    runs: Vec<SpokenAnswer>,
    /// Wall seconds of our transcription of the whole file.
    file_secs: Vec<f64>,
    /// Wall seconds of faster-whisper, by [`BEAMS`].
    faster_whisper_secs: [Vec<f64>; 2],
    /// Our transcript of the whole file.
    file_text: String,
}

/// The answers that were spoken, and the window, which was measured during one of them.
pub struct Spoken {
    pub answers: Vec<MeasuredAnswer>,
    pub window: Result<Window>,
}

impl Bench {
    /// Measures answers that are stopped in a pause, on the last syllable, and within a word.
    pub fn after_stop(&mut self) -> Result<Spoken> {
        let title = format!(
            "From the last sample to the feedback (`after_stop_ms`); the others transcribe the whole clip, \
             faster-whisper with {} threads",
            cores()
        );
        let columns = [
            "answer",
            "after stop",
            "ratio to faster-whisper, beam 5",
            "to beam 1",
            "to our transcription of the file",
            "their times",
            "limit for the ratio or time",
        ];
        header(&title, &columns);
        let runs = if self.long { 3 } else { 2 };
        let with_pause = self
            .answers
            .short("27 s answer, then 1 s of silence", 1.0)?;
        let with_pause = self.measure(with_pause, runs)?;
        after_stop_row(&with_pause, "at most 0.15");
        let without_pause = self
            .answers
            .short("27 s answer, stopped on its last syllable", 0.0)?;
        let slowest_cut = self.slowest_cut(&with_pause, &without_pause)?;
        let without_pause = self.measure(without_pause, runs - 1)?;
        after_stop_row(&without_pause, "at most 0.5");
        after_stop_row(&slowest_cut, "under 500 ms");

        let long = self.answers.long()?;
        let (long, window) = self.measure_during_window_measurement(long)?;
        after_stop_row(&long, "");
        let mut answers = vec![with_pause, long];
        if self.long {
            let longest = self.answers.longest()?;
            answers.push(self.measure(longest, 1)?);
            after_stop_row(&answers[2], "");
        }
        for longer in &answers[1..] {
            println!(
                "\n{:.0} s compared with {:.0} s: the feedback takes {:.2} times as long (limit: 1.3).",
                longer.answer.seconds,
                answers[0].answer.seconds,
                after_stop_ms(longer) / after_stop_ms(&answers[0])
            );
        }
        if !self.long {
            println!("\nThe answer of three minutes is only measured with LONG=1.");
        }
        Ok(Spoken { answers, window })
    }

    /// Cuts `answer` off at several places, and returns the cut with the longest wait. `measured` has the words of the
    /// answer.
    fn slowest_cut(
        &mut self,
        measured: &MeasuredAnswer,
        answer: &Answer,
    ) -> Result<MeasuredAnswer> {
        let mut cuts = Vec::new();
        for seconds in cut_points(measured) {
            let mut cut = self.answers.cut(answer, seconds)?;
            let spoken = starling_cli::rehearse(&self.data, &cut.wav)?;
            cut.name = format!("{} (slowest of {CUTS})", cut.name);
            cuts.push((cut, spoken));
        }
        let times = cuts
            .iter()
            .map(|(cut, spoken)| format!("{:.0} ms at {:.1} s", spoken.after_stop_ms, cut.seconds));
        let times: Vec<String> = times.collect();
        self.notes.push(format!("Cut off: {}.", times.join(", ")));
        let slowest = cuts
            .into_iter()
            .max_by(|a, b| a.1.after_stop_ms.total_cmp(&b.1.after_stop_ms));
        match slowest {
            Some((cut, spoken)) => self.compare(cut, vec![spoken], 1),
            None => bail!("the answer has no words at which it can be cut off"),
        }
    }

    /// Speaks a long answer once, and measures the window meanwhile. The end of the answer must not be disturbed, so
    /// the window has to be finished before.
    fn measure_during_window_measurement(
        &mut self,
        answer: Answer,
    ) -> Result<(MeasuredAnswer, Result<Window>)> {
        let (spoken, window, in_time) = std::thread::scope(|scope| {
            let speaking = scope.spawn(|| starling_cli::rehearse(&self.data, &answer.wav));
            let window = gui_cost::measure();
            let in_time = !speaking.is_finished();
            (speaking.join(), window, in_time)
        });
        if !in_time {
            let note = "The window was still being measured when the long answer ended.";
            self.notes.push(note.to_owned());
        }
        match spoken {
            Ok(spoken) => Ok((self.compare(answer, vec![spoken?], 1)?, window)),
            Err(_) => bail!("the thread that speaks the long answer panicked"),
        }
    }

    fn measure(&mut self, answer: Answer, runs: usize) -> Result<MeasuredAnswer> {
        let mut spoken = Vec::new();
        for _ in 0..runs {
            spoken.push(starling_cli::rehearse(&self.data, &answer.wav)?);
        }
        self.compare(answer, spoken, runs)
    }

    /// Transcribes the same clip as a whole, with Starling and with faster-whisper.
    fn compare(
        &mut self,
        answer: Answer,
        spoken: Vec<SpokenAnswer>,
        runs: usize,
    ) -> Result<MeasuredAnswer> {
        let mut measured = MeasuredAnswer {
            answer,
            runs: spoken,
            file_secs: Vec::new(),
            faster_whisper_secs: [vec![], vec![]],
            file_text: String::new(),
        };
        let wav = &measured.answer.wav;
        for _ in 0..runs {
            for (beam, times) in BEAMS.iter().zip(&mut measured.faster_whisper_secs) {
                let cost = self.faster_whisper(wav, *beam, cores())?;
                times.extend(cost.map(|cost| cost.wall_s));
            }
            let of_file = starling_cli::analyze(&self.data, wav)?;
            measured.file_secs.push(of_file.wall_s);
            measured.file_text = of_file.text;
        }
        Ok(measured)
    }
}

/// Prints what the answers cost while they were spoken, and how good their captions and transcripts were. CPU time and
/// delays are those of the first answer: something else was measured during the others.
pub fn while_speaking(answers: &[MeasuredAnswer]) {
    let Some(first) = answers.first() else {
        return;
    };
    let title = format!("During an answer ({})", first.answer.name);
    header(&title, &["measurement", "measured", "limit"]);
    let cpu_shares: Vec<f64> = first.runs.iter().map(|run| run.cpu_share).collect();
    measurement_row(
        "CPU time of both processes, of one core",
        format!("{:.0} %", 100.0 * median(&cpu_shares)),
        "at most 50 %",
    );
    let delays: Vec<f64> = first
        .runs
        .iter()
        .flat_map(caption_latency::delays)
        .collect();
    if delays.is_empty() {
        measurement_row("captions", "none came".to_owned(), "");
    } else {
        let [median, p95] = [0.5, 0.95].map(|share| quantile(&delays, share));
        measurement_row(
            "from the end of a word until it is confirmed (median)",
            format!("{median:.1} s"),
            "at most 2 s",
        );
        measurement_row("... 95th percentile", format!("{p95:.1} s"), "");
    }
    for measured in answers {
        quality_rows(measured);
    }
}

fn quality_rows(measured: &MeasuredAnswer) {
    let name = format!("{:.0} s answer", measured.answer.seconds);
    let mut total = ConfirmedWords::default();
    for run in &measured.runs {
        let words = caption_latency::confirmed_words(run);
        total.changed += words.changed;
        total.never_confirmed += words.never_confirmed;
        total.confirmed += words.confirmed;
    }
    measurement_row(
        &format!("{name}: confirmed words that the report changed; its words never confirmed"),
        format!(
            "{} of {}; {}",
            total.changed, total.confirmed, total.never_confirmed
        ),
        "",
    );
    let live_text = measured.runs.last().map_or("", |run| &run.text);
    let [live, of_file] =
        [live_text, &measured.file_text].map(|text| error_rate(&measured.answer.text, text));
    measurement_row(
        &format!("{name}: word errors, transcribed live and from the whole file"),
        format!("{live}, {of_file}"),
        "at most 0.3 points more",
    );
}

/// Times in the middle of words, evenly spread over the beginning of the answer.
fn cut_points(measured: &MeasuredAnswer) -> Vec<f64> {
    let Some(run) = measured.runs.last() else {
        return Vec::new();
    };
    let nearest_middle = |time: f64| {
        let middles = run
            .words
            .windows(2)
            .map(|pair| (pair[0].1 + pair[1].1) / 2.0);
        middles.min_by(|a, b| (a - time).abs().total_cmp(&(b - time).abs()))
    };
    let step = (LAST_CUT_SECS - FIRST_CUT_SECS) / (CUTS - 1) as f64;
    (0..CUTS)
        .filter_map(|index| nearest_middle(FIRST_CUT_SECS + step * index as f64))
        .collect()
}

fn after_stop_row(measured: &MeasuredAnswer, limit: &str) {
    let ours = after_stop_ms(measured);
    let median_ms = |seconds: &[f64]| finite(1000.0 * median(seconds));
    let [beam_5, beam_1] = measured
        .faster_whisper_secs
        .each_ref()
        .map(|seconds| median_ms(seconds));
    let of_file = median_ms(&measured.file_secs);
    let times = [beam_5, beam_1, of_file]
        .map(|time| time.map_or("–".to_owned(), |time| format!("{time:.0} ms")));
    row(&[
        measured.answer.name.clone(),
        format!("{ours:.0} ms"),
        ratio(ours, beam_5),
        ratio(ours, beam_1),
        ratio(ours, of_file),
        times.join(", "),
        limit.to_owned(),
    ]);
}

fn after_stop_ms(measured: &MeasuredAnswer) -> f64 {
    let times = measured.runs.iter().map(|run| run.after_stop_ms);
    median(&times.collect::<Vec<_>>())
}
