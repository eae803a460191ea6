import pino from 'pino';
import { expect, test } from 'vitest';
import { emptyReport, readReport } from '../domain/device-report.ts';
import { LocalDongle } from './local-dongle.ts';

function reportOf(serials: readonly string[], used: number) {
  const report = emptyReport();
  for (const [index, serial] of serials.entries())
    readReport(report, `  ${index}:  Realtek, RTL2838UHIDIR, SN: ${serial}`);
  readReport(report, `Using device ${used}: Generic RTL2832U OEM`);
  return report;
}

function listOf(serials: readonly string[]) {
  const report = emptyReport();
  for (const [index, serial] of serials.entries())
    readReport(report, `  ${index}:  Realtek, RTL2838UHIDIR, SN: ${serial}`);
  readReport(report, 'No matching devices found.');
  return report;
}

test.each([
  ['00000001', '1'],
  ['roof', 'roof'],
])('serial number %s is looked up in the list before any dongle is opened', (serial, argument) => {
  const dongle = new LocalDongle(serial, pino({ level: 'silent' }));
  expect(dongle.argument).toBe(`${serial}?`);
  expect(dongle.check(listOf(['00000002', `${serial}2`]))).toEqual({
    wrong: `no dongle has this serial number; found 00000002, ${serial}2`,
  });
  expect(dongle.argument).toBe(`${serial}?`);
  expect(dongle.check(listOf(['00000002', serial]))).toBe('looked up');
  expect(dongle.argument).toBe(argument);
  expect(dongle.check(reportOf(['00000002', serial], 1))).toBe('right');
  expect(dongle.argument).toBe(argument);
});

test('a dongle that was lost, or replaced by another one, is looked up again', () => {
  const dongle = new LocalDongle('roof', pino({ level: 'silent' }));
  dongle.check(listOf(['roof']));
  expect(dongle.argument).toBe('roof');
  dongle.forgetIndex();
  expect(dongle.argument).toBe('roof?');
  dongle.check(listOf(['roof']));
  dongle.check(reportOf(['roof2'], 0));
  expect(dongle.argument).toBe('roof?');
});

test('a serial number shared by two dongles is used with a warning while both are present', () => {
  const dongle = new LocalDongle('00000001', pino({ level: 'silent' }));
  expect(dongle.check(reportOf(['00000001', 'roof'], 0))).toBe('right');
  expect(dongle.warning).toBeUndefined();
  expect(dongle.check(reportOf(['00000001', '00000001'], 1))).toBe('right');
  expect(dongle.warning).toBe(
    '2 dongles have the serial number 00000001 (indices 0, 1), and index 1 is used. Give each its own: rtl_eeprom -d INDEX -s NAME',
  );
  dongle.check(reportOf(['00000001'], 0));
  expect(dongle.warning).toBeUndefined();
});
