//! Progress over the takes of a part: trends of single metrics, the comparison of two takes, the best take,
//! the section to practice next, and the days with practice.

mod best;
pub mod compare;
mod metric;
mod recommendation;
mod relative_date;
mod streak;
mod take_metrics;
mod trend;

pub use best::Best;
pub use metric::Metric;
pub use recommendation::{RECENT_TAKES, Recommendation, Weakness};
pub use relative_date::{relative_date, takes_this_week};
pub use streak::{Streak, day};
pub use take_metrics::TakeMetrics;
pub use trend::{Loaded, Point, Trend};
