//! The app as the desktop sees it: windows, tray, notifications, commands. Everything that knows Tauri.
//!
//! Flow: [`run`] builds the app; its setup opens the data folder and starts the [`driver`], which owns the controller
//! and carries its effects out. Commands, tray, windows and signals only send [`Event`]s.
//!
//! Invariant: nothing in here decides anything; it asks the controller.

mod commands;
mod driver;
mod links;
mod media;
mod notifications;
mod receipt_file;
#[cfg_attr(not(target_os = "linux"), path = "shortcut_plugin.rs")]
mod shortcut;
#[cfg(target_os = "linux")]
pub(crate) mod surface;
mod tray;
mod windows;
mod words;

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use renfort_engine::{clock::Clock, sharer::StopSwitch};
use renfort_protocol::{
    error::{Code, WireError},
    organisation::LINK_PREFIX,
    ticket::Language,
};
use tauri::{App, AppHandle, Manager as _, RunEvent, WindowEvent};
use tokio::sync::{mpsc, watch};

use crate::{
    arguments::Arguments,
    controller::{Controller, Event, Profile},
    picture_socket::PictureSocket,
    relay_link::{self, LinkEvent, Trust},
    stated,
    store::{DataFolder, Stored},
    view::View,
};
use driver::Driver;

/// Events that wait for the controller. When full, the link, the sharer and the viewer wait; a click is refused with
/// [`Code::Busy`].
const EVENTS: usize = 1_024;

/// What commands and windows need of the running app.
struct Running {
    events: mpsc::Sender<Event>,
    view: watch::Receiver<View>,
    pictures: PictureSocket,
    stop: StopSlot,
}

impl Running {
    /// Hands an event to the controller without waiting.
    fn send(&self, event: Event) -> Result<(), WireError> {
        self.events.try_send(event).map_err(|_| Code::Busy.into())
    }
}

/// The running sharer's switch, for whoever stops it without asking the controller.
#[derive(Clone, Default)]
struct StopSlot(Arc<Mutex<Option<StopSwitch>>>);

impl StopSlot {
    fn put(&self, switch: Option<StopSwitch>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = switch;
    }

    /// At once, on this machine.
    fn stop(&self) {
        if let Some(switch) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            switch.stop();
        }
    }
}

/// Runs the app until it ends.
///
/// # Errors
/// When it cannot start: no display, or a data folder that cannot be used.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    // Tauri would panic.
    #[cfg(target_os = "linux")]
    gtk::init().context("there is no display to open a window on")?;
    let mut builder = tauri::Builder::default();
    if arguments.data.is_none() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            second_start(app, &arguments)
        }));
    }
    let app = builder
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .invoke_handler(tauri::generate_handler![
            commands::view,
            commands::act,
            commands::open_picture
        ])
        .build(tauri::generate_context!())
        .context("the app cannot be built")?;
    // Not as Tauri's own set-up, which panics on an error. A second start has ended by now.
    set_up(&app, &arguments)?;
    app.run(|app, event| match event {
        RunEvent::WindowEvent {
            label,
            event: WindowEvent::CloseRequested { api, .. },
            ..
        } => {
            api.prevent_close();
            if label == windows::MAIN {
                tell(app, Event::CloseRequested);
            }
        }
        RunEvent::ExitRequested { api, code: None, .. } => {
            api.prevent_exit();
            tell(app, Event::Quit);
        }
        _ => {}
    });
    Ok(())
}

/// To the controller; an app that is so busy that this is lost will be clicked again.
fn tell(app: &AppHandle, event: Event) {
    if let Some(running) = app.try_state::<Running>()
        && running.send(event).is_err()
    {
        tracing::warn!("the controller is too busy for an event of the desktop");
    }
}

/// The stop shortcut was pressed: at once, and the controller hears of it afterwards.
fn stop_by_shortcut(app: &AppHandle) {
    if let Some(running) = app.try_state::<Running>() {
        running.stop.stop();
    }
    tell(app, Event::StopShortcut);
}

/// The program was started again by the same person: show the window, and take what the start carried.
fn second_start(app: &AppHandle, arguments: &[String]) {
    windows::raise(app);
    if let Some(link) = arguments.iter().find(|argument| argument.starts_with(LINK_PREFIX)) {
        tell(app, Event::Offered(link.clone().into_bytes()));
    }
}

fn set_up(app: &App, arguments: &Arguments) -> anyhow::Result<()> {
    let path = match &arguments.data {
        Some(path) => path.clone(),
        None => DataFolder::default_path()?,
    };
    let folder = DataFolder::open(&path)?;
    let stored = folder.load()?;
    let imports = arguments.imports().context("the organisation file cannot be read")?;
    let (profile, device, damaged) = profile(stored, arguments);

    let handle = app.handle().clone();
    let side = windows::Side::of(profile.settings.technician);
    windows::open_main(&handle, side, folder.path())?;
    let tray = tray::Tray::open(
        &handle,
        profile.settings.language.unwrap_or(profile.desktop_language),
        side,
    );
    say_if_not_built(&handle);

    let (events, inbox) = mpsc::channel(EVENTS);
    let runtime = tauri::async_runtime::handle();
    let pictures = runtime
        .block_on(PictureSocket::listen())
        .context("no local port for the picture")?;
    #[cfg(target_os = "linux")]
    if let Some(main) = handle.get_webview_window(windows::MAIN) {
        surface::paint(&main, pictures.paint())?;
    }
    let link = {
        let _inside = runtime.inner().enter();
        relay_link::spawn(Arc::new(device), Trust::of_the_system(), link_events(events.clone()))
    };
    let controller = Controller::new(profile);
    let (view_sender, view) = watch::channel(controller.view());
    let stop = StopSlot::default();
    #[cfg(feature = "bench-hooks")]
    if let Some(part) = &arguments.part {
        let app = handle.clone();
        crate::bench_hooks::start(part, view.clone(), events.clone(), move || windows::fill_screen(&app))?;
    }
    app.manage(Running {
        events: events.clone(),
        view,
        pictures: pictures.clone(),
        stop: stop.clone(),
    });
    for file in damaged {
        events.try_send(Event::Fault(WireError::from(Code::StoreFailed).with("file", file)))?;
    }
    for content in imports {
        events.try_send(Event::Import(content))?;
    }
    if let Some(link) = &arguments.link {
        events.try_send(Event::Offered(link.clone().into_bytes()))?;
    }
    // A folder of one's own is for trying things out: the person's desktop is left as it is.
    if arguments.data.is_none() {
        links::register(&handle);
    }
    let driver = Driver {
        app: handle,
        controller,
        clock: Clock::system(),
        folder,
        link,
        inbox,
        events: events.clone(),
        backlog: Default::default(),
        pictures,
        media: media::Media {
            capture: arguments.capture.into(),
        },
        view: view_sender,
        stop,
        tray,
        shortcut: None,
        sharer: None,
        viewer: None,
    };
    tauri::async_runtime::spawn(driver.run());
    tauri::async_runtime::spawn(end_on_signal(events));
    Ok(())
}

fn profile(stored: Stored, arguments: &Arguments) -> (Profile, crate::store::DevicePair, Vec<&'static str>) {
    let Stored {
        mut settings,
        organisation,
        known,
        revocations,
        token,
        device,
        damaged,
    } = stored;
    settings.technician |= arguments.technician;
    #[cfg(feature = "bench-hooks")]
    if let Some(part) = &arguments.part {
        settings.technician = matches!(part, crate::bench_hooks::Part::Technician { .. });
    }
    if let Some(language) = arguments.language {
        settings.language = Some(language.into());
    }
    let profile = Profile {
        settings,
        organisation,
        known,
        revocations,
        device: device.clone(),
        token,
        by_the_system: stated::by_the_system(),
        desktop_language: desktop_language(),
    };
    (profile, device, damaged)
}

fn desktop_language() -> Language {
    let french = sys_locale::get_locale().is_some_and(|locale| locale.to_lowercase().starts_with("fr"));
    if french { Language::Fr } else { Language::En }
}

/// The link's events as the controller's.
fn link_events(events: mpsc::Sender<Event>) -> mpsc::Sender<(u32, LinkEvent)> {
    let (sender, mut inbox) = mpsc::channel::<(u32, LinkEvent)>(1);
    tokio::spawn(async move {
        while let Some((epoch, event)) = inbox.recv().await {
            if events.send(Event::Link(epoch, event)).await.is_err() {
                return;
            }
        }
    });
    sender
}

/// Whoever runs this in a terminal ends it there; a session is stopped as by *Quit*.
async fn end_on_signal(events: mpsc::Sender<Event>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
    let _ = events.send(Event::Quit).await;
}

fn say_if_not_built(app: &AppHandle) {
    let page = app.asset_resolver().get("index.html".to_owned());
    if page.is_none_or(|page| page.bytes().windows(9).any(|bytes| bytes == b"not-built")) {
        tracing::error!("this program was compiled without its interface: build ui/ first, then compile it again");
    }
}
