//! What tokens cost: a table that is a file and says its date.
//!
//! Money is counted in whole billionths of a dollar, so that sums are exact.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The table that comes with the program.
const BUILT_IN: &str = include_str!("../prices.json");

/// List prices, and the day on which they were looked up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prices {
    /// The day on which they were looked up.
    pub date: String,
    /// The context window of a model that is not in the table, in tokens.
    pub window: u64,
    /// The models, by name.
    pub models: Vec<Price>,
}

/// What a model costs, in dollars a million tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// The model's name, without the date of a version.
    pub name: String,
    /// Fresh input.
    pub input: f64,
    /// Input that is read from a cache.
    pub cached: f64,
    /// Output.
    pub output: f64,
    /// The model's context window, in tokens.
    pub window: u64,
}

/// Billionths of a dollar; less than none is a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Money(pub i64);

impl Prices {
    /// The table that comes with the program.
    ///
    /// # Panics
    /// Never: a test reads the table.
    pub fn built_in() -> Self {
        serde_json::from_str(BUILT_IN).expect("a test reads it")
    }

    /// Reads a table of one's own, in the same shape.
    ///
    /// # Errors
    /// [`Error::NoPrices`] if it is not one.
    pub fn read(text: &str) -> Result<Self> {
        let prices: Prices = serde_json::from_str(text).map_err(|source| Error::NoPrices { source })?;
        let sound = |price: &Price| {
            [price.input, price.cached, price.output].iter().all(|dollars| (0.0..1e6).contains(dollars))
        };
        match prices.models.iter().find(|price| !sound(price)) {
            Some(price) => Err(Error::NoPrice { model: price.name.clone() }),
            None => Ok(prices),
        }
    }

    /// The price of a model; the date of a version at the end of its name does not matter.
    pub fn of(&self, model: &str) -> Option<&Price> {
        self.models.iter().find(|price| is_version(model, &price.name))
    }

    /// The context window of a model, or the usual one.
    pub fn window(&self, model: &str) -> u64 {
        self.of(model).map_or(self.window, |price| price.window)
    }
}

fn is_version(model: &str, name: &str) -> bool {
    let is_date = |rest: &str| {
        let digits = rest.bytes().filter(u8::is_ascii_digit).count();
        digits == 8 && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    };
    match model.strip_prefix(name) {
        Some("") => true,
        Some(rest) => rest.strip_prefix('-').is_some_and(|rest| is_date(rest) || rest == "latest"),
        None => false,
    }
}

impl Money {
    /// What so many tokens cost at a price in dollars a million.
    pub fn of(tokens: u64, dollars: f64) -> Self {
        // A price has at most three decimals worth speaking of.
        #[expect(clippy::cast_possible_truncation, reason = "a table with such a price is refused")]
        let thousandths = (dollars * 1000.0).round() as i64;
        Money(i64::try_from(tokens).unwrap_or(i64::MAX).saturating_mul(thousandths))
    }

    /// In dollars.
    pub fn dollars(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "only for showing")]
        let dollars = self.0 as f64 / 1e9;
        dollars
    }
}

impl std::ops::Add for Money {
    type Output = Money;

    fn add(self, other: Money) -> Money {
        Money(self.0.saturating_add(other.0))
    }
}

impl std::ops::Sub for Money {
    type Output = Money;

    fn sub(self, other: Money) -> Money {
        Money(self.0.saturating_sub(other.0))
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        let dollars = self.dollars();
        let sign = if self.0 < 0 { "-" } else { "" };
        if dollars.abs() < 0.1 {
            write!(out, "{sign}${:.4}", dollars.abs())
        } else {
            write!(out, "{sign}${:.2}", dollars.abs())
        }
    }
}

impl Serialize for Money {
    /// A number of dollars.
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_f64(self.dollars())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_that_comes_along_is_sound() {
        let prices = Prices::read(BUILT_IN).expect("it can be read");
        let names: Vec<&str> = prices.models.iter().map(|price| price.name.as_str()).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "sorted and unique: {names:?}");
        assert!(
            prices
                .models
                .iter()
                .all(|it| it.cached < it.input && it.input < it.output && it.window >= prices.window)
        );
        assert!(prices.date.parse::<jiff::civil::Date>().is_ok());
        assert_eq!(prices, Prices::built_in());
    }

    #[test]
    fn a_version_costs_what_its_model_costs() {
        let prices = Prices::built_in();
        let check = |model: &str, expected: Option<&str>| {
            assert_eq!(prices.of(model).map(|price| price.name.as_str()), expected, "{model}");
        };
        check("claude-opus-4-5-20251101", Some("claude-opus-4-5"));
        check("claude-opus-4-20250514", Some("claude-opus-4"));
        check("claude-opus-4-5", Some("claude-opus-4-5"));
        check("gpt-5-2025-08-07", Some("gpt-5"));
        for model in ["gpt-5-mini", "gpt-5.1", "claude-opus-4-9", "", "gpt"] {
            check(model, None);
        }
        assert_eq!(prices.window("unheard-of"), prices.window);
    }

    #[test]
    fn money_is_exact() {
        assert_eq!(Money::of(1_000_000, 0.125), Money(125_000_000));
        assert_eq!(Money::of(3, 0.1), Money(300));
        assert_eq!(Money::of(1000, 5.0).to_string(), "$0.0050");
        assert_eq!((Money::default() - Money::of(1_000_000, 5.0)).to_string(), "-$5.00");
        assert_eq!(Money::of(u64::MAX, 1e5), Money(i64::MAX));
    }

    #[test]
    fn a_table_that_is_none_is_refused() {
        assert!(matches!(Prices::read("{}"), Err(Error::NoPrices { .. })));
        let odd = BUILT_IN.replacen("\"input\": 10,", "\"input\": -1,", 1);
        assert!(matches!(Prices::read(&odd), Err(Error::NoPrice { .. })));
    }
}
