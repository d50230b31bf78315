//! Runs a [`ViewerSession`]: gives it what happens, does what it says.
//!
//! Flow: one task selects over everything that can happen; after each, all effects are carried out.
//!
//! Invariant: this task never waits for a decoder or a clipboard, and for the network only while it makes a connection.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use renfort_picture::carriage;
use renfort_protocol::{
    binding::Tampered,
    carried::Carried,
    input::InputEvent,
    keyboard::KeyboardLayout,
    session::FromViewer,
    signalling::{EndReason, Sdp, Signal},
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{
    ViewerSeams, ViewerSetup,
    inputs::Inputs,
    picture::{self, CarriedOut, Incoming, PictureEvent},
};
use crate::{
    carrier::Carrier,
    clipboard_pump::{self, ClipboardPump},
    clock::Clock,
    layout_watch, leg,
    messages::Intake,
    peer::{ViewerCommand, ViewerEvent},
    seal::Seal,
    session::{Channel, LinkEvent, ViewerEffect, ViewerSession},
    transport::{Connection, Connector, Side, Transport, TransportError, TransportEvent, UpdatePath},
};

/// A connection that is not answered by then is left to the sharer's next attempt.
const CONNECTING: Duration = Duration::from_secs(5);

pub struct Driver {
    session: ViewerSession,
    clock: Clock,
    connector: Arc<dyn Connector>,
    seal: Seal,
    transport: Option<Arc<dyn Transport>>,
    streams: mpsc::Sender<mpsc::Receiver<Incoming>>,
    /// Of the connection of the moment, until it is known how updates travel.
    ways: Option<Ways>,
    /// Where what comes of its picture goes.
    incoming: Option<mpsc::Sender<Incoming>>,
    /// Of a connection by whose carriage input goes.
    carrier: Option<Arc<Carrier>>,
    /// What carries its picture; over when this is dropped.
    carrying: JoinSet<()>,
    clipboard: ClipboardPump,
    shell: mpsc::Sender<ViewerEvent>,
    ended: bool,
    inbox: Inbox,
}

/// Where updates come from.
struct Ways {
    datagrams: mpsc::Receiver<Bytes>,
    messages: mpsc::Receiver<Bytes>,
}

/// Everything that can happen.
struct Inbox {
    commands: mpsc::Receiver<ViewerCommand>,
    inputs: Inputs,
    connection: Option<mpsc::Receiver<TransportEvent>>,
    picture: mpsc::Receiver<PictureEvent>,
    copied: mpsc::Receiver<String>,
    layout: watch::Receiver<Option<KeyboardLayout>>,
}

enum Happening {
    Command(Option<ViewerCommand>),
    Input(InputEvent),
    Connection(Option<TransportEvent>),
    Picture(Option<PictureEvent>),
    Copied(String),
    Layout(Option<KeyboardLayout>),
    Time,
}

impl Inbox {
    /// While the carriage is behind, input waits where moves and turns of the wheel in a row become one, and what was copied after it waits as well.
    async fn next(&mut self, carrier: Option<&Carrier>, wait: Duration) -> Happening {
        let room = async || {
            if let Some(carrier) = carrier {
                carrier.input_room().await;
            }
        };
        let input = async {
            room().await;
            self.inputs.next().await
        };
        let copied = async {
            room().await;
            self.copied.recv().await
        };
        let connection = async {
            match &mut self.connection {
                Some(events) => events.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            // Commands take the longer way here: what was pressed before them goes before them.
            event = input => Happening::Input(event),
            command = self.commands.recv() => Happening::Command(command),
            event = connection => Happening::Connection(event),
            event = self.picture.recv() => Happening::Picture(event),
            Some(text) = copied => Happening::Copied(text),
            Ok(()) = self.layout.changed() => Happening::Layout(self.layout.borrow_and_update().clone()),
            () = tokio::time::sleep(wait) => Happening::Time,
        }
    }
}

/// The shell's ends.
pub struct Shell {
    pub commands: mpsc::Receiver<ViewerCommand>,
    pub inputs: Inputs,
    pub events: mpsc::Sender<ViewerEvent>,
}

impl Driver {
    /// Starts the threads.
    pub fn new(
        setup: ViewerSetup,
        seams: ViewerSeams,
        clock: Clock,
        connector: Arc<dyn Connector>,
        shell: Shell,
    ) -> Self {
        let (streams, frames) = mpsc::channel(picture::STREAMS);
        let (picture_in, picture) = mpsc::channel(picture::PICTURE_EVENTS);
        let (decoder, sink) = (seams.decoder, seams.sink);
        clipboard_pump::spawn("renfort-picture", move || {
            picture::run(decoder, sink, frames, &picture_in)
        });
        let (clipboard, copied) = ClipboardPump::start(seams.clipboard, |_| {});
        let session = ViewerSession::new(setup.grant, setup.granted_at, clock.now());
        let inbox = Inbox {
            commands: shell.commands,
            inputs: shell.inputs,
            connection: None,
            picture,
            copied,
            layout: layout_watch::start(seams.keyboard),
        };
        let shell = shell.events;
        Self {
            session,
            clock,
            connector,
            seal: setup.seal,
            transport: None,
            streams,
            ways: None,
            incoming: None,
            carrier: None,
            carrying: JoinSet::new(),
            clipboard,
            shell,
            ended: false,
            inbox,
        }
    }

    /// Runs until the session has ended.
    pub async fn run(mut self) {
        while !self.ended {
            let now = self.clock.now();
            let wait = self.session.poll_timeout().map_or(0, |at| at.since(now));
            let carrier = self.carrier.as_deref();
            let happening = self.inbox.next(carrier, Duration::from_millis(wait)).await;
            self.handle(happening).await;
            self.session.handle_timeout(self.clock.now());
            self.apply().await;
        }
        if let Some(transport) = self.transport.take() {
            transport.close().await;
        }
    }

    async fn handle(&mut self, happening: Happening) {
        let (session, now) = (&mut self.session, self.clock.now());
        match happening {
            Happening::Command(Some(command)) => match altered(&self.seal, &command) {
                Some(what) => session.handle_tampered(what, now),
                None => session.handle_command(command, now),
            },
            Happening::Command(None) => self.leave(),
            Happening::Input(event) => session.handle_input(event, now),
            Happening::Connection(Some(TransportEvent::Message(channel, bytes))) => {
                session.handle_message(channel, &bytes, now);
            }
            Happening::Connection(Some(TransportEvent::Link(event))) => session.handle_link(event, now),
            Happening::Connection(Some(TransportEvent::Candidate(candidate))) => session.handle_candidate(candidate),
            Happening::Connection(Some(TransportEvent::Updates(path))) => self.take_updates(path),
            // A viewer sends no picture.
            Happening::Connection(Some(TransportEvent::KeyFrameWanted)) | Happening::Time => {}
            Happening::Connection(None) => {
                self.inbox.connection = None;
                session.handle_link(LinkEvent::Closed, now);
            }
            Happening::Picture(Some(PictureEvent::Shown)) => session.handle_picture(now),
            Happening::Picture(Some(PictureEvent::Damaged)) => {
                if let Some(transport) = &self.transport {
                    transport.request_key_frame().await;
                }
            }
            Happening::Picture(Some(PictureEvent::Malformed(reason))) => session.handle_malformed(&reason, now),
            Happening::Picture(Some(PictureEvent::Failed(reason))) => session.handle_decoder_failed(&reason, now),
            Happening::Picture(None) => session.handle_decoder_failed("the decoder ended", now),
            Happening::Layout(layout) => {
                if self.shell.send(ViewerEvent::OwnKeyboard(layout)).await.is_err() {
                    self.leave();
                }
            }
            Happening::Copied(text) => session.handle_copied(text),
        }
    }

    async fn apply(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                ViewerEffect::Answer { attempt, offer } => self.connect(attempt, &offer).await,
                ViewerEffect::AddCandidate(candidate) => {
                    if let Some(transport) = &self.transport
                        && let Err(error) = transport.add_candidate(candidate).await
                    {
                        tracing::debug!(%error, "a candidate was left out");
                    }
                }
                ViewerEffect::Send(channel, message) => self.send(channel, &message),
                ViewerEffect::Carry(carried) => self.carry(carried),
                ViewerEffect::SetClipboard(text) => {
                    self.clipboard.set(text.into());
                }
                ViewerEffect::WatchClipboard(watch) => self.clipboard.watch(watch),
                ViewerEffect::Event(event) => {
                    self.ended |= matches!(event, ViewerEvent::Ended { .. });
                    if self.shell.send(event).await.is_err() {
                        self.leave();
                    }
                }
            }
        }
    }

    /// The shell is gone.
    fn leave(&mut self) {
        self.session
            .handle_command(ViewerCommand::End(EndReason::EndedByTechnician), self.clock.now());
    }

    async fn connect(&mut self, attempt: u32, offer: &Sdp) {
        tracing::info!(attempt, "connecting");
        self.drop_connection();
        let made = tokio::time::timeout(CONNECTING, answer(self.connector.as_ref(), offer)).await;
        match made.unwrap_or(Err(TransportError::NotOpen)) {
            Ok((connection, sdp)) => {
                self.inbox.connection = Some(connection.events);
                self.transport = Some(connection.transport);
                let (incoming, stream) = mpsc::channel(picture::INCOMING);
                // Never waits: see STREAMS.
                if let Err(error) = self.streams.try_send(stream) {
                    tracing::warn!(%error, "the picture's thread does not take another connection's picture");
                }
                self.carrying
                    .spawn(forward(connection.frames, incoming.clone(), Incoming::Frame));
                self.ways = Some(Ways {
                    datagrams: connection.datagrams,
                    messages: connection.update_messages,
                });
                self.incoming = Some(incoming);
                let seal = self.seal.answer(attempt, offer, &sdp);
                let answer = ViewerEvent::Signal(Signal::Answer { attempt, sdp, seal });
                if self.shell.send(answer).await.is_err() {
                    self.leave();
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the offer was not answered");
                self.session.handle_link(LinkEvent::Closed, self.clock.now());
            }
        }
    }

    fn send(&mut self, channel: Channel, message: &FromViewer) {
        let Some(transport) = &self.transport else { return };
        let text = serde_json::to_string(message).expect("a message holds nothing that JSON cannot say");
        match (transport.send(channel, text), channel) {
            (Ok(()), _) | (Err(_), Channel::Pointer) => {}
            (Err(error), Channel::Session) => {
                tracing::warn!(%error, "the peer takes no more messages");
                self.disconnect();
            }
        }
    }

    fn carry(&mut self, carried: Carried) {
        let Some(carrier) = &self.carrier else { return };
        let (done, told) = match carried {
            Carried::Input(event @ InputEvent::Move { .. }) => {
                (carrier.carry_motion(event), Some("move: to the network"))
            }
            Carried::Input(event @ InputEvent::Wheel { .. }) => (carrier.carry_motion(event), None),
            carried => {
                let is_key = matches!(carried, Carried::Input(InputEvent::Key { pressed: true, .. }));
                (
                    carrier.carry(&carried.encode()),
                    is_key.then_some("key: to the network"),
                )
            }
        };
        if let Some(told) = told {
            leg::mark(told);
        }
        if let Err(error) = done {
            tracing::warn!(%error, "the peer takes no more input");
            self.disconnect();
        }
    }

    fn disconnect(&mut self) {
        self.drop_connection();
        self.session.handle_link(LinkEvent::Closed, self.clock.now());
    }

    /// It is known how updates travel on the connection of the moment.
    fn take_updates(&mut self, path: UpdatePath) {
        let (Some(transport), Some(incoming)) = (self.transport.clone(), self.incoming.clone()) else {
            return;
        };
        let (arrived, arriving) = mpsc::channel(picture::INCOMING);
        let carried_out: Option<Arc<dyn CarriedOut>> = match (path, self.ways.take()) {
            (UpdatePath::Datagrams, Some(Ways { datagrams, .. })) => {
                let carrier = Carrier::new(carriage::Side::Viewer, &transport);
                self.carrier = Some(Arc::clone(&carrier));
                self.session.handle_carriage();
                self.carrying.spawn(Arc::clone(&carrier).run(datagrams, arrived));
                Some(carrier)
            }
            (UpdatePath::Messages, Some(Ways { messages, .. })) => {
                let intake = Intake::new(&transport);
                self.carrying.spawn(Arc::clone(&intake).run(messages, arrived));
                Some(intake)
            }
            // There are none any more; and what is left of the connection brings no others.
            (_, _) => None,
        };
        self.carrying.spawn(async move {
            if incoming.send(Incoming::Updates(carried_out)).await.is_ok() {
                forward(arriving, incoming, Incoming::Arrived).await;
            }
        });
    }

    fn drop_connection(&mut self) {
        self.inbox.connection = None;
        self.ways = None;
        self.incoming = None;
        self.carrier = None;
        self.carrying = JoinSet::new();
        if let Some(old) = self.transport.take() {
            tokio::spawn(async move { old.close().await });
        }
    }
}

/// An offer that the user's machine did not make.
fn altered(seal: &Seal, command: &ViewerCommand) -> Option<Tampered> {
    match command {
        ViewerCommand::Signal(Signal::Offer {
            attempt,
            sdp,
            seal: theirs,
        }) => seal.check_offer(*attempt, sdp, theirs).err(),
        _ => None,
    }
}

async fn answer(connector: &dyn Connector, offer: &Sdp) -> Result<(Connection, Sdp), TransportError> {
    let connection = connector.connect(Side::Viewer).await?;
    let sdp = connection.transport.answer(offer).await?;
    Ok((connection, sdp))
}

/// What comes of a connection on its way to the picture's thread.
async fn forward<T>(mut from: mpsc::Receiver<T>, incoming: mpsc::Sender<Incoming>, kind: fn(T) -> Incoming) {
    while let Some(one) = from.recv().await {
        if incoming.send(kind(one)).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        carrier::Arrived,
        transport::memory::Memory,
        viewer::inputs::{INPUTS, inputs},
    };

    #[tokio::test]
    async fn input_waits_while_nothing_is_acknowledged_and_nothing_of_it_is_lost() {
        let network = Memory::default().with_updates(UpdatePath::Datagrams);
        let there = network.connect(Side::Sharer).await.unwrap();
        let here = network.connect(Side::Viewer).await.unwrap();
        let answer = here
            .transport
            .answer(&there.transport.offer().await.unwrap())
            .await
            .unwrap();
        there.transport.accept(&answer).await.unwrap();
        let sharer = Carrier::new(carriage::Side::Sharer, &there.transport);
        let viewer = Carrier::new(carriage::Side::Viewer, &here.transport);

        let (command_in, commands) = mpsc::channel(1);
        let (_picture_in, picture) = mpsc::channel(1);
        let (copied_in, copied) = mpsc::channel(1);
        let (_layout_in, layout) = watch::channel(None);
        let (sender, inputs) = inputs();
        let mut inbox = Inbox {
            commands,
            inputs,
            connection: None,
            picture,
            copied,
            layout,
        };
        let (soon, late) = (Duration::from_millis(20), Duration::from_secs(20));
        let mut carried = 0;
        let mut turn = 0;
        // A window that is full, and a network that brings nothing.
        loop {
            sender.send(InputEvent::ReleaseAll).await;
            let Happening::Input(event) = inbox.next(Some(&viewer), soon).await else {
                break;
            };
            viewer.carry(&Carried::Input(event).encode()).unwrap();
            carried += 1;
        }
        for _ in 1..INPUTS {
            assert!(sender.send(InputEvent::ReleaseAll).await);
        }
        copied_in.send("text".to_owned()).await.unwrap();
        assert!(matches!(inbox.next(Some(&viewer), soon).await, Happening::Time));
        command_in
            .send(ViewerCommand::End(EndReason::EndedByTechnician))
            .await
            .unwrap();
        assert!(matches!(
            inbox.next(Some(&viewer), late).await,
            Happening::Command(Some(_))
        ));
        // What is said meanwhile has a place for its turn.
        while viewer.carry(&Carried::Turn.encode()).is_ok() {
            turn += 1;
        }
        assert!(turn >= 60, "{turn}");

        // It is there again.
        let (arrived_in, mut arrived) = mpsc::channel(1_024);
        let (unused, _none) = mpsc::channel(1);
        tokio::spawn(sharer.run(there.datagrams, arrived_in));
        tokio::spawn(Arc::clone(&viewer).run(here.datagrams, unused));
        for _ in 0..INPUTS {
            let Happening::Input(event) = inbox.next(Some(&viewer), late).await else {
                panic!("what waited is next");
            };
            viewer.carry(&Carried::Input(event).encode()).unwrap();
        }
        assert!(matches!(inbox.next(Some(&viewer), late).await, Happening::Copied(_)));
        for _ in 0..carried + turn + INPUTS {
            assert!(matches!(arrived.recv().await, Some(Arrived::Message(_))));
        }
    }
}
