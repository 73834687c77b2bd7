//! A microphone as the system describes it, and the choice of one as it is stored.

/// Added to the name of an input that records what the loudspeakers play.
const LOOPBACK_NOTE: &str = "records what the computer plays";

/// An available microphone.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Microphone {
    /// Display name. No two microphones of a list have the same.
    pub name: String,
    /// The system's id.
    pub id: String,
    /// Whether it is used if the user chose none.
    pub default: bool,
    /// Whether it records what the computer plays, not a voice in the room.
    pub loopback: bool,
    /// Where it is plugged in; `None` if the system does not report it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Default sample rate; `None` if the device does not report it.
    pub sample_rate_hz: Option<u32>,
    /// Default channel count.
    pub channels: Option<u16>,
    /// Default sample format.
    pub format: Option<String>,
    /// The name that the system gives it, which others may have, too.
    #[serde(skip)]
    pub system_name: String,
    /// What else the system says about it, the most helpful first.
    #[serde(skip)]
    pub details: Vec<String>,
}

/// A microphone that was chosen earlier. It may be unplugged now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownMicrophone {
    /// The system's id; empty in settings of versions that stored the name only.
    pub id: String,
    /// The name that the system gave it.
    pub name: String,
    /// Where it was plugged in.
    pub place: Option<String>,
}

impl Microphone {
    /// The name with a note if it records what the computer plays.
    pub fn label(&self) -> String {
        match self.loopback {
            true => format!("{} ({LOOPBACK_NOTE})", self.name),
            false => self.name.clone(),
        }
    }

    /// What is stored of it when it is chosen.
    pub fn known(&self) -> KnownMicrophone {
        KnownMicrophone {
            id: self.id.clone(),
            name: self.system_name.clone(),
            place: self.place.clone(),
        }
    }
}
