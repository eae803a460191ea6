import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from '#shared/runtime/clock';
import { grpcSettingsFrom } from '#shared/runtime/grpc-credentials';
import type { Lifecycle } from '#shared/runtime/lifecycle';
import type { Logger } from '#shared/runtime/logger';
import { createMqttConnection } from '#shared/runtime/mqtt-client';
import { createTopics } from '#contract/mqtt-topics';
import { siteFrom } from '#shared/rotor/site-variables';
import { VERSION } from '#shared/runtime/version';
import { sleep } from '#shared/runtime/waiting';
import { linkCertificatesFrom, requireKeysBeyondLoopback, type Config } from './config.ts';
import { createTakeoverWatch } from './domain/takeover-watch.ts';
import { startClockWatch } from './clock-watch.ts';
import { createPainter } from './drawing/painter.ts';
import { createHousekeeping } from './housekeeping/housekeeping.ts';
import { healthChecksOf } from './gateway-health.ts';
import { watchGateway } from './gateway-metrics.ts';
import { createApp } from './http/app.ts';
import { CONNECTION_LIMITS, createConnections } from './http/connections.ts';
import { checkOrigin, checkApiKey } from './http/security.ts';
import { EventLoopScheduler } from './http/event-loop-scheduler.ts';
import { closeServer, createHttpServer, listen } from './http/server.ts';
import { createLinkServer } from './links/link-server.ts';
import { createSiteLinks } from './links/site-links.ts';
import { createSessionHub } from './live/session-hub.ts';
import { createPositionFeed } from './live/position-feed.ts';
import { createPositionHub } from './live/position-hub.ts';
import { rotorRoute } from './live/rotor-route.ts';
import { sessionRoute } from './live/session-route.ts';
import { createStoredSessions } from './live/stored-sessions.ts';
import { serveWebSockets } from './live/web-socket-server.ts';
import { createMetrics } from './metrics.ts';
import { toFacts } from './published.ts';
import { createCancellationPublisher } from './reconciler/local-cancellations.ts';
import { createHandOver } from './reconciler/hand-over.ts';
import { createSiteTimers } from './reconciler/site-timers.ts';
import { gatewayId } from './recorder/gateway-id.ts';
import { createCellLevels } from './recorder/cell-levels.ts';
import { createFollower } from './recorder/follower.ts';
import { createIntake } from './recorder/intake.ts';
import { consumeMqtt } from './recorder/mqtt-consumer.ts';
import { createRecorder } from './recorder/recorder.ts';
import { createSpectrumPacker } from './recorder/spectrum-packer.ts';
import { createRotorCache } from './rotors/rotor-cache.ts';
import { createScheduleLoop } from './schedules/schedule-loop.ts';
import { startFronts } from './rotctld-front/front.ts';
import { createSiteWork } from './site-work.ts';
import { createResolveFrame } from './scans/resolve-frame.ts';
import { createSkyAnalysis } from './sky-analysis.ts';
import { createAlerting } from './alerting.ts';
import { createHomeAutomation } from './home-automation.ts';
import { connectSite } from './sites/connect-site.ts';
import { createPlaceOf } from './sites/site-place.ts';
import { createSiteDirectory } from './sites/site-directory.ts';
import { createDatabase } from './store/database.ts';
import { DELETIONS } from './store/deletions/delete-session.ts';
import { findSession } from './store/sessions.ts';
import { ALERT_WORK, listenTo, NUDGES, ROTOR_CHANGES, SITE_CHANGES } from './store/listen.ts';
import { migrateWhenReachable } from './store/migrate.ts';
import { gateUntilMigrated } from './store/migration-gate.ts';

// Waits for a database that starts at the same time; if it stays away, the API reports it.
const DATABASE_WAIT_MS = 5_000;
// A frozen broker does no harm: the reconciler queries the orchestrator every 3 s. While the
// database is not available no message is read, which a short keepalive would treat as a frozen
// broker.
const MQTT_KEEPALIVE_S = 60;

/** Builds and starts the gateway; resolves when it answers. `time`: of schedules and alerts. */
export async function start(
  config: Config,
  logger: Logger,
  lifecycle: Lifecycle,
  time: Clock = systemClock,
): Promise<{ port: number; host: string; linkPort?: number }> {
  requireKeysBeyondLoopback(config);
  const ending = new AbortController();
  const security = grpcSettingsFrom(config);
  const metrics = createMetrics();

  const db = gateUntilMigrated(createDatabase(config.DATABASE_URL, logger));
  lifecycle.onClose('database', () => db.close());
  const links = createSiteLinks(logger);
  lifecycle.onClose('links of sites', () => links.close());
  const directory = createSiteDirectory(
    { orchestrator: config.ORCHESTRATOR_ADDRESS, rotorDriver: config.ROTOR_DRIVER_ADDRESS },
    (site) => connectSite(site, security, links, logger),
  );
  lifecycle.onClose('sites', () => directory.close());
  const orchestratorOf = (siteId: number) => directory.of(siteId).orchestrator;
  const driverOf = (siteId: number) => directory.of(siteId).driver;
  const { id, isPermanent } = gatewayId(config.GATEWAY_ID, config.HTTP_PORT);
  const mqtt = createMqttConnection(id, VERSION, createTopics(config.MQTT_BASE_TOPIC), config, logger, {
    clientId: `skyscan-${id}`,
    clean: !isPermanent,
    keepalive: MQTT_KEEPALIVE_S,
  });
  lifecycle.onClose('MQTT', () => mqtt.close());
  const takeovers = createTakeoverWatch(id, () => performance.now());
  mqtt.client.on('connect', () => takeovers.connected());
  mqtt.client.on('close', () => takeovers.closed());

  const rotorCache = createRotorCache(db.ungated);
  const feed = createPositionFeed(config, metrics, logger);
  lifecycle.onClose('MQTT of positions', () => feed.close());
  const positions = createPositionHub({
    follow: feed.follow,
    find: (rotorId) => rotorCache.find(rotorId),
    ask: async (rotor) => driverOf(rotor.site_id).position(rotor),
  });
  rotorCache.onDeleted((rotorId) => positions.forget(rotorId));
  const scheduler = new EventLoopScheduler();
  const hub = createSessionHub(createStoredSessions(db, ending.signal), metrics, scheduler);
  const timers = createSiteTimers();
  const recorder = createRecorder({
    db,
    siteName: directory.nameOf,
    orchestratorOf,
    observer: {
      announce(...change) {
        hub.announce(...change);
        homeAutomation.changed();
      },
    },
    metrics,
    logger,
    nudge: timers.wake,
  });
  const publishCancellation = createCancellationPublisher(db, mqtt);
  const handOver = createHandOver({
    db,
    orchestratorOf,
    logger,
    onCancelled(session) {
      hub.announce(toFacts(session), []);
      publishCancellation(session);
    },
  });

  const follower = createFollower({
    db,
    siteName: directory.nameOf,
    observer: hub,
    signal: ending.signal,
  });
  const siteWork = createSiteWork({
    db,
    gateway: { id, run: randomUUID() },
    follower,
    directory,
    timers,
    cache: rotorCache,
    recorder,
    handOver,
    observer: hub,
    logger,
  });

  const localPlace = siteFrom(config);
  const placeOf = createPlaceOf(db, localPlace);
  const scanning = {
    db,
    orchestratorOf,
    handOver,
    nudge: siteWork.nudge,
    rotorCache,
    placeOf,
    resolveFrame: createResolveFrame({ db, placeOf, analyst: () => analysis?.analyst }),
    sitesChanged: siteWork.changed,
    nowMs: () => time.unixMs(),
    logger,
  };
  const schedules = createScheduleLoop(scanning);
  const alerting = createAlerting(config, { ...scanning, mqtt });
  const housekeeping = createHousekeeping(scanning, mqtt);
  const [spectra, cellLevels] = [createSpectrumPacker(scanning), createCellLevels(scanning)];
  const analysis = createSkyAnalysis(config, security, { ...scanning, mqtt, localPlace });
  lifecycle.onClose('sky-analyst', () => analysis?.analyst.close());

  const painter = createPainter(logger, metrics.drawn);
  lifecycle.onClose('drawing', () => painter.close());

  const homeAutomation = createHomeAutomation(config, id, {
    ...scanning,
    mqtt,
    driverOf,
    metrics,
    painter,
    isOwner: siteWork.isOwner,
  });
  lifecycle.onClose('home automation', () => homeAutomation.close());

  const clock = startClockWatch(systemClock, logger);
  lifecycle.onClose('clock', () => clock.close());

  const guards = {
    bindHost: config.HTTP_HOST,
    allowedHosts: config.ALLOWED_HOSTS,
    allowedOrigins: config.ALLOWED_ORIGINS,
    apiKeys: config.API_KEYS,
    isProxy: config.TRUST_PROXY,
  };
  const connections = createConnections(CONNECTION_LIMITS, config.TRUST_PROXY, () => scheduler.nextSlot());
  const fronts =
    config.ROTCTLD_FRONT.length > 0
      ? await startFronts(config.ROTCTLD_FRONT, { db, driverOf, rotorCache, logger })
      : undefined;
  lifecycle.onClose('rotctld fronts', () => fronts?.close());

  const healthChecks = healthChecksOf({
    db,
    mqtt,
    homeAutomation,
    directory,
    takeovers,
    clock,
    isFeedAlive: () => feed.ping(),
    analyst: analysis?.analyst,
    fronts,
  });
  watchGateway({ metrics, db, healthChecks, painter });
  const app = createApp({
    ...scanning,
    connections,
    scheduler,
    driverOf,
    siteIds: directory.ids,
    painter,
    wakeSearches: analysis?.wakeSearches,
    analyst: analysis?.analyst,
    wakePointing: analysis?.wakePointing,
    security: guards,
    basePath: config.BASE_PATH,
    mqttBaseTopic: config.MQTT_BASE_TOPIC,
    hstsMaxAgeS: config.HSTS_MAX_AGE_S,
    rateLimitPerMinute: config.RATE_LIMIT_PER_MINUTE,
    localPlace,
    wakeSchedules: schedules.wake,
    alerts: alerting.routes,
    wakeHousekeeping: housekeeping.wake,
    remoteSites: directory.remoteFindings,
    healthChecks,
    metrics,
  });
  const server = createHttpServer(app, connections, config.BASE_PATH);
  server.on('connection', () => scheduler.connectionAccepted());
  const port = await listen(server, config.HTTP_HOST, config.HTTP_PORT, 'HTTP_PORT');
  alerting.listensOn(port);
  lifecycle.onClose('HTTP', () => closeServer(server));
  const [originRefusal, keyRefusal] = [checkOrigin(guards), checkApiKey(guards)];
  const live = serveWebSockets({
    server,
    routes: [sessionRoute(hub), rotorRoute(positions)],
    refuse: (request) => originRefusal(request) ?? keyRefusal(request),
    connections,
    scheduler,
    basePath: config.BASE_PATH,
    maxViewers: config.MAX_VIEWERS,
    metrics,
    logger,
  });
  lifecycle.onClose('WebSockets', () => live.close());

  const certificates = linkCertificatesFrom(config);
  let linkPort: number | undefined;
  if (config.LINK_PORT !== undefined && certificates) {
    const linkServer = createLinkServer({
      ...certificates,
      gateway: id,
      refusalOf: directory.linkRefusal,
      links,
      logger,
    });
    linkPort = await listen(linkServer.server, config.LINK_HOST, config.LINK_PORT, 'LINK_PORT');
    lifecycle.onClose('link port', () => linkServer.close());
  }

  const wait = new AbortController();
  const directUrls = config.DATABASE_DIRECT_URL ?? config.DATABASE_URL;
  const recording = migrateWhenReachable(directUrls, logger, ending.signal, {
    onWaiting: db.setReason,
    mayRefuse: () => !wait.signal.aborted,
  }).then(async () => {
    db.open();
    if (ending.signal.aborted) return;
    analysis?.start();
    lifecycle.onClose('work with sky-analyst', () => analysis?.stop());
    const works = { spectra, cellLevels, schedules, alerts: alerting.alerts, housekeeping };
    for (const [name, work] of Object.entries(works)) {
      work.start();
      lifecycle.onClose(name, () => work.close());
    }
    lifecycle.onClose('work for the sites', () => siteWork.close());
    await siteWork.run();
    homeAutomation.start();
    await fronts?.check();
    const channels = [ROTOR_CHANGES, SITE_CHANGES, NUDGES, DELETIONS, ALERT_WORK];
    const listening = listenTo(directUrls, channels, (notification) => {
      if (!notification || notification.channel === ALERT_WORK) alerting.alerts.wake(notification?.payload);
      if (notification?.channel === ALERT_WORK) return;
      if (notification?.channel === DELETIONS) hub.end(Number(notification.payload));
      else if (notification?.channel === NUDGES) timers.wake(Number(notification.payload));
      else {
        siteWork.noticed();
        homeAutomation.changed();
      }
    });
    lifecycle.onClose('notifications', listening);
    const intake = createIntake({
      recorder,
      follower,
      siteOf: async (sessionId) => (await findSession(db, sessionId))?.site_id,
      isOwner: siteWork.isOwner,
    });
    consumeMqtt({
      connection: mqtt,
      intake,
      metrics,
      logger,
      nudge: timers.wake,
      signal: ending.signal,
    });
    mqtt.client.connect();
  });
  lifecycle.onClose('waiting', () => ending.abort());
  await Promise.race([recording, sleep(DATABASE_WAIT_MS, wait.signal)])
    .catch((error: unknown) => {
      if (!ending.signal.aborted) throw error;
    })
    .finally(() => wait.abort());
  recording.catch(() => undefined); // rejects only on shutdown
  return { port, host: config.HTTP_HOST, ...(linkPort !== undefined && { linkPort }) };
}
