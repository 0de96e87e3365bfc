// What lies over the page: menus, dialogs, toasts. Each closes with Esc and gives the focus back.

import { avatar, el, icon, tool } from "./dom.js";

let open = null;

/** A menu beside `anchor`; `items` are `{label, icon, danger, act}`. */
export function menu(anchor, items) {
  dismiss();
  const list = el("div", { class: "menu", role: "menu" }, items.map((item) => el("button", {
    type: "button", role: "menuitem", tabindex: "-1", class: item.danger ? "danger" : "",
    on: { click: () => { dismiss(); item.act(); } },
  }, icon(item.icon ?? "info", 18), item.label)));
  document.body.append(list);
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = list;
  const left = Math.min(Math.max(8, box.right - width), innerWidth - width - 8);
  const top = box.bottom + height + 8 > innerHeight ? Math.max(8, box.top - height - 4) : box.bottom + 4;
  list.style.left = `${left}px`;
  list.style.top = `${top}px`;
  anchor.setAttribute("aria-expanded", "true");
  const outside = (event) => { if (!list.contains(event.target)) dismiss(false); };
  const keys = (event) => {
    const all = [...list.children];
    const at = all.indexOf(document.activeElement);
    const go = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (go !== undefined) {
      event.preventDefault();
      all[(go + all.length) % all.length].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      dismiss();
    }
  };
  list.addEventListener("keydown", keys);
  setTimeout(() => document.addEventListener("pointerdown", outside), 0);
  open = { anchor, list, outside };
  list.firstChild?.focus();
}

function dismiss(back = true) {
  if (!open) return;
  document.removeEventListener("pointerdown", open.outside);
  open.list.remove();
  open.anchor.setAttribute("aria-expanded", "false");
  if (back && open.anchor.isConnected) open.anchor.focus();
  open = null;
}

/** A dialog; the browser keeps the focus inside and closes it with Esc. Returns its close. */
export function dialog(title, body, { plain = false, wide = false } = {}) {
  const close = () => box.close();
  const box = el("dialog", {
    class: `dialog${wide ? " wide" : ""}${plain ? " plain" : ""}`, "aria-label": title,
    on: {
      close: () => box.remove(),
      click: (event) => { if (event.target === box) box.close(); },
    },
  }, el("div", { class: "dialog-body" },
    el("header", {}, el("h2", {}, title), tool("close", "Close", close)), body));
  document.body.append(box);
  box.showModal();
  return close;
}

/** Words and buttons; `choices` are `{label, main, danger, act}`. */
export function ask(title, words, choices) {
  const row = el("div", { class: "choices" });
  const close = dialog(title, [words ? el("p", { class: "words" }, words) : null, row]);
  for (const choice of choices) {
    row.append(el("button", {
      type: "button", class: `button${choice.main ? " main" : ""}${choice.danger ? " danger" : ""}`,
      autofocus: choice.main, on: { click: () => { close(); choice.act?.(); } },
    }, choice.label));
  }
  (row.querySelector(".main") ?? row.firstChild)?.focus();
}

/** A list to choose from; `rows` are `{id, name, note, act}`. */
export function choose(title, rows, empty) {
  const close = dialog(title, rows.length === 0 ? el("p", { class: "words" }, empty)
    : el("div", { class: "pick" }, rows.map((row) => el("button", {
      type: "button", on: { click: () => { close(); row.act(); } },
    }, row.id === undefined ? icon(row.icon ?? "pin") : avatar(row.id, row.name, row.kind ?? ""),
    el("span", {}, el("strong", {}, row.name), row.note ? el("small", {}, row.note) : null)))));
}

/** A line that goes away by itself. It is said to a screen reader too. */
export function toast(words, kind = "") {
  const host = document.getElementById("toasts");
  const node = el("p", { class: `toast ${kind}`.trim() }, words);
  while (host.children.length > 2) host.firstChild.remove();
  host.append(node);
  setTimeout(() => node.remove(), Math.min(9000, 2600 + words.length * 45));
}

/** A picture in full. */
export function enlarge(url, alt) {
  dialog("Picture", el("img", { src: url, alt, class: "full" }), { wide: true });
}

/** Put text on the clipboard, also where the page may not use the newer way. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = el("textarea", { class: "unseen" });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (!done) {
      toast("The browser does not let this page copy.", "bad");
      return;
    }
  }
  toast("Copied.");
}
