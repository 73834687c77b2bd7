//! What is kept, where, and what never happens: one page, for the command line and the window.

use std::path::Path;

/// The page, for a data folder at `folder`. Lines of at most 100 characters, but for the paths.
pub fn privacy_page(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "\
WHAT IS KEPT, on this machine and nowhere else, in
  {folder}
  takes/                the sound of each take (WAV)
  journal.db            what was heard in them: words and their times, facts about the voice,
                        answers to quizzes (-wal, -shm, journal.lock and journal.open belong to it)
  journal.db.broken-*   a journal that could not be read, or that a newer Starling wrote
  journal.db.newer-*
  settings.toml         microphone, model, story, theme; profile.toml, if you wrote one
  window.*              that the window is open; a second one brings the first to the front
  stories/  models/     your own, if you put any there
Nobody but you may read these files (and who administers this machine). They are not encrypted.
Feedback is not kept: it is found anew from the words each time.

WHAT IS KEPT ELSEWHERE
  What you export lies where you say. Where the sound server has no cookie for you yet, one is made
  in ~/.config/pulse (random bytes). There are no logs and no temporary files with words in them.

WHAT NEVER HAPPENS
  Nothing is sent. There is no account, no server, no update check, and no networking code: Starling
  speaks to the sound server, the screen, the session bus, the system's voice (which is told the
  questions of an interview, and nothing of yours) and a window of its own that is open already, by
  their sockets on this machine.
  The microphone is not open but while Starling shows its level, counts in, or hears you speak.
  What is printed when the program breaks says where it broke, and nothing that was said.

HOW TO ERASE
  starling erase TAKE   its sound and its words; `starling history` lists the takes
  starling erase --all  every take and every journal that was kept aside
  These cannot be undone. No word is left in any file here. A backup may have a copy, and a disk
  that does not forget what is freed (no TRIM) keeps it until it is overwritten: encrypt the disk.
  To remove everything, settings too, delete the folder above.
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_fits_a_screen_and_names_the_folder() {
        let page = privacy_page(Path::new("/home/me/.local/share/starling"));
        assert!(page.contains("\n  /home/me/.local/share/starling\n"));
        assert!(page.lines().count() <= 35, "{}", page.lines().count());
        let longest = page.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(100), "{longest:?}");
    }
}
