import type { Clock } from '#shared/runtime/clock';
import { SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { orAborted } from '#shared/runtime/waiting';
import type { Receiver, SampleListener } from '../engine/receiver.ts';
import { LatenessCheck } from './lateness-check.ts';
import { RtlTcpLink, type LinkOptions } from './rtl-tcp-link.ts';
import { RtlTcpSettings } from './rtl-tcp-settings.ts';
import { createSettling } from './settling.ts';

const RECONNECT_TIMEOUT_MS = 3_000;

/**
 * A dongle behind an rtl_tcp server. Stays connected, sends the settings again after every
 * reconnect, and measures how late the samples arrive.
 */
export function createRtlTcpReceiver(options: LinkOptions, clock: Clock, logger: Logger): Receiver {
  const { title, sampleRateHz, ownServer } = options;
  const listeners = new Set<SampleListener>();
  const settling = createSettling(clock);
  const link = new RtlTcpLink(
    options,
    {
      onConnected(facts, times) {
        settings.connected();
        lateness.connected(facts, times);
      },
      onStreaming() {
        if (settings.tuning && !ownServer) measureInBackground();
      },
      onSamples(block) {
        lateness.push(block.iq);
        settling.push(block.iq, block.firstMs);
        for (const listener of listeners) listener.onSamples(block);
      },
      onGap(gap) {
        logger.warn({ samples: gap.samples }, 'samples are missing or late');
        for (const listener of listeners) listener.onGap(gap);
      },
      onLost(error) {
        lateness.lost(error);
        reportLost(error);
      },
    },
    clock,
    logger,
  );
  const settings = new RtlTcpSettings({
    send: (bytes) => link.send(bytes),
    sampleRateHz,
    ownServer,
    settling,
    clock,
  });
  const lateness = new LatenessCheck({ title, sampleRateHz, ownServer, settings, settling }, clock, logger);

  function reportLost(error: SkyScanError): void {
    for (const listener of [...listeners]) listener.onLost(error);
  }

  /** A failure tells the listeners why there are no samples. */
  function measureInBackground(): void {
    lateness.measure().catch((error: unknown) => {
      const isKnown = error instanceof SkyScanError;
      reportLost(isKnown ? error : new SkyScanError('unavailable', title, { cause: error }));
    });
  }

  return {
    ready: (withinMs, signal) => link.ready(withinMs, signal),
    async tune(wanted, signal) {
      const earlier = lateness.running?.catch(() => undefined);
      if (earlier) await orAborted(earlier, signal);
      const inDoubt = settings.inDoubt || lateness.inDoubt;
      settings.tune(wanted, inDoubt);
      if (!inDoubt || ownServer) return;
      const { connection } = link;
      try {
        await orAborted(lateness.measure(), signal);
      } catch (error) {
        if (signal.aborted || (connection && connection === link.connection)) throw error;
        // The next connection is checked automatically.
        await link.ready(RECONNECT_TIMEOUT_MS, signal);
      }
    },
    refresh(unlessSentAfterMs = Infinity) {
      if (!ownServer && !lateness.running) settings.refresh(unlessSentAfterMs);
    },
    recheck() {
      if (!ownServer && lateness.isOld) measureInBackground();
    },
    gapsAreLosses: (signal) => lateness.gapsAreLosses(signal),
    get latenessMs() {
      return lateness.times.latenessMs;
    },
    get inDoubt() {
      return lateness.times.inDoubt;
    },
    get untimed() {
      return lateness.untimed;
    },
    goIdle: () => settings.turnBiasTeeOff(),
    get settledMs() {
      return settling.settledMs;
    },
    get late() {
      return lateness.times.late;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      lateness.lost(new SkyScanError('unavailable', `${title} is closed`));
      await link.close(settings.biasTeeOffCommand);
    },
  };
}
