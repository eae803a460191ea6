export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The hidden command that the scripts call. It prints one word and its description per line,
 * separated by a tab.
 */
export const COMPLETE = '__complete';
/** Printed instead of words where file names are possible. */
export const FILES = ':files';

/** The completion script of a shell. It calls the command itself, so it never becomes stale. */
export function completionScript(shell: Shell): string {
  return { bash: BASH, zsh: ZSH, fish: FISH }[shell];
}

const BASH = `# skyscan completion for bash: eval "$(skyscan completion bash)"
_skyscan() {
  local IFS=$'\\n' line words
  COMPREPLY=()
  words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  while read -r line; do
    if [[ $line == '${FILES}' ]]; then
      COMPREPLY+=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
    elif [[ -n $line ]]; then
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <("\${COMP_WORDS[0]}" ${COMPLETE} -- "\${words[@]}" 2>/dev/null)
}
complete -o filenames -F _skyscan skyscan
`;

const ZSH = `#compdef skyscan
# skyscan completion for zsh: eval "$(skyscan completion zsh)"
_skyscan() {
  local line word about
  local -a found
  while IFS= read -r line; do
    if [[ $line == '${FILES}' ]]; then
      _files
    elif [[ -n $line ]]; then
      word=\${line%%$'\\t'*}
      about=\${line#*$'\\t'}
      found+=("\${word//:/\\\\:}:$about")
    fi
  done < <("\${words[1]}" ${COMPLETE} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#found} )) && _describe 'skyscan' found
}
compdef _skyscan skyscan
`;

const FISH = `# skyscan completion for fish: skyscan completion fish | source
function __skyscan_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in (command $words[1] ${COMPLETE} -- $words[2..-1] 2>/dev/null)
    if test "$line" = '${FILES}'
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c skyscan -f -a '(__skyscan_complete)'
`;
