import { readFileSync } from 'node:fs';
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { ChannelCredentials, ServerCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { z } from 'zod';
import { splitAddress } from './env.ts';
import { SkyScanError } from '../base/errors.ts';
import { isLoopbackHost } from './loopback.ts';

// `.invalid` is never a real host (RFC 2606).
const NAME_OF_ADDRESS = 'ip-address.invalid';

/** Configuration of gRPC between services, the same for servers and clients. */
export const grpcSecurityVariables = {
  GRPC_TOKEN: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('shared secret of the services, which every call carries; at least 16 characters'),
  GRPC_TLS_CERT: z
    .string()
    .optional()
    .describe('PEM file; needed, with the token, to bind gRPC beyond loopback'),
  GRPC_TLS_KEY: z
    .string()
    .optional()
    .describe('PEM file; needed, with the token, to bind gRPC beyond loopback'),
  GRPC_TLS_CA: z
    .string()
    .optional()
    .describe('PEM file of the authority that signed the certificates of the servers'),
};

/** Paths of PEM files. */
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

/** Throws for a server that is reachable from other machines without TLS and a token. */
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

/**
 * Security of a channel to `address` (`host:port`); with TLS the certificate must name exactly that
 * host or IP address.
 */
export function channelSecurity(
  security: GrpcSecurity,
  address: string,
): { credentials: ChannelCredentials; options: ChannelOptions } {
  if (!security.caPath && !security.certPath)
    return { credentials: ChannelCredentials.createInsecure(), options: {} };
  const authority = security.caPath ? readFileSync(security.caPath) : null;
  const { host } = splitAddress(address);
  if (isIP(host) === 0) return { credentials: ChannelCredentials.createSsl(authority), options: {} };
  // grpc-js sends the host as TLS server name. RFC 6066 does not allow an IP address there, and
  // Node 26 throws. So another name is sent; the certificate is still checked against the address.
  return {
    credentials: ChannelCredentials.createSsl(authority, null, null, {
      checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
    }),
    options: { 'grpc.ssl_target_name_override': NAME_OF_ADDRESS },
  };
}

/** Compares two secrets in constant time. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (secret: string) => createHash('sha256').update(secret).digest();
  return timingSafeEqual(digest(a), digest(b));
}
