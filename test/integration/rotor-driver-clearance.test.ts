import mqtt from 'mqtt';
import { describe, expect, test as base } from 'vitest';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { driverTest, startDriverWorld, type DriverWorld } from '../support/driver-world.ts';
import { startAedes } from '../support/gateway-broker.ts';
import { at } from '../support/rotctld-driver.ts';
import { createFakeRotator, hamlibScript, startScriptedRotctld } from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

// Checks for every move: the Sun and the conditions of SUSPEND_TOPIC.

const KEEP_OUT_DEG = 10;

const untilAt = (world: DriverWorld, there: Pointing) =>
  until(`it is at ${there.azimuthDeg} ${there.elevationDeg}`, () => {
    const [azimuthDeg, elevationDeg] = world.rotator.read();
    return Math.hypot(azimuthDeg - there.azimuthDeg, elevationDeg - there.elevationDeg) < 0.01;
  });

describe.concurrent('the Sun', () => {
  // A site near the equator where it is morning now.
  const { site, sun } = siteInTheMorning();
  const test = driverTest({
    degPerS: 200,
    env: () => ({
      SUN_KEEP_OUT_DEG: String(KEEP_OUT_DEG),
      SITE_LATITUDE_DEG: String(site.latitudeDeg),
      SITE_LONGITUDE_DEG: String(site.longitudeDeg),
    }),
  });
  const west = at(sun.azimuthDeg - 40, Math.round(sun.elevationDeg));
  const east = at(sun.azimuthDeg + 40, Math.round(sun.elevationDeg));

  /** Smallest distance between the rotator and the Sun during the work. */
  async function nearestDeg(world: DriverWorld, work: () => Promise<unknown>): Promise<number> {
    let leastDeg = 180;
    const look = setInterval(() => {
      const [azimuthDeg, elevationDeg] = world.rotator.read();
      leastDeg = Math.min(leastDeg, separationDeg({ azimuthDeg, elevationDeg }, sun));
    }, 1);
    await work().finally(() => clearInterval(look));
    return leastDeg;
  }

  test('blocks moves to it: a manual move is refused, a scan waits, and nothing is sent', async ({
    world,
  }) => {
    const near = at(sun.azimuthDeg + 3, sun.elevationDeg);
    await expect(world.move(near)).rejects.toMatchObject({
      kind: 'busy',
      message: expect.stringMatching(/^az \S+ el \S+ is \S+ deg from the Sun, nearer than 10/) as string,
    });
    await expect(world.park(world.rotor({ park: near }))).rejects.toMatchObject({
      kind: 'busy',
    });
    const hold = await world.hold();
    await expect(world.slew(hold, near)).rejects.toMatchObject({ kind: 'unavailable' });
    hold.release();
    expect(world.commandsSent).toEqual([]);
  });

  test('is avoided by manual moves, park moves and scans', async ({ world }) => {
    const parked = world.rotor({ park: west });
    const least = await nearestDeg(world, async () => {
      await world.move(west, parked);
      await untilAt(world, west);
      await world.move(east, parked);
      await untilAt(world, east);
      await world.park(parked);
      const hold = await until('it is parked and free', () => world.hold(parked).catch(() => undefined));
      await world.slew(hold, east);
      hold.release();
    });
    expect(least).toBeGreaterThanOrEqual(KEEP_OUT_DEG - 0.1);
    // The direct route would have passed the Sun.
    expect(world.commandsSent.length).toBeGreaterThan(4);
  });

  test('is not swept over: sweeps go straight or are refused', async ({ world }) => {
    const hold = await world.hold();
    await world.slew(hold, west);
    const before = world.commandsSent.length;
    await expect(world.sweep(hold, east)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('too close to the Sun') as string,
    });
    expect(world.commandsSent).toHaveLength(before);
    hold.release();
  });

  test('does not prevent an antenna from moving away from it', async ({ world }) => {
    const beside = at(sun.azimuthDeg + 4, sun.elevationDeg);
    world.rotator.go(beside.azimuthDeg, beside.elevationDeg);
    await untilAt(world, beside);
    const besideDeg = separationDeg(beside, sun);
    const least = await nearestDeg(world, async () => {
      await world.move(west);
      await untilAt(world, west);
    });
    expect(least).toBeGreaterThan(besideDeg - 0.1);
  });

  test('is not an obstacle if the owner allows it', async ({ world }) => {
    const target = at(sun.azimuthDeg, sun.elevationDeg);
    await world.move(target, world.rotor({ avoidSun: false }));
    await until('it points at the Sun', () => world.azimuthDeg === Number(sun.azimuthDeg.toFixed(4)));
  });
});

/** Publishes the wind to a broker of its own. */
interface WeatherStation {
  brokerUrl: string;
  publish(gust: number): Promise<unknown>;
}

describe.concurrent('wind', () => {
  const test = base.extend<{ station: WeatherStation; world: DriverWorld }>({
    station: async ({ onTestFinished }, use) => {
      const broker = await startAedes();
      const client = await mqtt.connectAsync(broker.url);
      onTestFinished(async () => {
        await client.endAsync();
        await broker.close();
      });
      await use({
        brokerUrl: broker.url,
        publish: (gust) =>
          client.publishAsync('garden/wind', JSON.stringify({ gust }), { qos: 1, retain: true }),
      });
    },
    world: async ({ station, onTestFinished }, use) => {
      const env = { MQTT_URL: station.brokerUrl, SUSPEND_TOPIC: 'garden/wind', SUSPEND_WHEN: 'gust > 12' };
      const world = await startDriverWorld({ degPerS: 20, env: () => env });
      onTestFinished(() => world.close());
      await use(world);
    },
  });

  /** Waits until the driver has received the wind message. */
  const isRefused = (world: DriverWorld, target: Pointing, moved = world.rotor()) =>
    until('moves are refused', async () => {
      const refusal = await world.move(target, moved).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (!refusal) return false;
      expect(refusal).toMatchObject({
        kind: 'busy',
        message: 'moves are suspended, except to the park pointing: garden/wind reports 14 (gust > 12)',
      });
      return true;
    });

  test('stops a manual move and refuses the next; parking is allowed; all moves are allowed after it', async ({
    station,
    world,
  }) => {
    await world.move(at(170, 40));
    await world.untilMoving();
    await station.publish(14);
    await until('it is stopped', () => world.commandsSent.some((line) => line === 'S'));
    expect(world.azimuthDeg).toBeLessThan(160);
    await isRefused(world, at(100, 10));
    const [azimuthDeg] = world.rotator.read();
    expect(azimuthDeg).toBeLessThan(160);
    await world.park();
    await untilAt(world, at(0, 0));
    await station.publish(3);
    await until('moves are allowed', async () =>
      world.move(at(2, 2)).then(
        () => true,
        () => false,
      ),
    );
    await untilAt(world, at(2, 2));
  });

  test('does not stop a parking rotor, and refuses slews under a lease', async ({ station, world }) => {
    world.rotator.go(60, 0);
    await untilAt(world, at(60, 0));
    await world.park();
    const other = await startScriptedRotctld(hamlibScript(createFakeRotator(20)));
    await station.publish(14);
    await isRefused(world, at(50, 10), world.rotor({ id: 2, port: other.port }));
    await untilAt(world, at(0, 0));
    await other.close();
    await until('it has parked', async () => !(await world.client.inUse({ rotorId: 1 })).inUse);
    expect(world.commandsSent.filter((line) => line === 'S')).toEqual([]);
    const hold = await world.hold(world.rotor());
    await expect(world.slew(hold, at(5, 5))).rejects.toMatchObject({ kind: 'unavailable' });
    hold.release();
  });

  test('ends a characterisation and stops the rotor', async ({ station, world }) => {
    const seen = async () => {
      for await (const _ of world.client.characterise({ rotor: world.rotor() }));
    };
    const measured = seen();
    const ended = expect(measured).rejects.toMatchObject({
      message: expect.stringContaining('garden/wind reports 14') as string,
    });
    await until('it moves', () => world.rotator.read().some((deg) => deg > 1));
    await station.publish(14);
    await ended;
    await until('it is stopped', () => world.commandsSent.at(-1) === 'S');
  });
});

/** A site where the Sun is now half way up, and the Sun's position there. */
function siteInTheMorning() {
  const nowMs = Date.now();
  const places = Array.from({ length: 360 }, (_, i) => {
    const site = { latitudeDeg: 45, longitudeDeg: i - 180 };
    return { site, sun: createSunAndMoon(site).sun(nowMs) };
  });
  const aside = ({ sun }: { sun: Pointing }) =>
    Math.abs(sun.elevationDeg - 15) + (sun.azimuthDeg > 180 ? 1_000 : 0);
  return places.reduce((best, place) => (aside(place) < aside(best) ? place : best));
}
