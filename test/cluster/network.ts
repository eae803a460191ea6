import { execFileSync } from 'node:child_process';
import { findProgram } from '../support/peers.ts';
import { isRunning } from '../support/processes.ts';

/** A network namespace with one address: a machine of its own for the processes in it. */
export interface Machine {
  readonly name: string;
  readonly address: string;
  /** The command that runs `command` on this machine. */
  commandFor(command: readonly string[]): string[];
  /** From now on all packets are lost in both directions; connections stay open. */
  disconnect(): void;
  reconnect(): void;
}

/** Machines on one Ethernet, and the test process beside them. */
export interface TestNetwork {
  addMachine(name: string): Machine;
  /** Kills all processes of the machines and removes everything; also when this process exits. */
  close(): void;
}

// For tests of networks (RFC 2544): never the addresses of a real one.
const FIRST_BYTES = '198.18';
const SUBNETS = 256;
const FIRST_HOST = 10;

/** Creates the network and removes what a crashed run has left. Takes root. */
export function createNetwork(): TestNetwork {
  removeLeftovers();
  const bridge = `skb${process.pid}`;
  const subnet = freeSubnet();
  const namespaces: string[] = [];

  function close(): void {
    process.off('exit', close);
    for (const namespace of namespaces.splice(0)) removeNamespace(namespace);
    removeLink(bridge);
  }

  process.on('exit', close);
  ip('link', 'add', bridge, 'type', 'bridge', 'forward_delay', '0');
  ip('addr', 'add', `${subnet}.1/24`, 'dev', bridge);
  ip('link', 'set', bridge, 'up');
  return {
    addMachine(name) {
      const index = namespaces.length;
      const namespace = `sky-${process.pid}-${name}`;
      const cable = `sk${process.pid}-${index}`;
      const address = `${subnet}.${FIRST_HOST + index}`;
      ip('netns', 'add', namespace);
      namespaces.push(namespace);
      ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
      ip('-n', namespace, 'link', 'set', 'lo', 'up');
      ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      ip('-n', namespace, 'link', 'set', 'eth0', 'up');
      ip('link', 'set', cable, 'master', bridge, 'up');
      return {
        name,
        address,
        commandFor: (command) => [program(), 'netns', 'exec', namespace, ...command],
        disconnect: () => void ip('link', 'set', cable, 'down'),
        reconnect: () => void ip('link', 'set', cable, 'up'),
      };
    },
    close,
  };
}

/** Of processes that no longer run, and of an earlier process with the id of this one. */
function removeLeftovers(): void {
  const isLeftover = (pid: string | undefined) => Number(pid) === process.pid || !isRunning(Number(pid));
  for (const [, namespace = '', pid] of ip('netns', 'list').matchAll(/^(sky-(\d+)-\S+)/gm))
    if (isLeftover(pid)) removeNamespace(namespace);
  for (const [, bridge = '', pid] of ip('-o', 'link', 'show', 'type', 'bridge').matchAll(/: (skb(\d+)): /g))
    if (isLeftover(pid)) removeLink(bridge);
}

function removeNamespace(namespace: string): void {
  const pidsOf = () => processesIn(namespace);
  // Again for those that were started meanwhile.
  for (let pids = pidsOf(); pids.length > 0; pids = pidsOf())
    for (const pid of pids)
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has exited meanwhile.
      }
  ip('netns', 'del', namespace);
}

function processesIn(namespace: string): number[] {
  try {
    return ip('netns', 'pids', namespace).split('\n').filter(Boolean).map(Number);
  } catch {
    // After a restart of the machine only its name is left.
    return [];
  }
}

function removeLink(name: string): void {
  try {
    ip('link', 'del', name);
  } catch {
    // It was not created.
  }
}

function freeSubnet(): string {
  const used = ip('-o', '-4', 'addr');
  for (let i = 0; i < SUBNETS; i++) {
    const subnet = `${FIRST_BYTES}.${(process.pid + i) % SUBNETS}`;
    if (!used.includes(` ${subnet}.`)) return subnet;
  }
  throw new Error(`no free network in ${FIRST_BYTES}.0.0/16`);
}

function ip(...args: string[]): string {
  return execFileSync(program(), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function program(): string {
  return findProgram('ip') ?? 'ip';
}
