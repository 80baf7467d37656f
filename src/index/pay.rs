//! Pay as one integer by year, so that postings can be filtered by it.

use crate::posting::{Pay, PayPeriod};

/// Paid hours of a full-time year: 52 weeks of 40 hours.
const HOURS: f64 = 2080.0;
/// Paid days of a full-time year.
const DAYS: f64 = 260.0;
/// Weeks of a year.
const WEEKS: f64 = 52.0;
/// Months of a year.
const MONTHS: f64 = 12.0;

/// The upper end of `pay` by year with its currency. `None` where amount, currency or period is
/// unknown: a guessed period has turned stipends into fortunes before.
pub(super) fn pack(pay: &Pay) -> Option<u64> {
    let times = match pay.period? {
        PayPeriod::Hour => HOURS,
        PayPeriod::Day => DAYS,
        PayPeriod::Week => WEEKS,
        PayPeriod::Month => MONTHS,
        PayPeriod::Year => 1.0,
    };
    let amount = pay.max.or(pay.min)? * times;
    (amount > 0.0).then_some(())?;
    Some(currency(pay.currency.as_deref()?)? << 32 | amount.round().min(f64::from(u32::MAX)) as u64)
}

/// Whether packed pay is in `currency` and at least `least` a year; `None` when it is in another
/// currency, which cannot be compared.
pub(super) fn at_least(packed: u64, currency_code: u64, least: u32) -> Option<bool> {
    (packed >> 32 == currency_code).then_some(packed & u64::from(u32::MAX) >= u64::from(least))
}

/// Three letters in 15 bits.
pub(super) fn currency(code: &str) -> Option<u64> {
    let letters = code.as_bytes();
    if letters.len() != 3 || !letters.iter().all(u8::is_ascii_alphabetic) {
        return None;
    }
    Some(letters.iter().fold(0, |code, l| code << 5 | u64::from(l.to_ascii_uppercase() - b'A' + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pay_is_compared_by_year_and_currency() {
        let pay = Pay {
            min: Some(40.0),
            max: Some(50.0),
            currency: Some("EUR".into()),
            period: Some(PayPeriod::Hour),
        };
        let packed = pack(&pay).unwrap();
        let eur = currency("eur").unwrap();
        assert_eq!(at_least(packed, eur, 104_000), Some(true));
        assert_eq!(at_least(packed, eur, 104_001), Some(false));
        assert_eq!(at_least(packed, currency("USD").unwrap(), 1), None);
        assert_eq!(pack(&Pay { period: None, ..pay }), None);
    }
}
