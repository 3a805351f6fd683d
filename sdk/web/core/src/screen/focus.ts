/** Where the keyboard's focus is, and whether it may be taken away. */

/** The focused element, also inside the shadow roots of the page's own components. */
export function focused(document: Document): Element | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

const PRESSABLE = new Set(["button", "submit", "reset", "checkbox", "radio", "image", "file", "color", "range"]);

/**
 * Whether the person is writing: what they type next belongs to where they type. A frame counts, because nobody can
 * look inside it.
 */
export function isWriting(element: Element | null): boolean {
  if (!element) return false;
  const tag = element.localName;
  if (tag === "input") return !PRESSABLE.has((element as HTMLInputElement).type);
  return tag === "textarea" || tag === "select" || tag === "iframe" || (element as HTMLElement).isContentEditable;
}
