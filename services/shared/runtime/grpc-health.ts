import { HealthDefinition } from 'nice-grpc-server-health';
import { createGrpcClient } from './grpc-client.ts';
import type { GrpcSettings } from './grpc-credentials.ts';

// grpc.health.v1; the package does not export its enum.
const SERVING = 1;

/** Client of the health service that each gRPC server of Sky Scan has. */
export interface HealthClient {
  /**
   * Whether a service is ready; rejects when the server is not reachable in time or does not know
   * the service.
   */
  isServing(service: string, deadlineMs: number): Promise<boolean>;
  close(): void;
}

export function createHealthClient(address: string, security: GrpcSettings): HealthClient {
  const { client, close } = createGrpcClient(HealthDefinition, address, security);
  return {
    async isServing(service, deadlineMs) {
      const { status } = await client.check({ service }, { deadline: deadlineMs });
      return (status as number) === SERVING;
    },
    close,
  };
}
