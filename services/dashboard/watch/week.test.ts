import { describe, expect, it } from 'vitest';
import { collisionsOf, weekOf, type UpcomingRun } from './week.ts';

const run = (scheduleId: number, start: string, minutes: number, rotorId = 1): UpcomingRun => {
  const startMs = Date.parse(start);
  return { scheduleId, name: `Schedule ${scheduleId}`, rotorId, startMs, endMs: startMs + minutes * 60_000 };
};
const hours = (ms: number) => ms / 3_600_000;

describe('collisions', () => {
  it('are runs of one rotor that overlap; the end of one may be the start of the next', () => {
    const runs = [
      run(1, '2027-01-01T03:00:00Z', 60),
      run(2, '2027-01-01T04:00:00Z', 60),
      run(3, '2027-01-01T03:30:00Z', 10),
      run(4, '2027-01-01T03:30:00Z', 10, 2),
    ];
    expect(collisionsOf(runs).map(({ first, second }) => [first.scheduleId, second.scheduleId])).toEqual([
      [1, 3],
    ]);
  });

  it('include runs that start together although their durations are not known', () => {
    expect(collisionsOf([run(1, '2027-01-01T03:00:00Z', 0), run(2, '2027-01-01T03:00:00Z', 0)])).toHaveLength(
      1,
    );
  });
});

describe('the week', () => {
  it('has the bars of a run that passes midnight on both days', () => {
    const week = weekOf([run(1, '2027-01-01T23:00:00Z', 180)], Date.parse('2027-01-01T12:00:00Z'), 'UTC');
    expect(week).toHaveLength(7);
    expect(week.map(({ rotors }) => rotors[0]?.bars.map(({ from, to }) => [from * 24, to * 24]))).toEqual([
      [[23, 24]],
      [[0, 2]],
      [],
      [],
      [],
      [],
      [],
    ]);
  });

  it('has a day of 23 h and one of 25 h in the zone', () => {
    for (const [now, lengths] of [
      ['2027-03-27T12:00:00Z', [24, 23, 24, 24, 24, 24, 24]],
      ['2027-10-30T23:30:00Z', [25, 24, 24, 24, 24, 24, 24]],
    ] as const) {
      const week = weekOf([], Date.parse(now), 'Europe/Berlin');
      expect(week.map(({ startMs, endMs }) => hours(endMs - startMs))).toEqual(lengths);
      expect(
        week.every(({ startMs }) =>
          new Date(startMs).toLocaleTimeString('sv', { timeZone: 'Europe/Berlin' }).startsWith('00:00'),
        ),
      ).toBe(true);
    }
  });

  it('marks the bars that collide, in the row of their rotor', () => {
    const runs = [
      run(1, '2027-01-01T13:00:00Z', 60),
      run(2, '2027-01-01T13:30:00Z', 60),
      run(3, '2027-01-01T13:30:00Z', 60, 2),
    ];
    const [today] = weekOf(runs, Date.parse('2027-01-01T12:00:00Z'), 'UTC');
    expect(today?.rotors.map(({ rotorId, bars }) => [rotorId, bars.map(({ collides }) => collides)])).toEqual(
      [
        [1, [true, true]],
        [2, [false]],
      ],
    );
  });
});
