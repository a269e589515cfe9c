// The page of `synthink canvas`: ink over a page, what a model reads in it, and ink that is kept.
// Text from models, documents and people is only ever set as text; nothing here makes HTML of it.

const token = new URLSearchParams(location.search).get("token") ?? "";
const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const PAUSE_MS = 1500; // without a stroke, after which ink is interpreted by itself
const RETRY_MS = 1500;
const STEP = 3, LEAP = 24; // page pixels that a key moves the pen
const MOST_PIXELS = 16e6; // of a canvas; what is larger is drawn less sharply

// ---- asking the server

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(path, body) {
  const headers = { Authorization: `Bearer ${token}` };
  if (body) headers["Content-Type"] = "application/json";
  let reply;
  try {
    reply = await fetch(path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Refused(0, "The canvas does not answer: it was closed, or started anew. The ink stays here.");
  }
  if (reply.ok) return reply.headers.get("Content-Type").startsWith("image/") ? reply.blob() : reply.json();
  const { error } = await reply.json().catch(() => ({ error: reply.statusText }));
  throw new Refused(reply.status, error);
}

function say(text, kind = "") {
  byId("status").textContent = text;
  byId("status").className = kind;
}

// What a button does; what goes wrong is said, and a page that changed meanwhile is shown anew.
function doing(action) {
  return async (event) => {
    event?.preventDefault();
    try {
      await action(event);
    } catch (error) {
      if (error.status === 409) await (mode === "capture" ? readSitting() : readState());
      say(error.message, "bad");
      if (!(error instanceof Refused)) throw error;
    }
  };
}

function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

// ---- ink

const ink = {
  strokes: [], // each {points: [[x, y, ms, pressure or null]], colour, width, pointer}
  past: [],
  future: [],
  size: [1, 1],
  onchange: () => {},

  add(stroke, record = true) {
    this.strokes.push(stroke);
    if (record) this.note({ added: [stroke] });
    this.onchange({ added: stroke });
  },
  remove(stroke) {
    const number = this.strokes.indexOf(stroke);
    if (number < 0) return;
    this.strokes.splice(number, 1);
    this.onchange({ removed: number });
  },
  note(change) {
    this.past.push(change);
    this.future = [];
  },
  erase(strokes) {
    if (!strokes.length) return;
    strokes.forEach((stroke) => this.remove(stroke));
    this.note({ removed: strokes });
    redraw();
  },
  step(from, to) {
    const change = from.pop();
    if (!change) return;
    change.added?.forEach((stroke) => this.remove(stroke));
    change.removed?.forEach((stroke) => this.add(stroke, false));
    to.push({ added: change.removed, removed: change.added });
    redraw();
  },
  undo() { this.step(this.past, this.future); },
  redo() { this.step(this.future, this.past); },
  load(strokes) {
    Object.assign(this, { strokes, past: [], future: [] });
    redraw();
  },
  points() { return this.strokes.map((stroke) => stroke.points); },
};

const inkCanvas = byId("ink"), paper = byId("paper"), stage = byId("stage"), viewport = byId("viewport");
const pen = inkCanvas.getContext("2d");
let zoom = 1, fitted = true, erasing = false, mode = "edit";

function lay(size, image) {
  ink.size = size;
  paper.width = size[0];
  paper.height = size[1];
  const context = paper.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, ...size);
  if (image) context.drawImage(image, 0, 0, ...size);
  byId("marks").setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
  mark([]);
  resize();
}

function resize() {
  const style = getComputedStyle(viewport);
  if (fitted) zoom = Math.max(0.1, (viewport.clientWidth - 2 * parseFloat(style.paddingLeft)) / ink.size[0]);
  if (fitted) zoom = Math.min(zoom, 2);
  const [width, height] = ink.size.map((length) => length * zoom);
  stage.style.width = `${width}px`;
  stage.style.height = `${height}px`;
  const sharp = Math.min(devicePixelRatio, Math.sqrt(MOST_PIXELS / (width * height)));
  inkCanvas.width = Math.max(1, Math.round(width * sharp));
  inkCanvas.height = Math.max(1, Math.round(height * sharp));
  byId("zoom").textContent = `${Math.round(100 * zoom)} %`;
  redraw();
}

function zoomTo(value) {
  fitted = false;
  zoom = Math.min(Math.max(value, 0.1), 8);
  resize();
}

function redraw() {
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, inkCanvas.width, inkCanvas.height);
  for (const stroke of ink.strokes) draw(stroke, 0);
  byId("undo").disabled = !ink.past.length;
  byId("redo").disabled = !ink.future.length;
  byId("clear").disabled = !ink.strokes.length;
}

// Draws a stroke from one of its points on.
function draw(stroke, first) {
  const points = stroke.points, begin = points[Math.max(0, first - 1)];
  pen.setTransform(inkCanvas.width / ink.size[0], 0, 0, inkCanvas.height / ink.size[1], 0, 0);
  Object.assign(pen, { strokeStyle: stroke.colour, lineWidth: stroke.width, lineCap: "round", lineJoin: "round" });
  pen.beginPath();
  pen.moveTo(begin[0], begin[1]);
  for (const [x, y] of points.slice(first)) pen.lineTo(x, y);
  pen.stroke();
}

function newStroke(pointer) {
  return { points: [], colour: byId("colour").value, width: Number(byId("width").value), pointer };
}

// ---- pointers: mouse, finger, pen

const round = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;
let current = null; // {id, stroke} that is being drawn, or {id, erased}
let penSeen = false;
const fingers = new Map();

function place(event) {
  const box = inkCanvas.getBoundingClientRect();
  return [((event.clientX - box.left) * ink.size[0]) / box.width, ((event.clientY - box.top) * ink.size[1]) / box.height];
}

// All samples of an event: a pen takes more of them than the screen has frames.
function samples(event) {
  const merged = event.getCoalescedEvents?.() ?? [];
  return (merged.length ? merged : [event]).map((sample) => {
    const [x, y] = place(sample);
    const pressure = sample.pointerType === "mouse" ? null : round(sample.pressure, 4);
    return [round(x, 2), round(y, 2), round(performance.timeOrigin + sample.timeStamp, 2), pressure];
  });
}

function extend(event) {
  const { stroke } = current, first = stroke.points.length;
  for (const sample of samples(event)) {
    const last = stroke.points.at(-1);
    if (!last || sample[0] !== last[0] || sample[1] !== last[1] || sample[2] > last[2]) stroke.points.push(sample);
  }
  draw(stroke, first);
}

// The strokes that an eraser at a place touches.
function touched(x, y) {
  const reach = 8 / zoom;
  return ink.strokes.filter(({ points, width }) => points.some(([x1, y1], number) => {
    const [x0, y0] = points[Math.max(0, number - 1)];
    const length = (x1 - x0) ** 2 + (y1 - y0) ** 2;
    const share = length ? Math.min(1, Math.max(0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length)) : 0;
    return Math.hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0)) < reach + width / 2;
  }));
}

// Takes the strokes on the way from where the eraser was before.
function eraseTo(event) {
  const to = place(event), from = current.at ?? to, count = current.erased.length;
  const steps = Math.max(1, Math.ceil((Math.hypot(to[0] - from[0], to[1] - from[1]) * zoom) / 6));
  for (let step = 1; step <= steps; step++) {
    const strokes = touched(...from.map((at, axis) => at + ((to[axis] - at) * step) / steps));
    strokes.forEach((stroke) => ink.remove(stroke));
    current.erased.push(...strokes);
  }
  current.at = to;
  if (current.erased.length > count) redraw();
}

inkCanvas.addEventListener("pointerdown", (event) => {
  if (event.pointerType === "touch") {
    fingers.set(event.pointerId, event);
    // Two fingers move the page; once a pen was seen one does, too: it may be the palm.
    if (fingers.size > 1 && current) abandon();
    if (fingers.size > 1 || penSeen) return inkCanvas.setPointerCapture(event.pointerId);
  }
  penSeen ||= event.pointerType === "pen";
  const eraserEnd = event.pointerType === "pen" && event.buttons & 32;
  if (current || (event.button !== 0 && !eraserEnd)) return;
  event.preventDefault();
  inkCanvas.focus({ preventScroll: true });
  inkCanvas.setPointerCapture(event.pointerId);
  const how = event.getCoalescedEvents ? "coalesced" : "merged";
  current = { id: event.pointerId, erased: erasing || eraserEnd ? [] : null, stroke: newStroke(`${event.pointerType}, ${how}`) };
  if (current.erased) eraseTo(event);
  else extend(event);
});

inkCanvas.addEventListener("pointermove", (event) => {
  if (fingers.has(event.pointerId) && event.pointerId !== current?.id) return pan(event);
  if (event.pointerId !== current?.id) return;
  if (current.erased) eraseTo(event);
  else extend(event);
});

function finish(event) {
  fingers.delete(event.pointerId);
  if (event.pointerId !== current?.id) return;
  if (!current.erased && event.type === "pointerup") extend(event);
  const { stroke, erased } = current;
  current = null;
  if (erased?.length) ink.note({ removed: erased });
  if (!erased) ink.add(stroke);
  redraw();
}
inkCanvas.addEventListener("pointerup", finish);
inkCanvas.addEventListener("pointercancel", finish);

function abandon() {
  current = null;
  redraw();
}

function pan(event) {
  const before = fingers.get(event.pointerId);
  const others = [...fingers.values()].filter((other) => other.pointerId !== event.pointerId);
  viewport.scrollBy((before.clientX - event.clientX) / fingers.size, (before.clientY - event.clientY) / fingers.size);
  if (others.length === 1) {
    const apart = (one) => Math.hypot(one.clientX - others[0].clientX, one.clientY - others[0].clientY);
    if (apart(before) > 20) zoomTo(zoom * (apart(event) / apart(before)));
  }
  fingers.set(event.pointerId, event);
}

viewport.addEventListener("wheel", (event) => {
  if (!event.ctrlKey) return;
  event.preventDefault();
  zoomTo(zoom * Math.exp(-event.deltaY / 400));
}, { passive: false });

// ---- a pen that keys move

const keyPen = { at: null, stroke: null };

function keyDraw(event) {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!way && event.key !== " ") return false;
  keyPen.at ??= [ink.size[0] / 2, Math.min(ink.size[1] / 2, 200)];
  if (way) keyPen.at = keyPen.at.map((at, axis) => Math.min(Math.max(at + way[axis] * (event.shiftKey ? LEAP : STEP), 0), ink.size[axis]));
  const sample = [...keyPen.at.map((at) => round(at, 2)), round(performance.timeOrigin + event.timeStamp, 2), null];
  if (keyPen.stroke) {
    keyPen.stroke.points.push(sample);
    draw(keyPen.stroke, keyPen.stroke.points.length - 1);
  }
  if (event.key === " ") {
    if (keyPen.stroke) ink.add(keyPen.stroke);
    keyPen.stroke = keyPen.stroke ? null : Object.assign(newStroke("keyboard, merged"), { points: [sample] });
    say(keyPen.stroke ? "The pen is down." : "The pen is up.");
  }
  mark(shown);
  return true;
}

// ---- marks over the page: targets, boxes, what is asked for

let shown = [];

function mark(shapes) {
  shown = shapes;
  const nodes = shapes.map(({ kind, box, line, points }) => {
    const node = document.createElementNS(SVG, box ? "rect" : "polyline");
    const [left, top, right, bottom] = box ?? [];
    const attributes = box
      ? { x: Math.min(left, right), y: Math.min(top, bottom), width: Math.abs(right - left), height: Math.abs(bottom - top), rx: 2 }
      : { points: (line ?? points).map((point) => point.slice(0, 2).join(",")).join(" ") };
    for (const [name, value] of Object.entries({ class: kind, ...attributes })) node.setAttribute(name, value);
    return node;
  });
  if (keyPen.at && document.activeElement === inkCanvas) {
    const cross = document.createElementNS(SVG, "path");
    const [x, y] = keyPen.at, arm = 8 / zoom;
    cross.setAttribute("class", "cursor");
    cross.setAttribute("d", `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}`);
    nodes.push(cross);
  }
  byId("marks").replaceChildren(...nodes);
}

function shapesOf(gesture, kind) {
  if (!gesture) return [];
  return gesture.ends ? [{ kind, line: gesture.ends }] : [{ kind, box: gesture.box }];
}

// ---- edit: the page on the desk, and what models read

let state = null, answers = [], pause = 0;

async function readState(next) {
  const before = state?.page;
  state = next ?? (await call("/api/state"));
  showModels();
  const { page } = state;
  byId("page-name").textContent = `Page ${page.number}: ${page.name}`;
  byId("page-text").textContent = page.text;
  byId("edits").replaceChildren(...page.edits.map((kind) => make("li", { textContent: kind })));
  byId("back").disabled = byId("reset").disabled = !page.edits.length;
  byId("again").disabled = !page.undone;
  byId("previous").disabled = page.number === 1;
  if (before?.revision === page.revision && before.name === page.name) return;
  if (before?.name !== page.name) ink.load(mode === "edit" ? draft() : []);
  forget();
  if (mode === "edit" || sitting?.ask?.page) await showPage();
}

async function showPage() {
  lay(state.page.size, await createImageBitmap(await call("/api/page.png")));
  paper.setAttribute("aria-label", `Page ${state.page.number} of the document; its text is in the side panel`);
}

function showModels() {
  const words = { ready: "ready", loading: "loading …", failed: "failed" };
  byId("models").replaceChildren(...state.models.map((model) =>
    make("li", { className: model.state, title: model.message, textContent: `${model.name}: ${words[model.state]}` })));
  const failed = state.models.find((model) => model.state === "failed");
  if (failed) say(`${failed.name}: ${failed.message}`, "bad");
  if (state.models.some((model) => model.state === "loading")) setTimeout(doing(async () => {
    state.models = (await call("/api/state")).models;
    showModels();
  }), 700);
}

// Ink that was not accepted yet outlives a reload, and a restart of the canvas at the same port.
const draftName = () => `ink of ${state.page.name}`;
function draft() {
  try {
    return JSON.parse(localStorage.getItem(draftName())) ?? [];
  } catch {
    return [];
  }
}
function keepDraft() {
  try {
    if (ink.strokes.length) localStorage.setItem(draftName(), JSON.stringify(ink.strokes));
    else localStorage.removeItem(draftName());
  } catch {
    say("The browser has no room for this ink: it would not outlive a reload.", "bad");
  }
}

function forget() {
  answers = [];
  byId("answers").replaceChildren();
  mark([]);
}

const interpret = doing(async () => {
  clearTimeout(pause);
  if (!ink.strokes.length) return say("Draw a gesture on the page first.");
  if (!state.models.length) return say("There is no model: start the canvas with checkpoint=FOLDER or predictor=NAME.", "bad");
  say("Reading the ink …");
  byId("interpret").disabled = true;
  const request = { revision: state.page.revision, strokes: ink.points() };
  const begin = performance.now();
  try {
    const results = await Promise.allSettled(state.models.map((_, model) => call("/api/interpret", { ...request, model })));
    const refused = results.filter((result) => result.status === "rejected").map((result) => result.reason);
    forget();
    answers = results.filter((result) => result.status === "fulfilled").map((result) => result.value);
    if (answers.length) showAnswers();
    if (refused.length) throw refused[0];
    say(`Read in ${Math.round(performance.now() - begin)} ms.`, "good");
  } finally {
    byId("interpret").disabled = false;
  }
});

function showAnswers() {
  const kinds = ["target", "second"];
  mark([{ kind: "square", box: answers[0].square }, ...answers.flatMap(({ gesture }, number) => shapesOf(gesture, kinds[number % 2]))]);
  byId("answers").replaceChildren(...answers.map(card));
}

function facts(pairs) {
  const list = make("dl");
  for (const [name, value] of pairs) if (value) list.append(make("dt", { textContent: name }), make("dd", {}, value));
  return list;
}

function card(answer) {
  const { gesture } = answer;
  const title = make("h3", { textContent: gesture ? gesture.kind : "No label" }, make("small", { textContent: answer.model }));
  const image = make("img", { src: answer.crop, alt: "What the model sees: the square of the page around the ink" });
  const change = make("p", { className: "change" });
  const tags = { same: "span", gone: "del", new: "ins", lit: "mark" };
  for (const [kind, words] of answer.changes) change.append(make(tags[kind], { textContent: words }), " ");
  const list = facts([
    ["asked", answer.prompt],
    ["answer", make("code", { textContent: answer.answer || "(nothing)" })],
    ["target", gesture?.words.join(" ")],
    ["written", gesture?.text],
    ["effect", answer.summary || answer.fault],
    ["time", `${answer.own_ms} ms, and ${answer.model_ms} ms of the model`],
  ]);
  const accept = make("button", { className: "primary accept", textContent: "Accept", disabled: !answer.acceptable });
  accept.onclick = doing(() => acceptAnswer(answer));
  const reject = make("button", { className: "reject", textContent: "Reject", title: "Keep the page as it is (Escape)", onclick: forget });
  return make("article", { className: "card" }, title, image, list, change, make("div", { className: "row" }, accept, reject));
}

async function acceptAnswer(answer) {
  const next = await call("/api/accept", { revision: answer.revision, id: answer.id });
  ink.load([]);
  keepDraft();
  await readState(next);
  say(`Accepted: ${answer.summary}.`, "good");
}

const changing = (path, steps) => doing(async () => {
  await readState(await call(path, { revision: state.page.revision, steps }));
  say("");
});

const save = doing(async () => {
  const { saved } = await call("/api/save", { revision: state.page.revision });
  say(`Saved: ${saved.join(", ")}`, "good");
});

const find = doing(async () => {
  const text = byId("find-text").value;
  say("Looking for the words …");
  const request = { revision: state.page.revision, text, model: 0, strokes: ink.points() };
  const result = await call("/api/find", request);
  mark([{ kind: "square", box: result.square }, ...(result.box ? [{ kind: "target", box: result.box }] : [])]);
  say(result.box ? `${result.model} sees them here.` : `${result.model} answers no box: ${result.answer}`, result.box ? "good" : "bad");
});

// ---- collect: strokes are kept one by one, in their order

let sitting = null, waiting = [], sending = false;

async function readSitting(next) {
  const about = next ?? (await call("/api/sitting"));
  const before = sitting;
  sitting = about.sitting === null ? null : about;
  byId("begin").hidden = !!sitting;
  byId("sitting").hidden = !sitting;
  if (!sitting) {
    lay([1000, 420]);
    return ink.load([]), showConsents(about.consents);
  }
  const { ask } = sitting;
  byId("sitting-about").textContent = `${sitting.about.writer} · ${sitting.about.consent}`;
  byId("kept").textContent = `${sitting.done} kept in ${sitting.folder}; every stroke is saved as soon as it is drawn.`;
  byId("example").hidden = !ask.example;
  if (before?.sitting === sitting.sitting && before.piece === sitting.piece) return;
  byId("instruction").textContent = ask.instruction;
  waiting = [];
  if (ask.page) await readState(), await showPage();
  else lay(ask.sheet_px);
  showWanted(false);
  ink.load(sitting.strokes.map((points) => ({ ...newStroke("kept"), points })));
}

function showConsents(consents) {
  if (byId("consents").querySelector("input")) return;
  for (const [word, meaning] of Object.entries(consents)) {
    const choice = make("input", { type: "radio", name: "consent", value: word, required: true });
    byId("consents").append(make("label", {}, choice, make("span", { textContent: meaning })));
  }
}

function showWanted(withExample) {
  byId("example").setAttribute("aria-pressed", withExample);
  const { ask } = sitting, ends = ask.target_ends ?? [];
  const boxes = !ask.target_box ? [] : ends.length ? ends : [ask.target_box];
  mark([...boxes.map((box) => ({ kind: "wanted", box })), ...(withExample ? ask.example.map((points) => ({ kind: "example", points })) : [])]);
}

async function send() {
  if (sending) return;
  sending = true;
  try {
    while (waiting.length) {
      const [path, body] = waiting[0];
      await call(path, body);
      waiting.shift();
    }
    if (byId("status").textContent.includes("not saved")) say("All strokes are saved.", "good");
  } catch (error) {
    if (error.status === 409) {
      sitting = null;
      await readSitting();
    } else setTimeout(send, RETRY_MS);
    say(`${waiting.length} strokes are not saved yet. ${error.message}`, "bad");
  } finally {
    sending = false;
  }
}

async function sent() {
  await send();
  if (waiting.length) throw new Refused(0, "Strokes are not saved yet; wait a moment.");
}

ink.onchange = ({ added, removed }) => {
  if (mode === "edit") {
    if (answers.length) forget();
    clearTimeout(pause);
    if (byId("after-pause").checked && ink.strokes.length) pause = setTimeout(interpret, PAUSE_MS);
    return keepDraft();
  }
  if (mode !== "capture" || !sitting) return;
  const piece = { sitting: sitting.sitting, piece: sitting.piece };
  if (added) waiting.push(["/api/sitting/stroke", { ...piece, at: ink.strokes.length - 1, strokes: [added.points], pointer: added.pointer }]);
  else waiting.push(["/api/sitting/drop", { ...piece, number: removed }]);
  send();
};

const begin = doing(async () => {
  const consent = new FormData(byId("begin")).get("consent") ?? document.querySelector("[name=consent]:checked")?.value ?? "";
  await readSitting(await call("/api/sitting/begin", { writer: byId("writer").value, device: byId("device").value, consent }));
  say("");
});
const close = (fate) => doing(async () => {
  await sent();
  await readSitting(await call("/api/sitting/close", { sitting: sitting.sitting, piece: sitting.piece, fate }));
  say("");
});
const end = doing(async () => {
  await sent();
  await readSitting(await call("/api/sitting/end", {}));
  say("The sitting is over; its ink is kept.", "good");
});
const turn = doing(async () => {
  await sent();
  await readState(await call("/api/turn", { revision: state.page.revision, steps: 1 }));
  await readSitting();
});

// ---- ask: any picture, any question

let picture = null;

async function usePicture(file) {
  const image = await createImageBitmap(file);
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  picture = { size: [image.width, image.height], data: btoa(text), image };
  ink.load([]);
  lay(picture.size, image);
}

const ask = doing(async () => {
  if (!picture) return say("Choose or paste a picture first.");
  say("Asking …");
  const models = state.models.map((_, model) => call("/api/ask", { model, image: picture.data, prompt: byId("prompt").value }));
  if (!models.length) return say("There is no model: start the canvas with checkpoint=FOLDER or predictor=NAME.", "bad");
  const replies = await Promise.all(models);
  mark(replies.flatMap(({ boxes }, number) => boxes.map(({ box }) => ({ kind: ["target", "second"][number % 2], box }))));
  byId("replies").replaceChildren(...replies.map(({ model, answer, boxes }) => make("article", { className: "card" },
    make("h3", { textContent: model }), make("code", { textContent: answer || "(nothing)" }),
    facts([["boxes", boxes.map(({ text }) => text).filter(Boolean).join(", ") || String(boxes.length)]]))));
  say("");
});

// ---- tabs and keys

async function open(name) {
  if (mode === "edit" && state) keepDraft();
  mode = name;
  for (const other of ["edit", "capture", "ask"]) {
    byId(`panel-${other}`).hidden = other !== name;
    byId(`tab-${other}`).setAttribute("aria-selected", other === name);
    byId(`tab-${other}`).tabIndex = other === name ? 0 : -1;
  }
  say("");
  sitting = null;
  if (name === "capture") return readSitting();
  await readState();
  forget();
  if (name === "edit") {
    await showPage();
    ink.load(draft());
  } else {
    ink.load([]);
    lay(picture?.size ?? [1000, 600], picture?.image);
  }
}

function tool(isEraser) {
  erasing = isEraser;
  byId("pen").setAttribute("aria-pressed", !isEraser);
  byId("eraser").setAttribute("aria-pressed", isEraser);
  inkCanvas.classList.toggle("erasing", isEraser);
}

const buttons = {
  pen: () => tool(false), eraser: () => tool(true), undo: () => ink.undo(), redo: () => ink.redo(),
  clear: () => ink.erase([...ink.strokes]), smaller: () => zoomTo(zoom / 1.25), larger: () => zoomTo(zoom * 1.25),
  fit: () => { fitted = true; resize(); },
  interpret, save, previous: changing("/api/turn", -1), next: changing("/api/turn", 1),
  back: changing("/api/walk", -1), again: changing("/api/walk", 1), reset: changing("/api/walk", -1000),
  done: close("done"), skip: close("skip"), end, turn,
  example: () => showWanted(byId("example").getAttribute("aria-pressed") !== "true"),
};
for (const [id, action] of Object.entries(buttons)) byId(id).addEventListener("click", action);
for (const [id, action] of Object.entries({ begin, find, ask })) byId(id).addEventListener("submit", action);
const tabs = ["edit", "capture", "ask"];
for (const [number, name] of tabs.entries()) {
  byId(`tab-${name}`).addEventListener("click", doing(() => open(name)));
  byId(`tab-${name}`).addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: 2 }[event.key];
    if (step) byId(`tab-${tabs[(number + step) % 3]}`).focus(), byId(`tab-${tabs[(number + step) % 3]}`).click();
  });
}
byId("picture").addEventListener("change", doing((event) => event.target.files[0] && usePicture(event.target.files[0])));
document.addEventListener("paste", doing(async (event) => {
  const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
  if (mode === "ask" && file) await usePicture(file);
}));

const keys = {
  p: "pen", e: "eraser", "+": "larger", "=": "larger", "-": "smaller", 0: "fit", "[": "previous", "]": "next",
  "ctrl+z": "undo", "ctrl+y": "redo", "ctrl+shift+z": "redo", "shift+delete": "clear", "ctrl+s": "save",
  "alt+z": "back", "alt+y": "again", "alt+r": "reset",
};
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input:not([type=range]):not([type=checkbox]), textarea") && !event.ctrlKey) return;
  if (event.target === inkCanvas && !event.ctrlKey && !event.altKey && keyDraw(event)) return event.preventDefault();
  const held = (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.altKey ? "alt+" : "");
  const shift = event.shiftKey && event.key.length > 1 ? "shift+" : "";
  const withShift = event.shiftKey && held ? "shift+" : shift;
  let id = keys[held + withShift + event.key.toLowerCase()];
  if (event.key === "Enter" && !event.target.closest("button, input, summary")) id = mode === "capture" ? "done" : "interpret";
  if (event.key === "Escape" && mode === "edit" && !held) return forget();
  const button = id && byId(id);
  if (!button || button.disabled || !button.offsetParent) return;
  event.preventDefault();
  button.click();
});
inkCanvas.addEventListener("blur", () => { keyPen.at = null; mark(shown); });
addEventListener("resize", resize);
addEventListener("focus", doing(() => (state && mode === "edit" ? readState() : undefined)));
addEventListener("beforeunload", (event) => { if (waiting.length) event.preventDefault(); });

await doing(async () => {
  state = await call("/api/state");
  byId("colour").value = await hexOf(state.pen.colour);
  byId("width").value = state.pen.width;
  const first = state.mode;
  state = null;
  await open(first);
  document.documentElement.dataset.ready = "yes";
})();

// The colour of a name, as an input of colours takes it.
function hexOf(name) {
  pen.fillStyle = "#d00000";
  pen.fillStyle = name;
  return pen.fillStyle;
}
