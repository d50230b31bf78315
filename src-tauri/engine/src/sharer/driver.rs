//! Runs a [`SharerSession`]: gives it what happens, does what it says.
//!
//! Flow: one task selects over everything that can happen; after each, all effects are carried out.
//!
//! Invariant: this task never waits for a screen, an input sink or a clipboard, and for the network only while it
//! makes a connection.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use renfort_picture::carriage;
use renfort_protocol::{
    binding::Tampered, input::InputEvent, keyboard::KeyboardLayout, report::InputDenied, session::FromSharer,
    signalling::Signal,
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{
    SharerSeams, SharerSetup,
    input::{self, InputReport},
    orders::PictureControl,
    screen::{ScreenEvent, ScreenThread},
    stop::StopSwitch,
    updates::UpdateLine,
    video,
};
use crate::{
    carrier::{Arrived, Carrier},
    clipboard_pump::{self, ClipboardPump},
    clock::Clock,
    layout_watch, leg,
    messages::MessageLine,
    peer::{SharerCommand, SharerEvent},
    seal::{Offered, Seal},
    session::{Channel, InputOutcome, LinkEvent, SharerEffect, SharerSession},
    transport::{Connection, Connector, Side, Transport, TransportError, TransportEvent, UpdatePath},
};

/// What came by the carriage and waits for the session. When full, nothing more is taken from the network.
const CARRIED: usize = 64;
/// A connection that is not made by then is tried again.
const CONNECTING: Duration = Duration::from_secs(5);

pub struct Driver {
    session: SharerSession,
    clock: Clock,
    connector: Arc<dyn Connector>,
    seal: Seal,
    offered: Option<Offered>,
    stop: StopSwitch,
    picture: PictureControl,
    clipboard: ClipboardPump,
    current: watch::Sender<Option<Arc<dyn Transport>>>,
    /// Of the connection of the moment, until it is known how updates travel.
    ways: Option<Ways>,
    /// What carries its updates; over when this is dropped.
    carrying: JoinSet<()>,
    shell: mpsc::Sender<SharerEvent>,
    ended: bool,
    inbox: Inbox,
}

/// What answers updates, by the way that they go.
struct Ways {
    datagrams: mpsc::Receiver<Bytes>,
    messages: mpsc::Receiver<Bytes>,
}

/// Everything that can happen.
struct Inbox {
    commands: mpsc::Receiver<SharerCommand>,
    connection: Option<mpsc::Receiver<TransportEvent>>,
    /// Until its thread is known to be gone.
    input: Option<mpsc::Receiver<InputReport>>,
    screen: mpsc::Receiver<ScreenEvent>,
    copied: mpsc::Receiver<String>,
    layout: watch::Receiver<Option<KeyboardLayout>>,
    /// Of the carriage of the connection of the moment.
    carriage: Option<mpsc::Receiver<Arrived>>,
}

enum Happening {
    Stopped,
    Command(Option<SharerCommand>),
    Connection(Option<TransportEvent>),
    Input(Option<InputReport>),
    Screen(Option<ScreenEvent>),
    Copied(String),
    Layout(Option<KeyboardLayout>),
    Carriage(Option<Arrived>),
    Time,
}

impl Inbox {
    async fn next(&mut self, stop: &StopSwitch, wait: Duration) -> Happening {
        async fn of<T>(receiver: Option<&mut mpsc::Receiver<T>>) -> Option<T> {
            match receiver {
                Some(receiver) => receiver.recv().await,
                None => std::future::pending().await,
            }
        }
        tokio::select! {
            biased;
            () = stop.stopped() => Happening::Stopped,
            command = self.commands.recv() => Happening::Command(command),
            report = of(self.input.as_mut()) => Happening::Input(report),
            event = of(self.connection.as_mut()) => Happening::Connection(event),
            event = self.screen.recv() => Happening::Screen(event),
            Some(text) = self.copied.recv() => Happening::Copied(text),
            Ok(()) = self.layout.changed() => Happening::Layout(self.layout.borrow_and_update().clone()),
            arrived = of(self.carriage.as_mut()) => Happening::Carriage(arrived),
            () = tokio::time::sleep(wait) => Happening::Time,
        }
    }
}

impl Driver {
    /// Starts the threads.
    pub fn new(
        setup: SharerSetup,
        seams: SharerSeams,
        clock: Clock,
        connector: Arc<dyn Connector>,
        stop: StopSwitch,
        commands: mpsc::Receiver<SharerCommand>,
        shell: mpsc::Sender<SharerEvent>,
    ) -> Self {
        let (frames_in, frames) = mpsc::channel(super::screen::IN_FLIGHT);
        let (screen_in, screen) = mpsc::channel(super::screen::SCREEN_EVENTS);
        let (reports_in, input) = mpsc::channel(input::OUTCOMES);
        let (current, transports) = watch::channel(None);
        let picture = stop.picture().clone();

        let thread = ScreenThread::new(picture.clone(), stop.clone(), frames_in, screen_in);
        clipboard_pump::spawn("renfort-screen", move || thread.run(seams.screen, seams.encoder));
        let queue = stop.input().clone();
        clipboard_pump::spawn("renfort-input", move || input::run(&queue, seams.input, &reports_in));
        let (clipboard, copied) = ClipboardPump::start(seams.clipboard, {
            let queue = stop.input().clone();
            move |text| queue.put_in(text)
        });
        let layout = layout_watch::start(seams.keyboard);
        tokio::spawn(video::run(frames, transports, picture.flow(), stop.clone()));

        let session = SharerSession::new(setup.grant, setup.policy, clock.now());
        let inbox = Inbox {
            commands,
            connection: None,
            input: Some(input),
            screen,
            copied,
            layout,
            carriage: None,
        };
        Self {
            session,
            clock,
            connector,
            seal: setup.seal,
            offered: None,
            stop,
            picture,
            clipboard,
            current,
            ways: None,
            carrying: JoinSet::new(),
            shell,
            ended: false,
            inbox,
        }
    }

    /// Runs until the session has ended.
    pub async fn run(mut self) {
        self.session.handle_timeout(self.clock.now());
        self.apply().await;
        while !self.ended {
            let now = self.clock.now();
            let wait = self.session.poll_timeout().map_or(0, |at| at.since(now));
            let happening = self.inbox.next(&self.stop, Duration::from_millis(wait)).await;
            self.handle(happening);
            self.session.handle_timeout(self.clock.now());
            self.apply().await;
        }
        self.end_threads();
        if let Some(transport) = self.current.send_replace(None) {
            transport.close().await;
        }
    }

    fn end_threads(&self) {
        self.stop.stop();
        self.picture.close();
    }

    fn handle(&mut self, happening: Happening) {
        let (session, now) = (&mut self.session, self.clock.now());
        match happening {
            // A shell that is gone cannot show what happens: then nothing may happen.
            Happening::Stopped | Happening::Command(None) => session.handle_command(SharerCommand::Stop, now),
            // A screen that ends because the user stopped has not failed.
            Happening::Screen(None | Some(ScreenEvent::Failed(_))) if self.stop.is_stopped() => {
                session.handle_command(SharerCommand::Stop, now);
            }
            Happening::Command(Some(command)) => match unsealed(&self.seal, &mut self.offered, command) {
                Ok(Some(command)) => {
                    let resumes = session.everything_rests() && matches!(command, SharerCommand::Pause(_));
                    session.handle_command(command, now);
                    if resumes {
                        // Of the pause that it heard of; another may have begun.
                        self.stop.resume();
                    }
                }
                Ok(None) => {}
                Err(what) => session.handle_tampered(what, now),
            },
            Happening::Connection(Some(TransportEvent::Message(channel, bytes))) => {
                session.handle_message(channel, &bytes, now);
            }
            Happening::Connection(Some(TransportEvent::Link(event))) => session.handle_link(event, now),
            Happening::Connection(Some(TransportEvent::KeyFrameWanted)) => self.picture.want_key_frame(),
            Happening::Connection(Some(TransportEvent::Candidate(candidate))) => session.handle_candidate(candidate),
            Happening::Connection(None) => {
                self.inbox.connection = None;
                session.handle_link(LinkEvent::Closed, now);
            }
            // Its thread is gone, or goes now.
            Happening::Input(None | Some(InputReport::Unavailable)) => {
                self.inbox.input = None;
                session.handle_input_unavailable(now);
            }
            Happening::Input(Some(InputReport::Outcome(outcome))) => session.handle_input(outcome, now),
            Happening::Input(Some(InputReport::Typed { number, result })) => session.handle_typed(number, result, now),
            Happening::Layout(layout) => session.handle_keyboard(layout),
            Happening::Screen(Some(ScreenEvent::Ready(ready))) => session.handle_screen_ready(ready, now),
            Happening::Screen(Some(ScreenEvent::Size(size))) => session.handle_screen_size(size),
            Happening::Screen(Some(ScreenEvent::Pointer(x, y))) => session.handle_pointer(x, y),
            Happening::Screen(Some(ScreenEvent::Cursor(cursor))) => session.handle_cursor(cursor, now),
            Happening::Screen(Some(ScreenEvent::Failed(reason))) => session.handle_screen_failed(&reason, now),
            Happening::Screen(None) => session.handle_screen_failed("the capture ended", now),
            Happening::Copied(text) => session.handle_copied(text, now),
            Happening::Connection(Some(TransportEvent::Updates(path))) => self.carry_updates(path),
            Happening::Carriage(Some(Arrived::Message(message))) => session.handle_carried(&message, now),
            Happening::Carriage(Some(Arrived::Broken(error))) => session.handle_malformed(&error.to_string(), now),
            Happening::Carriage(Some(_)) | Happening::Time => {}
            // It ends with its connection only, or by a defect: then another connection may do better.
            Happening::Carriage(None) => self.disconnect(),
        }
    }

    async fn apply(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                SharerEffect::Connect { attempt } => self.connect(attempt).await,
                SharerEffect::Accept(sdp) => {
                    if let Some(transport) = self.transport()
                        && let Err(error) = transport.accept(&sdp).await
                    {
                        tracing::warn!(%error, "the answer was not taken");
                        self.disconnect();
                    }
                }
                SharerEffect::AddCandidate(candidate) => {
                    if let Some(transport) = self.transport()
                        && let Err(error) = transport.add_candidate(candidate).await
                    {
                        tracing::debug!(%error, "a candidate was left out");
                    }
                }
                SharerEffect::Send(channel, message) => self.send(channel, &message),
                SharerEffect::Input(event) => {
                    match event {
                        InputEvent::Key { pressed: true, .. } => leg::mark("key: from the network, allowed"),
                        InputEvent::Move { .. } => leg::mark("move: from the network, allowed"),
                        _ => {}
                    }
                    if self.stop.input().push(event).is_err() {
                        self.session
                            .handle_input(InputOutcome::Denied(InputDenied::Failed), self.clock.now());
                    }
                }
                SharerEffect::Type { number, character } => {
                    if self.stop.input().push_character(number, character).is_err() {
                        self.session
                            .handle_typed(number, Err(InputDenied::Failed), self.clock.now());
                    }
                }
                SharerEffect::ReleaseAll => self.stop.input().release_all(),
                SharerEffect::SetClipboard(text) => {
                    let text = self.clipboard.set(text.into());
                    if self.stop.input().wait_for_text(text).is_err() {
                        self.session
                            .handle_input(InputOutcome::Denied(InputDenied::Failed), self.clock.now());
                    }
                }
                SharerEffect::WatchClipboard(watch) => self.clipboard.watch(watch),
                SharerEffect::Picture(wanted) => self.picture.want(wanted),
                SharerEffect::Event(event) => {
                    self.ended |= matches!(event, SharerEvent::Ended { .. });
                    if self.shell.send(event).await.is_err() {
                        self.session.handle_command(SharerCommand::Stop, self.clock.now());
                    }
                }
            }
        }
    }

    fn transport(&self) -> Option<Arc<dyn Transport>> {
        self.current.borrow().clone()
    }

    async fn connect(&mut self, attempt: u32) {
        tracing::info!(attempt, "connecting");
        self.drop_connection();
        let made = tokio::time::timeout(CONNECTING, offer(self.connector.as_ref())).await;
        match made.unwrap_or(Err(TransportError::NotOpen)) {
            Ok((connection, sdp)) => {
                self.inbox.connection = Some(connection.events);
                self.ways = Some(Ways {
                    datagrams: connection.datagrams,
                    messages: connection.update_messages,
                });
                self.current.send_replace(Some(connection.transport));
                let seal = self.seal.offer(attempt, &sdp);
                self.offered = Some(Offered {
                    attempt,
                    sdp: sdp.clone(),
                });
                let offer = SharerEvent::Signal(Signal::Offer { attempt, sdp, seal });
                if self.shell.send(offer).await.is_err() {
                    self.session.handle_command(SharerCommand::Stop, self.clock.now());
                }
            }
            Err(error) => {
                tracing::warn!(%error, "no connection could be offered");
                self.session.handle_link(LinkEvent::Closed, self.clock.now());
            }
        }
    }

    fn send(&mut self, channel: Channel, message: &FromSharer) {
        let Some(transport) = self.transport() else { return };
        let text = serde_json::to_string(message).expect("a message holds nothing that JSON cannot say");
        match (transport.send(channel, text), channel) {
            (Ok(()), _) | (Err(_), Channel::Pointer) => {}
            (Err(error), Channel::Session) => {
                tracing::warn!(%error, "the peer takes no more messages");
                self.disconnect();
            }
        }
    }

    fn disconnect(&mut self) {
        self.drop_connection();
        self.session.handle_link(LinkEvent::Closed, self.clock.now());
    }

    /// It is known how updates travel on the connection of the moment, or that they do no more.
    fn carry_updates(&mut self, path: UpdatePath) {
        let Some(transport) = self.transport() else { return };
        let (arrived, carriage) = mpsc::channel(CARRIED);
        let line: Arc<dyn UpdateLine> = match (path, self.ways.take()) {
            (UpdatePath::Datagrams, Some(Ways { datagrams, .. })) => {
                let carrier = Carrier::new(carriage::Side::Sharer, &transport);
                self.carrying.spawn(Arc::clone(&carrier).run(datagrams, arrived));
                self.session.handle_carriage();
                carrier
            }
            (UpdatePath::Messages, Some(Ways { messages, .. })) => {
                let line = MessageLine::new(&transport);
                self.carrying.spawn(Arc::clone(&line).run(messages, arrived));
                line
            }
            // The viewer closed their channel: it cannot show them.
            (_, _) => {
                tracing::info!("the picture goes as video alone");
                self.drop_updates();
                return;
            }
        };
        tracing::info!(?path, "the picture goes as updates");
        self.inbox.carriage = Some(carriage);
        self.picture.go_by(Some(line));
    }

    fn drop_updates(&mut self) {
        self.inbox.carriage = None;
        self.ways = None;
        self.carrying = JoinSet::new();
        self.picture.go_by(None);
    }

    fn drop_connection(&mut self) {
        self.inbox.connection = None;
        self.drop_updates();
        if let Some(old) = self.current.send_replace(None) {
            tokio::spawn(async move { old.close().await });
        }
    }
}

impl Drop for Driver {
    /// Also by a defect: with nobody to ask whether it may, nothing goes on.
    fn drop(&mut self) {
        self.end_threads();
    }
}

/// An answer passes once, to the offer that it was made for, signed by the technician's device. Everything else passes.
fn unsealed(
    seal: &Seal,
    offered: &mut Option<Offered>,
    command: SharerCommand,
) -> Result<Option<SharerCommand>, Tampered> {
    let SharerCommand::Signal(Signal::Answer {
        attempt,
        sdp,
        seal: theirs,
    }) = &command
    else {
        return Ok(Some(command));
    };
    match offered.take_if(|offered| offered.attempt == *attempt) {
        Some(offered) => seal.check_answer(&offered, sdp, theirs).map(|()| Some(command)),
        None => Ok(None),
    }
}

async fn offer(connector: &dyn Connector) -> Result<(Connection, renfort_protocol::signalling::Sdp), TransportError> {
    let connection = connector.connect(Side::Sharer).await?;
    let sdp = connection.transport.offer().await?;
    Ok((connection, sdp))
}
