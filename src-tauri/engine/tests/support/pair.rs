//! Two endpoints and the relay between them, which passes signals on and nothing else.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Poll,
    time::{Duration, Instant},
};

use bytes::Bytes;
use renfort_engine::{
    clock::Clock,
    peer::{SharerCommand, SharerEvent, ViewerCommand, ViewerEvent},
    seams::{ClipboardError, InputError, KeyboardLayouts, LayoutsError, Opener, ScreenError},
    session::{Candidate, Channel},
    sharer::{self, SharerCommands, SharerSeams, SharerSetup, StopSwitch},
    transport::{
        Connection, Connector, EVENTS, Frame, Side, Transport, TransportError, TransportEvent, UpdatePath, WebRtc,
    },
    viewer::{self, InputSender, ViewerSeams, ViewerSetup},
};
use renfort_protocol::{
    grant::{Capability, Grant},
    ids::{PersonId, SessionId, TicketId},
    input::InputEvent,
    keyboard::KeyMode,
    policy::Policy,
    signalling::{Sdp, Signal},
};
use tokio::{
    runtime::{Handle, Runtime},
    sync::mpsc,
};

use super::{canvas::*, fakes::*, seals::agreed};

/// Patience of every wait.
pub const SOON: Duration = Duration::from_secs(15);

pub struct Pair {
    pub user: Arc<World>,
    pub technician: Arc<World>,
    pub sharer: SharerCommands,
    pub stop: StopSwitch,
    pub viewer: mpsc::Sender<ViewerCommand>,
    pub input: InputSender,
    pub shared: Arc<Mutex<Vec<SharerEvent>>>,
    pub viewed: Arc<Mutex<Vec<ViewerEvent>>>,
    /// The sharer's connections, and the viewer's.
    pub cut: Arc<Cuttable>,
    pub cut_at_viewer: Arc<Cuttable>,
    /// Each side has threads of its own, so that one can vanish.
    pub sharer_runtime: Runtime,
    pub viewer_runtime: Option<Runtime>,
}

/// WebRTC whose connections a test can kill, and hold up in the middle of a frame.
pub struct Cuttable {
    real: WebRtc,
    made: Mutex<Vec<Arc<dyn Transport>>>,
    /// Where the last one's events go.
    events: Mutex<Option<mpsc::WeakSender<TransportEvent>>>,
    one_lost_of: usize,
    delay: Duration,
    pub middle: Arc<Middle>,
    /// Whoever says something next fails in the middle of it, as by a defect.
    pub saying_breaks: Arc<AtomicBool>,
    /// Frames and datagrams that were sent.
    pub sent: Arc<AtomicUsize>,
}

/// The middle of a frame: its first packets are sent, its last ones are not.
#[derive(Default)]
pub struct Middle {
    /// Whatever is so large goes no further than that.
    pub held_up: AtomicBool,
    /// Something is held up there.
    pub reached: AtomicBool,
    /// Of updates and what is carried beside them, nothing more is said: it is lost.
    pub silent: AtomicBool,
}

/// A frame that is sent in more steps than this is in the middle after them; each but the last ends with a burst of packets.
const STEPS: usize = 8;

struct HeldUp {
    real: Arc<dyn Transport>,
    one_lost_of: usize,
    delay: Duration,
    runtime: Handle,
    datagrams: AtomicUsize,
    sent: Arc<AtomicUsize>,
    middle: Arc<Middle>,
    saying_breaks: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl Transport for HeldUp {
    async fn offer(&self) -> Result<Sdp, TransportError> {
        self.real.offer().await
    }

    async fn answer(&self, offer: &Sdp) -> Result<Sdp, TransportError> {
        self.real.answer(offer).await
    }

    async fn accept(&self, answer: &Sdp) -> Result<(), TransportError> {
        self.real.accept(answer).await
    }

    async fn add_candidate(&self, candidate: Candidate) -> Result<(), TransportError> {
        self.real.add_candidate(candidate).await
    }

    fn send(&self, channel: Channel, message: String) -> Result<(), TransportError> {
        assert!(!self.saying_breaks.load(Ordering::SeqCst), "as the test wants");
        self.real.send(channel, message)
    }

    async fn send_frame(&self, frame: Frame) -> Result<(), TransportError> {
        self.sent.fetch_add(1, Ordering::SeqCst);
        let mut sending = self.real.send_frame(frame);
        let mut steps = 0;
        std::future::poll_fn(|context| {
            steps += 1;
            if steps > STEPS && self.middle.held_up.load(Ordering::SeqCst) {
                set(&self.middle.reached);
                return Poll::Pending;
            }
            sending.as_mut().poll(context)
        })
        .await
    }

    async fn repeat_tail(&self) {
        self.real.repeat_tail().await;
    }

    async fn request_key_frame(&self) {
        self.real.request_key_frame().await;
    }

    fn send_datagram(&self, payload: Bytes) -> Result<(), TransportError> {
        self.sent.fetch_add(1, Ordering::SeqCst);
        let sent = self.datagrams.fetch_add(1, Ordering::SeqCst);
        let is_lost = self.one_lost_of > 0 && sent % self.one_lost_of == self.one_lost_of - 1;
        if is_lost || self.middle.silent.load(Ordering::SeqCst) {
            return Ok(());
        }
        if self.delay.is_zero() {
            return self.real.send_datagram(payload);
        }
        let (real, delay) = (Arc::clone(&self.real), self.delay);
        self.runtime.spawn(async move {
            tokio::time::sleep(delay).await;
            // Of a connection that is over meanwhile.
            let _gone = real.send_datagram(payload);
        });
        Ok(())
    }

    fn drop_datagrams(&self) {
        self.real.drop_datagrams();
    }

    fn send_update_message(&self, message: Bytes) -> Result<(), TransportError> {
        if self.middle.silent.load(Ordering::SeqCst) {
            return Ok(());
        }
        self.real.send_update_message(message)
    }

    fn drop_update_messages(&self) {
        self.real.drop_update_messages();
    }

    async fn close(&self) {
        self.real.close().await;
    }
}

impl Cuttable {
    fn new(updates: UpdatePath, one_lost_of: usize, delay: Duration) -> Arc<Self> {
        Arc::new(Self {
            real: WebRtc::new(Vec::new()).with_updates(updates),
            made: Mutex::default(),
            events: Mutex::default(),
            one_lost_of,
            delay,
            middle: Arc::default(),
            saying_breaks: Arc::default(),
            sent: Arc::default(),
        })
    }

    pub fn connections(&self) -> usize {
        self.made.lock().unwrap().len()
    }

    /// Something else happens to the last connection.
    pub fn happen(&self, event: TransportEvent) {
        let events = self.events.lock().unwrap().as_ref().and_then(mpsc::WeakSender::upgrade);
        events.unwrap().try_send(event).unwrap();
    }

    /// Sends the peer a datagram, or a message, of a test's own.
    pub fn inject(&self, by: UpdatePath, bytes: Bytes) {
        let last = self.made.lock().unwrap().last().cloned().unwrap();
        match by {
            UpdatePath::Datagrams => last.send_datagram(bytes),
            UpdatePath::Messages => last.send_update_message(bytes),
            UpdatePath::None => panic!("there are no updates"),
        }
        .unwrap();
    }

    pub async fn cut(&self) {
        let last = self.made.lock().unwrap().last().cloned();
        last.unwrap().close().await;
    }
}

#[async_trait::async_trait]
impl Connector for Cuttable {
    async fn connect(&self, side: Side) -> Result<Connection, TransportError> {
        let mut connection = self.real.connect(side).await?;
        connection.transport = Arc::new(HeldUp {
            real: connection.transport,
            one_lost_of: self.one_lost_of,
            delay: self.delay,
            runtime: Handle::current(),
            datagrams: AtomicUsize::new(0),
            sent: Arc::clone(&self.sent),
            middle: Arc::clone(&self.middle),
            saying_breaks: Arc::clone(&self.saying_breaks),
        });
        self.made.lock().unwrap().push(Arc::clone(&connection.transport));
        let (events, told) = mpsc::channel(EVENTS);
        *self.events.lock().unwrap() = Some(events.downgrade());
        let mut real = std::mem::replace(&mut connection.events, told);
        tokio::spawn(async move {
            while let Some(event) = real.recv().await {
                if events.send(event).await.is_err() {
                    return;
                }
            }
        });
        Ok(connection)
    }
}

pub struct Options {
    pub session: SessionId,
    pub capabilities: Vec<Capability>,
    pub lasts_ms: u64,
    pub input: bool,
    pub screen: bool,
    /// How the sharer can send updates at best; the viewer can take datagrams.
    pub updates: UpdatePath,
    /// Shares this instead of a number.
    pub canvas: Option<Arc<Canvas>>,
    /// Of so many datagrams of the sharer, and of the viewer, one is lost; 0: none.
    pub one_lost_of: usize,
    pub one_lost_of_viewers: usize,
    /// How much longer a datagram takes, either way.
    pub delay: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            session: SessionId([7; 16]),
            capabilities: vec![Capability::View],
            lasts_ms: 600_000,
            input: true,
            screen: true,
            updates: UpdatePath::Datagrams,
            canvas: None,
            one_lost_of: 0,
            one_lost_of_viewers: 0,
            delay: Duration::ZERO,
        }
    }
}

fn layouts(world: Arc<World>) -> Opener<dyn KeyboardLayouts, LayoutsError> {
    Box::new(move || Ok(Box::new(FakeLayouts { world, last: None })))
}

/// What a relay makes of a signal that it should pass on.
pub trait Meddling: Fn(Signal) -> Vec<Signal> + Send + Sync + 'static {}

impl<T: Fn(Signal) -> Vec<Signal> + Send + Sync + 'static> Meddling for T {}

pub fn honest(signal: Signal) -> Vec<Signal> {
    vec![signal]
}

pub fn start(options: Options) -> Pair {
    start_at(honest, options)
}

/// With a relay that does as it likes.
pub fn start_at(relay: impl Meddling, options: Options) -> Pair {
    let relay = Arc::new(relay);
    let (user, technician) = (Arc::new(World::default()), Arc::new(World::default()));
    let clock = Clock::system();
    let grant = Grant {
        session: options.session,
        ticket: TicketId(1001),
        technician: PersonId(1),
        capabilities: options.capabilities.into_iter().collect(),
        expires_at: clock.now().plus(options.lasts_ms),
    };
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
    };
    let (sharer_runtime, viewer_runtime) = (runtime(), runtime());
    let cut = Cuttable::new(options.updates, options.one_lost_of, options.delay);
    let cut_at_viewer = Cuttable::new(UpdatePath::Datagrams, options.one_lost_of_viewers, options.delay);

    let (u, t) = (Arc::clone(&user), Arc::clone(&technician));
    let (screen, encoder, input, user_layout, user_clip) = (u.clone(), u.clone(), u.clone(), u.clone(), u);
    let (has_screen, has_input) = (options.screen, options.input);
    let (canvas, shared_canvas, has_canvas) =
        (options.canvas.clone(), options.canvas.clone(), options.canvas.is_some());
    let coming_canvas = options.canvas;
    let sharer_seams = SharerSeams {
        screen: Box::new(move || match (has_screen, shared_canvas) {
            (true, Some(canvas)) => Ok(Box::new(CanvasScreen { canvas, begun: false })),
            (true, None) => Ok(Box::new(FakeScreen {
                world: screen,
                begun: false,
            })),
            (false, _) => Err(ScreenError::NoDisplay("none".into())),
        }),
        input: Box::new(move || match has_input {
            true => Ok(Box::new(FakeInput(input))),
            false => Err(InputError::Unavailable("none".into())),
        }),
        keyboard: layouts(user_layout),
        encoder: Box::new(move || match has_canvas {
            true => Ok(Box::new(CanvasEncoder {
                world: encoder,
                known: None,
            })),
            false => Ok(Box::new(FakeEncoder(encoder))),
        }),
        clipboard: Box::new(move || Ok::<_, ClipboardError>(Box::new(FakeClipboard(user_clip)))),
    };
    let (sink, layout, viewer_clip) = (Arc::clone(&t), Arc::clone(&t), t);
    let viewer_seams = ViewerSeams {
        decoder: Box::new(move || match coming_canvas {
            Some(canvas) => Ok(Box::new(CanvasDecoder { canvas, has_key: false })),
            None => Ok(Box::new(FakeDecoder { has_key: false })),
        }),
        keyboard: layouts(layout),
        sink: match canvas {
            Some(canvas) => Box::new(CanvasSink(canvas)),
            None => Box::new(FakeSink(sink)),
        },
        clipboard: Box::new(move || Ok::<_, ClipboardError>(Box::new(FakeClipboard(viewer_clip)))),
    };
    let (granted_at, (users, technicians)) = (clock.now(), agreed(&grant));
    let viewer_setup = ViewerSetup {
        grant: grant.clone(),
        seal: technicians,
        granted_at,
        ice_servers: Vec::new(),
    };
    let sharer_setup = SharerSetup {
        grant,
        policy: Policy::default(),
        seal: users,
        ice_servers: Vec::new(),
    };

    let mut viewer_handle = {
        let _inside = viewer_runtime.enter();
        viewer::start_with(viewer_setup, viewer_seams, clock.clone(), cut_at_viewer.clone())
    };
    let mut sharer_handle = {
        let _inside = sharer_runtime.enter();
        sharer::start_with(sharer_setup, sharer_seams, clock, cut.clone())
    };
    let (shared, viewed) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<Mutex<Vec<_>>>::default());
    let (sharer, viewer) = (sharer_handle.commands.clone(), viewer_handle.commands.clone());
    let (stop, input) = (sharer_handle.stop_switch(), viewer_handle.input());

    let (to_viewer, seen, passes_on) = (viewer.clone(), Arc::clone(&shared), Arc::clone(&relay));
    sharer_runtime.spawn(async move {
        while let Some(event) = sharer_handle.events.recv().await {
            if let SharerEvent::Signal(signal) = &event {
                for signal in passes_on(signal.clone()) {
                    let _gone = to_viewer.send(ViewerCommand::Signal(signal)).await;
                }
            }
            seen.lock().unwrap().push(event);
        }
    });
    let (to_sharer, seen) = (sharer.clone(), Arc::clone(&viewed));
    viewer_runtime.spawn(async move {
        while let Some(event) = viewer_handle.events.recv().await {
            if let ViewerEvent::Signal(signal) = &event {
                for signal in relay(signal.clone()) {
                    let _gone = to_sharer.try_send(SharerCommand::Signal(signal));
                }
            }
            seen.lock().unwrap().push(event);
        }
    });
    let viewer_runtime = Some(viewer_runtime);
    Pair {
        user,
        technician,
        sharer,
        stop,
        viewer,
        input,
        shared,
        viewed,
        cut,
        cut_at_viewer,
        sharer_runtime,
        viewer_runtime,
    }
}

impl Pair {
    pub fn connected(options: Options) -> Self {
        let pair = start(options);
        pair.sees(|event| matches!(event, ViewerEvent::Connected));
        pair.user.show(1);
        pair.shows(1);
        pair
    }

    pub fn tell_sharer(&self, command: SharerCommand) {
        self.sharer.try_send(command).unwrap();
    }

    pub fn tell_viewer(&self, command: ViewerCommand) {
        self.viewer.blocking_send(command).unwrap();
    }

    pub fn press(&self, key: &str) {
        for pressed in [true, false] {
            let event = InputEvent::Key {
                code: "KeyA".into(),
                key: key.into(),
                how: KeyMode::Character,
                pressed,
            };
            assert!(self.sharer_runtime.block_on(self.input.send(event)));
        }
    }

    /// Waits until the user's shell was told something.
    pub fn hears(&self, wanted: impl Fn(&SharerEvent) -> bool) {
        eventually(
            "the user's shell",
            || self.shared.lock().unwrap().iter().any(&wanted),
            || format!("{:?}", self.shared.lock().unwrap()),
        );
    }

    /// Waits until the technician's shell was told something.
    pub fn sees(&self, wanted: impl Fn(&ViewerEvent) -> bool) {
        eventually(
            "the technician's shell",
            || self.viewed.lock().unwrap().iter().any(&wanted),
            || format!("{:?}", self.viewed.lock().unwrap()),
        );
    }

    /// Waits until the technician's picture shows a number.
    pub fn shows(&self, number: u32) {
        eventually(
            "the picture",
            || self.technician.shown.lock().unwrap().last() == Some(&number),
            || format!("{number} in {:?}", self.technician.shown.lock().unwrap()),
        );
    }

    /// Waits until so many inputs were carried out.
    pub fn carries_out(&self, count: usize) {
        eventually(
            "the input",
            || self.user.inputs.lock().unwrap().len() >= count,
            || format!("{count} of {:?}", self.user.inputs.lock().unwrap()),
        );
    }
}

pub fn eventually(what: &str, mut met: impl FnMut() -> bool, state: impl Fn() -> String) {
    let begun = Instant::now();
    while !met() {
        assert!(begun.elapsed() < SOON, "{what}: not in time; {}", state());
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub fn set(flag: &AtomicBool) {
    flag.store(true, Ordering::SeqCst);
}
