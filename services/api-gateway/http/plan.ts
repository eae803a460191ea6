import type { RequestHandler } from 'express';
import { errorKind } from '#shared/base/errors';
import { columnsInRow } from '#shared/sky/grid-shape';
import { publishedTime } from '#contract/mqtt-messages';
import type { Orchestrator } from '../clients/orchestrator.ts';
import { detailFields, unpublishedFields } from '../published.ts';
import { boundsOf, type RotorSnapshot, type SessionRow } from '../store/sessions.ts';
import { parseOr422 } from './errors.ts';
import type { BandPlan } from '#contract/rest/bands';
import type { SessionOf } from './session-of.ts';
import { planQuerySchema, type Plan } from '#contract/rest/plan';

/** `/api/skyscan/{id}/plan`. */
export function planHandler(
  orchestratorOf: (siteId: number) => Pick<Orchestrator, 'planOf'>,
  sessionOf: SessionOf,
): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(planQuerySchema, request.query, 'query');
    const session = await sessionOf(request.params['session_id']);
    const { rotor, eta } = session;
    const bounds = boundsOf(session);
    response.json({
      session_id: session.id,
      site_id: session.site_id,
      rotor_name: rotor.name,
      grid: session.grid,
      scan_mode: session.scan_mode,
      rows: session.grid_rows,
      columns: session.grid_columns,
      columns_in_row: Array.from({ length: session.grid_rows }, (_, row) => columnsInRow(bounds, row)),
      total_points: session.total_points,
      frame: session.frame && { source: session.frame.source, name: session.frame.resolved.name },
      refine: refinementOf(session),
      ...(query.path ? await planned(orchestratorOf, session) : NOT_PLANNED),
      eta: eta && publishedTime(eta.getTime()),
      center_frequency_hz: rotor.center_frequency_hz,
      bandwidth_hz: rotor.bandwidth_hz,
      gain_db: rotor.gain_db,
      read_ms: rotor.read_ms,
      spectrum: session.spectrum,
      bands: (session.bands ?? [rotor]).map(({ center_frequency_hz, bandwidth_hz }) => ({
        center_frequency_hz,
        bandwidth_hz,
      })),
      reference: session.reference,
      pointing_model: modelInForce(rotor.pointing_model),
      ...detailFields(unpublishedFields(session), Date.now()),
    });
  };
}

function refinementOf({ refine, refined }: SessionRow): Plan['refine'] {
  if (!refine) return null;
  const { threshold, step_deg, max_points = null, time_budget_s = null } = refine;
  return { threshold, step_deg, max_points, time_budget_s, added_points: refined?.points.length ?? null };
}

function modelInForce(model: RotorSnapshot['pointing_model']) {
  return model ? { id: model.id, created_at: model.created_at } : null;
}

const NOT_PLANNED = { path: [], band_plan: null };

/** Empty if the orchestrator is away, or refuses a grid that the rotor can no longer reach. */
async function planned(
  orchestratorOf: (siteId: number) => Pick<Orchestrator, 'planOf'>,
  session: SessionRow,
): Promise<{ path: [number, number][]; band_plan: BandPlan }> {
  try {
    const { path, bandPlan } = await orchestratorOf(session.site_id).planOf(session);
    return { path, band_plan: bandPlan };
  } catch (error) {
    if (errorKind(error) === 'internal') throw error;
    return NOT_PLANNED;
  }
}
