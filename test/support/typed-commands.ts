import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A command of a document and its documented output. */
export interface TypedCommand {
  text: string;
  line: number;
  /** The JSON in the trailing comment or in the block below; undefined: no output is documented. */
  answer?: unknown;
  /** Whether `answer` is from a comment and must match exactly. */
  exact: boolean;
}

/** The commands in the `sh` blocks of a Markdown file, in order, as a user types them. */
export function commandsOf(path: string): TypedCommand[] {
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  const commands: TypedCommand[] = [];
  let language: string | undefined;
  let pending = '';
  let json = '';
  let lastBlock: 'sh' | 'json' | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = /^\s*```(\w*)/.exec(line);
    if (fence) {
      if (language === undefined) {
        language = fence[1] ?? '';
        json = '';
      } else {
        const last = commands.at(-1);
        // A JSON block directly below belongs to the last command.
        if (language === 'json' && lastBlock === 'sh' && last) last.answer ??= JSON.parse(json);
        lastBlock = language === 'sh' ? 'sh' : 'json';
        language = undefined;
      }
      continue;
    }
    if (language === 'json') json += line;
    else if (language === 'sh') {
      const whole = pending + line;
      const open = /(\\|\|)$/.test(line) || count(withoutComment(whole), "'") % 2 === 1;
      pending = open ? `${whole.replace(/\\$/, '')}${line.endsWith('\\') ? ' ' : '\n'}` : '';
      if (open || withoutComment(whole).trim() === '') continue;
      const comment = /\s{2,}#\s*(\{.*\})\s*$/.exec(whole)?.[1];
      commands.push({
        text: withoutComment(whole).trim(),
        line: index + 1,
        exact: comment !== undefined,
        ...(comment !== undefined && { answer: JSON.parse(comment) as unknown }),
      });
    } else if (line.trim() !== '') lastBlock = undefined;
  }
  return commands;
}

function withoutComment(text: string): string {
  return text.replace(/(^|\s{2,})#.*$/, '');
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
