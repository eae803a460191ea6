import { readdirSync, readFileSync } from 'node:fs';

/** kill -9 of a process and all that it has started. */
export function killTree(root: number): void {
  // Frozen first, so that none is started meanwhile.
  freezeTree(root);
  signalTree(root, 'SIGKILL');
}

/** SIGSTOP of a process and all that it has started. */
export function freezeTree(root: number): void {
  const frozen = new Set<number>();
  for (;;) {
    const fresh = treeOf(root).filter((pid) => !frozen.has(pid));
    if (fresh.length === 0) return;
    for (const pid of fresh) {
      frozen.add(pid);
      signal(pid, 'SIGSTOP');
    }
  }
}

/** SIGCONT. */
export function thawTree(root: number): void {
  signalTree(root, 'SIGCONT');
}

function signalTree(root: number, what: NodeJS.Signals): void {
  for (const pid of treeOf(root)) signal(pid, what);
}

function signal(pid: number, what: NodeJS.Signals): void {
  try {
    process.kill(pid, what);
  } catch {
    // It has exited meanwhile.
  }
}

/** The process and its descendants, parents first. */
function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function parentOf(pid: number): number | undefined {
  try {
    // The name, in parentheses, may contain spaces. The state follows, then the parent.
    const [, parent] = /\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return Number(parent);
  } catch {
    return undefined;
  }
}
