import { expect, it } from 'vitest';
import { sessionTabs, tabOf } from './session-tabs.ts';

it('links to the tabs of a session with the selection', () => {
  const tabs = sessionTabs(3, 'cuts', 'cell=1%2C2');
  expect(tabs.map(({ href }) => href)).toEqual(
    ['', '/spectrum', '/sources', '/changes', '/pattern', '/cuts', '/levels', '/time'].map(
      (tab) => `#/scan/sessions/3${tab}?cell=1%2C2`,
    ),
  );
  expect(tabs.filter(({ current }) => current).map(({ name }) => name)).toEqual(['Cuts']);
  expect(sessionTabs(3, 'map', '')[0]?.href).toBe('#/scan/sessions/3');
});

it('the page of a session shows its map', () => {
  expect(tabOf('scan/sessions/:id')).toBe('map');
  expect(tabOf('scan/sessions/:id/levels')).toBe('levels');
});
