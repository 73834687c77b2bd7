//! The numbers of a profile that are set by steps, in the window: from where a reading is quiet, and from
//! where it stands out. A step that leaves them in no sensible order is none.

use std::fmt;

use super::profile::Profile;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
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

impl Bound {
    /// All of them, those of one reading beside each other.
    pub const ALL: [Bound; 10] = [
        Bound::PaceFrom,
        Bound::PaceTo,
        Bound::PaceSlow,
        Bound::PaceFast,
        Bound::FillersQuiet,
        Bound::FillersRed,
        Bound::PauseInside,
        Bound::PauseRed,
        Bound::PauseGoodFrom,
        Bound::PauseGoodTo,
    ];

    /// Its number, in words a minute, fillers a minute or seconds.
    pub fn of(self, profile: &Profile) -> f64 {
        let mut profile = profile.clone();
        *self.place(&mut profile)
    }

    /// The number as it is written on the screen.
    pub fn told(self, profile: &Profile) -> String {
        let number = self.of(profile);
        match self.step() {
            step if step < 1.0 => format!("{number:.1} s"),
            _ if matches!(self, Bound::FillersQuiet | Bound::FillersRed) => {
                format!("{number:.0} a minute")
            }
            _ => format!("{number:.0} words a minute"),
        }
    }

    /// The profile with this number a step higher or lower; `None` where that cannot be meant.
    pub fn stepped(self, profile: &Profile, up: bool) -> Option<Profile> {
        let step = self.step();
        let mut stepped = profile.clone();
        let number = self.place(&mut stepped);
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
            Bound::PaceFrom | Bound::PaceTo | Bound::PaceSlow | Bound::PaceFast => 5.0,
            Bound::FillersQuiet | Bound::FillersRed => 1.0,
            Bound::PauseInside | Bound::PauseGoodFrom | Bound::PauseGoodTo => 0.1,
            Bound::PauseRed => 0.5,
        }
    }

    fn place(self, profile: &mut Profile) -> &mut f64 {
        match self {
            Bound::PaceFrom => &mut profile.pace_quiet_wpm[0],
            Bound::PaceTo => &mut profile.pace_quiet_wpm[1],
            Bound::PaceSlow => &mut profile.pace_red_wpm[0],
            Bound::PaceFast => &mut profile.pace_red_wpm[1],
            Bound::FillersQuiet => &mut profile.fillers_quiet_per_minute,
            Bound::FillersRed => &mut profile.fillers_red_per_minute,
            Bound::PauseInside => &mut profile.pause_inside_amber,
            Bound::PauseRed => &mut profile.pause_red,
            Bound::PauseGoodFrom => &mut profile.pause_good[0],
            Bound::PauseGoodTo => &mut profile.pause_good[1],
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Bound::PaceFrom => "Pace is fine from",
            Bound::PaceTo => "Pace is fine up to",
            Bound::PaceSlow => "Pace stands out under",
            Bound::PaceFast => "Pace stands out over",
            Bound::FillersQuiet => "Fillers do no harm up to",
            Bound::FillersRed => "Fillers stand out from",
            Bound::PauseInside => "Pause noticed in a sentence over",
            Bound::PauseRed => "Pause stands out over",
            Bound::PauseGoodFrom => "Pause is good from",
            Bound::PauseGoodTo => "Pause is good up to",
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
        for bound in Bound::ALL {
            for up in [true, false] {
                let Some(stepped) = bound.stepped(&delivered, up) else {
                    continue;
                };
                let by = bound.of(&stepped) - bound.of(&delivered);
                assert!((by.abs() - bound.step()).abs() < 1e-9, "{bound}: {by}");
                assert_eq!(by > 0.0, up, "{bound}");
                let back = bound.stepped(&stepped, !up);
                assert_eq!(back.as_ref(), Some(&delivered), "{bound}");
            }
        }
        assert_eq!(Bound::PaceFrom.told(&delivered), "110 words a minute");
        assert_eq!(Bound::FillersRed.told(&delivered), "12 a minute");
        assert_eq!(Bound::PauseGoodFrom.told(&delivered), "0.5 s");
    }

    #[test]
    fn bounds_do_not_pass_each_other() {
        let mut profile = Profile::default();
        let mut steps = 0;
        while let Some(stepped) = Bound::PaceFrom.stepped(&profile, true) {
            profile = stepped;
            steps += 1;
            assert!(steps < 100);
        }
        assert_eq!(profile.pace_quiet_wpm, [160.0, 165.0]);
        let mut profile = Profile::default();
        while let Some(stepped) = Bound::PaceSlow.stepped(&profile, true) {
            profile = stepped;
        }
        assert_eq!(profile.pace_red_wpm, [110.0, 190.0]);
        let mut profile = Profile::default();
        while let Some(stepped) = Bound::FillersQuiet.stepped(&profile, false) {
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
        let up = Bound::PaceFrom.stepped(&by_hand, true).expect("room");
        let down = Bound::PaceFrom.stepped(&by_hand, false).expect("room");
        assert_eq!(up.pace_quiet_wpm[0], 115.0);
        assert_eq!(down.pace_quiet_wpm[0], 110.0);
    }
}
