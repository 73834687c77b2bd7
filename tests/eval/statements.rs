//! Writes the statements of labeled answers with their features, for `models/train_statements.py`:
//! `eval --statements FOLDER...` prints one JSON object per answer and section.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use starling::analysis::phrases::word_vectors::SentenceModel;
use starling::analysis::statement_kinds;
use starling::analysis::written;
use starling::app::LanguageModel;
use starling::domain::part::Part;
use starling::domain::written_answer::WrittenAnswer;

/// Prints the statements of the answers in `folders`.
pub fn write(folders: &[OsString]) -> Result<()> {
    let model = LanguageModel::shared(Vec::new());
    for folder in folders {
        let file = Path::new(folder).join("answers.tsv");
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let mut answers: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [id, _, _, _, _, text] = cells[..] else {
                anyhow::bail!(
                    "{}: a line has {} cells, not 6",
                    file.display(),
                    cells.len()
                );
            };
            match answers.last_mut().filter(|(last, _)| *last == id) {
                Some((_, texts)) => texts.push(text.trim()),
                None => answers.push((id, vec![text.trim()])),
            }
        }
        for (id, texts) in answers {
            let whole = texts.join(" ");
            print(folder, id, &whole, true, &*model)?;
            for text in texts {
                print(folder, id, text, false, &*model)?;
            }
        }
    }
    Ok(())
}

/// Prints the statements of a whole answer or of one of its sections.
fn print(
    folder: &OsString,
    id: &str,
    text: &str,
    is_whole: bool,
    model: &dyn SentenceModel,
) -> Result<()> {
    let answer = WrittenAnswer::parse(text, Part::Whole)?;
    let transcript = written::transcript(&answer);
    let described =
        statement_kinds::describe(&transcript, model).context("the language model is missing")?;
    let words: Vec<&str> = transcript.words.iter().map(|w| w.text.as_str()).collect();
    let statements: Vec<_> = described
        .iter()
        .map(|one| {
            let values = one.features.iter().map(|x| (x * 1e4).round() / 1e4);
            serde_json::json!([one.first, one.last, values.collect::<Vec<f32>>()])
        })
        .collect();
    let row = serde_json::json!({
        "folder": folder.to_string_lossy(),
        "id": id,
        "is_whole": is_whole,
        "words": words,
        "statements": statements,
    });
    println!("{row}");
    Ok(())
}
