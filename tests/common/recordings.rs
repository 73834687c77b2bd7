//! Makes recordings of other formats with ffmpeg, and compares what is decoded of them.

use std::path::Path;
use std::process::Command;

use starling::acoustics::ANALYSIS_RATE_HZ;

/// Runs ffmpeg to write `out`.
pub fn ffmpeg(arguments: &[&str], out: &Path) {
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-y"])
        .args(arguments)
        .arg(out)
        .status()
        .expect("ffmpeg is missing: `.ci/packages test` installs what the tests need");
    assert!(status.success(), "ffmpeg cannot write {}", out.display());
}

/// How much two recordings have in common.
#[derive(Debug, Clone, Copy)]
pub struct Likeness {
    /// Correlation, from -1 to 1, at the best delay.
    pub correlation: f64,
    /// Seconds by which the second recording is later.
    pub delay_secs: f64,
    /// Level of the second recording by that of the first.
    pub gain: f64,
}

/// Compares two seconds of recordings of 16 kHz at delays of up to `most_secs`.
pub fn likeness(first: &[f32], second: &[f32], most_secs: f64) -> Likeness {
    let reach = 2 * ANALYSIS_RATE_HZ as usize;
    let most = (most_secs * f64::from(ANALYSIS_RATE_HZ)) as isize;
    let at = |delay: isize| {
        let (a, b) = match delay >= 0 {
            true => (first, second.get(delay as usize..).unwrap_or_default()),
            false => (first.get(-delay as usize..).unwrap_or_default(), second),
        };
        let mut sums = [0.0; 3];
        for (a, b) in a.iter().zip(b).take(reach) {
            let (a, b) = (f64::from(*a), f64::from(*b));
            for (sum, term) in sums.iter_mut().zip([a * b, a * a, b * b]) {
                *sum += term;
            }
        }
        let [both, a, b] = sums;
        Likeness {
            correlation: both / (a * b).sqrt().max(1e-12),
            delay_secs: delay as f64 / f64::from(ANALYSIS_RATE_HZ),
            gain: (b / a.max(1e-12)).sqrt(),
        }
    };
    let best = |delays: &mut dyn Iterator<Item = isize>| {
        delays
            .map(|delay| (delay, at(delay)))
            .max_by(|(_, a), (_, b)| a.correlation.total_cmp(&b.correlation))
            .expect("at least one delay")
    };
    // Speech at the next samples is much alike.
    let (near, _) = best(&mut (-most..=most).step_by(4));
    best(&mut (near - 3..=near + 3)).1
}
