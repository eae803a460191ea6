import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../support/peers.ts';
import { ROOT, run, type Engine } from './engine.ts';

const STAND_INS = fileURLToPath(new URL('stand-ins', import.meta.url));
const DEBIAN = 'localhost/sky-scan-debian';

/** The images of other projects that Dockerfile and docker-compose.yml name. */
export type ForeignImages = Record<'node' | 'postgres' | 'mosquitto', string>;

export function foreignImages(): ForeignImages {
  const find = (file: string, pattern: RegExp) =>
    pattern.exec(readFileSync(join(ROOT, file), 'utf8'))?.[1] ?? '';
  return {
    node: find('Dockerfile', /^FROM (node:\S+)$/m),
    postgres: find('docker-compose.yml', /image: (postgres:\S+)/),
    mosquitto: find('docker-compose.yml', /image: (eclipse-mosquitto:\S+)/),
  };
}

/** The name of Sky Scan's image in docker-compose.yml. */
export function skyScanImage(): string {
  return /image: (sky-scan:\S+)/.exec(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'))?.[1] ?? '';
}

/**
 * Downloads the images of other projects. Where that is impossible, builds stand-ins from Debian's
 * packages under the same names: Sky Scan's containers are real, PostgreSQL and Mosquitto are
 * Debian's versions.
 */
export async function provideForeignImages(engine: Engine): Promise<void> {
  const images = foreignImages();
  for (const [target, image] of Object.entries(images)) {
    if (await exists(engine, image)) continue;
    try {
      await engine.podman('pull', '--quiet', image);
    } catch (error) {
      process.stderr.write(`${image} cannot be downloaded (${String(error)}); building a stand-in\n`);
      await buildStandIn(engine, target, image);
    }
  }
}

async function exists(engine: Engine, image: string): Promise<boolean> {
  return engine.podman('image', 'exists', image).then(
    () => true,
    () => false,
  );
}

async function buildStandIn(engine: Engine, target: string, image: string): Promise<void> {
  const context = mkdtempSync(join(tmpdir(), 'sky-scan-stand-in-'));
  try {
    if (!(await exists(engine, DEBIAN))) await importDebian(engine, join(context, 'debian'));
    cpSync(STAND_INS, context, { recursive: true });
    cpSync(process.execPath, join(context, 'node'), { dereference: true });
    cpSync(npmFolder(), join(context, 'npm'), { recursive: true });
    await engine.podman('build', '--target', target, '--tag', image, context);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** A minimal Debian, of the release and from the mirror of this machine. */
async function importDebian(engine: Engine, folder: string): Promise<void> {
  const program = findProgram('debootstrap');
  if (!program) throw new Error('debootstrap is not installed');
  const release = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  const format = ['--format', '$(RELEASE) $(REPO_URI)', 'Created-By: Packages'];
  const targets = (await run('apt-get', ['indextargets', ...format])).split('\n');
  const mirror = targets.find((line) => line.startsWith(`${release} `))?.split(' ')[1] ?? '';
  await run(program, ['--variant=minbase', '--include=ca-certificates', release, folder, mirror]);
  const archive = `${folder}.tar`;
  await run('tar', ['-C', folder, '-cf', archive, '.']);
  rmSync(folder, { recursive: true, force: true });
  await engine.podman('import', archive, DEBIAN);
  rmSync(archive);
}

function npmFolder(): string {
  // .../npm/bin/npm-cli.js
  return dirname(dirname(realpathSync(findProgram('npm') ?? '')));
}
