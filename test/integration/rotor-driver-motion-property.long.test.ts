import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MoveResponse } from '#proto/rotor_driver';
import { createObstacles } from '#shared/sky/obstacles';
import { outsideLimits, type Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { DriverWorld } from '../support/driver-world.ts';
import { at, startMove, type TestHold } from '../support/rotctld-driver.ts';
import { hamlibScript, type FakeRotator } from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

// For any order of actions by callers, owners, the network and the controller: every command that
// reaches rotctld is allowed by the owner at that time, and after a stop the antenna rests.

const SPEED_DEG_PER_S = 100;
const WIDE = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 };

/** Changes that an owner may make to the rotor. */
const EDITS: Record<string, Partial<RotorConfig>> = {
  wide: {},
  'narrow azimuth': { limits: { ...WIDE, azMinDeg: 0, azMaxDeg: 60 } },
  'narrow elevation': { limits: { ...WIDE, elMinDeg: 10, elMaxDeg: 40 }, park: at(0, 20) },
  'keep-out': { keepOut: [{ azStartDeg: 20, azEndDeg: 30, elMinDeg: 0, elMaxDeg: 60 }] },
  mask: { horizon: [at(0, 0), at(45, 35), at(90, 0)] },
  'another port': { port: 1 },
};
const OWN = Array.from({ length: 9 }, () => '127.0.0.1');
const SPELLINGS = ['localhost', '::ffff:127.0.0.1', '127.1'];

const target = fc.record({
  azimuthDeg: fc.integer({ min: -10, max: 120 }),
  elevationDeg: fc.integer({ min: 0, max: 80 }),
});
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('edit'),
      to: fc.constantFrom('wide', 'wide', ...Object.keys(EDITS)),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'delete' as const }) },
  {
    weight: 9,
    arbitrary: fc.record({ do: fc.constant('move'), target, host: fc.constantFrom(...OWN, ...SPELLINGS) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'park' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'lose the call' as const }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('hold and slew'), target }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('slew'), target }) },
  { weight: 1, arbitrary: fc.constant({ do: 'release' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'stop' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'hang up' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'lose the count' as const }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 1, max: 150 }) }) },
);
type Step = { do: string; to?: string; target?: Pointing; host?: string; ms?: number };

/** A rotator with its owner's settings and the violations so far. */
class OwnedRotor {
  readonly wrong: string[] = [];
  /** Settings in force; two while a change is in progress. */
  allowed: (RotorConfig | undefined)[] = [];
  hold: TestHold | undefined;
  /** Cancels the call of the last manual move. */
  #call = new AbortController();
  commands = 0;
  stops = 0;
  #offset = at(0, 0);
  /** The position before the count was lost, until the position is queried again. */
  #countedBefore: Pointing | undefined;
  readonly #background: Promise<unknown>[] = [];

  readonly #world: DriverWorld;

  constructor(world: DriverWorld) {
    const { rotator, server } = world;
    this.#world = world;
    const controller: FakeRotator = {
      read: () => this.#read(),
      go: (azimuthDeg, elevationDeg) => {
        this.#check(at(azimuthDeg, elevationDeg));
        rotator.go(azimuthDeg + this.#offset.azimuthDeg, elevationDeg + this.#offset.elevationDeg);
      },
      stop: rotator.stop,
    };
    const script = hamlibScript(controller);
    server.script = (line, connection) => {
      if (/^\+?p$/.test(line)) this.#countedBefore = undefined;
      script(line, connection);
    };
  }

  rotor(change: Partial<RotorConfig> = {}) {
    return this.#world.rotor({ limits: WIDE, ...change });
  }

  /** Pointing as the controller counts it. */
  #read(): [number, number] {
    const [azimuth, elevation] = this.#world.rotator.read();
    return [azimuth - this.#offset.azimuthDeg, elevation - this.#offset.elevationDeg];
  }

  #check(to: Pointing): void {
    this.commands++;
    const [azimuthDeg, elevationDeg] = this.#read();
    const from = { azimuthDeg, elevationDeg };
    // A command that crosses the loss of the count is planned from the position before.
    const starts = [from, ...(this.#countedBefore ? [this.#countedBefore] : [])];
    const isAllowed = (owner: RotorConfig) => starts.some((start) => this.#allows(owner, start, to));
    if (!this.allowed.some((owner) => owner && isAllowed(owner)))
      this.wrong.push(`from ${JSON.stringify(from)} to ${JSON.stringify(to)}`);
  }

  #allows({ port, limits, park, horizon, keepOut }: RotorConfig, from: Pointing, to: Pointing): boolean {
    if (port !== this.#world.server.port) return false;
    const isPark = to.azimuthDeg === park.azimuthDeg && to.elevationDeg === park.elevationDeg;
    if (
      outsideLimits(
        to,
        isPark ? { ...limits, elMinDeg: Math.min(limits.elMinDeg, park.elevationDeg) } : limits,
      )
    )
      return false;
    const obstacles = createObstacles(isPark ? -90 : limits.elMinDeg, isPark ? [] : horizon, keepOut);
    // It may leave a forbidden region, but not enter or cross one.
    return obstacles.isFree(to, to) && (!obstacles.isFree(from, from) || obstacles.isFree(from, to));
  }

  async edit(owner: Partial<RotorConfig> | undefined): Promise<void> {
    const now = owner && this.rotor(owner);
    const asConfig = now && ({ ...now, ...owner, limits: owner.limits ?? WIDE } as unknown as RotorConfig);
    this.allowed.push(asConfig);
    await this.#world.client.allow({ rotors: now ? [now] : [] });
    this.allowed = [asConfig];
    // A move that is now forbidden has ended.
    await until(
      'it rests or moves to an allowed target',
      async () => !(await this.#inUse()) || this.hold !== undefined,
    );
  }

  #inUse = async () => (await this.#world.client.inUse({ rotorId: 1 })).inUse;

  async perform(step: Step): Promise<void> {
    const { client } = this.#world;
    const refused = () => undefined;
    switch (step.do) {
      case 'edit':
        return this.edit(EDITS[step.to ?? 'wide']);
      case 'delete':
        return this.edit(undefined);
      case 'move':
        return this.#manual(() =>
          client.move(
            { rotor: this.rotor({ host: step.host ?? '' }), target: step.target, keepsCall: true },
            { signal: this.#call.signal },
          ),
        );
      case 'park':
        return this.#manual(() =>
          client.park({ rotor: this.rotor(), keepsCall: true }, { signal: this.#call.signal }),
        );
      case 'lose the call':
        this.#call.abort();
        await until('it rests or is held', async () => !(await this.#inUse()) || this.hold !== undefined);
        return;
      case 'hold and slew':
        this.hold ??= await this.#world.hold(this.rotor()).catch(refused);
        void this.hold?.ended.catch(refused).then(() => (this.hold = undefined));
        {
          this.#slew(step.target);
          return;
        }
      case 'slew': {
        this.#slew(step.target);
        return;
      }
      case 'release':
        return this.#release();
      case 'stop': {
        await client.stop({ rotor: this.rotor({ port: this.#world.server.port }), rotorId: 1 });
        this.stops++;
        const before = this.#world.rotator.read();
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (this.#world.rotator.read().join() !== before.join()) this.wrong.push('moves after a stop');
        return;
      }
      case 'hang up':
        this.#world.server.closeAll();
        return;
      case 'lose the count': {
        const [azimuthDeg, elevationDeg] = this.#world.rotator.read();
        this.#countedBefore = at(...this.#read());
        this.#world.rotator.stop();
        this.#offset = { azimuthDeg, elevationDeg };
        return;
      }
      default:
        await new Promise((resolve) => setTimeout(resolve, step.ms));
    }
  }

  /** Starts a manual move; its call stays open. */
  async #manual(call: () => AsyncIterable<MoveResponse>): Promise<void> {
    this.#call = new AbortController();
    await startMove(call()).catch(() => undefined);
  }

  /** Not awaited: the next step runs while it moves. */
  #slew(to: Pointing | undefined): void {
    if (this.hold && to) this.#background.push(this.#world.startSlew(this.hold, to).catch(() => undefined));
  }

  async #release(): Promise<void> {
    this.hold?.release();
    await this.hold?.ended.catch(() => undefined);
    this.hold = undefined;
  }

  async end(): Promise<void> {
    await this.perform({ do: 'stop' });
    await this.#release();
    await Promise.all(this.#background);
  }
}

test('the antenna is only moved as its owner allows, and every stop stops it', async ({ annotate }) => {
  let commands = 0;
  let stops = 0;
  const world = new DriverWorld({ degPerS: SPEED_DEG_PER_S });
  await world.start();
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const rotor = new OwnedRotor(world);
        await rotor.edit(EDITS['wide']);
        for (const one of steps) await rotor.perform(one);
        await rotor.end();
        commands += rotor.commands;
        stops += rotor.stops;
        expect(rotor.wrong).toEqual([]);
      }),
      { seed: 11, numRuns: 40, endOnFailure: true },
    );
  } finally {
    await world.close();
  }
  await annotate(`${commands} moves, ${stops} stops`);
  expect(commands).toBeGreaterThan(40);
}, 120_000);
