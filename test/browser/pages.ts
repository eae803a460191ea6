import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { violationsOf } from '../support/axe.ts';
import { callApi } from '../support/stack-client.ts';
import { until } from '../support/until.ts';
import { startVisit, type SizeName, type ThemeName, type Visit } from '../support/visit.ts';
import { addRotor, startScan } from '../support/whole-scan.ts';
import { saveScreenshot, type BrowserWorld } from './world.ts';

/** A rotor name that looks like markup. */
const MARKUP = '<img src=x onerror=alert(1)><b>bold</b>';
/** Both sizes and both themes; with ALL_LOOKS=1 in every combination. */
export const LOOKS: [SizeName, ThemeName][] = [
  ['desktop', 'light'],
  ['phone', 'dark'],
  ...(process.env['ALL_LOOKS'] === '1'
    ? ([
        ['desktop', 'dark'],
        ['phone', 'light'],
      ] satisfies [SizeName, ThemeName][])
    : []),
];

interface PageToSee {
  name: string;
  path: () => string;
  /** An element that is visible once the page is loaded. */
  sign: (page: Page) => Promise<unknown>;
}

/** Checks every page in every size and theme, with names and notes that look like markup. */
export function pageTests(world: () => BrowserWorld): void {
  let rotorId = 0;
  let otherId = 0;
  const heading = (name: string | RegExp) => (page: Page) =>
    page.getByRole('heading', { level: 1, name }).waitFor();
  const says = (text: RegExp) => (page: Page) => page.getByText(text).first().waitFor();
  const session = () => `scan/sessions/${world().sessionId}`;
  const ended = (page: Page) => page.locator('[data-phase=ended]').waitFor({ state: 'attached' });
  const pages: PageToSee[] = [
    {
      name: 'start',
      path: () => 'scan',
      sign: (page) => page.locator('[data-figure=points]', { hasText: /\d/ }).waitFor(),
    },
    {
      name: 'sessions',
      path: () => 'scan/sessions',
      sign: (page) => page.locator('article').nth(1).waitFor(),
    },
    { name: 'session', path: session, sign: ended },
    { name: 'session-spectrum', path: () => `${session()}/spectrum`, sign: says(/started without them/) },
    { name: 'session-cuts', path: () => `${session()}/cuts`, sign: says(/^Row \d+ of/) },
    { name: 'session-levels', path: () => `${session()}/levels`, sign: says(/marks the median/) },
    { name: 'session-time', path: () => `${session()}/time`, sign: says(/oldest at the top/) },
    { name: 'session-markup', path: () => `scan/sessions/${otherId}`, sign: ended },
    { name: 'compare', path: () => `scan/compare/${world().sessionId}/${otherId}`, sign: heading(/./) },
    {
      name: 'schedules',
      path: () => 'watch/schedules',
      sign: (page) => page.getByRole('heading', { level: 2, name: MARKUP }).waitFor(),
    },
    { name: 'station', path: () => 'station', sign: heading('Station') },
    { name: 'rotor', path: () => `station/rotors/${rotorId}`, sign: heading(MARKUP) },
    { name: 'rotor-edit', path: () => `station/rotors/${rotorId}/edit`, sign: heading(/^Edit/) },
    { name: 'rotor-new', path: () => 'station/rotors/new', sign: heading('Add a rotor') },
    { name: 'unknown-session', path: () => 'scan/sessions/999999', sign: notFound('Scan session not found') },
    { name: 'unknown-rotor', path: () => 'station/rotors/999999', sign: notFound('Rotor not found') },
    { name: 'unknown-page', path: () => 'nowhere', sign: notFound('This page does not exist.') },
  ];

  test('creates a rotor and a session with markup in their names', async () => {
    const { stack } = world();
    rotorId = await addRotor(stack, { name: MARKUP });
    otherId = await startScan(stack, rotorId, { notes: MARKUP });
    await until('some points', async () => {
      const { completed_points } = await callApi<{ completed_points: number }>(
        stack,
        'GET',
        `/api/skyscan/${otherId}`,
      );
      return completed_points >= 3;
    });
    await callApi(stack, 'POST', `/api/skyscan/${otherId}/cancel`);
  });

  test('creates a schedule from the form of a scan; what the API refuses is shown at its field', async () => {
    const visit = await startVisit(world().browser, world().origin);
    const { page } = visit;
    await visit.open('scan');
    await page.getByRole('button', { name: 'Schedule ...' }).click();
    const dialog = page.getByRole('dialog', { name: 'Schedule this scan' });
    await dialog.getByRole('button', { name: 'Create schedule' }).click();
    await dialog.getByText('Must not be empty').waitFor();
    await dialog.getByLabel('Name').fill(MARKUP);
    await dialog.getByLabel('When', { exact: true }).selectOption('Every week');
    await dialog.getByRole('button', { name: 'Create schedule' }).click();
    await page.getByText(/^Every Sunday at 03:00; .*; skips if the rotor is busy\./).waitFor();
    await visit.open('');
    await page.getByText('Next scheduled scan:').waitFor();
    await visit.open('watch/schedules');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('paused', { exact: true }).waitFor();
    await visit.close();
  });

  describe.each(LOOKS)('%s, %s', (size, theme) => {
    let visit: Visit;
    beforeAll(async () => {
      visit = await startVisit(world().browser, world().origin, size, theme);
    });
    afterAll(() => visit.close());

    test.each(pages)(
      '$name is accessible, fits the window, and escapes markup',
      async ({ name, path, sign }) => {
        const refused: string[] = [];
        visit.page.on('response', (response) => {
          if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
        });
        await visit.open(path());
        await sign(visit.page);
        expect(await findProblems(visit.page)).toEqual([]);
        if (size === 'phone') expect(await visit.page.evaluate(SMALL_TARGETS)).toEqual([]);
        expect(visit.faults).toEqual([]);
        // The browser logs every refused request to its console.
        if (!name.startsWith('unknown-')) expect(refused).toEqual([]);
        await saveScreenshot(visit.page, `${name}-${size}-${theme}`, true);
      },
    );
  });

  test.each(['start', 'session'])('Tab reaches all controls: %s', async (name) => {
    const visit = await startVisit(world().browser, world().origin);
    const found = pages.find((page) => page.name === name);
    if (!found) throw new Error(`there is no page ${name}`);
    await visit.open(found.path());
    await found.sign(visit.page);
    const stops = await tabStops(visit.page);
    const expected =
      name === 'start'
        ? ['Skip to content', 'Stop rotor', 'Azimuth from', 'Step', 'Start scan']
        : ['Skip to content', 'Stop rotor', 'Polar', 'Map of session', 'PNG'];
    const places = expected.map((word) => stops.findIndex((stop) => stop.includes(word)));
    expect(places, stops.join(' | ')).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    await visit.close();
  });
}

function notFound(sentence: string): PageToSee['sign'] {
  return async (page) => {
    await page.getByRole('heading', { level: 1, name: 'Not found' }).waitFor();
    await page.getByText(sentence, { exact: true }).waitFor();
  };
}

/** Problems of the current page. */
async function findProblems(page: Page): Promise<string[]> {
  const complaints = await violationsOf(page);
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  if (wide > 0) complaints.push(`${wide} px wider than the window`);
  const made = await page.evaluate<number>('document.querySelectorAll("b, img[src=x]").length');
  if (made > 0) complaints.push(`markup became ${made} elements`);
  return complaints;
}

/** Runs in the page: controls that are too small for touch, below 44 px. */
const SMALL_TARGETS = `[...document.querySelectorAll('button, select, textarea, summary, nav a, .button, .segmented label, '
    + 'input:not([type=checkbox], [type=radio])')]
  .map((element) => [element.getBoundingClientRect().height, element.ariaLabel ?? element.textContent.trim() + element.id])
  .filter(([height]) => height > 0 && height < 43.9)
  .map(([height, name]) => name + ': ' + height + ' px')`;

const MAX_TAB_STOPS = 120;

/** Names of the controls in Tab order, until the order repeats. */
async function tabStops(page: Page): Promise<string[]> {
  const stops: string[] = [];
  await page.evaluate('document.activeElement?.blur()');
  for (let i = 0; i < MAX_TAB_STOPS; i++) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate<string | null>(
      `(({ activeElement: at }) => at === document.body ? null
        : at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent)(document)`,
    );
    if (name === null) break;
    stops.push(name.trim().replace(/\s+/g, ' '));
  }
  return stops;
}
