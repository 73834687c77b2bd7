//! `starling erase`: erases one take or all takes, so that no word of them stays on disk.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::storage::{Erased, Store, TakeFilter};

use super::failure::{Failure, print_message};
use super::lookup::{open_db, open_db_if_present, resolve_take};

/// What to erase.
#[derive(Debug, clap::Args)]
pub struct EraseArgs {
    /// Name of the take, an unambiguous prefix of it, or `last`.
    #[arg(
        value_name = "TAKE",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    take: Option<String>,
    /// Erase all takes, all quiz answers, and all quarantined databases.
    #[arg(long)]
    all: bool,
    /// Do not ask for confirmation.
    #[arg(long)]
    yes: bool,
}

/// Erases after confirmation.
pub fn run(args: &EraseArgs, store: &Store) -> Result<(), Failure> {
    match &args.take {
        Some(name) => erase_take(name, args, store),
        None => erase_all(args, store),
    }
}

fn erase_take(name: &str, args: &EraseArgs, store: &Store) -> Result<(), Failure> {
    let mut db = open_db(store)?;
    let id = resolve_take(&db, name)?;
    let question = format!("Erase take {id} with its recording and transcript?");
    if !is_confirmed(args, &question)? {
        return Ok(());
    }
    print_erased(&db.erase(&id).map_err(anyhow::Error::from)?, "")
}

fn erase_all(args: &EraseArgs, store: &Store) -> Result<(), Failure> {
    let Some(mut db) = open_db_if_present(store)? else {
        return Ok(writeln!(io::stdout(), "nothing to erase")?);
    };
    let takes = db
        .list(&TakeFilter::default())
        .map_err(anyhow::Error::from)?;
    let question = erase_all_question(takes.len(), store.quarantined());
    if !is_confirmed(args, &question)? {
        return Ok(());
    }
    let erased = db.erase_all().map_err(anyhow::Error::from)?;
    print_erased(&erased, ". Your settings, stories and models were kept")
}

fn erase_all_question(takes: usize, quarantined: usize) -> String {
    let takes = match takes {
        1 => "the only take with its recording and transcript".to_owned(),
        n => format!("all {n} takes with their recordings and transcripts"),
    };
    match quarantined {
        0 => format!("Erase {takes}, and all quiz answers?"),
        1 => format!("Erase {takes}, all quiz answers, and 1 quarantined database?"),
        n => format!("Erase {takes}, all quiz answers, and {n} quarantined databases?"),
    }
}

fn print_erased(erased: &Erased, kept: &str) -> Result<(), Failure> {
    let takes = match erased.takes {
        1 => "1 take".to_owned(),
        n => format!("{n} takes"),
    };
    writeln!(io::stdout(), "erased {takes}{kept}")?;
    for warning in erased.messages() {
        print_message(&warning);
    }
    Ok(())
}

/// Whether the user confirmed, by `--yes` or at the terminal.
fn is_confirmed(args: &EraseArgs, question: &str) -> Result<bool, Failure> {
    if args.yes {
        return Ok(true);
    }
    if !io::stdin().is_terminal() {
        let message = "cannot ask for confirmation without a terminal: \
            --yes erases without asking";
        return Err(Failure::Arguments(message.to_owned()));
    }
    write!(io::stderr(), "{question} This cannot be undone. [y/N] ")?;
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "Yes"))
}
