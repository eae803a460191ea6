import { expect, test } from 'vitest';
import type { Trigger } from './rest/schedules.ts';
import { triggerText } from './schedule-text.ts';

test.each<[Trigger, string]>([
  [{ kind: 'cron', expression: '0 3 * * *' }, 'every day at 03:00'],
  [{ kind: 'cron', expression: '5  14 * * 7' }, 'every Sunday at 14:05'],
  [{ kind: 'cron', expression: '*/5 3 * * *' }, 'cron */5 3 * * *'],
  [{ kind: 'cron', expression: '0 3 1 * *' }, 'cron 0 3 1 * *'],
  [{ kind: 'interval', hours: 6, from: null }, 'every 6 h'],
  [{ kind: 'sidereal', hours: 18.5 }, 'at sidereal time 18.5 h'],
  [{ kind: 'sunrise', offset_min: 0 }, 'at sunrise'],
  [{ kind: 'sunset', offset_min: -30 }, '30 min before sunset'],
  [{ kind: 'once', at: '2027-03-28T01:00:00Z' }, 'once, 2027-03-28T01:00:00Z'],
])('%j', (trigger, expected) => {
  expect(triggerText(trigger)).toBe(expected);
});
