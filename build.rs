//! Ends the build with one sentence if whisper.cpp was built without the patches in `whisper/patches`, or with others.
#![allow(
    clippy::print_stdout,
    reason = "this is how a build script talks to Cargo"
)]

use std::env;
use std::path::Path;

use whisper_patches::Patches;

fn main() {
    println!("cargo::rerun-if-changed={}", Patches::dir().display());
    // The build script of whisper-rs-sys publishes where whisper.cpp was built and where its sources are.
    let build = env::var_os("DEP_WHISPER_ROOT");
    let sources = env::var_os("DEP_WHISPER_SOURCES").unwrap_or_default();
    if let Err(message) = check(build.as_deref().map(Path::new)) {
        println!("cargo::error={message}");
    }
    // For tests/whisper_patches.rs.
    let build = build.unwrap_or_default();
    println!(
        "cargo::rustc-env=WHISPER_BUILD={}",
        Path::new(&build).display()
    );
    println!(
        "cargo::rustc-env=WHISPER_SOURCES={}",
        Path::new(&sources).display()
    );
}

fn check(build: Option<&Path>) -> Result<(), String> {
    let build = build.ok_or(
        "whisper-rs-sys did not build whisper.cpp, so it lacks Starling's patches: \
         remove `links` overrides of whisper from Cargo's configuration",
    )?;
    Patches::read()?.check(build)
}
