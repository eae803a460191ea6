import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createDongleBench } from '../support/librtlsdr.ts';
import { callApi, untilStatus, type PublishedSession } from '../support/stack-client.ts';
import { findProgram } from '../support/peers.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { median } from './statistics.ts';
import { figure, type Row } from './row.ts';
import { registerProfile, STEP_PROFILES } from './step-profiles.ts';

const PROGRAMS = ['rotctl', 'rtl_power', 'rtl_tcp', 'cc', 'sh'];
const SERIAL = '00000001';
const STEP_DEG = 2;
const FIRST = { azimuth: 10, elevation: 30 };

/**
 * The manual procedure: `rotctl` to the next cell, poll the position every second, wait for it to
 * settle, `rtl_power -1`. It uses the same rotctld and dongle.
 */
const BY_HAND = `
  rotctl -m 2 -r "$ROTCTLD" P "$1" "$2" || exit 1
  until rotctl -m 2 -r "$ROTCTLD" p | awk -v az="$1" -v el="$2" '
    { at[NR] = $1 } END { exit !(at[1] - az < 0.5 && az - at[1] < 0.5 && at[2] - el < 0.5 && el - at[2] < 0.5) }'
  do sleep 1; done
  sleep "$SETTLE_S"
  rtl_power -d 0 -f 99M:101M:100k -i 1 -1 - 2>/dev/null`;

/**
 * Time per point of a small grid over that of a shell loop with `rotctl` and `rtl_power`, on the
 * same simulated hardware.
 */
export const byHand: Row = {
  name: 'by-hand',
  async run({ quick }) {
    const missing = PROGRAMS.filter((program) => !findProgram(program));
    if (missing.length > 0) return { notAvailable: `${missing.join(', ')} not installed` };
    const [profile] = STEP_PROFILES;
    if (!profile) throw new Error('no profile');
    const { azimuth, elevation } = profile.motion;
    const bench = createDongleBench();
    bench.plug(SERIAL, { noise: -40 });
    const stack = await startTestStack({
      env: { ...bench.env, RECEIVERS: `default=rtl_tcp_child:serial=${SERIAL}` },
      simulator: {
        SIM_AZ_SPEED_DEG_S: String(azimuth.speedDegPerS),
        SIM_EL_SPEED_DEG_S: String(elevation.speedDegPerS),
        SIM_AZ_ACCELERATION_DEG_S2: String(azimuth.accelerationDegPerS2),
        SIM_EL_ACCELERATION_DEG_S2: String(elevation.accelerationDegPerS2),
      },
    });
    try {
      const columns = quick ? 2 : 6;
      const ours = await measureOurs(stack, columns);
      await stack.down('sdr-sampler'); // the dongle is for one program at a time
      const env = {
        ...process.env,
        ...bench.env,
        ROTCTLD: `127.0.0.1:${stack.addresses.simulator.rotctldPort}`,
        SETTLE_S: String(profile.settleMs / 1000),
      };
      const theirs = await measureTheirs(env, columns);
      const name = `${profile.name}, ${2 * columns} points`;
      return [
        figure(`${name}: shell loop of rotctl and rtl_power -1, time per point`, theirs, 's'),
        figure(`${name}: Sky Scan, time per point`, ours, 's'),
        figure(`${name}: Sky Scan over the shell loop`, ours / theirs, '', { max: 1 }),
      ];
    } finally {
      await stack.stop();
      bench.close();
    }
  },
};

/** Median time between points, seconds. */
async function measureOurs(stack: TestStack, columns: number): Promise<number> {
  const [profile] = STEP_PROFILES as [(typeof STEP_PROFILES)[number]];
  await registerProfile(stack, profile, 10);
  const { id } = await callApi<PublishedSession>(stack, 'POST', '/api/skyscan/start', {
    rotor_id: 1,
    az_start: FIRST.azimuth,
    az_end: FIRST.azimuth + STEP_DEG * (columns - 1),
    el_start: FIRST.elevation,
    el_end: FIRST.elevation + STEP_DEG,
    step_deg: STEP_DEG,
    rssi_iterations: 10,
  });
  await untilStatus(stack, id, 'completed', 600_000);
  const points = await callApi<{ measured_at: string }[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
  return medianGap(points.map(({ measured_at }) => Date.parse(measured_at) / 1000));
}

async function measureTheirs(env: NodeJS.ProcessEnv, columns: number): Promise<number> {
  const run = promisify(execFile);
  const atS: number[] = [];
  for (const row of [0, 1])
    for (let i = 0; i < columns; i++) {
      const column = row === 0 ? i : columns - 1 - i;
      const [az, el] = [FIRST.azimuth + STEP_DEG * column, FIRST.elevation + STEP_DEG * row];
      const { stdout } = await run('sh', ['-c', BY_HAND, 'by-hand', String(az), String(el)], { env });
      if (!/^\d{4}-\d\d-\d\d,/m.test(stdout)) throw new Error(`unexpected output of rtl_power: ${stdout}`);
      atS.push(performance.now() / 1000);
    }
  return medianGap(atS);
}

function medianGap(atS: number[]): number {
  return median(atS.slice(1).map((at, i) => at - (atS[i] as number)));
}
