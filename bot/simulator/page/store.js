/* What the page knows: people, chats and messages as the simulator told them, and who is looking at what. It draws
   nothing; whoever draws listens to `on(change)`. */

const same = (a, b) => String(a) === String(b);

export const store = {
  selfId: "", people: [], byId: new Map(), groups: [], messages: new Map(), timeline: new Map(), unread: new Map(),
  banners: new Map(), online: false, linked: false, fault: { kind: "none" }, persona: null, view: null,
};

const listeners = [];
export const on = (fn) => listeners.push(fn);
const emit = (what, detail) => listeners.forEach((fn) => fn(what, detail));

/** The chat on the screen: "group:ID", or the private chat between the persona and the bot. */
export const currentChat = () => (store.view === "private" ? `private:${store.persona}` : store.view);
export const currentGroup = () => store.groups.find((group) => `group:${group.group_id}` === store.view);
export const person = (id) => store.byId.get(String(id));
export const isBot = (id) => same(id, store.selfId);
export const isMember = (group, id) => (group.members || []).some((member) => same(member, id));

export function nameOf(id) {
  const known = person(id);
  return known ? known.card || known.name || String(id) : isBot(id) ? "支部学伴" : String(id);
}

const TITLES = { owner: "群主", admin: "管理员", member: "" };

/** What stands beside a name: the title (书记, 宣传委员 …) if the simulator gives one, else the place in the group. */
export const titleOf = (id) => {
  const { title, role = "", is_robot: robot } = person(id) || {};
  return title || (robot ? "群机器人" : TITLES[role] ?? role);
};

/** Whether somebody is owner or admin of the group. */
export const rules = (id) => ["owner", "admin"].includes(person(id)?.role);

function remember(key, value) {
  try {
    if (value === undefined) return sessionStorage.getItem(key);
    sessionStorage.setItem(key, value);
  } catch {
    /* private windows may refuse storage; the page works without */
  }
  return null;
}

export function choosePersona(id) {
  store.persona = String(id);
  remember("persona", store.persona);
  store.unread.delete(currentChat());
  emit("view");
}

export function chooseView(view) {
  store.view = view;
  remember("view", view);
  store.unread.delete(currentChat());
  emit("view");
}

const entries = (chat) => {
  if (!store.timeline.has(chat)) store.timeline.set(chat, []);
  return store.timeline.get(chat);
};

function keep(message) {
  const id = String(message.message_id);
  if (!store.messages.has(id)) entries(message.chat).push({ id });
  store.messages.set(id, { reactions: {}, segments: [], ...message });
}

function meet(people, groups) {
  Object.assign(store, { people: people || [], groups: groups || [], byId: new Map((people || []).map((p) => [String(p.user_id), p])) });
}

function load(state) {
  meet(state.people, state.groups);
  Object.assign(store, {
    selfId: String(state.self_id ?? ""), online: Boolean(state.online), fault: state.fault || { kind: "none" },
    messages: new Map(), timeline: new Map(), unread: new Map(), banners: new Map(),
  });
  (state.messages || []).forEach(keep);
  (state.notices || []).forEach(notice);
  const others = store.people.filter((p) => !isBot(p.user_id));
  const wanted = store.persona || remember("persona");
  const first = others.find((p) => same(p.user_id, wanted)) || others.find((p) => p.title === "书记") || others.find((p) => p.role === "owner") || others[0];
  store.persona = first ? String(first.user_id) : null;
  const views = [...store.groups.map((group) => `group:${group.group_id}`), "private"];
  const view = store.view || remember("view");
  store.view = views.includes(view) ? view : views[0];
  emit("all");
}

const told = (n) => {
  const who = nameOf(n.user_id);
  switch (n.notice_type || n.kind) {
    case "group_increase": return `${who} 加入了群`;
    case "group_decrease": return n.sub_type === "kick" ? `${who} 被移出了群` : `${who} 退出了群`;
    case "group_card": return `${n.card_old || who} 的群名片改成了「${n.card_new ?? ""}」`;
    case "group_admin": return n.sub_type === "unset" ? `${who} 不再是管理员` : `${who} 成了管理员`;
    case "group_ban": return n.sub_type === "lift_ban" ? `${who} 可以说话了` : `${who} 被禁言`;
    case "group_upload": return `${who} 上传了文件「${n.file?.name ?? ""}」`;
    case "friend_add": return `${who} 加了机器人为好友`;
    case "notify": return n.sub_type === "poke" ? `${who} 戳了戳 ${nameOf(n.target_id)}` : "";
    default: return "";
  }
};

/** A group announcement goes into the banner, everything else that happened becomes a grey line. */
function notice(n) {
  const inner = n.notice && typeof n.notice === "object" ? { ...n, ...n.notice } : n;
  const chat = inner.chat || (inner.group_id !== undefined ? `group:${inner.group_id}` : `private:${inner.user_id}`);
  const type = inner.notice_type || inner.kind || "";
  if (inner.content !== undefined || inner.message?.text !== undefined || type === "group_notice" || type === "announcement") {
    const text = String(inner.message?.text ?? inner.content?.text ?? inner.content ?? inner.text ?? "");
    if (!inner.deleted && inner.is_add !== false && text) store.banners.set(chat, { ...inner, text, key: `${inner.notice_id ?? ""}${text}` });
    else store.banners.delete(chat);
    return chat;
  }
  const text = typeof inner.text === "string" ? inner.text : told(inner);
  if (text) entries(chat).push({ text, time: inner.time });
  return chat;
}

function changed(id, change) {
  const message = store.messages.get(String(id));
  if (!message) return;
  change(message);
  emit("update", message);
}

function react(message, { user_id: userId, emoji_id: emojiId, is_add: isAdd }) {
  const users = (message.reactions[emojiId] || []).filter((id) => !same(id, userId));
  if (isAdd) users.push(userId);
  if (users.length) message.reactions[emojiId] = users;
  else delete message.reactions[emojiId];
}

function arrived(message) {
  const fresh = !store.messages.has(String(message.message_id));
  keep(message);
  if (!fresh) return emit("update", store.messages.get(String(message.message_id)));
  const mine = same(message.user_id, store.persona);
  const inPrivate = message.chat.startsWith("private:");
  if (message.chat !== currentChat() && !mine && (!inPrivate || isBot(message.user_id))) {
    store.unread.set(message.chat, (store.unread.get(message.chat) || 0) + 1);
  }
  return emit("message", message);
}

/** Takes in one message of the simulator's WebSocket. */
export function take(said) {
  switch (said.type) {
    case "state": return load(said);
    case "message": return arrived(said.message);
    case "recall": return changed(said.message_id, (m) => { m.recalled = true; m.recalledBy = said.operator_id; });
    case "reaction": return changed(said.message_id, (m) => react(m, said));
    case "essence": return changed(said.message_id, (m) => { m.essence = said.is_add !== false; });
    case "people": meet(said.people, said.groups); return emit("people");
    case "notice": return emit("notice", notice(said));
    case "online": store.online = Boolean(said.online); return emit("online");
    case "fault": store.fault = said.fault || said; return emit("fault");
    case "clock": return emit("clock", said.now);
    case "frame": return emit("frame", said);
    default: return undefined;
  }
}

export function setLinked(linked) {
  store.linked = linked;
  emit("online");
}
