//! Creates PulseAudio's authentication cookie if it is missing. The server rejects clients without one,
//! even if it then checks the user instead. Its own client library creates the cookie; cpal's does not
//! and would silently fall back to ALSA.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

const COOKIE_BYTES: usize = 256;

/// Creates a cookie at libpulse's default path. `None` if there is one already, no has_server, or no home
/// folder.
pub(crate) fn create() -> Option<()> {
    let has_server = std::env::var_os("PULSE_SERVER").is_some()
        || std::env::var_os("XDG_RUNTIME_DIR")
            .is_some_and(|folder| PathBuf::from(folder).join("pulse/native").exists());
    let folder = std::env::home_dir()?.join(".config/pulse");
    if !has_server {
        return None;
    }
    let mut cookie = [0; COOKIE_BYTES];
    File::open("/dev/urandom")
        .ok()?
        .read_exact(&mut cookie)
        .ok()?;
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)
        .ok()?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(folder.join("cookie")).ok()?;
    file.write_all(&cookie).ok()
}
