import { expect, test } from 'vitest';
import { sessionTitle } from './session-title.ts';

const area = (az_start: number, az_end: number, el_start: number, el_end: number) => ({
  az_start,
  az_end,
  el_start,
  el_end,
  step_deg: 2,
});

test.each([
  [area(0, 360, 0, 0), 'Horizon sweep'],
  [area(0, 358, 5, 5), 'Horizon sweep'],
  [area(90, 180, 0, 1), 'Horizon sweep from az 90° to 180°'],
  [area(0, 360, 45, 45), 'Sweep at el 45°'],
  [area(0, 360, 18, 65), 'Sky scan'],
  [area(350, 20, 18, 65), 'Sector scan from az 350° to 20°'],
  [area(120.5, 120.5, 0, 90), 'Elevation cut at az 120.5°'],
  [area(120, 120, 30, 30), 'Point at az 120°, el 30°'],
])('%o is a %s', (session, title) => {
  expect(sessionTitle(session)).toBe(title);
});

test('names the frequency, or the range of several bands', () => {
  const at = (...centres: number[]) => ({
    frame: null,
    bands: centres.map((center_frequency_hz) => ({ center_frequency_hz, bandwidth_hz: 2e6 })),
  });
  const horizon = area(0, 360, 0, 0);
  expect(sessionTitle(horizon, at(1420.4e6))).toBe('Horizon sweep, 1420.4 MHz');
  expect(sessionTitle(horizon, at(868.3e6, 433.92e6))).toBe(
    'Horizon sweep, 2 bands from 433.92 MHz to 868.3 MHz',
  );
  expect(sessionTitle(horizon, at())).toBe('Horizon sweep');
  const frame = { source: 'sun' as const, name: 'the Sun' };
  expect(sessionTitle(area(-20, 20, -20, 20), { ...at(1420.4e6), frame })).toBe(
    'Scan around the Sun, 1420.4 MHz',
  );
});
