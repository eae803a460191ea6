import type { ProcessName } from '../../services/launcher/stack.ts';
import { LARGE_BLOCKS, startTestStack, type TestStack, type TestStackOptions } from '../support/stack.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { addRotor } from '../support/whole-scan.ts';
import { RotctldLog } from './rotctld-log.ts';

/** A complete stack with a rotor behind a proxy that records the commands to its rotctld. */
export interface WatchedStack {
  stack: TestStack;
  link: TcpProxy;
  rotctld: RotctldLog;
  rotorId: number;
  /** Number of move commands of all clients so far. */
  slews: () => number;
  /**
   * Number of returns to earlier targets since the `from`th command, which means points measured
   * again.
   */
  returns: (from: number) => number;
  pidOf: (name: ProcessName) => number;
  moving: () => Promise<boolean>;
  stop: () => Promise<void>;
}

/** `rotor` extends `fastRotor`. */
export async function startWatchedStack(
  options: TestStackOptions = {},
  rotor: object = {},
): Promise<WatchedStack> {
  const rotctld = new RotctldLog(Date.now);
  const link = await startTcpProxy({
    onRequest: (bytes, connection) => rotctld.take(bytes, connection),
  });
  const stack = await startTestStack({ ...options, env: { ...LARGE_BLOCKS, ...options.env } });
  link.targetPort = stack.addresses.simulator.rotctldPort;
  return {
    stack,
    link,
    rotctld,
    rotorId: await addRotor(stack, { port: link.port, ...rotor }),
    slews: () => rotctld.commands.filter(({ target }) => target).length,
    returns(from) {
      const places = rotctld.commands
        .slice(from)
        .flatMap(({ target }) => (target ? JSON.stringify(target) : []));
      const visits = places.filter((place, i) => place !== places[i - 1]);
      return visits.length - new Set(visits).size;
    },
    pidOf(name) {
      const pid = stack.processes.get(name)?.pid;
      if (pid === undefined) throw new Error(`${name} is not running`);
      return pid;
    },
    moving: async () => (await stack.simulator<{ moving: boolean }>('GET', '/state')).body.moving,
    async stop() {
      await stack.stop();
      await link.close();
    },
  };
}
