//! Records that are out of their place are named, and where they went.

use renfort_audit::{export::ExportedRecord, verify::Fault};

use crate::support::{check, export};

/// The log with its records in this order, under the checkpoint of the right one.
pub(crate) fn in_order(seqs: &[usize]) -> Vec<String> {
    let good = export();
    let records = seqs.iter().map(|seq| good[seq + 1].clone());
    let mut lines = vec![good[0].clone()];
    lines.extend(records);
    lines.push(good[7].clone());
    lines
}

pub(crate) fn swapped(one: usize, other: usize) -> Vec<String> {
    let mut seqs = [0, 1, 2, 3, 4, 5];
    seqs.swap(one, other);
    in_order(&seqs)
}

/// Records 1 and 3 swapped, each with the number of its new place; with their hashes made to fit, or not.
pub(crate) fn swapped_and_numbered(hashed: bool) -> Vec<String> {
    let mut lines = swapped(1, 3);
    for seq in [1, 3] {
        let mut exported: ExportedRecord = serde_json::from_str(&lines[seq + 1]).unwrap();
        exported.record.seq = seq as u64;
        if hashed {
            exported.hash = exported.record.hash();
        }
        lines[seq + 1] = exported.line();
    }
    lines
}

/// Records 1 and 3 swapped, and the one that now stands behind changed, so that nothing shows it to be record 1.
pub(crate) fn swapped_and_changed() -> Vec<String> {
    let mut lines = swapped(1, 3);
    lines[4] = lines[4].replace("high", "iigh");
    lines
}

/// Record 1 deleted, and one made up with its number behind, which fits its own hash and not the chain.
pub(crate) fn deleted_and_made_up() -> Vec<String> {
    let mut lines = in_order(&[0, 2, 3, 1, 4, 5]);
    let mut exported: ExportedRecord = serde_json::from_str(&lines[4]).unwrap();
    exported.record.prev = exported.hash;
    exported.hash = exported.record.hash();
    lines[4] = exported.line();
    lines
}

#[test]
fn a_record_that_was_made_up_with_the_number_of_a_deleted_one_is_not_taken_for_it() {
    assert_eq!(check(&deleted_and_made_up()), Err(Fault::Missing { seq: 1, found: 2 }));
}

#[test]
fn two_swapped_records_are_both_named_however_far_apart() {
    for one in 0..6 {
        for other in one + 1..6 {
            let (seq, found) = (one as u64, other as u64);
            assert_eq!(
                check(&swapped(one, other)),
                Err(Fault::Swapped { seq, found }),
                "{one} and {other}"
            );
        }
    }
    let fault = check(&swapped(1, 4)).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "records 1 and 4 are swapped: each stands in the other's place"
    );
}

#[test]
fn a_moved_record_is_named_with_the_place_where_it_stands() {
    assert_eq!(
        check(&in_order(&[0, 2, 3, 4, 1, 5])),
        Err(Fault::Moved {
            seq: 1,
            found: 2,
            at: 4
        })
    );
    assert_eq!(
        check(&in_order(&[0, 4, 1, 2, 3, 5])),
        Err(Fault::Moved {
            seq: 1,
            found: 4,
            at: 2
        })
    );
}

#[test]
fn a_repeated_record_is_named_with_both_its_places() {
    assert_eq!(
        check(&in_order(&[0, 1, 2, 3, 1, 4, 5])),
        Err(Fault::Repeated {
            seq: 4,
            found: 1,
            at: 1
        })
    );
    // The copy stands before the record itself: the two are not taken for swapped.
    assert_eq!(
        check(&in_order(&[0, 2, 1, 2, 3, 4, 5])),
        Err(Fault::Repeated {
            seq: 1,
            found: 2,
            at: 3
        })
    );
}

#[test]
fn a_record_with_another_in_its_place_is_missing() {
    assert_eq!(
        check(&in_order(&[0, 3, 2, 3, 4, 5])),
        Err(Fault::Missing { seq: 1, found: 3 })
    );
}

#[test]
fn swapped_records_that_took_each_others_numbers_no_longer_fit_their_hashes() {
    assert_eq!(check(&swapped_and_numbered(false)), Err(Fault::Altered { seq: 1 }));
}

#[test]
fn swapped_records_that_took_each_others_numbers_and_fitting_hashes_break_the_chain() {
    assert_eq!(check(&swapped_and_numbered(true)), Err(Fault::BrokenChain { seq: 1 }));
}

#[test]
fn a_changed_line_does_not_count_as_the_record_that_it_was() {
    assert_eq!(check(&swapped_and_changed()), Err(Fault::Missing { seq: 1, found: 3 }));
}

#[test]
fn a_fault_behind_a_record_out_of_its_place_does_not_hide_it() {
    let mut lines = swapped(1, 3);
    lines[5] = "rubbish".to_owned();
    lines.pop();
    assert_eq!(check(&lines), Err(Fault::Swapped { seq: 1, found: 3 }));
}
