import { useEffect, useState } from "react";

/** How long the button says so. */
const SHOWN_FOR = 2000;

export type Outcome = "idle" | "copied" | "failed";

export function useCopied(): { outcome: Outcome; copy: (text: string) => Promise<void> } {
  const [outcome, setOutcome] = useState<Outcome>("idle");
  useEffect(() => {
    if (outcome === "idle") return;
    const timer = setTimeout(() => setOutcome("idle"), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [outcome]);
  return { outcome, copy: async (text) => setOutcome((await write(text)) ? "copied" : "failed") };
}

/** The clipboard is only there on https and on this machine; elsewhere the old way is left. */
async function write(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard !== undefined) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused by the browser's permission; the old way may still do.
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.style.position = "fixed";
  area.style.opacity = "0";
  // Within a dialog, which would take the focus away from anything outside.
  const parent = document.activeElement?.closest('[role="dialog"]') ?? document.body;
  const focused = document.activeElement;
  parent.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
