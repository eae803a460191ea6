import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isAddress } from '../base/address.ts';
import { SkyScanError, errorMessage } from '../base/errors.ts';

/**
 * Reads a service's configuration from the environment. Any variable may be read from a file
 * instead (`NAME_FILE`, for secrets). Throws one `invalid` error that lists every problem without
 * the values, which may be secrets.
 */
export function loadConfig<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv): z.infer<S> {
  const problems: string[] = [];
  // Variables whose file cannot be read; already reported.
  const unread = new Set<string>();
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    try {
      const value = readVariable(name, env);
      if (value !== undefined && value !== '') given[name] = value;
    } catch (error) {
      unread.add(name);
      problems.push(`${name}_FILE: ${errorMessage(error)}`);
    }
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success)
    for (const issue of parsed.error.issues)
      if (!unread.has(String(issue.path[0])))
        problems.push(`${issue.path.join('.') || 'configuration'}: ${issue.message}`);
  if (problems.length > 0 || !parsed.success)
    throw new SkyScanError(
      'invalid',
      `the configuration has ${problems.length} problem(s): ${problems.join('; ')}`,
    );
  return parsed.data;
}

function readVariable(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const file = env[`${name}_FILE`];
  if (env[name] !== undefined || !file) return env[name];
  return readFileSync(file, 'utf8').trim();
}

/** A TCP port; with 0 the system chooses one. */
export const portVariable = z.coerce.number().int().min(0).max(65535);

/** `host:port`. */
export const addressVariable = z.string().refine(isAddress, 'must look like host:port');
