import { expect, test } from 'vitest';
import { measureOver, tableOfLinks, type Link } from '../support/late-links.ts';

// The simulated dongle, whose samples leave it late: here because it takes minutes.

const LINKS: Link[] = [
  ...[0, 200, 500, 900, 1_500, 3_000, 5_000].map((lateMs) => ({
    name: `${lateMs / 1000} s late`,
    lateMs,
    rateHz: 0,
  })),
  { name: '98 % of the rate', lateMs: 0, rateHz: 2_007_040 },
  { name: '0.9 s late, 98 %', lateMs: 900, rateHz: 2_007_040 },
];

test('no cell has the level of another without a flag, however late samples arrive', async () => {
  const rows = [];
  for (const link of LINKS) rows.push(await measureOver(link, 6));
  process.stdout.write(`${tableOfLinks(rows)}\n`);
  expect(rows.filter(({ wrong }) => wrong > 0)).toEqual([]);
  // On a link that is in time every cell is measured.
  expect(rows[0]).toMatchObject({ refused: 0 });
}, 600_000);
