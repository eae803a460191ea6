import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorMessage } from '#shared/base/errors';
import { replaceFileSync } from '#shared/runtime/durable-file';
import type { Logger } from '#shared/runtime/logger';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The id of this orchestrator, by which gateways notice a second one that serves the same site.
 * Created at the first start. One that cannot be stored is valid until the next start.
 */
export function orchestratorId(path: string, logger: Logger): string {
  const stored = read(path);
  if (stored !== undefined) return stored;
  const id = randomUUID();
  try {
    mkdirSync(dirname(path), { recursive: true });
    replaceFileSync(path, `${id}\n`);
  } catch (error) {
    logger.warn({ path, reason: errorMessage(error) }, 'the id of the orchestrator cannot be stored');
  }
  return id;
}

function read(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return UUID.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
