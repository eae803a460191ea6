import type { Router } from 'express';
import { parseId } from '#contract/ids';
import {
  baselineChangeSchema,
  membershipSchema,
  membersQuerySchema,
  newBaselineSchema,
  type Baseline,
} from '#contract/rest/baselines';
import { changeMember } from '../baselines/change-member.ts';
import { createBaseline, SessionIdError } from '../baselines/create-baseline.ts';
import type { Painter } from '../drawing/painter.ts';
import { publishedBaseline, publishedMember } from '../published-baselines.ts';
import { sessionNotFound } from '../scans/act-on-scan.ts';
import {
  changeBaseline,
  deleteBaseline,
  findBaseline,
  findBaselineSummary,
  listBaselines,
  type BaselineRow,
} from '../store/baselines/baselines.ts';
import { findMember, listMembers } from '../store/baselines/members.ts';
import type { Database } from '../store/queryable.ts';
import { findSession } from '../store/sessions.ts';
import { baselineMapHandler, cellsHandler } from './baseline-cells.ts';
import { jsonBody } from './body.ts';
import { createBulkStreams } from './bulk-streams.ts';
import { HttpError, parseOr422 } from './errors.ts';
import type { EventLoopScheduler } from './event-loop-scheduler.ts';
import { requireAnalyst } from './require-analyst.ts';
import { resource } from './resource.ts';

export interface BaselineRouteParts {
  db: Database;
  painter: Painter;
  scheduler: EventLoopScheduler;
  wakeSearches: (() => void) | undefined;
}

/** `/api/baselines*`. */
export function baselineRoutes(router: Router, parts: BaselineRouteParts): void {
  const { db, painter, scheduler, wakeSearches } = parts;

  async function baselineOf(text: unknown): Promise<BaselineRow> {
    const id = parseId(text);
    const baseline = id === undefined ? undefined : await findBaseline(db, id);
    if (!baseline) throw baselineNotFound();
    return baseline;
  }

  async function publishOne(id: number): Promise<Baseline> {
    const summary = await findBaselineSummary(db, id);
    if (!summary) throw baselineNotFound();
    return publishedBaseline(summary);
  }

  resource(router, '/api/baselines', {
    get: async (_request, response) => {
      response.json((await listBaselines(db)).map(publishedBaseline));
    },
    post: [
      jsonBody,
      async (request, response) => {
        const body = parseOr422(newBaselineSchema, request.body, 'body');
        const wake = requireAnalyst(wakeSearches);
        const id = await createBaseline(db, body).catch(rethrowField);
        wake();
        response
          .status(201)
          .location(`/api/baselines/${id}`)
          .json(await publishOne(id));
      },
    ],
  });

  resource(router, '/api/baselines/:baseline_id', {
    get: async (request, response) => {
      const { id } = await baselineOf(request.params['baseline_id']);
      response.json(await publishOne(id));
    },
    put: [
      jsonBody,
      async (request, response) => {
        const change = parseOr422(baselineChangeSchema, request.body, 'body');
        const { id, schedule_id } = await baselineOf(request.params['baseline_id']);
        if (change.is_growing && schedule_id === null) throw noSchedule(id);
        await changeBaseline(db, id, change);
        wakeSearches?.();
        response.json(await publishOne(id));
      },
    ],
    delete: async (request, response) => {
      const { id } = await baselineOf(request.params['baseline_id']);
      await deleteBaseline(db, id);
      response.status(204).end();
    },
  });

  resource(router, '/api/baselines/:baseline_id/sessions', {
    get: async (request, response) => {
      const page = parseOr422(membersQuerySchema, request.query, 'query');
      const { id } = await baselineOf(request.params['baseline_id']);
      response.json((await listMembers(db, id, page)).map(publishedMember));
    },
  });

  resource(router, '/api/baselines/:baseline_id/sessions/:session_id', {
    put: [
      jsonBody,
      async (request, response) => {
        const { status } = parseOr422(membershipSchema, request.body, 'body');
        const baseline = await baselineOf(request.params['baseline_id']);
        const sessionId = parseId(request.params['session_id']);
        const session = sessionId === undefined ? undefined : await findSession(db, sessionId);
        if (!session) throw sessionNotFound();
        const wake = requireAnalyst(wakeSearches);
        await changeMember(db, baseline, session, status);
        wake();
        const member = await findMember(db, baseline.id, session.id);
        if (!member) throw baselineNotFound();
        response.json(publishedMember(member));
      },
    ],
  });

  resource(router, '/api/baselines/:baseline_id/cells', {
    get: cellsHandler(db, createBulkStreams(scheduler), baselineOf),
  });
  resource(router, '/api/baselines/:baseline_id/map.png', {
    get: baselineMapHandler(db, painter, baselineOf),
  });
}

export function baselineNotFound(): HttpError {
  return new HttpError(404, 'Baseline not found');
}

function noSchedule(id: number): HttpError {
  const msg = `Baseline ${id} has no schedule whose sessions could be added`;
  return new HttpError(422, [{ loc: ['body', 'is_growing'], msg, type: 'value_error' }]);
}

function rethrowField(error: unknown): never {
  if (!(error instanceof SessionIdError)) throw error;
  const problem = { loc: ['body', 'session_ids', error.index], msg: error.message, type: 'value_error' };
  throw new HttpError(422, [problem], { cause: error });
}
