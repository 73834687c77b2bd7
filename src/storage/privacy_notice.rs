//! What is kept, where, and what never happens: one page, for the command line and the window.

use std::fmt::Write;
use std::path::Path;

/// The widest line, in letters; a path is as long as it is.
const WIDTH: usize = 100;
/// Where it is said what a file is for.
const COLUMN: usize = 24;

/// One matter of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeSection {
    /// What it is about.
    pub title: &'static str,
    /// What is said of it, in this order.
    pub items: Vec<NoticeItem>,
}

/// Something that is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeItem {
    /// Sentences.
    Text(&'static str),
    /// A folder.
    Path(String),
    /// A file or a command, and what it is for.
    Entry(&'static str, &'static str),
}

/// All of it, for a data folder at `folder`.
pub fn privacy_notice(folder: &Path) -> Vec<NoticeSection> {
    use NoticeItem::{Entry, Path, Text};
    vec![
        NoticeSection {
            title: "What is kept",
            items: vec![
                Text("On this machine and nowhere else, in"),
                Path(folder.display().to_string()),
                Entry("takes/", "the sound of each take (WAV)"),
                Entry(
                    "journal.db",
                    "what was heard in them: words and their times, facts about the voice, answers to quizzes (-wal, -shm, journal.lock and journal.open belong to it)",
                ),
                Entry(
                    "journal.db.broken-*",
                    "a journal that could not be read; .newer-*: that a newer Starling wrote",
                ),
                Entry(
                    "settings.toml",
                    "microphone, model, story, theme; profile.toml, if you set bands of your own",
                ),
                Entry(
                    "window.*",
                    "that the window is open; a second one brings the first to the front",
                ),
                Entry("stories/ models/", "your own, if you put any there"),
                Text(
                    "Nobody but you may read these files (and who administers this machine). They are not encrypted. Feedback is not kept: it is found anew from the words each time.",
                ),
            ],
        },
        NoticeSection {
            title: "What is kept elsewhere",
            items: vec![Text(
                "What you export lies where you say. Where the sound server has no cookie for you yet, one is made in ~/.config/pulse (random bytes). There are no logs and no temporary files with words in them.",
            )],
        },
        NoticeSection {
            title: "What never happens",
            items: vec![
                Text(
                    "Nothing is sent. There is no account, no server, no update check, and no networking code: Starling speaks to the sound server, the screen, the session bus, the system's voice (which is told the questions of an interview, and nothing of yours) and a window of its own that is open already, by their sockets on this machine.",
                ),
                Text(
                    "The microphone is not open but while Starling shows its level, counts in, or hears you speak. What is printed when the program breaks says where it broke, and nothing that was said.",
                ),
            ],
        },
        NoticeSection {
            title: "How to erase",
            items: vec![
                Entry(
                    "starling erase TAKE",
                    "its sound and its words; `starling history` lists the takes",
                ),
                Entry(
                    "starling erase --all",
                    "every take and every journal that was kept aside",
                ),
                Text(
                    "Or in the window's history, where the last take can be brought back until the window is closed. Else it cannot be undone: no word is left in any file here. A backup may have a copy, and a disk that does not forget what is freed (no TRIM) keeps it until it is overwritten: encrypt the disk. To remove everything, settings too, delete the folder above.",
                ),
            ],
        },
    ]
}

/// The page as a text. Lines of at most 100 letters, but for the paths.
pub fn privacy_notice_text(folder: &Path) -> String {
    let mut page = String::new();
    for (place, matter) in privacy_notice(folder).into_iter().enumerate() {
        if place > 0 {
            page.push('\n');
        }
        page.push_str(&matter.title.to_uppercase());
        page.push('\n');
        for told in matter.items {
            match told {
                NoticeItem::Text(says) => put(&mut page, "  ", says, 2),
                NoticeItem::Path(folder) => put(&mut page, "  ", &folder, 2),
                NoticeItem::Entry(name, says) => {
                    let mut first = String::from("  ");
                    // Nothing can go wrong: it is a text.
                    let _ = write!(first, "{name:<0$}", COLUMN - 2);
                    put(&mut page, &first, says, COLUMN);
                }
            }
        }
    }
    page
}

/// Puts words after `first`, broken into lines that stand `indent` letters in.
fn put(page: &mut String, first: &str, says: &str, indent: usize) {
    let mut line = first.to_owned();
    let mut begun = false;
    for word in says.split(' ') {
        if begun && line.chars().count() + 1 + word.chars().count() > WIDTH {
            page.push_str(&line);
            page.push('\n');
            line = " ".repeat(indent);
            begun = false;
        }
        if begun {
            line.push(' ');
        }
        line.push_str(word);
        begun = true;
    }
    page.push_str(&line);
    page.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_fits_a_screen_and_names_the_folder() {
        let page = privacy_notice_text(Path::new("/home/me/.local/share/starling"));
        assert!(page.contains("\n  /home/me/.local/share/starling\n"));
        assert!(
            page.contains("\n  takes/                the sound"),
            "{page}"
        );
        assert!(page.lines().count() <= 35, "{}", page.lines().count());
        let longest = page.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(100), "{longest:?}");
    }
}
