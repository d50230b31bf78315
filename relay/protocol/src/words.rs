//! The two words that stand on both screens of a session, so that two people on the telephone can compare them.
//!
//! Invariant: each word is spelt the same in French and in English, so that both screens show the same whatever their
//! language. The list never changes: its order is part of the protocol.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::Sha256;

/// Two words, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Words(pub String, pub String);

/// The words of a hash: one for each of its first two bytes. 16 bits are enough where both sides are bound to what they
/// send before they know the other's part: whoever stands in between has one try a session.
#[must_use]
pub fn words_of(hash: &Sha256) -> Words {
    let word = |byte: u8| WORDS[usize::from(byte)].to_owned();
    Words(word(hash.0[0]), word(hash.0[1]))
}

/// In alphabetical order.
#[rustfmt::skip]
pub const WORDS: [&str; 256] = [
    "accent", "album", "alibi", "alligator", "ambulance", "angle", "animal", "arc", "atlas", "avalanche", "avenue",
    "aviation", "badge", "ballet", "bandage", "banjo", "bastion", "bikini", "bison", "bonus", "boulevard",
    "bouquet", "boutique", "bravo", "bronze", "buffet", "bungalow", "bureau", "bus", "cactus", "canal", "canyon",
    "capital", "cardinal", "cargo", "cascade", "cassette", "catalogue", "cave", "centre", "champion", "charade",
    "chef", "club", "cobra", "cocktail", "concert", "confetti", "corridor", "cosmos", "costume", "cottage",
    "coupon", "courage", "cousin", "crocodile", "croissant", "cuisine", "culture", "cycle", "cyclone", "date",
    "design", "dessert", "dialogue", "distance", "dolmen", "domino", "dragon", "escalator", "espresso",
    "excellent", "excursion", "express", "fable", "festival", "fiction", "figure", "film", "firmament", "fondue",
    "force", "fortune", "fragile", "fruit", "garage", "gazelle", "geyser", "golf", "gong", "gorge", "gouache",
    "grain", "grand", "guide", "habitat", "hamster", "harmonica", "hockey", "horizon", "humble", "image",
    "instant", "invention", "iris", "jaguar", "jazz", "jockey", "joker", "journal", "jovial", "judo", "jungle",
    "karma", "kayak", "kilo", "kimono", "kiwi", "koala", "laser", "latitude", "lotion", "lotus", "machine",
    "marathon", "marina", "mascara", "massage", "menthol", "menu", "minute", "miracle", "mission", "mobile",
    "moment", "motif", "moustache", "muffin", "muscle", "mustang", "nation", "nature", "nectar", "niche", "noble",
    "nuance", "oasis", "olive", "omelette", "onyx", "oracle", "orange", "origami", "ovation", "palace", "palette",
    "panda", "panorama", "parachute", "parade", "parasol", "pardon", "parfait", "passage", "patience", "patio",
    "phrase", "piano", "pigeon", "pizza", "plateau", "plaza", "poker", "poncho", "portrait", "potion", "prairie",
    "prince", "prune", "puma", "puzzle", "python", "quartz", "quiche", "radar", "radio", "raisin", "restaurant",
    "robot", "romance", "rose", "rouge", "rugby", "rumba", "safari", "salami", "salon", "samba", "sandwich",
    "sardine", "satellite", "satin", "sauce", "sauna", "science", "scorpion", "silence", "silhouette", "solo",
    "sonar", "sonnet", "soprano", "souvenir", "sphinx", "sport", "studio", "sultan", "surface", "surprise",
    "table", "tableau", "talent", "tango", "taxi", "tennis", "terrain", "toast", "torrent", "totem", "train",
    "trampoline", "transit", "triangle", "tribune", "trio", "tuba", "tunnel", "turban", "turquoise", "union",
    "valve", "village", "violet", "vision", "vocal", "volume", "voyage", "wagon", "western", "yacht", "yoga",
    "zen", "zigzag", "zone", "zoo", "zoom",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_once_and_can_be_said_on_the_telephone() {
        assert!(WORDS.is_sorted_by(|a, b| a < b));
        assert!(
            WORDS
                .iter()
                .all(|word| word.len() >= 3 && word.bytes().all(|b| b.is_ascii_lowercase()))
        );
    }
}
