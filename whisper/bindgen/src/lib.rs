//! Takes bindgen's place in the build script of `whisper-rs-sys`, to patch whisper.cpp.
//!
//! That build script copies the sources of whisper.cpp, calls bindgen, and then runs CMake. So bindgen's place is
//! where patches can be applied. `[patch.crates-io]` in Starling's `Cargo.toml` puts this crate there. It offers the
//! part of bindgen's interface that the build script calls. The bindings are the ones that `whisper-rs-sys` ships, so
//! neither libclang nor bindgen's dependencies are needed.

use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

use whisper_patches::{OPTIONS, Patches};

/// Stands for bindgen's configuration, all of which is ignored.
#[derive(Default)]
pub struct Builder(());

/// Bindings that can be written to a file.
pub struct Bindings(());

/// Stands for bindgen's type of the same name.
pub enum RustEdition {
    /// The edition that `whisper-rs-sys` asks for.
    Edition2021,
}

/// Stands for bindgen's type of the same name.
pub struct RustTarget(());

/// Stands for bindgen's type of the same name.
#[derive(Default)]
pub struct CargoCallbacks(());

impl Builder {
    /// Ignored.
    pub fn rust_edition(self, _edition: RustEdition) -> Self {
        self
    }

    /// Ignored.
    pub fn rust_target(self, _target: RustTarget) -> Self {
        self
    }

    /// Ignored.
    pub fn header(self, _path: &str) -> Self {
        self
    }

    /// Ignored.
    pub fn clang_arg(self, _argument: &str) -> Self {
        self
    }

    /// Ignored.
    #[allow(clippy::boxed_local, reason = "bindgen's signature")]
    pub fn parse_callbacks(self, _callbacks: Box<CargoCallbacks>) -> Self {
        self
    }

    /// Patches whisper.cpp and sets its build options. Ends the build script with one sentence if that fails.
    pub fn generate(self) -> Result<Bindings, String> {
        if let Err(message) = prepare() {
            println!("cargo::error={message}");
            process::exit(1);
        }
        Ok(Bindings(()))
    }
}

impl Bindings {
    /// Copies the bindings that `whisper-rs-sys` ships.
    pub fn write_to_file(&self, path: PathBuf) -> io::Result<()> {
        fs::copy("src/bindings.rs", path).map(drop)
    }
}

impl RustTarget {
    /// Ignores the version.
    pub fn stable(_minor: u64, _patch: u64) -> Result<Self, String> {
        Ok(Self(()))
    }
}

impl CargoCallbacks {
    /// Callbacks that are never called.
    pub fn new() -> Self {
        Self::default()
    }
}

fn prepare() -> Result<(), String> {
    if env::var("CARGO_MANIFEST_LINKS").as_deref() != Ok("whisper") {
        return Err("whisper/bindgen replaces bindgen for whisper-rs-sys only: \
             remove it from [patch.crates-io] or drop the other crate that uses bindgen"
            .to_owned());
    }
    println!("cargo:rerun-if-changed={}", Patches::dir().display());
    println!("cargo:rerun-if-env-changed=WHISPER_DONT_GENERATE_BINDINGS");
    println!("cargo:rerun-if-env-changed=CMAKE_PROJECT_INCLUDE");
    for (name, value) in OPTIONS {
        println!("cargo:rerun-if-env-changed={name}");
        if env::var_os(name).is_none() {
            // The build script passes every variable of this kind on to CMake.
            // SAFETY: the build script has no other threads.
            unsafe { env::set_var(name, value) };
        }
    }
    let variable =
        |name| env::var_os(name).ok_or(format!("{name} is not set: run this through Cargo"));
    let sources = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("whisper.cpp");
    let out = variable("OUT_DIR")?;
    let out = Path::new(&out);
    // Without it, CMake forgets variables that were set for an earlier build. It keeps the object files.
    match fs::remove_file(out.join("build/CMakeCache.txt")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(format!("cannot delete CMakeCache.txt in {}: {error}", out.display()));
        }
        _ => {}
    }
    // Starling's build script sees this as DEP_WHISPER_SOURCES.
    println!("cargo:SOURCES={}", sources.display());
    Patches::read()?.apply(&sources, &out.join("whisper.cpp"))
}
