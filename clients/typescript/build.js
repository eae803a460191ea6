// Compiles the package with the TypeScript of the repository; `npm pack` runs it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, '../..');

rmSync(join(folder, 'dist'), { recursive: true, force: true });
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', folder], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
