import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { useDriverWorld, type DriverWorld } from '../support/driver-world.ts';
import { startAedes, type TestBroker } from '../support/gateway-broker.ts';
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

describe('the Sun', () => {
  // A site near the equator where it is morning now.
  const { site, sun } = siteInTheMorning();
  const world = useDriverWorld({
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
  async function nearestDeg(work: () => Promise<unknown>): Promise<number> {
    let leastDeg = 180;
    const look = setInterval(() => {
      const [azimuthDeg, elevationDeg] = world.rotator.read();
      leastDeg = Math.min(leastDeg, separationDeg({ azimuthDeg, elevationDeg }, sun));
    }, 1);
    await work().finally(() => clearInterval(look));
    return leastDeg;
  }

  test('blocks moves to it: a manual move is refused, a scan waits, and nothing is sent', async () => {
    const near = at(sun.azimuthDeg + 3, sun.elevationDeg);
    await expect(world.client.move({ rotor: world.rotor(), target: near })).rejects.toMatchObject({
      kind: 'busy',
      message: expect.stringMatching(/^az \S+ el \S+ is \S+ deg from the Sun, nearer than 10/) as string,
    });
    await expect(world.client.park({ rotor: world.rotor({ park: near }) })).rejects.toMatchObject({
      kind: 'busy',
    });
    const hold = await world.hold();
    await expect(world.slew(hold, near)).rejects.toMatchObject({ kind: 'unavailable' });
    hold.release();
    expect(world.commandsSent).toEqual([]);
  });

  test('is avoided by manual moves, park moves and scans', async () => {
    const parked = world.rotor({ park: west });
    const least = await nearestDeg(async () => {
      await world.client.move({ rotor: parked, target: west });
      await untilAt(world, west);
      await world.client.move({ rotor: parked, target: east });
      await untilAt(world, east);
      await world.client.park({ rotor: parked });
      const hold = await until('it is parked and free', () => world.hold(parked).catch(() => undefined));
      await world.slew(hold, east);
      hold.release();
    });
    expect(least).toBeGreaterThanOrEqual(KEEP_OUT_DEG - 0.1);
    // The direct route would have passed the Sun.
    expect(world.commandsSent.length).toBeGreaterThan(4);
  });

  test('is not swept over: sweeps go straight or are refused', async () => {
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

  test('does not prevent an antenna from moving away from it', async () => {
    const beside = at(sun.azimuthDeg + 4, sun.elevationDeg);
    world.rotator.go(beside.azimuthDeg, beside.elevationDeg);
    await untilAt(world, beside);
    const besideDeg = separationDeg(beside, sun);
    const least = await nearestDeg(async () => {
      await world.client.move({ rotor: world.rotor(), target: west });
      await untilAt(world, west);
    });
    expect(least).toBeGreaterThan(besideDeg - 0.1);
  });

  test('is not an obstacle if the owner allows it', async () => {
    const target = at(sun.azimuthDeg, sun.elevationDeg);
    await world.client.move({ rotor: world.rotor({ avoidSun: false }), target });
    await until('it points at the Sun', () => world.azimuthDeg === Number(sun.azimuthDeg.toFixed(4)));
  });
});

describe('wind', () => {
  let broker: TestBroker;
  let station: mqtt.MqttClient;

  beforeEach(async () => {
    broker = await startAedes();
    station = await mqtt.connectAsync(broker.url);
  });
  afterEach(async () => {
    await station.endAsync();
    await broker.close();
  });
  const world = useDriverWorld({
    degPerS: 20,
    env: () => ({
      MQTT_URL: broker.url,
      SUSPEND_TOPIC: 'garden/wind',
      SUSPEND_WHEN: 'gust > 12',
    }),
  });

  const publishWind = (gust: number) =>
    station.publishAsync('garden/wind', JSON.stringify({ gust }), { qos: 1, retain: true });
  /** Waits until the driver has received the wind message. */
  const isRefused = (target: Pointing, moved = world.rotor()) =>
    until('moves are refused', async () => {
      const refusal = await world.client.move({ rotor: moved, target }).then(
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

  test('stops a manual move and refuses the next; parking is allowed; all moves are allowed after it', async () => {
    await world.client.move({ rotor: world.rotor(), target: at(170, 40) });
    await world.untilMoving();
    await publishWind(14);
    await until('it is stopped', () => world.commandsSent.some((line) => line === 'S'));
    expect(world.azimuthDeg).toBeLessThan(160);
    await isRefused(at(100, 10));
    const [azimuthDeg] = world.rotator.read();
    expect(azimuthDeg).toBeLessThan(160);
    await world.client.park({ rotor: world.rotor() });
    await untilAt(world, at(0, 0));
    await publishWind(3);
    await until('moves are allowed', async () =>
      world.client.move({ rotor: world.rotor(), target: at(2, 2) }).then(
        () => true,
        () => false,
      ),
    );
    await untilAt(world, at(2, 2));
  });

  test('does not stop a parking rotor, and refuses slews under a lease', async () => {
    world.rotator.go(60, 0);
    await untilAt(world, at(60, 0));
    await world.client.park({ rotor: world.rotor() });
    const other = await startScriptedRotctld(hamlibScript(createFakeRotator(20)));
    await publishWind(14);
    await isRefused(at(50, 10), world.rotor({ id: 2, port: other.port }));
    await untilAt(world, at(0, 0));
    await other.close();
    await until('it has parked', async () => !(await world.client.inHand({ rotorId: 1 })).inHand);
    expect(world.commandsSent.filter((line) => line === 'S')).toEqual([]);
    const hold = await world.hold(world.rotor());
    await expect(world.slew(hold, at(5, 5))).rejects.toMatchObject({ kind: 'unavailable' });
    hold.release();
  });

  test('ends a characterisation and stops the rotor', async () => {
    const seen = async () => {
      for await (const _ of world.client.characterise({ rotor: world.rotor() }));
    };
    const measured = seen();
    const ended = expect(measured).rejects.toMatchObject({
      message: expect.stringContaining('garden/wind reports 14') as string,
    });
    await until('it moves', () => world.rotator.read().some((deg) => deg > 1));
    await publishWind(14);
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
