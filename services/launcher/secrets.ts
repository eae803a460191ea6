import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolderSync, replaceFileSync } from '#shared/runtime/durable-file';

/**
 * Secrets of one installation, which keep other users of this machine from controlling its
 * services. Only the owner of DATA_DIR can read them.
 */
export interface Secrets {
  /** Shared by the services. */
  grpcTokenFile: string;
  /** Of the embedded broker's user `skyscan`, which may publish. */
  mqttPasswordFile: string;
  /** Of the embedded broker's user `operator`, who may send commands. */
  mqttOperatorPasswordFile: string;
  /** Of the database role that the services use. */
  databasePassword: string;
}

/** Reads the secrets in `DATA_DIR/secrets`; creates those that are missing or damaged. */
export function prepareSecrets(dataDir: string): Secrets {
  const folder = join(dataDir, 'secrets');
  makeFolderSync(folder, 0o700);
  const file = (name: string) => {
    const path = join(folder, name);
    if (readSecret(path) === undefined) replaceFileSync(path, `${randomBytes(24).toString('hex')}\n`, 0o600);
    return path;
  };
  return {
    grpcTokenFile: file('grpc-token'),
    mqttPasswordFile: file('mqtt-password'),
    mqttOperatorPasswordFile: file('mqtt-operator-password'),
    databasePassword: readSecret(file('database-password')) ?? '',
  };
}

function readSecret(path: string): string | undefined {
  const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  return /^[\x21-\x7e]{16,}$/.test(text) ? text : undefined;
}
