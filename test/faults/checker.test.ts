import { describe, expect, test } from 'vitest';
import { checkRound, type RoundRecord, type Problems } from './checker.ts';
import { RotctldLog } from './rotctld-log.ts';
import { planRound } from './schedule.ts';

const at = (azimuthDeg: number, elevationDeg = 20) => ({ azimuthDeg, elevationDeg });
const command = (target: { azimuthDeg: number; elevationDeg: number } | undefined, atUnixMs: number) => ({
  atUnixMs,
  connection: 1,
  target,
  line: target ? `P ${target.azimuthDeg} ${target.elevationDeg}` : 'S',
});

const good: RoundRecord = {
  total: 2,
  stored: [
    { seq: 1, cell: 0, atUnixMs: 140, setpoint: at(0) },
    { seq: 2, cell: 1, atUnixMs: 240, setpoint: at(5) },
  ],
  withSpectrum: [1, 2],
  lostCountSpans: [{ from: 150, to: 190 }],
  limits: { azMinDeg: 0, azMaxDeg: 360, elMinDeg: 0, elMaxDeg: 90 },
  commands: [command(at(0), 100), command(undefined, 150), command(at(5), 200)],
  noMotionSpans: [{ from: 120, to: 180, reason: 'paused' }],
  observers: [
    {
      name: 'MQTT',
      statuses: [
        { status: 'pending', revision: 1 },
        { status: 'running', revision: 2 },
        { status: 'paused', revision: 3 },
        { status: 'running', revision: 5 },
        { status: 'completed', revision: 6 },
      ],
    },
  ],
  viewers: [
    [1, 2],
    [1, 2],
  ],
  final: [
    { observer: 'REST', status: 'completed', completed: 2 },
    { observer: 'the database', status: 'completed', completed: 2 },
  ],
  pausesWithoutNote: 0,
};

describe('the round checker', () => {
  test('finds no problems in a correct round', () => {
    expect(checkRound(good)).toEqual({
      lost: [],
      duplicated: [],
      illegalMoves: [],
      illegalTransitions: [],
      misplaced: [],
    });
  });

  test.each<[string, Partial<RoundRecord>, keyof Problems]>([
    ['a point that is not stored', { stored: good.stored.slice(0, 1) }, 'lost'],
    ['a point without its spectrum', { withSpectrum: [2] }, 'lost'],
    ['a point that a viewer did not get', { viewers: [[1, 2], [1]] }, 'lost'],
    [
      'an observer with fewer points',
      { final: [{ observer: 'REST', status: 'completed', completed: 1 }] },
      'lost',
    ],
    [
      'a cell that is stored twice',
      { stored: [...good.stored, { seq: 3, cell: 1, atUnixMs: 240, setpoint: at(5) }] },
      'duplicated',
    ],
    ['a point that a viewer got twice', { viewers: [[1, 2, 2]] }, 'duplicated'],
    ['a move outside the limits', { commands: [command(at(0, -1), 100)] }, 'illegalMoves'],
    ['a move without a pointing', { commands: [command(at(NaN), 100)] }, 'illegalMoves'],
    ['a move to a pointing without a cell', { commands: [command(at(3), 100)] }, 'illegalMoves'],
    ['a move while motion is not allowed', { commands: [command(at(5), 150)] }, 'illegalMoves'],
    [
      'a running session after its end',
      { observers: [{ name: 'REST', statuses: [{ status: 'completed' }, { status: 'running' }] }] },
      'illegalTransitions',
    ],
    [
      'a pending session after its start',
      { observers: [{ name: 'REST', statuses: [{ status: 'running' }, { status: 'pending' }] }] },
      'illegalTransitions',
    ],
    [
      'a decreasing revision',
      {
        observers: [
          {
            name: 'MQTT',
            statuses: [
              { status: 'running', revision: 3 },
              { status: 'paused', revision: 2 },
            ],
          },
        ],
      },
      'illegalTransitions',
    ],
    [
      'observers that disagree',
      {
        final: [
          { observer: 'REST', status: 'completed', completed: 2 },
          { observer: 'MQTT', status: 'running', completed: 2 },
        ],
      },
      'illegalTransitions',
    ],
    ['a point measured with a lost count', { lostCountSpans: [{ from: 130, to: 160 }] }, 'misplaced'],
    ['a pause without a note', { pausesWithoutNote: 1 }, 'illegalTransitions'],
  ])('finds %s', (_name, change, where) => {
    const problems = checkRound({ ...good, ...change });
    expect(problems[where]).not.toEqual([]);
    for (const other of ['lost', 'duplicated', 'illegalMoves', 'illegalTransitions', 'misplaced'] as const)
      if (other !== where && !(where === 'duplicated' && other === 'lost'))
        expect(problems[other]).toEqual([]);
  });
});

describe('the log of rotctld commands', () => {
  test('parses commands in every form, in chunks, from several connections', () => {
    const log = new RotctldLog(() => 7);
    const take = (text: string, connection = 1) => log.take(Buffer.from(text), connection);
    take('+P 1');
    take('p\nS\n', 2);
    take('0.5 20\n+S\n\\set_pos 3 4\nK\nP nan nan\n+\\dump_caps\n');
    expect(log.commands.map(({ line, target }) => [line, target])).toEqual([
      ['S', undefined],
      ['+P 10.5 20', at(10.5)],
      ['+S', undefined],
      ['\\set_pos 3 4', at(3, 4)],
      ['K', at(NaN, NaN)],
      ['P nan nan', at(NaN, NaN)],
    ]);
    expect(log.since(8)).toEqual([]);
  });
});

describe('the fault schedule', () => {
  const catalogue = ['a', 'b', 'c', 'd'].map((name) => ({ name, lastsMs: { min: 10, max: 20 } }));
  const plan = (seed: number, round: number) => {
    const { faults, storedShare } = planRound(seed, round, catalogue);
    return {
      storedShare,
      faults: faults.map(({ fault, delayMs, lastsMs }) => [fault.name, delayMs, lastsMs]),
    };
  };

  test('depends only on the seed and the round', () => {
    expect(plan(1, 5)).toEqual(plan(1, 5));
    expect(plan(1, 5)).not.toEqual(plan(1, 6));
    expect(plan(1, 5)).not.toEqual(plan(2, 5));
  });

  test('has several different faults in a third of the rounds and uses every fault', () => {
    const plans = Array.from({ length: 900 }, (_, round) => plan(1, round).faults);
    const several = plans.filter((faults) => faults.length > 1).length;
    expect(several / plans.length).toBeGreaterThan(0.28);
    expect(several / plans.length).toBeLessThan(0.39);
    for (const faults of plans) expect(new Set(faults.map(([name]) => name)).size).toBe(faults.length);
    expect(new Set(plans.flat().map(([name]) => name)).size).toBe(4);
  });

  test('has no two faults that clash in one round', () => {
    const isEarly = ({ name }: { name: string }) => name < 'c';
    for (let round = 0; round < 300; round++) {
      const { faults } = planRound(1, round, catalogue, (a, b) => isEarly(a) === isEarly(b));
      expect(faults.filter(({ fault }) => isEarly(fault)).length).toBeLessThanOrEqual(1);
    }
  });
});
