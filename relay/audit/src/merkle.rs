//! The Merkle tree over all records (RFC 6962, 2.1), kept as its compact range: the roots of the complete subtrees that
//! make up the tree, at most 64 of them, largest first.
//!
//! Invariant: `peaks` holds one root for each bit that is set in `size`.

use crate::hash::Digest;

/// RFC 6962, 2.1: what an inner node's hash begins with.
const NODE: &[u8] = &[1];

/// Hash of an inner node.
#[must_use]
pub fn node(left: &Digest, right: &Digest) -> Digest {
    Digest::of(&[NODE, &left.0, &right.0])
}

/// A growing tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    size: u64,
    peaks: Vec<Digest>,
}

impl Tree {
    /// The empty tree.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            size: 0,
            peaks: Vec::new(),
        }
    }

    /// A tree as [`Tree::size`] and [`Tree::peaks`] gave it; none when they do not fit each other.
    #[must_use]
    pub fn resume(size: u64, peaks: Vec<Digest>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// Appends a leaf, given by its hash ([`crate::record::Record::hash`]).
    pub fn push(&mut self, leaf: Digest) {
        let mut top = leaf;
        // Each trailing one of the size is a complete subtree that the new leaf completes with its neighbour.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                top = node(&left, &top);
            }
        }
        self.peaks.push(top);
        self.size += 1;
    }

    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the complete subtrees, largest first.
    #[must_use]
    pub fn peaks(&self) -> &[Digest] {
        &self.peaks
    }

    /// The tree's root; of the empty tree, the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return Digest::of(&[]);
        };
        peaks.fold(*last, |right, left| node(left, &right))
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    fn leaf(data: &[u8]) -> Digest {
        Digest::of(&[&[0], data])
    }

    #[test]
    fn the_empty_tree_has_the_hash_of_nothing() {
        assert_eq!(
            Tree::new().root().to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn roots_are_those_of_certificate_transparency() {
        // Leaves and roots of the reference trees that implementations of RFC 6962 are checked with.
        let leaves = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut tree = Tree::new();
        for (data, root) in leaves.iter().zip(roots) {
            tree.push(leaf(&HEXLOWER.decode(data.as_bytes()).unwrap()));
            assert_eq!(tree.root().to_string(), root, "size {}", tree.size());
        }
    }

    /// RFC 6962, 2.1, word for word: split at the largest power of two below the size.
    fn by_definition(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => Digest::of(&[]),
            [one] => *one,
            many => {
                let split = 1 << (many.len() - 1).ilog2();
                node(&by_definition(&many[..split]), &by_definition(&many[split..]))
            }
        }
    }

    #[test]
    fn growing_leaf_by_leaf_gives_the_root_of_the_definition() {
        let leaves: Vec<Digest> = (0..200u8).map(|n| leaf(&[n])).collect();
        let mut tree = Tree::new();
        for (index, one) in leaves.iter().enumerate() {
            tree.push(*one);
            assert_eq!(tree.root(), by_definition(&leaves[..=index]));
        }
    }

    #[test]
    fn a_resumed_tree_grows_on_as_the_first_would_have() {
        let mut whole = Tree::new();
        (0..37u8).for_each(|n| whole.push(leaf(&[n])));
        let mut resumed = Tree::resume(whole.size(), whole.peaks().to_vec()).unwrap();
        for tree in [&mut whole, &mut resumed] {
            tree.push(leaf(b"next"));
        }
        assert_eq!(whole.root(), resumed.root());
        assert_eq!(Tree::resume(3, vec![leaf(b"")]), None);
    }
}
