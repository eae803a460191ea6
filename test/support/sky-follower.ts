import type { DongleBench } from './librtlsdr.ts';

/** Feeds the signal of the simulated antenna to dongles of the stand-in. */
export interface SkyFollower {
  /** Resolves when it has stopped; rejects if it failed before. */
  close(): Promise<void>;
}

interface Observatory {
  true_pointing: { azimuth: number; elevation: number };
  dongle: { gain_db: number; dbm_offset_db: number };
}

const POLL_MS = 5;

/**
 * Polls the simulator for the true pointing and the received power, and makes the dongles receive
 * noise of that power within about 10 ms. Resolves after the first value; programs may then open
 * the dongles. `control` is the address of the simulator's control interface, `http://HOST:PORT`.
 */
export async function followSky(
  control: string,
  bench: DongleBench,
  serials: readonly string[],
): Promise<SkyFollower> {
  let closed = false;
  let received: string | undefined;

  async function look(): Promise<void> {
    const { true_pointing, dongle } = await ask<Observatory>(`${control}/state`);
    const { azimuth, elevation } = true_pointing;
    const { dbm } = await ask<{ dbm: number }>(`${control}/truth?azimuth=${azimuth}&elevation=${elevation}`);
    // The simulated dongle's offset and gain convert dBm to dBFS; levels of the stand-in are for 0
    // dB of gain.
    const noise = (dbm - dongle.dbm_offset_db - dongle.gain_db).toFixed(3);
    if (noise === received) return;
    received = noise;
    for (const serial of serials) bench.plug(serial, { noise: Number(noise) });
  }

  async function run(): Promise<void> {
    while (!closed) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  await look();
  const running = run();
  // `close` reports the error.
  running.catch(() => undefined);
  return {
    close() {
      closed = true;
      return running;
    },
  };
}

async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
