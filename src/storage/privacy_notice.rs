//! The privacy notice: what is stored where, what never happens, and how to erase. Shown by the command
//! line and the window.

use super::exposure::Exposure;
use super::store::Store;

/// Width of the text in characters; only paths may be wider.
const WIDTH: usize = 100;
/// Column at which descriptions of files and commands begin.
const COLUMN: usize = 24;

/// One section of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeSection {
    /// Heading.
    pub title: &'static str,
    /// Content, in this order.
    pub items: Vec<NoticeItem>,
}

/// One item of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeItem {
    /// Sentences.
    Text(&'static str),
    /// A sentence about this data folder.
    Warning(String),
    /// A folder.
    Path(String),
    /// A file or a command, and its description.
    Entry(&'static str, &'static str),
}

/// The page for the data folder of `store`.
pub fn privacy_notice(store: &Store) -> Vec<NoticeSection> {
    use NoticeItem::{Entry, Path, Text};
    let folder = store.folder();
    vec![
        NoticeSection {
            title: "What is stored",
            items: vec![
                Text("Everything is stored on this computer only, in"),
                Path(folder.display().to_string()),
                Entry("takes/", "the audio of each take (WAV)"),
                Entry(
                    "journal.db",
                    "the take database: transcripts with word times, voice measurements, start times with their time zones, quiz answers (with -wal, -shm, journal.lock and journal.open)",
                ),
                Entry(
                    "journal.db.broken-*",
                    "a database that could not be read; .newer-*: one written by a newer Starling",
                ),
                Entry(
                    "settings.toml",
                    "microphone, model, story, theme; profile.toml, if you set ranges of your own",
                ),
                Entry(
                    "window.*",
                    "marks the open window, so that a second start brings it to the front",
                ),
                Entry(
                    "stories/ models/",
                    "your own stories and models, if you add any",
                ),
                readers(store.exposure().as_ref()),
                Text(
                    "The files are not encrypted. Feedback is not stored: it is recomputed from the transcript each time.",
                ),
            ],
        },
        NoticeSection {
            title: "What is stored elsewhere",
            items: vec![Text(
                "Exports are saved where you choose. If the sound server has no cookie for you yet, Starling creates one in ~/.config/pulse (random bytes). There are no logs, and no temporary files with your words.",
            )],
        },
        NoticeSection {
            title: "What never happens",
            items: vec![
                Text(
                    "Nothing is sent. There is no account, no server, no update check, and no networking code. Starling uses only local sockets: to the sound server, the display, the session bus, the speech output (which receives interview questions, never your words) and a Starling window that is already open.",
                ),
                Text(
                    "The microphone is open only while Starling shows its level, counts in, or records you. After a crash, Starling prints where the program failed, never what you said.",
                ),
            ],
        },
        NoticeSection {
            title: "How to erase",
            items: vec![
                Entry(
                    "starling erase TAKE",
                    "the take's audio and transcript; `starling history` lists the takes",
                ),
                Entry(
                    "starling erase --all",
                    "every take, every quiz answer and every quarantined database",
                ),
                Text(
                    "You can also erase takes in the window's history. There you can undo the last erase until you close the window. Otherwise, erasing cannot be undone: no text remains in any file here. A backup may contain a copy, and a disk without TRIM keeps the data until it is overwritten: encrypt the disk. To remove everything including settings, delete the folder above.",
                ),
            ],
        },
    ]
}

/// Who can read the files.
fn readers(exposure: Option<&Exposure>) -> NoticeItem {
    match exposure {
        None => NoticeItem::Text(
            "Starling lets only you (and the administrators of this computer) read these files.",
        ),
        Some(exposure) => {
            let mut sentence = exposure.to_string();
            if let Some(first) = sentence.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            NoticeItem::Warning(format!("{sentence}."))
        }
    }
}

/// The page as plain text for the terminal, wrapped at 100 characters.
pub fn privacy_notice_text(store: &Store) -> String {
    let mut page = String::new();
    for (index, section) in privacy_notice(store).into_iter().enumerate() {
        if index > 0 {
            page.push('\n');
        }
        page.push_str(&section.title.to_uppercase());
        page.push('\n');
        for item in section.items {
            match item {
                NoticeItem::Text(text) => push_wrapped(&mut page, "  ", text, 2),
                NoticeItem::Warning(text) => push_wrapped(&mut page, "  ", &text, 2),
                NoticeItem::Path(folder) => push_wrapped(&mut page, "  ", &folder, 2),
                NoticeItem::Entry(name, description) => {
                    let first = format!("  {name:<0$}", COLUMN - 2);
                    push_wrapped(&mut page, &first, description, COLUMN);
                }
            }
        }
    }
    page
}

/// Appends `first` and the words of `text`; further lines are indented by `indent` characters.
fn push_wrapped(page: &mut String, first: &str, text: &str, indent: usize) {
    let mut line = first.to_owned();
    let mut has_words = false;
    for word in text.split(' ') {
        if has_words && line.chars().count() + 1 + word.chars().count() > WIDTH {
            page.push_str(&line);
            page.push('\n');
            line = " ".repeat(indent);
            has_words = false;
        }
        if has_words {
            line.push(' ');
        }
        line.push_str(word);
        has_words = true;
    }
    page.push_str(&line);
    page.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_fits_a_screen_and_names_the_folder() {
        let folder = "/home/me/.local/share/starling".into();
        let page = privacy_notice_text(&Store::at(Some(folder)).expect("a chosen folder"));
        assert!(page.contains("\n  /home/me/.local/share/starling\n"));
        assert!(
            page.contains("\n  takes/                the audio"),
            "{page}"
        );
        assert!(page.lines().count() <= 35, "{}", page.lines().count());
        let longest = page.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(100), "{longest:?}");
    }
}
