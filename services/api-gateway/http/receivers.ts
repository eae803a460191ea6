import type { Request, Router } from 'express';
import { LOCAL_SITE } from '#shared/base/site-name';
import { RECEIVER_NAME } from '#shared/rotor/rotor-config';
import {
  calibrate,
  receiverNamed,
  receiverNotFound,
  type CalibrationParts,
} from '../calibration/calibrate.ts';
import { isCurrent, settingsOf } from '../calibration/pin-calibration.ts';
import { newestPerSettings } from '../domain/calibration.ts';
import type { ReceiverReport } from '../clients/receiver-messages.ts';
import {
  deleteCalibration,
  findCalibration,
  listCalibrations,
  type CalibrationRow,
  type SiteReceiver,
} from '../store/calibrations.ts';
import { findSite } from '../store/sites.ts';
import { jsonBody } from './body.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { parseId } from '#contract/ids';
import { resource } from './resource.ts';
import { siteNotFound } from '../sites/site-place.ts';
import { calibrationRequestSchema } from '#contract/rest/receivers';
import { siteQuerySchema } from '#contract/rest/sites';

/**
 * `/api/receivers*`. Calibrations can be read and deleted while their receiver is not connected.
 */
export function receiverRoutes(router: Router, parts: CalibrationParts): void {
  const { db, orchestratorOf } = parts;

  async function published(siteId: number, { name, tuner, trouble }: ReceiverReport) {
    const calibrations = newestPerSettings(await listCalibrations(db, { siteId, name }), settingsOf);
    return {
      site_id: siteId,
      name,
      connected: tuner !== undefined,
      tuner: tuner?.model ?? null,
      gains_db: tuner?.gainsDb ?? [],
      sample_rate_hz: tuner?.sampleRateHz ?? null,
      trouble: trouble ?? null,
      calibrations: calibrations.map(toPublishedCalibration),
    };
  }

  /** The site of the query, by default the local one. Throws `not_found`. */
  async function siteOf(request: Request): Promise<number> {
    const { site_id } = parseOr422(siteQuerySchema, request.query, 'query');
    if (!(await findSite(db, site_id))) throw siteNotFound();
    return site_id;
  }

  async function receiverOf(request: Request): Promise<SiteReceiver> {
    const name = request.params['name'];
    if (typeof name !== 'string' || !RECEIVER_NAME.test(name)) throw receiverNotFound();
    return { siteId: await siteOf(request), name };
  }

  resource(router, '/api/receivers', {
    get: async (request, response) => {
      const siteId = await siteOf(request);
      const found = await orchestratorOf(siteId).receivers();
      response.json(await Promise.all(found.map((receiver) => published(siteId, receiver))));
    },
  });

  resource(router, '/api/receivers/:name', {
    get: async (request, response) => {
      const { siteId, name } = await receiverOf(request);
      response.json(await published(siteId, await receiverNamed(orchestratorOf(siteId), name)));
    },
  });

  resource(router, '/api/receivers/:name/calibrate', {
    post: [
      jsonBody,
      async (request, response) => {
        const body = parseOr422(calibrationRequestSchema, request.body, 'body');
        const row = await calibrate(parts, await receiverOf(request), body);
        response
          .status(201)
          .location(`/api/receivers/${row.receiver}/calibrations/${row.id}${siteQuery(row.site_id)}`)
          .json(toPublishedCalibration(row));
      },
    ],
  });

  resource(router, '/api/receivers/:name/calibrations', {
    get: async (request, response) => {
      const receiver = await receiverOf(request);
      const rows = await listCalibrations(db, receiver);
      if (rows.length === 0) await receiverNamed(orchestratorOf(receiver.siteId), receiver.name);
      response.json(rows.map(toPublishedCalibration));
    },
  });

  resource(router, '/api/receivers/:name/calibrations/:calibration_id', {
    get: async (request, response) => {
      const id = parseId(request.params['calibration_id']);
      const receiver = await receiverOf(request);
      const row = id === undefined ? undefined : await findCalibration(db, receiver, id);
      if (!row) throw calibrationNotFound();
      response.json(toPublishedCalibration(row));
    },
    delete: async (request, response) => {
      const id = parseId(request.params['calibration_id']);
      const receiver = await receiverOf(request);
      if (id === undefined || !(await deleteCalibration(db, receiver, id))) throw calibrationNotFound();
      response.status(204).end();
    },
  });
}

/** The address of something at another site than the local one has the site. */
function siteQuery(siteId: number): string {
  return siteId === LOCAL_SITE.id ? '' : `?site_id=${siteId}`;
}

function calibrationNotFound(): HttpError {
  return new HttpError(404, 'Calibration not found');
}

function toPublishedCalibration(row: CalibrationRow) {
  return { ...row, outdated: !isCurrent(row), calibrated_at: row.calibrated_at.toISOString() };
}
