import type { Argument, Command, Option } from 'commander';

/** The completions at the cursor. */
export interface Completion {
  /** Words with their descriptions. */
  words: { word: string; description: string }[];
  /** Whether file names are possible too. */
  files: boolean;
}

/** Looks up ids at the API; `rotor` and `scan` are names of arguments. */
export type Lookup = (kind: 'rotor' | 'scan') => Promise<{ word: string; description: string }[]>;

const LOOKED_UP = ['rotor', 'scan'] as const;

/**
 * Completes a command line from the command tree, so it covers every command and option. `words`:
 * the words after the program name; the last one is unfinished and may be empty.
 */
export async function complete(
  program: Command,
  words: readonly string[],
  lookup: Lookup,
): Promise<Completion> {
  const unfinished = words.at(-1) ?? '';
  const { command, options, position, pending, isInvalid } = parse(program, words.slice(0, -1));
  if (isInvalid) return NONE;
  const inline = /^(--[\w-]+)=(.*)$/s.exec(unfinished);
  const inlineOption = inline && findOption(command, inline[1] ?? '');
  const option = pending ?? (inlineOption?.required ? inlineOption : undefined);
  if (option) return matching(await optionValues(option, lookup), inline ? (inline[2] ?? '') : unfinished);
  if (unfinished.startsWith('-'))
    return matching({ words: remainingOptions(command, options), files: false }, unfinished);
  if (visible(command).length > 0)
    return matching(
      {
        words: visible(command).map((sub) => ({ word: sub.name(), description: sub.description() })),
        files: false,
      },
      unfinished,
    );
  const all = command.registeredArguments;
  const argument = all[position] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  return matching(argument ? await argumentValues(argument, lookup) : NONE, unfinished);
}

const NONE: Completion = { words: [], files: false };

interface ParsedLine {
  command: Command;
  /** Options given so far. */
  options: Option[];
  /** Number of arguments given so far. */
  position: number;
  /** An option that waits for its value. */
  pending: Option | undefined;
  /** A word is not a known command. */
  isInvalid: boolean;
}

function parse(program: Command, words: readonly string[]): ParsedLine {
  const line: ParsedLine = {
    command: program,
    options: [],
    position: 0,
    pending: undefined,
    isInvalid: false,
  };
  for (const word of words) {
    if (line.pending) {
      line.pending = undefined;
      continue;
    }
    if (word.startsWith('-')) {
      const option = findOption(line.command, word.replace(/=.*$/s, ''));
      if (!option) continue;
      line.options.push(option);
      if (option.required && !word.includes('=')) line.pending = option;
      continue;
    }
    const sub = line.command.commands.find((command) => command.name() === word);
    if (sub) Object.assign(line, { command: sub, position: 0 });
    else if (visible(line.command).length > 0) line.isInvalid = true;
    else line.position++;
  }
  return line;
}

function findOption(command: Command, word: string): Option | undefined {
  return command.options.find(({ long, short }) => long === word || short === word);
}

function visible(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((sub) => sub.name() !== 'help');
}

function remainingOptions(command: Command, given: readonly Option[]) {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter((option) => !given.some(({ long }) => long === option.long))
    .map((option) => ({ word: option.long ?? option.short ?? '', description: option.description }));
}

function optionValues(option: Option, lookup: Lookup): Promise<Completion> {
  return valuesOf(option.argChoices, option.attributeName(), option.attributeName() === 'output', lookup);
}

function argumentValues(argument: Argument, lookup: Lookup): Promise<Completion> {
  return valuesOf(argument.argChoices, argument.name(), false, lookup);
}

async function valuesOf(
  choices: readonly string[] | undefined,
  name: string,
  files: boolean,
  lookup: Lookup,
): Promise<Completion> {
  if (choices) return { words: choices.map((word) => ({ word, description: '' })), files: false };
  const kind = LOOKED_UP.find((known) => known === name);
  return { words: kind ? await lookup(kind) : [], files };
}

function matching({ words, files }: Completion, start: string): Completion {
  return { words: words.filter(({ word }) => word.startsWith(start)), files };
}
