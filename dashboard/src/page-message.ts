/** Messages between the dashboard and the pages that it frames. All of them are pages of this server. */

/** The message in `event` if it is one of `type` and comes from this server. */
export function messageOf<Message extends { type: string }>(
  event: MessageEvent<unknown>,
  type: Message["type"],
): Message | undefined {
  if (event.origin !== window.location.origin) return undefined;
  const { data } = event;
  return typeof data === "object" && data !== null && "type" in data && data.type === type
    ? (data as Message)
    : undefined;
}
