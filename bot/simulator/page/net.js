/* The way to the simulator: one WebSocket in, plain POSTs out. A lost socket is taken up again by itself. */

/** Keeps a WebSocket to /sim/ws. `heard` gets every parsed message, `linked` gets true or false. */
export function listen(heard, linked) {
  let wait = 300;
  const open = () => {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/sim/ws`);
    socket.onopen = () => {
      wait = 300;
      linked(true);
    };
    socket.onmessage = (event) => heard(JSON.parse(event.data));
    socket.onclose = () => {
      linked(false);
      setTimeout(open, wait);
      wait = Math.min(wait * 2, 5000);
    };
  };
  open();
}

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Error("模拟器没有回应，请看看终端里的 make demo 是否还在运行。");
  }
  const text = await response.text();
  let body = {};
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    body = { error: text };
  }
  if (response.ok && !body.error) return body;
  const reason = [body.error, body.message, body.detail].find((value) => typeof value === "string" && value);
  throw new Error(reason || `模拟器拒绝了这个操作(${response.status})。`);
}

/** POST as JSON; the parsed answer. Throws an Error whose message can be shown. */
export function post(path, body = {}) {
  return answer(fetch(`/sim/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));
}

/** Puts a file on the simulator: {file_id, url, name, size}. */
export function upload(file) {
  const form = new FormData();
  form.append("file", file, file.name || "图片.png");
  return answer(fetch("/sim/upload", { method: "POST", body: form }));
}
