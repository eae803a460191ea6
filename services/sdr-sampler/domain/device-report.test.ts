import { describe, expect, test } from 'vitest';
import { checkDevice, emptyReport, indicesOf, isBlogV4, readReport, tuningFailure } from './device-report.ts';

function reportOf(used: number) {
  const report = emptyReport();
  for (const line of [
    'Found 3 device(s):',
    '  0:  Realtek, RTL2838UHIDIR, SN: 00000002',
    '  1:  Realtek, RTL2838UHIDIR, SN: roof',
    '  2:  Realtek, RTL2838UHIDIR, SN: 00000001',
    '',
    `Using device ${used}: Generic RTL2832U OEM`,
    'Found Rafael Micro R820T tuner',
    'Tuner gain set to 29.70 dB.',
  ])
    readReport(report, line);
  return report;
}

test('contains the opened dongle', () => {
  expect(reportOf(1)).toMatchObject({ used: 1, tuner: 'Rafael Micro R820T', gainDb: 29.7 });
});

test('is unknown before the list is complete', () => {
  const report = emptyReport();
  readReport(report, '  0:  Realtek, RTL2838UHIDIR, SN: 00000002');
  expect(checkDevice(report, '00000002')).toBe('unknown yet');
});

test('contains why no dongle was opened, whatever follows', () => {
  const report = emptyReport();
  for (const line of ['No supported devices found.', 'Reporting every 1 seconds']) readReport(report, line);
  expect(report.failure).toBe('No supported devices found');
});

test.each([
  ['the right one', 1, 'roof', 'right'],
  // `-d 00000002` opens index 2 when there are three.
  ['a serial number interpreted as an index', 2, '00000002', { index: 0 }],
  ['a prefix accepted as the whole', 1, 'ro', 'missing'],
  ['a different one', 0, 'cellar', 'missing'],
])('%s', (_, used, serial, verdict) => {
  expect(checkDevice(reportOf(used), serial)).toEqual(verdict);
});

test('finds dongles that share a serial number, and a Blog V4 by its name', () => {
  const report = emptyReport();
  for (const line of [
    '  0:  Realtek, RTL2838UHIDIR, SN: 00000001',
    '  1:  RTLSDRBlog, Blog V4, SN: 00000001',
    'Using device 1: Generic RTL2832U OEM',
  ])
    readReport(report, line);
  expect(indicesOf(report, '00000001')).toEqual([0, 1]);
  expect(indicesOf(report, '00000002')).toEqual([]);
  expect(isBlogV4(report)).toBe(true);
  expect(isBlogV4({ ...report, used: 0 })).toBe(false);
});

describe('settings that the tuner has rejected', () => {
  test.each([
    ['[R82XX] PLL not locked for 1766000000 Hz!', 'frequency'],
    ['r82xx_write: i2c wr failed=-9 reg=17 len=1', 'settings'],
    ['WARNING: Failed to set tuner gain.', 'tuner gain'],
    ['WARNING: Failed to set center freq.', 'center freq'],
  ])('%s', (line, setting) => {
    expect(tuningFailure(line)).toContain(`did not take its ${setting}`);
  });

  test.each(['set freq 1420000000', 'Tuner gain set to 29.70 dB.', 'Found Rafael Micro R820T tuner'])(
    '%s reports none',
    (line) => {
      expect(tuningFailure(line)).toBeUndefined();
    },
  );
});
