/**
 * How somebody at Firefox finds things: by role and name, and by visible text, through open shadow roots. Playwright
 * has this built in; WebDriver BiDi does not look into shadow roots. The functions run in the page, so each stands alone.
 */

/** The first visible element of a role whose accessible name is exactly `name`, or null. */
export function findByRole(role: 'button' | 'textbox', name: string): Element | null {
  const tags = role === 'button' ? 'button, [role=button], input[type=submit]' : 'input, textarea, select';
  const walk = (root: Document | ShadowRoot): Element | null => {
    const label = (element: Element): string => {
      const labelled = element.getAttribute('aria-labelledby')?.split(' ') ?? [];
      return element.getAttribute('aria-label')
        ?? (labelled.length > 0 ? labelled.map(id => root.getElementById(id)?.textContent ?? '').join(' ') : undefined)
        ?? ((element as HTMLInputElement).labels?.[0]?.textContent || undefined)
        ?? (element.textContent?.trim() || element.getAttribute('title') || '');
    };
    for (const element of root.querySelectorAll('*')) {
      if (element.matches(tags) && element.checkVisibility() && label(element).trim() === name) return element;
      const inside = element.shadowRoot && walk(element.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  return walk(document);
}

/** Whether `text` can be read somewhere, upper or lower case; a script in the page is text that nobody can read. */
export function findText(text: string): boolean {
  const wanted = text.toLowerCase();
  const read = (element: Element): string | null => element instanceof HTMLElement ? element.innerText : element.textContent;
  const walk = (root: Document | ShadowRoot): boolean => [...root.querySelectorAll('*')].some(element =>
    (element.checkVisibility({ visibilityProperty: true })
      && [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE)
      && read(element)?.replace(/\s+/g, ' ').toLowerCase().includes(wanted))
    || (element.shadowRoot !== null && walk(element.shadowRoot)));
  return walk(document);
}
