/**
 * Resolves when the document has been parsed and its style sheet applies: components measure their
 * layout and read colours.
 */
export async function documentLoaded(): Promise<void> {
  if (document.readyState === 'loading') await event(document, 'DOMContentLoaded');
  // The development server adds styles as elements.
  const link = document.querySelector<HTMLLinkElement>('link[rel=stylesheet]');
  if (link && !link.sheet) await Promise.race([event(link, 'load'), event(link, 'error')]);
}

function event(target: EventTarget, type: string): Promise<Event> {
  return new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
}
