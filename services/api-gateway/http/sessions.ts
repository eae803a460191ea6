import type { RequestHandler, Router } from 'express';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import type { Painter } from '../drawing/painter.ts';
import type { SessionAction } from '../domain/session-rules.ts';
import { toPublishedSession } from '../published.ts';
import { deleteScan } from '../scans/delete-scan.ts';
import { actOnScan, sessionNotFound, type ActionParts } from '../scans/act-on-scan.ts';
import { previewScan, startScan, type ScanParts } from '../scans/start-scan.ts';
import type { PlaceOf } from '../sites/site-place.ts';
import { anomalyHandlers, comparisonsHandler } from './anomalies.ts';
import { comparisonImageHandler, comparisonMapHandler } from './anomaly-maps.ts';
import { jsonBody } from './body.ts';
import { createBulkStreams } from './bulk-streams.ts';
import { parseOr422 } from './errors.ts';
import { parseId } from '#contract/ids';
import { exportRoutes } from './exports/routes.ts';
import { mapImageHandler } from './map-image.ts';
import { measurementsHandler, dataHandler } from './measurements.ts';
import { overlaysHandler } from './overlays.ts';
import { patternComparisonRoutes } from './pattern-comparison.ts';
import { patternRoutes } from './patterns.ts';
import { planHandler } from './plan.ts';
import { bandHandler } from './band.ts';
import { interferenceHandler, searchHandlers } from './interference.ts';
import { sourceHandlers, sourceSearchHandlers } from './sources.ts';
import { spectrumHandler } from './spectrum.ts';
import { waterfallHandler } from './waterfall.ts';
import { resource } from './resource.ts';
import { sessionListHandler } from './session-list.ts';
import type { EventLoopScheduler } from './event-loop-scheduler.ts';
import { createSessionOf } from './session-of.ts';
import type { PatternOf } from './session-pattern.ts';
import { scanRequestSchema } from '#contract/rest/sessions';

const ANSWERS = { pause: 'pausing', resume: 'resuming', cancel: 'cancelling' } as const;

/** `/api/skyscan/*`. */
export function sessionRoutes(
  router: Router,
  parts: ScanParts &
    ActionParts & {
      painter: Painter;
      scheduler: EventLoopScheduler;
      wakeSearches: (() => void) | undefined;
      /** Removes what is left of deleted sessions. */
      wakeHousekeeping: () => void;
      analyst: SkyAnalyst | undefined;
      placeOf: PlaceOf;
      patternOf: PatternOf;
    },
): void {
  const { db, orchestratorOf, painter, scheduler, wakeSearches } = parts;
  const streams = createBulkStreams(scheduler);

  const sessionOf = createSessionOf(db);

  const act =
    (action: SessionAction): RequestHandler =>
    async (request, response) => {
      const id = parseId(request.params['session_id']);
      if (id === undefined) throw sessionNotFound();
      await actOnScan(parts, action, id);
      response.json({ status: ANSWERS[action], session_id: id });
    };

  resource(router, '/api/skyscan/sessions', { get: sessionListHandler(db, streams) });
  resource(router, '/api/skyscan/start', {
    post: [
      jsonBody,
      async (request, response) => {
        const session = await startScan(parts, parseOr422(scanRequestSchema, request.body, 'body'));
        response.status(201).location(`/api/skyscan/${session.id}`).json(toPublishedSession(session));
      },
    ],
  });
  resource(router, '/api/skyscan/preview', {
    post: [
      jsonBody,
      async (request, response) => {
        const plan = await previewScan(parts, parseOr422(scanRequestSchema, request.body, 'body'));
        response.json({
          rows: plan.rows,
          columns: plan.columns,
          total_points: plan.totalPoints,
          expected_duration_s: plan.expectedDurationS,
          path: plan.path,
          warnings: plan.warnings,
          band_plan: plan.bandPlan,
          ...(plan.refine && { refine: plan.refine }),
          ...(plan.unreachablePoints !== undefined && { unreachable_points: plan.unreachablePoints }),
        });
      },
    ],
  });
  resource(router, '/api/skyscan/:session_id', {
    get: async (request, response) => {
      response.json(toPublishedSession(await sessionOf(request.params['session_id'])));
    },
    delete: async (request, response) => {
      const id = parseId(request.params['session_id']);
      if (id === undefined) throw sessionNotFound();
      await deleteScan(db, id);
      parts.wakeHousekeeping();
      response.status(204).end();
    },
  });
  resource(router, '/api/skyscan/:session_id/plan', { get: planHandler(orchestratorOf, sessionOf) });
  resource(router, '/api/skyscan/:session_id/data', { get: dataHandler(db, streams, sessionOf) });
  resource(router, '/api/skyscan/:session_id/measurements', {
    get: measurementsHandler(db, streams, sessionOf),
  });
  exportRoutes(router, { db, streams, sessionOf, placeOf: parts.placeOf });
  resource(router, '/api/skyscan/:session_id/spectrum', { get: spectrumHandler(db, streams, sessionOf) });
  resource(router, '/api/skyscan/:session_id/band', { get: bandHandler(db, streams, sessionOf) });
  resource(router, '/api/skyscan/:session_id/waterfall', { get: waterfallHandler(db, streams, sessionOf) });
  resource(router, '/api/skyscan/:session_id/interference', {
    get: interferenceHandler(db, streams, sessionOf),
  });
  resource(
    router,
    '/api/skyscan/:session_id/interference/searches',
    searchHandlers(db, wakeSearches, sessionOf),
  );
  const sources = sourceHandlers(db, wakeSearches, sessionOf);
  resource(router, '/api/skyscan/:session_id/sources', { get: sources.get, post: [jsonBody, sources.post] });
  resource(router, '/api/skyscan/:session_id/sources/searches', sourceSearchHandlers(db, sessionOf));
  const anomalies = anomalyHandlers(db, wakeSearches, sessionOf);
  resource(router, '/api/skyscan/:session_id/anomalies', {
    get: anomalies.get,
    post: [jsonBody, anomalies.post],
  });
  resource(router, '/api/skyscan/:session_id/anomalies/map', {
    get: comparisonMapHandler(db, streams, sessionOf),
  });
  resource(router, '/api/skyscan/:session_id/anomalies/map.png', {
    get: comparisonImageHandler(db, painter, sessionOf),
  });
  resource(router, '/api/skyscan/:session_id/comparisons', { get: comparisonsHandler(db, sessionOf) });
  resource(router, '/api/skyscan/:session_id/overlays', {
    get: overlaysHandler(db, parts.analyst, parts.placeOf, sessionOf),
  });
  patternRoutes(router, { ...parts, sessionOf });
  patternComparisonRoutes(router, { ...parts, sessionOf });
  resource(router, '/api/skyscan/:session_id/map.png', { get: mapImageHandler(db, painter, sessionOf) });
  resource(router, '/api/skyscan/:session_id/pause', { post: act('pause') });
  resource(router, '/api/skyscan/:session_id/resume', { post: act('resume') });
  resource(router, '/api/skyscan/:session_id/cancel', { post: act('cancel') });
}
