import { expect, test } from 'vitest';
import { withLocalTimes } from '../../services/dashboard/lib/format.ts';
import {
  colouredCells,
  coloursOnScreen,
  placeOnScreen,
  probesInCell,
  viewOnScreen,
} from '../support/sky-on-screen.ts';
import { violationsOf } from '../support/axe.ts';
import { untilStatusWithRetry, untilPoints } from '../support/whole-scan.ts';
import { getSession } from '../support/stack-client.ts';
import { upTo } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { saveScreenshot, mapNow, SCAN, TOTAL, type BrowserWorld, type Measurement } from './world.ts';

const MORE = 5;

/** A running scan: live updates, its controls, and recovery from connection losses. */
export function runningScanTests(world: () => BrowserWorld): void {
  const page = () => world().visit.page;
  const button = (name: string) => page().getByRole('button', { name, exact: true });
  const completed = async () => (await getSession(world().stack, world().sessionId)).completed_points;
  const untilStatus = (status: string) => untilStatusWithRetry(world().stack, world().sessionId, status);
  const badge = (status: string) => page().locator(`.head .badge[data-status=${status}]`).waitFor();
  const tip = () => page().getByTestId('cell-tip');

  /** Phase and text of the scan's activity on the page. */
  const readActivity = async () => {
    const line = page().locator('[data-phase]');
    return { phase: await line.getAttribute('data-phase'), text: await line.innerText() };
  };
  const untilPhase = (phase: string) =>
    until(`the page is ${phase}`, async () => (await readActivity()).phase === phase);
  /** Pauses the scan, so that points remain for the next test however slow the browser is. */
  const hold = async () => {
    await world().stack.api('POST', `/api/skyscan/${world().sessionId}/pause`);
    await until('a paused scan', async () =>
      ['paused', 'completed'].includes((await getSession(world().stack, world().sessionId)).status),
    );
  };
  const resume = () => world().stack.api('POST', `/api/skyscan/${world().sessionId}/resume`);
  const isBack = () =>
    until('the page is connected', async () =>
      ['live', 'ended'].includes((await readActivity()).phase ?? ''),
    );
  const hasCaughtUp = () =>
    until('the page has all stored points', async () => {
      const stored = await completed();
      return world().visit.seqs(world().sessionId).length >= stored && stored;
    });

  async function more(points = MORE): Promise<void> {
    await untilPoints(world().stack, world().sessionId, (await completed()) + points);
  }

  /** Number of measured cells that are coloured on the page. */
  async function coloured(): Promise<{ cells: number; measured: number }> {
    const { points, map } = await mapNow(world());
    const view = await viewOnScreen(page(), map, 'polar');
    const places = points.flatMap(({ setpoint }) =>
      probesInCell(view, map, 'polar', SCAN.step_deg, setpoint),
    );
    return { cells: colouredCells(await coloursOnScreen(page(), places)), measured: points.length };
  }

  test('the map grows point by point', async () => {
    await untilPhase('live');
    for (const atLeast of [3, 6, 9]) {
      await untilPoints(world().stack, world().sessionId, atLeast);
      await hold();
      // The rotor marker may cover one cell.
      await until(`${atLeast} cells in colour`, async () => (await coloured()).cells >= atLeast - 1);
      await resume();
    }
    expect(await page().getByText(` of ${TOTAL} points`).innerText()).toMatch(/^\d+ of/);
    await saveScreenshot(page(), 'running-desktop-light');
  });

  test('pause pauses the scan, and the page shows it', async () => {
    await button('Pause').click();
    const { completed_points } = await untilStatus('paused');
    await badge('paused');
    await hasCaughtUp();
    expect(completed_points).toBeLessThan(TOTAL);
    await page().getByText(`${completed_points} of ${TOTAL} points`).waitFor();
  });

  test('the tooltip shows the values of the API', async () => {
    const { points, map } = await mapNow(world());
    const some = [points[0], points[4], points.at(-1)].filter((point) => point !== undefined);
    expect(some).toHaveLength(3);
    for (const point of some) {
      const { x, y } = await placeOnScreen(page(), map, 'polar', {
        azimuth: point.setpoint.azimuth + 1,
        elevation: point.setpoint.elevation + 1,
      });
      await page().mouse.move(x, y);
      await showsTip(point);
    }
    const { x, y } = await placeOnScreen(page(), map, 'polar', { azimuth: 75, elevation: 65 });
    await page().mouse.move(x, y);
    await until('a cell that is not measured', async () =>
      (await tip().innerText()).includes('not measured'),
    );
    expect((await tip().innerText()).replace(/\s+/g, ' ')).toContain('az 75.00° el 65.00°');
    await saveScreenshot(page(), 'paused-tip');
    await page().mouse.move(1, 1);
    await tip().waitFor({ state: 'detached' });
  });

  test('arrow keys move from cell to cell', async () => {
    const { points } = await mapNow(world());
    const at = (row: number, column: number) =>
      points.find((point) => point.row === row && point.column === column);
    const sky = page().getByRole('application');
    await sky.focus();
    // Keyboard navigation would continue from the mouse position.
    await page().keyboard.press('Escape');
    await page().keyboard.press('ArrowRight');
    await showsTip(at(0, 0));
    await page().keyboard.press('ArrowRight');
    if (at(0, 1)) await showsTip(at(0, 1));
    await page().keyboard.press('ArrowLeft');
    await showsTip(at(0, 0));
    const text = page().locator('[aria-live=polite]', { hasText: 'azimuth' });
    expect(await text.innerText()).toContain('azimuth 0°, elevation 20°');
    await page().keyboard.press('Escape');
    await tip().waitFor({ state: 'detached' });
  });

  test('cancel asks for confirmation and can be aborted', async () => {
    await button('Cancel scan').click();
    await page()
      .getByRole('dialog', { name: `Cancel session ${world().sessionId}?` })
      .waitFor();
    expect(await violationsOf(page())).toEqual([]);
    await saveScreenshot(page(), 'cancel-dialog');
    await page().keyboard.press('Escape');
    await page().getByRole('dialog').waitFor({ state: 'detached' });
    expect((await getSession(world().stack, world().sessionId)).status).toBe('paused');
  });

  test('resume resumes the scan', async () => {
    await button('Resume').click();
    await badge('running');
    await more();
    await hold();
    await badge('paused');
    await hasCaughtUp();
  });

  test('the stop button stops the rotor, and the page shows why the scan is paused', async () => {
    await resume();
    await badge('running');
    await page().getByRole('button', { name: 'Stop rotor' }).press('Enter');
    await badge('paused');
    const { notes } = await untilStatus('paused');
    expect(notes).toMatch(/stopped by request/);
    await until(
      'the notes',
      async () => (await page().locator('.notes').innerText()).trim() === withLocalTimes(notes ?? ''),
    );
    await saveScreenshot(page(), 'stopped');
    await page().getByRole('button', { name: 'Resume' }).press('Enter');
    await badge('running');
    await hold();
  });

  test('the page shows a lost connection, reconnects, and misses no point', async () => {
    await resume();
    world().connection.setCondition({ kind: 'refuse' });
    await untilPhase('waiting');
    await more();
    await hold();
    expect((await readActivity()).text).toMatch(/^.+\. Retrying in \d+ s$/);
    await page().getByText('Retrying ...').waitFor();
    await saveScreenshot(page(), 'connection-lost');
    world().connection.setCondition({ kind: 'normal' });
    await button('Retry now').click();
    await isBack();
    await hasCaughtUp();
  });

  test('the page shows that the device is offline, and recovers', async () => {
    await resume();
    await world().visit.context.setOffline(true);
    world().connection.cut();
    await untilPhase('waiting');
    await more();
    await hold();
    await until('the offline message', async () =>
      (await readActivity()).text.includes('This device is offline'),
    );
    await world().visit.context.setOffline(false);
    await isBack();
    await hasCaughtUp();
  });

  test('the page recovers when the gateway is killed and restarts', async () => {
    await resume();
    const before = await completed();
    await world().stack.kill('api-gateway');
    await untilPoints(world().stack, world().sessionId, before + MORE);
    await hold();
    await isBack();
    expect(await hasCaughtUp()).toBeGreaterThanOrEqual(before + MORE);
  });

  test('at the end no point is missing or duplicated', async () => {
    await resume();
    await untilStatus('completed');
    await badge('completed');
    await untilPhase('ended');
    expect(world().visit.seqs(world().sessionId)).toEqual(upTo(TOTAL));
    expect(await page().getByText('not measured').count()).toBe(0);
    await page().getByText(`${TOTAL} of ${TOTAL} points`).waitFor();
  });

  async function showsTip(point: Measurement | undefined): Promise<void> {
    if (!point) throw new Error('the point is not measured');
    const { setpoint, readback, unit } = point;
    const degrees = ({ azimuth, elevation }: typeof setpoint) =>
      `az ${azimuth.toFixed(2)}° el ${elevation.toFixed(2)}°`.replaceAll('-', '\u2212');
    const level = (value: number) => value.toFixed(1).replace('-', '\u2212');
    const expected = [
      degrees(setpoint),
      `${level(point.mean_dbm)} ${unit}`,
      `spread ${point.std_db.toFixed(2)} dB`,
      `${level(point.max_dbm)} ${unit}`,
      `reads ${point.reads}`,
      `rotor at ${degrees(readback)}`,
    ];
    let shown = '';
    await until('the tooltip', async () => {
      shown = (await tip().innerText({ timeout: 1_000 })).replace(/\s+/g, ' ');
      return expected.every((text) => shown.includes(text));
    }).catch((error: unknown) => {
      throw new Error(`the tooltip shows ${shown}; the API returns ${expected.join(', ')}`, { cause: error });
    });
  }
}
