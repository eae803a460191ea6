import { test } from 'vitest';
import { measureOver } from '../support/late-links.ts';

// A row of the table in test/hardware/late-links.test.ts.

test('cells have their own levels over a link that is late', async () => {
  // Without the lateness none of them has; a busy machine spoils one now and then.
  await measureOver({ name: '0.5 s late', lateMs: 500, rateHz: 0 }, 4, ({ right }) => right === 4);
}, 90_000);
