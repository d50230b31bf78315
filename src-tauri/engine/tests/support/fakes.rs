//! Pretended operating systems.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Wake, Waker},
    time::{Duration, Instant},
};

use renfort_engine::seams::*;
use renfort_protocol::{input::InputEvent, keyboard::KeyboardLayout};

pub const SIZE: Size = Size { width: 64, height: 48 };

/// A screen that shows a number; it changes when the test says so.
#[derive(Default)]
pub struct World {
    pub changes: Mutex<VecDeque<u32>>,
    pub wake: Condvar,
    pub pointer: Mutex<(u16, u16)>,
    pub cursor: Mutex<Option<Cursor>>,
    pub captures: AtomicUsize,
    /// How often somebody began to wait for a change of screen or layout.
    pub waits: AtomicUsize,
    /// Whoever waits for the screen is to do something else.
    pub woken: AtomicBool,
    pub encoded: AtomicUsize,
    pub inputs: Mutex<Vec<InputEvent>>,
    pub releases: AtomicUsize,
    pub shown: Mutex<Vec<u32>>,
    pub there: Mutex<Vec<String>>,
    pub copied_here: Mutex<Option<String>>,
    pub layout: Mutex<Option<KeyboardLayout>>,
    pub screen_breaks: AtomicBool,
    /// Bytes of each frame beyond its number.
    pub padding: AtomicUsize,
    /// How long the input sink takes.
    pub slow_input: AtomicBool,
    /// Whoever carries out input fails in the middle of it, as by a defect.
    pub input_breaks: AtomicBool,
    /// Whoever wakes the screen goes on long after whoever waited for it.
    pub slow_wake: AtomicBool,
}

impl World {
    pub fn show(&self, number: u32) {
        self.changes.lock().unwrap().push_back(number);
        self.wake.notify_all();
    }
}

impl Wake for World {
    fn wake(self: Arc<Self>) {
        // Under the lock, so that nobody begins to wait in between.
        let changes = self.changes.lock().unwrap();
        self.woken.store(true, Ordering::SeqCst);
        self.wake.notify_all();
        drop(changes);
        if self.slow_wake.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(500));
        }
    }
}

pub struct FakeScreen {
    pub world: Arc<World>,
    pub begun: bool,
}

impl ScreenSource for FakeScreen {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn size(&self) -> Size {
        SIZE
    }

    fn wait(&mut self, timeout: Duration, picture: &mut Picture, _outdated: &[Rect]) -> Result<Change, ScreenError> {
        if self.world.screen_breaks.load(Ordering::SeqCst) {
            return Err(ScreenError::NoDisplay("unplugged".into()));
        }
        self.world.waits.fetch_add(1, Ordering::SeqCst);
        let mut changes = self.world.changes.lock().unwrap();
        if changes.is_empty() && self.begun && !self.world.woken.swap(false, Ordering::SeqCst) {
            changes = self.world.wake.wait_timeout(changes, timeout).unwrap().0;
        }
        let whole = !std::mem::replace(&mut self.begun, true);
        if changes.is_empty() && !whole {
            return Ok(Change::Nothing);
        }
        self.world.captures.fetch_add(1, Ordering::SeqCst);
        if let Some(number) = changes.drain(..).next_back() {
            // Three bytes of a pixel mean something: blue, green, red.
            picture.bytes_mut()[..4].copy_from_slice(&number.to_le_bytes());
        }
        Ok(Change::Damaged(vec![if whole {
            SIZE.whole()
        } else {
            Rect {
                x: 0,
                y: 0,
                width: 1,
                height: 1,
            }
        }]))
    }

    fn waker(&self) -> Option<Waker> {
        Some(Arc::clone(&self.world).into())
    }

    fn pointer(&mut self) -> Option<(u16, u16)> {
        Some(*self.world.pointer.lock().unwrap())
    }

    fn cursor(&mut self) -> Option<Cursor> {
        self.world.cursor.lock().unwrap().clone()
    }
}

/// Its stream is the number in digits, in a NAL unit that may be a key frame.
pub struct FakeEncoder(pub Arc<World>);

impl VideoEncoder for FakeEncoder {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn encode(
        &mut self,
        picture: &Picture,
        damage: &[Rect],
        _at: Duration,
        key: bool,
    ) -> Result<Option<EncodedFrame>, VideoError> {
        self.0.encoded.fetch_add(1, Ordering::SeqCst);
        let number = u32::from_le_bytes(picture.bytes()[..4].try_into().unwrap());
        let mut data = vec![0, 0, 0, 1, if key { 0x65 } else { 0x41 }];
        data.extend_from_slice(format!("{number};").as_bytes());
        data.resize(data.len() + self.0.padding.load(Ordering::SeqCst), 0xaa);
        // One refinement after each change.
        Ok(Some(EncodedFrame {
            data,
            key,
            settled: damage.is_empty(),
        }))
    }

    fn set_bitrate(&mut self, _bits_per_second: u32) {}
}

pub struct FakeDecoder {
    pub has_key: bool,
}

impl VideoDecoder for FakeDecoder {
    fn decode(&mut self, unit: &[u8], picture: &mut Picture) -> Result<Vec<Rect>, VideoError> {
        self.has_key |= unit[4] == 0x65;
        let text = std::str::from_utf8(unit[5..].split(|byte| *byte == b';').next().unwrap()).unwrap();
        if !self.has_key {
            return Err(VideoError {
                what: "decode",
                reason: "no key frame".into(),
            });
        }
        picture.resize(SIZE);
        picture.bytes_mut()[..3].copy_from_slice(&text.parse::<u32>().unwrap().to_be_bytes()[1..]);
        Ok(vec![SIZE.whole()])
    }
}

pub struct FakeSink(pub Arc<World>);

impl FrameSink for FakeSink {
    fn show(&mut self, picture: &Picture, _changed: &[Rect]) {
        self.0
            .shown
            .lock()
            .unwrap()
            .push(u32::from_be_bytes(picture.bytes()[..4].try_into().unwrap()) >> 8);
    }
}

pub struct FakeInput(pub Arc<World>);

impl InputSink for FakeInput {
    fn apply(&mut self, event: &InputEvent) -> Result<(), InputError> {
        if self.0.slow_input.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(!self.0.input_breaks.load(Ordering::SeqCst), "as the test wants");
        self.0.inputs.lock().unwrap().push(event.clone());
        Ok(())
    }

    fn release_all(&mut self) {
        self.0.releases.fetch_add(1, Ordering::SeqCst);
    }

    /// There is no window of this program here.
    fn guard(&mut self) {}

    fn held(&self) -> usize {
        0
    }
}

/// A clipboard that a test copies into, and that remembers what the other end put in.
pub struct FakeClipboard(pub Arc<World>);

impl Clipboard for FakeClipboard {
    fn changed(&mut self) -> Result<Option<String>, ClipboardError> {
        Ok(self.0.copied_here.lock().unwrap().take())
    }

    fn set(&mut self, text: &str) -> Result<(), ClipboardError> {
        self.0.there.lock().unwrap().push(text.to_owned());
        Ok(())
    }
}

/// A keyboard whose layout a test changes.
pub struct FakeLayouts {
    pub world: Arc<World>,
    pub last: Option<KeyboardLayout>,
}

impl KeyboardLayouts for FakeLayouts {
    fn current(&mut self) -> Result<Option<KeyboardLayout>, LayoutsError> {
        self.last.clone_from(&self.world.layout.lock().unwrap());
        Ok(self.last.clone())
    }

    fn wait(&mut self, timeout: Duration) -> Result<(), LayoutsError> {
        self.world.waits.fetch_add(1, Ordering::SeqCst);
        let end = Instant::now() + timeout;
        while Instant::now() < end && *self.world.layout.lock().unwrap() == self.last {
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}
