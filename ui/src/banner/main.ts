/** The banner: a small window above all others while somebody sees the screen. */
import { mount } from "svelte";
import "../design/tokens.css";
import "../design/base.css";
import { desktopHost } from "../host/desktop";
import { language, preferredLanguage } from "../i18n";
import Banner from "./Banner.svelte";

language.set(preferredLanguage(navigator.languages));
const target = document.getElementById("app");
if (target) mount(Banner, { target, props: { host: desktopHost } });
