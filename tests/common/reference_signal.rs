//! A sound to play to a microphone, and whether a take holds every sample of it. Under the speech
//! lies a faint noise that never repeats, so that each quarter of a second is found in one place only.

use std::path::Path;

use realfft::RealFftPlanner;
use starling::audio;

/// What a sound server and most sound cards run at.
pub const RATE_HZ: usize = 48_000;
/// Its samples for one of a take's.
const STEP: usize = 3;
/// Compared at a time: a quarter of a second of a take.
const BLOCK: usize = 4_000;
/// Below this a block is not what was played. Moved by a single sample of 48 kHz, it is 0.95 of it.
const SAME: f64 = 0.995;
/// The first samples of a block, which are to be there by themselves.
const BEGINNING: usize = 200;
/// How far a block may have moved against the one before it: 4 s of a take.
const FARTHEST: usize = 64_000;
/// Of the take, where the beginning is looked for: 10 s.
const BEGINS_WITHIN: usize = 160_000;

/// `seconds` of the clips, over and over with a second between them, and the noise, as 16-bit WAV of
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
    let mut out = hound::WavWriter::create(wav, spec).expect("a place for it");
    let mut noise = Noise(0x2545_F491_4F6C_DD1D);
    for i in 0..seconds * RATE_HZ {
        let (at, share) = (i / STEP, (i % STEP) as f32 / STEP as f32);
        let next = speech.get(at + 1).copied().unwrap_or(0.0);
        let said = 0.9 * (speech[at] + share * (next - speech[at]));
        let sample = (said + noise.next()).clamp(-1.0, 1.0) * f32::from(i16::MAX);
        out.write_sample(sample as i16).expect("room on the disk");
    }
    out.finalize().expect("room on the disk");
}

/// Xorshift (Marsaglia 2003): the same at every run; -52 dBFS.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        0.004 * ((self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0)
    }
}

/// How what was played lies in a take.
#[derive(Debug, Default, PartialEq)]
pub struct Found {
    /// What was played before the take begins or after it ends, in samples of [`RATE_HZ`].
    pub outside: usize,
    /// Where in the take, in seconds, it jumps, and by how many samples of [`RATE_HZ`]: ahead where
    /// some are missing, back where some were put in.
    pub jumps: Vec<(f64, isize)>,
    /// Blocks of the take that are nothing that was played.
    pub strange: usize,
}

/// Looks for every block of `take`, 16 kHz, in what was `played`, a file made by [`write`].
pub fn find(take: &[f32], played: &Path) -> Found {
    let references = Reference::of(played);
    let mut found = Found::default();
    let begins = (0..take.len().min(BEGINS_WITHIN)).step_by(BLOCK);
    // The first block that is all of it played: before, there is silence.
    let Some((first, mut at)) = begins
        .filter_map(|start| {
            let block = take.get(start..start + BLOCK)?;
            Some((start, references.search(block, 0, BEGINS_WITHIN)?))
        })
        .next()
    else {
        return Found {
            outside: references.frames,
            ..found
        };
    };
    found.outside += at.saturating_sub(first * STEP);
    let mut start = first;
    while start + BLOCK <= take.len() && at + BLOCK * STEP <= references.frames {
        let block = &take[start..start + BLOCK];
        if references.likeness(block, at) < SAME {
            let around = (at / STEP).saturating_sub(FARTHEST);
            match references.search(block, around, 2 * FARTHEST) {
                Some(moved) => {
                    let by = moved as isize - at as isize;
                    found
                        .jumps
                        .push((start as f64 * STEP as f64 / RATE_HZ as f64, by));
                    at = moved;
                }
                // A jump lies in it: the next block tells how far.
                None => found.strange += 1,
            }
        }
        start += BLOCK;
        at += BLOCK * STEP;
    }
    found.outside += (references.frames - at.min(references.frames)).saturating_sub(BLOCK * STEP);
    found
}

/// What was played as a take would hold it, for each of the three samples of 48 kHz on which a
/// sample of the take can fall.
struct Reference {
    at_16_khz: Vec<Vec<f32>>,
    /// Its length at 48 kHz.
    frames: usize,
}

impl Reference {
    fn of(played: &Path) -> Self {
        let mut file = hound::WavReader::open(played).expect("what was played");
        let spec = file.spec();
        let frames: Vec<i16> = file.samples().map(|s| s.expect("a sample")).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let at_16_khz = (0..STEP).map(|shift| {
            let moved = folder.path().join("moved.wav");
            let mut out = hound::WavWriter::create(&moved, spec).expect("a place for it");
            for sample in &frames[shift..] {
                out.write_sample(*sample).expect("room on the disk");
            }
            out.finalize().expect("room on the disk");
            audio::decode_file(&moved)
                .expect("it was just written")
                .samples
        });
        Self {
            at_16_khz: at_16_khz.collect(),
            frames: frames.len(),
        }
    }

    /// How much `block` is what was played from `at` on, in samples of 48 kHz: 1 where it is the same.
    fn likeness(&self, block: &[f32], at: usize) -> f64 {
        let reference = &self.at_16_khz[at % STEP];
        reference
            .get(at / STEP..at / STEP + block.len())
            .map_or(0.0, |there| likeness(block, there))
    }

    /// Where `block` was played, within `length` samples of 16 kHz from `from` on.
    fn search(&self, block: &[f32], from: usize, length: usize) -> Option<usize> {
        if block.iter().all(|sample| sample.abs() < 1e-6) {
            return None;
        }
        let nearest = self.at_16_khz.iter().enumerate();
        let nearest = nearest.filter_map(|(shift, reference)| {
            let there = reference.get(from..)?;
            let there = &there[..there.len().min(length + block.len())];
            Some(STEP * (from + most_alike(block, there)?) + shift)
        });
        nearest
            .map(|at| (self.likeness(block, at), at))
            .filter(|(likeness, _)| *likeness >= SAME)
            // Silence, and then a little that is loud, is like much.
            .filter(|(_, at)| self.likeness(&block[..BEGINNING], *at) >= SAME - 0.02)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, at)| at)
    }
}

/// From where on a sound is most like `block`; `None` where it is shorter. Every place is compared by way of
/// their spectra, which takes a machine a hundredth of the time: it may have sound to play meanwhile.
fn most_alike(block: &[f32], sound: &[f32]) -> Option<usize> {
    let places = 1 + sound.len().checked_sub(block.len())?;
    let size = sound.len().next_power_of_two();
    let mut planner = RealFftPlanner::<f32>::new();
    let (there, back) = (
        planner.plan_fft_forward(size),
        planner.plan_fft_inverse(size),
    );
    let spectrum = |samples: &[f32]| {
        let mut samples = samples.to_vec();
        samples.resize(size, 0.0);
        let mut spectrum = there.make_output_vec();
        let done = there.process(&mut samples, &mut spectrum);
        done.expect("they are of this size");
        spectrum
    };
    let mut both = spectrum(sound);
    for (one, other) in both.iter_mut().zip(spectrum(block)) {
        *one *= other.conj();
    }
    let mut alike = back.make_output_vec();
    back.process(&mut both, &mut alike)
        .expect("they are of this size");
    // What is louder is not more alike.
    let square = |sample: &f32| f64::from(*sample) * f64::from(*sample);
    let mut energy: f64 = sound[..block.len()].iter().map(square).sum();
    let mut best = (f64::NEG_INFINITY, None);
    for (place, alike) in alike[..places].iter().enumerate() {
        let likeness = f64::from(*alike) / energy.max(1e-9).sqrt();
        if likeness > best.0 {
            best = (likeness, Some(place));
        }
        let after = sound.get(place + block.len()).map_or(0.0, square);
        energy += after - square(&sound[place]);
    }
    best.1
}

/// The cosine between two sounds.
fn likeness(one: &[f32], other: &[f32]) -> f64 {
    let (mut both, mut ones, mut others) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (a, b) in one.iter().zip(other) {
        both += a * b;
        ones += a * a;
        others += b * b;
    }
    match ones > 0.0 && others > 0.0 {
        true => f64::from(both) / f64::from(ones * others).sqrt(),
        false => 0.0,
    }
}
