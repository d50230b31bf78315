//! Words that are searched for: folded, bounded, and without anything that a full-text engine could read as an operator.
//!
//! Flow: what somebody typed is cut at everything that is neither letter nor digit; each word is folded (no case, no
//! accents) and stands for every word that begins with it.
//!
//! Invariant: a term is made of letters and digits only.

use std::{collections::HashSet, sync::LazyLock};

use renfort_protocol::article::ArticleText;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Words that are looked at; further ones are not.
pub const MAX_TERMS: usize = 24;
/// Characters of a word that are looked at: a word of ten thousand letters is as good as its beginning.
pub const MAX_TERM_CHARS: usize = 32;
/// In a sentence, a shorter word says nothing.
const SHORTEST: usize = 3;
/// A plural's ending is cut off words from this length on, so that *imprimantes* finds *imprimante*.
const PLURAL_FROM: usize = 5;

/// Words of sentences that say nothing about what is wrong, in French and English, folded.
const SAYING_NOTHING: &str = "\
    about after aide aider all and any arrive aussi autre aux avec avez avoir because been besoin bien bonjour \
    but can cannot car cela ces cet cette chez comme comment could dans depuis des does doesn don donc dont elle \
    elles est etait ete etre eux faire fait faut for from had has have hello help her his how ici ils into isn \
    its just leur leurs lors lui mais merci mes mon more must need nos not notre nous nouveau now off one our \
    out par pas pendant peu peut peux please plus pour pouvez pouvoir problem probleme quand que quel quelle \
    quelqu qui quoi rien sans ses she should since soit some son sont sous suis sur svp tes that the their them \
    then there these they this ton toujours tous tout toute tres une until use very veux voila vos votre vous \
    vraiment want was were what when where which who why will with would you your";
static STOP_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| SAYING_NOTHING.split(' ').collect());

/// The text without case and accents.
#[must_use]
pub fn folded(text: &str) -> String {
    text.nfd()
        .filter(|char| !is_combining_mark(*char))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The folded words of a text.
pub fn words(text: &str) -> Vec<String> {
    folded(text)
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Beginnings of words, folded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms(Vec<String>);

impl Terms {
    /// What somebody searches for: every word of it.
    #[must_use]
    pub fn of_search(text: &str) -> Self {
        Self::of(words(text))
    }

    /// A sentence: the words that say something.
    #[must_use]
    pub fn of_sentence(text: &str) -> Self {
        let says = |word: &String| word.chars().count() >= SHORTEST && !STOP_WORDS.contains(word.as_str());
        Self::of(words(text).into_iter().filter(says).collect())
    }

    fn of(words: Vec<String>) -> Self {
        let mut terms: Vec<String> = Vec::new();
        for word in words {
            let mut term: String = word.chars().take(MAX_TERM_CHARS).collect();
            if term.chars().count() >= PLURAL_FROM && term.ends_with(['s', 'x']) {
                term.pop();
            }
            if !terms.contains(&term) && terms.len() < MAX_TERMS {
                terms.push(term);
            }
        }
        Self(terms)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Is there nothing to look for?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As an expression of SQLite's FTS5 (sqlite.org/fts5.html, 3): every term a quoted prefix, joined by `operator`.
    #[must_use]
    pub(in crate::store) fn expression(&self, operator: Operator) -> String {
        let quoted: Vec<String> = self.0.iter().map(|term| format!("\"{term}\"*")).collect();
        quoted.join(match operator {
            Operator::All => " AND ",
            Operator::Any => " OR ",
        })
    }

    /// How many of the terms these words begin with.
    #[must_use]
    pub fn hits(&self, words: &[String]) -> usize {
        let hit = |term: &&String| words.iter().any(|word| word.starts_with(term.as_str()));
        self.0.iter().filter(hit).count()
    }

    /// Does every term begin one of these words?
    #[must_use]
    pub fn all_in(&self, words: &[String]) -> bool {
        self.hits(words) == self.0.len()
    }

    /// Is it worth suggesting? It shares a word of its title with the sentence, or two of its body.
    #[must_use]
    pub fn fits(&self, text: &ArticleText) -> bool {
        self.hits(&words(text.title.as_str())) > 0 || self.hits(&words(text.body.as_str())) > 1
    }
}

/// How terms are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Operator {
    /// Every one must be there.
    All,
    /// One is enough.
    Any,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_say_nothing_are_folded_and_each_is_one_word() {
        assert!(STOP_WORDS.len() > 150);
        for word in STOP_WORDS.iter() {
            assert_eq!(words(word), [*word]);
        }
    }

    #[test]
    fn a_sentence_is_reduced_to_what_it_says_without_accents() {
        let terms =
            Terms::of_sentence("Bonjour, mon imprimante est BLOQUÉE depuis hier : l'écran (PC-12) dit « erreurs »");
        assert_eq!(terms.0, ["imprimante", "bloquee", "hier", "ecran", "dit", "erreur"]);
    }

    #[test]
    fn nothing_of_the_engines_language_gets_through() {
        for text in [
            "\" OR title:x",
            "NEAR(a b, 2)",
            "a* AND NOT b",
            "^a + {title body}: c",
            "-- ; DROP TABLE",
            "💥 \"\" ''",
        ] {
            let expression = Terms::of_search(text).expression(Operator::All);
            let parts = expression.split(" AND ").filter(|part| !part.is_empty());
            for part in parts {
                let inner = part
                    .strip_prefix('"')
                    .and_then(|rest| rest.strip_suffix("\"*"))
                    .unwrap();
                assert!(inner.chars().all(char::is_alphanumeric), "{expression}");
            }
        }
    }

    #[test]
    fn a_word_of_any_length_and_any_number_of_words_is_bounded() {
        let long = Terms::of_sentence(&"é".repeat(10_000));
        assert_eq!(long.0, ["e".repeat(MAX_TERM_CHARS)]);
        let many: Vec<String> = (0..1_000).map(|number| format!("word{number}")).collect();
        assert_eq!(Terms::of_sentence(&many.join(" ")).0.len(), MAX_TERMS);
    }

    #[test]
    fn a_plural_finds_the_singular() {
        let terms = Terms::of_sentence("imprimantes réseaux");
        assert!(terms.all_in(&words("L’imprimante du réseau")));
    }
}
