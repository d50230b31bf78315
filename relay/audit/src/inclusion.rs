//! Inclusion proofs (RFC 6962, 2.1.1): that a record is in the tree of a checkpoint, shown with a few hashes.
//!
//! Flow: [`prove`] asks for the roots of complete subtrees ([`Node`]), of which it needs about two for each level of the
//! tree; [`Subtrees`] keeps the upper ones as records are appended. [`root_by`] goes from a record's hash to the root that
//! the checkpoint must have.
//!
//! Invariant: a proof has exactly as many hashes as the record's place and the tree's size call for.

use crate::{hash::Digest, merkle::node};

/// Leaves under one of the lowest subtrees that [`Subtrees`] keeps.
pub const PAGE: u64 = 1 << PAGE_LEVEL;
const PAGE_LEVEL: u8 = 8;

/// The root of a complete subtree over the leaves from `index * 2^level` on, `2^level` of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// Height over the leaves.
    pub level: u8,
    /// Place among the subtrees of this height.
    pub index: u64,
}

/// The largest power of two below `size`, which is at least 2.
const fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// Root over `count` leaves from `first` on, which is a multiple of the largest power of two that `count` needs.
fn root<E>(first: u64, count: u64, get: &mut dyn FnMut(Node) -> Result<Digest, E>) -> Result<Digest, E> {
    if count.is_power_of_two() {
        let level = count.ilog2();
        return get(Node {
            level: u8::try_from(level).unwrap_or(u8::MAX),
            index: first >> level,
        });
    }
    let left = split(count);
    Ok(node(&root(first, left, get)?, &root(first + left, count - left, get)?))
}

/// The proof that leaf `index` is in the tree of `size` leaves, nearest sibling first; none when it is not in it.
///
/// # Errors
/// Those of `get`, which gives the root of a complete subtree.
pub fn prove<E>(
    index: u64,
    size: u64,
    get: &mut dyn FnMut(Node) -> Result<Digest, E>,
) -> Result<Option<Vec<Digest>>, E> {
    if index >= size {
        return Ok(None);
    }
    let mut path = Vec::new();
    let (mut first, mut count) = (0, size);
    while count > 1 {
        let left = split(count);
        if index < first + left {
            path.push(root(first + left, count - left, get)?);
            count = left;
        } else {
            path.push(root(first, left, get)?);
            first += left;
            count -= left;
        }
    }
    path.reverse();
    Ok(Some(path))
}

/// The root that a tree of `size` leaves has when `leaf` is its leaf `index`, by this proof; none when the proof has not the
/// length that it must have.
#[must_use]
pub fn root_by(leaf: Digest, index: u64, size: u64, proof: &[Digest]) -> Option<Digest> {
    if index >= size {
        return None;
    }
    // RFC 9162, 2.1.3.2, which is the way up of RFC 6962's proof.
    let (mut place, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return None;
        }
        if place & 1 == 1 || place == last {
            hash = node(sibling, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

/// The upper part of a growing tree: the roots of its complete subtrees of [`PAGE`] leaves and more. A log of a million
/// records needs 8,000 of them, 250 KiB.
#[derive(Debug, Clone, Default)]
pub struct Subtrees {
    levels: Vec<Vec<Digest>>,
}

impl Subtrees {
    /// Over no leaf.
    #[must_use]
    pub const fn new() -> Self {
        Self { levels: Vec::new() }
    }

    /// Leaves that are covered: a multiple of [`PAGE`].
    #[must_use]
    pub fn covered(&self) -> u64 {
        self.levels.first().map_or(0, Vec::len) as u64 * PAGE
    }

    /// Takes the next [`PAGE`] leaves, given by their hashes. False, and nothing is taken, when they are not so many.
    pub fn push(&mut self, leaves: &[Digest]) -> bool {
        if leaves.len() as u64 != PAGE {
            return false;
        }
        let mut top = page_node(leaves, PAGE_LEVEL, 0);
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let row = &mut self.levels[level];
            row.push(top);
            if row.len() % 2 == 1 {
                break;
            }
            top = node(&row[row.len() - 2], &top);
        }
        true
    }

    /// The root of a complete subtree; none when it is lower than a page or not covered.
    #[must_use]
    pub fn get(&self, wanted: Node) -> Option<Digest> {
        let level = usize::from(wanted.level.checked_sub(PAGE_LEVEL)?);
        let index = usize::try_from(wanted.index).ok()?;
        self.levels.get(level)?.get(index).copied()
    }
}

/// Which leaves a subtree needs that is lower than a page: the number of the page.
#[must_use]
pub const fn page_of(wanted: Node) -> u64 {
    (wanted.index << wanted.level) / PAGE
}

/// The root of a complete subtree within one page, of whose leaves (from the page's first on) it is computed; none when it
/// is none of this page or the page ends before it.
#[must_use]
pub fn within_page(leaves: &[Digest], wanted: Node) -> Option<Digest> {
    if wanted.level > PAGE_LEVEL {
        return None;
    }
    let first = (wanted.index << wanted.level) % PAGE;
    let end = first + (1 << wanted.level);
    (end <= leaves.len() as u64).then(|| page_node(leaves, wanted.level, first))
}

fn page_node(leaves: &[Digest], level: u8, first: u64) -> Digest {
    let mut row: Vec<Digest> = leaves
        .iter()
        .skip(usize::try_from(first).expect("a leaf of a page has a small number"))
        .take(1 << level)
        .copied()
        .collect();
    while row.len() > 1 {
        row = row
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => node(left, right),
                _ => pair[0],
            })
            .collect();
    }
    row.first().copied().unwrap_or(Digest::ZERO)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::merkle::Tree;

    fn leaf(number: u64) -> Digest {
        Digest::of(&[&[0], &number.to_be_bytes()])
    }

    fn whole(size: u64) -> (Vec<Digest>, Digest) {
        let leaves: Vec<Digest> = (0..size).map(leaf).collect();
        let mut tree = Tree::new();
        leaves.iter().for_each(|one| tree.push(*one));
        (leaves, tree.root())
    }

    fn proof(leaves: &[Digest], index: u64) -> Vec<Digest> {
        let mut get = |wanted: Node| -> Result<Digest, Infallible> {
            let first = usize::try_from(wanted.index << wanted.level).unwrap();
            let mut tree = Tree::new();
            leaves[first..first + (1 << wanted.level)]
                .iter()
                .for_each(|one| tree.push(*one));
            Ok(tree.root())
        };
        prove(index, leaves.len() as u64, &mut get).unwrap().unwrap()
    }

    #[test]
    fn every_leaf_of_every_tree_up_to_64_leads_to_the_whole_trees_root() {
        for size in 1..=64 {
            let (leaves, root) = whole(size);
            for index in 0..size {
                let path = proof(&leaves, index);
                assert_eq!(
                    root_by(leaf(index), index, size, &path),
                    Some(root),
                    "{index} of {size}"
                );
                assert_ne!(root_by(leaf(index + 1), index, size, &path), Some(root));
                assert_ne!(root_by(leaf(index), (index + 1) % size.max(2), size, &path), Some(root));
                let longer = [path.as_slice(), &[root]].concat();
                assert_eq!(root_by(leaf(index), index, size, &longer), None);
                if let [_, shorter @ ..] = path.as_slice() {
                    assert_eq!(root_by(leaf(index), index, size, shorter), None);
                }
            }
            let none = prove(size, size, &mut |_| -> Result<Digest, Infallible> { Ok(root) });
            assert_eq!(none.unwrap(), None);
        }
    }

    #[test]
    fn a_proof_of_a_million_leaves_asks_for_few_subtrees() {
        let mut asked = 0;
        let mut get = |_: Node| -> Result<Digest, Infallible> {
            asked += 1;
            Ok(Digest::ZERO)
        };
        prove(777_777, 1_000_003, &mut get).unwrap().unwrap();
        assert!(asked <= 40, "{asked}");
    }

    #[test]
    fn kept_subtrees_and_pages_give_the_same_roots_as_the_whole_tree() {
        let size = 5 * PAGE + 77;
        let (leaves, root) = whole(size);
        let mut kept = Subtrees::new();
        for page in leaves.chunks(usize::try_from(PAGE).unwrap()) {
            assert_eq!(kept.push(page), page.len() as u64 == PAGE);
        }
        assert_eq!(kept.covered(), 5 * PAGE);
        for index in [0, 1, 255, 256, 1000, 5 * PAGE, size - 1] {
            let mut get = |wanted: Node| -> Result<Digest, Infallible> {
                let first = usize::try_from(page_of(wanted) * PAGE).unwrap();
                let page = &leaves[first..leaves.len().min(first + 256)];
                Ok(kept.get(wanted).or_else(|| within_page(page, wanted)).unwrap())
            };
            let path = prove(index, size, &mut get).unwrap().unwrap();
            assert_eq!(path, proof(&leaves, index));
            assert_eq!(root_by(leaf(index), index, size, &path), Some(root));
        }
        assert_eq!(within_page(&leaves[..3], Node { level: 2, index: 0 }), None);
    }

    proptest! {
        #[test]
        fn any_leaf_of_any_tree_leads_to_the_root(size in 1_u64..3_000, place in any::<u64>()) {
            let index = place % size;
            let (leaves, root) = whole(size);
            prop_assert_eq!(root_by(leaf(index), index, size, &proof(&leaves, index)), Some(root));
        }
    }
}
