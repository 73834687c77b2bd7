//! Answers that are spoken and stopped: how long the feedback takes then, and what it costs meanwhile.

use anyhow::{Result, bail};

use crate::fixtures::Answer;
use crate::gui_cost::{self, Window};
use crate::starling_cli::{self, Spoken};
use crate::table::{head, median, quantile, ratio, row, some, tell};
use crate::{BEAMS, Bench, caption_latency, cores, error_rate};

/// How many places an answer is cut off at, ...
const CUTS: usize = 6;
/// ... in seconds: from less than a window to more than one.
const CUT_FROM: f64 = 5.0;
const CUT_TO: f64 = 15.5;

/// An answer, each time it was spoken, and what its whole clip takes otherwise.
pub struct Measured {
    answer: Answer,
    spoken: Vec<Spoken>,
    /// Seconds on the clock: of our own pass, and of the peer by [`BEAMS`].
    whole_s: Vec<f64>,
    peer_s: [Vec<f64>; 2],
    /// What our own pass heard.
    whole: String,
}

/// The answers that were spoken, and the window, which was measured meanwhile.
pub struct Speaking {
    pub answers: Vec<Measured>,
    pub window: Result<Window>,
}

impl Bench {
    /// Answers that are stopped at rest, on the last syllable, and in the middle of a word.
    pub fn after_stop(&mut self) -> Result<Speaking> {
        let cores = cores();
        let title = format!(
            "From the last sample to the feedback (`after_stop_ms`); the others on the whole clip, \
             faster-whisper on {cores} threads"
        );
        let columns = [
            "answer",
            "after stop",
            "ratio to faster-whisper, beam 5",
            "to beam 1",
            "to our whole-file pass",
            "their times",
            "asked, of faster-whisper",
        ];
        head(&title, &columns);
        let runs = if self.long { 3 } else { 2 };
        let rest = self
            .answers
            .short("27 s answer, then 1 s of silence", 1.0)?;
        let rest = self.measure(rest, runs)?;
        tell_after_stop(&rest, "at most 0.15");
        let short = self
            .answers
            .short("27 s answer, stopped on its last syllable", 0.0)?;
        let worst = self.worst_cut(&rest, &short)?;
        let short = self.measure(short, runs - 1)?;
        tell_after_stop(&short, "at most 0.5");
        tell_after_stop(&worst, "under 500 ms");

        let long = self.answers.long()?;
        let (long, window) = self.beside_the_window(long)?;
        tell_after_stop(&long, "");
        let mut answers = vec![rest, long];
        if self.long {
            let longest = self.answers.longest()?;
            answers.push(self.measure(longest, 1)?);
            tell_after_stop(&answers[2], "");
        }
        for more in &answers[1..] {
            println!(
                "\n{:.0} s against {:.0} s: {:.2} times the time after the stop (asked: at most 1.3).",
                more.answer.seconds,
                answers[0].answer.seconds,
                after_stop(more) / after_stop(&answers[0])
            );
        }
        if !self.long {
            println!("\nThe three minutes are only spoken with LONG=1.");
        }
        Ok(Speaking { answers, window })
    }

    /// Cuts an answer off at several places, and gives the one after which it took longest.
    fn worst_cut(&mut self, known: &Measured, answer: &Answer) -> Result<Measured> {
        let mut cuts = Vec::new();
        for at in cut_points(known) {
            let mut cut = self.answers.cut(answer, at)?;
            let spoken = starling_cli::rehearse(&self.data, &cut.wav)?;
            cut.name = format!("{} (the worst of {CUTS})", cut.name);
            cuts.push((cut, spoken));
        }
        let times = cuts
            .iter()
            .map(|(cut, spoken)| format!("{:.0} ms at {:.1} s", spoken.after_stop_ms, cut.seconds));
        let times: Vec<String> = times.collect();
        self.notes.push(format!("Cut off: {}.", times.join(", ")));
        let worst = cuts
            .into_iter()
            .max_by(|a, b| a.1.after_stop_ms.total_cmp(&b.1.after_stop_ms));
        match worst {
            Some((cut, spoken)) => self.compare(cut, vec![spoken], 1),
            None => bail!("no word to cut was heard"),
        }
    }

    /// Speaks a long answer once, and measures the window while little else happens: the end of
    /// the answer is left alone.
    fn beside_the_window(&mut self, answer: Answer) -> Result<(Measured, Result<Window>)> {
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
            Err(_) => bail!("the long answer could not be spoken"),
        }
    }

    fn measure(&mut self, answer: Answer, runs: usize) -> Result<Measured> {
        let mut spoken = Vec::new();
        for _ in 0..runs {
            spoken.push(starling_cli::rehearse(&self.data, &answer.wav)?);
        }
        self.compare(answer, spoken, runs)
    }

    /// What the same clip takes as a whole.
    fn compare(&mut self, answer: Answer, spoken: Vec<Spoken>, runs: usize) -> Result<Measured> {
        let (mut whole_s, mut peer_s, mut whole) = (Vec::new(), [vec![], vec![]], String::new());
        for _ in 0..runs {
            for (beam, times) in BEAMS.iter().zip(&mut peer_s) {
                let cost = self.peer(&answer.wav, *beam, cores())?;
                times.extend(cost.map(|cost| cost.wall_s));
            }
            let ours = starling_cli::analyze(&self.data, &answer.wav)?;
            whole_s.push(ours.wall_s);
            whole = ours.text;
        }
        Ok(Measured {
            answer,
            spoken,
            whole_s,
            peer_s,
            whole,
        })
    }
}

/// What `answers` cost while they were spoken, and what of it was kept. The time is that of the first:
/// beside the others something else was measured.
pub fn while_speaking(answers: &[Measured]) {
    let Some(first) = answers.first() else {
        return;
    };
    let title = format!("While somebody speaks ({})", first.answer.name);
    head(&title, &["what", "measured", "asked"]);
    let shares: Vec<f64> = first
        .spoken
        .iter()
        .map(|spoken| spoken.live_share)
        .collect();
    tell(
        "processor, all of the program, of one core",
        format!("{:.0} %", 100.0 * median(&shares)),
        "at most 50 %",
    );
    let delays: Vec<f64> = first
        .spoken
        .iter()
        .flat_map(caption_latency::delays)
        .collect();
    if delays.is_empty() {
        tell("captions", "none came".to_owned(), "");
    } else {
        let [middle, late] = [0.5, 0.95].map(|at| quantile(&delays, at));
        tell(
            "a firm word is shown after its end (median)",
            format!("{middle:.1} s"),
            "at most 2 s",
        );
        tell("... in 95 of 100 cases within", format!("{late:.1} s"), "");
    }
    for measured in answers {
        let name = format!("{:.0} s answer", measured.answer.seconds);
        let counts: Vec<[usize; 3]> = measured
            .spoken
            .iter()
            .map(caption_latency::not_kept)
            .collect();
        let [gone, unseen, firm] =
            [0, 1, 2].map(|at| counts.iter().map(|count| count[at]).sum::<usize>());
        tell(
            &format!("{name}: firm words that the report has otherwise; its words never firm"),
            format!("{gone} of {firm}; {unseen}"),
            "",
        );
        let live = measured.spoken.last().map_or("", |spoken| &spoken.text);
        let [kept, whole] =
            [live, &measured.whole].map(|text| error_rate(&measured.answer.text, text));
        tell(
            &format!("{name}: word errors, kept while speaking and of the whole file"),
            format!("{kept}, {whole}"),
            "at most 0.3 points more",
        );
    }
}

/// The middles of words, all over the beginning of the answer.
fn cut_points(measured: &Measured) -> Vec<f64> {
    let Some(spoken) = measured.spoken.last() else {
        return Vec::new();
    };
    let near = |at: f64| {
        let words = spoken
            .words
            .windows(2)
            .map(|pair| (pair[0].1 + pair[1].1) / 2.0);
        words.min_by(|a, b| (a - at).abs().total_cmp(&(b - at).abs()))
    };
    let step = (CUT_TO - CUT_FROM) / (CUTS - 1) as f64;
    (0..CUTS)
        .filter_map(|i| near(CUT_FROM + step * i as f64))
        .collect()
}

fn tell_after_stop(measured: &Measured, asked: &str) {
    let ours = after_stop(measured);
    let in_ms = |times: &[f64]| some(1000.0 * median(times));
    let [five, one] = measured.peer_s.each_ref().map(|times| in_ms(times));
    let whole = in_ms(&measured.whole_s);
    let times =
        [five, one, whole].map(|time| time.map_or("–".to_owned(), |t| format!("{t:.0} ms")));
    row(&[
        measured.answer.name.clone(),
        format!("{ours:.0} ms"),
        ratio(ours, five),
        ratio(ours, one),
        ratio(ours, whole),
        times.join(", "),
        asked.to_owned(),
    ]);
}

fn after_stop(measured: &Measured) -> f64 {
    let times = measured.spoken.iter().map(|spoken| spoken.after_stop_ms);
    median(&times.collect::<Vec<_>>())
}
