//! `starling erase`: a take, or all of them, with no word left behind.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::storage::{Erased, Store, TakeFilter};

use super::{Failure, complain_of, journal, open_db, resolve_take};

/// What to erase.
#[derive(Debug, clap::Args)]
pub struct EraseArgs {
    /// The take: its name, the beginning of it, or `last`.
    #[arg(
        value_name = "TAKE",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    take: Option<String>,
    /// Every take, what was chosen in quizzes, and every journal that was kept aside.
    #[arg(long)]
    all: bool,
    /// Without asking.
    #[arg(long)]
    yes: bool,
}

/// Erases, after asking.
pub fn run(arguments: &EraseArgs, store: &Store) -> Result<(), Failure> {
    let (erased, left) = match &arguments.take {
        Some(name) => {
            let mut journal = open_db(store)?;
            let id = resolve_take(&journal, name)?;
            if !agreed(
                arguments,
                &format!("Erase take {id}, its sound and its words?"),
            )? {
                return Ok(());
            }
            (journal.erase(&id).map_err(anyhow::Error::from)?, "")
        }
        None => {
            let Some(mut journal) = journal(store)? else {
                return Ok(writeln!(io::stdout(), "there was nothing to erase")?);
            };
            let takes = journal
                .list(&TakeFilter::default())
                .map_err(anyhow::Error::from)?;
            if !agreed(arguments, &everything(takes.len(), store.quarantined()))? {
                return Ok(());
            }
            let erased = journal.erase_all().map_err(anyhow::Error::from)?;
            (
                erased,
                ". Your settings, stories and models were left in place",
            )
        }
    };
    tell(&erased, left)
}

/// What is asked, of so many takes and so many journals that were kept aside.
fn everything(takes: usize, journals: usize) -> String {
    let takes = match takes {
        1 => "the one take there is, its sound and its words".to_owned(),
        n => format!("all {n} takes, their sound and their words"),
    };
    let quizzes = "what was chosen in quizzes";
    match journals {
        0 => format!("Erase {takes}, and {quizzes}?"),
        1 => format!("Erase {takes}, {quizzes}, and the journal that was kept aside?"),
        n => format!("Erase {takes}, {quizzes}, and the {n} journals that were kept aside?"),
    }
}

fn tell(erased: &Erased, left: &str) -> Result<(), Failure> {
    let takes = match erased.takes {
        1 => "1 take".to_owned(),
        n => format!("{n} takes"),
    };
    writeln!(io::stdout(), "erased {takes}{left}")?;
    erased.messages().iter().for_each(|left| complain_of(left));
    Ok(())
}

/// Whether it may be done: said on the command line, or at the terminal.
fn agreed(arguments: &EraseArgs, question: &str) -> Result<bool, Failure> {
    if arguments.yes {
        return Ok(true);
    }
    if !io::stdin().is_terminal() {
        let what = "nobody is there to be asked: --yes erases without asking";
        return Err(Failure::Arguments(what.to_owned()));
    }
    write!(io::stderr(), "{question} This cannot be undone. [y/N] ")?;
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "Yes"))
}
