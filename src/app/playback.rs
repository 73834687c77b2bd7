//! Owns the player of takes and of the microphone test, and the waveform of a take. Does not know whether
//! the microphone is open; the controller never plays while it is.

use std::path::Path;

use super::context::Context;
use super::event::Event;
use crate::acoustics::waveform::Waveform;
use crate::audio::{self, Player, PlayerEvent};
use crate::domain::take::TakeId;
use crate::domain::time::{Secs, Span};

/// Playback that stopped this close to the end of a take starts from the beginning again.
const END_TOLERANCE: Secs = 0.1;

/// A position in a take.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaybackPosition {
    /// The take.
    pub take: TakeId,
    /// The time that is being played, or was played last.
    pub at: Secs,
    /// Whether the take is being played.
    pub playing: bool,
}

/// The player and the waveform.
#[derive(Default)]
pub(super) struct Playback {
    player: Option<Player>,
    /// Number of the player. Events of an earlier one are ignored.
    number: u64,
    position: Option<PlaybackPosition>,
    /// The end of the span that is being played.
    end: Secs,
    /// Whether the microphone test is being played, not a take.
    is_mic_test: bool,
    waveform: Option<WaveformLoad>,
}

/// The waveform of a take; `None` until it was read.
struct WaveformLoad {
    take: TakeId,
    result: Option<Result<Waveform, String>>,
}

impl Playback {
    /// Plays a span of a take from its start. Reports a failure.
    pub(super) fn play(&mut self, take: &TakeId, span: Span, speed: f64, context: &mut Context) {
        self.pause();
        let send = self.next_player(context);
        let player = Player::play(context.store.wav(take), span, speed, send);
        let playing = player.is_ok();
        match player {
            Ok(player) => self.player = Some(player),
            Err(error) => context.problem(error),
        }
        self.end = span.end;
        self.position = Some(PlaybackPosition {
            take: take.clone(),
            at: span.start,
            playing,
        });
    }

    /// Plays the samples of a microphone test. Reports a failure.
    pub(super) fn play_mic_test(&mut self, samples: Vec<f32>, context: &mut Context) {
        self.pause();
        let send = self.next_player(context);
        match Player::play_samples(samples, send) {
            Ok(player) => {
                self.player = Some(player);
                self.is_mic_test = true;
            }
            Err(error) => context.problem(error),
        }
    }

    /// Stops the player and keeps the position.
    pub(super) fn pause(&mut self) {
        self.player = None;
        self.is_mic_test = false;
        if let Some(position) = &mut self.position {
            position.playing = false;
        }
    }

    /// Moves the position in a take without playing it.
    pub(super) fn move_to(&mut self, take: &TakeId, at: Secs) {
        self.pause();
        self.position = Some(PlaybackPosition {
            take: take.clone(),
            at,
            playing: false,
        });
    }

    /// Whether the microphone test is being played.
    pub(super) fn is_playing_mic_test(&self) -> bool {
        self.is_mic_test
    }

    /// Whether any take is being played.
    pub(super) fn is_playing(&self) -> bool {
        self.position.as_ref().is_some_and(|at| at.playing)
    }

    /// Whether this take is being played.
    pub(super) fn is_playing_take(&self, take: &TakeId) -> bool {
        self.position_in(take).is_some_and(|at| at.playing)
    }

    /// The current or last position, if it is in this take.
    pub(super) fn position_in(&self, take: &TakeId) -> Option<&PlaybackPosition> {
        self.position.as_ref().filter(|at| at.take == *take)
    }

    /// The span to play to continue a take of this length: from the position, or from the beginning if that is
    /// at the end.
    pub(super) fn span_to_continue(&self, take: &TakeId, length: Secs) -> Span {
        let at = self.position_in(take).map_or(0.0, |position| position.at);
        let at = if at < length - END_TOLERANCE { at } else { 0.0 };
        Span::new(at, length)
    }

    /// The take that is being played and the rest of its span.
    pub(super) fn remaining(&self) -> Option<(TakeId, Span)> {
        let position = self.position.as_ref().filter(|at| at.playing)?;
        Some((position.take.clone(), Span::new(position.at, self.end)))
    }

    /// Starts to read the waveform of a take on a background thread, unless it is the current one.
    pub(super) fn load_waveform(&mut self, take: &TakeId, context: &mut Context) {
        if self
            .waveform
            .as_ref()
            .is_some_and(|load| load.take == *take)
        {
            return;
        }
        self.waveform = Some(WaveformLoad {
            take: take.clone(),
            result: None,
        });
        let (wav, id) = (context.store.wav(take), take.clone());
        let events = context.events.clone();
        // The thread ends after its only event, so it is not joined.
        let thread = std::thread::Builder::new()
            .name("waveform".to_owned())
            .spawn(move || events.send(Event::WaveformLoaded(id, read_waveform(&wav))));
        if let Err(error) = thread {
            context.problem(error);
        }
    }

    /// The waveform of a take, or why it cannot be read; `None` until it was read.
    pub(super) fn waveform(&self, take: &TakeId) -> Option<&Result<Waveform, String>> {
        let load = self.waveform.as_ref().filter(|load| load.take == *take);
        load?.result.as_ref()
    }

    /// Stops playing an erased take and forgets its waveform.
    pub(super) fn forget(&mut self, take: &TakeId) {
        self.waveform.take_if(|load| load.take == *take);
        if self.position_in(take).is_some() {
            self.player = None;
            self.position = None;
        }
    }

    /// Stops the player and forgets the position and the waveform.
    pub(super) fn clear(&mut self) {
        self.pause();
        self.position = None;
        self.waveform = None;
    }

    /// Stores the waveform of a take, if it is still the current one.
    pub(super) fn handle_waveform(&mut self, take: &TakeId, result: Result<Waveform, String>) {
        if let Some(load) = self.waveform.as_mut().filter(|load| load.take == *take) {
            load.result = Some(result);
        }
    }

    /// Handles an event of the player with this number.
    pub(super) fn handle(&mut self, number: u64, event: PlayerEvent, context: &mut Context) {
        if number != self.number {
            return;
        }
        // The microphone test has no position. A take that is paused keeps its own.
        let position = self.position.as_mut().filter(|at| at.playing);
        if position.is_none() && !self.is_mic_test {
            return;
        }
        if let (Some(position), PlayerEvent::At(at) | PlayerEvent::Ended(at)) = (position, &event) {
            position.at = *at;
        }
        match event {
            PlayerEvent::At(_) => {}
            PlayerEvent::Ended(_) => self.pause(),
            PlayerEvent::Failed(why) => {
                self.pause();
                context.problem(why);
            }
        }
    }

    /// Numbers the next player and returns what sends its events.
    fn next_player(&mut self, context: &Context) -> impl Fn(PlayerEvent) + Send + use<> {
        self.number += 1;
        let (number, events) = (self.number, context.events.clone());
        move |event| events.send(Event::Player(number, event))
    }
}

fn read_waveform(wav: &Path) -> Result<Waveform, String> {
    let recording = audio::decode_file(wav).map_err(|error| error.to_string())?;
    Ok(Waveform::from_samples(&recording.samples))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn playback_continues_at_the_position_or_restarts_at_the_end() {
        let take = TakeId("2026-11-23T18-04-09.120-task".to_owned());
        let other = TakeId("2026-11-23T19-04-09.120-task".to_owned());
        let mut playback = Playback::default();
        assert_eq!(playback.span_to_continue(&take, 5.0), Span::new(0.0, 5.0));
        playback.move_to(&take, 3.0);
        assert_eq!(playback.span_to_continue(&take, 5.0), Span::new(3.0, 5.0));
        assert_eq!(playback.span_to_continue(&other, 5.0), Span::new(0.0, 5.0));
        playback.move_to(&take, 4.95);
        assert_eq!(playback.span_to_continue(&take, 5.0), Span::new(0.0, 5.0));
        assert_eq!(playback.remaining(), None);
    }
}
