import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { RotorConfig as RotorConfigMessage } from '#proto/common';
import { makeFolderSync, replaceFileSync } from '#shared/runtime/durable-file';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { rotorConfigFromMessage, rotorConfigToMessage } from '#shared/rotor/rotor-messages';
import type { InUseStore } from '../motion/rotors.ts';

/** Stores the list in `path`. A damaged file counts as empty; a failed write is only logged. */
export function openInUseStore(path: string, logger: Logger): InUseStore {
  const leftInUse = readList(path);
  const inUse = new Map(leftInUse.map((rotor) => [addressOf(rotor), rotor]));
  return {
    leftInUse,
    set(rotor, isInUse) {
      const address = addressOf(rotor);
      if (inUse.has(address) === isInUse) return;
      if (isInUse) inUse.set(address, rotor);
      else inUse.delete(address);
      try {
        writeList(path, [...inUse.values()]);
      } catch (error) {
        logger.warn({ reason: errorMessage(error) }, 'cannot store which rotors are in use');
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
