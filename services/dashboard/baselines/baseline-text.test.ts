import { expect, test } from 'vitest';
import { bandText, binText, memberText, parseSessionIds } from './baseline-text.ts';

test.each([
  ['all', 'All sessions'],
  ['hour:09', '09:00 to 10:00, local time'],
  ['hour:23', '23:00 to 00:00, local time'],
  ['sidereal:07', '7 h to 8 h, sidereal time'],
])('the bin %s', (bin, text) => expect(binText(bin)).toBe(text));

test('parts of the band', () => {
  const part = { index: 0, band: 0 };
  expect(bandText({ ...part, from_hz: 433_050_000, to_hz: 434_790_000 })).toBe('433.05 to 434.79 MHz');
  expect(bandText({ ...part, from_hz: 900_000, to_hz: 1_100_000 })).toBe('900 kHz to 1.1 MHz');
});

test.each([
  ['12, 15 18;12', [12, 15, 18]],
  ['', undefined],
  ['12, x', undefined],
  ['0', undefined],
])('session ids: %j', (text, ids) => expect(parseSessionIds(text)).toEqual(ids));

test('a member says who excluded it, why, and what was left out', () => {
  const member = {
    session_id: 1,
    status: 'excluded' as const,
    bins: ['all'],
    anomalies: 2,
    offset_db: 0,
    started_at: null,
  };
  expect(memberText({ ...member, reason: 'has another gain', is_by_user: false, masked: 0 })).toBe(
    'has another gain',
  );
  expect(memberText({ ...member, reason: null, is_by_user: true, masked: 1 })).toBe(
    'by a user; 1 cell left out because of changes',
  );
});
