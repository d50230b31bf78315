/**
 * The desktop app's host: commands and events of its shell. The only file that imports the shell's JavaScript API.
 */
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import type { PictureAddress, View } from "../generated/host";
import { desktopPlace, type Host } from "./index";
import { loopbackPicture } from "./loopback";

/** Resolved when the last listener hears: a view asked for before that could be older than a change nobody heard. */
let listening: Promise<unknown> = Promise.resolve();

export const desktopHost: Host = {
  place: { ...desktopPlace, zoom: (factor) => getCurrentWebview().setZoom(factor) },
  view: async () => {
    await listening;
    return invoke<View>("view");
  },
  onView(changed) {
    let stopped = false;
    let unlisten: (() => void) | undefined;
    listening = listen<View>("view", (event) => changed(event.payload)).then((stop) => {
      if (stopped) stop();
      else unlisten = stop;
    });
    return () => {
      stopped = true;
      unlisten?.();
    };
  },
  act: (action) => invoke("act", { action }),
  openPicture: (canvas, events) => loopbackPicture(() => invoke<PictureAddress>("open_picture"), canvas, events),
};
