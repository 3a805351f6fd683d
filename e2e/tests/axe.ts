/** What keeps people out of a call screen, as axe sees it. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Tab } from '../people/person.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong with the call screen, in words. */
export async function barriers(tab: Tab): Promise<string[]> {
  return tab.evaluate(async source => {
    const holder = window as unknown as { axe?: { run(context: unknown): Promise<{ violations: Violation[] }> } };
    type Violation = { id: string; help: string; nodes: { target: unknown[]; failureSummary?: string }[] };
    if (!holder.axe) new Function(source)();
    const host = [...document.querySelectorAll('*')].find(element => element.shadowRoot);
    if (!host) return ['there is no call screen'];
    const { violations } = await holder.axe!.run({ include: [host] });
    return violations.flatMap(({ id, help, nodes }) => nodes.map(node => `${id}: ${help} at ${JSON.stringify(node.target)} ${node.failureSummary ?? ''}`));
  }, AXE);
}
