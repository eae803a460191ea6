import { z } from 'zod';
import {
  alertChannelRequestSchema,
  alertChannelSchema,
  alertDeliverySchema,
  channelTestSchema,
} from './alert-channels.ts';
import {
  acknowledgeSchema,
  alertEventSchema,
  alertRuleRequestSchema,
  alertRuleSchema,
  alertSchema,
  silenceSchema,
} from './alerts.ts';
import {
  anomalySchema,
  comparisonCellSchema,
  comparisonRequestSchema,
  comparisonSchema,
} from './anomalies.ts';
import {
  baselineCellSchema,
  baselineChangeSchema,
  baselineSchema,
  baselineSessionSchema,
  membershipSchema,
  newBaselineSchema,
} from './baselines.ts';
import { groundPlaceSchema, solveAnswerSchema, solveRequestSchema } from './bearings.ts';
import {
  characteriseLineSchema,
  characteristicsListSchema,
  characteristicsSchema,
} from './characteristics.ts';
import { healthSchema, readinessSchema } from './health.ts';
import { interferenceSchema, interferenceSearchSchema } from './interference.ts';
import { emittersSchema, emittersStoredSchema, satellitesSchema } from './known-sky.ts';
import { overlaysSchema } from './overlays.ts';
import { patternComparisonSchema } from './pattern-comparison.ts';
import { beamTableSchema } from './beam-tables.ts';
import { patternSchema } from './patterns.ts';
import { planSchema } from './plan.ts';
import { pointingCalibrationRequestSchema, pointingChangeSchema, pointingSchema } from './pointing.ts';
import { calibrationRequestSchema, calibrationSchema, receiverSchema } from './receivers.ts';
import { RECORDING_TYPE, recordRequestSchema } from './recordings.ts';
import { rotorBeamRequestSchema, rotorBeamSchema } from './rotor-beams.ts';
import {
  moveSchema,
  newRotorSchema,
  positionSchema,
  rotorActionSchema,
  rotorChangeSchema,
  rotorSchema,
  rotorTestSchema,
  setTurnSchema,
  turnSchema,
} from './rotors.ts';
import {
  actionSchema,
  dataSchema,
  measurementsSchema,
  previewSchema,
  scanRequestSchema,
  sessionSchema,
} from './sessions.ts';
import { scheduleLevelsSchema, timeLapseSchema } from './schedule-history.ts';
import { scheduleRequestSchema, scheduleRunSchema, scheduleSchema, upcomingTimeSchema } from './schedules.ts';
import { newSiteSchema, siteChangeSchema, siteSchema } from './sites.ts';
import { skySchema } from './sky.ts';
import {
  catalogueChangeSchema,
  catalogueEntrySchema,
  sourceSchema,
  sourceSearchSchema,
  sourceSettingsSchema,
} from './sources.ts';
import { bandSchema, spectrumAnswerSchema, waterfallSchema } from './spectra.ts';

/** What a REST operation takes and answers. */
export interface Route {
  body?: z.ZodType;
  /** Media types of a body that is not one JSON value of `body`. */
  uploads?: readonly string[];
  /** Absent: the answer has no body. */
  answer?: z.ZodType;
  /** Media type of an answer that is not one JSON value. */
  mediaType?: string;
}

/**
 * All REST operations. The OpenAPI document and the client are derived from this table. Parameters
 * whose names end in `_id` are whole numbers from 1; others are text.
 */
export const ROUTES = {
  'GET /api/skyscan/sessions': { answer: z.array(sessionSchema) },
  'POST /api/skyscan/start': { body: scanRequestSchema, answer: sessionSchema },
  'POST /api/skyscan/preview': { body: scanRequestSchema, answer: previewSchema },
  'GET /api/skyscan/{session_id}': { answer: sessionSchema },
  'DELETE /api/skyscan/{session_id}': {},
  'GET /api/skyscan/{session_id}/plan': { answer: planSchema },
  'GET /api/skyscan/{session_id}/data': { answer: dataSchema },
  'GET /api/skyscan/{session_id}/measurements': { answer: measurementsSchema },
  'GET /api/skyscan/{session_id}/export.csv': { answer: z.string(), mediaType: 'text/csv' },
  'GET /api/skyscan/{session_id}/export.fits': {
    answer: z.string().meta({ format: 'binary' }),
    mediaType: 'application/fits',
  },
  'GET /api/skyscan/{session_id}/export.healpix': {
    answer: z.string().meta({ format: 'binary' }),
    mediaType: 'application/fits',
  },
  'GET /api/skyscan/{session_id}/export.parquet': {
    answer: z.string().meta({ format: 'binary' }),
    mediaType: 'application/vnd.apache.parquet',
  },
  'GET /api/skyscan/{session_id}/spectrum': { answer: spectrumAnswerSchema },
  'GET /api/skyscan/{session_id}/band': { answer: bandSchema },
  'GET /api/skyscan/{session_id}/waterfall': { answer: waterfallSchema },
  'GET /api/skyscan/{session_id}/interference': { answer: interferenceSchema },
  'GET /api/skyscan/{session_id}/interference/searches': { answer: z.array(interferenceSearchSchema) },
  'POST /api/skyscan/{session_id}/interference/searches': { answer: z.array(interferenceSearchSchema) },
  'GET /api/skyscan/{session_id}/sources': { answer: z.array(sourceSchema) },
  'POST /api/skyscan/{session_id}/sources': {
    body: sourceSettingsSchema,
    answer: z.array(sourceSearchSchema),
  },
  'GET /api/skyscan/{session_id}/sources/searches': { answer: z.array(sourceSearchSchema) },
  'DELETE /api/skyscan/{session_id}/sources/searches': {},
  'GET /api/skyscan/{session_id}/anomalies': { answer: z.array(anomalySchema) },
  'POST /api/skyscan/{session_id}/anomalies': { body: comparisonRequestSchema, answer: comparisonSchema },
  'GET /api/skyscan/{session_id}/anomalies/map': { answer: z.array(comparisonCellSchema) },
  'GET /api/skyscan/{session_id}/anomalies/map.png': {
    answer: z.string().meta({ format: 'binary' }),
    mediaType: 'image/png',
  },
  'GET /api/skyscan/{session_id}/comparisons': { answer: z.array(comparisonSchema) },
  'GET /api/skyscan/{session_id}/overlays': { answer: overlaysSchema },
  'GET /api/skyscan/{session_id}/pattern': { answer: patternSchema },
  'GET /api/skyscan/{session_id}/pattern/comparison': { answer: patternComparisonSchema },
  'POST /api/skyscan/{session_id}/pattern/comparison': {
    uploads: ['text/plain'],
    answer: patternComparisonSchema,
  },
  'GET /api/skyscan/{session_id}/pattern.msi': {
    answer: z.string(),
    mediaType: 'text/plain',
  },
  'GET /api/skyscan/{session_id}/pattern.nsma': {
    answer: z.string(),
    mediaType: 'text/plain',
  },
  'GET /api/skyscan/{session_id}/pattern.csv': {
    answer: z.string(),
    mediaType: 'text/csv',
  },
  'GET /api/skyscan/{session_id}/pattern.splat.az': {
    answer: z.string(),
    mediaType: 'text/plain',
  },
  'GET /api/skyscan/{session_id}/pattern.splat.el': {
    answer: z.string(),
    mediaType: 'text/plain',
  },
  'GET /api/skyscan/{session_id}/pattern.png': {
    answer: z.string().meta({ format: 'binary' }),
    mediaType: 'image/png',
  },
  'GET /api/skyscan/{session_id}/map.png': {
    answer: z.string().meta({ format: 'binary' }),
    mediaType: 'image/png',
  },
  'POST /api/skyscan/{session_id}/pause': { answer: actionSchema },
  'POST /api/skyscan/{session_id}/resume': { answer: actionSchema },
  'POST /api/skyscan/{session_id}/cancel': { answer: actionSchema },

  'GET /api/rotors': { answer: z.array(rotorSchema) },
  'POST /api/rotors': { body: newRotorSchema, answer: rotorSchema },
  'GET /api/rotors/{rotor_id}': { answer: rotorSchema },
  'PUT /api/rotors/{rotor_id}': { body: rotorChangeSchema, answer: rotorSchema },
  'DELETE /api/rotors/{rotor_id}': {},
  'GET /api/rotors/{rotor_id}/test': { answer: rotorTestSchema },
  'GET /api/rotors/{rotor_id}/position': { answer: positionSchema },
  'POST /api/rotors/{rotor_id}/move': { body: moveSchema, answer: rotorActionSchema },
  'POST /api/rotors/{rotor_id}/stop': { answer: rotorActionSchema },
  'POST /api/rotors/{rotor_id}/park': { answer: rotorActionSchema },
  'GET /api/rotors/{rotor_id}/turn': { answer: turnSchema },
  'POST /api/rotors/{rotor_id}/turn': { body: setTurnSchema, answer: turnSchema },
  'POST /api/rotors/{rotor_id}/characterise': {
    answer: characteriseLineSchema,
    mediaType: 'application/x-ndjson',
  },
  'POST /api/rotors/{rotor_id}/record': {
    body: recordRequestSchema,
    answer: z.string().meta({ format: 'binary' }),
    mediaType: RECORDING_TYPE,
  },
  'GET /api/rotors/{rotor_id}/beam': { answer: rotorBeamSchema },
  'GET /api/rotors/{rotor_id}/beam/table': { answer: beamTableSchema },
  'PUT /api/rotors/{rotor_id}/beam': { body: rotorBeamRequestSchema, answer: rotorBeamSchema },
  'DELETE /api/rotors/{rotor_id}/beam': {},
  'GET /api/rotors/{rotor_id}/characteristics': { answer: characteristicsSchema },
  'POST /api/rotors/{rotor_id}/calibrate-pointing': {
    body: pointingCalibrationRequestSchema,
    answer: pointingSchema,
  },
  'DELETE /api/rotors/{rotor_id}/calibrate-pointing': {},
  'GET /api/rotors/{rotor_id}/pointing': { answer: pointingSchema },
  'PUT /api/rotors/{rotor_id}/pointing': { body: pointingChangeSchema, answer: pointingSchema },
  'DELETE /api/rotors/{rotor_id}/pointing': {},
  'DELETE /api/rotors/{rotor_id}/pointing/observations/{observation_id}': {},
  'GET /api/characteristics': { answer: characteristicsListSchema },

  'GET /api/receivers': { answer: z.array(receiverSchema) },
  'GET /api/receivers/{name}': { answer: receiverSchema },
  'POST /api/receivers/{name}/calibrate': { body: calibrationRequestSchema, answer: calibrationSchema },
  'GET /api/receivers/{name}/calibrations': { answer: z.array(calibrationSchema) },
  'GET /api/receivers/{name}/calibrations/{calibration_id}': { answer: calibrationSchema },
  'DELETE /api/receivers/{name}/calibrations/{calibration_id}': {},

  'GET /api/sites': { answer: z.array(siteSchema) },
  'POST /api/sites': { body: newSiteSchema, answer: siteSchema },
  'GET /api/sites/{site_id}': { answer: siteSchema },
  'PUT /api/sites/{site_id}': { body: siteChangeSchema, answer: siteSchema },
  'DELETE /api/sites/{site_id}': {},

  'GET /api/schedules': { answer: z.array(scheduleSchema) },
  'POST /api/schedules': { body: scheduleRequestSchema, answer: scheduleSchema },
  'GET /api/schedules/{schedule_id}': { answer: scheduleSchema },
  'PUT /api/schedules/{schedule_id}': { body: scheduleRequestSchema, answer: scheduleSchema },
  'DELETE /api/schedules/{schedule_id}': {},
  'POST /api/schedules/{schedule_id}/pause': { answer: scheduleSchema },
  'POST /api/schedules/{schedule_id}/resume': { answer: scheduleSchema },
  'POST /api/schedules/{schedule_id}/run': { answer: scheduleRunSchema },
  'GET /api/schedules/{schedule_id}/runs': { answer: z.array(scheduleRunSchema) },
  'GET /api/schedules/{schedule_id}/upcoming': { answer: z.array(upcomingTimeSchema) },
  'GET /api/schedules/{schedule_id}/levels': { answer: scheduleLevelsSchema },
  'GET /api/schedules/{schedule_id}/timelapse': { answer: timeLapseSchema },
  'GET /api/schedules/{schedule_id}/timelapse.gif': {
    answer: z.string().meta({ format: 'binary' }),
    mediaType: 'image/gif',
  },
  'GET /api/schedules/{schedule_id}/timelapse-strip.png': {
    answer: z.string().meta({ format: 'binary' }),
    mediaType: 'image/png',
  },

  'GET /api/baselines': { answer: z.array(baselineSchema) },
  'POST /api/baselines': { body: newBaselineSchema, answer: baselineSchema },
  'GET /api/baselines/{baseline_id}': { answer: baselineSchema },
  'PUT /api/baselines/{baseline_id}': { body: baselineChangeSchema, answer: baselineSchema },
  'DELETE /api/baselines/{baseline_id}': {},
  'GET /api/baselines/{baseline_id}/sessions': { answer: z.array(baselineSessionSchema) },
  'PUT /api/baselines/{baseline_id}/sessions/{session_id}': {
    body: membershipSchema,
    answer: baselineSessionSchema,
  },
  'GET /api/baselines/{baseline_id}/cells': { answer: z.array(baselineCellSchema) },
  'GET /api/baselines/{baseline_id}/map.png': {
    answer: z.string().meta({ format: 'binary' }),
    mediaType: 'image/png',
  },

  'GET /api/alerts': { answer: z.array(alertSchema) },
  'GET /api/alerts/{alert_id}': { answer: alertSchema },
  'GET /api/alerts/{alert_id}/events': { answer: z.array(alertEventSchema) },
  'POST /api/alerts/{alert_id}/acknowledge': { body: acknowledgeSchema, answer: alertSchema },
  'POST /api/alerts/{alert_id}/silence': { body: silenceSchema, answer: alertSchema },
  'POST /api/alerts/{alert_id}/known': { answer: alertSchema },
  'POST /api/alerts/{alert_id}/reopen': { answer: alertSchema },
  'GET /api/alert-rules': { answer: z.array(alertRuleSchema) },
  'POST /api/alert-rules': { body: alertRuleRequestSchema, answer: alertRuleSchema },
  'GET /api/alert-rules/{rule_id}': { answer: alertRuleSchema },
  'PUT /api/alert-rules/{rule_id}': { body: alertRuleRequestSchema, answer: alertRuleSchema },
  'DELETE /api/alert-rules/{rule_id}': {},
  'GET /api/alert-channels': { answer: z.array(alertChannelSchema) },
  'POST /api/alert-channels': { body: alertChannelRequestSchema, answer: alertChannelSchema },
  'GET /api/alert-channels/{channel_id}': { answer: alertChannelSchema },
  'PUT /api/alert-channels/{channel_id}': { body: alertChannelRequestSchema, answer: alertChannelSchema },
  'DELETE /api/alert-channels/{channel_id}': {},
  'POST /api/alert-channels/{channel_id}/test': { answer: channelTestSchema },
  'GET /api/alert-deliveries': { answer: z.array(alertDeliverySchema) },

  'GET /api/sources': { answer: z.array(catalogueEntrySchema) },
  'GET /api/sources/{source_id}': { answer: catalogueEntrySchema },
  'PUT /api/sources/{source_id}': { body: catalogueChangeSchema, answer: catalogueEntrySchema },
  'PUT /api/sources/{source_id}/merged/{other_id}': { answer: catalogueEntrySchema },
  'DELETE /api/sources/{source_id}/merged/{other_id}': {},
  'GET /api/sources/{source_id}/sightings': { answer: z.array(sourceSchema) },
  'GET /api/satellites': { answer: satellitesSchema },
  'PUT /api/satellites/elements': {
    uploads: ['application/json', 'text/csv', 'text/plain'],
    answer: satellitesSchema,
  },
  'DELETE /api/satellites/elements': {},
  'PUT /api/satellites/frequencies': { uploads: ['application/json'], answer: satellitesSchema },
  'DELETE /api/satellites/frequencies': {},
  'GET /api/emitters': { answer: emittersSchema },
  'PUT /api/emitters': {
    uploads: ['application/geo+json', 'application/json'],
    answer: emittersStoredSchema,
  },
  'DELETE /api/emitters': {},
  'POST /api/bearings/solve': { body: solveRequestSchema, answer: solveAnswerSchema },
  'GET /api/bearings/places': { answer: z.array(groundPlaceSchema) },

  'GET /api/sky': { answer: skySchema },
  'GET /api/health': { answer: healthSchema },
  'GET /api/ready': { answer: readinessSchema },
} as const satisfies Record<string, Route>;

/** `GET /api/rotors/{rotor_id}` */
export type RouteName = keyof typeof ROUTES;
