import { expect, test } from 'vitest';
import { scheduleRequestSchema } from '#contract/rest/schedules';
import { emptyForm, toSchedule, WHEN, type ScheduleForm } from './schedule-form.ts';

const SCAN = { rotor_id: 1 };
const form: ScheduleForm = { ...emptyForm('Europe/Berlin'), name: 'Night' };

test.each<[Partial<ScheduleForm>, object]>([
  [
    { when: 'daily', time: '03:05' },
    { kind: 'cron', expression: '5 3 * * *' },
  ],
  [
    { when: 'daily', time: '00:00' },
    { kind: 'cron', expression: '0 0 * * *' },
  ],
  [
    { when: 'weekly', time: '14:30', weekday: '6' },
    { kind: 'cron', expression: '30 14 * * 6' },
  ],
  [
    { when: 'interval', hours: '1.5' },
    { kind: 'interval', hours: 1.5 },
  ],
  [
    { when: 'sidereal', siderealHours: '18' },
    { kind: 'sidereal', hours: 18 },
  ],
  [
    { when: 'sunset', offsetMin: '-30' },
    { kind: 'sunset', offset_min: -30 },
  ],
  [
    { when: 'cron', expression: '*/20 * * * *' },
    { kind: 'cron', expression: '*/20 * * * *' },
  ],
  [
    { when: 'once', at: '2027-03-28T03:00' },
    { kind: 'once', at: new Date('2027-03-28T03:00').toISOString() },
  ],
])('%j', (change, trigger) => {
  expect(toSchedule({ ...form, ...change }, SCAN)).toMatchObject({ trigger, time_zone: 'Europe/Berlin' });
});

test('every choice is what the API takes, and options are carried over', () => {
  for (const { value } of WHEN) {
    const body = toSchedule({ ...form, when: value, at: '2027-03-28T03:00' }, SCAN);
    expect(scheduleRequestSchema.safeParse(body).error).toBeUndefined();
  }
  expect(toSchedule({ ...form, waits: true, catchesUp: true, isQuietAtNight: true }, SCAN)).toMatchObject({
    overlap: 'queue',
    catch_up: 'latest',
    quiet_hours: { from: '22:00', to: '06:00' },
  });
});

test.each([
  [{ when: 'interval', hours: '' }, 'trigger.hours'],
  [{ when: 'sunset', offsetMin: 'NaN' }, 'trigger.offset_min'],
  [{ when: 'once', at: '' }, 'trigger.at'],
] as const)('%j is left to the API', (change, field) => {
  const body: unknown = JSON.parse(JSON.stringify(toSchedule({ ...form, ...change }, SCAN)));
  const { error } = scheduleRequestSchema.safeParse(body);
  expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([field]);
});
