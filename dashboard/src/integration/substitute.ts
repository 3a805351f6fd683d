/** Fills a snippet's placeholders, `{{like_this}}`. */
export interface Values {
  /** Origin of the server, without a slash at its end. */
  readonly server: string;
  readonly accountId: string;
  readonly apikey: string;
  /** Who signs in. */
  readonly cuid: string;
  /** Whom they call. */
  readonly receiver: string;
}

/**
 * The snippet with the values in it. A value stands within quotes of five languages, so what could leave them is refused
 * rather than escaped in five ways.
 */
export function substitute(snippet: string, values: Values): string {
  return snippet.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = Object.entries(values).find(([known]) => known === name)?.[1];
    if (value === undefined) throw new Error(`A snippet has the unknown placeholder ${name}`);
    if (!/^[\w.:/[\]-]*$/.test(value)) throw new Error(`The value of ${name} cannot stand in a snippet`);
    return value;
  });
}
