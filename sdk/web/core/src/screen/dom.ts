/**
 * How the screens make their elements.
 *
 * Never from a string: a page may forbid that by Trusted Types, and a name or a context is then text by construction.
 */
import type { Texts } from "../texts/texts";
import type { Levels, ScreenAction } from "./view";

/** What every part of a screen is made with. */
export interface Stage {
  document: Document;
  texts: Texts;
  act(action: ScreenAction): void;
  /** How loud it is now; nothing where nobody measures it. */
  levels?: (() => Levels) | undefined;
}

/** An element with attributes and children; an attribute that is `null` is left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  { document }: Pick<Stage, "document">,
  tag: K,
  attributes: Record<string, string | null> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Sets a text only if it differs, so that a selection, an animation or a screen reader is not disturbed. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
