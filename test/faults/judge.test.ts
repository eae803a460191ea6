import { describe, expect, test } from 'vitest';
import { judge, type Evidence, type Verdict } from './judge.ts';
import { RotctldLog } from './rotctld-log.ts';
import { planRound } from './schedule.ts';

const at = (azimuthDeg: number, elevationDeg = 20) => ({ azimuthDeg, elevationDeg });
const command = (target: { azimuthDeg: number; elevationDeg: number } | undefined, atUnixMs: number) => ({
  atUnixMs,
  connection: 1,
  target,
  line: target ? `P ${target.azimuthDeg} ${target.elevationDeg}` : 'S',
});

const good: Evidence = {
  total: 2,
  stored: [
    { seq: 1, cell: 0, atUnixMs: 140, setpoint: at(0) },
    { seq: 2, cell: 1, atUnixMs: 240, setpoint: at(5) },
  ],
  miscounted: [{ from: 150, to: 190 }],
  limits: { azMinDeg: 0, azMaxDeg: 360, elMinDeg: 0, elMaxDeg: 90 },
  commands: [command(at(0), 100), command(undefined, 150), command(at(5), 200)],
  quiet: [{ from: 120, to: 180, why: 'paused' }],
  witnesses: [
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
  viewed: [1, 2],
  final: [
    { witness: 'REST', status: 'completed', completed: 2 },
    { witness: 'the database', status: 'completed', completed: 2 },
  ],
  silentPauses: 0,
};

describe('the judge', () => {
  test('finds nothing where nothing is wrong', () => {
    expect(judge(good)).toEqual({
      lost: [],
      duplicated: [],
      illegalMoves: [],
      illegalTransitions: [],
      misplaced: [],
    });
  });

  test.each<[string, Partial<Evidence>, keyof Verdict]>([
    ['a point that is not stored', { stored: good.stored.slice(0, 1) }, 'lost'],
    ['a point that no viewer got', { viewed: [1] }, 'lost'],
    [
      'a witness that counts less',
      { final: [{ witness: 'REST', status: 'completed', completed: 1 }] },
      'lost',
    ],
    [
      'a cell that is stored twice',
      { stored: [...good.stored, { seq: 3, cell: 1, atUnixMs: 240, setpoint: at(5) }] },
      'duplicated',
    ],
    ['a point that a viewer got twice', { viewed: [1, 2, 2] }, 'duplicated'],
    ['a move outside the limits', { commands: [command(at(0, -1), 100)] }, 'illegalMoves'],
    ['a move to nowhere', { commands: [command(at(NaN), 100)] }, 'illegalMoves'],
    ['a move to no cell', { commands: [command(at(3), 100)] }, 'illegalMoves'],
    ['a move while nobody may', { commands: [command(at(5), 150)] }, 'illegalMoves'],
    [
      'life after death',
      { witnesses: [{ name: 'REST', statuses: [{ status: 'completed' }, { status: 'running' }] }] },
      'illegalTransitions',
    ],
    [
      'a second birth',
      { witnesses: [{ name: 'REST', statuses: [{ status: 'running' }, { status: 'pending' }] }] },
      'illegalTransitions',
    ],
    [
      'a revision that goes back',
      {
        witnesses: [
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
      'witnesses that disagree',
      {
        final: [
          { witness: 'REST', status: 'completed', completed: 2 },
          { witness: 'MQTT', status: 'running', completed: 2 },
        ],
      },
      'illegalTransitions',
    ],
    ['a point measured with a lost count', { miscounted: [{ from: 130, to: 160 }] }, 'misplaced'],
    ['a pause without a word', { silentPauses: 1 }, 'illegalTransitions'],
  ])('finds %s', (_name, change, where) => {
    const verdict = judge({ ...good, ...change });
    expect(verdict[where]).not.toEqual([]);
    for (const other of ['lost', 'duplicated', 'illegalMoves', 'illegalTransitions', 'misplaced'] as const)
      if (other !== where && !(where === 'duplicated' && other === 'lost'))
        expect(verdict[other]).toEqual([]);
  });
});

describe('the log of what reached rotctld', () => {
  test('reads commands in every form, in pieces, from several connections', () => {
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

describe('the schedule', () => {
  const catalogue = ['a', 'b', 'c', 'd'].map((name) => ({ name, lastsMs: { least: 10, most: 20 } }));
  const plan = (seed: number, round: number) => {
    const { strikes, atShare } = planRound(seed, round, catalogue);
    return { atShare, strikes: strikes.map(({ fault, delayMs, lastsMs }) => [fault.name, delayMs, lastsMs]) };
  };

  test('is the same for the same seed, and another for another', () => {
    expect(plan(1, 5)).toEqual(plan(1, 5));
    expect(plan(1, 5)).not.toEqual(plan(1, 6));
    expect(plan(1, 5)).not.toEqual(plan(2, 5));
  });

  test('has several different faults in a third of the rounds, and every fault in its turn', () => {
    const plans = Array.from({ length: 900 }, (_, round) => plan(1, round).strikes);
    const several = plans.filter((strikes) => strikes.length > 1).length;
    expect(several / plans.length).toBeGreaterThan(0.28);
    expect(several / plans.length).toBeLessThan(0.39);
    for (const strikes of plans) expect(new Set(strikes.map(([name]) => name)).size).toBe(strikes.length);
    expect(new Set(plans.flat().map(([name]) => name)).size).toBe(4);
  });
});
