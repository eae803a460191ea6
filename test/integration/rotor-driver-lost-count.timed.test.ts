import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { driverTest, type DriverWorld } from '../support/driver-world.ts';
import { at } from '../support/rotctld-driver.ts';
import { hamlibScript, type FakeRotator, type Script } from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

// A restarted controller reports 0/0 wherever the antenna points, and counts from there. A jump is
// recognised by its speed: the position must be read within 0.25 s of it.

describe.concurrent('rotor-driver and a controller that loses its count', () => {
  const test = driverTest({ degPerS: 20 }).extend<{ controller: RestartingController }>({
    controller: ({ world }, use) => use(new RestartingController(world)),
  });

  test.for([
    {
      name: 'with its connection',
      disconnects: true,
      says: /while rotctld was disconnected: az 30 el 20 before, az 0 el 0 after/,
    },
    {
      name: 'without a word',
      disconnects: false,
      says: /the position jumped: az 30 el 20 before, az 0 el 0 \d\.\d s after/,
    },
  ])(
    'at rest, $name: revokes the lease before anything moves, and names both positions',
    async ({ disconnects, says }, { world, controller }) => {
      const hold = await world.hold();
      await world.slew(hold, at(30, 20));
      const before = world.movesSent.length;
      controller.restart({ disconnects });
      expect(await hold.ended).toEqual({
        mayReacquire: false,
        reason: expect.stringMatching(says) as string,
      });
      await expect(world.slew(hold, at(31, 20))).rejects.toMatchObject({ kind: 'lease_lost' });
      expect(world.movesSent.length).toBe(before);
    },
  );

  test('at rest: a readback and a slew under the lease fail', async ({ world, controller }) => {
    const ask = [
      (token: number) => world.client.getPosition({ rotor: world.rotor(), token }),
      (token: number) => world.slew({ token }, at(5, 0)),
    ];
    for (const asked of ask) {
      const hold = await world.hold();
      await world.slew(hold, at(30, 20));
      const before = world.movesSent.length;
      controller.restart({ disconnects: false });
      await expect(asked(hold.token)).rejects.toMatchObject({ kind: 'hardware_fault' });
      expect(world.movesSent.length).toBe(before);
      controller.home();
      await hold.ended;
    }
  });

  test.for([
    { name: 'with its connection', disconnects: true, target: at(80, 40) },
    { name: 'without a word', disconnects: false, target: at(80, 40) },
    { name: 'near zero, without a word', disconnects: false, target: at(24, 0) },
  ])(
    'during a slew, $name: does not send the target again',
    async ({ disconnects, target }, { world, controller }) => {
      const hold = await world.hold();
      const going = world.startSlew(hold, target);
      await until('it is moving', () => world.azimuthDeg > 8);
      controller.restart({ disconnects });
      await expect(going).rejects.toThrow();
      expect(await hold.ended).toMatchObject({
        mayReacquire: false,
        reason: expect.stringContaining('lost its count') as string,
      });
      expect(world.movesSent.length).toBe(1);
    },
  );

  test('once reported and homed, lets the same holder continue', async ({ world, controller }) => {
    const hold = await world.hold();
    await world.slew(hold, at(30, 20));
    controller.restart({ disconnects: true });
    await hold.ended;
    world.rotator.go(0, 0);
    controller.home();
    await until('it is homed', () => world.azimuthDeg === 0);
    const next = await world.hold();
    expect((await world.slew(next, at(5, 5))).readback).toEqual(at(5, 5));
  });

  test('while its holder is dead: refuses the returning holder once, and no other one', async ({
    world,
    controller,
  }) => {
    const hold = await world.hold(world.rotor(), 'session 1');
    await world.slew(hold, at(30, 20));
    hold.cut();
    controller.restart({ disconnects: true });
    const refused = world.hold(world.rotor(), 'session 1');
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining('az 30 el 20 before') as string,
    });
    const other = await world.hold(world.rotor(), 'session 2');
    other.release();
    await other.ended;
    const again = await world.hold(world.rotor(), 'session 1');
    again.release();
  });

  test('while rotor-driver is down: refuses the returning holder', async ({ world, controller }) => {
    const hold = await world.hold(world.rotor(), 'session 1');
    await world.slew(hold, at(30, 20));
    await world.driver.close();
    controller.restart({ disconnects: true });
    await world.startDriver();
    await expect(world.hold(world.rotor(), 'session 1')).rejects.toMatchObject({
      message: expect.stringMatching(/az 30 el 20 before, az 0 el 0 after/) as string,
    });
  });

  test('while rotor-driver is down, with the same position afterwards: lets the returning holder continue', async ({
    world,
  }) => {
    const hold = await world.hold(world.rotor(), 'session 1');
    await world.slew(hold, at(30, 20));
    await world.restartDriver();
    const next = await world.hold(world.rotor(), 'session 1');
    await world.slew(next, at(32, 20));
  });

  test('in a power cut: refuses the returning holder', async ({ world, controller }) => {
    const hold = await world.hold(world.rotor(), 'session 1');
    await world.slew(hold, at(60, 20));
    await cutPower(world);
    controller.restart({ disconnects: true });
    await world.startDriver();
    await expect(world.hold(world.rotor(), 'session 1')).rejects.toMatchObject({
      message: expect.stringMatching(/az 60 el 20 before, az 0 el 0 after/) as string,
    });
  });

  test('after a power cut accepts another position, because the last motion is not on the disk', async ({
    world,
  }) => {
    const hold = await world.hold(world.rotor(), 'session 1');
    await world.slew(hold, at(30, 20));
    await cutPower(world);
    world.rotator.go(45, 25);
    await until('it has moved', () => world.azimuthDeg === 45);
    await world.startDriver();
    const next = await world.hold(world.rotor(), 'session 1');
    await world.slew(next, at(47, 25));
  });

  test('accepts a rotor that was moved manually between two holders', async ({ world }) => {
    const hold = await world.hold(world.rotor(), 'session 1');
    await world.slew(hold, at(30, 20));
    hold.release();
    await hold.ended;
    world.rotator.go(90, 20);
    await until('it was turned', () => world.azimuthDeg === 90);
    const next = await world.hold(world.rotor(), 'session 2');
    await world.slew(next, at(92, 20));
  });

  test('keeps the lease despite noise at rest', async ({ world, controller }) => {
    controller.noiseDeg = 0.7;
    const hold = await world.hold(world.rotor({ toleranceDeg: 1 }));
    await world.slew(hold, at(10, 5));
    for (let i = 0; i < 300; i++) await world.client.getPosition({ rotor: world.rotor(), token: hold.token });
    await world.slew(hold, at(12, 5));
  });
});

/** The controller of a world's rotator. */
class RestartingController {
  noiseDeg = 0;
  #lost = { azimuthDeg: 0, elevationDeg: 0 };
  readonly #world: DriverWorld;
  readonly #hangUps: (() => void)[] = [];

  constructor(world: DriverWorld) {
    this.#world = world;
    world.server.script = this.#counts(world.rotator);
    world.server.onConnect = ({ hangUp }) => this.#hangUps.push(hangUp);
  }

  /** It stops, reports 0/0, and its server may disconnect its clients. */
  restart({ disconnects }: { disconnects: boolean }): void {
    this.#world.rotator.stop();
    const [azimuthDeg, elevationDeg] = this.#world.rotator.read();
    this.#lost = { azimuthDeg, elevationDeg };
    if (disconnects) for (const hangUp of this.#hangUps.splice(0)) hangUp();
  }

  /** Its count is correct again. */
  home(): void {
    this.#lost = { azimuthDeg: 0, elevationDeg: 0 };
  }

  /** Its count: the true pointing minus the lost offset. */
  #counts(truth: FakeRotator): Script {
    const noise = () => this.noiseDeg * (2 * Math.random() - 1);
    return hamlibScript({
      read: () => {
        const [az, el] = truth.read();
        return [az - this.#lost.azimuthDeg + noise(), el - this.#lost.elevationDeg + noise()];
      },
      go: (az, el) => truth.go(az + this.#lost.azimuthDeg, el + this.#lost.elevationDeg),
      stop: () => truth.stop(),
    });
  }
}

/** Stops everything; the next driver finds only synced data, after another boot. */
async function cutPower(world: DriverWorld): Promise<void> {
  await world.driver.close();
  await rm(join(world.folder, 'rotor-driver/whereabouts.json'));
  const path = join(world.folder, 'rotor-driver/whereabouts-synced.json');
  const book = JSON.parse(await readFile(path, 'utf8')) as { pages: Record<string, { boot: string }> };
  for (const page of Object.values(book.pages)) page.boot = 'the one before';
  await writeFile(path, JSON.stringify(book));
}
