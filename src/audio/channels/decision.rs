//! Decides from what was heard on each channel which ones are recorded. Pure. A channel is left out only on clear
//! evidence, because a take without the user's voice is lost: in doubt, all are mixed and the user is told.

use super::note::ChannelNote;

/// A sound of this many hops (0.5 s) is more than a click.
const HEARD_MIN: f64 = 16.0;
/// A voice of this many hops (0.3 s) is a word.
const VOICE_MIN: f64 = 10.0;
/// A voice makes up at least this share of a channel with speech, even with music or noise below it.
const VOICE_SHARE: f64 = 0.12;
/// Two seconds of sound with less voice than [`OTHER_SHARE`] are not speech.
const OTHER_MIN: f64 = 62.0;
/// Music makes the voice detector err for this share of the time.
const OTHER_SHARE: f64 = 0.05;
/// A voice that talks for this share of the time before the take is not the user's ...
const BACKGROUND_SHARE: f64 = 0.5;
/// ... if the voice on another channel, where it had less than this share, comes with the take.
const NEWCOMER_SHARE: f64 = 0.05;
/// The user has spoken for a second (hops) since then.
const NEWCOMER_VOICE_MIN: f64 = 31.0;

/// What was heard on a channel so far; recent sound counts more.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Heard {
    /// Hops with sound.
    pub(super) sound: f64,
    /// Hops with a voice.
    pub(super) voice: f64,
    /// Share of the hops with a voice in the seconds before the take; `None` outside of takes.
    pub(super) voice_before: Option<f64>,
    /// Hops with a voice since the take began.
    pub(super) voice_in_take: f64,
    /// Whether its level hardly changes, as that of a noise or a hum.
    pub(super) is_steady: bool,
    /// Whether the channel suddenly is much louder, or a voice has begun on it.
    pub(super) has_risen: bool,
}

/// What is done with the channels.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Decision {
    /// For each channel, whether it is left out.
    pub(super) left_out: Vec<bool>,
    /// What to tell the user, if channels differ.
    pub(super) note: Option<ChannelNote>,
}

/// Decides about all channels. `differ(a, b)` tells whether two of them certainly carry different sound.
pub(super) fn decide(heard: &[Heard], differ: &dyn Fn(usize, usize) -> bool) -> Decision {
    let groups = groups(heard, differ);
    let mut decision = Decision {
        left_out: vec![false; heard.len()],
        note: None,
    };
    if groups.len() < 2 {
        return decision;
    }
    let any = |group: &[usize], test: &dyn Fn(&Heard) -> bool| {
        group.iter().any(|channel| test(&heard[*channel]))
    };
    let all = |group: &[usize], test: &dyn Fn(&Heard) -> bool| {
        group.iter().all(|channel| test(&heard[*channel]))
    };
    let has_voice = |group: &Vec<usize>| any(group, &is_voice);
    let is_user = |group: &Vec<usize>| any(group, &begins_with_take);
    let is_left_out = |group: &Vec<usize>| match groups.iter().any(is_user) {
        true => !is_user(group) && (all(group, &is_background) || all(group, &is_other)),
        false => all(group, &is_other),
    };
    let has_other_voice = groups
        .iter()
        .any(|group| !is_left_out(group) && has_voice(group));
    let mut recorded = Vec::new();
    let mut left_out = Vec::new();
    for group in &groups {
        match has_other_voice && is_left_out(group) {
            true => left_out.extend(group),
            false => recorded.extend(group),
        }
    }
    for channel in &left_out {
        decision.left_out[*channel] = true;
    }
    // Noise is nothing to choose from.
    let is_lively = |channel: &usize| !heard[*channel].is_steady || is_voice(&heard[*channel]);
    let is_note_needed = groups
        .iter()
        .filter(|group| group.iter().any(is_lively))
        .count()
        > 1;
    decision.note = is_note_needed.then(|| match left_out.iter().any(is_lively) {
        false => ChannelNote::Mixed(numbers(recorded)),
        true => ChannelNote::LeftOut {
            recorded: numbers(recorded),
            left_out: numbers(left_out),
        },
    });
    decision
}

fn is_voice(heard: &Heard) -> bool {
    heard.voice >= VOICE_MIN && heard.voice >= VOICE_SHARE * heard.sound
}

/// Whether a channel has long had sound, but no voice.
fn is_other(heard: &Heard) -> bool {
    heard.sound >= OTHER_MIN && heard.voice <= OTHER_SHARE * heard.sound && !heard.has_risen
}

/// Whether a voice talked before the take, when the user waits for its start.
fn is_background(heard: &Heard) -> bool {
    heard
        .voice_before
        .is_some_and(|share| share >= BACKGROUND_SHARE)
}

/// Whether a voice came with the take.
fn begins_with_take(heard: &Heard) -> bool {
    heard
        .voice_before
        .is_some_and(|share| share <= NEWCOMER_SHARE)
        && heard.voice_in_take >= NEWCOMER_VOICE_MIN
}

/// The channels with sound, those of the same sound together.
fn groups(heard: &[Heard], differ: &dyn Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let audible = |channel: &usize| heard[*channel].sound >= HEARD_MIN;
    for channel in (0..heard.len()).filter(audible) {
        let joins = |group: &Vec<usize>| !group.iter().any(|other| differ(*other, channel));
        match groups.iter_mut().find(|group| joins(group)) {
            Some(group) => group.push(channel),
            None => groups.push(vec![channel]),
        }
    }
    groups
}

fn numbers(mut channels: Vec<usize>) -> Vec<u16> {
    channels.sort_unstable();
    channels
        .into_iter()
        .map(|channel| channel as u16 + 1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(sound: f64, voice: f64) -> Heard {
        Heard {
            sound,
            voice,
            ..Heard::default()
        }
    }

    fn in_take(before: f64, sound: f64, voice: f64) -> Heard {
        Heard {
            voice_before: Some(before),
            voice_in_take: voice,
            ..heard(sound, voice)
        }
    }

    const VOICE: (f64, f64) = (150.0, 120.0);
    const MUSIC: (f64, f64) = (200.0, 3.0);
    const SILENCE: (f64, f64) = (0.0, 0.0);

    /// Each letter is a channel; equal letters have the same sound.
    fn check(sounds: &str, channels: &[Heard], left_out: &[u16], has_note: bool) {
        let letters = sounds.as_bytes();
        let decision = decide(channels, &|a, b| letters[a] != letters[b]);
        let found: Vec<u16> = (1..)
            .zip(&decision.left_out)
            .filter(|(_, out)| **out)
            .map(|(channel, _)| channel)
            .collect();
        assert_eq!(found, left_out, "{sounds}: {:?}", decision.note);
        assert_eq!(decision.note.is_some(), has_note, "{sounds}");
    }

    fn plain(sounds: &[(f64, f64)]) -> Vec<Heard> {
        sounds.iter().map(|(a, b)| heard(*a, *b)).collect()
    }

    #[test]
    fn one_sound_on_any_channels_is_recorded_without_a_note() {
        check("a", &plain(&[VOICE]), &[], false);
        check("aa", &plain(&[VOICE, VOICE]), &[], false);
        check("aaa", &plain(&[MUSIC, MUSIC, MUSIC]), &[], false);
        check(
            "abca",
            &plain(&[VOICE, SILENCE, SILENCE, VOICE]),
            &[],
            false,
        );
        check("ab", &plain(&[VOICE, (10.0, 0.0)]), &[], false);
    }

    #[test]
    fn sound_without_voice_is_left_out_if_another_channel_has_a_voice() {
        check("ab", &plain(&[MUSIC, VOICE]), &[1], true);
        check(
            "bbac",
            &plain(&[MUSIC, MUSIC, VOICE, MUSIC]),
            &[1, 2, 4],
            true,
        );
        check("aab", &plain(&[VOICE, (60.0, 0.0), MUSIC]), &[3], true);
        let note = decide(&plain(&[SILENCE, MUSIC, VOICE]), &|_, _| true).note;
        let expected = ChannelNote::LeftOut {
            recorded: vec![3],
            left_out: vec![2],
        };
        assert_eq!(note, Some(expected));
    }

    #[test]
    fn in_doubt_everything_is_mixed_and_said() {
        // Two voices; a voice and something unclear; no voice at all; a sound that is too short to judge.
        check("ab", &plain(&[VOICE, VOICE]), &[], true);
        check("ab", &plain(&[VOICE, (200.0, 20.0)]), &[], true);
        check("ab", &plain(&[MUSIC, MUSIC]), &[], true);
        check("ab", &plain(&[VOICE, (40.0, 0.0)]), &[], true);
        let risen = Heard {
            has_risen: true,
            ..heard(200.0, 3.0)
        };
        check("ab", &[heard(150.0, 120.0), risen], &[], true);
    }

    #[test]
    fn noise_is_left_out_without_a_note() {
        let noise = Heard {
            is_steady: true,
            ..heard(200.0, 3.0)
        };
        let [voice, music] = [VOICE, MUSIC].map(|(a, b)| heard(a, b));
        check("ab", &[voice, noise], &[2], false);
        check("ab", &[noise, noise], &[], false);
        // A voice in noise is no noise.
        let noisy_voice = Heard {
            is_steady: true,
            ..voice
        };
        check("ab", &[voice, noisy_voice], &[], true);
        check("abc", &[noise, voice, music], &[1, 3], true);
    }

    #[test]
    fn voice_that_comes_with_the_take_is_preferred_to_one_before_it() {
        let podcast = in_take(0.9, 200.0, 150.0);
        let user = in_take(0.0, 60.0, 50.0);
        check("ab", &[podcast, user], &[1], true);
        check("aabb", &[podcast, podcast, user, user], &[1, 2], true);
        // The user has only begun, or has spoken before, or the other one was silent before, too.
        check("ab", &[podcast, in_take(0.0, 30.0, 20.0)], &[], true);
        check("ab", &[podcast, in_take(0.4, 60.0, 50.0)], &[], true);
        check("ab", &[in_take(0.0, 200.0, 150.0), user], &[], true);
        check(
            "abc",
            &[podcast, user, in_take(0.3, 99.0, 80.0)],
            &[1],
            true,
        );
        check(
            "abc",
            &[podcast, user, in_take(0.3, 99.0, 0.0)],
            &[1, 3],
            true,
        );
    }
}
