// The writing row: text, the `/` menu, inline results, replies and edits, reply keyboards.

import { el, fill, icon, narrow, tool } from "./dom.js";
import { author, chat, gist, store } from "./store.js";
import { Hints } from "./hints.js";

let acts = null;
let shownFor = null;
let entry = null;
let aim = null;       // { kind: "reply" | "edit", message }
let hints = null;
let keysHidden = false;

const host = () => document.getElementById("writing");
const bot = () => store.bot.username;

/** The writing row for the open chat, or what stands in its place. */
export function showComposer(given) {
  acts = given;
  const here = chat();
  if (!here || !host()) return;
  const key = `${store.me.id}|${here.id}`;
  if (shownFor !== key) { aim = null; keysHidden = false; }
  shownFor = key;
  const had = host().contains(document.activeElement) ? document.activeElement.id : null;
  const words = entry?.isConnected ? entry.value : null;
  if (words !== null && entry.dataset.key === key) store.drafts.set(key, words);
  const bar = stead(here);
  if (bar) {
    hints?.close();
    entry = null;
    fill(host(), bar);
    if (had) host().querySelector("button")?.focus();
    return;
  }
  build(here, key);
  // START and its like are gone once pressed: one writes on from there.
  if (had) (document.getElementById(had) ?? entry).focus();
  // Who is in the middle of a word goes on being offered what fits.
  if (had === "entry" && entry.value && aim?.kind !== "edit") hints.look(entry.value, here);
}

/** Where one cannot write: what one can do instead. */
function stead(here) {
  const wide = (id, label, act) => el("button", { type: "button", id, class: "button main wide", on: { click: act } }, label);
  if (store.offer && here.kind === "private") {
    return wide("start", "START", () => acts.start(store.offer));
  }
  if (here.kind === "private") {
    if (here.blocked) return wide("unblock", "Unblock the bot", () => acts.member("unblock"));
    if (here.messages.length === 0) return wide("start", "START", () => acts.start(""));
    return null;
  }
  if (here.can_join) return wide("join", here.kind === "channel" ? "Join the channel" : "Join the group", () => acts.member("join"));
  if (!here.can_write) {
    return el("p", { class: "closed" }, here.kind === "channel" ? "Only its administrators write in this channel." : "You cannot write here.");
  }
  return null;
}

function build(here, key) {
  entry = el("textarea", {
    id: "entry", rows: "1", dir: "auto", data: { key }, "aria-label": `Message to ${here.title}`,
    autocomplete: "off", enterkeyhint: "send", "aria-autocomplete": "list", placeholder: invitation(here),
    on: { input: changed, keydown: pressed, paste: () => setTimeout(grow, 0) },
  });
  entry.value = store.drafts.get(key) ?? "";
  const panel = el("div", { class: "hints", id: "hints", role: "listbox", "aria-label": "Suggestions", hidden: true });
  hints?.close();
  hints = new Hints(panel, entry, {
    post: acts.inlineAsk, command: sendCommand, name: () => put(`@${bot()} `),
    result: (query, result) => { write(""); acts.inlineChoose(query, result); },
    start: (payload) => { write(""); acts.start(payload); },
  });
  fill(host(), panel, el("div", { class: "aim", id: "aim", hidden: true }),
    el("form", { class: "row-write", on: { submit: (event) => { event.preventDefault(); send(); } } },
      tool("pin", "Send a location", () => acts.location(), { id: "place" }),
      tool("slash", "Show the commands", () => put(entry.value === "/" ? "" : "/"), { id: "commands", class: "slash" }),
      entry,
      hasKeys(here) ? tool("keys", "Show or hide the bot's keyboard", () => { keysHidden = !keysHidden; showComposer(acts); }, { id: "keys-turn" }) : null,
      el("button", { type: "submit", class: "tool send", "aria-label": "Send", title: "Send (Enter)" }, icon("send"))),
    hasKeys(here) && !keysHidden ? replyKeys(here.keyboard) : null);
  if (!aim && here.force) {
    const message = here.messages.find((one) => one.message_id === here.force.message_id);
    if (message) aim = { kind: "reply", message, forced: true };
  }
  showAim();
  grow();
}

const hasKeys = (here) => Boolean(here.keyboard?.keyboard?.length);

const invitation = (here) => here.force?.placeholder || here.keyboard?.input_field_placeholder
  || (here.kind === "channel" ? "Post in the channel" : "Write a message");

function replyKeys(markup) {
  return el("div", { class: "reply-keys", role: "group", "aria-label": "The bot's keyboard" },
    markup.keyboard.map((row, y) => el("div", { class: "keys-row" }, row.map((button, x) => {
      const label = typeof button === "string" ? button : button.text;
      return el("button", { type: "button", class: "key", on: {
        click: () => {
          if (markup.one_time_keyboard) { keysHidden = true; }
          acts.pressReply(markup.message_id, y, x, typeof button === "string" ? {} : button);
          if (markup.one_time_keyboard) showComposer(acts);
        },
      } }, label);
    }))));
}

function showAim() {
  const bar = document.getElementById("aim");
  if (!bar) return;
  bar.hidden = !aim;
  if (!aim) return;
  const edit = aim.kind === "edit";
  fill(bar, icon(edit ? "edit" : "reply", 18), el("span", { class: "aim-words" },
    el("strong", {}, edit ? "Editing" : `Reply to ${author(aim.message)}`),
    el("span", {}, gist(aim.message).replace(/\s+/g, " ").slice(0, 120))),
  tool("close", edit ? "Stop editing" : "Do not reply", () => { drop(); entry.focus(); }));
}

function drop() {
  const edit = aim?.kind === "edit";
  aim = null;
  showAim();
  if (edit) write("");
}

export function reply(message) {
  if (!entry) return;
  if (aim?.kind === "edit") write("");
  aim = { kind: "reply", message };
  showAim();
  entry.focus();
}

export function edit(message) {
  if (!entry || message.text === undefined) return;
  aim = { kind: "edit", message };
  showAim();
  write(message.text);
  entry.focus();
}

/** Put words into the row as if typed, with their suggestions. */
export function put(words) {
  if (!entry) return;
  write(words);
  entry.focus();
  hints.look(words, chat());
}

/** The bot asks for an answer to its message: aim at it at once. */
export function forced() {
  const here = chat();
  if (!entry || !here?.force || aim) return;
  const message = here.messages.find((one) => one.message_id === here.force.message_id);
  if (!message) return;
  aim = { kind: "reply", message, forced: true };
  entry.placeholder = invitation(here);
  showAim();
}

function write(words) {
  if (!entry) return;
  entry.value = words;
  entry.setSelectionRange(words.length, words.length);
  store.drafts.set(entry.dataset.key, words);
  hints?.close();
  grow();
}

function grow() {
  if (!entry) return;
  entry.style.height = "auto";
  entry.style.height = `${Math.min(entry.scrollHeight, 168)}px`;
}

function changed() {
  store.drafts.set(entry.dataset.key, entry.value);
  grow();
  if (aim?.kind !== "edit") hints.look(entry.value, chat());
}

function sendCommand(name, only) {
  const full = `/${name}${chat().kind === "private" ? "" : `@${bot()}`}`;
  if (only) { put(`${full} `); return; }
  write("");
  acts.say(full, aim?.kind === "reply" ? aim.message.message_id : null);
  aim = null;
  showAim();
}

async function send() {
  const words = entry.value.trim();
  if (!words) return;
  const was = aim;
  const field = entry;
  if (was?.kind === "edit") {
    if (words !== was.message.text && !await acts.edit(was.message.message_id, words)) return;
    drop();
  } else {
    write("");
    aim = null;
    showAim();
    if (!await acts.say(words, was?.message.message_id ?? null)) {
      // Refused words are not lost.
      if (entry && !entry.value) { write(words); aim = was; showAim(); }
      return;
    }
  }
  if (!narrow() || document.activeElement === field) entry?.focus();
}

function pressed(event) {
  if (event.isComposing) return;
  if (hints.key(event)) return;
  if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape" && aim) {
    event.preventDefault();
    event.stopPropagation();
    drop();
  } else if (event.key === "ArrowUp" && !entry.value && !event.shiftKey) {
    const own = chat().messages.filter((one) => one.from?.id === store.me.id && !one.sender_chat
      && one.text !== undefined && !one.via_bot && acts.inTopic(one)).at(-1);
    if (own) { event.preventDefault(); edit(own); }
  }
}

export const focusEntry = () => {
  const node = entry?.isConnected ? entry : host()?.querySelector("button");
  if (node && !(narrow() && node === entry)) node.focus({ preventScroll: true });
};

/** What a thing that is not typed answers; the aim is spent by it. */
export function answering() {
  if (aim?.kind !== "reply") return {};
  const found = { reply: aim.message.message_id };
  drop();
  return found;
}

/** An answer to an inline query has come. */
export const results = (answer) => hints?.results(answer);
