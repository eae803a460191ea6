/**
 * A program beside a module, for a thread or a process of its own, and its options for Node. Tests
 * run it from the sources. `moduleUrl`: `import.meta.url`; `name` without extension.
 */
export function siblingProgram(moduleUrl: string, name: string): { url: URL; execArgv: string[] } {
  const isSource = moduleUrl.endsWith('.ts');
  return {
    url: new URL(`./${name}.${isSource ? 'ts' : 'js'}`, moduleUrl),
    execArgv: isSource ? ['--conditions=source', '--import', 'tsx'] : [],
  };
}
