//! Recognizes inputs that record what the computer plays.

/// Names that drivers and virtual devices give such inputs, in lower case.
const NAMES: [&str; 13] = [
    "monitor of ",
    "stereo mix",
    "stereomix",
    "what u hear",
    "what you hear",
    "wave out mix",
    "waveout mix",
    "loopback",
    "blackhole",
    "soundflower",
    "vb-audio",
    "cable output",
    "virtual audio cable",
];

/// Whether an input records what the computer plays, by its id and its name. An interface's loopback channels are
/// one device with its microphones, so only names of whole devices count.
pub fn is_loopback(id: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    let card = id.to_lowercase();
    id.ends_with(".monitor")
        || card.contains("card=loopback")
        || NAMES.iter().any(|known| name.contains(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopbacks_are_recognized_on_every_system() {
        for (id, name, expected) in [
            ("pulseaudio:alsa_output.pci.monitor", "Speakers", true),
            ("pulseaudio:a", "Monitor of Built-in Audio", true),
            ("wasapi:{0.0.1}", "Stereo Mix (Realtek Audio)", true),
            (
                "wasapi:{0.0.1}",
                "CABLE Output (VB-Audio Virtual Cable)",
                true,
            ),
            ("coreaudio:BlackHole2ch_UID", "BlackHole 2ch", true),
            ("alsa:hw:CARD=Loopback,DEV=1", "Loopback PCM", true),
            ("pulseaudio:alsa_input.usb", "Dell Monitor Webcam", false),
            ("pulseaudio:alsa_input.usb", "Monitor Audio USB", false),
            ("wasapi:{0.0.1}", "Microphone (2- USB Audio)", false),
            ("pulseaudio:monitors", "Stereo microphone", false),
        ] {
            assert_eq!(is_loopback(id, name), expected, "{id} {name}");
        }
    }
}
