//! PulseAudio's cookie. A server greets nobody who has none, even where it then looks at the user
//! and not at the cookie. Other programs' client library makes one when it finds none; cpal's does
//! not, and would go on to ALSA without a word.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

const COOKIE_BYTES: usize = 256;

/// Makes a cookie where everybody looks for it, as libpulse does. `None` where there is one, or no
/// server, or no place for it.
pub(crate) fn create() -> Option<()> {
    let server = std::env::var_os("PULSE_SERVER").is_some()
        || std::env::var_os("XDG_RUNTIME_DIR")
            .is_some_and(|folder| PathBuf::from(folder).join("pulse/native").exists());
    let folder = std::env::home_dir()?.join(".config/pulse");
    if !server {
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
