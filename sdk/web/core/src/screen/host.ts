/**
 * The element that stands in the page for the screens, and its place above everything else.
 *
 * Pages are hostile without meaning it: they style every `div`, stack things at the greatest z-index, go to full
 * screen, and open modal dialogs outside of which nothing can be pressed. A call must be answerable in all of them.
 */
import { make } from "./dom";
import { STYLE } from "./style";

/** The id of the element, the same as in the vendors' SDK, so that an app may know it. */
const ID = "sc-sdk";

export interface Host {
  /** Where the screens live; open, so that tests and tools of the app see them. */
  root: ShadowRoot;
  /** Puts the host where it is seen and can be pressed; cheap when it already is there. */
  raise(): void;
  /** Keeps the host in the page, but out of the way. */
  lower(): void;
  remove(): void;
}

export function createHost(document: Document): Host {
  const free = document.getElementById(ID);
  const element = free && !free.shadowRoot ? free : make({ document }, "div");
  if (!free) element.id = ID;
  const root = element.attachShadow({ mode: "open" });
  adopt(document, root);
  // Inline and important: no rule of the page can reach the host, and only the page's direction is inherited.
  for (const [property, value] of Object.entries(UNTOUCHABLE)) element.style.setProperty(property, value, "important");
  // What is typed into the screens is no shortcut of the page.
  for (const type of ["keydown", "keypress", "keyup"]) root.addEventListener(type, (event) => event.stopPropagation());

  let covered: Element | null = null;
  const raise = () => {
    const parent = openModal(document) ?? inFullScreen(document) ?? document.body;
    if (!parent) return;
    if (element.parentNode !== parent) parent.append(element);
    // Set by page frameworks on everything beside their own dialogs.
    for (const hiding of ["inert", "aria-hidden"]) element.removeAttribute(hiding);
    if (!element.showPopover) return;
    // What went to full screen later lies above.
    if (document.fullscreenElement !== covered && isOpen(element)) element.hidePopover();
    covered = document.fullscreenElement;
    if (isOpen(element)) return;
    // The top layer: above full screen and any z-index. Older browsers have the z-index alone.
    element.popover = "manual";
    element.showPopover();
  };
  const lower = () => {
    if (isOpen(element)) element.hidePopover();
    element.removeAttribute("popover");
    if (document.body && element.parentNode !== document.body) document.body.append(element);
  };
  lower();
  return { root, raise, lower, remove: () => element.remove() };
}

const UNTOUCHABLE = {
  all: "initial",
  position: "fixed",
  inset: "0 auto auto 0",
  width: "0",
  height: "0",
  display: "block",
  overflow: "visible",
  "z-index": "2147483647",
};

/** A page's content security policy may forbid `<style>`; it has no say in constructed sheets. */
function adopt(document: Document, root: ShadowRoot): void {
  const window = document.defaultView;
  try {
    if (!window) throw new TypeError("a document without a window makes no sheets");
    const sheet = new window.CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(make({ document }, "style", {}, STYLE));
  }
}

/**
 * The part of the page that fills the screen: what is outside of it can be seen in the top layer, but not be pressed. A
 * film or a frame has no inside; there the person has to leave the full screen first.
 */
function inFullScreen(document: Document): Element | undefined {
  const element = document.fullscreenElement;
  if (!element || element.contains(document.body) || element.shadowRoot) return undefined;
  return /^(video|iframe|img|canvas|object|embed)$/.test(element.localName) ? undefined : element;
}

/** The modal dialog of the page that makes everything outside it inert, if one is open; the innermost of several. */
function openModal(document: Document): Element | undefined {
  return [...matching(document, "dialog:modal")].pop();
}

function isOpen(element: HTMLElement): boolean {
  try {
    return element.matches(":popover-open");
  } catch {
    return false;
  }
}

/** Older browsers throw at a pseudo-class they do not know; they have nothing of the kind either. */
function matching(document: Document, selector: string): Iterable<Element> {
  try {
    return document.querySelectorAll(selector);
  } catch {
    return [];
  }
}
