import { expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import type { Spectrum } from '#contract/rest/spectra';
import { startTestScan, upTo } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// MQTT carries no spectra: a point is stored together with its spectra from the journal, or not at
// all.

const world = useGatewayWorld();
const bands = [1e8, 2e8].map((center_frequency_hz) => ({ center_frequency_hz, bandwidth_hz: 1e6 }));
const wanted = { spectrum: { channels: 64 }, bands };
const start = () => startTestScan(world, undefined, undefined, wanted);

async function spectrumAt(id: number, seq: number, band = 0): Promise<Spectrum> {
  const { body } = await world.gateway.get(`/api/skyscan/${id}/spectrum?seq=${seq}&band=${band}`);
  return body as Spectrum;
}

test('every point is stored with the spectra of all bands', async () => {
  const scan = await start();
  await scan.setStatus('running');
  await scan.measure(10);
  await scan.setStatus('completed');
  await scan.untilStatus('completed');
  expect(await scan.seqs()).toEqual(upTo(10));
  for (const seq of upTo(10))
    for (const band of [0, 1]) {
      const spectrum = await spectrumAt(scan.id, seq, band);
      expect(spectrum.first_channel_hz).toBe((band + 1) * 1e8 - 1.2e6);
      expect(spectrum.mean_db?.[20]).toBeCloseTo(-100 + seq / 10 + 0.2, 6);
    }
  await until('the orchestrator forgets it', () => !world.orchestrator.sessions.has(scan.id));
});

test('a point is not stored while the orchestrator does not answer', async () => {
  const { orchestrator } = world;
  const scan = await start();
  await scan.setStatus('running');
  await scan.measure(2);
  await scan.untilStored(2);
  orchestrator.failing.set('replayPoints', new SkyScanError('unavailable', 'away'));
  await scan.measure(3);
  await until('it was asked', () => orchestrator.calls.at(-1) === 'replayPoints');
  expect(await scan.session()).toMatchObject({ completed_points: 2 });
  orchestrator.failing.delete('replayPoints');
  await scan.untilStored(5);
  expect((await spectrumAt(scan.id, 5)).seq).toBe(5);
});

test('a point without all its spectra is not stored', async () => {
  const { orchestrator } = world;
  const scan = await start();
  await scan.setStatus('running');
  await scan.measure(1);
  await scan.untilStored(1);
  const message = orchestrator.measure(scan.id);
  const point = orchestrator.sessions.get(scan.id)?.journal.find(({ seq }) => seq === 2);
  const spectra = point?.spectra ?? [];
  const kept = spectra.pop();
  await world.publish(`skyscan/sessions/${scan.id}/points`, message);
  await until('it was asked', () => orchestrator.calls.at(-1) === 'replayPoints');
  expect(await scan.session()).toMatchObject({ completed_points: 1 });
  if (kept) spectra.push(kept);
  await scan.untilStored(2);
});

test('a forged point is not stored', async () => {
  const scan = await start();
  await scan.setStatus('running');
  await scan.measure(1);
  await scan.untilStored(1);
  const genuine = world.orchestrator.measure(scan.id);
  const forged = structuredClone(genuine);
  forged.measurement.mean_dbm = -10;
  await world.publish(`skyscan/sessions/${scan.id}/points`, forged);
  await scan.untilStored(2);
  const { body } = await world.gateway.get(`/api/skyscan/${scan.id}/measurements?after_seq=1`);
  expect(body).toMatchObject([{ mean_dbm: genuine.measurement.mean_dbm }]);
});

test('the plan names the channels and the bands', async () => {
  const scan = await start();
  const { body } = await world.gateway.get(`/api/skyscan/${scan.id}/plan`);
  expect(body).toMatchObject({
    spectrum: { channels: 64 },
    bands,
    center_frequency_hz: 1e8,
    bandwidth_hz: 1e6,
  });
});
