import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { RotorConfig as RotorConfigMessage } from '#proto/common';
import { makeFolderSync, replaceFileSync } from '#shared/runtime/durable-file';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { rotorConfigFromMessage, rotorConfigToMessage } from '#shared/rotor/rotor-messages';
import type { Logbook } from '../motion/rotors.ts';

/**
 * The list lives in `path`. A damaged one counts as empty; one that cannot be written is logged,
 * and work goes on.
 */
export function openLogbook(path: string, logger: Logger): Logbook {
  const leftover = readList(path);
  const inHand = new Map(leftover.map((rotor) => [addressOf(rotor), rotor]));
  return {
    leftover,
    note(rotor, isInHand) {
      const address = addressOf(rotor);
      if (inHand.has(address) === isInHand) return;
      if (isInHand) inHand.set(address, rotor);
      else inHand.delete(address);
      try {
        writeList(path, [...inHand.values()]);
      } catch (error) {
        logger.warn({ reason: errorMessage(error) }, 'cannot note which rotors are in hand');
      }
    },
  };
}

function addressOf({ host, port }: RotorConfig): string {
  return `${host}:${port}`;
}

function readList(path: string): RotorConfig[] {
  try {
    const list = JSON.parse(readFileSync(path, 'utf8')) as Partial<RotorConfigMessage>[];
    return list.map((rotor) => rotorConfigFromMessage(RotorConfigMessage.fromPartial(rotor)));
  } catch {
    return [];
  }
}

function writeList(path: string, rotors: RotorConfig[]): void {
  makeFolderSync(dirname(path));
  replaceFileSync(path, JSON.stringify(rotors.map(rotorConfigToMessage)));
}
