// The canvas as a page of its own: it asks the server that sent it, by the token in its address; the browser keeps ink.
import { mount, refused } from "/canvas.js";

const token = new URLSearchParams(location.search).get("token") ?? "";
const server = {
  async call(path, body) {
    const headers = { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) };
    const request = { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) };
    const reply = await fetch(path, request).catch(() => {
      throw refused(0, "The canvas does not answer: it was closed, or started anew. The ink stays here.");
    });
    if (reply.ok) return reply.headers.get("Content-Type").startsWith("image/") ? reply.blob() : reply.json();
    const { error } = await reply.json().catch(() => ({ error: reply.statusText }));
    throw refused(reply.status, error);
  },
  draft: (name) => JSON.parse(localStorage.getItem(name)),
  keep: (name, list) => (list ? localStorage.setItem(name, JSON.stringify(list)) : localStorage.removeItem(name)),
};
await mount(document, server);
