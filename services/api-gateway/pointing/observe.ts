import { SkyScanError } from '#shared/base/errors';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import { middleOf, offsetsFrom, readbackOf } from '../domain/pointing-observation.ts';
import type { KnownTarget } from '../domain/pointing-target.ts';
import { readPoints } from '../store/points.ts';
import type { NewObservation } from '../store/pointing/observations.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';

/**
 * The observation of a target by the scans of one measurement. Throws `wrong_state` if they do not
 * show it; `unavailable`.
 */
export async function observe(
  db: Pick<Database, 'copy'>,
  analyst: Pick<SkyAnalyst, 'measureOffset'>,
  target: KnownTarget,
  sessions: readonly SessionRow[],
  signal: AbortSignal,
): Promise<NewObservation> {
  const [first] = sessions;
  const beamWidthDeg = first?.rotor.beam_width_deg ?? undefined;
  if (!first || beamWidthDeg === undefined)
    throw new SkyScanError('wrong_state', 'the beam width of the rotor was unknown during the measurement');
  const points = [];
  for (const { id, total_points } of sessions)
    points.push(...(await readPoints(db, id, { afterSeq: 0, upToSeq: total_points, limit: total_points })));
  const { bandwidth_hz, read_ms, pointing_model } = first.rotor;
  const offset = await analyst.measureOffset(
    {
      ...offsetsFrom(target, points),
      beamWidthDeg,
      bandwidthHz: bandwidth_hz,
      integrationS: (read_ms / 1000) * first.rssi_iterations,
    },
    signal,
  );
  const { at, direction } = middleOf(target, points);
  const readback = readbackOf(direction, offset, pointing_model ?? undefined);
  return {
    session_ids: sessions.map(({ id }) => id),
    target: target.name,
    at,
    azimuth_deg: direction.azimuthDeg,
    elevation_deg: direction.elevationDeg,
    readback_azimuth_deg: readback.azimuthDeg,
    readback_elevation_deg: readback.elevationDeg,
    sigma_deg: offset.sigmaDeg,
    signal_to_noise: offset.signalToNoise,
    width_deg: offset.widthDeg,
  };
}
