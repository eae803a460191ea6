import { setImmediate } from 'node:timers/promises';
import { errorKind, SkyScanError } from '#shared/base/errors';
import { createObstacles } from '#shared/sky/obstacles';
import { formatPointing, intersectLimits, type Pointing, type TravelLimits } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { sleep } from '#shared/runtime/waiting';
import { axisFindings, motionOfMove, type AxisFindings, type AxisName } from '../domain/characterise-axis.ts';
import {
  azimuthRange,
  elevationRange,
  LEAST_RANGE_DEG,
  probeTarget,
  testTargets,
  type TestRange,
} from '../domain/characterise-plan.ts';
import { keenPollMs } from '../domain/pace.ts';
import type { Observed } from '../domain/reading.ts';
import { requireVisible } from '../domain/rest-only-readback.ts';
import { median } from '../domain/statistics.ts';
import { hasComeToRest, resolutionDegOf, type AxisReading, type Trace } from '../domain/trace.ts';
import { CHARACTERISE, type Held } from './rotor-parts.ts';
import type { Rotor } from './rotor.ts';

/** What a rotor was measured to do. */
export interface Characteristics {
  azimuth: AxisFindings | undefined;
  elevation: AxisFindings | undefined;
  /** Median time of a position query. */
  roundTripMs: number;
  measuredAtMs: number;
  remarks: string[];
}

export interface CharacteriseProgress {
  /** 0 to 1. */
  fraction: number;
  /** What is being measured, in words. */
  step: string;
  position: Observed;
}

const HEARTBEAT_MS = 1_000;
const PROGRESS_APART_MS = 200;
const REST_PATIENCE_MS = 3_000;
const READINGS_BEFORE = 5;
const MOST_MOTION_MS = 15 * 60_000;
// Of an axis: the way to where it begins, a probe, four long moves, six hops.
const MOVES_OF_AXIS = 12;

/**
 * Measures what a rotor can do by moving one axis at a time, and brings it back to where it was. It
 * is held by a lease of its own meanwhile. Throws what acquire and slew throw; the rotor has been
 * stopped then.
 */
export async function characterise(
  rotor: Rotor,
  config: RotorConfig,
  signal: AbortSignal,
  onProgress: (progress: CharacteriseProgress) => void,
): Promise<Characteristics> {
  const held = await rotor.acquire(config, CHARACTERISE, signal);
  const beat = setInterval(() => held.grant.heartbeat(), HEARTBEAT_MS);
  const done = new AbortController();
  try {
    const under = AbortSignal.any([signal, held.grant.over]);
    return await new Examination(rotor, config, held, under, onProgress).run(done.signal);
  } finally {
    done.abort();
    clearInterval(beat);
    held.grant.release();
  }
}

/** One run over both axes. */
class Examination {
  readonly #rotor: Rotor;
  readonly #config: RotorConfig;
  readonly #held: Held;
  readonly #under: AbortSignal;
  readonly #onProgress: (progress: CharacteriseProgress) => void;
  readonly #startedMs = performance.now();
  readonly #remarks: string[] = [];
  #readings: Observed[] = [];
  #at: Pointing;
  #motion: Pick<RotorConfig, 'azimuth' | 'elevation'>;
  #step = '';
  #moves = 0;
  #mostMoves = 1;
  #shownMs = -Infinity;

  constructor(
    rotor: Rotor,
    config: RotorConfig,
    held: Held,
    under: AbortSignal,
    onProgress: (progress: CharacteriseProgress) => void,
  ) {
    this.#rotor = rotor;
    this.#config = config;
    this.#held = held;
    this.#under = under;
    this.#onProgress = onProgress;
    this.#at = held.position.pointing;
    this.#motion = { azimuth: config.azimuth, elevation: config.elevation };
  }

  async run(done: AbortSignal): Promise<Characteristics> {
    const ranges = this.#ranges();
    const axes = (['azimuth', 'elevation'] as const).filter((axis) => ranges[axis]);
    if (axes.length === 0)
      throw new SkyScanError(
        'out_of_range',
        `neither axis has ${LEAST_RANGE_DEG} deg of free travel to be measured in`,
      );
    this.#mostMoves = axes.length * MOVES_OF_AXIS + 1;
    void this.#collect(done);
    this.#say('looking where it is');
    this.#show(this.#held.position);
    const findings: Partial<Record<AxisName, AxisFindings>> = {};
    const roundTripsMs: number[] = [];
    for (const axis of axes) {
      findings[axis] = await this.#examine(axis, ranges[axis] as TestRange);
      roundTripsMs.push(...this.#readings.map(({ roundTripMs }) => roundTripMs));
      this.#readings = [];
    }
    await this.#goBack();
    this.#say('finished');
    return {
      azimuth: findings.azimuth,
      elevation: findings.elevation,
      roundTripMs: median(roundTripsMs) ?? 0,
      measuredAtMs: Date.now(),
      remarks: [...this.#remarks, ...axes.flatMap((axis) => findings[axis]?.remarks ?? [])],
    };
  }

  #ranges(): Record<AxisName, TestRange | undefined> {
    const { limits, horizon, keepOut } = this.#config;
    const { position, reportedLimits } = this.#held;
    const travel: TravelLimits = reportedLimits ? intersectLimits(limits, reportedLimits) : limits;
    const obstacles = createObstacles(travel.elMinDeg, horizon, keepOut);
    const isFree = (a: Pointing, b: Pointing) => obstacles.isFree(a, b);
    const ground = { from: position.pointing, limits: travel, motion: this.#config, isFree };
    const ranges = { azimuth: azimuthRange(ground), elevation: elevationRange(ground) };
    for (const axis of ['azimuth', 'elevation'] as const)
      if (!ranges[axis])
        this.#remarks.push(`${axis}: less than ${LEAST_RANGE_DEG} deg of free travel: not measured`);
    return ranges;
  }

  async #examine(axis: AxisName, range: TestRange): Promise<AxisFindings> {
    this.#say(`${axis}: going to where its test begins`);
    await this.#slew(pointing(axis, range.lowDeg, range.otherDeg));
    this.#say(`${axis}: first move`);
    const traces = [await this.#test(axis, probeTarget(range))];
    this.#learn(axis, traces[0] as Trace);
    const targets = testTargets(range, this.#motion[axis], this.#config.toleranceDeg);
    for (const [i, target] of targets.entries()) {
      if (performance.now() - this.#startedMs > MOST_MOTION_MS) {
        this.#remarks.push(`${axis}: only ${traces.length} of ${targets.length + 1} moves: it took too long`);
        break;
      }
      this.#say(
        `${axis}: ${i < 4 ? `long move ${i + 1} of 4` : `short move ${i - 3} of ${targets.length - 4}`}`,
      );
      traces.push(await this.#test(axis, target));
    }
    return await inTurns(axisFindings(axis, traces, this.#config[axis]), this.#under);
  }

  /** One move that is measured, and the rest after it. */
  async #test(axis: AxisName, toDeg: number): Promise<Trace> {
    const fromDeg = this.#at[DEG[axis]];
    const first = Math.max(0, this.#readings.length - READINGS_BEFORE);
    const commandedMs = await this.#slew({ ...this.#at, [DEG[axis]]: toDeg });
    await this.#untilRest(axis);
    requireVisible(
      this.#rotor.motion.restOnly,
      'characterise',
      'Measure the speeds with a stopwatch and set them',
    );
    const readings = this.#readings.slice(first).map((observed) => readingOf(axis, observed));
    return { fromDeg, toDeg, commandedMs, readings };
  }

  /** Returns when the command reached the controller. */
  async #slew(target: Pointing): Promise<number> {
    let commandedMs = performance.now();
    const trial = {
      // What comes after the arrival is what is to be seen.
      rotor: { ...this.#config, ...this.#motion, settleMs: 0 },
      isSpeedUnknown: true,
      onCommand: (atMs: number) => (commandedMs = atMs),
    };
    await this.#rotor.slew(this.#held.grant.token, target, this.#under, { trial });
    this.#at = target;
    this.#moves++;
    return commandedMs;
  }

  async #untilRest(axis: AxisName): Promise<void> {
    const stepDeg = resolutionDegOf(this.#readings.map((observed) => readingOf(axis, observed))) ?? 0.01;
    const giveUpMs = performance.now() + REST_PATIENCE_MS;
    const tail: AxisReading[] = [];
    while (performance.now() < giveUpMs && !hasComeToRest(tail, 1.5 * stepDeg)) {
      const observed = await this.#rotor.position(this.#under);
      tail.push(readingOf(axis, observed));
      await sleep(keenPollMs(observed.roundTripMs), this.#under);
    }
  }

  /**
   * Later moves are as long, and watched as closely, as this rotor needs: its configuration may be
   * far off.
   */
  #learn(axis: AxisName, probe: Trace): void {
    const before = this.#config[axis];
    const { speedDegPerS, accelerationDegPerS2 } = motionOfMove(probe, before);
    const quickest = quickestDegPerS(probe);
    this.#motion[axis] = {
      speedDegPerS: speedDegPerS ?? Math.max(before.speedDegPerS, quickest),
      accelerationDegPerS2: accelerationDegPerS2 ?? before.accelerationDegPerS2,
    };
  }

  async #goBack(): Promise<void> {
    this.#say('going back to where it was');
    const { pointing: start } = this.#held.position;
    const { park, toleranceDeg } = this.#config;
    const parked =
      Math.abs(start.azimuthDeg - park.azimuthDeg) <= toleranceDeg &&
      Math.abs(start.elevationDeg - park.elevationDeg) <= toleranceDeg;
    try {
      await this.#slew(parked ? park : start);
    } catch (error) {
      if (errorKind(error) !== 'out_of_range') throw error;
      this.#remarks.push(
        `it stands at ${formatPointing(this.#at)} now: where it was, ${formatPointing(start)}, is outside its limits`,
      );
    }
  }

  async #collect(done: AbortSignal): Promise<void> {
    for await (const sighting of this.#rotor.watch(done)) {
      if (sighting.kind === 'lost') continue;
      this.#readings.push(sighting.observed);
      if (sighting.observed.atMs - this.#shownMs >= PROGRESS_APART_MS) this.#show(sighting.observed);
    }
  }

  #say(step: string): void {
    this.#step = step;
    const last = this.#readings.at(-1);
    if (last) this.#show(last);
  }

  #show(position: Observed): void {
    this.#shownMs = position.atMs;
    this.#onProgress({ fraction: Math.min(1, this.#moves / this.#mostMoves), step: this.#step, position });
  }
}

/** A computation whose pieces leave the event loop to others in between. */
async function inTurns<Result>(pieces: Generator<void, Result>, signal: AbortSignal): Promise<Result> {
  for (;;) {
    const next = pieces.next();
    if (next.done) return next.value;
    await setImmediate(undefined, { signal });
  }
}

const DEG = { azimuth: 'azimuthDeg', elevation: 'elevationDeg' } as const;

function pointing(axis: AxisName, deg: number, otherDeg: number): Pointing {
  return axis === 'azimuth'
    ? { azimuthDeg: deg, elevationDeg: otherDeg }
    : { azimuthDeg: otherDeg, elevationDeg: deg };
}

function readingOf(axis: AxisName, { atMs, pointing: at }: Observed): AxisReading {
  return { atMs, deg: at[DEG[axis]] };
}

/** Highest speed over a fifth of the readings of a move at least. */
function quickestDegPerS({ readings }: Trace): number {
  const lag = Math.max(1, Math.floor(readings.length / 5));
  const speeds = readings.slice(lag).map(({ atMs, deg }, i) => {
    const before = readings[i] as AxisReading;
    return (1000 * Math.abs(deg - before.deg)) / Math.max(1, atMs - before.atMs);
  });
  return Math.max(0, ...speeds);
}
