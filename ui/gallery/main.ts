/**
 * Every page with sample data, for looking at: `gallery/?page=home&language=fr&theme=dark`. Only the development server
 * serves it; it is no entry of the build.
 */
import { mount } from "svelte";
import Banner from "../src/banner/Banner.svelte";
import "../src/design/base.css";
import "../src/design/tokens.css";
import App from "../src/desktop/App.svelte";
import type { Language } from "../src/generated/protocol";
import { FakeHost } from "../src/host/fake";
import { loopbackPicture } from "../src/host/loopback";
import { samples } from "../src/host/samples";
import { FakePicture } from "./picture";

const parameters = new URLSearchParams(location.search);
const name = (parameters.get("page") ?? "home") as keyof typeof samples;
const language: Language = parameters.get("language") === "fr" ? "fr" : "en";
const theme = parameters.get("theme") === "dark" ? "dark" : "light";

const host = new FakeHost({ ...samples[name](language), theme });
host.picture = (canvas, events) => loopbackPicture(() => Promise.resolve({ url: "ws://127.0.0.1:1/", token: "", surface: false }), canvas, events);
window.WebSocket = FakePicture as unknown as typeof WebSocket;
const target = document.getElementById("app");
if (target) mount(parameters.has("banner") ? Banner : App, { target, props: { host } });
