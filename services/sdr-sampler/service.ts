import { SdrSamplerDefinition } from '#proto/sdr_sampler';
import { serviceAt } from '#shared/base/site-name';
import { systemClock } from '#shared/runtime/clock';
import { splitAddress } from '#shared/base/address';
import { grpcSettingsFrom } from '#shared/runtime/grpc-credentials';
import { startGrpcServer } from '#shared/runtime/grpc-server';
import type { Lifecycle } from '#shared/runtime/lifecycle';
import type { Logger } from '#shared/runtime/logger';
import { createRegistry, serveMetrics, watchBroker } from '#shared/runtime/metrics';
import { createMqttConnection } from '#shared/runtime/mqtt-client';
import { createTopics } from '#contract/mqtt-topics';
import { DEFAULT_RECEIVER } from '#shared/rotor/rotor-config';
import { VERSION } from '#shared/runtime/version';
import type { SdrSamplerConfig } from './config.ts';
import { createSdrSamplerService } from './grpc/server.ts';
import { createSamplerMetrics } from './metrics.ts';
import { createSamplers } from './samplers.ts';
import { loadSpectrumFft } from './engine/spectrum-fft.ts';

/** Starts receivers, gRPC server and the service status on MQTT. */
export async function start(
  config: SdrSamplerConfig,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<{ port: number }> {
  const samplers = createSamplers(
    config.RECEIVERS ?? [{ name: DEFAULT_RECEIVER, kind: 'rtl_tcp', ...splitAddress(config.RTL_TCP) }],
    {
      sampleRateHz: config.SAMPLE_RATE_HZ,
      guardMs: config.SAMPLE_GUARD_MS,
      correctionPpm: config.RTL_PPM,
      createSpectrumFft: await loadSpectrumFft(logger),
      idleAfterMs: config.BIAS_TEE_OFF_AFTER_S * 1000,
    },
    systemClock,
    logger,
  );
  lifecycle.onClose('receivers', () => samplers.close());
  const mqtt = createMqttConnection(
    serviceAt(config.SITE_NAME, 'sdr-sampler'),
    VERSION,
    createTopics(config.MQTT_BASE_TOPIC),
    config,
    logger,
  );
  mqtt.client.connect();
  lifecycle.onClose('MQTT', () => mqtt.close());
  const registry = createRegistry();
  const metrics = createSamplerMetrics(registry);
  watchBroker(registry, () => mqtt.client.connected);
  const metricsPort = { port: config.SDR_SAMPLER_METRICS_PORT, variable: 'SDR_SAMPLER_METRICS_PORT' };
  await serveMetrics(registry, config, metricsPort, logger, lifecycle);
  const server = await startGrpcServer({
    host: config.SDR_SAMPLER_HOST,
    port: config.SDR_SAMPLER_PORT,
    security: grpcSettingsFrom(config),
    site: config.SITE_NAME,
    serviceName: SdrSamplerDefinition.fullName,
    logger,
    onMqttTrouble: (listener) => mqtt.onTrouble(listener),
    add: (grpc) => grpc.add(SdrSamplerDefinition, createSdrSamplerService(samplers, systemClock, metrics)),
  });
  lifecycle.onClose('gRPC', () => server.close());
  return { port: server.port };
}
