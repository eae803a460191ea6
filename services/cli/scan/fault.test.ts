import { expect, test } from 'vitest';
import type { DetailedPointMessage, DetailedStatusMessage } from '#contract/live/session-messages';
import { createPointRate } from './point-rate.ts';
import type { Display } from './display.ts';
import { PlainDisplay } from './plain-display.ts';
import { secondsLeft, applyMessage, type ScanView } from './scan-view.ts';
import { faultLine, screenText } from './screen-text.ts';
import { createSkyGrid } from './sky-grid.ts';

const bounds = {
  kind: 'rectangular' as const,
  azStartDeg: 0,
  azEndDeg: 10,
  elStartDeg: 0,
  elEndDeg: 10,
  stepDeg: 10,
};
const fault = {
  observation: 'rotctld at 127.0.0.1:4533 refused the connection',
  since: '2026-02-14T02:00:00.000Z',
  for_s: 14,
  pauses_at: null,
  pauses_in_s: 46,
};

function createView(): ScanView {
  return {
    session: {
      id: 3,
      rotor_id: 1,
      status: 'running',
      az_start: 0,
      az_end: 10,
      el_start: 0,
      el_end: 10,
      step_deg: 10,
      rssi_iterations: 1,
      total_points: 4,
      completed_points: 1,
      progress_pct: 25,
      started_at: null,
      finished_at: null,
      notes: null,
    },
    plan: {
      rotor_name: 'Roof',
      grid: 'rectangular',
      scan_mode: 'step',
      elapsed_s: 20,
      remaining_s: 60,
      frame: null,
      fault: null,
    },
    planAtMs: 0,
    grid: createSkyGrid(bounds),
    unit: 'dBm',
    pointRate: createPointRate(),
    received: 1,
    last: undefined,
  };
}

function status(change: Partial<DetailedStatusMessage>): DetailedStatusMessage {
  return {
    session_id: 3,
    status: 'running',
    completed: 1,
    total: 4,
    progress_pct: 25,
    elapsed_s: 20,
    remaining_s: 60,
    fault: null,
    rotor_rests: null,
    resumes_itself: null,
    point: null,
    ...change,
  };
}

function pointMessage(): DetailedPointMessage {
  const setpoint = { azimuth: 10, elevation: 0 };
  const measured_at = '2026-02-14T02:00:01.000Z';
  return {
    session_id: 3,
    status: 'running',
    completed: 2,
    total: 4,
    progress_pct: 50,
    point: {
      ...setpoint,
      rssi_reads: 1,
      rssi_average: -70,
      rssi_current: -70,
      measured_at: '2026-02-14T02:00:01',
      seq: 2,
      setpoint,
      measurement: {
        seq: 2,
        row: 0,
        column: 1,
        setpoint,
        readback: setpoint,
        mean_dbm: -70,
        std_db: 0,
        min_dbm: -70,
        max_dbm: -70,
        last_dbm: -70,
        reads: 1,
        integration_ms: 10,
        flags: [],
        measured_at,
        reference: null,
        median_dbm: null,
        unit: 'dBm',
      },
    },
  };
}

test('a fault shows its duration, its cause and the time of the pause, and hides the time left', () => {
  const view = createView();
  expect(secondsLeft(view, 0)).toBe(60);
  applyMessage(view, status({ fault }), 1_000);
  expect(faultLine(view, 3_000)).toBe(
    'No point for 16 s: rotctld at 127.0.0.1:4533 refused the connection. Pauses in 44 s',
  );
  expect(secondsLeft(view, 3_000)).toBeUndefined();
  const screen = { columns: 120, rows: 24, depth: 'none' as const, nowMs: 3_000, footer: '' };
  expect(screenText(view, screen).join('\n')).toContain('No point for 16 s');
  applyMessage(view, status({}), 4_000);
  expect(faultLine(view, 4_000)).toBeUndefined();
});

test('a point clears the fault; an unknown pause time is left out', () => {
  const view = createView();
  applyMessage(view, status({ fault: { ...fault, pauses_in_s: null } }), 0);
  expect(faultLine(view, 0)).toBe('No point for 14 s: rotctld at 127.0.0.1:4533 refused the connection');
  applyMessage(view, pointMessage(), 0);
  expect(faultLine(view, 0)).toBeUndefined();
});

test('the plain display prints a fault once, and its end', () => {
  const view = createView();
  let output = '';
  const out = { write: (text: string) => (output += text) };
  const display: Display = new PlainDisplay({ out, err: out }, view);
  for (const message of [
    status({}),
    status({ fault }),
    status({ fault: { ...fault, for_s: 20 } }),
    status({}),
  ]) {
    applyMessage(view, message, performance.now());
    display.onMessage(message);
  }
  expect(output.split('\n').filter((line) => /point/i.test(line) && !line.includes('of 4'))).toEqual([
    expect.stringMatching(/^No point for 14 s: rotctld at .* refused the connection. Pauses in 46 s$/),
    'Points arrive again.',
  ]);
});
