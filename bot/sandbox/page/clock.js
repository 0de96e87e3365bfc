// The strip at the top: the demo's time, and ways to let it pass.

import { el, fill, icon } from "./dom.js";
import { Refusal, post } from "./net.js";
import { toast } from "./popups.js";
import { now, setClock, store, viewer } from "./store.js";
import { brief, city, dayKey, hour, second, span } from "./times.js";

const strip = document.getElementById("clock");
const UTC = { language: "en", zone: "UTC" };
let busy = false;

async function move(body, button) {
  if (busy) return;
  busy = true;
  button.setAttribute("aria-busy", "true");
  try {
    setClock(await post("clock", { as: store.me.id, ...body }));
    tickClock();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, "bad");
  } finally {
    busy = false;
    button.removeAttribute("aria-busy");
  }
}

const key = (label, title, body, props = {}) => el("button", {
  type: "button", class: "button small", title, ...props,
  on: { click: (event) => move(body, event.currentTarget) },
}, label);

export function showClock() {
  strip.hidden = !store.clock.steerable;
  document.getElementById("app").classList.toggle("clockless", strip.hidden);
  if (strip.hidden || strip.childElementCount) { tickClock(); return; }
  fill(strip,
    el("span", { class: "clock-face" }, icon("clock", 16),
      el("time", { class: "clock-utc" }), el("span", { class: "clock-local" })),
    el("span", { class: "clock-due" }),
    el("span", { class: "clock-keys", role: "group", "aria-label": "Let time pass" },
      key("+1 min", "Let one minute pass", { seconds: 60 }),
      key("+1 h", "Let one hour pass", { seconds: 3600 }),
      key([el("span", { class: "long" }, "To the next delivery"), el("span", { class: "short" }, "Next")],
        "Let time pass until the next delivery is due", { to: "next" },
        { class: "button small main", id: "to-next", "aria-label": "To the next delivery" })));
  tickClock();
}

export function tickClock() {
  if (strip.hidden || !strip.childElementCount || !store.ready) return;
  const at = now();
  const due = store.clock.due;
  strip.querySelector(".clock-utc").textContent = `${second(at, UTC)} UTC`;
  const me = viewer();
  strip.querySelector(".clock-local").textContent =
    `${brief(at, me)}, ${hour(at, me)} ${city(me.zone)}`;
  const line = strip.querySelector(".clock-due");
  line.textContent = due === null || due === undefined ? "Nothing is due yet"
    : due <= at ? "Due now"
      : `Next at ${dayKey(due, me) === dayKey(at, me) ? "" : `${brief(due, me)}, `}${hour(due, me)}, in ${span(due - at)}`;
  strip.querySelector("#to-next").disabled = due === null || due === undefined;
}
