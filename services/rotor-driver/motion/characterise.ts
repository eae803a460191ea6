import { setImmediate } from 'node:timers/promises';
import { errorKind, SkyScanError } from '#shared/base/errors';
import { skyDirection, skyLimits } from '#shared/sky/mount';
import { createObstacles } from '#shared/sky/obstacles';
import { formatPointing, intersectLimits, type Pointing, type TravelLimits } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { sleep } from '#shared/runtime/waiting';
import { axisFindings, motionOfMove, type AxisFindings, type AxisName } from '../domain/characterise-axis.ts';
import {
  azimuthRange,
  elevationRange,
  MIN_RANGE_DEG,
  probeTarget,
  testTargets,
  type TestRange,
} from '../domain/characterise-plan.ts';
import { fastPollMs } from '../domain/poll-interval.ts';
import type { Readback } from '../domain/reading.ts';
import { requireMotionReadback } from '../domain/rest-only-readback.ts';
import { median } from '../domain/statistics.ts';
import { hasComeToRest, resolutionDegOf, type AxisReading, type Trace } from '../domain/trace.ts';
import { CHARACTERISE_HOLDER, type AcquiredRotor } from './rotor-parts.ts';
import type { Rotor } from './rotor.ts';

/** The measured characteristics of a rotor. */
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
  /** A short description of the current step, for people. */
  step: string;
  position: Readback;
}

const HEARTBEAT_MS = 1_000;
const PROGRESS_APART_MS = 200;
const REST_TIMEOUT_MS = 3_000;
const READINGS_BEFORE = 5;
const MAX_RUN_MS = 15 * 60_000;
// Per axis: the move to the start of its range, the probe, four long moves, six hops.
const MOVES_OF_AXIS = 12;

/**
 * Measures the characteristics of a rotor with moves of one axis at a time, under its own lease,
 * and returns the rotor to its start. Throws what `acquire` and `slew` throw, with the rotor
 * stopped.
 */
export async function characterise(
  rotor: Rotor,
  config: RotorConfig,
  signal: AbortSignal,
  onProgress: (progress: CharacteriseProgress) => void,
): Promise<Characteristics> {
  const acquired = await rotor.acquire(config, CHARACTERISE_HOLDER, signal);
  const beat = setInterval(() => acquired.lease.heartbeat(), HEARTBEAT_MS);
  const done = new AbortController();
  try {
    const whileLeased = AbortSignal.any([signal, acquired.lease.over]);
    return await new CharacteriseRun(rotor, config, acquired, whileLeased, onProgress).run(done.signal);
  } finally {
    done.abort();
    clearInterval(beat);
    acquired.lease.release();
  }
}

/** One characterisation of both axes. */
class CharacteriseRun {
  readonly #rotor: Rotor;
  readonly #config: RotorConfig;
  readonly #acquired: AcquiredRotor;
  readonly #signal: AbortSignal;
  readonly #onProgress: (progress: CharacteriseProgress) => void;
  readonly #startedMs = performance.now();
  readonly #remarks: string[] = [];
  #readings: Readback[] = [];
  #at: Pointing;
  #motion: Pick<RotorConfig, 'azimuth' | 'elevation'>;
  #step = '';
  #moves = 0;
  #maxMoves = 1;
  #shownMs = -Infinity;

  constructor(
    rotor: Rotor,
    config: RotorConfig,
    acquired: AcquiredRotor,
    signal: AbortSignal,
    onProgress: (progress: CharacteriseProgress) => void,
  ) {
    this.#rotor = rotor;
    this.#config = config;
    this.#acquired = acquired;
    this.#signal = signal;
    this.#onProgress = onProgress;
    this.#at = acquired.position.pointing;
    this.#motion = { azimuth: config.azimuth, elevation: config.elevation };
  }

  async run(done: AbortSignal): Promise<Characteristics> {
    const ranges = this.#ranges();
    const axes = (['azimuth', 'elevation'] as const).filter((axis) => ranges[axis]);
    if (axes.length === 0)
      throw new SkyScanError(
        'out_of_range',
        `neither axis has ${MIN_RANGE_DEG} deg of free travel to be measured in`,
      );
    this.#maxMoves = axes.length * MOVES_OF_AXIS + 1;
    void this.#collect(done);
    this.#setStep('reading the position');
    this.#reportProgress(this.#acquired.position);
    const findings: Partial<Record<AxisName, AxisFindings>> = {};
    const roundTripsMs: number[] = [];
    for (const axis of axes) {
      findings[axis] = await this.#characteriseAxis(axis, ranges[axis] as TestRange);
      roundTripsMs.push(...this.#readings.map(({ roundTripMs }) => roundTripMs));
      this.#readings = [];
    }
    await this.#returnToStart();
    this.#setStep('finished');
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
    const { position, reportedLimits } = this.#acquired;
    const travel: TravelLimits = reportedLimits ? intersectLimits(limits, reportedLimits) : limits;
    const sky = (at: Pointing) => skyDirection(this.#config, at);
    const { elMinDeg, elMaxDeg } = skyLimits(this.#config, travel);
    const obstacles = createObstacles(elMinDeg, horizon, keepOut, elMaxDeg);
    const isFree = (a: Pointing, b: Pointing) => obstacles.isFree(sky(a), sky(b));
    const context = { from: position.pointing, limits: travel, motion: this.#config, isFree };
    const ranges = { azimuth: azimuthRange(context), elevation: elevationRange(context) };
    for (const axis of ['azimuth', 'elevation'] as const)
      if (!ranges[axis])
        this.#remarks.push(`${axis}: less than ${MIN_RANGE_DEG} deg of free travel: not measured`);
    return ranges;
  }

  async #characteriseAxis(axis: AxisName, range: TestRange): Promise<AxisFindings> {
    this.#setStep(`${axis}: moving to the start of the test range`);
    await this.#slew(pointing(axis, range.lowDeg, range.otherDeg));
    this.#setStep(`${axis}: first move`);
    const traces = [await this.#test(axis, probeTarget(range))];
    this.#learn(axis, traces[0] as Trace);
    const targets = testTargets(range, this.#motion[axis], this.#config.toleranceDeg);
    for (const [i, target] of targets.entries()) {
      if (performance.now() - this.#startedMs > MAX_RUN_MS) {
        this.#remarks.push(
          `${axis}: only ${traces.length} of ${targets.length + 1} moves were made: the time limit was reached`,
        );
        break;
      }
      this.#setStep(
        `${axis}: ${i < 4 ? `long move ${i + 1} of 4` : `short move ${i - 3} of ${targets.length - 4}`}`,
      );
      traces.push(await this.#test(axis, target));
    }
    return await runInSlices(axisFindings(axis, traces, this.#config[axis]), this.#signal);
  }

  /** Makes one move and records its readings until the axis rests. */
  async #test(axis: AxisName, toDeg: number): Promise<Trace> {
    const fromDeg = this.#at[DEG[axis]];
    const first = Math.max(0, this.#readings.length - READINGS_BEFORE);
    const commandedMs = await this.#slew({ ...this.#at, [DEG[axis]]: toDeg });
    await this.#waitUntilRest(axis);
    requireMotionReadback(
      this.#rotor.motion.restOnly,
      'characterise',
      'Measure the speeds with a stopwatch and set them',
    );
    const readings = this.#readings.slice(first).map((observed) => readingOf(axis, observed));
    return { fromDeg, toDeg, commandedMs, readings };
  }

  /** Slews, and returns when the command reached the controller (monotonic milliseconds). */
  async #slew(target: Pointing): Promise<number> {
    let commandedMs = performance.now();
    const measuredMove = {
      // The settling after the arrival is part of the measurement.
      rotor: { ...this.#config, ...this.#motion, settleMs: 0 },
      isSpeedUnknown: true,
      onCommand: (atMs: number) => (commandedMs = atMs),
    };
    await this.#rotor.slew(this.#acquired.lease.token, target, this.#signal, { measuredMove });
    this.#at = target;
    this.#moves++;
    return commandedMs;
  }

  async #waitUntilRest(axis: AxisName): Promise<void> {
    const stepDeg = resolutionDegOf(this.#readings.map((observed) => readingOf(axis, observed))) ?? 0.01;
    const giveUpMs = performance.now() + REST_TIMEOUT_MS;
    const tail: AxisReading[] = [];
    while (performance.now() < giveUpMs && !hasComeToRest(tail, 1.5 * stepDeg)) {
      const observed = await this.#rotor.position(this.#signal);
      tail.push(readingOf(axis, observed));
      await sleep(fastPollMs(observed.roundTripMs), this.#signal);
    }
  }

  /**
   * Sets the length and the polling of later moves from the measured motion: the configuration may
   * be far off.
   */
  #learn(axis: AxisName, probe: Trace): void {
    const before = this.#config[axis];
    const { speedDegPerS, accelerationDegPerS2 } = motionOfMove(probe, before);
    const fastest = fastestDegPerS(probe);
    this.#motion[axis] = {
      speedDegPerS: speedDegPerS ?? Math.max(before.speedDegPerS, fastest),
      accelerationDegPerS2: accelerationDegPerS2 ?? before.accelerationDegPerS2,
    };
  }

  async #returnToStart(): Promise<void> {
    this.#setStep('returning to the start');
    const { pointing: start } = this.#acquired.position;
    const { park, toleranceDeg } = this.#config;
    const parked =
      Math.abs(start.azimuthDeg - park.azimuthDeg) <= toleranceDeg &&
      Math.abs(start.elevationDeg - park.elevationDeg) <= toleranceDeg;
    try {
      await this.#slew(parked ? park : start);
    } catch (error) {
      if (errorKind(error) !== 'out_of_range') throw error;
      this.#remarks.push(
        `the rotor now rests at ${formatPointing(this.#at)}: its start, ${formatPointing(start)}, is outside its limits`,
      );
    }
  }

  async #collect(done: AbortSignal): Promise<void> {
    for await (const event of this.#rotor.watch(done)) {
      if (event.kind === 'lost') continue;
      this.#readings.push(event.observed);
      if (event.observed.atMs - this.#shownMs >= PROGRESS_APART_MS) this.#reportProgress(event.observed);
    }
  }

  #setStep(step: string): void {
    this.#step = step;
    const last = this.#readings.at(-1);
    if (last) this.#reportProgress(last);
  }

  #reportProgress(position: Readback): void {
    this.#shownMs = position.atMs;
    this.#onProgress({ fraction: Math.min(1, this.#moves / this.#maxMoves), step: this.#step, position });
  }
}

/** Runs a long computation in slices, with a turn of the event loop between them. */
async function runInSlices<Result>(slices: Generator<void, Result>, signal: AbortSignal): Promise<Result> {
  for (;;) {
    const next = slices.next();
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

function readingOf(axis: AxisName, { atMs, pointing: at }: Readback): AxisReading {
  return { atMs, deg: at[DEG[axis]] };
}

/** The highest speed over any fifth of the readings of a move. */
function fastestDegPerS({ readings }: Trace): number {
  const lag = Math.max(1, Math.floor(readings.length / 5));
  const speeds = readings.slice(lag).map(({ atMs, deg }, i) => {
    const before = readings[i] as AxisReading;
    return (1000 * Math.abs(deg - before.deg)) / Math.max(1, atMs - before.atMs);
  });
  return Math.max(0, ...speeds);
}
