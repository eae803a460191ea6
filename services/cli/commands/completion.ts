import { Argument, type Command } from 'commander';
import type { Context } from '../context.ts';
import { complete, type Lookup } from '../completion/complete.ts';
import { COMPLETE, completionScript, FILES, SHELLS, type Shell } from '../completion/scripts.ts';
import { printable } from '../output.ts';

const HELP = `
  bash  eval "$(skyscan completion bash)"      in ~/.bashrc
  zsh   eval "$(skyscan completion zsh)"       in ~/.zshrc, after compinit
  fish  skyscan completion fish | source       in ~/.config/fish/config.fish`;

// The longest acceptable wait for a completion.
const LOOKUP_TIMEOUT_MS = 1_500;

/** `skyscan completion SHELL`, and the hidden command that its scripts call. */
export function completion(program: Command, { api, out }: Context): void {
  program
    .command('completion')
    .description('print the completion script of a shell, for commands, options and ids')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText('after', HELP)
    .action((shell: Shell) => void out.write(completionScript(shell)));

  // Without an API there are no ids to complete.
  const lookup: Lookup = async (kind) => {
    const found = kind === 'rotor' ? rotors() : scans();
    return Promise.race([
      found.catch(() => []),
      new Promise<[]>((resolve) => setTimeout(resolve, LOOKUP_TIMEOUT_MS, []).unref()),
    ]);
  };
  async function rotors() {
    const all = await api().get('/api/rotors');
    return all.map(({ id, name }) => ({ word: String(id), description: printable(name) }));
  }
  async function scans() {
    const all = await api().get('/api/skyscan/sessions?limit=50');
    return all.map(({ id, status }) => ({ word: String(id), description: status }));
  }

  program
    .command(COMPLETE, { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words: string[]) => {
      const found = await complete(program, words, lookup);
      if (found.files) out.write(`${FILES}\n`);
      for (const { word, description } of found.words) out.write(`${word}\t${description}\n`);
    });
}
