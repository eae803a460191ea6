import { describe, expect, it } from 'vitest';
import { updateSelection, listPath, parseListQuery, parseId } from './list-query.ts';
import { sessionTimes } from './session-times.ts';
import { createThumbnails, thumbnailPath } from './thumbnails.ts';
import { until } from '../../../test/support/until.ts';
import type { Session } from '#contract/rest/sessions';

const session: Session = {
  id: 3,
  rotor_id: 1,
  status: 'completed',
  az_start: 0,
  az_end: 90,
  el_start: 10,
  el_end: 20,
  step_deg: 5,
  rssi_iterations: 10,
  total_points: 57,
  completed_points: 57,
  progress_pct: 100,
  started_at: '2026-02-14T12:00:00',
  finished_at: '2026-02-14T12:42:00',
  notes: null,
};

describe('the list query', () => {
  it.each([
    ['', '/api/skyscan/sessions?limit=25&offset=0'],
    ['status=running&rotor=2&page=3', '/api/skyscan/sessions?limit=25&offset=48&status=running&rotor_id=2'],
    ['status=sleeping&rotor=x&page=-1', '/api/skyscan/sessions?limit=25&offset=0'],
    ['page=99999999999', '/api/skyscan/sessions?limit=25&offset=0'],
    ['page=2000000000', '/api/skyscan/sessions?limit=25&offset=23999976'],
  ])('%s requests %s', (query, path) => {
    expect(listPath(parseListQuery(new URLSearchParams(query)))).toBe(path);
  });

  it.each([
    [[], 3, true, [3]],
    [[3], 5, true, [3, 5]],
    [[3, 5], 7, true, [5, 7]],
    [[3, 5], 3, false, [5]],
    [[3, 5], 3, true, [5, 3]],
  ])('%o with %d (ticked: %s) becomes %o', (chosen, id, ticked, next) => {
    expect(updateSelection(chosen, id, ticked)).toEqual(next);
  });

  it.each(['0', '-1', '1.5', '1e3', '', 'x', '12345678901', null, undefined])('%s is not an id', (text) =>
    expect(parseId(text)).toBeUndefined(),
  );
});

describe('session times', () => {
  const local = (time: string) => new Date(`${time}Z`).toTimeString().slice(0, 5);
  const nowMs = Date.parse('2026-02-14T13:00:00Z');

  it.each([
    [{}, `${local('2026-02-14T12:00:00')} to ${local('2026-02-14T12:42:00')}`],
    [{ finished_at: null }, `Started ${local('2026-02-14T12:00:00')}`],
    [{ started_at: null, finished_at: null }, 'Not started'],
    [{ started_at: null }, `Ended ${local('2026-02-14T12:42:00')}`],
  ])('%o is written %s', (change, text) => expect(sessionTimes({ ...session, ...change }, nowMs)).toBe(text));
});

describe('thumbnails', () => {
  it('are requested for sessions with points, and again as a scan grows', () => {
    expect(thumbnailPath({ ...session, completed_points: 0 }, 'dark')).toBeUndefined();
    const running = (completed_points: number) =>
      thumbnailPath({ ...session, status: 'running', total_points: 1000, completed_points }, 'dark');
    expect(running(100)).toBe('/api/skyscan/3/map.png?projection=polar&fit=true&size=160&theme=dark#2');
    const row = { ...session, completed_points: 1, el_start: 20, el_end: 20 + 0.9 * session.step_deg };
    expect(thumbnailPath(row, 'dark')).toContain('projection=rectangular');
    expect(thumbnailPath({ ...row, el_end: 20 + session.step_deg }, 'dark')).toContain('projection=polar');
    expect(running(140)).toBe(running(100));
    expect(running(150)).not.toBe(running(100));
  });

  it('are all loaded, three at a time', async () => {
    let running = 0;
    let maxRunning = 0;
    const answers: (() => void)[] = [];
    const thumbnails = createThumbnails(async () => {
      maxRunning = Math.max(maxRunning, ++running);
      await new Promise<void>((resolve) => answers.push(resolve));
      running--;
      return { blob: () => Promise.resolve(new Blob(['x'])) };
    });
    const { signal } = new AbortController();
    const loads = Array.from({ length: 8 }, (_, n) => thumbnails.load(`/${n}`, signal));
    for (let answered = 0; answered < 8; answered++) {
      await until('the next image to be requested', () => answers.length > answered);
      answers[answered]?.();
    }
    expect((await Promise.all(loads)).every((image) => image instanceof Blob)).toBe(true);
    expect(maxRunning).toBe(3);
  });

  it('skip images that fail to load and continue after an abort', async () => {
    const thumbnails = createThumbnails(() => Promise.reject(new Error('Scan session not found')));
    const abort = new AbortController();
    expect(await thumbnails.load('/1', abort.signal)).toBeUndefined();
    abort.abort();
    for (let n = 0; n < 5; n++) await expect(thumbnails.load('/2', abort.signal)).rejects.toThrow();
    expect(await thumbnails.load('/3', new AbortController().signal)).toBeUndefined();
  });
});
