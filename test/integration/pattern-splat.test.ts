import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSplatAzimuth, writeSplatElevation } from '#shared/pattern/splat';
import { describeWithPrograms } from '../support/peers.ts';

/** Gain falls by 0.1 dB per degree to the right, twice as fast to the left. */
const azimuthDb = Array.from({ length: 360 }, (_, k) => (k <= 180 ? -k / 10 : (k - 360) / 5));
const elevationDb = Array.from({ length: 360 }, (_, k) => -Math.min(k, 360 - k) / 100);
const ANTENNA = { name: 'test', azimuthDb, elevationDb, gainDbi: undefined, frequencyMhz: undefined };

describeWithPrograms(['splat'], 'SPLAT! reads the pattern files', () => {
  test.each([
    ['to the left of the axis', 30, -6],
    ['to the right of the axis', -30, -3],
  ])('a receiver %s', (_, rotationDeg, expectedDb) => {
    const folder = mkdtempSync(join(tmpdir(), 'sky-scan-splat-'));
    const file = (name: string, text: string) => writeFileSync(join(folder, name), text);
    try {
      // The receiver is north of the transmitter, at the same height.
      file('tx.qth', 'TX\n50.0\n352.0\n30m\n');
      file('rx.qth', 'RX\n50.1\n352.0\n30m\n');
      file('tx.lrp', '15.0\n0.005\n301.0\n1420.0\n5\n0\n0.50\n0.50\n10.0\n');
      file('tx.az', writeSplatAzimuth(ANTENNA, (rotationDeg + 360) % 360));
      file('tx.el', writeSplatElevation(ANTENNA));
      execFileSync('splat', ['-t', 'tx.qth', '-r', 'rx.qth', '-metric'], { cwd: folder, stdio: 'ignore' });
      const report = readFileSync(join(folder, 'TX-to-RX.txt'), 'latin1');
      const [, gain] = /antenna pattern towards RX: [\d.]+ \((-?[\d.]+) dB\)/.exec(report) ?? [];
      expect(Math.abs(Number(gain) - expectedDb)).toBeLessThan(0.1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
