import { afterAll, beforeAll } from 'vitest';
import { createGatewayWorld, type GatewayWorld } from './gateway-harness.ts';

/** A world for all tests of the calling file or suite; available from its `beforeAll` hooks on. */
export function useGatewayWorld(...args: Parameters<typeof createGatewayWorld>): GatewayWorld {
  const world = {} as GatewayWorld;
  beforeAll(async () => {
    Object.assign(world, await createGatewayWorld(...args));
  });
  afterAll(() => world.close());
  return world;
}
