"""A notebook's part of a widget, as small as it can be: the wire of its comm, and a host that renders its view."""

from __future__ import annotations

import base64
from typing import Any

from comm.base_comm import BaseComm


class Wire(BaseComm):
    """A comm whose messages stay in this process: what the kernel sends is kept until the view takes it."""

    def __init__(self, *args: Any, **fields: Any) -> None:
        self.state: dict[str, Any] = {}
        self.sent: list[tuple[Any, list[bytes]]] = []
        super().__init__(*args, **fields)

    def publish_msg(self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **_: Any) -> None:
        data = data or {}
        self.state |= data.get("state", {})
        if data.get("method") == "custom":
            self.sent.append((data["content"], buffers or []))

    def ask(self, content: Any) -> list[tuple[Any, list[bytes]]]:
        """A message of the view, and what the kernel sends back."""
        return self._come({"method": "custom", "content": content})

    def keep(self, state: dict[str, Any]) -> None:
        """A change of the view's state."""
        self._come({"method": "update", "state": state, "buffer_paths": []})

    def _come(self, data: dict[str, Any]) -> list[tuple[Any, list[bytes]]]:
        self.handle_msg({"content": {"data": data}, "buffers": []})
        sent, self.sent = self.sent, []
        return sent


HOST = """async ([module, state]) => {
  const listeners = new Map(), changed = {};
  const model = {
    get: (name) => state[name],
    set(name, value) {
      if (JSON.stringify(state[name]) !== JSON.stringify(value)) changed[name] = state[name] = value;
    },
    save_changes: () => keepInKernel({ ...changed }),
    on: (name, listener) => listeners.set(name, listener),
    off: (name) => listeners.delete(name),
    async send(content) {
      for (const [reply, buffers] of await askKernel(content)) {
        const views = buffers.map((text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer));
        listeners.get("msg:custom")?.(reply, views);
      }
    },
  };
  const { default: widget } = await import(URL.createObjectURL(new Blob([module], { type: "text/javascript" })));
  window.closeView = widget.render({ model, el: document.getElementById("cell") });
}"""


def render(page: Any, wire: Wire) -> None:
    """Show the view of a widget in an open page of the browser, as `anywidget` would."""

    def ask(content: Any) -> list[Any]:
        return [(reply, [base64.b64encode(data).decode() for data in buffers]) for reply, buffers in wire.ask(content)]

    page.expose_function("askKernel", ask)
    page.expose_function("keepInKernel", wire.keep)
    page.set_content(
        "<style>button { color: red } #app { display: none }</style><button>own</button><div id=cell></div>"
    )
    state = {name: value for name, value in wire.state.items() if name in ("html", "css", "drafts")}
    page.evaluate(HOST, [wire.state["_esm"], state])
    page.wait_for_selector("#app[data-ready]")
