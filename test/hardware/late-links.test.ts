import { expect, test } from 'vitest';
import { createDongleBench } from '../support/librtlsdr.ts';
import { measureOver, measureThroughDelay, tableOfLinks, type LinkProfile } from '../support/late-links.ts';
import { describeWithPrograms } from '../support/peers.ts';

// With the simulated dongle, which delays its samples, and with the real rtl_tcp behind a delay
// line.

const LATE_MS = [0, 200, 500, 900, 1_500, 3_000, 5_000];
const LINKS: LinkProfile[] = [
  ...LATE_MS.map((lateMs) => ({
    name: `${lateMs / 1000} s late`,
    lateMs,
    rateHz: 0,
  })),
  { name: '98 % of the rate', lateMs: 0, rateHz: 2_007_040 },
  { name: '0.9 s late, 98 %', lateMs: 900, rateHz: 2_007_040 },
];

test('no cell has the level of another cell without a flag, for any delay of the samples', async () => {
  const rows = [];
  for (const link of LINKS) rows.push(await measureOver(link, 6));
  process.stdout.write(`${tableOfLinks(rows)}\n`);
  expect(rows.filter(({ wrong }) => wrong > 0)).toEqual([]);
  // On a link without delay cells are measured; on a busy machine some are refused.
  expect(rows[0]?.right).toBeGreaterThan(0);
}, 600_000);

describeWithPrograms(['cc', 'rtl_tcp'], 'the real rtl_tcp behind a delay line', () => {
  test('gives no cell the level of another cell without a flag', async () => {
    const bench = createDongleBench();
    bench.plug('behind-a-delay', { noise: -50 });
    const delays = [
      ...LATE_MS.map((downMs) => ({ name: `rtl_tcp, samples ${downMs / 1000} s`, downMs, upMs: 0 })),
      { name: 'rtl_tcp, 0.25 s both ways', downMs: 250, upMs: 250 },
    ];
    const rows = [];
    try {
      for (const delay of delays) rows.push(await measureThroughDelay(bench, delay, 6));
    } finally {
      bench.close();
      process.stdout.write(`${tableOfLinks(rows)}\n`);
    }
    expect(rows.filter(({ wrong }) => wrong > 0)).toEqual([]);
    expect(rows[0]?.right).toBeGreaterThan(0);
  }, 900_000);
});
