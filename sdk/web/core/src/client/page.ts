/** What the page goes through, as far as the session must know. */
import type { ClientInput } from "./machine";

/** Reports the page's coming and going; returns what stops that. */
export function watchPage(window: Window, report: (input: ClientInput) => void): () => void {
  const watching = new AbortController();
  const { signal } = watching;
  const visible = () => report({ type: "wake", why: "visible" });
  window.addEventListener("online", () => report({ type: "wake", why: "online" }), { signal });
  window.addEventListener("pageshow", visible, { signal });
  window.document.addEventListener(
    "visibilitychange",
    () => {
      if (!window.document.hidden) visible();
    },
    { signal },
  );
  // `unload` is not fired on phones, and `beforeunload` also for pages that stay.
  window.addEventListener("pagehide", () => report({ type: "leave" }), { signal });
  return () => watching.abort();
}
