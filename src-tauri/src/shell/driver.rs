//! Carries out what the controller decides.
//!
//! Flow: one task takes event after event, hands each to the controller with the time and a fresh number, and carries
//! the effects out in order.
//!
//! Invariant: this task never waits for a sharer, a viewer or a window. It may wait for the link, and takes events
//! meanwhile, so that no two tasks ever wait for each other.

use std::{collections::VecDeque, time::Duration};

use renfort_engine::{
    clock::Clock,
    peer::{SharerCommand, SharerEvent, ViewerCommand, ViewerEvent},
    seal::Seal,
    sharer::{self, SharerCommands, SharerHandle, SharerSetup},
    viewer::{self, ViewerHandle, ViewerSetup},
};
use renfort_protocol::{
    error::{Code, WireError},
    grant::{Capability, Grant},
    ids::{RequestId, SessionId},
    policy::Policy,
    signalling::EndReason,
};
use ring::rand::{SecureRandom as _, SystemRandom};
use tauri::{
    AppHandle, Emitter as _,
    async_runtime::{JoinHandle, spawn_blocking},
};
use tokio::sync::{mpsc, watch};

use super::{StopSlot, media::Media, notifications, receipt_file, shortcut, tray::Tray, windows};
use crate::{
    controller::{Controller, Effect, Event, Moment},
    picture_socket::PictureSocket,
    relay_link::LinkCommand,
    store::{DataFolder, StoreError},
    view::View,
};

/// How often the controller is told that time passes.
const TICK: Duration = Duration::from_millis(250);
/// Events that are taken while the link is waited for; when full, their senders wait.
const BACKLOG: usize = 4_096;
/// What the link gets to say its last.
const FAREWELL: Duration = Duration::from_millis(400);
/// The event of every new view.
const VIEW: &str = "view";

pub(super) struct Driver {
    pub(super) app: AppHandle,
    pub(super) controller: Controller,
    pub(super) clock: Clock,
    pub(super) folder: DataFolder,
    pub(super) link: mpsc::Sender<LinkCommand>,
    pub(super) inbox: mpsc::Receiver<Event>,
    pub(super) events: mpsc::Sender<Event>,
    pub(super) backlog: VecDeque<Event>,
    pub(super) pictures: PictureSocket,
    pub(super) media: Media,
    pub(super) view: watch::Sender<View>,
    pub(super) stop: StopSlot,
    pub(super) tray: Tray,
    /// While the banner is shown it listens, as soon as the desktop lets it.
    pub(super) shortcut: Option<JoinHandle<Option<shortcut::Listening>>>,
    pub(super) sharer: Option<(SessionId, SharerCommands)>,
    pub(super) viewer: Option<(SessionId, mpsc::Sender<ViewerCommand>)>,
}

impl Driver {
    pub(super) async fn run(mut self) {
        let effects = self.controller.start(self.moment());
        self.carry_out(effects).await;
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let event = match self.backlog.pop_front() {
                Some(event) => event,
                None => tokio::select! {
                    event = self.inbox.recv() => match event {
                        Some(event) => event,
                        None => return,
                    },
                    _ = tick.tick() => Event::Tick,
                },
            };
            let moment = self.moment();
            let effects = self.controller.handle(event, moment);
            self.carry_out(effects).await;
        }
    }

    fn moment(&self) -> Moment {
        let mut fresh = [0; 16];
        if SystemRandom::new().fill(&mut fresh).is_err() {
            // Only ever compared with this device's own; the time makes it new.
            fresh[..8].copy_from_slice(&self.clock.now().0.to_le_bytes());
        }
        let mut random = [0; 32];
        let there = SystemRandom::new().fill(&mut random).is_ok();
        Moment {
            at: self.clock.now(),
            fresh: RequestId(fresh),
            random: there.then_some(random),
        }
    }

    async fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.apply(effect).await;
        }
    }

    async fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::Connect(target) => self.tell_link(LinkCommand::Connect(target)).await,
            Effect::Identify { identity, language } => {
                self.tell_link(LinkCommand::Identify { identity, language }).await
            }
            Effect::Disconnect => self.tell_link(LinkCommand::Disconnect).await,
            Effect::RetryNow => self.tell_link(LinkCommand::RetryNow).await,
            Effect::Send(request) => self.tell_link(LinkCommand::Send(request)).await,
            Effect::StartSharer {
                session,
                grant,
                policy,
                seal,
            } => self.start_sharer(session, grant, policy, seal),
            Effect::ToSharer(session, command) => self.tell_sharer(session, command),
            Effect::StopSharer => self.stop.stop(),
            Effect::StartViewer { session, grant, seal } => self.start_viewer(session, grant, seal),
            Effect::ToViewer(session, command) => self.tell_viewer(session, command),
            Effect::ShowBanner(shown) => self.show_banner(shown),
            Effect::Raise => windows::raise(&self.app),
            Effect::PutAway => windows::put_away(&self.app, self.tray.is_there()),
            Effect::Side { technician } => {
                let side = windows::Side::of(technician);
                windows::fit(&self.app, side);
                self.tray.show_side(&self.app, side);
                #[cfg(not(target_os = "linux"))]
                if !technician {
                    shortcut::prepare(&self.app);
                }
            }
            Effect::Relabel(language) => self.tray.relabel(&self.app, language),
            Effect::Notify(notification) => notifications::show(&self.app, self.language(), &notification),
            Effect::ChooseFile => notifications::choose_organisation(&self.app, self.language(), self.events.clone()),
            Effect::SaveReceipt { name, page } => {
                receipt_file::save(&self.app, self.language(), &name, page, self.events.clone());
            }
            Effect::SaveSettings(settings) => self.saved(self.folder.save_settings(&settings)),
            Effect::SaveKnown(known) => self.saved(self.folder.save_known(&known)),
            Effect::SaveOrganisation(file) => self.saved(self.folder.save_organisation(&file)),
            Effect::SaveRevocations(list) => self.saved(self.folder.save_revocations(&list)),
            Effect::SaveToken(token) => self.saved(self.folder.save_token(token.as_ref())),
            Effect::Emit(view) => self.emit(*view),
            Effect::Exit => self.exit(),
        }
    }

    fn language(&self) -> renfort_protocol::ticket::Language {
        self.view.borrow().language
    }

    fn emit(&self, view: View) {
        if let Err(error) = self.app.emit(VIEW, &view) {
            tracing::warn!(%error, "a view reaches no window");
        }
        self.view.send_replace(view);
    }

    fn exit(&self) {
        let app = self.app.clone();
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(FAREWELL).await;
            app.exit(0);
        });
    }

    async fn tell_link(&mut self, command: LinkCommand) {
        loop {
            tokio::select! {
                permit = self.link.reserve() => {
                    match permit {
                        Ok(permit) => permit.send(command),
                        Err(_) => tracing::error!("the link has ended"),
                    }
                    return;
                }
                Some(event) = self.inbox.recv(), if self.backlog.len() < BACKLOG => self.backlog.push_back(event),
            }
        }
    }

    fn saved(&mut self, result: Result<(), StoreError>) {
        if let Err(error) = result {
            tracing::error!(%error, "not kept");
            let file = match &error {
                StoreError::Io { file, .. } => file.clone(),
                other => other.to_string(),
            };
            self.backlog
                .push_back(Event::Fault(WireError::from(Code::StoreFailed).with("file", file)));
        }
    }

    fn start_sharer(&mut self, id: SessionId, grant: Grant, policy: Policy, seal: Seal) {
        let setup = SharerSetup {
            grant,
            policy,
            seal,
            ice_servers: Vec::new(),
        };
        let handle = sharer::start(setup, self.media.sharer(), self.clock.clone());
        self.stop.put(Some(handle.stop_switch()));
        let SharerHandle { commands, events, .. } = handle;
        self.sharer = Some((id, commands));
        let ended = |event: &SharerEvent| matches!(event, SharerEvent::Ended { .. });
        let broken = SharerEvent::Ended {
            reason: EndReason::Failed,
            error: Some(defect("the sharer ended silently")),
        };
        forward(
            events,
            self.events.clone(),
            move |event| Some(Event::Sharer(id, event)),
            ended,
            broken,
        );
    }

    fn tell_sharer(&mut self, session: SessionId, command: SharerCommand) {
        let Some((_, commands)) = self.sharer.as_ref().filter(|(id, _)| *id == session) else {
            return;
        };
        if let Err(mpsc::error::TrySendError::Full(_)) = commands.try_send(command) {
            // It takes nothing any more; whatever the person wanted of it, this is the safe answer.
            tracing::error!("the sharer is stuck and is stopped");
            self.stop.stop();
        }
    }

    fn start_viewer(&mut self, id: SessionId, grant: Grant, seal: Seal) {
        let setup = ViewerSetup {
            grant,
            seal,
            granted_at: self.clock.now(),
            ice_servers: Vec::new(),
        };
        let handle = viewer::start(setup, self.media.viewer(self.pictures.begin()), self.clock.clone());
        self.pictures.take_input(handle.input());
        let ViewerHandle { commands, events, .. } = handle;
        self.viewer = Some((id, commands));
        let ended = |event: &ViewerEvent| matches!(event, ViewerEvent::Ended { .. });
        let broken = ViewerEvent::Ended {
            reason: EndReason::Failed,
            error: Some(defect("the viewer ended silently")),
        };
        let pictures = self.pictures.clone();
        let translate = move |event| {
            match event {
                // The short way: a pointer that moves changes nothing but the picture, sixty times a second.
                ViewerEvent::Pointer { x, y } => pictures.pointer(x, y),
                ViewerEvent::Cursor(cursor) => pictures.cursor(cursor),
                event => {
                    match &event {
                        ViewerEvent::Ended { .. } => pictures.end(),
                        // At once: the page would hide it only when it comes to that.
                        ViewerEvent::Withdrawn { capability, .. } if *capability == Capability::View => {
                            pictures.hide(true)
                        }
                        ViewerEvent::Granted(grant) => pictures.hide(!grant.capabilities.contains(&Capability::View)),
                        _ => {}
                    }
                    return Some(Event::Viewer(id, event));
                }
            }
            None
        };
        forward(events, self.events.clone(), translate, ended, broken);
    }

    fn tell_viewer(&mut self, session: SessionId, command: ViewerCommand) {
        let Some((_, commands)) = self.viewer.as_ref().filter(|(id, _)| *id == session) else {
            return;
        };
        if let Err(mpsc::error::TrySendError::Full(_)) = commands.try_send(command) {
            tracing::error!("the viewer is stuck and is left");
            self.viewer = None;
        }
    }

    fn show_banner(&mut self, shown: bool) {
        if shown {
            if let Err(error) = windows::open_banner(&self.app, self.folder.path()) {
                tracing::error!(%error, "without its banner a session does not go on");
                self.stop.stop();
                self.backlog
                    .push_back(Event::Fault(defect("the banner cannot be shown")));
            }
        } else {
            windows::close_banner(&self.app);
        }
        self.hear_shortcut(shown);
    }

    /// Not on this task: both the beginning and the end of it wait for the X server, which any program can hold.
    fn hear_shortcut(&mut self, wanted: bool) {
        let (before, app) = (self.shortcut.take(), self.app.clone());
        self.shortcut = Some(tauri::async_runtime::spawn(async move {
            let before = match before {
                Some(before) => before.await.ok().flatten(),
                None => None,
            };
            let after = spawn_blocking(move || {
                // Who holds one lets go of it first: it would be taken.
                drop(before);
                if wanted { shortcut::listen(&app) } else { None }
            });
            after
                .await
                .inspect_err(|error| tracing::error!(%error, "the stop shortcut failed"))
                .ok()
                .flatten()
        }));
    }
}

fn defect(detail: &str) -> WireError {
    WireError::from(Code::Internal).with("detail", detail)
}

/// Passes a peer's events on until its last, but for those that `translate` takes itself; a peer that goes without one is given
/// one.
fn forward<E: Send + 'static>(
    mut events: mpsc::Receiver<E>,
    to: mpsc::Sender<Event>,
    translate: impl Fn(E) -> Option<Event> + Send + 'static,
    is_last: fn(&E) -> bool,
    broken: E,
) {
    tauri::async_runtime::spawn(async move {
        while let Some(event) = events.recv().await {
            let last = is_last(&event);
            let Some(event) = translate(event) else { continue };
            if to.send(event).await.is_err() || last {
                return;
            }
        }
        if let Some(event) = translate(broken) {
            // A controller that is gone needs no last event.
            let _ = to.send(event).await;
        }
    });
}
