// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { notifyIncoming } from "./notification";

const NOTICE = { title: "Incoming call from Ravi", body: "Your order", icon: "https://shop.example/ravi.png" };

class SystemNotification {
  static permission: NotificationPermission = "granted";
  static shown: SystemNotification[] = [];
  onclick: (() => void) | null = null;
  closed = false;
  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    SystemNotification.shown.push(this);
  }
  close() {
    this.closed = true;
  }
}

let hidden = true;

beforeEach(() => {
  hidden = true;
  SystemNotification.permission = "granted";
  SystemNotification.shown = [];
  vi.stubGlobal("Notification", SystemNotification);
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
  vi.spyOn(window, "focus").mockImplementation(() => {});
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the notification of an incoming call", () => {
  it("says who and why, and goes when it is no longer ringing", () => {
    const close = notifyIncoming(NOTICE, () => {});
    const [shown] = SystemNotification.shown;
    expect(shown?.title).toBe("Incoming call from Ravi");
    expect(shown?.options).toMatchObject({ body: "Your order", icon: "https://shop.example/ravi.png" });
    expect(shown?.closed).toBe(false);
    close();
    expect(shown?.closed).toBe(true);
  });

  it("brings the tab to the front when it is pressed", () => {
    const pressed = vi.fn();
    notifyIncoming(NOTICE, pressed);
    SystemNotification.shown[0]?.onclick?.();
    expect(window.focus).toHaveBeenCalledOnce();
    expect(pressed).toHaveBeenCalledOnce();
    expect(SystemNotification.shown[0]?.closed).toBe(true);
  });

  it("is not shown without permission or on a page that is seen", () => {
    SystemNotification.permission = "default";
    notifyIncoming(NOTICE, () => {})();
    SystemNotification.permission = "granted";
    hidden = false;
    notifyIncoming(NOTICE, () => {})();
    expect(SystemNotification.shown).toEqual([]);
  });

  it("is done without where the browser has none or refuses", () => {
    vi.stubGlobal(
      "Notification",
      class {
        static permission = "granted";
        constructor() {
          throw new TypeError("Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead.");
        }
      },
    );
    expect(() => notifyIncoming(NOTICE, () => {})()).not.toThrow();
    vi.stubGlobal("Notification", undefined);
    expect(() => notifyIncoming(NOTICE, () => {})()).not.toThrow();
  });
});
