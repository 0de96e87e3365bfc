// About a chat: who is in it, and what the acting person can do there. The server says what.

import { avatar, el } from "./dom.js";
import { ask, dialog, toast } from "./popups.js";
import { chat, store } from "./store.js";
import { city } from "./times.js";

const STANDING = { creator: "owner", administrator: "admin", member: "member", restricted: "restricted" };

export function aboutChat(acts, act) {
  const here = chat();
  if (!here) return;
  let close = () => {};
  const run = async (action) => {
    close();
    const go = async (more = {}) => {
      const done = await act("member", { chat: here.id, do: action.do, person: action.person, ...more });
      if (done !== null && action.done) toast(action.done);
    };
    if (action.words) prompt(action.label, action.words, go);
    else if (action.sure) ask(action.label, action.sure, [{ label: action.label, danger: true, act: () => go() }, { label: "Cancel", main: true }]);
    else await go();
  };
  const buttons = here.actions.map((action) => el("button", {
    type: "button", class: `button${action.danger ? " danger" : ""}`, data: { do: action.do },
    on: { click: () => run(action) },
  }, action.label));
  close = dialog(here.title, [
    here.kind === "private" ? bot() : null,
    here.description ? el("p", { class: "words", dir: "auto" }, here.description) : null,
    here.kind === "private" ? null : el("ul", { class: "members" }, here.members.map((one) => el("li", {},
      avatar(one.id, one.name, one.bot ? "robot" : ""),
      el("span", {}, el("strong", {}, one.name), el("small", {},
        [STANDING[one.status] ?? one.status, one.bot ? "bot" : note(one.id)].filter(Boolean).join(" · "))),
      one.actions.map((action) => el("button", {
        type: "button", class: `button small${action.danger ? " danger" : ""}`, "aria-label": `${action.label}: ${one.name}`,
        on: { click: () => run({ ...action, person: one.id }) },
      }, action.label))))),
    buttons.length ? el("div", { class: "choices" }, buttons) : null,
  ]);
}

const bot = () => [
  el("p", { class: "words" }, store.bot.about || store.bot.description || "A bot."),
  el("p", { class: "words faint" }, `@${store.bot.username} · t.me/${store.bot.username}`),
];

function note(id) {
  const person = store.people.find((one) => one.id === id);
  return person ? city(person.zone) : "";
}

function prompt(title, label, act) {
  const field = el("input", { type: "text", class: "field", maxlength: "128", "aria-label": label, placeholder: label, autofocus: true });
  const close = dialog(title, el("form", {
    on: {
      submit: (event) => {
        event.preventDefault();
        const words = field.value.trim();
        if (!words) return;
        close();
        act({ words });
      },
    },
  }, field, el("div", { class: "choices" }, el("button", { type: "submit", class: "button main" }, title))));
  field.focus();
}
