import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Trigger } from '#contract/rest/schedules';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { firingsOf, firstFirings, type TriggerSurroundings } from './trigger.ts';

const BERLIN = { latitudeDeg: 52.52, longitudeDeg: 13.405 };
const OF: TriggerSurroundings = {
  timeZone: 'Europe/Berlin',
  createdMs: Date.parse('2027-01-01T00:00:00Z'),
  place: BERLIN,
};

function list(trigger: Trigger, after: string, count: number, of = OF): string[] {
  return firstFirings(firingsOf(trigger, of), Date.parse(after), count).map((ms) =>
    new Date(ms).toISOString().replace('.000Z', 'Z'),
  );
}

describe('cron', () => {
  const cron = (expression: string): Trigger => ({ kind: 'cron', expression });

  // By hand, from the rules of Central European Time: gap on 2027-03-28 01:00 UTC, repeated hour
  // from 2027-10-31 00:00 UTC.
  test.each([
    ['30 2 * * *', '2027-03-27T12:00:00Z', ['2027-03-28T01:00:00Z', '2027-03-29T00:30:00Z']],
    ['30 2 * * *', '2027-10-30T12:00:00Z', ['2027-10-31T00:30:00Z', '2027-11-01T01:30:00Z']],
    ['0 3 * * 0', '2027-03-20T12:00:00Z', ['2027-03-21T02:00:00Z', '2027-03-28T01:00:00Z']],
    ['0 0 29 2 *', '2027-01-01T00:00:00Z', ['2028-02-28T23:00:00Z', '2032-02-28T23:00:00Z']],
    ['0 12 L * *', '2027-01-01T00:00:00Z', ['2027-01-31T11:00:00Z', '2027-02-28T11:00:00Z']],
  ])('%s after %s', (expression, after, expected) => {
    expect(list(cron(expression), after, expected.length)).toEqual(expected);
  });

  test('every day of a year at 03:00 has the local time 03:00, once per date', () => {
    const year = list(cron('0 3 * * *'), '2026-12-31T12:00:00Z', 365);
    const local = year.map((at) => new Date(at).toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' }));
    const expected = Array.from({ length: 365 }, (_, day) => {
      const date = new Date(Date.UTC(2027, 0, 1 + day)).toISOString().slice(0, 10);
      return `${date} 03:00:00`;
    });
    expect(local).toEqual(expected);
  });

  test('a year of a schedule equals a run of croner from firing to firing', () => {
    const reference = new Cron('15 2,14 * * *', { timezone: 'America/New_York', paused: true });
    const expected = reference.nextRuns(730, new Date('2027-01-01T00:00:00Z')).map((at) => at.getTime());
    const found = firstFirings(
      firingsOf(cron('15 2,14 * * *'), { ...OF, timeZone: 'America/New_York' }),
      Date.parse('2027-01-01T00:00:00Z'),
      730,
    );
    expect(found).toEqual(expected);
  });

  test('an expression that never fires has no firing', () => {
    expect(list(cron('0 0 30 2 *'), '2027-01-01T00:00:00Z', 1)).toEqual([]);
  });

  test.each(['', 'x', '61 * * * *', '* * * * * *', '0 0 * *', '0 0 1 1 * 2030'])(
    '%j is refused',
    (expression) => {
      expect(() => firingsOf(cron(expression), OF)).toThrow(/^Not a cron expression of five fields: /);
    },
  );
});

test('interval: counted from its beginning in elapsed time, also over summer time', () => {
  const interval: Trigger = { kind: 'interval', hours: 24, from: '2027-03-27T03:00:00+01:00' };
  expect(list(interval, '2027-01-01T00:00:00Z', 3)).toEqual([
    '2027-03-27T02:00:00Z',
    '2027-03-28T02:00:00Z',
    '2027-03-29T02:00:00Z',
  ]);
  expect(list({ ...interval, from: null }, '2027-01-01T00:00:00Z', 1)).toEqual(['2027-01-02T00:00:00Z']);
});

test('once: at its time, never again', () => {
  const once: Trigger = { kind: 'once', at: '2027-03-28T03:00:00+02:00' };
  expect(list(once, '2027-01-01T00:00:00Z', 3)).toEqual(['2027-03-28T01:00:00Z']);
  expect(list(once, '2027-03-28T01:00:00Z', 3)).toEqual([]);
});

describe('sidereal', () => {
  // Meeus, Astronomical Algorithms, example 12.a: the apparent sidereal time at Greenwich is
  // 13 h 10 min 46.1351 s at 1987-04-10 0 h UT.
  test('Meeus 12.a', () => {
    const hours = 13 + 10 / 60 + 46.1351 / 3600;
    const greenwich = { ...OF, place: { latitudeDeg: 51.48, longitudeDeg: 0 } };
    const [ms = 0] = firstFirings(
      firingsOf({ kind: 'sidereal', hours }, greenwich),
      Date.UTC(1987, 3, 9, 12),
      1,
    );
    expect(Math.abs(ms - Date.UTC(1987, 3, 10))).toBeLessThan(1_000);
  });

  test('comes 366 times in 365 days, always 86,164 s apart', () => {
    const next = firingsOf({ kind: 'sidereal', hours: 18 }, OF);
    const found = firstFirings(next, Date.UTC(2027, 0, 1), 367);
    const gaps = found.slice(1).map((at, i) => (at - (found[i] ?? 0)) / 1_000);
    expect(Math.min(...gaps)).toBeGreaterThan(86_163.9);
    expect(Math.max(...gaps)).toBeLessThan(86_164.3);
    expect(found.filter((at) => at < Date.UTC(2028, 0, 1)).length).toBe(366);
  });
});

describe('Sun', () => {
  test('the upper limb is at the horizon, offset applied; one event per day', () => {
    const { sun } = createSunAndMoon(BERLIN);
    for (const kind of ['sunrise', 'sunset'] as const) {
      const found = firstFirings(firingsOf({ kind, offset_min: -30 }, OF), Date.UTC(2027, 0, 1), 365);
      expect(found.at(-1)).toBeLessThan(Date.UTC(2028, 0, 1, 12));
      for (const at of found) {
        // Half a degree of disc, and the model of refraction at the horizon.
        const { elevationDeg } = sun(at + 30 * 60_000);
        expect(Math.abs(elevationDeg + 0.27)).toBeLessThan(0.15);
      }
    }
  });

  test('during the polar night the next sunrise is weeks away; without a place it is refused', () => {
    const svalbard = { ...OF, place: { latitudeDeg: 78.2, longitudeDeg: 15.6 } };
    const [rise = 0] = firstFirings(
      firingsOf({ kind: 'sunrise', offset_min: 0 }, svalbard),
      Date.UTC(2027, 11, 1),
      1,
    );
    expect(new Date(rise).toISOString()).toMatch(/^2028-02-1/);
    expect(() => firingsOf({ kind: 'sunset', offset_min: 0 }, { ...OF, place: undefined })).toThrow(
      'The site has no place: set its latitude and longitude first',
    );
  });
});

test('a firing is after the time that is asked for, and none lies between', () => {
  const triggers = fc.oneof(
    fc
      .constantFrom('*/7 * * * *', '30 2 * * *', '0 */5 * * 1-5')
      .map((expression): Trigger => ({ kind: 'cron', expression })),
    fc
      .double({ min: 0.1, max: 100, noNaN: true })
      .map((hours): Trigger => ({ kind: 'interval', hours, from: null })),
    fc.double({ min: 0, max: 23.9, noNaN: true }).map((hours): Trigger => ({ kind: 'sidereal', hours })),
    fc.integer({ min: -720, max: 720 }).map((offset_min): Trigger => ({ kind: 'sunset', offset_min })),
  );
  const times = fc.integer({ min: Date.UTC(2027, 0, 1), max: Date.UTC(2029, 0, 1) });
  fc.assert(
    fc.property(triggers, times, fc.double({ min: 0, max: 1, noNaN: true }), (trigger, afterMs, part) => {
      const next = firingsOf(trigger, OF);
      const at = next(afterMs) ?? 0;
      expect(at).toBeGreaterThan(afterMs);
      const between = Math.floor(afterMs + part * (at - afterMs - 2_000));
      if (between > afterMs) expect(Math.abs((next(between) ?? 0) - at)).toBeLessThan(1_000);
    }),
    { numRuns: 200 },
  );
});
