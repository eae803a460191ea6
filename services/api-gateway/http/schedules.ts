import type { RequestHandler, Router } from 'express';
import { parseId } from '#contract/ids';
import {
  runsQuerySchema,
  scheduleRequestSchema,
  upcomingQuerySchema,
  type PublishedRun,
  type PublishedSchedule,
  type ScheduleRequest,
} from '#contract/rest/schedules';
import { SkyScanError } from '#shared/base/errors';
import { SCHEDULE_CHANGED } from '../domain/schedules/skip-reasons.ts';
import { firstFirings } from '../domain/schedules/trigger.ts';
import { checkSchedule } from '../schedules/check-schedule.ts';
import type { ScheduleParts } from '../schedules/parts.ts';
import { firingsOfSchedule } from '../schedules/surroundings.ts';
import { insertRun, listLastRuns, listRuns, skipWaitingRuns, type RunRow } from '../store/schedules/runs.ts';
import {
  changeSchedule,
  deleteSchedule,
  findSchedule,
  insertSchedule,
  listSchedules,
  lockSchedule,
  type ScheduleRow,
} from '../store/schedules/schedules.ts';
import { jsonBody } from './body.ts';
import { parseOr422 } from './errors.ts';
import { resource } from './resource.ts';

/** `/api/schedules*`. */
export function scheduleRoutes(router: Router, parts: ScheduleParts & { wakeSchedules: () => void }): void {
  const { db, placeOf } = parts;
  const now = () => new Date(parts.nowMs());

  async function scheduleOf(text: unknown): Promise<ScheduleRow> {
    const id = parseId(text);
    const schedule = id === undefined ? undefined : await findSchedule(db, id);
    if (!schedule) throw scheduleNotFound();
    return schedule;
  }

  async function publishOne(id: number): Promise<PublishedSchedule | undefined> {
    const schedule = await findSchedule(db, id);
    return schedule && (await publish([schedule]))[0];
  }

  async function publish(schedules: ScheduleRow[]): Promise<PublishedSchedule[]> {
    const lastRuns = await listLastRuns(
      db,
      schedules.map(({ id }) => id),
    );
    return schedules.map((schedule) =>
      toPublished(
        schedule,
        lastRuns.find(({ schedule_id }) => schedule_id === schedule.id),
      ),
    );
  }

  /** Changes a schedule; runs that wait are given up. Answers with the new state. */
  const change =
    (what: (schedule: ScheduleRow, body: unknown) => Promise<Partial<ScheduleRow>>): RequestHandler =>
    async (request, response) => {
      const before = await scheduleOf(request.params['schedule_id']);
      const changed = await what(before, request.body);
      await db.transaction(async (tx) => {
        const schedule = await lockSchedule(tx, before.id);
        if (!schedule) throw scheduleNotFound();
        await changeSchedule(tx, { ...schedule, checked_at: now(), ...changed });
        await skipWaitingRuns(tx, before.id, SCHEDULE_CHANGED, now());
      });
      parts.wakeSchedules();
      response.json(await publishOne(before.id));
    };

  const parsed = (body: unknown) => parseOr422(scheduleRequestSchema, body, 'body');
  const firstRun = (request: ScheduleRequest, createdAt: Date) =>
    checkSchedule(parts, request, { createdAt, now: now() });

  resource(router, '/api/schedules', {
    get: async (_request, response) => {
      response.json(await publish(await listSchedules(db)));
    },
    post: [
      jsonBody,
      async (request, response) => {
        const body = parsed(request.body);
        const at = now();
        const id = await insertSchedule(db, body, { ...(await firstRun(body, at)), checked_at: at });
        parts.wakeSchedules();
        response
          .status(201)
          .location(`/api/schedules/${id}`)
          .json(await publishOne(id));
      },
    ],
  });

  resource(router, '/api/schedules/:schedule_id', {
    get: async (request, response) => {
      const schedule = await scheduleOf(request.params['schedule_id']);
      response.json((await publish([schedule]))[0]);
    },
    put: [
      jsonBody,
      change(async ({ created_at }, body) => {
        const request = parsed(body);
        return { request, ...(await firstRun(request, created_at)) };
      }),
    ],
    delete: async (request, response) => {
      const { id } = await scheduleOf(request.params['schedule_id']);
      await deleteSchedule(db, id);
      response.status(204).end();
    },
  });

  resource(router, '/api/schedules/:schedule_id/pause', {
    post: change(() => Promise.resolve({ is_paused: true })),
  });
  resource(router, '/api/schedules/:schedule_id/resume', {
    post: change(async (schedule) => {
      const nextMs = (await firingsOfSchedule(placeOf, schedule))(parts.nowMs());
      return { is_paused: false, next_run_at: nextMs === undefined ? null : new Date(nextMs) };
    }),
  });

  resource(router, '/api/schedules/:schedule_id/run', {
    post: async (request, response) => {
      const { id } = await scheduleOf(request.params['schedule_id']);
      const run = await db.transaction(async (tx) => {
        const schedule = await lockSchedule(tx, id);
        if (!schedule) throw scheduleNotFound();
        const added = await insertRun(tx, {
          schedule_id: id,
          due_at: now(),
          status: 'waiting',
          is_manual: true,
        });
        if (!added) throw new SkyScanError('busy', 'The schedule has a run at this moment');
        await skipWaitingRuns(tx, id, 'the next run is due', now(), added.id);
        return added;
      });
      parts.wakeSchedules();
      response.status(202).json(toPublishedRun(run));
    },
  });

  resource(router, '/api/schedules/:schedule_id/runs', {
    get: async (request, response) => {
      const { limit } = parseOr422(runsQuerySchema, request.query, 'query');
      const { id } = await scheduleOf(request.params['schedule_id']);
      response.json((await listRuns(db, id, limit)).map(toPublishedRun));
    },
  });

  resource(router, '/api/schedules/:schedule_id/upcoming', {
    get: async (request, response) => {
      const { count } = parseOr422(upcomingQuerySchema, request.query, 'query');
      const schedule = await scheduleOf(request.params['schedule_id']);
      const firings = await firingsOfSchedule(placeOf, schedule);
      const times = schedule.is_paused ? [] : firstFirings(firings, parts.nowMs(), count);
      response.json(times.map((at) => new Date(at).toISOString()));
    },
  });
}

function scheduleNotFound(): SkyScanError {
  return new SkyScanError('not_found', 'Schedule not found');
}

function toPublished(schedule: ScheduleRow, lastRun: RunRow | undefined): PublishedSchedule {
  const { id, site_id, request, is_paused, created_at, next_run_at, expected_duration_s } = schedule;
  return {
    id,
    site_id,
    ...request,
    is_paused,
    expected_duration_s,
    next_run_at: is_paused ? null : (next_run_at?.toISOString() ?? null),
    last_run: lastRun ? toPublishedRun(lastRun) : null,
    created_at: created_at.toISOString(),
  };
}

function toPublishedRun(run: RunRow): PublishedRun {
  const { id, due_at, status, session_id, removed_session_id, removed_at, problem, missed, ended_at } = run;
  return {
    id,
    due_at: due_at.toISOString(),
    status,
    session_id,
    removed_session_id,
    removed_at: removed_at?.toISOString() ?? null,
    problem,
    missed,
    ended_at: ended_at?.toISOString() ?? null,
  };
}
