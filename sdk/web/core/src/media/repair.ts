/**
 * Lost packets that are sent again (RFC 4585 §6.2.1): browsers can do it for sound, but offer it for pictures only.
 *
 * It repairs what redundancy cannot: several packets lost in a row. A packet that comes again is early enough where the
 * way to the relay and back takes less time than the buffer holds.
 */

/** The offer of a browser, with Opus and its redundant form to be asked for again. */
export function offerRepair(sdp: string): string {
  return sdp.replace(/^a=rtpmap:(\d+) (?:opus|red)\/48000.*\r?\n/gim, (line, payload: string) => {
    const wish = `a=rtcp-fb:${payload} nack\r\n`;
    return sdp.includes(wish) ? line : line + wish;
  });
}
