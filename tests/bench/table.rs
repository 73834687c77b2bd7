//! Medians, and tables in markdown.

/// The middle one; NaN of none.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value below which `share` of them lie; NaN of none.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let at = share * (values.len().max(1) - 1) as f64;
    values.get(at.round() as usize).copied().unwrap_or(f64::NAN)
}

/// The largest one; NaN of none.
pub fn worst(values: &[f64]) -> f64 {
    quantile(values, 1.0)
}

/// Prints a heading and the head of a table.
pub fn head(title: &str, columns: &[&str]) {
    println!("\n**{title}**\n\n| {} |", columns.join(" | "));
    println!("|{}", "---|".repeat(columns.len()));
}

/// Prints a row as soon as it is known.
pub fn row(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}

/// `0.43`, or a dash where there is nothing to compare with.
pub fn ratio(one: f64, other: Option<f64>) -> String {
    other.map_or("–".to_owned(), |other| format!("{:.2}", one / other))
}

/// A row of something measured and what was asked for.
pub fn tell(what: &str, measured: String, asked: &str) {
    row(&[what.to_owned(), measured, asked.to_owned()]);
}

/// The value, if it is one.
pub fn some(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
