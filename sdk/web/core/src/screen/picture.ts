/**
 * The picture of the other person: their image, else the business's logo, else the first letter of their name.
 *
 * An image that is missing, slow or refused by the page's content security policy leaves the letter in its place, so
 * that the screen never shows a hole or a torn picture.
 */
import { make, setText, type Stage } from "./dom";
import type { CallView } from "./view";

export interface Picture {
  element: HTMLElement;
  update(person: Pictured): void;
}

/** Whose picture, and the logo that may take its place. */
export type Pictured = Pick<CallView, "peer" | "image" | "branding">;

export function createPicture(stage: Stage): Picture {
  const letter = make(stage, "span", { class: "letter" });
  const image = make(stage, "img", {
    alt: "",
    referrerpolicy: "no-referrer",
    decoding: "async",
    draggable: "false",
    hidden: "",
  });
  const element = make(stage, "div", { class: "picture", "aria-hidden": "true" }, letter, image);
  let shown: string | undefined;
  let trying: Candidate | undefined;
  let left: Candidate[] = [];

  const next = () => {
    trying = left.shift();
    image.hidden = true;
    delete element.dataset.kind;
    if (trying) image.src = trying.address;
    else image.removeAttribute("src");
  };
  image.addEventListener("load", () => {
    image.hidden = false;
    if (trying) element.dataset.kind = trying.kind;
  });
  image.addEventListener("error", next);

  return {
    element,
    update(view) {
      setText(letter, initial(view.peer.name ?? view.peer.cuid));
      const key = JSON.stringify([view.image, view.branding.logo]);
      if (key === shown) return;
      shown = key;
      left = candidates(view);
      next();
    },
  };
}

interface Candidate {
  address: string;
  kind: "person" | "logo";
}

function candidates(view: Pictured): Candidate[] {
  const found: Candidate[] = [];
  if (view.image) found.push({ address: view.image, kind: "person" });
  if (view.branding.logo) found.push({ address: view.branding.logo, kind: "logo" });
  return found;
}

function initial(name: string): string {
  // By code point, so that a name in a script beyond the first plane is not cut in half.
  return [...name.trim()][0]?.toLocaleUpperCase() ?? "";
}
