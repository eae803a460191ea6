import { publishedTime } from '#contract/mqtt-messages';
import { countedOf, grouped } from '#shared/base/plurals';
import { formatDeg } from '#shared/sky/pointing';
import { addedOf } from '../domain/stored-refinement.ts';
import { isCalibrated } from '../store/levels.ts';
import type { Queryable } from '../store/queryable.ts';
import { boundsOf, type SessionRow } from '../store/sessions.ts';
import type { Drawing } from './messages.ts';

/** Grid and caption of the map of a session; `title`: of other values than its levels. */
export function sessionFigure(
  session: SessionRow,
  corrected: boolean,
  title: string | undefined,
): Pick<Drawing, 'title' | 'subtitle' | 'bounds' | 'added'> {
  return {
    ...captionOf(session, corrected, title),
    bounds: boundsOf(session),
    added: addedOf(session),
  };
}

/** The unit of the levels of a session. */
export async function unitOfLevels(db: Queryable, session: SessionRow): Promise<'dBm' | 'dBFS'> {
  return ((await isCalibrated(db, session.id)) ?? session.rotor.dbm_offset_db !== null) ? 'dBm' : 'dBFS';
}

function captionOf(
  session: SessionRow,
  corrected: boolean,
  title: string | undefined,
): Pick<Drawing, 'title' | 'subtitle'> {
  const { az_start, az_end, el_start, el_end, step_deg, completed_points, total_points, rotor, grid } =
    session;
  const refinedDeg = addedOf(session)?.stepDeg;
  const when = session.finished_at ?? session.started_at;
  const facts = [
    ...(title === undefined ? [] : [title]),
    `az ${az_start}° to ${az_end}°, el ${el_start}° to ${el_end}°, step ${step_deg}°${grid === 'equal_area' ? ', equal area' : ''}${refinedDeg === undefined ? '' : `, refined ${formatDeg(refinedDeg)}°`}`,
    countedOf(completed_points, total_points, 'point', grouped),
    ...(title === undefined ? [`${rotor.center_frequency_hz / 1e6} MHz`] : []),
    ...(when ? [`${publishedTime(when.getTime()).replace('T', ' ').slice(0, 16)} UTC`] : []),
    ...(corrected ? ['drift corrected'] : []),
  ];
  // Names may contain line breaks and other unprintable characters.
  const name = rotor.name.replace(/\p{C}+/gu, ' ');
  return { title: `Scan ${session.id} · ${name}`, subtitle: facts.join(' · ') };
}
