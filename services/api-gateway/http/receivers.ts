import type { Router } from 'express';
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
} from '../store/calibrations.ts';
import { jsonBody } from './body.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { parseId } from '#contract/ids';
import { resource } from './resource.ts';
import { calibrationRequestSchema } from '#contract/rest/receivers';

/**
 * `/api/receivers*`. Calibrations can be read and deleted while their receiver is not connected.
 */
export function receiverRoutes(router: Router, parts: CalibrationParts): void {
  const { db, orchestrator } = parts;

  async function published({ name, tuner, trouble }: ReceiverReport) {
    const calibrations = newestPerSettings(await listCalibrations(db, name), settingsOf);
    return {
      name,
      connected: tuner !== undefined,
      tuner: tuner?.model ?? null,
      gains_db: tuner?.gainsDb ?? [],
      sample_rate_hz: tuner?.sampleRateHz ?? null,
      trouble: trouble ?? null,
      calibrations: calibrations.map(toPublishedCalibration),
    };
  }

  resource(router, '/api/receivers', {
    get: async (_request, response) => {
      response.json(await Promise.all((await orchestrator.receivers()).map(published)));
    },
  });

  resource(router, '/api/receivers/:name', {
    get: async (request, response) => {
      response.json(await published(await receiverNamed(orchestrator, nameOf(request.params['name']))));
    },
  });

  resource(router, '/api/receivers/:name/calibrate', {
    post: [
      jsonBody,
      async (request, response) => {
        const body = parseOr422(calibrationRequestSchema, request.body, 'body');
        const row = await calibrate(parts, nameOf(request.params['name']), body);
        response
          .status(201)
          .location(`/api/receivers/${row.receiver}/calibrations/${row.id}`)
          .json(toPublishedCalibration(row));
      },
    ],
  });

  resource(router, '/api/receivers/:name/calibrations', {
    get: async (request, response) => {
      const name = nameOf(request.params['name']);
      const rows = await listCalibrations(db, name);
      if (rows.length === 0) await receiverNamed(orchestrator, name);
      response.json(rows.map(toPublishedCalibration));
    },
  });

  resource(router, '/api/receivers/:name/calibrations/:calibration_id', {
    get: async (request, response) => {
      const id = parseId(request.params['calibration_id']);
      const row =
        id === undefined ? undefined : await findCalibration(db, nameOf(request.params['name']), id);
      if (!row) throw calibrationNotFound();
      response.json(toPublishedCalibration(row));
    },
    delete: async (request, response) => {
      const id = parseId(request.params['calibration_id']);
      const name = nameOf(request.params['name']);
      if (id === undefined || !(await deleteCalibration(db, name, id))) throw calibrationNotFound();
      response.status(204).end();
    },
  });
}

function nameOf(text: unknown): string {
  if (typeof text !== 'string' || !RECEIVER_NAME.test(text)) throw receiverNotFound();
  return text;
}

function calibrationNotFound(): HttpError {
  return new HttpError(404, 'Calibration not found');
}

function toPublishedCalibration(row: CalibrationRow) {
  return { ...row, outdated: !isCurrent(row), calibrated_at: row.calibrated_at.toISOString() };
}
