import type { RotorDriverProbeRequest, RotorDriverProbeResponse } from '#proto/rotor_driver';
import { SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { rotorConfigFromMessage } from '#shared/rotor/rotor-messages';
import { remarksOn } from '../domain/remarks.ts';
import type { Rotor } from '../motion/rotor.ts';
import type { Rotors } from '../motion/rotors.ts';
import { positionToMessage } from './messages.ts';

export type Probe = (
  request: RotorDriverProbeRequest,
  signal: AbortSignal,
) => Promise<RotorDriverProbeResponse>;

const MAX_REMEMBERED = 64;

/** Answers probes. The reason why a rotctld cannot be used is logged only when it changes. */
export function createProbe(rotors: Rotors, logger: Logger): Probe {
  const troubles = new Map<number, string>();

  function remember(rotorId: number, trouble: string | undefined, attempts: readonly string[]): void {
    if (troubles.get(rotorId) === trouble) return;
    troubles.delete(rotorId);
    if (trouble === undefined) return;
    troubles.set(rotorId, trouble);
    for (const oldest of troubles.keys()) if (troubles.size > MAX_REMEMBERED) troubles.delete(oldest);
    logger.warn({ rotor: rotorId, reason: trouble, attempts }, 'rotctld cannot be used');
  }

  return async ({ rotor: message, explain }, signal) => {
    const config = rotorConfigFromMessage(message);
    let rotor: Rotor | undefined;
    try {
      rotor = await rotors.find(config);
      const response = await probe(rotor, config, signal);
      remember(config.id, undefined, []);
      return response;
    } catch (error) {
      if (signal.aborted || !(error instanceof SkyScanError)) throw error;
      const attempts = [...(rotor?.attempts ?? [])];
      remember(config.id, error.message, attempts);
      if (!explain) throw error;
      const unknown = { model: '', dialect: '', position: undefined, hasRssi: false, remarks: [] };
      return { ...unknown, trouble: error.message, attempts };
    }
  };
}

async function probe(
  rotor: Rotor,
  config: RotorConfig,
  signal: AbortSignal,
): Promise<RotorDriverProbeResponse> {
  const { recognition, position, resolutionDeg, restOnly, reconnectChange } = await rotor.probe(signal);
  const { model, dialect, limits, receiver, southZero = false } = recognition;
  return {
    model,
    dialect,
    reportedLimits: limits,
    resolutionDeg,
    hasRssi: receiver !== undefined,
    position: positionToMessage(position, config),
    attempts: [...rotor.attempts],
    remarks: remarksOn(config, {
      position: position.pointing,
      reported: limits,
      southZero,
      restOnly,
      reconnectChange,
    }),
  };
}
