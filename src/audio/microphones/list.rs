//! Lists the system's inputs, and finds the device of a choice among them.

use cpal::traits::{DeviceTrait, HostTrait};

use super::alsa::{is_alsa_server, is_input_id, keep_one_entry_per_card};
use super::device::{KnownMicrophone, Microphone};
use super::error::{MicError, mic_error};
use super::loopback::is_loopback;
use super::matching::{find_known, find_named};
use super::naming::set_unique_names;
#[cfg(target_os = "linux")]
use super::places;
use crate::audio::host::{host, host_by_id};

/// A device and what is known about it.
type Listed = (cpal::Device, Microphone);

/// The available microphones, the default first. Inputs that record what the computer plays come last.
pub fn microphones() -> Result<Vec<Microphone>, MicError> {
    let host = host();
    let listed = list(&host)?;
    let default = default_id(&host, &listed);
    let mut found: Vec<Microphone> = listed
        .into_iter()
        .filter_map(|(device, mut microphone)| {
            let config = device.default_input_config().ok();
            // ALSA always lists its default, even if no device is behind it.
            if config.is_none() && is_alsa_server(&microphone.id) {
                return None;
            }
            microphone.default = default.as_ref() == Some(&microphone.id);
            microphone.sample_rate_hz = config.as_ref().map(|c| c.sample_rate());
            microphone.channels = config.as_ref().map(|c| c.channels());
            microphone.format = config.as_ref().map(|c| c.sample_format().to_string());
            Some(microphone)
        })
        .collect();
    found.sort_by_key(|mic| (!mic.default, mic.loopback));
    match found.is_empty() {
        true => Err(MicError::NotFound),
        false => Ok(found),
    }
}

/// The device that is used if the user chose none: the system's default. If that records what the computer plays, it
/// is only used if there is no other.
pub(in crate::audio) fn default_device(
    host: &cpal::Host,
) -> Result<(cpal::Device, Microphone), MicError> {
    let device = host.default_input_device().ok_or(MicError::NotFound)?;
    let microphone = facts_of(&device)?;
    if microphone.loopback
        && let Ok(listed) = list(host)
        && let Some(other) = listed.into_iter().find(|(_, other)| !other.loopback)
    {
        return Ok(other);
    }
    Ok((device, microphone))
}

/// The device that the user named: see [`find_named`].
pub(in crate::audio) fn named_device(
    host: &cpal::Host,
    text: &str,
) -> Result<(cpal::Device, Microphone), MicError> {
    // An id may belong to another audio interface than the preferred one.
    let other = text.parse::<cpal::DeviceId>().ok().map(|id| id.host());
    let other = other.filter(|id| *id != host.id()).and_then(host_by_id);
    device_of(list(other.as_ref().unwrap_or(host))?, |found| {
        find_named(text, found)
    })
}

/// The device that was chosen earlier: see [`find_known`].
pub(in crate::audio) fn known_device(
    host: &cpal::Host,
    known: &KnownMicrophone,
) -> Result<(cpal::Device, Microphone), MicError> {
    device_of(list(host)?, |found| find_known(known, found))
}

fn device_of(
    listed: Vec<Listed>,
    find: impl Fn(&[Microphone]) -> Result<&Microphone, MicError>,
) -> Result<Listed, MicError> {
    let (devices, found): (Vec<cpal::Device>, Vec<Microphone>) = listed.into_iter().unzip();
    let id = find(&found)?.id.clone();
    let mut listed = devices.into_iter().zip(found);
    listed
        .find(|(_, microphone)| microphone.id == id)
        .ok_or(MicError::NotFound)
}

/// All inputs of an audio interface with unique names, in the system's order.
fn list(host: &cpal::Host) -> Result<Vec<Listed>, MicError> {
    let devices = host.input_devices().map_err(mic_error)?;
    let mut listed: Vec<Listed> = devices
        .filter(|device| device.id().is_ok_and(|id| is_input_id(&id.to_string())))
        .filter_map(|device| {
            let microphone = facts_of(&device).ok()?;
            Some((device, microphone))
        })
        .collect();
    keep_one_entry_per_card(&mut listed);
    let (devices, mut found): (Vec<cpal::Device>, Vec<Microphone>) = listed.into_iter().unzip();
    #[cfg(target_os = "linux")]
    places::add_places(&mut found);
    set_unique_names(&mut found);
    Ok(devices.into_iter().zip(found).collect())
}

/// What the system says about a device.
fn facts_of(device: &cpal::Device) -> Result<Microphone, MicError> {
    let id = device.id().map_err(mic_error)?;
    let description = device.description().map_err(mic_error)?;
    let texts = [
        description.address(),
        description.manufacturer(),
        description.driver(),
    ];
    Ok(Microphone {
        name: description.name().to_owned(),
        system_name: description.name().to_owned(),
        loopback: is_loopback(&id.to_string(), description.name()),
        details: texts
            .into_iter()
            .flatten()
            .chain(description.extended())
            .map(str::to_owned)
            .collect(),
        id: id.to_string(),
        ..Microphone::default()
    })
}

/// The id of the device that [`default_device`] would open.
fn default_id(host: &cpal::Host, listed: &[Listed]) -> Option<String> {
    let system = host.default_input_device()?.id().ok()?.to_string();
    let is_loopback = |id: &str| listed.iter().any(|(_, one)| one.id == id && one.loopback);
    let other = listed.iter().find(|(_, one)| !one.loopback);
    match other {
        Some((_, other)) if is_loopback(&system) => Some(other.id.clone()),
        _ => Some(system),
    }
}
