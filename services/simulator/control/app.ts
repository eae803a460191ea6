import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { z } from 'zod';
import type { Pointing } from '#shared/sky/pointing';
import type { Logger } from '#shared/runtime/logger';
import type { MountState } from '../engine/mount.ts';
import type { DongleState } from '../engine/dongle.ts';
import type { Faults } from '../engine/faults.ts';
import {
  faultsSchema,
  pointingQuerySchema,
  pointingsSchema,
  spanQuerySchema,
  spectrumQuerySchema,
  type FaultsRequest,
} from './schemas.ts';
import type { Truth } from './truth.ts';

/** The parts that the control interface shows and changes. */
export interface SimulatorControls {
  truth: Truth;
  unixMs(): number;
  mount(): MountState;
  dongle(): DongleState & { dbmOffsetDb: number; connected: boolean; waiting: number; droppedBlocks: number };
  faults(): Readonly<Faults>;
  setFaults(change: FaultsRequest): Promise<void>;
}

/** The control interface: ground truth, state and faults over HTTP with JSON. */
export function createControlApp(controls: SimulatorControls, logger: Logger): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '4mb', strict: false }));
  app.get('/health', (_request, response) => {
    response.json({ status: 'ok', service: 'simulator' });
  });
  const { truth } = controls;
  const spanOf = ({
    from = controls.unixMs(),
    to = from,
  }: {
    from?: number | undefined;
    to?: number | undefined;
  }) => ({
    fromMs: from,
    toMs: to,
  });
  app.get('/truth', (request, response) => {
    const { azimuth, elevation, ...span } = parse(pointingQuerySchema, request.query, 'query');
    const dbm = truth.dbm({ azimuthDeg: azimuth, elevationDeg: elevation }, spanOf(span));
    response.json({ azimuth, elevation, dbm });
  });
  app.post('/truth', (request, response) => {
    const pointings = parse(pointingsSchema, request.body, 'body');
    const now = controls.unixMs();
    response.json(
      pointings.map(({ azimuth, elevation, at = now }) =>
        truth.dbm({ azimuthDeg: azimuth, elevationDeg: elevation }, spanOf({ from: at })),
      ),
    );
  });
  app.get('/truth/sources', (request, response) => {
    response.json(truth.sources(spanOf(parse(spanQuerySchema, request.query, 'query'))));
  });
  app.get('/truth/spectrum', (request, response) => {
    const { azimuth, elevation, channels, from, to, ...tuned } = parse(
      spectrumQuerySchema,
      request.query,
      'query',
    );
    const pointing = { azimuthDeg: azimuth, elevationDeg: elevation };
    const settings = {
      ...(tuned.frequency_hz !== undefined && { frequencyHz: tuned.frequency_hz }),
      ...(tuned.sample_rate_hz !== undefined && { sampleRateHz: tuned.sample_rate_hz }),
    };
    response.json(truth.spectrum(pointing, channels, spanOf({ from, to }), settings));
  });
  app.get('/state', (_request, response) => {
    response.json({ ...mountBody(controls.mount()), dongle: dongleBody(controls.dongle()) });
  });
  app.get('/faults', (_request, response) => {
    response.json(faultsBody(controls.faults()));
  });
  app.post('/faults', async (request, response) => {
    await controls.setFaults(parse(faultsSchema, request.body, 'body'));
    response.json(faultsBody(controls.faults()));
  });
  app.use((_request, response) => {
    response.status(404).json({ detail: 'Not found' });
  });
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof InvalidRequest) {
      response.status(422).json({ detail: error.detail });
      return;
    }
    const status = statusOf(error);
    if (status >= 500) logger.error({ err: error }, 'unexpected error');
    response.status(status).json({ detail: status >= 500 ? 'Internal error' : (error as Error).message });
  });
  return app;
}

class InvalidRequest extends Error {
  readonly detail: { loc: PropertyKey[]; msg: string; type: string }[];

  constructor(issues: readonly z.core.$ZodIssue[], part: string) {
    super('invalid request');
    this.detail = issues.map(({ path, message, code }) => ({
      loc: [part, ...path],
      msg: message,
      type: code,
    }));
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, part: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new InvalidRequest(parsed.error.issues, part);
  return parsed.data;
}

// The body parser of Express sets a status on its errors.
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

function pointingBody(pointing: Pointing | undefined) {
  return pointing ? { azimuth: pointing.azimuthDeg, elevation: pointing.elevationDeg } : null;
}

function mountBody(state: MountState) {
  return {
    true_pointing: pointingBody(state.truePointing),
    readback: pointingBody(state.readback),
    setpoint: pointingBody(state.setpoint),
    moving: state.moving,
    lost_count: pointingBody(state.lostCount),
    limits_crossed: state.excursions,
    commands: state.commands.map(({ atUnixMs, command, accepted }) => ({
      at: new Date(atUnixMs).toISOString(),
      command,
      accepted,
    })),
  };
}

function dongleBody(state: ReturnType<SimulatorControls['dongle']>) {
  return {
    frequency_hz: state.frequencyHz,
    sample_rate_hz: state.sampleRateHz,
    gain_db: state.gainDb,
    manual_gain: state.manualGain,
    dbm_offset_db: state.dbmOffsetDb,
    connected: state.connected,
    waiting: state.waiting,
    dropped_blocks: state.droppedBlocks,
  };
}

function faultsBody(faults: Readonly<Faults>) {
  return {
    stall: faults.stall,
    jump_deg: faults.jumpDeg,
    noise_deg: faults.noiseDeg,
    dead_band_deg: faults.deadBandDeg,
    refused_readings: faults.refusedReadings,
    rotctld_silent: faults.rotctldSilent,
    rotctld_refuse: faults.rotctldRefuse,
    dongle_silent: faults.dongleSilent,
    dongle_drop: faults.dongleDrop,
    dongle_late_ms: faults.dongleLateMs,
    dongle_rate_hz: faults.dongleRateHz,
  };
}
