import type { RequestHandler, Router } from 'express';
import { parseId } from '#contract/ids';
import { acknowledgeSchema, alertQuerySchema, silenceSchema } from '#contract/rest/alerts';
import { clearAlert } from '../alerts/change-alerts.ts';
import { publishedAlert, publishedEvent } from '../alerts/published-alerts.ts';
import {
  changeAlert,
  findAlert,
  insertEvent,
  listAlerts,
  listEvents,
  lockAlert,
  type AlertRow,
} from '../store/alerts/alerts.ts';
import type { Database, Queryable } from '../store/queryable.ts';
import { changeEntry } from '../store/sources/catalogue.ts';
import { jsonBody } from './body.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { resource } from './resource.ts';

export interface AlertRouteParts {
  db: Database;
  /** Looks for messages to send now. */
  wakeAlerts: () => void;
  nowMs: () => number;
}

const HOUR_MS = 3_600_000;

/** `/api/alerts*`. */
export function alertRoutes(router: Router, { db, wakeAlerts, nowMs }: AlertRouteParts): void {
  const alertOf = async (text: unknown): Promise<AlertRow> => {
    const id = parseId(text);
    const alert = id === undefined ? undefined : await findAlert(db, id);
    if (!alert) throw notFound();
    return alert;
  };

  /** Changes an alert; answers with the new state. */
  const change =
    (what: (tx: Queryable, alert: AlertRow, at: Date, body: unknown) => Promise<AlertRow>): RequestHandler =>
    async (request, response) => {
      const { id } = await alertOf(request.params['alert_id']);
      const changed = await db.transaction(async (tx) => {
        const alert = await lockAlert(tx, id);
        if (!alert) throw notFound();
        return what(tx, alert, new Date(nowMs()), request.body);
      });
      wakeAlerts();
      response.json(publishedAlert(changed));
    };

  resource(router, '/api/alerts', {
    get: async (request, response) => {
      const filter = parseOr422(alertQuerySchema, request.query, 'query');
      response.json((await listAlerts(db, filter)).map(publishedAlert));
    },
  });
  resource(router, '/api/alerts/:alert_id', {
    get: async (request, response) => {
      response.json(publishedAlert(await alertOf(request.params['alert_id'])));
    },
  });
  resource(router, '/api/alerts/:alert_id/events', {
    get: async (request, response) => {
      const { id } = await alertOf(request.params['alert_id']);
      response.json((await listEvents(db, id)).map(publishedEvent));
    },
  });

  resource(router, '/api/alerts/:alert_id/acknowledge', {
    post: [
      jsonBody,
      change(async (tx, alert, at, body) => {
        const { note = null } = parseOr422(acknowledgeSchema, body ?? {}, 'body');
        refuseCleared(alert);
        await insertEvent(tx, alert.id, { event: 'acknowledged', at, note });
        return changeAlert(tx, alert.id, { status: 'acknowledged', acknowledged_at: at, note });
      }),
    ],
  });
  resource(router, '/api/alerts/:alert_id/silence', {
    post: [
      jsonBody,
      change(async (tx, { id }, at, body) => {
        const { hours } = parseOr422(silenceSchema, body, 'body');
        const until = new Date(at.getTime() + hours * HOUR_MS);
        await insertEvent(tx, id, { event: 'silenced', at, note: `until ${until.toISOString()}` });
        return changeAlert(tx, id, { silent_until: until });
      }),
    ],
  });
  resource(router, '/api/alerts/:alert_id/known', {
    post: change(async (tx, alert, at) => {
      refuseCleared(alert);
      if (alert.catalogue_id === null)
        throw new HttpError(409, 'The alert has no entry in /api/sources; acknowledge or silence it instead');
      await changeEntry(tx, alert.catalogue_id, { is_known: true });
      await insertEvent(tx, alert.id, { event: 'known', at });
      return clearAlert(tx, alert, { reason: 'its source was marked as known', at });
    }),
  });
  resource(router, '/api/alerts/:alert_id/reopen', {
    post: change(async (tx, { id, status, silent_until, acknowledged_at }, at) => {
      if (silent_until !== null || acknowledged_at !== null)
        await insertEvent(tx, id, { event: 'reopened', at });
      return changeAlert(tx, id, {
        acknowledged_at: null,
        note: null,
        silent_until: null,
        ...(status === 'acknowledged' && { status: 'open' }),
      });
    }),
  });
}

function notFound(): HttpError {
  return new HttpError(404, 'Alert not found');
}

function refuseCleared({ status }: AlertRow): void {
  if (status === 'cleared') throw new HttpError(409, 'The alert is cleared');
}
