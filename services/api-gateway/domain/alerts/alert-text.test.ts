import { expect, test } from 'vitest';
import { frequenciesText, titleOf, type Titled } from './alert-text.ts';

const ALERT: Titled = {
  kind: 'new',
  azimuthDeg: 118.23,
  elevationDeg: 12.51,
  changeDb: 3.24,
  channels: [{ from_hz: 868.2e6, to_hz: 868.4e6 }],
  source: null,
  schedule: 'Night',
};

test.each<[Partial<Titled>, string]>([
  [{}, 'New source at 118.2°, 12.5°, 868.3 MHz'],
  [{ source: 'Gate' }, 'New: Gate at 118.2°, 12.5°, 868.3 MHz'],
  [{ kind: 'gone', channels: [] }, 'Source gone at 118.2°, 12.5°'],
  [
    { kind: 'fainter', changeDb: -2.16, source: 'Gate' },
    'Gate fainter by 2.2 dB at 118.2°, 12.5°, 868.3 MHz',
  ],
  [{ kind: 'moved' }, 'Source moved to 118.2°, 12.5°, 868.3 MHz'],
  [{ kind: 'no_data', azimuthDeg: null, elevationDeg: null }, 'No data of “Night”'],
  [{ kind: 'scan_failed', azimuthDeg: null, elevationDeg: null }, 'Scan failed of “Night”'],
])('the title of %j', (change, title) => {
  expect(titleOf({ ...ALERT, ...change })).toBe(title);
});

test('frequencies: narrow ones by their middle, wide ones with their ends, at most three', () => {
  expect(frequenciesText([{ from_hz: 433.05e6, to_hz: 434.79e6 }])).toBe('433.05–434.79 MHz');
  const many = [1, 2, 3, 4, 5].map((mhz) => ({ from_hz: mhz * 1e6 - 1e3, to_hz: mhz * 1e6 + 1e3 }));
  expect(frequenciesText(many)).toBe('1 + 2 + 3 MHz and 2 more');
});
