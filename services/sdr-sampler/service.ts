import { SdrSamplerDefinition } from '#proto/sdr_sampler';
import { systemClock } from '#shared/clock';
import { splitAddress } from '#shared/env';
import { grpcSecurityFrom } from '#shared/grpc-credentials';
import { startGrpcServer } from '#shared/grpc-server';
import type { Lifecycle } from '#shared/lifecycle';
import type { Logger } from '#shared/logger';
import { createMqttConnection } from '#shared/mqtt-client';
import { VERSION } from '#shared/version';
import type { SdrSamplerConfig } from './config.ts';
import { createSdrSamplerService } from './grpc/sdr-sampler-service.ts';
import { createRtlTcpReceiver } from './receivers/rtl-tcp.ts';
import { createSampler } from './sampler.ts';

/** Receiver, gRPC server and the word on MQTT that the service is there. */
export async function start(
  config: SdrSamplerConfig,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<{ port: number }> {
  const receiver = createRtlTcpReceiver(
    {
      ...splitAddress(config.RTL_TCP),
      sampleRateHz: config.SAMPLE_RATE_HZ,
      correctionPpm: config.RTL_PPM,
    },
    systemClock,
    logger,
  );
  lifecycle.onClose('receiver', () => receiver.close());
  const sampler = createSampler(receiver, systemClock, {
    sampleRateHz: config.SAMPLE_RATE_HZ,
    guardMs: config.SAMPLE_GUARD_MS,
  });
  const mqtt = createMqttConnection('sdr-sampler', VERSION, config, logger);
  mqtt.client.connect();
  lifecycle.onClose('MQTT', () => mqtt.close());
  const server = await startGrpcServer({
    host: config.SDR_SAMPLER_HOST,
    port: config.SDR_SAMPLER_PORT,
    security: grpcSecurityFrom(config),
    serviceName: SdrSamplerDefinition.fullName,
    logger,
    add: (grpc) => grpc.add(SdrSamplerDefinition, createSdrSamplerService(sampler, systemClock)),
  });
  lifecycle.onClose('gRPC', () => server.close());
  return { port: server.port };
}
