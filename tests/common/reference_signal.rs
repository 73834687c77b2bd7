//! A signal to play to a microphone, and the comparison of a take with it, sample by sample. Faint noise
//! that never repeats lies under the speech, so each quarter of a second occurs in one place only.

use std::path::Path;

use realfft::RealFftPlanner;
use starling::audio;

/// Sample rate of the signal, which is that of sound servers and most sound cards.
pub const RATE_HZ: usize = 48_000;
/// Samples of the signal per sample of a take.
const STEP: usize = 3;
/// Samples of a take that are compared at once: a quarter of a second.
const BLOCK: usize = 4_000;
/// Similarity from which a block counts as the signal. A shift by one sample of 48 kHz gives 0.95.
const SAME: f64 = 0.995;
/// Samples at the start of a block that must match on their own.
const BLOCK_START: usize = 200;
/// Largest shift between neighboring blocks that is searched: 4 s of a take.
const LARGEST_JUMP: usize = 64_000;
/// Samples of the take in which the start of the signal is searched: 10 s.
const STARTS_WITHIN: usize = 160_000;

/// Writes `seconds` of the clips, repeated with a second between them, and the noise, as 16-bit WAV of
/// [`RATE_HZ`].
pub fn write(wav: &Path, clips: &[&Path], seconds: usize) {
    let mut speech = Vec::new();
    for clip in clips.iter().cycle() {
        if speech.len() >= seconds * RATE_HZ / STEP {
            break;
        }
        speech.extend(audio::decode_file(clip).expect("a clip").samples);
        speech.resize(speech.len() + RATE_HZ / STEP, 0.0);
    }
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ as u32,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut out = hound::WavWriter::create(wav, spec).expect("a WAV file");
    let mut noise = Noise(0x2545_F491_4F6C_DD1D);
    for i in 0..seconds * RATE_HZ {
        let (at, fraction) = (i / STEP, (i % STEP) as f32 / STEP as f32);
        let next = speech.get(at + 1).copied().unwrap_or(0.0);
        let interpolated = 0.9 * (speech[at] + fraction * (next - speech[at]));
        let sample = (interpolated + noise.next()).clamp(-1.0, 1.0) * f32::from(i16::MAX);
        out.write_sample(sample as i16).expect("a sample on disk");
    }
    out.finalize().expect("a complete WAV file");
}

/// Xorshift (Marsaglia 2003) at -52 dBFS, the same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        0.004 * ((self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0)
    }
}

/// How a take differs from the signal; the default is a complete take.
#[derive(Debug, Default, PartialEq)]
pub struct Comparison {
    /// Signal before the take begins or after it ends, in samples of [`RATE_HZ`].
    pub not_covered: usize,
    /// Where the take jumps, in seconds, and by how many samples of [`RATE_HZ`]: forward where samples
    /// are missing, backward where some were inserted.
    pub jumps: Vec<(f64, isize)>,
    /// Blocks of the take that match no part of the signal.
    pub unmatched_blocks: usize,
}

/// Compares each block of `take`, at 16 kHz, with the signal that was `played`, a file of [`write`].
pub fn compare(take: &[f32], played: &Path) -> Comparison {
    let reference = Reference::read(played);
    let mut comparison = Comparison::default();
    let starts = (0..take.len().min(STARTS_WITHIN)).step_by(BLOCK);
    // Blocks before the signal are silent.
    let first_match = starts
        .filter_map(|start| {
            let block = take.get(start..start + BLOCK)?;
            Some((start, reference.search(block, 0, STARTS_WITHIN)?))
        })
        .next();
    let Some((first, mut at)) = first_match else {
        comparison.not_covered = reference.frames;
        return comparison;
    };
    comparison.not_covered += at.saturating_sub(first * STEP);
    let mut start = first;
    while start + BLOCK <= take.len() && at + BLOCK * STEP <= reference.frames {
        let block = &take[start..start + BLOCK];
        if reference.similarity(block, at) < SAME {
            let from = (at / STEP).saturating_sub(LARGEST_JUMP);
            match reference.search(block, from, 2 * LARGEST_JUMP) {
                Some(found) => {
                    let shift = found as isize - at as isize;
                    let secs = start as f64 * STEP as f64 / RATE_HZ as f64;
                    comparison.jumps.push((secs, shift));
                    at = found;
                }
                // The block contains a jump; the next block shows how far.
                None => comparison.unmatched_blocks += 1,
            }
        }
        start += BLOCK;
        at += BLOCK * STEP;
    }
    let rest = reference.frames - at.min(reference.frames);
    comparison.not_covered += rest.saturating_sub(BLOCK * STEP);
    comparison
}

/// The signal resampled as in a take, for each of the three samples of 48 kHz that a sample of the take
/// can start at.
struct Reference {
    at_16_khz: Vec<Vec<f32>>,
    /// Length at 48 kHz.
    frames: usize,
}

impl Reference {
    fn read(played: &Path) -> Self {
        let mut file = hound::WavReader::open(played).expect("the signal");
        let spec = file.spec();
        let frames: Vec<i16> = file.samples().map(|s| s.expect("a sample")).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let at_16_khz = (0..STEP).map(|shift| {
            let shifted = folder.path().join("shifted.wav");
            let mut out = hound::WavWriter::create(&shifted, spec).expect("a WAV file");
            for sample in &frames[shift..] {
                out.write_sample(*sample).expect("a sample on disk");
            }
            out.finalize().expect("a complete WAV file");
            audio::decode_file(&shifted).expect("a valid WAV").samples
        });
        Self {
            at_16_khz: at_16_khz.collect(),
            frames: frames.len(),
        }
    }

    /// Similarity of `block` and the signal from `at` on, in samples of 48 kHz; 1 if they are the same.
    fn similarity(&self, block: &[f32], at: usize) -> f64 {
        let reference = &self.at_16_khz[at % STEP];
        reference
            .get(at / STEP..at / STEP + block.len())
            .map_or(0.0, |part| similarity(block, part))
    }

    /// Where the signal contains `block`, within `length` samples of 16 kHz from `from` on.
    fn search(&self, block: &[f32], from: usize, length: usize) -> Option<usize> {
        if block.iter().all(|sample| sample.abs() < 1e-6) {
            return None;
        }
        let candidates = self.at_16_khz.iter().enumerate();
        let candidates = candidates.filter_map(|(shift, reference)| {
            let range = reference.get(from..)?;
            let range = &range[..range.len().min(length + block.len())];
            Some(STEP * (from + most_similar_offset(block, range)?) + shift)
        });
        candidates
            .map(|at| (self.similarity(block, at), at))
            .filter(|(similarity, _)| *similarity >= SAME)
            // Silence that ends in a short loud sound resembles many places.
            .filter(|(_, at)| self.similarity(&block[..BLOCK_START], *at) >= SAME - 0.02)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, at)| at)
    }
}

/// The offset at which `signal` resembles `block` most; `None` if it is shorter. Correlates by FFT, a
/// hundred times faster than sample by sample: audio may be playing on this machine meanwhile.
fn most_similar_offset(block: &[f32], signal: &[f32]) -> Option<usize> {
    let offsets = 1 + signal.len().checked_sub(block.len())?;
    let size = signal.len().next_power_of_two();
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (
        planner.plan_fft_forward(size),
        planner.plan_fft_inverse(size),
    );
    let spectrum = |samples: &[f32]| {
        let mut samples = samples.to_vec();
        samples.resize(size, 0.0);
        let mut spectrum = forward.make_output_vec();
        let done = forward.process(&mut samples, &mut spectrum);
        done.expect("buffers of this size");
        spectrum
    };
    let mut product = spectrum(signal);
    for (bin, other) in product.iter_mut().zip(spectrum(block)) {
        *bin *= other.conj();
    }
    let mut correlation = inverse.make_output_vec();
    let done = inverse.process(&mut product, &mut correlation);
    done.expect("buffers of this size");
    // Divides by the energy: a louder part is not more similar.
    let square = |sample: &f32| f64::from(*sample) * f64::from(*sample);
    let mut energy: f64 = signal[..block.len()].iter().map(square).sum();
    let mut best = (f64::NEG_INFINITY, None);
    for (offset, correlation) in correlation[..offsets].iter().enumerate() {
        let similarity = f64::from(*correlation) / energy.max(1e-9).sqrt();
        if similarity > best.0 {
            best = (similarity, Some(offset));
        }
        let next = signal.get(offset + block.len()).map_or(0.0, square);
        energy += next - square(&signal[offset]);
    }
    best.1
}

/// Cosine similarity; 0 if one of them is silent.
fn similarity(a: &[f32], b: &[f32]) -> f64 {
    let (mut product, mut energy_a, mut energy_b) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (a, b) in a.iter().zip(b) {
        product += a * b;
        energy_a += a * a;
        energy_b += b * b;
    }
    match energy_a > 0.0 && energy_b > 0.0 {
        true => f64::from(product) / f64::from(energy_a * energy_b).sqrt(),
        false => 0.0,
    }
}
