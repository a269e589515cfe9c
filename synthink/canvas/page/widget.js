// The canvas in a cell of a notebook: it asks the kernel by messages of its widget, which keeps the ink as well.
// A widget has one module: this is read behind canvas.js, whose names it uses.
function kernel(model) {
  const waiting = new Map();
  const take = ({ id, status, text }, [picture]) => {
    const [resolve, reject] = waiting.get(id) ?? [];
    waiting.delete(id);
    if (status < 400) resolve?.(picture ? new Blob([picture], { type: "image/png" }) : JSON.parse(text));
    else reject?.(refused(status, JSON.parse(text).error));
  };
  model.on("msg:custom", take);
  return {
    call: (path, body) => new Promise((...ends) => {
      const id = String(Math.random()); // the replies to other views of the widget come here, too
      waiting.set(id, ends);
      model.send({ id, method: body ? "POST" : "GET", path, body: body ? JSON.stringify(body) : null });
    }),
    draft: (name) => structuredClone(model.get("drafts")[name]),
    keep(name, list) {
      const { [name]: _, ...others } = model.get("drafts");
      model.set("drafts", list ? { ...others, [name]: structuredClone(list) } : others);
      model.save_changes();
    },
    close: () => model.off("msg:custom", take),
  };
}
export default {
  render({ model, el }) {
    el.dataset.lmSuppressShortcuts = "true"; // Jupyter's keys: they would delete cells while somebody draws
    const root = el.appendChild(make("div")).attachShadow({ mode: "open" }), door = kernel(model);
    const page = new DOMParser().parseFromString(model.get("html"), "text/html").getElementById("app");
    page.querySelector("h1").remove(); // with its picture, which lies on the server
    root.append(make("style", { textContent: model.get("css") }), document.adoptNode(page));
    mount(root, door);
    return door.close;
  },
};
