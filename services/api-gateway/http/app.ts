import express, { type Express, type RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import type { Registry } from 'prom-client';
import type { Logger } from '#shared/runtime/logger';
import type { Place } from '#shared/sky/look';
import type { CalibrationParts } from '../calibration/calibrate.ts';
import type { Painter } from '../drawing/painter.ts';
import type { Metrics } from '../metrics.ts';
import type { Finding, HealthCheck } from '../clients/health-check.ts';
import type { Orchestrator } from '../clients/orchestrator.ts';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import type { RotorDriver } from '../clients/rotor-driver.ts';
import type { RotorCache } from '../rotors/rotor-cache.ts';
import type { ActionParts } from '../scans/act-on-scan.ts';
import type { ScanParts } from '../scans/start-scan.ts';
import { baselineRoutes } from './baselines.ts';
import { bearingRoutes } from './bearings.ts';
import type { PlaceOf } from '../sites/site-place.ts';
import { bodyErrors } from './body.ts';
import { admit } from './admit.ts';
import { alertChannelRoutes, type ChannelRouteParts } from './alert-channels.ts';
import { alertRuleRoutes } from './alert-rules.ts';
import { alertRoutes } from './alerts.ts';
import type { Connections } from './connections.ts';
import { callerOf } from './caller.ts';
import { catalogueRoutes } from './catalogue.ts';
import { characteriseRoutes } from './characterise.ts';
import { cors } from './cors.ts';
import { DASHBOARD_FOLDER, dashboard } from './dashboard.ts';
import { docsRoutes } from './docs/routes.ts';
import { errorHandler, notFound, sendError } from './errors.ts';
import { healthHandler, metricsHandler, PROBE, probeHandler, readinessOf, readyHandler } from './health.ts';
import { knownSkyRoutes } from './known-sky.ts';
import { pageLinks } from './page-links.ts';
import { sendRefusal } from './refusal-page.ts';
import { pointingRoutes, type PointingRouteParts } from './pointing.ts';
import { resource } from './resource.ts';
import { receiverRoutes } from './receivers.ts';
import { recordRoutes } from './record.ts';
import { rotorBeamRoutes } from './rotor-beams.ts';
import { rotorRoutes } from './rotors.ts';
import { guard, checkOrigin, checkApiKey, type SecuritySettings } from './security.ts';
import { scheduleHistoryRoutes } from './schedule-history.ts';
import { scheduleRoutes } from './schedules.ts';
import { createSessionPatterns } from './session-pattern.ts';
import { sessionRoutes } from './sessions.ts';
import { siteRoutes } from './sites.ts';
import { skyRoutes } from './sky.ts';
import type { EventLoopScheduler } from './event-loop-scheduler.ts';

export interface AppParts
  extends ScanParts, ActionParts, CalibrationParts, Pick<PointingRouteParts, 'analyst' | 'wakePointing'> {
  handOver: ScanParts['handOver'] & ActionParts['handOver'];
  orchestratorOf: (siteId: number) => Orchestrator;
  driverOf: (siteId: number) => RotorDriver;
  /** All sites that this gateway knows. */
  siteIds: () => number[];
  connections: Connections;
  scheduler: EventLoopScheduler;
  painter: Painter;
  /** Looks for due searches now; undefined: no sky-analyst is configured. */
  wakeSearches: (() => void) | undefined;
  /** Undefined: none is configured. */
  analyst: SkyAnalyst | undefined;
  rotorCache: RotorCache;
  placeOf: PlaceOf;
  /** Place of the local site if it has none of its own. */
  localPlace: Place | undefined;
  /** Removes what is left of deleted sessions now. */
  wakeHousekeeping: () => void;
  /** Looks for due runs of schedules now. */
  wakeSchedules: () => void;
  alerts: Pick<ChannelRouteParts, 'wakeAlerts' | 'resolve' | 'smtpUrl' | 'mqtt' | 'baseUrl'>;
  /** Time of the schedules, Unix milliseconds. */
  nowMs: () => number;
  /** Called after every change of sites or rotors, with the sites whose rotors have changed. */
  sitesChanged: (...siteIds: number[]) => Promise<void>;
  security: SecuritySettings;
  /** Path prefix of the proxy: '' or like `/sky`. */
  basePath: string;
  /** First level of every MQTT topic. */
  mqttBaseTopic: string;
  /** 0: no Strict-Transport-Security. */
  hstsMaxAgeS: number;
  rateLimitPerMinute: number;
  /** Folder of the built dashboard. */
  dashboardFolder?: string;
  healthChecks: Record<string, HealthCheck> & { database: HealthCheck };
  /** The other sites by name. */
  remoteSites: () => [string, Finding][];
  metrics: Metrics & { registry: Registry };
  logger: Logger;
}

const ASSETS = /^\/assets\//;
/** Other requests that stop a motion. */
const STOPPING_ACTIONS = /^\/api\/skyscan\/[^/]+\/(pause|cancel)\/?$/;
const STOP = /^\/api\/rotors\/[^/]+\/stop\/?$/;

/** The HTTP application, without WebSockets. */
export function createApp(parts: AppParts): Express {
  const { security, metrics, logger, hstsMaxAgeS } = parts;
  const app = express();
  app.disable('x-powered-by');
  // Repeated parameters become arrays, which every schema refuses; nothing is nested.
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.enable('case sensitive routing');
  app.use(recordDuration(metrics));
  app.use(admit(parts.connections, security));
  // Before all other work: a `stop` waits until the connections before its own are accepted.
  app.use(exceptFor(scheduled(parts.scheduler), STOP, STOPPING_ACTIONS));
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY },
      strictTransportSecurity: hstsMaxAgeS > 0 && { maxAge: hstsMaxAgeS, includeSubDomains: false },
    }),
  );
  app.use(withBase(parts.basePath));
  app.use(exceptFor(limit(parts.rateLimitPerMinute, security.isProxy), PROBE, STOP));
  // Served without a key, because the page asks for it. Its scripts contain nothing secret.
  const pages = dashboard(DASHBOARD_FOLDER);
  app.use(onlyFor(pages, ASSETS));
  const originRefusal = checkOrigin(security);
  const readiness = readinessOf(parts.healthChecks.database);
  app.use(probeHandler(originRefusal, readiness));
  app.use(guard(originRefusal, sendRefusal));
  app.use(cors(security.allowedOrigins));
  app.use(pages);
  app.use(pageLinks);
  app.use('/ws', needsUpgrade);
  app.use(exceptFor(guard(checkApiKey(security)), PROBE));
  app.use(refuseMalformedPaths);

  const router = express.Router({ caseSensitive: true });
  const health = healthHandler(parts.healthChecks, parts.remoteSites);
  resource(router, '/health', { get: health });
  resource(router, '/api/health', { get: health });
  const ready = readyHandler(readiness);
  resource(router, '/ready', { get: ready });
  resource(router, '/api/ready', { get: ready });
  resource(router, '/metrics', { get: metricsHandler(metrics.registry) });
  docsRoutes(router, parts);
  siteRoutes(router, parts);
  rotorRoutes(router, { ...parts, rotorsChanged: parts.sitesChanged });
  receiverRoutes(router, parts);
  characteriseRoutes(router, parts);
  recordRoutes(router, parts);
  pointingRoutes(router, parts);
  const patternOf = createSessionPatterns(parts);
  rotorBeamRoutes(router, { ...parts, patternOf });
  sessionRoutes(router, { ...parts, patternOf });
  scheduleRoutes(router, parts);
  baselineRoutes(router, parts);
  const alerts = { ...parts, ...parts.alerts };
  alertRoutes(router, alerts);
  alertRuleRoutes(router, alerts);
  alertChannelRoutes(router, alerts);
  scheduleHistoryRoutes(router, parts);
  skyRoutes(router, parts);
  catalogueRoutes(router, parts);
  knownSkyRoutes(router, parts);
  bearingRoutes(router, parts);
  app.use(router);
  app.use(notFound);
  app.use(bodyErrors);
  app.use(errorHandler(logger));
  return app;
}

/** A WebSocket request without its upgrade: the proxy is not configured to forward it. */
const needsUpgrade: RequestHandler = (request, response, next) => {
  if (request.headers['sec-websocket-key'] === undefined) {
    next();
    return;
  }
  response.set('Upgrade', 'websocket');
  const detail =
    'Upgrade Required: this address is for WebSockets; a proxy must forward the headers Upgrade and Connection (docs/deploy.md)';
  sendError(response, 426, detail);
};

const CONTENT_SECURITY = {
  'default-src': ["'none'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/** Queues a request, so that connections with a stop request are accepted first. */
function scheduled(scheduler: EventLoopScheduler): RequestHandler {
  return (_request, response, next) =>
    void scheduler.nextSlot().then(() => {
      if (!response.destroyed) next();
    });
}

function exceptFor(handler: RequestHandler, ...paths: RegExp[]): RequestHandler {
  return (request, response, next) => {
    if (paths.some((path) => path.test(request.path))) next();
    else void handler(request, response, next);
  };
}

function onlyFor(handler: RequestHandler, path: RegExp): RequestHandler {
  return (request, response, next) => {
    if (path.test(request.path)) void handler(request, response, next);
    else next();
  };
}

/** Adds the path prefix to `Location`. */
function withBase(basePath: string): RequestHandler {
  return (_request, response, next) => {
    const location = response.location.bind(response);
    if (basePath !== '') response.location = (path) => location(basePath + path);
    next();
  };
}

function limit(perMinute: number, isProxy: (address: string) => boolean): RequestHandler {
  return rateLimit({
    keyGenerator: (request) => ipKeyGenerator(callerOf(request, isProxy).address),
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, response) => sendError(response, 429, 'Too many requests'),
  });
}

/** A malformed percent encoding names nothing that exists. */
const refuseMalformedPaths: RequestHandler = (request, response, next) => {
  try {
    decodeURIComponent(request.path);
    next();
  } catch {
    const [, detail] = NOT_FOUND_DETAILS.find(([path]) => request.path.startsWith(path)) ?? [];
    sendError(response, 404, detail ?? 'Not Found');
  }
};

const NOT_FOUND_DETAILS = [
  ['/api/skyscan/', 'Scan session not found'],
  ['/api/rotors/', 'Rotor not found'],
  ['/api/receivers/', 'Receiver not found'],
  ['/api/sites/', 'Site not found'],
  ['/api/sources/', 'Source not found'],
  ['/api/baselines/', 'Baseline not found'],
] as const;

function recordDuration(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now();
    response.once('close', () => {
      const labels = { method: request.method, status: String(response.statusCode) };
      metrics.requests.observe(labels, (performance.now() - startedMs) / 1000);
    });
    next();
  };
}
