import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'vitest';
import type { AxisMotion } from '#shared/sky/kinematics';
import type { Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import {
  holdRotor,
  slew,
  startMove,
  startTestDriver,
  testRotor,
  type DriverClient,
  type TestDriver,
  type TestHold,
  type TestMove,
} from './rotctld-driver.ts';
import {
  createFakeRotator,
  hamlibScript,
  startScriptedRotctld,
  type FakeRotator,
  type Script,
  type ScriptedOptions,
  type ScriptedRotctld,
} from './rotctld-scripted.ts';
import { until } from './until.ts';

type RotorMessage = ReturnType<typeof testRotor>;

export interface DriverWorldOptions {
  /** Speed of the rotator on both axes. */
  degPerS?: number;
  /**
   * The configured motion of both axes; default: that of the rotator, which accelerates and stops
   * at once.
   */
  axis?: AxisMotion;
  /** The server in front of the rotator; default: Hamlib. */
  script?: (rotator: FakeRotator) => Script;
  /** Other settings of the rotor. */
  rotor?: Partial<RotorConfig>;
  server?: ScriptedOptions;
  /** The environment of rotor-driver. */
  env?: () => Record<string, string>;
}

/**
 * A rotator, a scripted rotctld for it and rotor-driver, all in this process and new for each test.
 */
export class DriverWorld {
  rotator!: FakeRotator;
  server!: ScriptedRotctld;
  driver!: TestDriver;
  /** The data folder of rotor-driver; survives a restart. */
  folder!: string;
  readonly #options: DriverWorldOptions;

  constructor(options: DriverWorldOptions) {
    this.#options = options;
  }

  get client(): DriverClient {
    return this.driver.client;
  }

  async start(): Promise<void> {
    const { degPerS, script = hamlibScript, server, env } = this.#options;
    this.rotator = createFakeRotator(degPerS);
    this.server = await startScriptedRotctld(script(this.rotator), server);
    this.folder = await mkdtemp(join(tmpdir(), 'rotor-driver-world-'));
    await this.startDriver(env?.());
  }

  async startDriver(env: Record<string, string> = {}): Promise<void> {
    this.driver = await startTestDriver({ DATA_DIR: this.folder, ...env });
  }

  /** Shuts rotor-driver down as SIGTERM does and starts it again on the same data folder. */
  async restartDriver(env?: Record<string, string>): Promise<void> {
    await this.driver.close();
    await this.startDriver(env);
  }

  async close(): Promise<void> {
    await this.driver.close();
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The rotor as its owner configured it. */
  rotor(change: Partial<RotorConfig> = {}): RotorMessage {
    const { degPerS = 6, axis, rotor } = this.#options;
    const motion = axis ?? { speedDegPerS: degPerS, accelerationDegPerS2: 1e6 };
    return testRotor(this.server.port, { azimuth: motion, elevation: motion, ...rotor, ...change });
  }

  hold(rotor: RotorMessage = this.rotor(), holder?: string): Promise<TestHold> {
    return holdRotor(this.client, rotor, holder);
  }

  slew(hold: Pick<TestHold, 'token'>, target: Pointing, signal?: AbortSignal): ReturnType<typeof slew> {
    return slew(this.client, hold.token, target, signal);
  }

  /** Starts a manual move; resolves once it has started. */
  move(target: Pointing, rotor: RotorMessage = this.rotor(), signal?: AbortSignal): Promise<TestMove> {
    return startMove(this.client.move({ rotor, target, keepsCall: true }, { ...(signal && { signal }) }));
  }

  park(rotor: RotorMessage = this.rotor()): Promise<TestMove> {
    return startMove(this.client.park({ rotor, keepsCall: true }));
  }

  /** A slew whose result the test need not await. */
  startSlew(hold: Pick<TestHold, 'token'>, target: Pointing, signal?: AbortSignal): ReturnType<typeof slew> {
    const going = this.slew(hold, target, signal);
    going.catch(() => undefined);
    return going;
  }

  async sweep(hold: Pick<TestHold, 'token'>, target: Pointing): Promise<void> {
    for await (const _ of this.client.slew({ rotorId: 1, token: hold.token, target, sweep: true }));
  }

  /** Azimuth of the antenna. */
  get azimuthDeg(): number {
    return this.rotator.read()[0];
  }

  untilMoving(): Promise<unknown> {
    return until('it moves', () => this.azimuthDeg > 1);
  }

  untilAt(azimuthDeg: number, elevationDeg = 0): Promise<unknown> {
    return until(
      `it stands at ${azimuthDeg} ${elevationDeg}`,
      () => this.rotator.read().join() === `${azimuthDeg},${elevationDeg}`,
    );
  }

  /** Moves the rotator without rotor-driver. */
  async moveByHand(azimuthDeg: number, elevationDeg = 0): Promise<void> {
    this.rotator.go(azimuthDeg, elevationDeg);
    await this.untilAt(azimuthDeg, elevationDeg);
  }

  /** The commands that the server received, as `connection:command`. */
  sent(what: RegExp): string[] {
    return this.server.log.filter((line) => what.test(line));
  }

  /** The moves (P) that it received. */
  get movesSent(): string[] {
    return this.sent(/:\+?P/);
  }

  /** The stops (S) that it received. */
  get stopsSent(): string[] {
    return this.sent(/:\+?S$/);
  }

  /** Moves and stops that it received, moves as `azimuth,elevation`. */
  get commandsSent(): string[] {
    return this.sent(/:\+?(P |S$)/).map((line) => {
      const [word = '', ...degs] = line.replace(/^\d+:\+?/, '').split(' ');
      return word === 'S' ? word : degs.map(Number).join();
    });
  }
}

/** Starts a new world for every test of the calling suite. */
export function useDriverWorld(options: DriverWorldOptions = {}): DriverWorld {
  const world = new DriverWorld(options);
  beforeEach(() => world.start());
  afterEach(() => world.close());
  return world;
}

/**
 * `test` with a `world` of its own for each test: these wait for rotators most of the time and can
 * run at once (`describe.concurrent`).
 */
export function driverTest(options: DriverWorldOptions = {}) {
  return test.extend<{ world: DriverWorld }>({
    world: async ({ onTestFinished }, use) => {
      const world = await startDriverWorld(options);
      onTestFinished(() => world.close());
      await use(world);
    },
  });
}

export async function startDriverWorld(options: DriverWorldOptions): Promise<DriverWorld> {
  const world = new DriverWorld(options);
  await world.start();
  return world;
}
