import { extentOf, type HertzRange } from '../domain/channel-range.ts';
import { baselineBands, type BaselineBand } from '../domain/baselines/bands.ts';
import type { SessionFacts } from '../domain/baselines/setup.ts';
import { measuredRange } from '../searches/interference-search.ts';
import { isCalibrated } from '../store/levels.ts';
import type { Queryable } from '../store/queryable.ts';
import { boundsOf, type SessionRow } from '../store/sessions.ts';
import { findBands } from '../store/spectra/bands.ts';

/** What decides whether a session fits a baseline. */
export async function factsOf(db: Queryable, session: SessionRow): Promise<SessionFacts> {
  const { id, rotor, rotor_id, bands, completed_points: points, total_points, scan_mode, frame } = session;
  const tunings = bands ?? [rotor];
  return {
    session_id: id,
    points,
    total_points,
    followed: frame?.resolved.name,
    rotor_id,
    rssi_source: rotor.rssi_source,
    receiver: rotor.receiver,
    bands: tunings.map(({ center_frequency_hz, bandwidth_hz }) => ({ center_frequency_hz, bandwidth_hz })),
    gain_db: rotor.gain_db,
    bias_tee: rotor.bias_tee,
    beam_width_deg: rotor.beam_width_deg ?? null,
    scan_mode,
    is_calibrated: (await isCalibrated(db, id)) ?? rotor.dbm_offset_db !== null,
    has_spectra: (await findBands(db, id)).length > 0,
    area: boundsOf(session),
  };
}

/** The bands of a baseline whose first session this is. */
export async function bandsOf(db: Queryable, session: SessionRow): Promise<BaselineBand[]> {
  const measured = new Map<number, HertzRange>();
  for (const band of await findBands(db, session.id)) {
    const { fromHz, toHz } = measuredRange(session, band);
    measured.set(band.band, fromHz < toHz ? { fromHz, toHz } : extentOf(band));
  }
  return baselineBands(session.bands ?? [session.rotor], measured);
}
