import type { Clock } from '#shared/runtime/clock';
import { SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { Samplers } from './grpc/server.ts';
import type { ReceiverSpec } from './receiver-list.ts';
import { LocalDongle } from './receivers/local-dongle.ts';
import { createRtlPowerSampler } from './receivers/rtl-power.ts';
import { RtlTcpChild } from './receivers/rtl-tcp-child.ts';
import { openRtlTcp, type RtlTcpHandlers } from './receivers/rtl-tcp-connection.ts';
import { createRtlTcpReceiver } from './receivers/rtl-tcp.ts';
import { createSampler, type Sampler, type SamplerOptions } from './engine/sampler.ts';
import { withIdleTimeout } from './engine/idle-timeout.ts';

export function createSamplers(
  specs: readonly ReceiverSpec[],
  options: SamplerOptions & { idleAfterMs: number },
  clock: Clock,
  logger: Logger,
): Samplers & { close(): Promise<void> } {
  const samplers = new Map(
    specs.map((spec) => [spec.name, withIdleTimeout(create(spec), options.idleAfterMs)] as const),
  );
  const names = [...samplers.keys()];

  function create(spec: ReceiverSpec): Sampler {
    const log = logger.child({ receiver: spec.name });
    if (spec.kind === 'rtl_power')
      return createRtlPowerSampler(
        new LocalDongle(spec.serial, log),
        { ...options, tuner: spec.tuner },
        clock,
        log,
      );
    const receiver = createRtlTcpReceiver(connectionOptions(spec, log), clock, log);
    return createSampler(receiver, clock, options);
  }

  function connectionOptions(spec: Exclude<ReceiverSpec, { kind: 'rtl_power' }>, log: Logger) {
    const { sampleRateHz } = options;
    if (spec.kind === 'rtl_tcp') {
      const title = `rtl_tcp at ${spec.host}:${spec.port}`;
      return { title, sampleRateHz, ownServer: false, open: openRtlTcp.bind(undefined, spec) };
    }
    const dongle = new LocalDongle(spec.serial, log);
    const title = `rtl_tcp of dongle ${spec.serial}`;
    const open = (handlers: RtlTcpHandlers) => new RtlTcpChild(dongle, sampleRateHz, spec.tuner, handlers);
    return { title, sampleRateHz, ownServer: true, open, warning: () => dongle.warning };
  }

  return {
    names,
    get(name) {
      const sampler = samplers.get(name);
      if (!sampler)
        throw new SkyScanError(
          'invalid',
          `receiver.name ${name} is not one of this sampler's receivers: ${names.join(', ')}`,
        );
      return sampler;
    },
    async close() {
      await Promise.all([...samplers.values()].map((sampler) => sampler.close()));
    },
  };
}
