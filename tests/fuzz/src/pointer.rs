//! The shape of the user's pointer.

use data_encoding::BASE64;
use renfort_protocol::cursor::CursorShape;

use crate::messages::reads_back;

/// A byte each of width, height and the place of the hot spot, then its pixels as they are packed.
pub(crate) fn cursor(bytes: &[u8]) {
    let Some(([width, height, x, y], packed)) = bytes.split_first_chunk() else {
        return;
    };
    let message = serde_json::json!({
        "width": width, "height": height, "x": x, "y": y, "pixels": BASE64.encode(packed),
    })
    .to_string();
    reads_back::<CursorShape>(message.as_bytes());
    if let Ok(shape) = serde_json::from_str::<CursorShape>(&message) {
        let pixels = usize::from(*width) * usize::from(*height);
        assert_eq!(shape.pixels().len(), pixels * 4);
        assert!(shape.coded_bytes() <= BASE64.encode_len(pixels * 4 + pixels.div_ceil(128)));
    }
}
