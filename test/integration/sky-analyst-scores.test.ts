import { expect, test } from 'vitest';
import { scoreBearings } from '../score/bearings.ts';
import { scoreIdentification } from '../score/identification.ts';

// Few of each: the scores themselves need thousands.
test('95 % areas contain most emitters', async () => {
  const shares = (await scoreBearings(1, 200)).filter(({ goal }) => !goal);
  for (const { value } of shares) expect(value).toBeGreaterThan(88);
});

test('identifications above 0.9 are correct, and no low satellite is named by its position', async () => {
  const [correct, unproven] = await scoreIdentification(1, 60);
  expect(correct?.value).toBeGreaterThan(90);
  expect(unproven?.value).toBe(0);
});
