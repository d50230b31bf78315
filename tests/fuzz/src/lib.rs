//! The parsers that read bytes from outside, each as a function of bytes that must not panic, and must hold what its
//! module promises. What the browser's pages read is tried in their own language: `ui/fuzz`.
//!
//! Flow: `tests/corpus.rs` replays `corpus/<target>/`, with every prefix and some flipped bits, in the ordinary tests;
//! the binary `soak` feeds a target with inputs that coverage guides (libFuzzer).
//!
//! Invariant: a target's input is all it depends on: no clock, no randomness, no files.

mod broker;
mod carriage;
mod composition;
mod console;
mod desktop;
mod flow;
mod log;
mod media;
mod messages;
mod peers;
mod pointer;
mod texts;

/// One parser.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Also the name of its folder in `corpus`.
    pub name: &'static str,
    /// Takes any bytes. Panics when a promise is broken.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target {
        name: "broker",
        run: broker::run,
    },
    Target {
        name: "request",
        run: messages::request,
    },
    Target {
        name: "from_relay",
        run: messages::from_relay,
    },
    Target {
        name: "console",
        run: console::console,
    },
    Target {
        name: "headers",
        run: console::headers,
    },
    Target {
        name: "search",
        run: texts::search,
    },
    Target {
        name: "spreadsheet",
        run: texts::spreadsheet,
    },
    Target {
        name: "hours",
        run: texts::hours,
    },
    Target {
        name: "acknowledgements",
        run: flow::acknowledgements,
    },
    Target {
        name: "sharer",
        run: peers::sharer,
    },
    Target {
        name: "viewer",
        run: peers::viewer,
    },
    Target {
        name: "controller",
        run: desktop::controller,
    },
    Target {
        name: "picture",
        run: desktop::picture,
    },
    Target {
        name: "address",
        run: desktop::address,
    },
    Target {
        name: "organisation",
        run: messages::organisation,
    },
    Target {
        name: "card",
        run: messages::card,
    },
    Target {
        name: "export",
        run: log::export,
    },
    Target {
        name: "receipt",
        run: log::receipt,
    },
    Target {
        name: "checkpoint",
        run: log::checkpoint,
    },
    Target {
        name: "personal",
        run: log::personal,
    },
    Target {
        name: "description",
        run: media::description,
    },
    Target {
        name: "video",
        run: media::video,
    },
    Target {
        name: "cursor",
        run: pointer::cursor,
    },
    Target {
        name: "updates",
        run: composition::updates,
    },
    Target {
        name: "pixels",
        run: composition::pixels,
    },
    Target {
        name: "carried",
        run: carriage::carried,
    },
    Target {
        name: "carriage",
        run: carriage::datagrams,
    },
];

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<Target> {
    TARGETS.iter().copied().find(|target| target.name == name)
}
