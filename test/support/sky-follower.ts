import type { DongleBench } from './librtlsdr.ts';

/** Keeps dongles of the stand-in on the feed of the simulated antenna. */
export interface SkyFollower {
  /** Resolves when it has stopped; rejects with whatever ended it before. */
  close(): Promise<void>;
}

interface Observatory {
  true_pointing: { azimuth: number; elevation: number };
  dongle: { gain_db: number; dbm_offset_db: number };
}

const POLL_MS = 5;

/**
 * Asks the simulator again and again where its antenna truly points and what reaches it from there,
 * and has the dongles receive that: noise of the whole power, within some 10 ms. Resolves when the
 * first value is in; then programs may open the dongles. `control` is the address of the
 * simulator's control door, `http://HOST:PORT`.
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
    // The simulated dongle shows how dBm become dBFS; the levels of the stand-in are for 0 dB of
    // gain.
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
  // Told by `close`.
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
