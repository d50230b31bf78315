//! Percentiles by nearest rank: the smallest value that at least so many percent of all values do not exceed. The result
//! is always one of the values.

use renfort_protocol::figures::Spread;

/// The value at this percentile (1 to 100) of values in ascending order; none without any.
#[must_use]
pub fn nearest_rank(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (percent.min(100) * sorted.len()).div_ceil(100);
    sorted.get(rank.max(1) - 1).copied()
}

/// How values in any order spread.
#[must_use]
pub fn spread(mut values: Vec<u64>) -> Spread {
    values.sort_unstable();
    Spread {
        count: values.len() as u64,
        median_ms: nearest_rank(&values, 50),
        p90_ms: nearest_rank(&values, 90),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        // The textbook's example: ranks 1.5 -> 2, 2 -> 2, 2.5 -> 3, 5 -> 5.
        let values = [15, 20, 35, 40, 50];
        for (percent, expected) in [(5, 15), (30, 20), (40, 20), (50, 35), (90, 50), (100, 50)] {
            assert_eq!(nearest_rank(&values, percent), Some(expected), "{percent}");
        }
        let ten: Vec<u64> = (1..=10).collect();
        assert_eq!((nearest_rank(&ten, 50), nearest_rank(&ten, 90)), (Some(5), Some(9)));
        assert_eq!(nearest_rank(&[7], 50), Some(7));
        assert_eq!(nearest_rank(&[7], 90), Some(7));
    }

    #[test]
    fn without_values_there_is_no_percentile() {
        assert_eq!(nearest_rank(&[], 50), None);
        assert_eq!(spread(Vec::new()), Spread::default());
    }

    #[test]
    fn the_order_of_the_values_does_not_matter() {
        assert_eq!(spread(vec![3, 1, 2]), spread(vec![1, 2, 3]));
        assert_eq!(spread(vec![3, 1, 2]).median_ms, Some(2));
    }
}
