import { join } from 'node:path';
import { RotorDriverDefinition } from '#proto/rotor_driver';
import { systemClock } from '#shared/runtime/clock';
import { grpcSecurityFrom } from '#shared/runtime/grpc-credentials';
import { startGrpcServer } from '#shared/runtime/grpc-server';
import type { Lifecycle } from '#shared/runtime/lifecycle';
import type { Logger } from '#shared/runtime/logger';
import { createMqttConnection } from '#shared/runtime/mqtt-client';
import { sunKeepOut } from '#shared/rotor/sun-variables';
import { MQTT_TOPICS, createTopics } from '#contract/mqtt-topics';
import { watchMessages } from '#shared/rotor/suspend-messages';
import { suspendRules } from '#shared/rotor/suspend-rules';
import { VERSION } from '#shared/runtime/version';
import type { Config } from './config.ts';
import { permitted } from './domain/permit.ts';
import type { Announce } from './grpc/characterise.ts';
import { createProbe } from './grpc/probe.ts';
import { createRotorDriver } from './grpc/rotor-driver.ts';
import { openFence } from './disk/fence.ts';
import { openFrameBook } from './disk/frame-book.ts';
import { openLogbook } from './disk/logbook.ts';
import { openPermitBook } from './disk/permit-book.ts';
import { bootId, openWhereaboutsBook } from './disk/whereabouts-book.ts';
import { createClearance } from './motion/clearance.ts';
import { createAddressResolver, parseNetworks } from './rotctld/address.ts';
import { createRotctldClient } from './rotctld/client.ts';
import { timingsFor } from './rotctld/link.ts';
import { createRotors, type Rotors } from './motion/rotors.ts';

// Of the 4 s in which a process has to end.
const STOP_BUDGET_MS = 2_500;

/** Builds rotor-driver from its parts and starts it; returns where it listens. */
export async function start(config: Config, logger: Logger, lifecycle: Lifecycle): Promise<{ port: number }> {
  const mqtt = createMqttConnection(
    'rotor-driver',
    VERSION,
    createTopics(config.MQTT_BASE_TOPIC),
    config,
    logger,
  );
  lifecycle.onClose('mqtt', () => mqtt.close());

  const own: { port?: number } = {};
  const folder = join(config.DATA_DIR, 'rotor-driver');
  const frames = openFrameBook(join(folder, 'frames.json'), logger);
  lifecycle.onClose('azimuth wraps', () => frames.saved());
  const whereabouts = openWhereaboutsBook(join(folder, 'whereabouts.json'), bootId(), logger);
  lifecycle.onClose('whereabouts', () => whereabouts.synced());
  const weather = watchMessages(mqtt, suspendRules(config), logger, () => rotors.checkClearance());
  const clearance = createClearance(weather, sunKeepOut(config), () => systemClock.unixMs());
  const permits = openPermitBook(join(folder, 'permits.json'), logger);
  const rotors: Rotors = createRotors({
    resolve: createAddressResolver({
      allowed: parseNetworks(config.ROTCTLD_NETWORKS),
      ownPort: () => own.port,
    }),
    fence: await openFence(join(folder, 'fence')),
    logbook: openLogbook(join(folder, 'in-hand.json'), logger),
    frames,
    whereabouts,
    clearance,
    permit: (rotor) => permitted(rotor, permits.permits),
    logger,
    connect: (place) => createRotctldClient(place, timingsFor(config.ROTCTLD_TIMEOUT_MS)),
    publish: (rotorId, message) =>
      mqtt.publish(mqtt.topics.rotorPosition(rotorId), message, {
        retain: MQTT_TOPICS.rotorPosition.retained,
      }),
  });
  mqtt.client.connect();
  await rotors.stopLeftover();
  const announce: Announce = (rotorId, progress) => {
    mqtt
      .publish(mqtt.topics.rotorCharacterisation(rotorId), progress, {
        retain: MQTT_TOPICS.rotorCharacterisation.retained,
      })
      .catch(() => undefined);
  };
  const server = await startGrpcServer({
    host: config.ROTOR_DRIVER_HOST,
    port: config.ROTOR_DRIVER_PORT,
    security: grpcSecurityFrom(config),
    serviceName: RotorDriverDefinition.fullName,
    logger,
    onMqttTrouble: (listener) => mqtt.onTrouble(listener),
    add: (grpc) =>
      grpc.add(
        RotorDriverDefinition,
        createRotorDriver(rotors, createProbe(rotors, logger), announce, permits),
      ),
  });
  own.port = server.port;
  lifecycle.onClose('grpc', () => server.close());
  lifecycle.onClose('rotors', () => rotors.close(STOP_BUDGET_MS));
  return { port: server.port };
}
