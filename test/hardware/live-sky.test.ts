import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import { createDongleBench } from '../support/librtlsdr.ts';
import {
  fastRotor,
  callApi,
  untilStatus,
  simulatedOffsetDb,
  type PublishedSession,
} from '../support/stack-client.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { rankCorrelation } from '../support/rank-correlation.ts';
import { followSky } from '../support/sky-follower.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

// Whole scans through the public API with the simulated rotator and the real receiver programs,
// whose dongles receive the simulated sky: compares the map with the truth and the receivers with
// each other.

const SAMPLED = { receiver: 'default', bandwidth_hz: 2_000_000, read_ms: 5 };
const SUMMED = { receiver: 'low', bandwidth_hz: 2_400_000, read_ms: 1_000 };
const SERIALS = ['00000001', '00000002'];
const STEP_DEG = 10;
const WIDE = { az_start: 120, az_end: 240, el_start: 20, el_end: 60, step_deg: STEP_DEG };
/** Around the Sun of the simulated sky, which is 20 dB above its surroundings. */
const SMALL = { az_start: 192, az_end: 208, el_start: 39, el_end: 55, step_deg: 8 };

describeWithPrograms(
  ['cc', 'rtl_tcp', 'rtl_power', 'rtl_biast'],
  'the simulated sky through real receivers',
  () => {
    let stack: TestStack;
    let rotor: object;
    const started: { end: () => void | Promise<void> }[] = [];

    beforeAll(async () => {
      const bench = createDongleBench();
      started.push({ end: () => bench.close() });
      stack = await startTestStack({
        env: {
          ...bench.env,
          RECEIVERS: `default=rtl_tcp_child:serial=${SERIALS[0]}, low=rtl_power:serial=${SERIALS[1]}`,
        },
      });
      started.push({ end: () => stack.stop() });
      const control = `http://127.0.0.1:${stack.addresses.simulator.controlPort}`;
      const follower = await followSky(control, bench, SERIALS);
      started.push({ end: () => follower.close() });
      // Time for the follower, so that the dongles have the level of the settled pointing.
      rotor = fastRotor(stack, { dbm_offset_db: await simulatedOffsetDb(stack), settle_ms: 100 });
      await callApi(stack, 'POST', '/api/rotors', rotor);
    });

    afterAll(async () => {
      for (const { end } of started.reverse()) await end();
    });

    async function scan(receiver: object, grid: object, reads: number) {
      await callApi(stack, 'PUT', '/api/rotors/1', { ...rotor, ...receiver });
      const { id, total_points } = await callApi<PublishedSession>(stack, 'POST', '/api/skyscan/start', {
        rotor_id: 1,
        ...grid,
        rssi_iterations: reads,
      });
      expect((await untilStatus(stack, id, 'completed')).notes).toBeNull();
      const points = await callApi<PublishedMeasurement[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
      expect(points.map(({ seq }) => seq)).toEqual(Array.from({ length: total_points }, (_, i) => i + 1));
      expect(new Set(points.map(({ row, column }) => `${row},${column}`)).size).toBe(total_points);
      // The direction of the path depends on the rotator's position.
      points.sort((a, b) => a.row - b.row || a.column - b.column);
      const setpoints = points.map(({ setpoint }) => setpoint);
      const truth = (await stack.simulator<number[]>('POST', '/truth', setpoints)).body;
      const levels = points.map(({ mean_dbm }) => mean_dbm);
      const errors = levels.map((level, i) => Math.abs(level - (truth[i] as number)));
      return { setpoints, truth, levels, errors };
    }

    test('a map of 65 points with the real rtl_tcp matches the truth', async ({ annotate }) => {
      const { setpoints, truth, levels, errors } = await scan(SAMPLED, WIDE, 10);
      expect(levels).toHaveLength(65);
      const rank = rankCorrelation(levels, truth);
      await annotate(`rank correlation ${rank.toFixed(4)}, ${spread(errors)}`);
      expect(rank).toBeGreaterThanOrEqual(0.95);
      const strongest = (values: number[]) =>
        setpoints[values.indexOf(Math.max(...values))] as (typeof setpoints)[number];
      const [seen, real] = [strongest(levels), strongest(truth)];
      expect(Math.abs(seen.azimuth - real.azimuth)).toBeLessThanOrEqual(STEP_DEG);
      expect(Math.abs(seen.elevation - real.elevation)).toBeLessThanOrEqual(STEP_DEG);
      expect(median(errors)).toBeLessThan(0.5);
    });

    test('the real rtl_tcp and the real rtl_power make the same small map', async ({ annotate }) => {
      const sampled = await scan(SAMPLED, SMALL, 20);
      const summed = await scan(SUMMED, SMALL, 1);
      const apart = sampled.levels.map((level, i) => Math.abs(level - (summed.levels[i] as number)));
      await annotate(
        `over ${(Math.max(...sampled.truth) - Math.min(...sampled.truth)).toFixed(1)} dB: ` +
          `rtl_tcp ${spread(sampled.errors)}; rtl_power ${spread(summed.errors)}; apart ${spread(apart)}`,
      );
      for (const error of [...sampled.errors, ...summed.errors]) expect(error).toBeLessThan(0.2);
      for (const distance of apart) expect(distance).toBeLessThan(0.3);
    });
  },
);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

function spread(values: readonly number[]): string {
  return `median ${median(values).toFixed(3)} dB, at most ${Math.max(...values).toFixed(3)} dB`;
}
