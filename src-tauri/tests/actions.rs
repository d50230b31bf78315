//! The interface's actions as it sends them.

use renfort_app::action::Action;
use renfort_protocol::{
    people::Level,
    ticket::{NoteText, Outcome},
};
use serde_json::json;

#[test]
fn actions_are_read_as_the_interface_writes_them() {
    let wrap_up = json!({"action": "wrap_up", "outcome": "escalated", "to": 2, "message": null, "note": "Toner"});
    assert_eq!(
        serde_json::from_value::<Action>(wrap_up).unwrap(),
        Action::WrapUp {
            outcome: Outcome::Escalated { to: Level::Two },
            message: None,
            note: Some(NoteText::new("Toner").unwrap()),
        }
    );
    assert_eq!(
        serde_json::from_value::<Action>(json!({"action": "stop"})).unwrap(),
        Action::Stop
    );
}

#[test]
fn what_is_out_of_bounds_is_no_action() {
    for wrong in [
        json!({"action": "request_help", "summary": " ", "impact": "person", "urgency": "low"}),
        json!({"action": "request_help", "summary": "x".repeat(301), "impact": "person", "urgency": "low"}),
        json!({"action": "wrap_up", "outcome": "escalated", "to": 4, "message": null, "note": null}),
        json!({"action": "take_ticket", "ticket": "1042"}),
        json!({"action": "suggest", "text": "x".repeat(301)}),
        json!({"action": "read_article", "article": "../etc"}),
        json!({"action": "draft_article", "language": "fr", "title": "x".repeat(121), "body": "y"}),
        json!({"action": "draft_article", "language": "fr", "title": "x", "body": "y".repeat(12_001)}),
        json!({"action": "format_disk"}),
    ] {
        assert!(serde_json::from_value::<Action>(wrong.clone()).is_err(), "{wrong}");
    }
}
