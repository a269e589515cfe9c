// The canvas: ink over a page, what a model reads in it, and ink that is kept. page.js and widget.js bring it to life.
// Text from models, documents and people is only ever set as text; nothing here makes HTML of it.
const SVG = "http://www.w3.org/2000/svg";
const NO_MODEL = "There is no model: start the canvas with checkpoint=FOLDER or predictor=NAME.";
const PAUSE_MS = 1500; // without a stroke, after which ink is interpreted by itself
const RETRY_MS = 1500, LOOK_MS = 700; // until strokes are sent again, and until a model that loads is looked at
const STEP = 3, LEAP = 24; // page pixels that a key moves the pen
const COLOURS = ["target", "second"]; // of what models answer, by their number
const MOST_PIXELS = 16e6; // of a canvas; what is larger is drawn less sharply
const MOST_BYTES = 12e6; // of a file

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const round = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;
export const refused = (status, message) => Object.assign(new Error(message), { status });
function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}
function facts(pairs) {
  const list = make("dl");
  for (const [name, value] of pairs) if (value) list.append(make("dt", { textContent: name }), make("dd", {}, value));
  return list;
}
const shapesOf = (gesture, kind) =>
  !gesture ? [] : gesture.ends ? [{ kind, points: gesture.ends }] : [{ kind, box: gesture.box }];
async function base64(file) {
  if (file.size > MOST_BYTES) throw refused(413, `${file.name}: is larger than 12 MB, the most that is taken`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

// Brings a canvas to life. root: the document or shadow tree with its elements. door: `call` asks what answers, `keep`
// keeps ink that is not accepted or saved yet under a name, null for no more, and `draft` has it again.
export async function mount(root, door) {
  const byId = (id) => root.getElementById(id), call = door.call;
  const say = (text, kind = "") => void Object.assign(byId("status"), { textContent: text, className: kind });
  // What a button does; what goes wrong is said, and a page that changed meanwhile is shown anew.
  function doing(action) {
    return async (event) => {
      event?.preventDefault();
      try {
        await action(event);
      } catch (error) {
        if (error.status === 409) await (mode === "capture" ? readSitting() : readState());
        say(error.message, "bad");
        if (error.status === undefined) throw error; // a fault of ours
      }
    };
  }

  // ---- ink
  const ink = {
    strokes: [], // each {points: [[x, y, ms, pressure or null]], colour, width, pointer}
    past: [], future: [], size: [1, 1], onchange: () => {},

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
    note(change) { [this.past, this.future] = [[...this.past, change], []]; },
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
  const [app, inkCanvas, paper, stage, viewport] = ["app", "ink", "paper", "stage", "viewport"].map(byId);
  const pen = inkCanvas.getContext("2d");
  let zoom = 1, fitted = true, erasing = false, mode = "edit";
  function lay(size, image) {
    ink.size = size;
    [paper.width, paper.height] = size;
    const context = paper.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, ...size);
    if (image) context.drawImage(image, 0, 0, ...size);
    byId("marks").setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
    mark([]);
    resize();
  }
  function resize() {
    const room = viewport.clientWidth - 2 * parseFloat(getComputedStyle(viewport).paddingLeft);
    if (fitted) zoom = clamp(room / ink.size[0], 0.1, 3);
    const [width, height] = ink.size.map((length) => length * zoom);
    Object.assign(stage.style, { width: `${width}px`, height: `${height}px` });
    const sharp = Math.min(devicePixelRatio, Math.sqrt(MOST_PIXELS / (width * height)));
    inkCanvas.width = Math.max(1, Math.round(width * sharp));
    inkCanvas.height = Math.max(1, Math.round(height * sharp));
    byId("zoom").textContent = `${Math.round(100 * zoom)} %`;
    redraw();
  }
  const zoomTo = (value) => ([fitted, zoom] = [false, clamp(value, 0.1, 8)], resize());
  function redraw() {
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, inkCanvas.width, inkCanvas.height);
    for (const stroke of ink.strokes) draw(stroke, 0);
    const lists = { undo: ink.past, redo: ink.future, clear: ink.strokes };
    for (const id in lists) byId(id).disabled = !lists[id].length;
  }
  // Lays the way of a stroke, from one of its points on.
  function trace(stroke, first, lineWidth) {
    const [begin, ...points] = stroke.points.slice(Math.max(0, first - 1));
    Object.assign(pen, { strokeStyle: stroke.colour, lineWidth, lineCap: "round", lineJoin: "round" });
    pen.beginPath();
    pen.moveTo(begin[0], begin[1]);
    for (const [x, y] of points.length ? points : [begin]) pen.lineTo(x, y);
  }

  function draw(stroke, first) {
    pen.setTransform(inkCanvas.width / ink.size[0], 0, 0, inkCanvas.height / ink.size[1], 0, 0);
    trace(stroke, first, stroke.width);
    pen.stroke();
  }
  const newStroke = (pointer) =>
    ({ points: [], colour: byId("colour").value, width: Number(byId("width").value), pointer });

  // ---- pointers: mouse, finger, pen
  let current = null, penSeen = false; // {id, stroke} that is being drawn, or {id, erased}
  const fingers = new Map();
  function place(event) {
    const { left, top, width, height } = inkCanvas.getBoundingClientRect();
    return [((event.clientX - left) * ink.size[0]) / width, ((event.clientY - top) * ink.size[1]) / height];
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
    stroke.points.push(...samples(event));
    draw(stroke, first);
  }
  // The strokes that an eraser at a place touches.
  function touched(x, y) {
    pen.resetTransform();
    return ink.strokes.filter((stroke) => (trace(stroke, 0, stroke.width + 16 / zoom), pen.isPointInStroke(x, y)));
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
      if (fingers.size > 1) current = null;
      redraw();
      if (fingers.size > 1 || penSeen) return inkCanvas.setPointerCapture(event.pointerId);
    }
    penSeen ||= event.pointerType === "pen";
    const eraserEnd = event.pointerType === "pen" && event.buttons & 32;
    if (current || (event.button !== 0 && !eraserEnd)) return;
    event.preventDefault();
    inkCanvas.focus({ preventScroll: true });
    inkCanvas.setPointerCapture(event.pointerId);
    const stroke = newStroke(`${event.pointerType}, ${event.getCoalescedEvents ? "coalesced" : "merged"}`);
    current = { id: event.pointerId, erased: erasing || eraserEnd ? [] : null, stroke };
    follow(event);
  });
  const follow = (event) => (current.erased ? eraseTo(event) : extend(event));
  inkCanvas.addEventListener("pointermove", (event) => {
    if (fingers.has(event.pointerId) && event.pointerId !== current?.id) return pan(event);
    if (event.pointerId === current?.id) follow(event);
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
  for (const kind of ["pointerup", "pointercancel"]) inkCanvas.addEventListener(kind, finish);
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
    const step = event.shiftKey ? LEAP : STEP;
    if (way) keyPen.at = keyPen.at.map((at, axis) => clamp(at + way[axis] * step, 0, ink.size[axis]));
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
    const [x, y] = (root.activeElement === inkCanvas && keyPen.at) || [], arm = 8 / zoom;
    const cross = x === undefined ? [] : [[[x - arm, y], [x + arm, y]], [[x, y - arm], [x, y + arm]]];
    const lines = cross.map((points) => ({ kind: "cursor", points }));
    byId("marks").replaceChildren(...[...shapes, ...lines].map(({ kind, box, points }) => {
      const node = document.createElementNS(SVG, "polyline"), [x0, y0, x1, y1] = box ?? [];
      const corners = points ?? [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]];
      node.setAttribute("points", corners.map((corner) => corner.join(",")).join(" "));
      node.setAttribute("class", kind);
      return node;
    }));
  }

  // ---- edit: the page on the desk, and what models read
  let state = null, answers = [], pause = 0;
  async function readState(next) {
    const before = state?.page, { page } = (state = next ?? (await call("/api/state")));
    showModels();
    byId("page-name").textContent = `Page ${page.number}: ${page.name}`;
    byId("page-text").textContent = page.text;
    byId("edits").replaceChildren(...page.edits.map((kind) => make("li", { textContent: kind })));
    byId("back").disabled = byId("reset").disabled = !page.edits.length;
    [byId("again").disabled, byId("previous").disabled] = [!page.undone, page.number === 1];
    if (before?.revision === page.revision && before.name === page.name) return;
    if (before?.name !== page.name) ink.load(mode === "edit" ? stored(draftName()) : []);
    forget();
    if (mode === "edit" || sitting?.ask?.page) await showPage();
  }

  async function showPage() {
    lay(state.page.size, await createImageBitmap(await call("/api/page.png")));
    paper.setAttribute("aria-label", `Page ${state.page.number} of the document; its text is in the side panel`);
  }
  function showModels() {
    const words = { ready: "ready", loading: "loading …", failed: "failed" };
    byId("models").replaceChildren(...state.models.map(({ name, state: is, message }) =>
      make("li", { className: is, title: message, textContent: `${name}: ${words[is]}` })));
    const failed = state.models.find((model) => model.state === "failed");
    if (failed) say(`${failed.name}: ${failed.message}`, "bad");
    if (state.models.some((model) => model.state === "loading")) setTimeout(doing(() => readState()), LOOK_MS);
  }

  // Ink that was not accepted yet outlives a reload, and a restart of the canvas at the same port.
  const stored = (name) => door.draft(name) ?? [];
  function store(name, list) {
    try {
      door.keep(name, list.length ? list : null);
    } catch {
      say("The browser has no room for this ink: it would not outlive a reload.", "bad");
    }
  }
  const toAll = (path, request) => state.models.map((_, model) => call(path, { ...request, model }));
  const draftName = () => `ink of ${state.page.name}`;
  const forget = () => ((answers = []), showAnswers());

  const interpret = doing(async () => {
    clearTimeout(pause);
    if (!ink.strokes.length) return say("Draw a gesture on the page first.");
    if (!state.models.length) return say(NO_MODEL, "bad");
    say("Reading the ink …");
    byId("interpret").disabled = true;
    const request = { revision: state.page.revision, strokes: ink.points() };
    const begin = performance.now();
    try {
      const results = await Promise.allSettled(toAll("/api/interpret", request));
      const faults = results.filter((result) => result.status === "rejected").map((result) => result.reason);
      answers = results.filter((result) => result.status === "fulfilled").map((result) => result.value);
      showAnswers();
      if (faults.length) throw faults[0];
      say(`Read in ${Math.round(performance.now() - begin)} ms.`, "good");
    } finally {
      byId("interpret").disabled = false;
    }
  });

  function showAnswers() {
    const targets = answers.flatMap(({ gesture }, number) => shapesOf(gesture, COLOURS[number % 2]));
    mark([...answers.slice(0, 1).map(({ square: box }) => ({ kind: "square", box })), ...targets]);
    byId("answers").replaceChildren(...answers.map(card));
  }

  function card(answer) {
    const { gesture, own_ms, model_ms } = answer, model = make("small", { textContent: answer.model });
    const title = make("h2", { textContent: gesture?.kind ?? "No label" }, model);
    const image = make("img", { src: answer.crop, alt: "What the model sees: the square of the page around the ink" });
    const change = make("p", { className: "change" });
    const tags = { same: "span", gone: "del", new: "ins", lit: "mark" };
    for (const [kind, words] of answer.changes) change.append(make(tags[kind], { textContent: words }), " ");
    const raw = make("code", { textContent: answer.answer || "(nothing)" });
    const list = facts([
      ["asked", answer.prompt], ["answer", raw], ["target", gesture?.words.join(" ")], ["written", gesture?.text],
      ["effect", answer.summary || answer.fault], ["time", `${own_ms} ms, and ${model_ms} ms of the model`],
    ]);
    const accept = make("button", { className: "primary accept", textContent: "Accept", disabled: !answer.acceptable });
    accept.onclick = doing(() => acceptAnswer(answer));
    const reject = make("button", { className: "reject", textContent: "Reject", title: "Escape", onclick: forget });
    const both = make("div", { className: "row" }, accept, reject);
    return make("article", { className: "card" }, title, image, list, change, both);
  }

  async function acceptAnswer(answer) {
    const next = await call("/api/accept", { revision: answer.revision, id: answer.id });
    ink.load([]);
    store(draftName(), ink.strokes);
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

  async function useDocument(file) {
    say("Reading the document …");
    const request = { revision: state.page.revision, name: file.name, document: await base64(file) };
    await readState(await call("/api/document", request));
    byId("document").value = "";
    say(`${file.name} lies on the desk.`, "good");
  }

  const find = doing(async () => {
    say("Looking for the words …");
    const [text, { revision }] = [byId("find-text").value, state.page];
    const result = await call("/api/find", { revision, model: 0, strokes: ink.points(), text });
    mark([{ kind: "square", box: result.square }, ...(result.box ? [{ kind: "target", box: result.box }] : [])]);
    if (result.box) say(`${result.model} sees them here.`, "good");
    else say(`${result.model} answers no box: ${result.answer}`, "bad");
  });

  // ---- collect: strokes are kept one by one, in their order
  let sitting = null, waiting = [], sending = null;
  async function readSitting(next) {
    const about = next ?? (await call("/api/sitting")), before = sitting;
    sitting = about.sitting === null ? null : about;
    [byId("begin").hidden, byId("sitting").hidden] = [!!sitting, !sitting];
    if (!sitting) return lay([1000, 420]), ink.load([]), showConsents(about.consents);
    const { ask, strokes } = sitting;
    byId("sitting-about").textContent = `${sitting.about.writer} · ${sitting.about.consent}`;
    byId("kept").textContent = `${sitting.done} kept in ${sitting.folder}; every stroke is saved as it is drawn.`;
    byId("example").hidden = !ask.example;
    if (before?.sitting === sitting.sitting && before.piece === sitting.piece) return;
    byId("instruction").textContent = ask.instruction;
    waiting = stored(waitingName());
    if (ask.page) await readState(), await showPage();
    else lay(ask.sheet_px);
    showWanted(false);
    for (const [, { at, number, strokes: sent }] of waiting) sent ? (strokes[at] = sent[0]) : strokes.splice(number, 1);
    ink.load(strokes.map((points) => ({ ...newStroke("kept"), points })));
    send();
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
    const example = (withExample ? ask.example : []).map((points) => ({ kind: "example", points }));
    mark([...boxes.map((box) => ({ kind: "wanted", box })), ...example]);
  }

  // What is not saved yet outlives the canvas and its tab: it is sent when the piece is open again.
  const waitingName = () => `waiting of ${sitting.folder} ${sitting.sitting}.${sitting.piece}`;
  const wait = (items) => store(waitingName(), (waiting = items));
  const send = () => (sending ??= sendAll().finally(() => (sending = null)));
  async function sendAll() {
    if (!sitting) return;
    try {
      for (; waiting.length; wait(waiting.slice(1))) await call(...waiting[0]);
      if (byId("status").textContent.includes("not saved")) say("All strokes are saved.", "good");
    } catch (error) {
      say(`${waiting.length} strokes are not saved yet. ${error.message}`, "bad");
      if (error.status !== 409) return void setTimeout(send, RETRY_MS);
      wait([]);
      sitting = null;
      await readSitting();
    }
  }

  ink.onchange = ({ added, removed }) => {
    if (mode === "edit") {
      if (answers.length) forget();
      clearTimeout(pause);
      if (byId("after-pause").checked && ink.strokes.length) pause = setTimeout(interpret, PAUSE_MS);
      return store(draftName(), ink.strokes);
    }
    if (mode !== "capture" || !sitting) return;
    const stroke = added && { at: ink.strokes.length - 1, strokes: [added.points], pointer: added.pointer };
    const [path, body] = stroke ? ["stroke", stroke] : ["drop", { number: removed, of: ink.strokes.length + 1 }];
    wait([...waiting, [`/api/sitting/${path}`, { ...piece(), ...body }]]);
    send();
  };

  // A step of the sitting, once all strokes are saved.
  const stepping = (path, body, words = "") => doing(async () => {
    await send();
    if (waiting.length) throw refused(0, "Strokes are not saved yet; wait a moment.");
    await readSitting(await call(path, body()));
    say(words, "good");
  });
  const begin = stepping("/api/sitting/begin", () => Object.fromEntries(new FormData(byId("begin"))));
  const piece = () => ({ sitting: sitting.sitting, piece: sitting.piece });
  const closing = (fate) => stepping("/api/sitting/close", () => ({ ...piece(), fate }));
  const end = stepping("/api/sitting/end", () => ({}), "The sitting is over; its ink is kept.");
  const turn = doing(async () => {
    if (ink.strokes.length) return say("Finish or skip this one first.");
    await readState(await call("/api/turn", { revision: state.page.revision, steps: 1 }));
    await readSitting();
  });

  // ---- ask: any picture, any question
  let picture = null;
  async function usePicture(file) {
    const image = await createImageBitmap(file);
    picture = { size: [image.width, image.height], data: await base64(file), image };
    ink.load([]);
    lay(picture.size, image);
    byId("replies").replaceChildren();
  }

  // A row of the dataset that the canvas was started with: its picture, its question, and the right answer.
  const rows = doing(async () => {
    const row = await call("/api/row", { split: byId("split").value, number: Number(byId("number").value) });
    await usePicture(new Blob([Uint8Array.from(atob(row.picture), (letter) => letter.charCodeAt(0))]));
    byId("prompt").value = row.prompt;
    mark(row.boxes.map(({ box }) => ({ kind: "wanted", box })));
    byId("replies").replaceChildren(reply({ ...row, model: `the right answer of row ${row.number}` }));
  });

  const ask = doing(async () => {
    if (!picture) return say("Choose or paste a picture first.");
    if (!state.models.length) return say(NO_MODEL, "bad");
    say("Asking …");
    const request = { image: picture.data, prompt: byId("prompt").value };
    const replies = await Promise.all(toAll("/api/ask", request));
    mark(replies.flatMap(({ boxes }, number) => boxes.map(({ box }) => ({ kind: COLOURS[number % 2], box }))));
    byId("replies").replaceChildren(...replies.map(reply));
    say("");
  });
  const reply = ({ model, answer, boxes }) => make("article", { className: "card" },
    make("h2", { textContent: model }), make("code", { textContent: answer || "(nothing)" }),
    facts([["boxes", boxes.map(({ text }) => text).filter(Boolean).join(", ") || boxes.length]]));

  // ---- tabs and keys
  const TABS = ["edit", "capture", "ask"];
  async function open(name) {
    mode = name;
    for (const other of TABS) {
      byId(`panel-${other}`).hidden = other !== name;
      byId(`tab-${other}`).setAttribute("aria-selected", other === name);
      byId(`tab-${other}`).tabIndex = other === name ? 0 : -1;
    }
    say("");
    await sending;
    sitting = null;
    if (name === "capture") return readSitting();
    await readState();
    forget();
    if (name === "edit") await showPage();
    else lay(picture?.size ?? [1000, 600], picture?.image);
    ink.load(name === "edit" ? stored(draftName()) : []);
  }

  function tool(name) {
    erasing = name === "eraser";
    for (const id of ["pen", "eraser"]) byId(id).setAttribute("aria-pressed", id === name);
    inkCanvas.classList.toggle("erasing", erasing);
  }

  const buttons = {
    pen: () => tool("pen"), eraser: () => tool("eraser"), undo: () => ink.undo(), redo: () => ink.redo(),
    clear: () => ink.erase([...ink.strokes]), smaller: () => zoomTo(zoom / 1.25), larger: () => zoomTo(zoom * 1.25),
    fit: () => { fitted = true; resize(); },
    interpret, save, previous: changing("/api/turn", -1), next: changing("/api/turn", 1),
    back: changing("/api/walk", -1), again: changing("/api/walk", 1), reset: changing("/api/walk", -1000),
    done: closing("done"), skip: closing("skip"), end, turn,
    example: () => showWanted(byId("example").getAttribute("aria-pressed") !== "true"),
  };
  for (const [id, action] of Object.entries(buttons)) byId(id).addEventListener("click", action);
  for (const [id, action] of Object.entries({ begin, find, ask, rows })) byId(id).addEventListener("submit", action);
  for (const [number, name] of TABS.entries()) {
    byId(`tab-${name}`).addEventListener("click", doing(() => open(name)));
    byId(`tab-${name}`).addEventListener("keydown", (event) => {
      const other = byId(`tab-${TABS[(number + ({ ArrowRight: 1, ArrowLeft: 2 }[event.key] ?? 0)) % 3]}`);
      if (other !== event.target) other.focus(), other.click();
    });
  }
  for (const [id, use] of Object.entries({ picture: usePicture, document: useDocument })) {
    byId(id).addEventListener("change", doing(({ target }) => target.files[0] && use(target.files[0])));
  }
  root.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
    if (mode === "ask" && file) doing(() => usePicture(file))(event);
  });

  const keys = {
    p: "pen", e: "eraser", "+": "larger", "=": "larger", "-": "smaller", 0: "fit", "[": "previous", "]": "next",
    "ctrl+z": "undo", "ctrl+y": "redo", "ctrl+shift+z": "redo", "shift+delete": "clear", "ctrl+s": "save",
    "alt+z": "back", "alt+y": "again", "alt+r": "reset",
  };
  root.addEventListener("keydown", (event) => {
    if (event.target.closest("input:not([type=range]):not([type=checkbox]), textarea") && !event.ctrlKey) return;
    if (event.target === inkCanvas && !event.ctrlKey && !event.altKey && keyDraw(event)) return event.preventDefault();
    const held = (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.altKey ? "alt+" : "");
    const shift = event.shiftKey && (held || event.key.length > 1) ? "shift+" : ""; // + and ? have it, too
    let id = keys[held + shift + event.key.toLowerCase()];
    const elsewhere = event.target.closest("button, input, select, summary");
    if (event.key === "Enter" && !elsewhere) id = mode === "capture" ? "done" : "interpret";
    if (event.key === "Escape" && mode === "edit" && !held) return forget();
    const button = id && byId(id);
    if (!button || button.disabled || !button.offsetParent) return;
    event.preventDefault();
    button.click();
  });
  inkCanvas.addEventListener("blur", () => { keyPen.at = null; mark(shown); });
  addEventListener("focus", doing(() => (state && mode === "edit" ? readState() : undefined)));
  addEventListener("beforeunload", (event) => { if (waiting.length) event.preventDefault(); });

  await doing(async () => {
    state = await call("/api/state");
    pen.fillStyle = state.pen.colour; // becomes #rrggbb, which an input of colours takes
    byId("colour").value = pen.fillStyle;
    byId("width").value = state.pen.width;
    byId("rows").hidden = !state.splits.length;
    byId("split").replaceChildren(...state.splits.map((split) => make("option", { textContent: split })));
    await open(state.mode);
    let wide = 0; // a change of the height alone may come of what is shown
    new ResizeObserver(([{ contentRect: { width } }]) => width === wide || ((wide = width), resize())).observe(app);
    app.dataset.ready = "yes";
  })();
}
