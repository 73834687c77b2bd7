//! The patches in `whisper/patches`: this program is linked with them, standard tools apply them with the same result,
//! and the build ends with a clear sentence when they are missing, outdated or do not fit.
#![allow(clippy::expect_used, reason = "a failed test panics")]

use std::ffi::c_char;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;
use whisper_patches::Patches;
// Links whisper.cpp into this test.
use whisper_rs_sys as _;

/// Files that the patches change.
const PATCHED: [&str; 3] = [
    "src/whisper.cpp",
    "ggml/src/ggml-cpu/ggml-cpu.c",
    "ggml/src/ggml-cpu/ops.cpp",
];

/// Cargo only compares modification times. This test also finds a patch that was edited without a newer time.
#[test]
#[allow(unsafe_code)]
fn linked_whisper_has_the_patches_on_disk() {
    unsafe extern "C" {
        static starling_whisper_patches: c_char;
    }
    assert_eq!(whisper_patches::MARKER_SYMBOL, "starling_whisper_patches");
    // SAFETY: the patched whisper.cpp defines this string, which ends with a zero byte.
    let linked = unsafe { std::ffi::CStr::from_ptr(&raw const starling_whisper_patches) };
    let linked = linked.to_str().expect("UTF-8");
    assert_eq!(
        linked,
        patches().marker(),
        "run `touch whisper/patches/*.patch` and build again"
    );
}

#[test]
fn git_and_patch_apply_the_patches_with_the_same_result() {
    let ours = TempDir::new().expect("a folder");
    patches()
        .apply(pristine(), ours.path())
        .expect("they apply");
    for tool in ["git", "patch"] {
        let folder = TempDir::new().expect("a folder");
        for file in PATCHED {
            let target = folder.path().join(file);
            fs::create_dir_all(target.parent().expect("a parent")).expect("a folder");
            fs::copy(pristine().join(file), target).expect("a copy");
        }
        for (name, _) in patches().files() {
            let patch = fs::File::open(Patches::dir().join(name)).expect("a patch");
            let mut command = Command::new(tool);
            match tool {
                // Inside a repository, git silently skips files that the repository ignores.
                "git" => command
                    .args(["apply", "-"])
                    .env("GIT_CEILING_DIRECTORIES", parent(&folder)),
                _ => command.args(["-p1", "--fuzz=0", "--silent"]),
            };
            let status = command
                .stdin(Stdio::from(patch))
                .current_dir(&folder)
                .status();
            assert!(
                status.expect("a tool that starts").success(),
                "{tool} cannot apply {name}"
            );
        }
        for file in PATCHED {
            let theirs = read(&folder.path().join(file));
            let ours = read(&ours.path().join(file));
            let ours = ours.split("\n// Starling's build script").next();
            assert_eq!(Some(theirs.as_str()), ours, "{tool}: {file}");
        }
    }
}

#[test]
fn every_patch_states_its_reason_effect_and_upstream() {
    for (name, text) in patches().files() {
        let header = text.split("\ndiff --git ").next().expect("a part");
        for field in ["Description: ", "Effect: ", "Upstream: "] {
            let found = header.lines().find_map(|line| line.strip_prefix(field));
            assert!(
                found.is_some_and(|value| !value.is_empty()),
                "{name} has no \"{field}\""
            );
        }
    }
}

#[test]
fn editing_a_patch_rewrites_only_the_files_that_change() {
    let build = TempDir::new().expect("a folder");
    let folder = copied_patches();
    let apply = || {
        let patches = Patches::read_from(folder.path()).expect("patches");
        patches.apply(pristine(), build.path()).expect("they apply");
    };
    apply();
    let whole = snapshot(build.path());

    // An interrupted build leaves an outdated file and lacks another one.
    fs::write(build.path().join(PATCHED[2]), "old").expect("written");
    fs::remove_file(build.path().join("CMakeLists.txt")).expect("removed");
    let untouched = modified(&build.path().join(PATCHED[0]));
    apply();
    assert!(
        snapshot(build.path()) == whole,
        "the interrupted build was not completed"
    );
    assert_eq!(
        modified(&build.path().join(PATCHED[0])),
        untouched,
        "an unchanged file was written again"
    );

    let gelu = folder.path().join("0007-vectorized-gelu.patch");
    let edited = read(&gelu).replace("-2.0f*", "-4.0f*");
    fs::write(&gelu, edited).expect("written");
    let others = modified(&build.path().join(PATCHED[1]));
    apply();
    assert!(read(&build.path().join(PATCHED[2])).contains("-4.0f*"));
    assert_eq!(
        modified(&build.path().join(PATCHED[1])),
        others,
        "an unchanged file was written again"
    );
}

#[test]
fn error_about_a_patch_that_does_not_fit_names_it_and_the_remedy() {
    let folder = copied_patches();
    let patch = folder.path().join("0004-spectrum-without-division.patch");
    let edited = read(&patch).replace(
        "-        for (int n = 0; n < N; n++) {",
        "-        for (;;) {",
    );
    fs::write(&patch, edited).expect("written");
    let build = TempDir::new().expect("a folder");
    let patches = Patches::read_from(folder.path()).expect("patches");
    let error = patches
        .apply(pristine(), build.path())
        .expect_err("it does not fit");
    for part in [
        "0004-spectrum-without-division.patch",
        "src/whisper.cpp",
        "adapt the patch",
    ] {
        assert!(error.contains(part), "{error}");
    }
}

/// Uses the library that this test is linked with, and modified copies of it.
#[test]
fn check_accepts_only_a_library_with_these_patches() {
    let built = Path::new(env!("WHISPER_BUILD"));
    patches().check(built).expect("patched");

    let library = fs::read(built.join("build/src/libwhisper.a")).expect("the library");
    let marker = patches().marker();
    let folder = TempDir::new().expect("a folder");
    let check = |marker_in_library: &str| {
        assert_eq!(marker.len(), marker_in_library.len());
        let library = replace(&library, marker.as_bytes(), marker_in_library.as_bytes());
        fs::write(folder.path().join("libwhisper.a"), library).expect("written");
        patches().check(folder.path())
    };
    check(&marker).expect("patched");

    let start = marker.len() - 16;
    let other = format!("{}{}", &marker[..start], "0123456789abcdef");
    let none = "-".repeat(marker.len());
    let output = folder.path().with_file_name("output");
    for (found, state) in [
        (other, "with patches other than those in"),
        (none, "without the patches in"),
    ] {
        let error = check(&found).expect_err("not these patches");
        let remedy = format!(
            "unset WHISPER_DONT_GENERATE_BINDINGS, delete {}, and build again",
            output.display()
        );
        assert!(error.contains(state) && error.contains(&remedy), "{error}");
    }

    // An edited patch makes a library outdated, and so does one more patch.
    let edited = copied_patches();
    let patch = edited.path().join("0007-vectorized-gelu.patch");
    fs::write(&patch, read(&patch).replace("-2.0f*", "-4.0f*")).expect("written");
    let edited = Patches::read_from(edited.path()).expect("patches");
    assert!(
        edited.check(built).is_err(),
        "an edited patch is not noticed"
    );
    let more = copied_patches();
    fs::copy(
        more.path().join("0007-vectorized-gelu.patch"),
        more.path().join("0009-more.patch"),
    )
    .expect("a copy");
    let more = Patches::read_from(more.path()).expect("patches");
    assert!(more.check(built).is_err(), "one more patch is not noticed");
}

fn patches() -> Patches {
    Patches::read().expect("patches")
}

fn copied_patches() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in patches().files() {
        fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

/// The sources of whisper.cpp in the package that Cargo downloaded.
fn pristine() -> &'static Path {
    Path::new(env!("WHISPER_SOURCES"))
}

fn parent(folder: &TempDir) -> &Path {
    folder.path().parent().expect("a parent")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("text")
}

fn modified(path: &Path) -> std::time::SystemTime {
    let metadata = fs::metadata(path).expect("a file");
    metadata.modified().expect("a time")
}

/// All files below a folder, with their contents.
fn snapshot(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(snapshot(&path));
        } else {
            let bytes = fs::read(&path).expect("a file");
            files.push((path, bytes));
        }
    }
    files.sort();
    files
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let starts: Vec<usize> = (0..bytes.len() - from.len())
        .filter(|&start| bytes[start..].starts_with(from))
        .collect();
    assert!(!starts.is_empty(), "the library has no marker");
    for start in starts {
        bytes[start..start + from.len()].copy_from_slice(to);
    }
    bytes
}
