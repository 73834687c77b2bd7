//! Quantities in a text: numbers with their units, and words that stand for numbers ("twice", "a dozen",
//! "a fortnight"). Quantities with different units compare: sixty days are two months.

use crate::analysis::language::Token;

/// What a quantity counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Things, or a number without a known unit.
    Count,
    /// Shares, in percent.
    Percent,
    /// Any currency.
    Money,
    /// Time, in seconds.
    Time,
    /// How often something happened.
    Times,
}

/// A quantity in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quantity {
    pub(super) measure: Measure,
    /// The value, in the unit of the measure.
    pub(super) value: f64,
    /// The number as said: 2 for "two weeks".
    pub(super) number: f64,
    /// Index of its first token.
    pub(super) at: usize,
    /// It is a number that was said as such. "A", "one" and "no" are not: they may mean little.
    pub(super) is_explicit: bool,
}

impl Quantity {
    /// Whether two quantities say the same, as far as their units tell.
    pub(super) fn equals(&self, other: &Self) -> bool {
        let is_close = |a: f64, b: f64, tolerance: f64| {
            (a - b).abs() <= tolerance * a.abs().max(b.abs()) + f64::EPSILON
        };
        if self.measure == other.measure {
            // Months have 28 to 31 days.
            let tolerance = if self.measure == Measure::Time {
                0.09
            } else {
                0.001
            };
            return is_close(self.value, other.value, tolerance);
        }
        let has_no_unit = |quantity: &Self| quantity.measure == Measure::Count;
        (has_no_unit(self) || has_no_unit(other)) && is_close(self.number, other.number, 0.001)
    }

    /// The same quantity, `tokens` further on.
    pub(super) fn moved(self, tokens: usize) -> Self {
        Self {
            at: self.at + tokens,
            ..self
        }
    }
}

/// All quantities in `tokens`, in order.
pub(super) fn quantities(tokens: &[Token]) -> Vec<Quantity> {
    (0..tokens.len())
        .filter_map(|at| quantity_at(tokens, at))
        .collect()
}

fn quantity_at(tokens: &[Token], at: usize) -> Option<Quantity> {
    let token = &tokens[at];
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let before = at.checked_sub(1).map_or("", text);
    let quantity = |measure, value, number, is_explicit| {
        Some(Quantity {
            measure,
            value,
            number,
            at,
            is_explicit,
        })
    };
    if let Some(number) = token.value {
        let unit = (at + 1..at + 3).find_map(|next| {
            let unit = unit_of(text(next))?;
            let is_adjacent = next == at + 1 || tokens[at + 1].value.is_none();
            is_adjacent.then_some(unit)
        });
        let (measure, factor) = unit.unwrap_or((Measure::Count, 1.0));
        return quantity(measure, number * factor, number, true);
    }
    let is_article = |text: &str| matches!(text, "a" | "an" | "per" | "one" | "every");
    match token.text.as_str() {
        "twice" | "double" | "doubled" => quantity(Measure::Times, 2.0, 2.0, true),
        "once" => quantity(Measure::Times, 1.0, 1.0, true),
        "thrice" => quantity(Measure::Times, 3.0, 3.0, true),
        "fortnight" => quantity(Measure::Time, 14.0 * DAY, 14.0, true),
        "dozen" if before != "a" && at > 0 && tokens[at - 1].value.is_some() => None,
        "dozen" => quantity(Measure::Count, 12.0, 12.0, true),
        "couple" | "pair" | "both" => quantity(Measure::Count, 2.0, 2.0, false),
        "half" | "quarter" => fraction_at(tokens, at),
        "fifth" | "tenth" | "third" if matches!(before, "a" | "one" | "by") => {
            let percent = match token.text.as_str() {
                "fifth" => 20.0,
                "tenth" => 10.0,
                _ => 33.0,
            };
            quantity(Measure::Percent, percent, percent, true)
        }
        // "every second figure", "every other day"
        "second" | "other" if matches!(before, "every" | "per" | "each") => {
            match unit_of(text(at + 1)) {
                Some((Measure::Time, unit)) => quantity(Measure::Time, 2.0 * unit, 2.0, true),
                _ => quantity(Measure::Percent, 50.0, 50.0, true),
            }
        }
        "one" | "single" => match unit_of(text(at + 1)) {
            Some((measure, unit)) => quantity(measure, unit, 1.0, true),
            None => quantity(Measure::Count, 1.0, 1.0, false),
        },
        "no" | "none" | "nothing" | "nobody" => quantity(Measure::Count, 0.0, 0.0, false),
        unit => match unit_of(unit) {
            // The hour of "half an hour" belongs to the fraction.
            Some((Measure::Time, seconds)) if is_article(before) && !is_in_fraction(tokens, at) => {
                quantity(Measure::Time, seconds, 1.0, false)
            }
            _ => None,
        },
    }
}

/// Whether the unit at `at` follows "half" or "quarter".
fn is_in_fraction(tokens: &[Token], at: usize) -> bool {
    tokens[at.saturating_sub(3)..at]
        .iter()
        .any(|token| token.any(&["half", "quarter"]))
}

/// "half an hour", "a quarter of an hour", "half of them".
fn fraction_at(tokens: &[Token], at: usize) -> Option<Quantity> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let share = if text(at) == "half" { 0.5 } else { 0.25 };
    let mut rest = (at + 1..at + 4).map(text);
    let noun = rest
        .find(|text| !matches!(*text, "of" | "a" | "an" | "per"))
        .unwrap_or("");
    let (measure, value, number) = match unit_of(noun) {
        Some((Measure::Time, seconds)) => (Measure::Time, share * seconds, share),
        // "a quarter" alone is three months.
        _ if text(at) == "quarter" => return None,
        _ => (Measure::Percent, 50.0, 50.0),
    };
    Some(Quantity {
        measure,
        value,
        number,
        at,
        is_explicit: true,
    })
}

const DAY: f64 = 86_400.0;

/// The measure of a unit, and the factor to the measure's own unit.
fn unit_of(text: &str) -> Option<(Measure, f64)> {
    let singular = text.strip_suffix('s').unwrap_or(text);
    Some(match singular {
        "percent" => (Measure::Percent, 1.0),
        "dollar" => (Measure::Money, 1.0),
        "time" => (Measure::Times, 1.0),
        "millisecond" => (Measure::Time, 0.001),
        "second" => (Measure::Time, 1.0),
        "minute" => (Measure::Time, 60.0),
        "hour" => (Measure::Time, 3_600.0),
        "day" | "night" => (Measure::Time, DAY),
        "week" => (Measure::Time, 7.0 * DAY),
        "fortnight" => (Measure::Time, 14.0 * DAY),
        "month" => (Measure::Time, 30.0 * DAY),
        "year" => (Measure::Time, 365.0 * DAY),
        "decade" => (Measure::Time, 3_650.0 * DAY),
        "dozen" => (Measure::Count, 12.0),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::language::tokens_of_text;

    #[test]
    fn quantities_compare_across_units() {
        let only = |text: &str| {
            let all = quantities(&tokens_of_text(text));
            assert_eq!(all.len(), 1, "{text}: {all:?}");
            all[0]
        };
        for (one, other, expected) in [
            ("sixty days", "two months", true),
            ("three hours", "a hundred and eighty minutes", true),
            ("two weeks", "a fortnight", true),
            ("half an hour", "30 minutes", true),
            ("grew by a fifth", "grew by 20%", true),
            ("12 horses", "a dozen horses", true),
            ("called twice", "two times", true),
            ("every two days", "every other day", true),
            ("half of the pages", "every second page", true),
            ("€300", "three hundred pounds", true),
            ("4 weeks", "14 weeks", false),
            ("15%", "50%", false),
            ("40 days", "40 minutes", false),
        ] {
            assert_eq!(only(one).equals(&only(other)), expected, "{one}: {other}");
        }
    }
}
