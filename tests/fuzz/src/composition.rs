//! The picture's updates, and the pixels in them.

use renfort_picture::{
    COLOUR, Composer, Picture, PixelFormat, Size,
    exact::Decoder,
    wire::{Operation, Update},
};

/// Pixels of a screen above which an input is left: it may be, but takes long.
const MOST: usize = 1 << 20;
/// First byte of what is a frame of video and no update.
const FRAME: u8 = 0xFF;

/// Updates and frames as they come to a viewer, each as: two bytes of length, then as many of an update; or 255, four of
/// timestamp, and how many lines and columns more the frame has than the picture, plus one.
pub(crate) fn updates(bytes: &[u8]) {
    let mut composer = Composer::new();
    let mut rest = bytes;
    while let Some(([first, second], after)) = rest.split_first_chunk::<2>().map(|(head, after)| (*head, after)) {
        let complete = composer.complete();
        if first == FRAME {
            let Some(([a, b, c, d, more], after)) =
                rest[1..].split_first_chunk::<5>().map(|(head, after)| (*head, after))
            else {
                return;
            };
            rest = after;
            let more = u16::from(more % 4);
            let Size { width, height } = composer.picture().size();
            let size = Size {
                width: (width + more).saturating_sub(1),
                height: (height + more).saturating_sub(1),
            };
            let mut frame = Picture::new(size, PixelFormat::Rgba);
            frame.pixels_mut().fill(u32::MAX);
            let timestamp = u32::from_be_bytes([a, b, c, d]);
            let wanted = composer.wants(timestamp);
            let composed = composer.frame(timestamp, &frame);
            assert!(
                wanted || composed.changed.is_empty(),
                "a frame that nobody announced was painted"
            );
            assert!(!composer.wants(timestamp) || wanted);
            continue;
        }
        let length = usize::from(u16::from_be_bytes([first, second]));
        let (update, after) = after.split_at(length.min(after.len()));
        rest = after;
        if let Ok(update) = Update::decode(update) {
            let begins =
                |operation: &Operation| matches!(operation, Operation::Begin(size) if size.whole().area() > MOST);
            if update.operations.iter().any(begins) {
                return;
            }
        }
        match composer.take(update) {
            Ok(composed) => {
                let size = composer.picture().size();
                assert!(
                    composed.changed.iter().all(|rect| rect.is_inside(size)),
                    "outside the picture"
                );
                assert!(composer.complete() >= complete, "what was carried out is not any more");
                assert!(composer.missing(4).iter().all(|number| *number > composer.complete()));
            }
            Err(_) => return,
        }
    }
    let pixels = composer.picture().pixels();
    assert!(
        pixels.iter().all(|pixel| pixel >> 24 == 0xFF),
        "a pixel that can be seen through"
    );
}

/// Coded pixels, each as: width, height, two bytes of length, then as many.
pub(crate) fn pixels(bytes: &[u8]) {
    let mut decoder = Decoder::new();
    let mut rest = bytes;
    while let Some(([width, height, high, low], after)) =
        rest.split_first_chunk::<4>().map(|(head, after)| (*head, after))
    {
        let length = usize::from(u16::from_be_bytes([high, low]));
        let (coded, after) = after.split_at(length.min(after.len()));
        rest = after;
        match decoder.decode(coded, width.into(), height.into()) {
            Ok(pixels) => {
                assert_eq!(pixels.len(), usize::from(width) * usize::from(height));
                assert!(pixels.iter().all(|pixel| *pixel <= COLOUR), "a colour that is none");
            }
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    fn hexadecimal(text: &str) -> Vec<u8> {
        data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap_or_default()
    }

    fn two(length: usize) -> [u8; 2] {
        u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes()
    }

    /// The inputs that a case of the shared vectors is, for both targets.
    fn inputs(case: &serde_json::Value) -> (Vec<u8>, Vec<u8>) {
        let (mut updates, mut pixels) = (Vec::new(), Vec::new());
        for step in case["steps"].as_array().into_iter().flatten() {
            let Some(update) = step["update"].as_str().map(hexadecimal) else {
                let timestamp = step["frame"]["timestamp"]
                    .as_u64()
                    .and_then(|number| u32::try_from(number).ok());
                updates.push(FRAME);
                updates.extend(timestamp.unwrap_or_default().to_be_bytes());
                updates.push(1);
                continue;
            };
            updates.extend(two(update.len()));
            updates.extend(&update);
            for operation in Update::decode(&update).into_iter().flat_map(|update| update.operations) {
                if let Operation::Exact { rect, coded } = operation
                    && let (Ok(width), Ok(height)) = (u8::try_from(rect.width), u8::try_from(rect.height))
                {
                    pixels.extend([width, height]);
                    pixels.extend(two(coded.len()));
                    pixels.extend(coded);
                }
            }
        }
        (updates, pixels)
    }

    #[test]
    fn the_corpus_holds_the_shared_vectors() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let vectors = fs::read_to_string(root.join("../../relay/protocol/vectors/picture.json")).unwrap();
        let vectors: serde_json::Value = serde_json::from_str(&vectors).unwrap();
        for case in vectors["cases"].as_array().unwrap() {
            let name = case["name"]
                .as_str()
                .unwrap()
                .replace(|letter: char| !letter.is_alphanumeric(), "-");
            let (updates, pixels) = inputs(case);
            for (target, input) in [("updates", updates), ("pixels", pixels)] {
                // Larger ones take long to replay, and say nothing more.
                if input.is_empty() || input.len() > 20_000 {
                    continue;
                }
                let path = root.join("corpus").join(target).join(&name);
                if std::env::var_os("RENFORT_GENERATE").is_some() {
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(&path, &input).unwrap();
                }
                assert_eq!(fs::read(&path).ok(), Some(input), "{}", path.display());
            }
        }
    }
}
