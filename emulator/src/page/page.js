// The emulator's page: shows the state that the API returns, and reads it again after each event.

const $ = (id) => document.getElementById(id);

const PRESETS = [
  ["Lose the next part's response", "{ on: upload_part, nth: 1, do: lose_response }"],
  ["Reset the connection during the next part", "{ on: upload_part, nth: 1, do: { reset: during_body } }"],
  ["Store the next part corrupted", "{ on: upload_part, nth: 1, do: { corrupt: { hidden: true } } }"],
  ["Respond 503 to one part in five", "{ on: upload_part, probability: 0.2, do: { respond: { status: 503, retry_after: 1 } } }"],
  ["Respond 429 to the next request", "{ on: any, nth: 1, do: { respond: { status: 429, retry_after: 2 } } }"],
  ["Respond 202 to the next three commits", "{ on: commit_upload_session, nth: 1, times: 3, do: { respond: { status: 202, retry_after: 1 } } }"],
  ["Lose the commit's response", "{ on: commit_upload_session, nth: 1, do: lose_response }"],
  ["Expire the session at the next part", "{ on: upload_part, nth: 1, do: expire_session }"],
  ["Expire the token at the next request", "{ on: any, nth: 1, do: expire_token }"],
  ["Send 100 kB/s from now on", "{ on: any, nth: 1, times: forever, do: { slow: { bytes_per_second: 100000 } } }"],
  ["Stall one request in ten for 5 s", "{ on: any, probability: 0.1, do: { stall: { at: before_response, seconds: 5 } } }"],
  ["Refuse connections for 3 s", "{ on: any, nth: 1, do: { refuse: { seconds: 3 } } }"],
];

/** Creates an element; children are nodes or text, never HTML. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A button that keeps the focus when its list is drawn again: `key` names it. */
function button(text, label, key, action, kind = "small") {
  return make("button", { type: "button", class: kind, "aria-label": label, title: label, "data-key": key, onclick: action }, text);
}

/** Replaces the children of an element, unless they are the same, and keeps the focus. */
function show(element, ...children) {
  const fresh = make("div", {}, ...children);
  if (element.innerHTML === fresh.innerHTML) return;
  const key = element.contains(document.activeElement) && document.activeElement.dataset.key;
  element.replaceChildren(...fresh.childNodes);
  if (key) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

function formatSize(bytes) {
  if (bytes === null) return "";
  let unit = 0;
  while (bytes >= 1000 && unit < 4) { bytes /= 1000; unit += 1; }
  return `${unit && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)} ${["B", "kB", "MB", "GB", "TB"][unit]}`;
}

function formatSpan(seconds) {
  const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const [size, name] = units.find(([size]) => Math.abs(seconds) >= size) ?? [1, "s"];
  return `${Math.round(seconds / size)} ${name}`;
}

function report(text) {
  $("error").textContent = text;
  $("error").hidden = !text;
}

async function call(method, path, body) {
  const response = await fetch(`api/${path}`, { method, body });
  if (response.ok) return response.status === 204 ? null : response.json();
  const error = await response.json().catch(() => null);
  throw new Error(error?.error ?? `the emulator responded with ${response.status}`);
}

/** Changes something, says so, and shows the new state. */
async function act(told, method, path, body) {
  try {
    const result = await call(method, path, body);
    report("");
    $("told").textContent = told;
    await refresh();
    return result;
  } catch (error) {
    report(error.message);
    return null;
  }
}

function showTree({ folders, files, used, settings }) {
  const listed = (id) => {
    const items = [
      ...folders.filter((folder) => folder.parent === id).map((folder) => [folder.name, showFolder(folder)]),
      ...files.filter((file) => file.folder === id).map((file) => [file.name, showFile(file)]),
    ];
    items.sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
    return items.length ? make("ul", {}, ...items.map(([, item]) => item)) : null;
  };
  const showFolder = (folder) => make("li", {},
    make("div", {},
      make("span", { class: "name folder" }, `${folder.name}/`),
      make("small", {}, folder.access === "write" ? `id ${folder.id}` : `id ${folder.id}, ${folder.access.replace("_", " ")}`),
      make("span", { class: "actions" }, folder.parent === null || folder.access !== "write" ? null
        : button("Delete", `Delete folder ${folder.name}`, `folder-${folder.id}`, () => deleteFolder(folder)))),
    listed(folder.id));
  const showFile = (file) => make("li", {},
    make("div", {},
      make("span", { class: "name" }, file.name),
      make("small", { title: `SHA-1 ${file.sha1}` }, `${formatSize(file.size)}, id ${file.id}${file.version > 1 ? `, version ${file.version}` : ""}`),
      make("span", { class: "actions" },
        make("a", { href: `api/files/${encodeURIComponent(file.id)}/content`, download: file.name, class: "button small", "aria-label": `Download ${file.name}`, "data-key": `get-${file.id}` }, "Download"),
        button("Delete", `Delete ${file.name}`, `file-${file.id}`, () => act(`Deleted ${file.name}`, "DELETE", `files/${encodeURIComponent(file.id)}`)))));
  const root = folders.find((folder) => folder.parent === null);
  show($("tree"), showFolder(root));
  $("used").textContent = `${files.length} file${files.length === 1 ? "" : "s"}, ${formatSize(used)} of ${formatSize(settings.quota)}`;
  const chosen = $("upload-folder").value || root.id;
  show($("upload-folder"), ...folders.map((folder) => make("option", { value: folder.id }, folder.name)));
  $("upload-folder").value = folders.some((folder) => folder.id === chosen) ? chosen : root.id;
}

function deleteFolder(folder) {
  if (confirm(`Delete ${folder.name} and everything in it?`)) {
    act(`Deleted ${folder.name}`, "DELETE", `folders/${encodeURIComponent(folder.id)}`);
  }
}

/** A bar of at most 200 pieces; a piece that stands for several parts shows the least of them. */
function showParts(session) {
  const states = new Array(session.total_parts).fill("missing");
  for (const part of session.received) states[part - 1] = "received";
  for (const { part } of session.duplicates) states[part - 1] = "duplicate";
  for (const part of session.arriving) states[part - 1] = "arriving";
  const pieces = Math.min(200, states.length);
  const order = ["missing", "arriving", "duplicate", "received"];
  const bar = make("div", { class: "parts", role: "img", "aria-label": `${session.received.length} of ${session.total_parts} parts received` });
  for (let piece = 0; piece < pieces; piece += 1) {
    const first = Math.floor((piece * states.length) / pieces);
    const group = states.slice(first, Math.floor(((piece + 1) * states.length) / pieces));
    const worst = order.find((state) => group.includes(state));
    const numbers = group.length > 1 ? `Parts ${first + 1} to ${first + group.length}` : `Part ${first + 1}`;
    bar.append(make("i", { class: worst, title: `${numbers}: ${worst === "duplicate" ? "received, sent again" : worst}` }));
  }
  return bar;
}

function showSessions({ sessions, clock }) {
  $("session-count").textContent = sessions.length ? String(sessions.length) : "";
  show($("sessions"), ...(sessions.length ? sessions.map((session) => {
    const repeated = session.duplicates.reduce((sum, { count }) => sum + count, 0);
    const notes = [
      `${session.received.length} of ${session.total_parts} parts of ${formatSize(session.part_size)}`,
      session.missing.length ? `${session.missing.length} missing` : "complete",
      ...(repeated ? [`${repeated} duplicate${repeated > 1 ? "s" : ""} refused`] : []),
      ...(session.committing ? ["committing"] : []),
      `expires in ${formatSpan((Date.parse(session.expires_at) - Date.parse(clock.now)) / 1000)}`,
    ];
    return make("div", { class: "session" },
      make("div", {},
        make("strong", { class: "name" }, session.name ?? `file ${session.file}`),
        make("small", {}, `${formatSize(session.size)}${session.file ? `, new version of ${session.file}` : `, to folder ${session.folder}`}`),
        make("span", { class: "actions" }, button("Abort", `Abort the session of ${session.name}`, `session-${session.id}`,
          () => act("Aborted the session", "DELETE", `sessions/${encodeURIComponent(session.id)}`)))),
      showParts(session),
      make("small", {}, notes.join(", ")));
  }) : [make("p", { class: "none" }, "No open session.")]));
}

function showFaults({ faults, plan }) {
  show($("faults"), ...(faults.length ? faults.map((fault) => make("li", {},
    make("label", {},
      make("input", { type: "checkbox", checked: fault.enabled, "data-key": `fault-${fault.number}`,
        onchange: (event) => act("Switched the fault", "PATCH", `faults/${fault.number}`, JSON.stringify({ enabled: event.target.checked })) }),
      make("code", {}, fault.text)),
    make("span", { class: "muted" }, `fired ${fault.fired} ×`))) : [make("li", { class: "none" }, "The plan has no faults.")]));
  const shown = $("plan");
  if (document.activeElement !== shown) shown.value = plan;
}

function showClock({ clock, tokens, settings }) {
  $("now").textContent = clock.now.replace("T", " ").replace(/[+]00:00|Z/, " UTC");
  $("ahead").textContent = clock.ahead_seconds ? `${formatSpan(clock.ahead_seconds)} ahead` : "";
  $("ahead").dataset.seconds = clock.ahead_seconds;
  $("token-rule").textContent = settings.any_token
    ? "Any token is accepted, unless it was issued here and has expired."
    : "Only configured tokens and those issued here are accepted.";
  show($("tokens"), ...tokens.map((token) => make("li", {},
    make("code", { title: token.fingerprint }, token.fingerprint.slice(0, 10)),
    make("small", {}, `user ${token.user}${token.scope.length ? `, ${token.scope.join(" ")}` : ""}`),
    make("span", { class: "muted" }, token.valid ? `expires ${token.expires_at.slice(0, 16).replace("T", " ")}` : "not valid"),
    token.valid ? button("Revoke", `Revoke token ${token.fingerprint.slice(0, 10)}`, `token-${token.fingerprint}`,
      () => act("Revoked the token", "DELETE", `tokens/${encodeURIComponent(token.fingerprint)}`)) : null)));
}

const KINDS = { 2: "ok", 3: "moved", 4: "refused", 5: "failed" };
let entries = [];

function showLog() {
  const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (entry) => `${entry.operation} ${entry.method} ${entry.path} ${entry.status} ${entry.fault ? JSON.stringify(entry.fault.do) : ""}`.toLowerCase();
  const shown = entries.filter((entry) => words.every((word) => text(entry).includes(word)));
  $("request-count").textContent = entries.length === shown.length ? `${entries.length}` : `${shown.length} of ${entries.length}`;
  const rows = shown.slice(-300).reverse().map((entry) => make("tr", {},
    make("td", { class: "number" }, String(entry.number)),
    make("td", {}, make("time", {}, new Date(entry.arrived_at).toISOString().slice(11, 23))),
    make("td", {}, `${entry.operation ?? entry.method} `, make("span", { class: "path", title: `${entry.method} ${entry.path}` }, entry.path)),
    make("td", { class: `number ${KINDS[Math.floor(entry.status / 100)] ?? "failed"}` }, entry.status ? String(entry.status) : entry.milliseconds === null ? "…" : "none"),
    make("td", { class: "number" }, formatSize(entry.received)),
    make("td", { class: "number" }, formatSize(entry.sent)),
    make("td", { class: "number" }, entry.milliseconds === null ? "" : String(entry.milliseconds)),
    make("td", { class: "failed" }, entry.fault ? formatFault(entry.fault.do) : ""),
    make("td", {}, button("curl", `Copy request ${entry.number} as a curl command`, `curl-${entry.number}`, () => copy(entry.curl)))));
  show($("log"), ...(rows.length ? rows : [make("tr", {}, make("td", { colspan: 9, class: "none" }, "No requests."))]));
}

function formatFault(action) {
  if (typeof action === "string") return action.replaceAll("_", " ");
  const [name, detail] = Object.entries(action)[0];
  const value = detail.status ?? detail.seconds ?? (typeof detail === "string" ? detail : "");
  return `${name} ${value}`.replaceAll("_", " ");
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    $("told").textContent = "Copied the command";
  } catch {
    prompt("Copy this command:", text);
  }
}

/** Reads everything again; if that is asked for meanwhile, once more. */
let reading = null;
let again = false;
function refresh() {
  if (reading) {
    again = true;
    return reading;
  }
  reading = read().finally(() => {
    reading = null;
    if (again) {
      again = false;
      return refresh();
    }
    return null;
  });
  return reading;
}

async function read() {
  const [state, faults, log] = await Promise.all([call("GET", "state"), call("GET", "faults"), call("GET", "requests")]);
  $("url").textContent = state.url;
  showTree(state);
  showSessions(state);
  showFaults(faults);
  showClock(state);
  entries = log.requests;
  showLog();
  // What the buttons do depends on the state, so that they wait for the first one.
  document.querySelector("main").inert = false;
}

function listen() {
  const events = new EventSource("api/events");
  const set = (live) => {
    $("live").textContent = live ? "live" : "not connected";
    $("live").classList.toggle("on", live);
  };
  const reread = () => refresh().catch((error) => report(error.message));
  events.addEventListener("open", () => {
    set(true);
    reread();
  });
  events.addEventListener("error", () => {
    set(false);
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
  events.addEventListener("change", reread);
}

async function upload(files) {
  for (const file of files) {
    const query = new URLSearchParams({ folder: $("upload-folder").value, name: file.name });
    await act(`Uploaded ${file.name}`, "POST", `files?${query}`, file);
  }
}

for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.addEventListener("click", () => $(opener.dataset.opens).click());
}
$("preset").append(...PRESETS.map(([name, fault]) => make("option", { value: fault }, name)));
$("upload-files").addEventListener("change", async (event) => {
  await upload([...event.target.files]);
  event.target.value = "";
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  upload([...event.dataTransfer.files]);
});
$("new-folder").addEventListener("click", () => {
  const name = prompt("Name of the new folder:");
  if (name) act(`Created ${name}`, "POST", "folders", JSON.stringify({ parent: $("upload-folder").value, name }));
});
$("restore").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file) await act("Restored the snapshot", "PUT", "snapshot", file);
  event.target.value = "";
});
$("reset").addEventListener("click", () => {
  if (confirm("Delete all files, folders, sessions, tokens and requests?")) act("Reset", "POST", "reset");
});
$("upload").addEventListener("submit", (event) => event.preventDefault());
$("add").addEventListener("submit", (event) => {
  event.preventDefault();
  act("Added the fault", "POST", "faults", $("preset").value);
});
$("apply").addEventListener("click", () => act("Applied the plan", "PUT", "faults", $("plan").value));
$("clear-plan").addEventListener("click", () => act("Removed all faults", "DELETE", "faults"));
$("clock").addEventListener("click", (event) => {
  const { seconds } = event.target.dataset;
  if (seconds === undefined) return;
  const ahead = seconds === "0" ? 0 : Number($("ahead").dataset.seconds) + Number(seconds);
  act("Set the clock", "PUT", "clock", JSON.stringify({ ahead_seconds: ahead }));
});
$("issue").addEventListener("click", async () => {
  const token = await act("Issued a token", "POST", "tokens", "{}");
  if (token) $("issued").textContent = token.access_token;
});
$("filter").addEventListener("input", showLog);
$("clear-log").addEventListener("click", () => act("Cleared the requests", "DELETE", "requests"));

listen();
