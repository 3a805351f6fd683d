// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createMover, type Mover } from "./drag";

/** jsdom lays nothing out: the card has this size and stands where its style says. */
const SIZE = { width: 320, height: 400 };

let card: HTMLElement;
let mover: Mover;
const tapped = vi.fn();

function pointer(type: string, x: number, y: number, target: Element = card): void {
  target.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: x, clientY: y, button: 0, bubbles: true }));
}

function drag(from: [number, number], to: [number, number], target?: Element): void {
  pointer("pointerdown", ...from, target);
  pointer("pointermove", ...to);
  pointer("pointerup", ...to);
}

function standAt(left: number, top: number): void {
  card.getBoundingClientRect = () => ({ left, top }) as DOMRect;
}

beforeEach(() => {
  vi.stubGlobal("innerWidth", 1280);
  vi.stubGlobal("innerHeight", 800);
  document.body.innerHTML = "<section tabindex=-1><button>Hang up</button><p>Ravi</p></section>";
  card = document.querySelector("section") as HTMLElement;
  Object.defineProperties(card, { offsetWidth: { value: SIZE.width }, offsetHeight: { value: SIZE.height } });
  card.setPointerCapture = vi.fn();
  standAt(936, 376);
  tapped.mockReset();
  mover = createMover(window, tapped);
  mover.attach(card);
});
afterEach(() => {
  mover.detach();
  vi.unstubAllGlobals();
});

describe("the mover", () => {
  it("lets the card follow the pointer and stay in the nearest corner", () => {
    drag([1000, 400], [164, 74]);
    expect(card.style.left).toBe("100px");
    expect(card.style.top).toBe("50px");
    expect(tapped).not.toHaveBeenCalled();
  });

  it("takes a press that hardly moves for a tap", () => {
    drag([1000, 400], [1002, 401]);
    expect(card.style.left).toBe("");
    expect(tapped).toHaveBeenCalledOnce();
  });

  it("leaves presses on a button to the button", () => {
    drag([1000, 400], [100, 100], card.querySelector("button") as Element);
    expect(card.style.left).toBe("");
    expect(tapped).not.toHaveBeenCalled();
  });

  it("moves with the arrow keys while the dialog itself has the focus, and only then", () => {
    card.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
    expect(card.style.right).toBe("48px");
    card.querySelector("button")?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
    expect(card.style.right).toBe("48px");
  });

  it("comes inside when the window shrinks and goes back when it grows", () => {
    drag([1000, 400], [564, 400]);
    expect(card.style.right).toBe("460px");
    vi.stubGlobal("innerWidth", 600);
    window.dispatchEvent(new Event("resize"));
    expect(card.style.right).toBe("272px");
    vi.stubGlobal("innerWidth", 1280);
    window.dispatchEvent(new Event("resize"));
    expect(card.style.right).toBe("460px");
  });

  it("puts the next card where the last one was left", () => {
    drag([1000, 400], [164, 74]);
    mover.detach();
    const next = card.cloneNode(true) as HTMLElement;
    next.removeAttribute("style");
    mover.attach(next);
    expect(next.style.left).toBe("100px");
  });

  it("does not move a card that fills the window", () => {
    vi.stubGlobal("innerWidth", SIZE.width);
    drag([100, 100], [50, 50]);
    expect(card.getAttribute("style")).toBeNull();
  });
});
