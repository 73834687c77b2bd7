//! The numbers of a profile that are set by steps, in the window: from where a reading is quiet, and from
//! where it stands out. A step that leaves them in no sensible order is none.

use std::fmt;

use super::profile::Profile;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// The slowest pace that is quiet.
    PaceFrom,
    /// The fastest pace that is quiet.
    PaceTo,
    /// Slower stands out.
    PaceSlow,
    /// Faster stands out.
    PaceFast,
    /// So many fillers a minute do no harm.
    FillersQuiet,
    /// From here on they do.
    FillersRed,
    /// A longer pause inside a sentence is noticed.
    PauseInside,
    /// A longer pause anywhere stands out.
    PauseRed,
    /// The shortest pause between sentences that is praised.
    PauseGoodFrom,
    /// The longest one.
    PauseGoodTo,
}

impl Threshold {
    /// All of them, those of one reading beside each other.
    pub const ALL: [Threshold; 10] = [
        Threshold::PaceFrom,
        Threshold::PaceTo,
        Threshold::PaceSlow,
        Threshold::PaceFast,
        Threshold::FillersQuiet,
        Threshold::FillersRed,
        Threshold::PauseInside,
        Threshold::PauseRed,
        Threshold::PauseGoodFrom,
        Threshold::PauseGoodTo,
    ];

    /// Its number, in words a minute, fillers a minute or seconds.
    pub fn value(self, profile: &Profile) -> f64 {
        let mut profile = profile.clone();
        *self.field_mut(&mut profile)
    }

    /// The number as it is written on the screen.
    pub fn label(self, profile: &Profile) -> String {
        let number = self.value(profile);
        match self.step() {
            step if step < 1.0 => format!("{number:.1} s"),
            _ if matches!(self, Threshold::FillersQuiet | Threshold::FillersRed) => {
                format!("{number:.0} a minute")
            }
            _ => format!("{number:.0} words a minute"),
        }
    }

    /// The profile with this number a step higher or lower; `None` where that cannot be meant.
    pub fn adjusted(self, profile: &Profile, up: bool) -> Option<Profile> {
        let step = self.step();
        let mut stepped = profile.clone();
        let number = self.field_mut(&mut stepped);
        // A number that was written by hand comes to a whole step first.
        let steps = *number / step;
        let next = match up {
            true => (steps + 1e-6).floor() + 1.0,
            false => (steps - 1e-6).ceil() - 1.0,
        };
        // Tenths have no exact place among the numbers: what is written into the file is to be read.
        *number = (next * step * 100.0).round() / 100.0;
        let in_order = |inner: [f64; 2], outer: [f64; 2]| {
            outer[0] <= inner[0] && inner[0] < inner[1] && inner[1] <= outer[1]
        };
        let sensible = in_order(stepped.pace_quiet_wpm, stepped.pace_red_wpm)
            && stepped.pace_red_wpm[0] > 0.0
            && stepped.fillers_quiet_per_minute < stepped.fillers_red_per_minute
            && stepped.pause_inside_amber < stepped.pause_red
            && stepped.pause_inside_amber > 0.0
            && stepped.pause_good[0] < stepped.pause_good[1]
            && stepped.pause_good[1] <= stepped.pause_red
            && stepped.problem().is_none();
        sensible.then_some(stepped)
    }

    fn step(self) -> f64 {
        match self {
            Threshold::PaceFrom | Threshold::PaceTo | Threshold::PaceSlow | Threshold::PaceFast => {
                5.0
            }
            Threshold::FillersQuiet | Threshold::FillersRed => 1.0,
            Threshold::PauseInside | Threshold::PauseGoodFrom | Threshold::PauseGoodTo => 0.1,
            Threshold::PauseRed => 0.5,
        }
    }

    fn field_mut(self, profile: &mut Profile) -> &mut f64 {
        match self {
            Threshold::PaceFrom => &mut profile.pace_quiet_wpm[0],
            Threshold::PaceTo => &mut profile.pace_quiet_wpm[1],
            Threshold::PaceSlow => &mut profile.pace_red_wpm[0],
            Threshold::PaceFast => &mut profile.pace_red_wpm[1],
            Threshold::FillersQuiet => &mut profile.fillers_quiet_per_minute,
            Threshold::FillersRed => &mut profile.fillers_red_per_minute,
            Threshold::PauseInside => &mut profile.pause_inside_amber,
            Threshold::PauseRed => &mut profile.pause_red,
            Threshold::PauseGoodFrom => &mut profile.pause_good[0],
            Threshold::PauseGoodTo => &mut profile.pause_good[1],
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Threshold::PaceFrom => "Pace is fine from",
            Threshold::PaceTo => "Pace is fine up to",
            Threshold::PaceSlow => "Pace stands out under",
            Threshold::PaceFast => "Pace stands out over",
            Threshold::FillersQuiet => "Fillers do no harm up to",
            Threshold::FillersRed => "Fillers stand out from",
            Threshold::PauseInside => "Pause noticed in a sentence over",
            Threshold::PauseRed => "Pause stands out over",
            Threshold::PauseGoodFrom => "Pause is good from",
            Threshold::PauseGoodTo => "Pause is good up to",
        })
    }
}

impl Profile {
    /// With every band as it was delivered. How "we" is seen, and how the voice usually moves, stay.
    pub fn with_bands_as_delivered(&self) -> Profile {
        Profile {
            ownership: self.ownership,
            baseline: self.baseline,
            ..Profile::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_goes_up_and_down_by_its_step_and_back() {
        let delivered = Profile::default();
        for bound in Threshold::ALL {
            for up in [true, false] {
                let Some(stepped) = bound.adjusted(&delivered, up) else {
                    continue;
                };
                let by = bound.value(&stepped) - bound.value(&delivered);
                assert!((by.abs() - bound.step()).abs() < 1e-9, "{bound}: {by}");
                assert_eq!(by > 0.0, up, "{bound}");
                let back = bound.adjusted(&stepped, !up);
                assert_eq!(back.as_ref(), Some(&delivered), "{bound}");
            }
        }
        assert_eq!(Threshold::PaceFrom.label(&delivered), "110 words a minute");
        assert_eq!(Threshold::FillersRed.label(&delivered), "12 a minute");
        assert_eq!(Threshold::PauseGoodFrom.label(&delivered), "0.5 s");
    }

    #[test]
    fn bounds_do_not_pass_each_other() {
        let mut profile = Profile::default();
        let mut steps = 0;
        while let Some(stepped) = Threshold::PaceFrom.adjusted(&profile, true) {
            profile = stepped;
            steps += 1;
            assert!(steps < 100);
        }
        assert_eq!(profile.pace_quiet_wpm, [160.0, 165.0]);
        let mut profile = Profile::default();
        while let Some(stepped) = Threshold::PaceSlow.adjusted(&profile, true) {
            profile = stepped;
        }
        assert_eq!(profile.pace_red_wpm, [110.0, 190.0]);
        let mut profile = Profile::default();
        while let Some(stepped) = Threshold::FillersQuiet.adjusted(&profile, false) {
            profile = stepped;
        }
        assert_eq!(profile.fillers_quiet_per_minute, 0.0);
    }

    #[test]
    fn what_was_written_by_hand_comes_to_a_whole_step() {
        let by_hand = Profile {
            pace_quiet_wpm: [112.0, 165.0],
            ..Profile::default()
        };
        let up = Threshold::PaceFrom.adjusted(&by_hand, true).expect("room");
        let down = Threshold::PaceFrom.adjusted(&by_hand, false).expect("room");
        assert_eq!(up.pace_quiet_wpm[0], 115.0);
        assert_eq!(down.pace_quiet_wpm[0], 110.0);
    }
}
