//! The layout that the X server's keyboard has, by its name.
//!
//! Flow: whoever sets a keymap leaves the names that it was made of on the root window (`_XKB_RULES_NAMES`), one layout
//! for each group; the locked group says which of them is in use. Read again when the server tells of a change.
//!
//! Invariant: a name that the keymap in use was not made of is not told (a nested server may carry an old one).

use std::{
    os::fd::AsRawFd as _,
    time::{Duration, Instant},
};

use renfort_engine::seams::{KeyboardLayouts, LayoutsError};
use renfort_protocol::keyboard::{KeyboardLayout, LayoutName};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xkb::{
    ConnectionExt as _, EventType, ID, MapPart, NameDetail, SelectEventsAux, SelectEventsAuxStateNotify, StatePart,
};
use x11rb::protocol::xproto::{Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, Window};
use x11rb::rust_connection::RustConnection;

use crate::readable::readable;

/// Longest property that is read, in units of four bytes; real ones have some fifty bytes.
const MAX_UNITS: u32 = 256;
/// Names in the property before that of the layout: rules and model.
const BEFORE_LAYOUT: usize = 2;

/// See the module.
struct X11Layouts {
    connection: RustConnection,
    root: Window,
    rules_names: Atom,
    /// Something changed since it was read.
    old: bool,
    last: Option<KeyboardLayout>,
}

/// Opens them for a display (none: the default one).
pub(in super::super) fn open(display: Option<&str>) -> Result<Box<dyn KeyboardLayouts>, LayoutsError> {
    let (connection, screen) = x11rb::connect(display).map_err(unknown)?;
    let root = connection
        .setup()
        .roots
        .get(screen)
        .ok_or_else(|| unknown("no such screen"))?
        .root;
    let xkb = connection.xkb_use_extension(1, 0).map_err(unknown)?;
    if !xkb.reply().map_err(unknown)?.supported {
        return Err(unknown("this display has no XKB"));
    }
    let rules_names = connection.intern_atom(false, b"_XKB_RULES_NAMES").map_err(unknown)?;
    let rules_names = rules_names.reply().map_err(unknown)?.atom;
    let properties = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
    connection
        .change_window_attributes(root, &properties)
        .map_err(unknown)?
        .check()
        .map_err(unknown)?;
    // Of the keyboard's state only the group counts: modifiers change with every capital letter.
    let group = SelectEventsAuxStateNotify {
        affect_state: StatePart::GROUP_LOCK,
        state_details: StatePart::GROUP_LOCK,
    };
    let no_map = MapPart::from(0_u16);
    connection
        .xkb_select_events(
            ID::USE_CORE_KBD.into(),
            EventType::from(0_u16),
            EventType::NEW_KEYBOARD_NOTIFY,
            no_map,
            no_map,
            &SelectEventsAux::new().state_notify(group),
        )
        .map_err(unknown)?
        .check()
        .map_err(unknown)?;
    Ok(Box::new(X11Layouts {
        connection,
        root,
        rules_names,
        old: true,
        last: None,
    }))
}

impl KeyboardLayouts for X11Layouts {
    fn current(&mut self) -> Result<Option<KeyboardLayout>, LayoutsError> {
        self.drain_events()?;
        if std::mem::take(&mut self.old) {
            self.last = self.read()?;
        }
        Ok(self.last.clone())
    }

    fn wait(&mut self, timeout: Duration) -> Result<(), LayoutsError> {
        // Events may have come with the answers that were read last.
        if !self.drain_events()? {
            let server = self.connection.stream().as_raw_fd();
            readable([server], Instant::now() + timeout).map_err(unknown)?;
        }
        Ok(())
    }
}

impl X11Layouts {
    /// Takes what the server has told; true when there was anything.
    fn drain_events(&mut self) -> Result<bool, LayoutsError> {
        let mut any = false;
        while let Some(event) = self.connection.poll_for_event().map_err(unknown)? {
            self.old |= match event {
                Event::PropertyNotify(notify) => notify.atom == self.rules_names,
                Event::XkbStateNotify(_) | Event::XkbNewKeyboardNotify(_) => true,
                _ => false,
            };
            any = true;
        }
        Ok(any)
    }

    fn read(&self) -> Result<Option<KeyboardLayout>, LayoutsError> {
        let connection = &self.connection;
        let keyboard = ID::USE_CORE_KBD.into();
        let property = connection
            .get_property(false, self.root, self.rules_names, AtomEnum::STRING, 0, MAX_UNITS)
            .map_err(unknown)?;
        let state = connection.xkb_get_state(keyboard).map_err(unknown)?;
        let names = connection
            .xkb_get_names(keyboard, NameDetail::SYMBOLS)
            .map_err(unknown)?;
        let property = property.reply().map_err(unknown)?.value;
        let group = state.reply().map_err(unknown)?.locked_group;
        let Some(symbols) = names.reply().map_err(unknown)?.value_list.symbols_name else {
            return Ok(None);
        };
        let symbols = connection.get_atom_name(symbols).map_err(unknown)?;
        let symbols = symbols.reply().map_err(unknown)?.name;
        Ok(layout(&property, u8::from(group).into()).filter(|layout| made_of(&symbols, layout)))
    }
}

/// The layout of a group in the property: NUL-terminated rules, model, layouts, variants, options; layouts and variants
/// separated by commas.
fn layout(property: &[u8], group: usize) -> Option<KeyboardLayout> {
    let text = std::str::from_utf8(property).ok()?;
    let mut names = text.split('\0').skip(BEFORE_LAYOUT);
    let layouts: Vec<&str> = names.next()?.split(',').collect();
    let group = group % layouts.len();
    let variant = names.next().and_then(|variants| variants.split(',').nth(group));
    // `us(intl)` is another way to write layout and variant.
    let (name, inner) = match layouts[group].split_once('(') {
        Some((name, inner)) => (name, inner.strip_suffix(')')),
        None => (layouts[group], None),
    };
    let variant = variant.filter(|variant| !variant.is_empty()).or(inner);
    Some(KeyboardLayout {
        layout: LayoutName::new(name).ok()?,
        variant: match variant {
            Some(variant) => Some(LayoutName::new(variant).ok()?),
            None => None,
        },
    })
}

/// Is this layout among the parts that the keymap's symbols were made of, for example `pc+us+fr(oss):2+inet(evdev)`?
fn made_of(symbols: &[u8], layout: &KeyboardLayout) -> bool {
    let Ok(symbols) = std::str::from_utf8(symbols) else {
        return false;
    };
    // Some compilers write an underscore for the plus.
    symbols.split(['+', '|', '_']).any(|part| {
        let part = part.split(':').next().unwrap_or(part);
        part.split('(').next() == Some(layout.layout.as_str())
    })
}

fn unknown(error: impl std::fmt::Display) -> LayoutsError {
    LayoutsError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(layout: &str, variant: Option<&str>) -> Option<KeyboardLayout> {
        Some(KeyboardLayout {
            layout: LayoutName::new(layout).unwrap(),
            variant: variant.map(|variant| LayoutName::new(variant).unwrap()),
        })
    }

    #[test]
    fn the_group_says_which_of_the_layouts_is_in_use() {
        let property = b"evdev\0pc105\0us,ch,ru\0,fr\0grp:alt_shift_toggle\0";
        assert_eq!(layout(property, 0), named("us", None));
        assert_eq!(layout(property, 1), named("ch", Some("fr")));
        assert_eq!(layout(property, 2), named("ru", None));
        assert_eq!(layout(property, 3), named("us", None));
        assert_eq!(layout(b"evdev\0pc105\0us(intl)\0", 0), named("us", Some("intl")));
    }

    #[test]
    fn what_is_no_name_is_not_told() {
        for property in [
            &b""[..],
            b"evdev",
            b"evdev\0pc105\0\0\0\0",
            b"a\0b\0f r\0\0",
            b"a\0b\0\xff\0\0",
        ] {
            assert_eq!(layout(property, 0), None, "{property:?}");
        }
    }

    #[test]
    fn a_name_that_the_keymap_was_not_made_of_is_old() {
        let layout = named("fr", Some("oss")).unwrap();
        assert!(made_of(b"pc+fr(oss)+inet(evdev)", &layout));
        assert!(made_of(b"pc+us+fr(oss):2+inet(evdev)", &layout));
        assert!(made_of(b"pc_fr(oss)_inet(evdev)", &layout));
        assert!(!made_of(b"pc+us+inet(evdev)", &layout));
        assert!(!made_of(b"unnamed", &layout));
    }
}
