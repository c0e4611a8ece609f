/** Completion for bash. Names of environments are looked up on demand; the rest is in the script. */
import { type CompletedCommand, quoted, type Value } from './model.ts';

const MADE_BY = '# Completion of gradeport for bash, made by: gradeport completion bash';

/** The shell function that offers a value. Our words contain no white space. */
function offer(value: Value): string {
  if (value.kind === 'words') return `_gradeport_words ${value.words.map(quoted).join(' ')}`;
  if (value.kind === 'anything') return ':';
  return value.kind === 'paths' ? '_gradeport_paths' : `_gradeport_names "$1" ${value.kind}`;
}

const optionCases = ({ path, options }: CompletedCommand): string[] =>
  options.flatMap(({ long, value }) =>
    value === null ? [] : [`    ${quoted(`${path} ${long}`)}) ${offer(value)}; return ;;`],
  );

function argumentCase({ path, children, options, values }: CompletedCommand): string {
  const flags = options.flatMap(({ long, short }) => (short === null ? [long] : [long, short]));
  const words = children.map(({ name }) => quoted(name)).join(' ');
  const last = values.at(-1);
  const of = values.slice(0, -1).map((value, index) => `${index}) ${offer(value)} ;;`);
  const choose =
    words !== ''
      ? `_gradeport_words ${words}`
      : last === undefined
        ? ':'
        : `case $count in ${[...of, `*) ${offer(last)} ;;`].join(' ')} esac`;
  return `    ${quoted(path)})
      if [[ $word == -* ]]; then _gradeport_words ${flags.map(quoted).join(' ')}; else ${choose}; fi ;;`;
}

export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `${MADE_BY}
# shellcheck shell=bash

# Word by word, because "compgen -W" would run what stands in a word.
_gradeport_words() {
  local one
  for one in "$@"; do [[ $one == "$word"* ]] && COMPREPLY+=("$one"); done
}

_gradeport_names() {
  local one
  while IFS= read -r one; do
    [[ $one == "$word"* ]] && COMPREPLY+=("$one")
  done < <("$1" __complete "$2" 2>/dev/null)
}

_gradeport_paths() {
  local one
  compopt -o filenames 2>/dev/null
  while IFS= read -r one; do COMPREPLY+=("$one"); done < <(compgen -f -- "$word")
}

_gradeport() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  local command='' count=0 index next
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    next=\${command:+$command/}\${COMP_WORDS[index]}
    case $next in
      ${paths.join(' | ')}) command=$next ;;
      *) [[ \${COMP_WORDS[index]} == -* ]] || ((count++)) ;;
    esac
  done
  case "$command $before" in
${commands.flatMap(optionCases).join('\n')}
  esac
  case $command in
${commands.map(argumentCase).join('\n')}
  esac
}
complete -F _gradeport gradeport
`;
}
