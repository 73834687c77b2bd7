//! Impact: whether a Result states a change in numbers, its business impact and a lasting effect.

mod business;
mod change_polarity;
pub mod checks;
mod cues;
mod lasting_effect;
mod measured_change;
mod outcome;
mod search;
pub mod statement;
mod vocabulary;
