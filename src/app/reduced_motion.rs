//! Whether the desktop asks for less motion. KDE, and most desktops for GTK programs, write it to configuration files,
//! which `mundy` does not read. GNOME, Xfce, Budgie and Pantheon report it through the desktop portal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(target_os = "linux")]
use std::time::Duration;

use super::background_task::BackgroundTask;

/// How long the desktop portal may take to answer. It may have to be started first.
#[cfg(target_os = "linux")]
const PORTAL_TIMEOUT: Duration = Duration::from_secs(1);

/// The desktop's preference, as it was when the program started.
pub struct MotionPreference {
    is_reduced: Arc<AtomicBool>,
    _query: Option<BackgroundTask>,
}

impl MotionPreference {
    /// Reads the configuration files, and asks the portal in the background. Calls `changed` if its answer changes the
    /// preference.
    pub fn query(changed: impl FnOnce() + Send + 'static) -> Self {
        let is_reduced = Arc::new(AtomicBool::new(is_reduced_by_files()));
        Self {
            _query: ask_portal(Arc::clone(&is_reduced), changed),
            is_reduced,
        }
    }

    /// Whether the desktop asks for less motion; false if it has not said so.
    pub fn is_reduced(&self) -> bool {
        self.is_reduced.load(Ordering::Relaxed)
    }
}

#[cfg(target_os = "linux")]
fn ask_portal(
    is_reduced: Arc<AtomicBool>,
    changed: impl FnOnce() + Send + 'static,
) -> Option<BackgroundTask> {
    if is_reduced.load(Ordering::Relaxed) {
        return None;
    }
    let ask = move || {
        let interest = mundy::Interest::ReducedMotion;
        let answer = mundy::Preferences::once_blocking(interest, PORTAL_TIMEOUT);
        if answer.is_some_and(|answer| answer.reduced_motion == mundy::ReducedMotion::Reduce) {
            is_reduced.store(true, Ordering::Relaxed);
            changed();
        }
    };
    // Without a thread, the files decide alone.
    BackgroundTask::start("desktop-portal", ask).ok()
}

#[cfg(not(target_os = "linux"))]
fn ask_portal(
    _is_reduced: Arc<AtomicBool>,
    _changed: impl FnOnce() + Send + 'static,
) -> Option<BackgroundTask> {
    None
}

/// Whether a configuration file asks for less motion.
fn is_reduced_by_files() -> bool {
    let Some(dirs) = directories::BaseDirs::new() else {
        return false;
    };
    let files = ["gtk-4.0/settings.ini", "gtk-3.0/settings.ini", "kdeglobals"];
    let read = |file| std::fs::read_to_string(dirs.config_dir().join(file)).ok();
    files
        .iter()
        .filter_map(read)
        .any(|text| turns_animations_off(&text))
}

/// Whether a configuration file, with one `key=value` per line, turns animations off.
fn turns_animations_off(text: &str) -> bool {
    text.lines().any(|line| {
        let Some((key, value)) = line.split_once('=') else {
            return false;
        };
        let value = value.trim();
        match key.trim() {
            "gtk-enable-animations" => value == "0" || value.eq_ignore_ascii_case("false"),
            "AnimationDurationFactor" => value.parse() == Ok(0.0),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disabled_animations_are_recognized() {
        for (text, off) in [
            ("[Settings]\ngtk-enable-animations=false\n", true),
            ("[Settings]\ngtk-enable-animations = 0\n", true),
            ("[KDE]\nAnimationDurationFactor=0\n", true),
            ("[KDE]\nAnimationDurationFactor=0.5\n", false),
            ("[Settings]\ngtk-enable-animations=true\n", false),
            ("#gtk-enable-animations=false\n", false),
            ("", false),
        ] {
            assert_eq!(turns_animations_off(text), off, "{text}");
        }
    }
}
