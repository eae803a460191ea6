import { expect, test } from 'vitest';
import type { PublishedSchedule } from '#contract/rest/schedules';
import { nextScheduled } from './next-scheduled.ts';

const at = (id: number, next_run_at: string | null) => ({ id, next_run_at }) as PublishedSchedule;

test('the schedule that is due first, whatever the notation of its time', () => {
  const list = [at(1, '2027-01-02T03:00:00.000Z'), at(2, '2027-01-02T02:30:00Z'), at(3, null)];
  expect(nextScheduled(list)?.id).toBe(2);
  expect(nextScheduled([at(3, null)])).toBeUndefined();
  expect(nextScheduled([])).toBeUndefined();
});
