import type { Rotor } from '#contract/rest/rotors';
import { Argument, type Command } from 'commander';
import type { Context } from '../context.ts';
import { complete, type Lookup } from '../completion/complete.ts';
import { COMPLETE, completionScript, FILES, SHELLS, type Shell } from '../completion/scripts.ts';
import { printable } from '../output.ts';
import type { Session } from '#contract/rest/sessions';

const HELP = `
  bash  eval "$(skyscan completion bash)"      in ~/.bashrc
  zsh   eval "$(skyscan completion zsh)"       in ~/.zshrc, after compinit
  fish  skyscan completion fish | source       in ~/.config/fish/config.fish`;

// Nobody waits longer for a tab.
const LOOKUP_TIMEOUT_MS = 1_500;

/** `skyscan completion SHELL`, and what its scripts ask. */
export function completion(program: Command, { api, out }: Context): void {
  program
    .command('completion')
    .description('print what a shell needs to complete commands, options and ids')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText('after', HELP)
    .action((shell: Shell) => void out.write(completionScript(shell)));

  // Ids are a kindness: where no API answers, there are none.
  const lookup: Lookup = async (what) => {
    const found = what === 'rotor' ? rotors() : scans();
    return Promise.race([
      found.catch(() => []),
      new Promise<[]>((resolve) => setTimeout(resolve, LOOKUP_TIMEOUT_MS, []).unref()),
    ]);
  };
  async function rotors() {
    const all = await api().get<Rotor[]>('/api/rotors');
    return all.map(({ id, name }) => ({ word: String(id), about: printable(name) }));
  }
  async function scans() {
    const all = await api().get<Session[]>('/api/skyscan/sessions?limit=50');
    return all.map(({ id, status }) => ({ word: String(id), about: status }));
  }

  program
    .command(COMPLETE, { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words: string[]) => {
      const found = await complete(program, words, lookup);
      if (found.files) out.write(`${FILES}\n`);
      for (const { word, about } of found.words) out.write(`${word}\t${about}\n`);
    });
}
