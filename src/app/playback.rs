//! A take is heard again: what is played, where it stands, and the shape of its sound. The microphone
//! is never open meanwhile.

use crate::acoustics::waveform::Waveform;
use crate::audio;
use crate::audio::{Player, PlayerEvent, SPEEDS};
use crate::domain::take::TakeId;
use crate::domain::time::{Secs, Span};

use super::{Controller, Event};

/// Of the take's last moment nothing is worth hearing.
const THE_END: Secs = 0.1;

/// Where in a take somebody listens.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaybackPosition {
    /// The take.
    pub take: TakeId,
    /// This is heard now, or was last.
    pub at: Secs,
    /// Whether it is being played.
    pub playing: bool,
}

/// The player, and what it told so far.
#[derive(Default)]
pub(super) struct PlaybackState {
    player: Option<Player>,
    /// Of players, each by its number: a late word of an old one changes nothing.
    number: u64,
    place: Option<PlaybackPosition>,
    /// What is played ends there.
    end: Secs,
    shape: Option<WaveformLoad>,
    /// It is no take that is heard, but what the microphone's trial left.
    trial: bool,
}

/// How the sound of a take looks; `None` until it was read, or why it cannot be.
struct WaveformLoad {
    take: TakeId,
    told: Option<Result<Waveform, String>>,
}

impl Controller {
    /// Plays a span of a take, from its start, at the speed of the settings. Not while somebody answers.
    pub fn play(&mut self, take: &TakeId, span: Span) {
        if self.take.is_some() || !self.finishing.is_empty() {
            return;
        }
        self.stop_monitor();
        self.pause();
        self.playing.number += 1;
        let (number, outbox) = (self.playing.number, self.outbox.clone());
        let tell = move |played| outbox.send(Event::Played(number, played));
        let player = Player::play(self.store.wav(take), span, self.play_speed(), tell);
        let playing = player.is_ok();
        match player {
            Ok(player) => self.playing.player = Some(player),
            Err(error) => self.problem(error),
        }
        self.playing.end = span.end;
        self.playing.place = Some(PlaybackPosition {
            take: take.clone(),
            at: span.start,
            playing,
        });
    }

    /// Plays what the last trial of the microphone left, or no more. Not while somebody answers.
    pub fn play_mic_test(&mut self) {
        let heard = self.playing.trial;
        self.pause();
        let answering = self.take.is_some() || !self.finishing.is_empty();
        if heard || answering || self.mic_test_samples().is_empty() {
            return;
        }
        self.stop_monitor();
        self.playing.number += 1;
        let (number, outbox) = (self.playing.number, self.outbox.clone());
        let tell = move |played| outbox.send(Event::Played(number, played));
        match Player::play_samples(self.mic_test_samples().to_vec(), tell) {
            Ok(player) => {
                self.playing.player = Some(player);
                self.playing.trial = true;
            }
            Err(error) => self.problem(error),
        }
    }

    /// Whether the trial is heard now.
    pub fn is_playing_mic_test(&self) -> bool {
        self.playing.trial
    }

    /// Plays no more; or goes on where a take of so many `seconds` stands, from its start where that is
    /// its end.
    pub fn play_or_pause(&mut self, take: &TakeId, seconds: Secs) {
        let place = self.position_in(take);
        if place.is_some_and(|place| place.playing) {
            return self.pause();
        }
        let at = place.map_or(0.0, |place| place.at);
        let at = if at < seconds - THE_END { at } else { 0.0 };
        self.play(take, Span::new(at, seconds));
    }

    /// Plays no more; the place stays.
    pub fn pause(&mut self) {
        self.playing.player = None;
        self.playing.trial = false;
        if let Some(place) = &mut self.playing.place {
            place.playing = false;
        }
    }

    /// Goes to a place of a take. What is played goes on from there.
    pub fn seek(&mut self, take: &TakeId, at: Secs) {
        let goes_on = self.position_in(take).is_some_and(|place| place.playing);
        match goes_on {
            true => self.play(take, Span::new(at, Secs::INFINITY)),
            false => {
                self.pause();
                self.playing.place = Some(PlaybackPosition {
                    take: take.clone(),
                    at,
                    playing: false,
                });
            }
        }
    }

    /// Whether any take is being heard.
    pub fn is_playing(&self) -> bool {
        self.playing
            .place
            .as_ref()
            .is_some_and(|place| place.playing)
    }

    /// Where somebody listens, or listened last, if that is in this take.
    pub fn position_in(&self, take: &TakeId) -> Option<&PlaybackPosition> {
        let place = self.playing.place.as_ref();
        place.filter(|place| place.take == *take)
    }

    /// How fast takes are played.
    pub fn play_speed(&self) -> f64 {
        let wanted = self.settings.play_speed;
        let off = |speed: &f64| (speed - wanted).abs();
        let nearest = SPEEDS.into_iter().min_by(|a, b| off(a).total_cmp(&off(b)));
        nearest.unwrap_or(1.0)
    }

    /// Plays faster or slower from now on; what is played goes on so.
    pub fn set_play_speed(&mut self, speed: f64) {
        self.change_settings(|settings| settings.play_speed = speed);
        let place = self.playing.place.clone();
        if let Some(place) = place.filter(|place| place.playing) {
            self.play(&place.take, Span::new(place.at, self.playing.end));
        }
    }

    /// Reads how the sound of a take looks, on a thread of its own; once for each take that is gone to.
    pub fn load_waveform(&mut self, take: &TakeId) {
        let known = self.playing.shape.as_ref();
        if known.is_some_and(|shape| shape.take == *take) {
            return;
        }
        self.playing.shape = Some(WaveformLoad {
            take: take.clone(),
            told: None,
        });
        let (wav, id, outbox) = (self.store.wav(take), take.clone(), self.outbox.clone());
        // Nobody waits for this thread: it ends with its one answer.
        let thread = std::thread::Builder::new()
            .name("shape".to_owned())
            .spawn(move || {
                let read = audio::decode_file(&wav).map_err(|error| error.to_string());
                let shape = read.map(|recording| Waveform::from_samples(&recording.samples));
                outbox.send(Event::WaveformLoaded(id, shape));
            });
        if let Err(error) = thread {
            self.problem(error);
        }
    }

    /// How the sound of a take looks, or why that is not known; `None` until it was read.
    pub fn waveform(&self, take: &TakeId) -> Option<&Result<Waveform, String>> {
        let shape = self.playing.shape.as_ref();
        shape.filter(|shape| shape.take == *take)?.told.as_ref()
    }

    /// What was erased is heard and seen no more.
    pub(super) fn forget_sound(&mut self, take: &TakeId) {
        self.playing.shape.take_if(|shape| shape.take == *take);
        if self.position_in(take).is_some() {
            self.playing.player = None;
            self.playing.place = None;
        }
    }

    pub(super) fn shape_read(&mut self, take: TakeId, told: Result<Waveform, String>) {
        if let Some(shape) = self.playing.shape.as_mut().filter(|s| s.take == take) {
            shape.told = Some(told);
        }
    }

    pub(super) fn played(&mut self, number: u64, played: PlayerEvent) {
        if self.playing.trial && number == self.playing.number {
            return match played {
                PlayerEvent::At(_) => {}
                PlayerEvent::Ended(_) => self.pause(),
                PlayerEvent::Failed(why) => {
                    self.pause();
                    self.problem(why);
                }
            };
        }
        let playing = &mut self.playing;
        let Some(place) = playing.place.as_mut().filter(|place| place.playing) else {
            return;
        };
        if number != playing.number {
            return;
        }
        match played {
            PlayerEvent::At(at) => place.at = at,
            PlayerEvent::Ended(at) => {
                place.at = at;
                self.pause();
            }
            PlayerEvent::Failed(why) => {
                self.pause();
                self.problem(why);
            }
        }
    }
}
