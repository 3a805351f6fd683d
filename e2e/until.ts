/** Waiting for conditions, never for time. */

/** How long a person would wait for a page to react before calling it broken; more on a machine that is busy. */
export const PATIENCE_MS = Number(process.env['PATIENCE_MS'] ?? 10_000);

/**
 * Resolves with the first truthy result of `condition`, asked every 50 ms.
 *
 * @throws after `deadline` ms, naming what did not happen.
 */
export async function until<T>(
  what: string, condition: () => T | Promise<T>, deadline = PATIENCE_MS,
): Promise<NonNullable<T>> {
  const end = Date.now() + deadline;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > end) throw new Error(`not within ${deadline} ms: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
