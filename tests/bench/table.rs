//! Medians and Markdown tables.

/// The median; NaN without values.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value below which `share` of the values lie; NaN without values.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let index = share * (values.len().max(1) - 1) as f64;
    values
        .get(index.round() as usize)
        .copied()
        .unwrap_or(f64::NAN)
}

/// The largest value; NaN without values.
pub fn maximum(values: &[f64]) -> f64 {
    quantile(values, 1.0)
}

/// Prints a title and the header of a table.
pub fn header(title: &str, columns: &[&str]) {
    println!("\n**{title}**\n\n| {} |", columns.join(" | "));
    println!("|{}", "---|".repeat(columns.len()));
}

/// Prints a row.
pub fn row(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}

/// The ratio, such as `0.43`, or a dash if there is nothing to compare with.
pub fn ratio(value: f64, reference: Option<f64>) -> String {
    reference.map_or("–".to_owned(), |reference| {
        format!("{:.2}", value / reference)
    })
}

/// Prints a row with a measurement and its limit.
pub fn measurement_row(name: &str, measured: String, limit: &str) {
    row(&[name.to_owned(), measured, limit.to_owned()]);
}

/// The value, unless it is NaN or infinite.
pub fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
