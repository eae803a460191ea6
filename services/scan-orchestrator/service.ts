import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { RotorDriverDefinition } from '#proto/rotor_driver';
import { ScanOrchestratorDefinition } from '#proto/scan_orchestrator';
import { SdrSamplerDefinition } from '#proto/sdr_sampler';
import { serviceAt } from '#shared/base/site-name';
import { systemClock } from '#shared/runtime/clock';
import { watchClock } from '#shared/runtime/clock-jumps';
import { openDataFolder } from '#shared/runtime/data-folder';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import { grpcSettingsFrom } from '#shared/runtime/grpc-credentials';
import { startGrpcServer } from '#shared/runtime/grpc-server';
import type { Lifecycle } from '#shared/runtime/lifecycle';
import type { Logger } from '#shared/runtime/logger';
import { createRegistry, serveMetrics, watchBroker } from '#shared/runtime/metrics';
import { createMqttConnection } from '#shared/runtime/mqtt-client';
import { createTopics } from '#contract/mqtt-topics';
import { VERSION } from '#shared/runtime/version';
import { sunKeepOut } from '#shared/rotor/sun-variables';
import { createSunCondition } from '#shared/sky/sun-keep-out';
import { watchSuspendTopics } from '#shared/rotor/suspend-watcher';
import { suspendRules } from '#shared/rotor/suspend-rules';
import type { Config } from './config.ts';
import { clockNote } from './domain/clock-note.ts';
import { createSupervisor } from './engine/supervisor.ts';
import { rotorsOf } from './clients/rotor-driver.ts';
import { receiversOf } from './clients/sdr-sampler.ts';
import { createService } from './grpc/server.ts';
import { openJournal } from './journal/journal.ts';
import { orchestratorId } from './journal/orchestrator-id.ts';
import { createOrchestratorMetrics } from './metrics.ts';
import { WorkerPlanner } from './planner/worker-planner.ts';
import { createPublisher } from './publisher.ts';

// Below the deadline of the preview calls; the slowest plan takes about 5 s on a Raspberry Pi.
const PREVIEW_BUDGET_MS = 15_000;
// No client waits for the plan of a running session, and its preview met the smaller budget.
const SESSION_BUDGET_MS = 60_000;

/** Builds the orchestrator and resumes the sessions in its journal. */
export async function start(config: Config, logger: Logger, lifecycle: Lifecycle): Promise<{ port: number }> {
  const security = grpcSettingsFrom(config);
  const folder = openDataFolder(config.DATA_DIR, 'scan-orchestrator', logger);
  const journalFolder = join(folder, 'journal');
  const journal = await openJournal(journalFolder, logger);
  lifecycle.onClose('journal', () => journal.close());
  const registry = createRegistry();
  const metrics = createOrchestratorMetrics(registry, () => systemClock.unixMs());
  const identity = { id: orchestratorId(join(folder, 'id'), logger), run: randomUUID() };

  const mqtt = createMqttConnection(
    serviceAt(config.SITE_NAME, 'scan-orchestrator'),
    VERSION,
    createTopics(config.MQTT_BASE_TOPIC),
    config,
    logger,
  );
  lifecycle.onClose('MQTT', () => mqtt.close());
  const driver = createGrpcClient(
    RotorDriverDefinition,
    config.ROTOR_DRIVER_ADDRESS,
    security,
    config.SITE_NAME,
  );
  lifecycle.onClose('rotor-driver', () => driver.close());
  const sampler = createGrpcClient(
    SdrSamplerDefinition,
    config.SDR_SAMPLER_ADDRESS,
    security,
    config.SITE_NAME,
  );
  lifecycle.onClose('sdr-sampler', () => sampler.close());

  const sun = sunKeepOut(config);
  const nearSun = sun && createSunCondition(sun);
  const rotors = rotorsOf(driver.client);
  const receivers = receiversOf(sampler.client);
  // A session never queues behind previews.
  const sessionPlanner = new WorkerPlanner({ budgetMs: SESSION_BUDGET_MS, capacity: 64 });
  const previewPlanner = new WorkerPlanner({ budgetMs: PREVIEW_BUDGET_MS, capacity: 16 });
  lifecycle.onClose('planners', async () => {
    await Promise.all([sessionPlanner.close(), previewPlanner.close()]);
  });
  const suspendTopics = watchSuspendTopics(mqtt, suspendRules(config), logger);
  const publisher = createPublisher(mqtt, config.SITE_NAME);
  const supervisor = createSupervisor({
    rotors,
    receiver: receivers,
    planner: sessionPlanner,
    journal: metrics.observe(journal),
    publisher,
    clock: systemClock,
    logger,
    faultBudgetMs: config.FAULT_BUDGET_S * 1000,
    conditions: {
      reason: (next, rotor) =>
        suspendTopics.reason() ??
        (next && rotor.avoidSun !== false ? nearSun?.(next, systemClock.unixMs()) : undefined),
    },
    sun,
    suspendSettleMs: config.SUSPEND_SETTLE_S * 1000,
  });
  const endWatching = watchClock(systemClock, (jump) => {
    const note = clockNote(jump);
    logger.warn(note);
    supervisor.noteClock(note);
  });
  lifecycle.onClose('clock', endWatching);
  suspendTopics.onChange(() => supervisor.checkConditions());
  // The retained statuses are correct again as soon as the broker is back.
  mqtt.client.on('connect', () => supervisor.list().forEach((view) => publisher.status(view)));
  lifecycle.onClose('sessions', () => supervisor.close());

  let conflict: string | undefined;
  const noteConflict = (reason: string | undefined) => {
    if (reason === conflict) return;
    conflict = reason;
    if (reason === undefined) logger.info('a gateway uses this orchestrator again');
    else logger.error(reason);
  };

  mqtt.client.connect();
  const sessions = await journal.loadSessions();
  metrics.loaded(sessions);
  metrics.watch(() => supervisor.list(), journalFolder);
  watchBroker(registry, () => mqtt.client.connected);
  const metricsPort = { port: config.ORCHESTRATOR_METRICS_PORT, variable: 'ORCHESTRATOR_METRICS_PORT' };
  await serveMetrics(registry, config, metricsPort, logger, lifecycle);
  await supervisor.recover(sessions);
  const server = await startGrpcServer({
    host: config.ORCHESTRATOR_HOST,
    port: config.ORCHESTRATOR_PORT,
    security,
    site: config.SITE_NAME,
    serviceName: ScanOrchestratorDefinition.fullName,
    logger,
    onMqttTrouble: (listener) => mqtt.onTrouble(listener),
    add: (grpc) =>
      grpc.add(
        ScanOrchestratorDefinition,
        createService({
          supervisor,
          rotors,
          receivers,
          planner: previewPlanner,
          clock: systemClock,
          sun,
          suspended: () => suspendTopics.reason(),
          identity,
          onConflict: noteConflict,
        }),
      ),
  });
  lifecycle.onClose('gRPC', () => server.close());
  return { port: server.port };
}
