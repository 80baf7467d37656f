//! Pay as published: a range, its currency and its period.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a pay figure is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PayPeriod {
    /// Per hour.
    Hour,
    /// Per day.
    Day,
    /// Per week.
    Week,
    /// Per month.
    Month,
    /// Per year.
    Year,
}

impl fmt::Display for PayPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        })
    }
}

/// A published pay range, in units of its currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pay {
    /// Lower end, in whole or part units of `currency`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub min: Option<f64>,
    /// Upper end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub max: Option<f64>,
    /// ISO 4217 code where known, e.g. `EUR`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub currency: Option<String>,
    /// What the figures are paid for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub period: Option<PayPeriod>,
}

impl fmt::Display for Pay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(currency) = &self.currency {
            write!(f, "{currency} ")?;
        }
        match (self.min, self.max) {
            (Some(min), Some(max)) if min != max => write!(f, "{min}–{max}")?,
            (Some(amount), _) | (None, Some(amount)) => write!(f, "{amount}")?,
            (None, None) => f.write_str("?")?,
        }
        if let Some(period) = self.period {
            write!(f, " a {period}")?;
        }
        Ok(())
    }
}
