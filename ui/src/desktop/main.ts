/** The app's main window. */
import { mount } from "svelte";
import "../design/tokens.css";
import "../design/base.css";
import { desktopHost } from "../host/desktop";
import { language, preferredLanguage } from "../i18n";
import App from "./App.svelte";

language.set(preferredLanguage(navigator.languages));
const target = document.getElementById("app");
if (target) mount(App, { target, props: { host: desktopHost } });
