import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type ServiceName = 'api-gateway' | 'scan-orchestrator' | 'rotor-driver' | 'sdr-sampler';

const SERVICES = fileURLToPath(new URL('../../dist/services', import.meta.url));

/** The command of a service, from `dist`. */
export function serviceCommand(name: ServiceName | 'simulator'): string[] {
  return [process.execPath, join(SERVICES, name, 'main.js')];
}

/** The secrets of a service, as in the containers. `secretsFolder`: of deploy/secrets.js. */
export function serviceEnv(name: ServiceName, secretsFolder: string): NodeJS.ProcessEnv {
  const file = (of: string) => join(secretsFolder, name, of);
  const secrets = { GRPC_TOKEN_FILE: file('grpc-token'), GRPC_TLS_CA: file('ca.pem') };
  if (name === 'api-gateway') return { ...secrets, API_KEYS_FILE: file('api-keys') };
  return { ...secrets, GRPC_TLS_CERT: file('tls.pem'), GRPC_TLS_KEY: file('tls-key.pem') };
}
