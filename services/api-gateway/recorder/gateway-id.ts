import { hostname } from 'node:os';

const MAX_LENGTH = 60;

/** The id of this gateway at the broker. */
export interface GatewayId {
  id: string;
  /**
   * Whether the broker keeps messages while the gateway is away. Not under a generated id, which
   * may never connect again.
   */
  isPermanent: boolean;
}

/** The configured id, or one that other gateways on this and other hosts do not have. */
export function gatewayId(configured: string | undefined, httpPort: number): GatewayId {
  if (configured !== undefined) return { id: configured, isPermanent: true };
  const unique = `api-gateway-${hostname().replace(/[^\w-]/g, '-')}`;
  const port = `-${httpPort || process.pid}`;
  return { id: unique.slice(0, MAX_LENGTH - port.length) + port, isPermanent: false };
}
