//! The checks of what the user keeps: disk space, permissions, take database, settings and stories.

use crate::domain::take::TakeId;
use crate::storage::{Exposure, Store, story_library};

/// About 100 minutes of audio, at 2 MB a minute.
const MIN_FREE_BYTES: u64 = 200 << 20;

/// Whether takes can be written, and how many.
pub(super) fn check_disk(store: &Store) -> Result<String, String> {
    store.prepare().map_err(|error| error.to_string())?;
    let folder = store.folder().display();
    match store.free_space() {
        Ok(bytes) if bytes < MIN_FREE_BYTES => Err(format!(
            "only {} MB free in {folder}: free some disk space",
            bytes >> 20
        )),
        Ok(bytes) => Ok(format!("{} MB free in {folder}", bytes >> 20)),
        Err(error) => Err(format!("{folder}: {error}")),
    }
}

/// Whether others can read the takes.
pub(super) fn check_permissions(store: &Store) -> Result<String, String> {
    match store.exposure() {
        None if !store.has_takes() => Ok("no takes yet".to_owned()),
        None => Ok("only you can read your takes".to_owned()),
        Some(exposure @ Exposure::FileServer(_)) => Ok(exposure.to_string()),
        Some(exposure) => Err(exposure.to_string()),
    }
}

/// Whether the take database can be read. Changes nothing.
pub(super) fn check_database(store: &Store) -> Result<String, String> {
    if !store.has_database() {
        return Ok("no take database yet".to_owned());
    }
    // Opening alone does not read the file.
    let absent = TakeId(String::new());
    match store.read_only().and_then(|db| db.take(&absent)) {
        Ok(_) => Ok("the take database is readable".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Whether settings and profile can be read.
pub(super) fn check_settings(store: &Store) -> Result<String, String> {
    let settings = store.settings().map(|_| ());
    let profile = store.profile().map(|_| ());
    match settings.and(profile) {
        Ok(()) => Ok("settings and profile are readable".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Whether all story files can be used.
pub(super) fn check_stories(store: &Store) -> Result<String, String> {
    let (stories, errors) = story_library::stories(&store.stories());
    match errors.first() {
        None => Ok(format!("{} stories", stories.len())),
        Some(_) => {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Err(errors.join("\n"))
        }
    }
}
