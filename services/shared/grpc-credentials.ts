import { readFileSync } from 'node:fs';
import { createHash, timingSafeEqual } from 'node:crypto';
import { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js';
import { z } from 'zod';
import { SkyScanError } from './errors.ts';
import { isLoopbackHost } from './loopback.ts';

/** Configuration of gRPC between services, the same for servers and clients. */
export const grpcSecurityVariables = {
  /** Shared secret that every call carries. */
  GRPC_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  GRPC_TLS_CERT: z.string().optional(),
  GRPC_TLS_KEY: z.string().optional(),
  GRPC_TLS_CA: z.string().optional(),
};

/** Paths are PEM files. */
export interface GrpcSecurity {
  token?: string | undefined;
  certPath?: string | undefined;
  keyPath?: string | undefined;
  caPath?: string | undefined;
}

export function grpcSecurityFrom(config: {
  GRPC_TOKEN?: string | undefined;
  GRPC_TLS_CERT?: string | undefined;
  GRPC_TLS_KEY?: string | undefined;
  GRPC_TLS_CA?: string | undefined;
}): GrpcSecurity {
  return {
    token: config.GRPC_TOKEN,
    certPath: config.GRPC_TLS_CERT,
    keyPath: config.GRPC_TLS_KEY,
    caPath: config.GRPC_TLS_CA,
  };
}

/** Refuses a server that others could reach without TLS and a token. */
export function requireSecureBind(host: string, security: GrpcSecurity): void {
  if (isLoopbackHost(host)) return;
  const missing = [
    !security.token && 'GRPC_TOKEN',
    !security.certPath && 'GRPC_TLS_CERT',
    !security.keyPath && 'GRPC_TLS_KEY',
  ].filter(Boolean);
  if (missing.length > 0)
    throw new SkyScanError(
      'invalid',
      `gRPC on ${host} can be reached from other machines and needs ${missing.join(', ')}; bind 127.0.0.1 or set them`,
    );
}

export function serverCredentials(security: GrpcSecurity): ServerCredentials {
  if (!security.certPath || !security.keyPath) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(null, [
    { cert_chain: readFileSync(security.certPath), private_key: readFileSync(security.keyPath) },
  ]);
}

export function channelCredentials(security: GrpcSecurity): ChannelCredentials {
  if (!security.caPath && !security.certPath) return ChannelCredentials.createInsecure();
  return ChannelCredentials.createSsl(security.caPath ? readFileSync(security.caPath) : null);
}

/** Whether two secrets are the same, in a time that does not depend on where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (secret: string) => createHash('sha256').update(secret).digest();
  return timingSafeEqual(digest(a), digest(b));
}
