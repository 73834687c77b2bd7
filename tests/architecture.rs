//! Parses the sources and fails if a dependency points the wrong way, if two files import each other in a circle,
//! or if a module uses a crate or a part of `std` that belongs elsewhere. `ARCHITECTURE.md` states the same rules.
#![allow(clippy::expect_used, reason = "a failed test panics")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree};

/// The layers, top to bottom. A module may use only modules of the layers below its own.
const LAYERS: [&[&str]; 8] = [
    &["main"],
    &["gui", "cli"],
    &["app"],
    &["audio", "asr", "embedding", "storage"],
    &["practice"],
    &["analysis"],
    &["acoustics"],
    &["domain"],
];

/// Modules that compute values from values.
const PURE: [&str; 4] = ["domain", "acoustics", "analysis", "practice"];

/// Crates that only one place may use.
const CONFINED_CRATES: [(&str, &str); 9] = [
    ("egui", "src/gui/"),
    ("egui_plot", "src/gui/"),
    ("eframe", "src/gui/"),
    ("cpal", "src/audio/"),
    ("rusqlite", "src/storage/"),
    ("rusqlite_migration", "src/storage/"),
    ("whisper_rs", "src/asr/recognizer/whisper.rs"),
    ("matrixmultiply", "src/asr/recognizer/matmul.rs"),
    ("matrixmultiply", "src/embedding/matmul.rs"),
];

/// What a pure module cannot need: files, threads, clocks, processes, networks and devices.
const FORBIDDEN_IN_PURE: [&[&str]; 13] = [
    &["std", "fs"],
    &["std", "net"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "time", "Instant"],
    &["std", "time", "SystemTime"],
    &["jiff", "Zoned", "now"],
    &["jiff", "Timestamp", "now"],
    &["egui"],
    &["eframe"],
    &["cpal"],
    &["hound"],
    &["whisper_rs"],
];

/// Known circles, each with its files. The list may only get shorter.
const KNOWN_CIRCLES: [&[&str]; 0] = [];

/// Path and text of a source file, and the violation that it must produce; an empty text means none.
const PLANTED_VIOLATIONS: &[(&str, &str, &str)] = &[
    (
        "src/domain/story.rs",
        "use std::fs;",
        "src/domain/story.rs:1: domain uses std::fs",
    ),
    (
        "src/domain/take.rs",
        "\nuse std::{fmt, time::Instant};",
        "src/domain/take.rs:2: domain uses std::time::Instant",
    ),
    (
        "src/analysis/mod.rs",
        "fn f() { let text = std::fs::read(p); }",
        "src/analysis/mod.rs:1: analysis uses std::fs::read",
    ),
    (
        "src/practice/quiz.rs",
        "fn f() { println!(\"{:?}\", std::time::SystemTime::now()); }",
        "src/practice/quiz.rs:1: practice uses std::time::SystemTime::now",
    ),
    (
        "src/domain/take.rs",
        "fn f() { hound::WavReader::open(p); }",
        "src/domain/take.rs:1: domain uses hound::WavReader::open",
    ),
    (
        "src/domain/take.rs",
        "use crate::storage::Store;",
        "src/domain/take.rs:1: domain uses crate::storage::Store",
    ),
    (
        "src/domain/take.rs",
        "use super::super::storage::Store;",
        "src/domain/take.rs:1: domain uses crate::storage::Store",
    ),
    (
        "src/audio/decode.rs",
        "use crate::asr::Engine;",
        "src/audio/decode.rs:1: audio uses crate::asr::Engine",
    ),
    (
        "src/cli/open.rs",
        "use egui::Ui;",
        "src/cli/open.rs:1: egui belongs in src/gui/",
    ),
    (
        "src/cli/open.rs",
        "use crate::{domain, gui::App};",
        "src/cli/open.rs:1: cli uses crate::gui::App",
    ),
    (
        "src/gui/app.rs",
        "fn f() { let host = cpal::default_host(); }",
        "src/gui/app.rs:1: cpal belongs in src/audio/",
    ),
    (
        "src/asr/batch.rs",
        "use whisper_rs::WhisperState;",
        "src/asr/batch.rs:1: whisper_rs belongs in src/asr/recognizer/whisper.rs",
    ),
    (
        "src/network.rs",
        "use crate::domain::take;",
        "src/network.rs:1: network has no layer",
    ),
    (
        "src/storage/fs.rs",
        "struct S {\n    a: Mutex<u8>,\n}",
        "src/storage/fs.rs:2: a lock without a comment that says why",
    ),
    (
        "src/storage/fs.rs",
        "struct S {\n    // Two threads write it.\n    a: Mutex<u8>,\n}",
        "",
    ),
    (
        "src/storage/fs.rs",
        "struct S { a: std::sync::RwLock<u8> } // two threads write it",
        "",
    ),
    ("src/storage/fs.rs", "use rusqlite::Row;", ""),
    (
        "src/domain/take.rs",
        "// as std::fs does\nconst S: &str = \"use egui::Ui\";",
        "",
    ),
    ("src/domain/take.rs", "use crate::domain::time::Secs;", ""),
    (
        "src/gui/app.rs",
        "use eframe::egui; use crate::app::Controller;",
        "",
    ),
    ("src/main.rs", "use starling::{cli, gui};", ""),
];

#[test]
fn dependencies_point_one_way() {
    let sources = read_sources();
    assert!(sources.len() > 100, "found only {} files", sources.len());
    let violations = Tree::parse(&sources).layer_violations();
    assert!(
        violations.is_empty(),
        "imports against ARCHITECTURE.md:\n{}\n",
        violations.join("\n")
    );
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let circles = Tree::parse(&read_sources()).circles();
    let new: Vec<String> = circles
        .iter()
        .filter(|circle| !KNOWN_CIRCLES.iter().any(|known| known == circle))
        .map(|circle| format!("circle of {}: {}", circle.len(), circle.join(", ")))
        .collect();
    assert!(
        new.is_empty(),
        "files that import each other:\n{}\n",
        new.join("\n")
    );
    for known in KNOWN_CIRCLES {
        assert!(
            circles.iter().any(|circle| circle == known),
            "remove {known:?} from KNOWN_CIRCLES: the circle is gone"
        );
    }
}

#[test]
fn architecture_md_names_every_top_level_module() {
    let text = fs::read_to_string("ARCHITECTURE.md").expect("ARCHITECTURE.md");
    let missing: Vec<&str> = LAYERS
        .concat()
        .into_iter()
        .filter(|module| {
            !text.contains(&format!("{module}/")) && !text.contains(&format!("{module}.rs"))
        })
        .collect();
    assert!(
        missing.is_empty(),
        "ARCHITECTURE.md does not name {missing:?}"
    );
}

#[test]
fn planted_violations_are_found() {
    for (path, source, expected) in PLANTED_VIOLATIONS {
        let sources = BTreeMap::from([((*path).to_owned(), (*source).to_owned())]);
        let violations = Tree::parse(&sources).layer_violations();
        assert_eq!(violations.join("\n"), *expected, "{source}");
    }
}

/// Each case is a small tree of files and the circles that it contains.
#[test]
fn planted_circles_are_found() {
    let check = |files: &[(&str, &str)], expected: &[&[&str]]| {
        let owned = |(path, source): &(&str, &str)| (format!("src/{path}"), (*source).to_owned());
        let circles = Tree::parse(&files.iter().map(owned).collect()).circles();
        assert_eq!(circles, expected, "{files:?}");
    };
    check(
        &[
            ("a/mod.rs", "pub mod x; pub mod y;"),
            ("a/x.rs", "use super::y::Y; pub struct X;"),
            ("a/y.rs", "use super::x::X; pub struct Y;"),
        ],
        &[&["src/a/x.rs", "src/a/y.rs"]],
    );
    // A re-export counts as an import of the file that defines the item.
    check(
        &[
            ("a/mod.rs", "mod x; mod y; pub use x::X;"),
            ("a/x.rs", "fn f() { super::y::g(); } pub struct X;"),
            ("a/y.rs", "use crate::a::X; pub fn g() {}"),
        ],
        &[&["src/a/x.rs", "src/a/y.rs"]],
    );
    // A parent that calls its child, which uses a type of the parent.
    check(
        &[
            ("a/mod.rs", "mod x; pub struct A; fn f() { x::draw(); }"),
            ("a/x.rs", "use super::A; pub fn draw() {}"),
        ],
        &[&["src/a/mod.rs", "src/a/x.rs"]],
    );
    // Neither a declaration, nor a re-export, nor a test is an import.
    check(
        &[
            ("a/mod.rs", "mod x; pub use x::draw; pub struct A;"),
            ("a/x.rs", "use super::A; pub fn draw() {}"),
            (
                "b.rs",
                "#[cfg(test)] mod tests { use crate::c::C; } pub struct B;",
            ),
            ("c.rs", "use crate::b::B; pub struct C;"),
        ],
        &[],
    );
}

type Sources = BTreeMap<String, String>;

/// Every file below `src`, by its path.
fn read_sources() -> Sources {
    fn collect(folder: &Path, sources: &mut Sources) {
        for entry in fs::read_dir(folder).expect("a folder below src") {
            let path = entry.expect("an entry of a folder").path();
            if path.is_dir() {
                collect(&path, sources);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).expect("a source file");
                sources.insert(path.display().to_string(), source);
            }
        }
    }
    let mut sources = Sources::new();
    collect(Path::new("src"), &mut sources);
    sources
}

type ModulePath = Vec<String>;

/// A path that a file names, spelled from the crate root or from an external crate.
struct Reference {
    line: usize,
    path: Vec<String>,
    in_test: bool,
    is_reexport: bool,
}

#[derive(Default)]
struct SourceFile {
    references: Vec<Reference>,
    /// Lines that name a `Mutex` or an `RwLock` without a comment.
    bare_locks: Vec<usize>,
}

#[derive(Default)]
struct Tree {
    files: BTreeMap<String, SourceFile>,
    /// The file of each module.
    modules: BTreeMap<ModulePath, String>,
    /// Where a module re-exports a name from.
    reexports: BTreeMap<(ModulePath, String), Vec<String>>,
}

impl Tree {
    fn parse(sources: &Sources) -> Self {
        let mut tree = Self::default();
        for path in sources.keys() {
            tree.modules.insert(module_of(path), path.clone());
        }
        for (path, source) in sources {
            let syntax = syn::parse_file(source).unwrap_or_else(|error| panic!("{path}: {error}"));
            let mut visitor = Visitor {
                tree: &tree,
                module: module_of(path),
                lines: source.lines().collect(),
                in_test: false,
                file: SourceFile::default(),
                reexports: Vec::new(),
            };
            visitor.visit_file(&syntax);
            let (file, reexports) = (visitor.file, visitor.reexports);
            tree.files.insert(path.clone(), file);
            tree.reexports.extend(reexports);
        }
        tree
    }

    /// `file:line: what`, for each violation.
    fn layer_violations(&self) -> Vec<String> {
        let mut violations = Vec::new();
        for (path, file) in &self.files {
            let module = module_of(path).first().cloned().unwrap_or_else(|| {
                if path.ends_with("main.rs") {
                    "main"
                } else {
                    "lib"
                }
                .to_owned()
            });
            let mut found = BTreeSet::new();
            if module != "lib" && layer(&module).is_none() {
                found.insert((1, format!("{module} has no layer")));
            }
            for reference in &file.references {
                let text = reference.path.join("::");
                let starts_with = |prefix: &[&str]| {
                    prefix.len() <= reference.path.len()
                        && prefix.iter().zip(&reference.path).all(|(a, b)| a == b)
                };
                let is_pure = PURE.contains(&module.as_str());
                if is_pure && FORBIDDEN_IN_PURE.iter().any(|prefix| starts_with(prefix)) {
                    found.insert((reference.line, format!("{module} uses {text}")));
                }
                for (name, place) in CONFINED_CRATES {
                    // A crate may belong in several places.
                    let mut places = CONFINED_CRATES.iter().filter(|(of, _)| *of == name);
                    let is_in_place = places.any(|(_, place)| path.starts_with(place));
                    if starts_with(&[name]) && !is_in_place && !is_pure {
                        found.insert((reference.line, format!("{name} belongs in {place}")));
                    }
                }
                let target = reference
                    .path
                    .get(1)
                    .filter(|_| reference.path[0] == "crate");
                if let (Some(from), Some(target)) = (layer(&module), target)
                    && let Some(to) = layer(target)
                    && *target != module
                    && to <= from
                {
                    found.insert((reference.line, format!("{module} uses {text}")));
                }
            }
            for line in &file.bare_locks {
                found.insert((*line, "a lock without a comment that says why".to_owned()));
            }
            violations.extend(
                found
                    .into_iter()
                    .map(|(line, what)| format!("{path}:{line}: {what}")),
            );
        }
        violations
    }

    /// The sets of files that import each other, directly or through others. Tests are not considered.
    fn circles(&self) -> Vec<Vec<String>> {
        let mut imports: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (path, file) in &self.files {
            let targets = file
                .references
                .iter()
                .filter(|reference| !reference.in_test && !reference.is_reexport)
                .filter_map(|reference| self.defining_file(&reference.path, 0))
                .filter(|target| target != path);
            imports.entry(path).or_default().extend(targets);
        }
        let reachable = |from: &str| -> BTreeSet<&str> {
            let mut seen = BTreeSet::new();
            let mut open: Vec<&str> = imports.get(from).into_iter().flatten().copied().collect();
            while let Some(file) = open.pop() {
                if seen.insert(file) {
                    open.extend(imports.get(file).into_iter().flatten());
                }
            }
            seen
        };
        let reach: BTreeMap<&str, BTreeSet<&str>> = imports
            .keys()
            .map(|file| (*file, reachable(file)))
            .collect();
        let mut circles = BTreeSet::new();
        for file in imports.keys() {
            if reach[file].contains(file) {
                let circle: Vec<String> = reach[file]
                    .iter()
                    .filter(|other| reach.get(*other).is_some_and(|back| back.contains(file)))
                    .map(|other| (*other).to_owned())
                    .collect();
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }

    /// The file that defines what a path from the crate root names; re-exports are followed.
    fn defining_file(&self, path: &[String], depth: usize) -> Option<&str> {
        if path.first()? != "crate" || depth > 8 {
            return None;
        }
        let mut module = Vec::new();
        for (at, name) in path.iter().enumerate().skip(1) {
            module.push(name.clone());
            if !self.modules.contains_key(&module) {
                module.pop();
                let reexport = self.reexports.get(&(module.clone(), name.clone()));
                if let Some(target) = reexport {
                    let full = [target.as_slice(), &path[at + 1..]].concat();
                    return self.defining_file(&full, depth + 1);
                }
                return self.modules.get(&module).map(String::as_str);
            }
        }
        // The path names a whole module: what is used of it stands in other paths.
        None
    }
}

struct Visitor<'a> {
    tree: &'a Tree,
    module: ModulePath,
    lines: Vec<&'a str>,
    in_test: bool,
    file: SourceFile,
    reexports: Vec<((ModulePath, String), Vec<String>)>,
}

impl Visitor<'_> {
    /// Spells a path from the crate root where it begins with `crate`, `self`, `super` or a child module.
    fn absolute(&self, path: &[String]) -> Vec<String> {
        let from =
            |module: &[String], rest: &[String]| [&["crate".to_owned()], module, rest].concat();
        match path[0].as_str() {
            "starling" => [&["crate".to_owned()], &path[1..]].concat(),
            "self" => from(&self.module, &path[1..]),
            "super" => {
                let ups = path.iter().take_while(|name| *name == "super").count();
                from(
                    &self.module[..self.module.len().saturating_sub(ups)],
                    &path[ups..],
                )
            }
            name => {
                let child = [self.module.as_slice(), &[name.to_owned()]].concat();
                match self.tree.modules.contains_key(&child) {
                    true => from(&self.module, path),
                    false => path.to_vec(),
                }
            }
        }
    }

    fn refer(&mut self, line: usize, path: &[String], is_reexport: bool) {
        if path.is_empty() {
            return;
        }
        let path = self.absolute(path);
        let in_test = self.in_test;
        self.file.references.push(Reference {
            line,
            path,
            in_test,
            is_reexport,
        });
    }

    fn use_tree(&mut self, tree: &UseTree, prefix: &[String], is_reexport: bool) {
        let line = tree.span().start().line;
        let with = |name: String| [prefix, &[name]].concat();
        match tree {
            UseTree::Path(path) => {
                self.use_tree(&path.tree, &with(path.ident.to_string()), is_reexport)
            }
            UseTree::Group(group) => {
                for item in &group.items {
                    self.use_tree(item, prefix, is_reexport);
                }
            }
            UseTree::Glob(_) => self.refer(line, prefix, is_reexport),
            UseTree::Name(_) | UseTree::Rename(_) => {
                let (name, alias) = match tree {
                    UseTree::Rename(rename) => {
                        (rename.ident.to_string(), rename.rename.to_string())
                    }
                    UseTree::Name(name) => (name.ident.to_string(), name.ident.to_string()),
                    _ => return,
                };
                let path = if name == "self" {
                    prefix.to_vec()
                } else {
                    with(name)
                };
                if is_reexport {
                    let target = self.absolute(&path);
                    self.reexports.push(((self.module.clone(), alias), target));
                }
                self.refer(line, &path, is_reexport);
            }
        }
    }

    /// The paths in a macro call, whose tokens are not parsed.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.end_path(line, &mut path);
                        line = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Group(group) => {
                    self.end_path(line, &mut path);
                    self.tokens(group.stream());
                    colons = 0;
                }
                _ => {
                    self.end_path(line, &mut path);
                    colons = 0;
                }
            }
        }
        self.end_path(line, &mut path);
    }

    fn end_path(&mut self, line: usize, path: &mut Vec<String>) {
        if path.len() > 1 {
            self.refer(line, path, false);
        }
        path.clear();
    }
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let before = self.in_test;
        self.in_test |= attributes(item).iter().any(is_cfg_test);
        visit::visit_item(self, item);
        self.in_test = before;
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        // A module in the same file belongs to that file: only `super` counts one more.
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_reexport = !matches!(item.vis, syn::Visibility::Inherited);
        self.use_tree(&item.tree, &[], is_reexport);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        let line = path.span().start().line;
        if matches!(names.last().map(String::as_str), Some("Mutex" | "RwLock")) {
            let has_comment = |line: Option<&&str>| line.is_some_and(|line| line.contains("//"));
            let above = line.checked_sub(2).and_then(|above| self.lines.get(above));
            if !has_comment(self.lines.get(line - 1)) && !has_comment(above) {
                self.file.bare_locks.push(line);
            }
        }
        if names.len() > 1 {
            self.refer(line, &names, false);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        _ => &[],
    }
}

fn is_cfg_test(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<syn::Path>()
            .is_ok_and(|path| path.is_ident("test"))
}

/// `src/audio/mod.rs` to `audio`, `src/audio/decode.rs` to `audio::decode`, `src/main.rs` to the crate root.
fn module_of(path: &str) -> ModulePath {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut module: ModulePath = inside.split('/').map(str::to_owned).collect();
    if matches!(
        module.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        module.pop();
    }
    module
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}
