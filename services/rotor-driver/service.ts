import { join } from 'node:path';
import { RotorDriverDefinition } from '#proto/rotor_driver';
import { serviceAt } from '#shared/base/site-name';
import { systemClock } from '#shared/runtime/clock';
import { openDataFolder } from '#shared/runtime/data-folder';
import { grpcSettingsFrom } from '#shared/runtime/grpc-credentials';
import { startGrpcServer } from '#shared/runtime/grpc-server';
import type { Lifecycle } from '#shared/runtime/lifecycle';
import type { Logger } from '#shared/runtime/logger';
import { createRegistry, serveMetrics, watchBroker } from '#shared/runtime/metrics';
import { createMqttConnection } from '#shared/runtime/mqtt-client';
import { sunKeepOut } from '#shared/rotor/sun-variables';
import { MQTT_TOPICS, createTopics } from '#contract/mqtt-topics';
import { watchSuspendTopics } from '#shared/rotor/suspend-watcher';
import { suspendRules } from '#shared/rotor/suspend-rules';
import { VERSION } from '#shared/runtime/version';
import type { Config } from './config.ts';
import { permitted } from './domain/permit.ts';
import type { Announce } from './grpc/characterise.ts';
import { createProbe } from './grpc/probe.ts';
import { createRotorDriver } from './grpc/server.ts';
import { openFencingTokenStore } from './disk/fencing-token-store.ts';
import { openAzimuthWrapStores } from './disk/azimuth-wrap-store.ts';
import { openInUseStore } from './disk/in-use-store.ts';
import { PermitStore } from './disk/permit-store.ts';
import { bootId, openExpectedPositionStores } from './disk/expected-position-store.ts';
import { createDriverMetrics } from './metrics.ts';
import { createMoveRestrictions } from './motion/move-restrictions.ts';
import { parseNetworks } from '#shared/runtime/network-addresses';
import { createAddressResolver } from './rotctld/address.ts';
import { createRotctldClient } from './rotctld/client.ts';
import { timingsFor } from './rotctld/link.ts';
import { createRotors } from './motion/rotors.ts';

// Part of the 4 s in which a process has to end.
const STOP_BUDGET_MS = 2_500;

/** Builds and starts rotor-driver; returns its gRPC port. */
export async function start(config: Config, logger: Logger, lifecycle: Lifecycle): Promise<{ port: number }> {
  const mqtt = createMqttConnection(
    serviceAt(config.SITE_NAME, 'rotor-driver'),
    VERSION,
    createTopics(config.MQTT_BASE_TOPIC),
    config,
    logger,
  );
  lifecycle.onClose('mqtt', () => mqtt.close());

  const registry = createRegistry();
  const metrics = createDriverMetrics(registry);
  watchBroker(registry, () => mqtt.client.connected);
  const folder = openDataFolder(config.DATA_DIR, 'rotor-driver', logger);
  const azimuthWraps = openAzimuthWrapStores(join(folder, 'frames.json'), logger);
  lifecycle.onClose('azimuth wraps', () => azimuthWraps.synced());
  const expectedPositions = openExpectedPositionStores(join(folder, 'whereabouts.json'), bootId(), logger);
  lifecycle.onClose('expected positions', () => expectedPositions.synced());
  const suspendTopics = watchSuspendTopics(mqtt, suspendRules(config), logger);
  const restrictions = createMoveRestrictions(suspendTopics.reason, sunKeepOut(config), () =>
    systemClock.unixMs(),
  );
  const permits = new PermitStore(join(folder, 'permits.json'), logger);
  const addresses = createAddressResolver(parseNetworks(config.ROTCTLD_NETWORKS));
  const rotors = createRotors({
    resolve: addresses.resolve,
    fencingTokens: await openFencingTokenStore(join(folder, 'fence')),
    inUseStore: openInUseStore(join(folder, 'in-hand.json'), logger),
    azimuthWraps,
    expectedPositions,
    restrictions,
    permit: (rotor) => permitted(rotor, permits.permits),
    logger,
    connect: (endpoint) => createRotctldClient(endpoint, timingsFor(config.ROTCTLD_TIMEOUT_MS)),
    publish: (rotorId, message) => {
      metrics.position(rotorId, message);
      return mqtt.publish(mqtt.topics.rotorPosition(rotorId), message, MQTT_TOPICS.rotorPosition);
    },
    onMoveEnded: (rotorId, move) => metrics.moveEnded(rotorId, move),
  });
  metrics.watch(rotors);
  const metricsPort = { port: config.ROTOR_DRIVER_METRICS_PORT, variable: 'ROTOR_DRIVER_METRICS_PORT' };
  await serveMetrics(registry, config, metricsPort, logger, lifecycle);
  suspendTopics.onChange(() => rotors.checkRestrictions());
  mqtt.client.connect();
  await rotors.stopLeftInUse();
  const announce: Announce = (rotorId, progress) => {
    mqtt
      .publish(mqtt.topics.rotorCharacterisation(rotorId), progress, MQTT_TOPICS.rotorCharacterisation)
      .catch(() => undefined);
  };
  const server = await startGrpcServer({
    host: config.ROTOR_DRIVER_HOST,
    port: config.ROTOR_DRIVER_PORT,
    security: grpcSettingsFrom(config),
    site: config.SITE_NAME,
    serviceName: RotorDriverDefinition.fullName,
    logger,
    onMqttTrouble: (listener) => mqtt.onTrouble(listener),
    add: (grpc) =>
      grpc.add(
        RotorDriverDefinition,
        createRotorDriver(rotors, createProbe(rotors, logger), announce, permits),
      ),
  });
  addresses.refusePort(server.port);
  lifecycle.onClose('grpc', () => server.close());
  lifecycle.onClose('rotors', () => rotors.close(STOP_BUDGET_MS));
  return { port: server.port };
}
