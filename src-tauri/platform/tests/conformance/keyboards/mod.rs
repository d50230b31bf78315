//! Every technician's layout against every user's: what is typed on the one arrives on the other.
//!
//! Flow: [`technician`] knows from a real keymap (libxkbcommon, xkb-data) what a webview would tell of each key, and sends
//! that to the sink under test; [`client`] reads what reaches a window of another program as toolkits do, with
//! libxkbcommon, on the keymap that the X server has at that moment.
//!
//! Invariant: neither of the two knows anything of the code under test.
//!
//! [`matrix`] tries some pairs; with `RENFORT_KEYBOARDS=all`, which `cargo xtask keyboards` sets, all 64.

mod changes;
mod client;
mod feelings;
mod matrix;
mod technician;

/// Layouts of the matrix with their variants, as `setxkbmap` takes them.
pub const LAYOUTS: [(&str, &str); 8] = [
    ("fr", ""),
    ("be", ""),
    ("ch", "fr"),
    ("ch", ""),
    ("de", ""),
    ("us", ""),
    ("gb", ""),
    ("es", ""),
];

/// How a layout is written, for example `ch(fr)`.
pub fn name((layout, variant): (&str, &str)) -> String {
    if variant.is_empty() {
        layout.to_owned()
    } else {
        format!("{layout}({variant})")
    }
}
