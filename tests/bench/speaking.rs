//! Answers that are spoken and stopped: how long the feedback takes then, and what it costs meanwhile.

use anyhow::Result;

use crate::answers::Answer;
use crate::ours::{self, Spoken};
use crate::table::{head, median, quantile, ratio, row, some, tell};
use crate::{BEAMS, Bench, RUNS, cores, error_rate, live};

/// How many places an answer is cut off at.
const CUTS: usize = 4;

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

impl Bench {
    /// The answers that are stopped at rest and on the last syllable; the first is returned.
    pub fn after_stop(&mut self) -> Result<Measured> {
        let cores = cores();
        let title = format!(
            "From the last sample to the feedback (`after_stop_ms`); the others on the whole clip, \
             faster-whisper on {cores} threads"
        );
        head(
            &title,
            &[
                "answer",
                "after stop",
                "ratio to faster-whisper, beam 5",
                "to beam 1",
                "to our whole-file pass",
                "their times",
            ],
        );
        let rest = self
            .answers
            .short("27 s answer, then 1 s of silence", 1.0)?;
        let rest = self.measure(rest, RUNS)?;
        tell_after_stop(&rest);
        let short = self
            .answers
            .short("27 s answer, stopped on its last syllable", 0.0)?;
        let cuts = cut_points(&rest, short.seconds);
        let mut worst_cut: Option<Measured> = None;
        for at in cuts {
            let cut = self.answers.cut(&short, at)?;
            let measured = self.measure(cut, 1)?;
            if worst_cut
                .as_ref()
                .is_none_or(|w| after_stop(w) < after_stop(&measured))
            {
                worst_cut = Some(measured);
            }
        }
        tell_after_stop(&self.measure(short, RUNS)?);
        if let Some(cut) = &mut worst_cut {
            cut.answer.name = format!("{} (the worst of {CUTS})", cut.answer.name);
            tell_after_stop(cut);
        }
        let long = self.answers.long()?;
        let longest = self.answers.longest()?;
        let more = match self.long {
            true => vec![self.measure(long, RUNS)?, self.measure(longest, RUNS)?],
            false => vec![self.measure(long, 1)?],
        };
        for measured in &more {
            tell_after_stop(measured);
        }
        for measured in &more {
            println!(
                "\n{:.0} s against {:.0} s: {:.2} times the time after the stop.",
                measured.answer.seconds,
                rest.answer.seconds,
                after_stop(measured) / after_stop(&rest)
            );
        }
        let more = more.into_iter().next();
        // The longer answer has more words to be late with, and more to lose.
        Ok(more.unwrap_or(rest))
    }

    fn measure(&mut self, answer: Answer, runs: usize) -> Result<Measured> {
        let (mut spoken, mut whole_s, mut peer_s) = (Vec::new(), Vec::new(), [vec![], vec![]]);
        let mut heard = String::new();
        for _ in 0..runs {
            spoken.push(ours::rehearse(&self.data, &answer.wav)?);
            for (beam, times) in BEAMS.iter().zip(&mut peer_s) {
                let cost = self.peer(&answer.wav, *beam, cores())?;
                times.extend(cost.map(|cost| cost.wall_s));
            }
            let whole = ours::analyze(&self.data, &answer.wav)?;
            whole_s.push(whole.wall_s);
            heard = whole.text;
        }
        Ok(Measured {
            answer,
            spoken,
            whole_s,
            peer_s,
            whole: heard,
        })
    }

    pub fn while_speaking(&mut self, measured: &Measured) -> Result<()> {
        let title = format!("While somebody speaks ({})", measured.answer.name);
        head(&title, &["what", "measured", "asked"]);
        let of = |what: &dyn Fn(&Spoken) -> f64| -> Vec<f64> {
            measured.spoken.iter().map(what).collect()
        };
        let share = 100.0 * median(&of(&|spoken| spoken.live_share));
        tell(
            "processor, all of the program, of one core",
            format!("{share:.0} %"),
            "at most 50 %",
        );
        let delays: Vec<f64> = measured.spoken.iter().flat_map(live::delays).collect();
        if delays.is_empty() {
            tell("captions", "none came".to_owned(), "");
        } else {
            let [middle, late] = [0.5, 0.95].map(|at| quantile(&delays, at));
            tell(
                "a firm word is shown after its end",
                format!("{middle:.1} s"),
                "at most 2 s",
            );
            tell("... in 95 of 100 cases within", format!("{late:.1} s"), "");
            let pairs: Vec<(usize, usize)> = measured.spoken.iter().map(live::not_kept).collect();
            let gone: usize = pairs.iter().map(|pair| pair.0).sum();
            let firm: usize = pairs.iter().map(|pair| pair.1).sum();
            let is = format!("{gone} of {firm}");
            tell("firm words that the report has otherwise", is, "");
        }
        let said = measured
            .spoken
            .last()
            .map_or("", |spoken| spoken.text.as_str());
        tell(
            "word errors, kept while speaking",
            error_rate(&measured.answer.text, said),
            "",
        );
        tell(
            "word errors, whole file",
            error_rate(&measured.answer.text, &measured.whole),
            "",
        );
        let apart = error_rate(&measured.whole, said);
        tell(
            "words that differ between the two",
            apart,
            "0.3 points of errors more",
        );
        Ok(())
    }
}

/// The middles of words, all over the answer.
fn cut_points(measured: &Measured, seconds: f64) -> Vec<f64> {
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
    (1..=CUTS)
        .filter_map(|i| near(seconds * (i as f64 + 0.5) / (CUTS as f64 + 1.0)))
        .collect()
}

fn tell_after_stop(measured: &Measured) {
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
    ]);
}

fn after_stop(measured: &Measured) -> f64 {
    median(
        &measured
            .spoken
            .iter()
            .map(|s| s.after_stop_ms)
            .collect::<Vec<_>>(),
    )
}
