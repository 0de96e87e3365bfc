// What the page knows: one person's view of the world, and what is being written.

export const store = {
  ready: false,
  me: null,
  bot: null,
  people: [],
  cities: [],
  chats: new Map(),
  clock: { now: 0, at: 0, due: null, steerable: false },
  here: null,        // the open chat's id
  topics: new Map(), // chat id -> the topic shown; 0 is General
  drafts: new Map(), // chat id -> text not sent yet
};

export function take(state) {
  store.me = state.people.find((one) => one.id === state.me) ?? null;
  store.bot = state.bot;
  store.people = state.people;
  store.cities = state.cities;
  store.chats = new Map(state.chats.map((chat) => [chat.id, { ...chat, typing: 0 }]));
  setClock(state.clock);
  store.ready = true;
}

export function setClock(clock) {
  store.clock = { ...store.clock, ...clock, at: performance.now() };
}

/** The demo's time in Unix seconds: it runs on between the server's words. */
export const now = () => store.clock.now + (performance.now() - store.clock.at) / 1000;

/** Who looks: language and zone of the acting person, for every moment that is shown. */
export const viewer = () => ({
  language: store.me?.language ?? "en", zone: store.me?.zone ?? "UTC", now,
});

export const chat = () => store.chats.get(store.here) ?? null;

export function upsert(chatId, message) {
  const found = store.chats.get(chatId);
  if (!found) return "new";
  const list = found.messages;
  let low = list.length;
  while (low > 0 && list[low - 1].message_id >= message.message_id) low -= 1;
  if (list[low]?.message_id === message.message_id) {
    list[low] = message;
    return "edit";
  }
  list.splice(low, 0, message);
  return "new";
}

export function patch(fresh) {
  const old = store.chats.get(fresh.id);
  store.chats.set(fresh.id, {
    typing: 0, messages: [], ...old, ...fresh, messages: fresh.messages ?? old?.messages ?? [],
  });
}

export function forget(chatId, ids) {
  const found = store.chats.get(chatId);
  if (found) found.messages = found.messages.filter((one) => !ids.includes(one.message_id));
}

export const isBot = (user) => Boolean(user && store.bot && user.id === store.bot.id);

/** The name that stands over a message. */
export function author(message) {
  if (message.sender_chat) return message.sender_chat.title ?? "Channel";
  return nameOf(message.from) || message.chat.title || "Someone";
}

export const nameOf = (user) =>
  user ? [user.first_name, user.last_name].filter(Boolean).join(" ") : "";

/** The topic of a message; 0 is General. */
export const topicOf = (message) => (message.is_topic_message ? message.message_thread_id : 0);

/** One line that says what a message holds. */
export function gist(message) {
  if (message.text !== undefined) return message.text;
  if (message.caption) return message.caption;
  if (message.photo) return "Photo";
  if (message.document) return message.document.file_name ?? "File";
  if (message.location) return "Location";
  return service(message) ?? "Message";
}

/** A service message in words, or null for an ordinary one. */
export function service(message) {
  const who = author(message);
  if (message.new_chat_members) {
    const names = message.new_chat_members.map(nameOf).join(", ");
    const self = message.new_chat_members.every((one) => one.id === message.from?.id);
    return self ? `${names} joined` : `${who} added ${names}`;
  }
  if (message.left_chat_member) {
    const gone = nameOf(message.left_chat_member);
    return message.left_chat_member.id === message.from?.id ? `${gone} left` : `${who} removed ${gone}`;
  }
  if (message.new_chat_title) return `${who} renamed this to “${message.new_chat_title}”`;
  if (message.group_chat_created || message.supergroup_chat_created) return `${who} made this group`;
  if (message.channel_chat_created) return "Channel made";
  if (message.migrate_to_chat_id) return "This group became a supergroup";
  if (message.migrate_from_chat_id) return "Continued from the group";
  if (message.forum_topic_created) return `Topic “${message.forum_topic_created.name}” was opened`;
  if (message.forum_topic_edited) return `The topic is now “${message.forum_topic_edited.name ?? ""}”`;
  if (message.forum_topic_closed) return "The topic was closed";
  if (message.forum_topic_reopened) return "The topic was opened again";
  if (message.general_forum_topic_hidden) return "General was hidden";
  if (message.general_forum_topic_unhidden) return "General is shown again";
  if (message.pinned_message) return `${who} pinned a message`;
  if (message.chat_shared) return "A chat was shared with the bot";
  if (message.users_shared) return "People were shared with the bot";
  if (message.write_access_allowed) return "Writing was allowed";
  return null;
}
