import type { Router } from 'express';
import { RECORDING_TYPE, recordRequestSchema } from '#contract/rest/recordings';
import { SkyScanError } from '#shared/base/errors';
import { SAMPLE_BYTES } from '#shared/rotor/iq-recording';
import type { Pointing } from '#shared/sky/pointing';
import { pinCalibration } from '../calibration/pin-calibration.ts';
import type { Orchestrator } from '../clients/orchestrator.ts';
import { rotorConfig } from '../clients/rotor-messages.ts';
import type { PlaceOf } from '../sites/site-place.ts';
import type { Database } from '../store/queryable.ts';
import type { RotorRow } from '../store/rotors.ts';
import { jsonBody } from './body.ts';
import { streamBulk, type BulkFormat } from './bulk-response.ts';
import { createBulkStreams } from './bulk-streams.ts';
import { parseOr422 } from './errors.ts';
import type { EventLoopScheduler } from './event-loop-scheduler.ts';
import { sigmfArchive, type SigmfRecording } from './exports/sigmf-archive.ts';
import { sigmfMetadata } from './exports/sigmf-metadata.ts';
import { resource } from './resource.ts';
import { moveProblem, unlessScanning } from '../rotors/move-rotor.ts';
import { rotorOf } from './rotors.ts';

const SIGMF: BulkFormat<SigmfRecording> = {
  mediaType: RECORDING_TYPE,
  contentType: RECORDING_TYPE,
  async *encode(recordings) {
    for await (const recording of recordings) yield* sigmfArchive(recording);
  },
};

/** `/api/rotors/{rotor_id}/record`: samples of the receiver as a SigMF archive. */
export function recordRoutes(
  router: Router,
  {
    db,
    orchestratorOf,
    placeOf,
    scheduler,
  }: {
    db: Database;
    orchestratorOf: (siteId: number) => Pick<Orchestrator, 'record'>;
    placeOf: PlaceOf;
    scheduler: EventLoopScheduler;
  },
): void {
  // Recordings wait for rotors: they must not occupy the downloads of points meanwhile.
  const streams = createBulkStreams(scheduler);
  resource(router, '/api/rotors/:rotor_id/record', {
    post: [
      jsonBody,
      async (request, response) => {
        const { duration_ms, azimuth, elevation, ...settings } = parseOr422(
          recordRequestSchema,
          request.body,
          'body',
        );
        const rotor = withSettings(await rotorOf(db, request.params['rotor_id']), settings);
        const target =
          azimuth === undefined || elevation === undefined
            ? undefined
            : { azimuthDeg: azimuth, elevationDeg: elevation };
        checkTarget(rotor, target);
        const disconnected = new AbortController();
        response.once('close', () => disconnected.abort());
        await streamBulk(request, response, SIGMF, streams, async function* () {
          const place = await placeOf(rotor.site_id);
          const recording = await unlessScanning(
            db,
            rotor,
            () => orchestratorOf(rotor.site_id).record(rotor, duration_ms, target, disconnected.signal),
            'record with',
          );
          const pinned = await pinCalibration(db, rotor, recording.gainDb);
          const name = nameOf(rotor, recording.startedAtMs);
          response.attachment(`${name}.sigmf`);
          yield {
            name,
            mtime: new Date(recording.startedAtMs),
            bytes: recording.samples * SAMPLE_BYTES,
            iq: recording.iq,
            metadataOf: (sha512) => sigmfMetadata({ recording, sha512, rotor: pinned, place }),
          };
        });
      },
    ],
  });
}

type Settings = Pick<RotorRow, 'center_frequency_hz' | 'bandwidth_hz' | 'gain_db'>;

/**
 * The rotor with the settings of a request. An offset that its user has set holds for its own
 * settings only.
 */
function withSettings(
  rotor: RotorRow,
  request: { [Name in keyof Settings]?: Settings[Name] | undefined },
): RotorRow {
  const {
    center_frequency_hz = rotor.center_frequency_hz,
    bandwidth_hz = rotor.bandwidth_hz,
    gain_db = rotor.gain_db,
  } = request;
  const isSame =
    center_frequency_hz === rotor.center_frequency_hz &&
    bandwidth_hz === rotor.bandwidth_hz &&
    gain_db === rotor.gain_db;
  return isSame ? rotor : { ...rotor, center_frequency_hz, bandwidth_hz, gain_db, dbm_offset_db: null };
}

/** Throws `out_of_range`, as a manual move. */
function checkTarget(rotor: RotorRow, target: Pointing | undefined): void {
  const problem = target && moveProblem(target, rotorConfig(rotor));
  if (problem !== undefined) throw new SkyScanError('out_of_range', problem);
}

/** `rotor-1-20261201T040506Z`: hyphens, as SigMF recommends, and no colons. */
function nameOf({ id }: RotorRow, startedAtMs: number): string {
  const time = new Date(startedAtMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `rotor-${id}-${time}`;
}
