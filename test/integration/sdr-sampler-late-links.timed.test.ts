import { expect, test } from 'vitest';
import { measureOver } from '../support/late-links.ts';

// A row of the table in test/hardware/late-links.test.ts.

test('cells have their own levels over a late link', async () => {
  // Without the lateness correction none would. On a busy machine a cell may be flagged or refused,
  // but never wrong.
  const row = await measureOver(
    { name: '0.5 s late', lateMs: 500, rateHz: 0 },
    4,
    ({ right, wrong }) => right === 4 || wrong > 0,
  );
  expect(row).toMatchObject({ right: 4, wrong: 0 });
}, 180_000);
