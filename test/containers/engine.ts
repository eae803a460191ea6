import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../support/peers.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The container engine. Images, containers, volumes and networks are in a folder of their own, so
 * that a Sky Scan that runs on this machine is left alone.
 */
export interface Engine {
  /** Environment with `docker`, `podman` and `sudo` for the commands of the documents. */
  env: NodeJS.ProcessEnv;
  /** Runs podman; resolves with its standard output, and rejects with its standard error. */
  podman(...args: string[]): Promise<string>;
  /** Removes all containers, volumes and networks; images stay for the next run. */
  clear(): Promise<void>;
}

/** Why podman cannot run here; undefined if it can. */
export function whyNoEngine(): string | undefined {
  const programs = ['podman', 'podman-compose', 'runc', 'catatonit', 'curl', 'iptables'];
  const missing = programs.filter((name) => !findProgram(name));
  if (missing.length > 0) return `${missing.join(', ')} not installed`;
  return process.getuid?.() === 0 ? undefined : 'not root';
}

export async function startEngine(): Promise<Engine> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'sky-scan/containers');
  const at = (name: string) => join(folder, name);
  for (const name of ['bin', 'run', 'networks']) mkdirSync(at(name), { recursive: true });
  // cgroupfs, because there may be no systemd. The default limit of open files may be higher than
  // this machine allows.
  writeFileSync(
    at('containers.conf'),
    `[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
init_path = "${findProgram('catatonit')}"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "${at('run')}/libpod"
[network]
network_config_dir = "${at('networks')}"
`,
  );
  writeFileSync(
    at('storage.conf'),
    `[storage]
driver = "overlay"
graphroot = "${at('storage')}"
runroot = "${at('run')}/storage"
`,
  );
  const podman = findProgram('podman');
  program('podman', `[ "$1" = build ] || exec ${podman} "$@"\nshift\n${await buildCommand(at('npmrc'))}`);
  program(
    'docker',
    `[ "$1" = compose ] || exec podman "$@"
shift
exec ${process.execPath} ${join(ROOT, 'scripts/podman-compose.js')} "$@"`,
  );
  program('sudo', 'exec "$@"');
  program('curl', `exec ${findProgram('curl')} --fail-with-body "$@"`);

  function program(name: string, script: string): void {
    writeFileSync(join(at('bin'), name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(at('bin'), name), 0o755);
  }

  /** The network and the npm settings of this machine also apply to a build. */
  async function buildCommand(npmrc: string): Promise<string> {
    const setting = async (name: string) => (await run('npm', ['config', 'get', name])).trim();
    const files = [await setting('cafile'), process.env['NODE_EXTRA_CA_CERTS'] ?? ''];
    const authority = files.find((file) => existsSync(file));
    const lines = [`registry=${await setting('registry')}`];
    const mounts = [`${npmrc}:/usr/local/etc/npmrc:ro`];
    if (authority !== undefined) {
      lines.push(`cafile=${authority}`);
      mounts.push(`${authority}:${authority}:ro`);
    }
    writeFileSync(npmrc, `${lines.join('\n')}\n`);
    return `exec ${podman} build --network host ${mounts.map((mount) => `--volume ${mount}`).join(' ')} "$@"`;
  }

  const env = {
    ...process.env,
    PATH: [at('bin'), process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter),
    CONTAINERS_CONF: at('containers.conf'),
    CONTAINERS_STORAGE_CONF: at('storage.conf'),
    // Health checks run when the test asks.
    DISABLE_HC_SYSTEMD: 'true',
  };
  const engine = {
    env,
    podman: (...args: string[]) => run(join(at('bin'), 'podman'), args, env),
    async clear() {
      await engine.podman('pod', 'rm', '--all', '--force');
      const removeAll = () => engine.podman('rm', '--all', '--force', '--volumes', '--time', '2');
      // podman may report a container that has just stopped as an error.
      await removeAll().catch(removeAll);
      await engine.podman('volume', 'prune', '--force');
      await engine.podman('network', 'prune', '--force');
      for (const id of (await engine.podman('secret', 'ls', '--quiet')).split('\n').filter(Boolean))
        await engine.podman('secret', 'rm', id);
    },
  };
  await engine.clear();
  return engine;
}

/** Runs a program; resolves with its standard output, and rejects with its standard error. */
export async function run(program: string, args: string[], env = process.env): Promise<string> {
  const options = { env, maxBuffer: 64 * 1024 * 1024 };
  return (await promisify(execFile)(program, args, options)).stdout;
}
