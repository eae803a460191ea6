import type { Argument, Command, Option } from 'commander';

/** What may stand where the cursor is. */
export interface Completion {
  /** Words, each with what it means. */
  words: { word: string; about: string }[];
  /** Names of files may stand there, too. */
  files: boolean;
}

/** What the API knows: `rotor` and `scan` are names of arguments. */
export type Lookup = (what: 'rotor' | 'scan') => Promise<{ word: string; about: string }[]>;

const LOOKED_UP = ['rotor', 'scan'] as const;

/**
 * Completes a command line from the tree of commands itself, so that it knows every command and
 * option that there is. `words` are those after the name of the program, the last of them
 * unfinished and perhaps empty.
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
        words: visible(command).map((sub) => ({ word: sub.name(), about: sub.description() })),
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
  /** Given already. */
  options: Option[];
  /** How many arguments were given. */
  position: number;
  /** The option whose value comes next. */
  pending: Option | undefined;
  /** A word is no command. */
  isInvalid: boolean;
}

function parse(program: Command, words: readonly string[]): ParsedLine {
  const place: ParsedLine = { command: program, options: [], position: 0, pending: undefined, isInvalid: false };
  for (const word of words) {
    if (place.pending) {
      place.pending = undefined;
      continue;
    }
    if (word.startsWith('-')) {
      const option = findOption(place.command, word.replace(/=.*$/s, ''));
      if (!option) continue;
      place.options.push(option);
      if (option.required && !word.includes('=')) place.pending = option;
      continue;
    }
    const sub = place.command.commands.find((command) => command.name() === word);
    if (sub) Object.assign(place, { command: sub, position: 0 });
    else if (visible(place.command).length > 0) place.isInvalid = true;
    else place.position++;
  }
  return place;
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
    .map((option) => ({ word: option.long ?? option.short ?? '', about: option.description }));
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
  if (choices) return { words: choices.map((word) => ({ word, about: '' })), files: false };
  const what = LOOKED_UP.find((known) => known === name);
  return { words: what ? await lookup(what) : [], files };
}

function matching({ words, files }: Completion, start: string): Completion {
  return { words: words.filter(({ word }) => word.startsWith(start)), files };
}
