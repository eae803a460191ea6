import { expect, test } from 'vitest';
import { formatDuration } from '#shared/base/durations';
import { count } from '../../services/dashboard/lib/format.ts';
import { callApi } from '../support/stack-client.ts';
import { until } from '../support/until.ts';
import { startVisit } from '../support/visit.ts';
import { saveScreenshot, SCAN, TOTAL, type BrowserWorld } from './world.ts';

interface Preview {
  total_points: number;
  rows: number;
  columns: number;
  expected_duration_s: number;
}

const LABELS = {
  az_start: 'Azimuth from',
  az_end: 'Azimuth to',
  el_start: 'Elevation from',
  el_end: 'Elevation to',
  step_deg: 'Step',
  rssi_iterations: 'Reads per point',
} as const;

/** The start form: live preview, validation messages, and the start of the scan. */
export function startFormTests(world: () => BrowserWorld): void {
  const page = () => world().visit.page;
  const field = (name: keyof typeof LABELS) => page().getByLabel(LABELS[name], { exact: true });
  const figure = (name: string) => page().locator(`[data-figure=${name}]`).innerText();
  const body = (change: object = {}) => ({ rotor_id: world().rotorId, ...SCAN, ...change });

  /** Waits until the page shows the API's preview of a scan. */
  async function expectPreview(change: object): Promise<void> {
    const is = await callApi<Preview>(world().stack, 'POST', '/api/skyscan/preview', body(change));
    const expected = [count(is.total_points), formatDuration(is.expected_duration_s)];
    let shown: string[] = [];
    await until('the figures of the preview', async () => {
      shown = await Promise.all(['points', 'duration'].map(figure));
      return shown.join() === expected.join();
    }).catch((error: unknown) => {
      throw new Error(`the page shows ${shown.join(', ')}, the API returns ${expected.join(', ')}`, {
        cause: error,
      });
    });
  }

  test('the first page links to the form while there is no session', async () => {
    await world().visit.open('');
    await page().getByRole('heading', { name: 'No scan yet' }).waitFor();
    await saveScreenshot(page(), 'empty-now');
    await page().getByRole('main').getByRole('link', { name: 'Start a scan' }).click();
    await page().getByRole('heading', { level: 1, name: 'Start a scan' }).waitFor();
  });

  test('the preview of the API updates while typing', async () => {
    for (const [name, value] of Object.entries(SCAN))
      await field(name as keyof typeof LABELS).fill(String(value));
    await expectPreview({});
    expect(await figure('points')).toBe(String(TOTAL));
    await field('step_deg').press('End');
    await field('step_deg').press('Backspace');
    await field('step_deg').pressSequentially('15');
    await expectPreview({ step_deg: 15 });
    await page().getByText('Equal area', { exact: true }).click();
    await expectPreview({ step_deg: 15, grid: 'equal_area' });
    await page().getByText('Rectangular', { exact: true }).click();
    await field('step_deg').fill(String(SCAN.step_deg));
    await expectPreview({});
  });

  test('the preview of several bands shows their plan', async () => {
    const { browser, origin } = world();
    const visit = await startVisit(browser, origin);
    await visit.open('scan?bands=433.92,2;868.3,2');
    await visit.page.getByLabel('Spectrum at every point').check();
    const plan = visit.page.getByRole('region', { name: '2 bands, all at every point' });
    await plan.getByText('868.3 MHz, 2 MHz wide').waitFor();
    await plan.getByText('A change of frequency takes about').waitFor();
    await plan.getByText('All bands but the first take').waitFor();
    await saveScreenshot(visit.page, 'bands-preview');
    expect(visit.faults).toEqual([]);
    await visit.close();
  });

  test('validation messages of the API appear beside their fields', async () => {
    const wrong = { step_deg: 0.001, el_end: 95, rssi_iterations: 0 };
    const answer = await world().stack.api<{ detail: { loc: string[]; msg: string }[] }>(
      'POST',
      '/api/skyscan/preview',
      body(wrong),
    );
    expect(answer.status).toBe(422);
    for (const [name, value] of Object.entries(wrong))
      await field(name as keyof typeof LABELS).fill(String(value));
    for (const name of Object.keys(wrong) as (keyof typeof wrong)[]) {
      const { msg } = answer.body.detail.find(({ loc }) => loc.at(-1) === name) ?? { msg: 'no problem' };
      await until(`${msg} beside ${name}`, async () => (await accessibleDescription(name)).includes(msg));
      expect(await field(name).getAttribute('aria-invalid')).toBe('true');
    }
    await saveScreenshot(page(), 'form-problems');
    // Start shows the same messages and focuses the first invalid field.
    await page().getByRole('button', { name: 'Start scan' }).click();
    await until('the first invalid field has the focus', () =>
      field('el_end').evaluate((input: { matches(selector: string): boolean }) => input.matches(':focus')),
    );
    expect(await callApi(world().stack, 'GET', '/api/skyscan/sessions')).toEqual([]);
    for (const name of Object.keys(wrong) as (keyof typeof wrong)[])
      await field(name).fill(String(SCAN[name]));
    await expectPreview({});
    expect(await field('el_end').getAttribute('aria-invalid')).toBeNull();
  });

  test('the scan can be started with the keyboard alone', async () => {
    await page().getByLabel('Notes').fill('from the form');
    const button = page().getByRole('button', { name: 'Start scan' });
    await until('Tab reaches the button', async () => {
      await page().keyboard.press('Tab');
      return button.evaluate((element: { matches(selector: string): boolean }) => element.matches(':focus'));
    });
    await page().keyboard.press('Enter');
    await page().waitForURL(/#\/scan\/sessions\/\d+$/);
    world().sessionId = Number(/\d+$/.exec(page().url())?.[0]);
    await page()
      .getByRole('heading', { level: 1, name: `Session ${world().sessionId}` })
      .waitFor();
    const session = await callApi(world().stack, 'GET', `/api/skyscan/${world().sessionId}`);
    expect(session).toMatchObject({ ...SCAN, total_points: TOTAL, notes: 'from the form' });
  });

  /** Accessible description of a field. */
  async function accessibleDescription(name: keyof typeof LABELS): Promise<string> {
    const ids = (await field(name).getAttribute('aria-describedby')) ?? '';
    const texts = ids
      .split(' ')
      .filter((id) => id !== '')
      .map((id) => page().locator(`[id="${id}"]`).innerText());
    return (await Promise.all(texts)).join(' ');
  }
}
