/** The system's notification of an incoming call, for a person who is in another tab or window. */

/** What the notification says. */
export interface IncomingNotice {
  title: string;
  /** The context of the call. */
  body: string;
  /** The image of the caller or the logo. */
  icon?: string | undefined;
}

/**
 * Shows the notification if the person allowed notifications and does not see the page; returns what takes it away.
 *
 * A press on it brings the tab to the front, takes it away and calls `onClick`. Permission is asked for elsewhere: at a
 * moment when the person understands why.
 */
export function notifyIncoming(
  notice: IncomingNotice,
  onClick: () => void,
  document = globalThis.document,
): () => void {
  const window = document.defaultView as (Window & { Notification?: typeof Notification }) | null;
  if (window?.Notification?.permission !== "granted" || !document.hidden) return () => {};
  const notification = open(window.Notification, notice);
  if (!notification) return () => {};
  const close = () => notification.close();
  notification.onclick = () => {
    window.focus();
    close();
    onClick();
  };
  return close;
}

/** Chrome on Android has the constructor, but it throws: only a service worker may notify there. */
function open(Notification: NonNullable<typeof globalThis.Notification>, { title, body, icon }: IncomingNotice) {
  try {
    // One tag: a page that is open in two tabs shows one notification. It stays until the call stops ringing.
    return new Notification(title, {
      body,
      tag: "tring-incoming-call",
      requireInteraction: true,
      ...(icon ? { icon } : {}),
    });
  } catch {
    return undefined;
  }
}
