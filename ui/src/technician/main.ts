/** The technician's page in a browser, entry of `technician.html`: the app's own pages on a host of the browser's. */
import { mount } from "svelte";
import "../design/tokens.css";
import "../design/base.css";
import { version } from "../../package.json";
import App from "../desktop/App.svelte";
import { BrowserHost } from "../host/browser";
import { language, preferredLanguage } from "../i18n";
import { missingParts } from "./missing";
import { organisationServed } from "./organisation";
import Unsupported from "./Unsupported.svelte";

async function open(target: HTMLElement): Promise<void> {
  language.set(preferredLanguage(navigator.languages));
  const [organisation, missing] = await Promise.all([organisationServed(), missingParts()]);
  if (missing.length > 0) {
    mount(Unsupported, { target, props: { missing } });
    return;
  }
  const host = new BrowserHost(organisation, version);
  mount(App, { target, props: { host } });
}

const target = document.getElementById("app");
if (target === null) throw new Error("technician.html has no #app");
void open(target);
