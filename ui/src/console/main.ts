/** The supervisor's console, entry of `console.html`. */
import "../design/tokens.css";
import "../design/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { fetchApi } from "./api.fetch";
import { restorePreferences } from "./preferences.svelte";

restorePreferences();
document.documentElement.dataset.density = "dense";
const target = document.getElementById("app");
if (target === null) throw new Error("console.html has no #app");
mount(App, { target, props: { api: fetchApi() } });
