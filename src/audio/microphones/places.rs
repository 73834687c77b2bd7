//! Where Linux says that a microphone is plugged in: from the sound server's properties or from ALSA's list of cards.
//! cpal passes neither on.

use std::collections::HashMap;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use super::alsa::alsa_card;
use super::device::Microphone;
use crate::audio::block_on::block_on;

/// A server that takes longer has not answered cpal either.
const TIMEOUT: Duration = Duration::from_secs(1);
/// ALSA's list of cards.
const CARDS: &str = "/proc/asound/cards";

/// What the sound server says about a source.
#[derive(Debug, Default, Clone)]
struct SourceFacts {
    place: Option<String>,
    details: Vec<String>,
    /// Whether it is the monitor of a loudspeaker.
    is_monitor: bool,
}

/// Adds where microphones are plugged in. What the system does not say stays unknown.
pub(super) fn add_places(microphones: &mut [Microphone]) {
    let on_server = |one: &Microphone| one.id.starts_with("pulseaudio:");
    if microphones.iter().any(on_server)
        && let Some(sources) = ask_server()
    {
        for microphone in microphones.iter_mut() {
            let name = microphone.id.strip_prefix("pulseaudio:");
            if let Some(facts) = name.and_then(|name| sources.get(name)) {
                microphone.place.clone_from(&facts.place);
                microphone.loopback |= facts.is_monitor;
                let details = std::mem::take(&mut microphone.details);
                microphone.details = facts.details.iter().cloned().chain(details).collect();
            }
        }
    }
    if microphones.iter().any(|one| alsa_card(&one.id).is_some()) {
        let cards = std::fs::read_to_string(CARDS).unwrap_or_default();
        for microphone in microphones {
            if let Some(card) = alsa_card(&microphone.id) {
                microphone.place = alsa_place(&cards, card);
            }
        }
    }
}

/// The sources of the sound server by their names. A server may block, so the question is asked on a thread that is
/// never joined.
fn ask_server() -> Option<HashMap<String, SourceFacts>> {
    let (sender, answer) = channel();
    thread::Builder::new()
        .name("microphone-places".to_owned())
        .spawn(move || {
            // Without a receiver, the answer came too late.
            let _ = sender.send(list_sources());
        })
        .ok()?;
    answer.recv_timeout(TIMEOUT).ok()?
}

fn list_sources() -> Option<HashMap<String, SourceFacts>> {
    let client = pulseaudio::Client::from_env(c"starling-microphones").ok()?;
    let sources = block_on(client.list_sources()).ok()?;
    let facts = sources.into_iter().map(|source| {
        let property = |key: &std::ffi::CStr| {
            let bytes = source.props.get_bytes(key)?;
            let text = String::from_utf8_lossy(bytes);
            let text = text.trim_end_matches('\0').trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let details = [
            c"device.profile.description",
            c"device.product.name",
            c"alsa.long_card_name",
            c"device.serial",
        ];
        let facts = SourceFacts {
            place: property(c"device.bus_path"),
            details: details.into_iter().filter_map(property).collect(),
            is_monitor: source.monitor_of_sink_index.is_some()
                || property(c"device.class").as_deref() == Some("monitor"),
        };
        (source.name.to_string_lossy().into_owned(), facts)
    });
    Some(facts.collect())
}

/// Where the card with this id or number is plugged in: `usb-0000:00:14.0-2.1` from the line
/// `C-Media USB Audio at usb-0000:00:14.0-2.1, full speed`.
fn alsa_place(cards: &str, card: &str) -> Option<String> {
    let mut lines = cards.lines();
    lines.find(|line| {
        let number = line.split_whitespace().next();
        let id = line.split(['[', ']']).nth(1);
        number == Some(card) || id.is_some_and(|id| id.trim() == card)
    })?;
    let (_, place) = lines.next()?.rsplit_once(" at ")?;
    Some(place.split(',').next()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARDS_FILE: &str = " 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7f10000 irq 31
 1 [Device         ]: USB-Audio - USB PnP Sound Device
                      C-Media USB PnP Sound Device at usb-0000:00:14.0-2, full speed
12 [Device_1       ]: USB-Audio - USB PnP Sound Device
                      C-Media USB PnP Sound Device at usb-0000:00:14.0-4.1, full speed
";

    #[test]
    fn alsa_card_has_the_place_of_its_usb_port() {
        for (card, place) in [
            ("Device", Some("usb-0000:00:14.0-2")),
            ("Device_1", Some("usb-0000:00:14.0-4.1")),
            ("12", Some("usb-0000:00:14.0-4.1")),
            ("PCH", Some("0xf7f10000 irq 31")),
            ("Dev", None),
            ("2", None),
        ] {
            assert_eq!(alsa_place(CARDS_FILE, card).as_deref(), place, "{card}");
        }
        assert_eq!(alsa_place("--- no soundcards ---", "0"), None);
    }
}
