//! One target under libFuzzer. `RENFORT_FUZZ_TARGET` names it; the arguments are libFuzzer's own.

#![no_main]

use std::sync::LazyLock;

use renfort_fuzz::{Target, target};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("RENFORT_FUZZ_TARGET").unwrap_or_default();
    target(&name).unwrap_or_else(|| panic!("RENFORT_FUZZ_TARGET names no target: {name:?}"))
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (TARGET.run)(bytes));
