/** Completion for zsh, with the descriptions of the help. */
import { type CompletedCommand, type CompletedOption, quoted, type Value } from './model.ts';

const MADE_BY = '# Completion of gradeport for zsh, made by: gradeport completion zsh';

function offer(value: Value): string {
  if (value.kind === 'words') return `compadd -- ${value.words.map(quoted).join(' ')}`;
  if (value.kind === 'anything') return ':';
  return value.kind === 'paths' ? '_files' : `_gradeport_names ${value.kind}`;
}

/** _describe takes "name:description"; a colon in a name would end it. */
const described = (name: string, description: string): string =>
  quoted(`${name.replaceAll(':', '\\:')}:${description}`);

const optionCases = ({ path, options }: CompletedCommand): string[] =>
  options.flatMap(({ long, value }) =>
    value === null ? [] : [`    (${quoted(`${path} ${long}`)}) ${offer(value)}; return ;;`],
  );

const flagsOf = ({ long, short, description }: CompletedOption): string[] =>
  [long, ...(short === null ? [] : [short])].map((flag) => described(flag, description));

function argumentCase({ path, children, options, values }: CompletedCommand): string {
  const list = children.map(({ name, description }) => described(name, description)).join(' ');
  const last = values.at(-1);
  const of = values.slice(0, -1).map((value, index) => `(${index}) ${offer(value)} ;;`);
  const choose =
    list !== ''
      ? `list=(${list}); _describe command list`
      : last === undefined
        ? ':'
        : `case $count in ${[...of, `(*) ${offer(last)} ;;`].join(' ')} esac`;
  return `    (${quoted(path)})
      if [[ \${words[CURRENT]} == -* ]]; then list=(${options.flatMap(flagsOf).join(' ')}); _describe option list
      else ${choose}; fi ;;`;
}

export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `#compdef gradeport
${MADE_BY}

_gradeport_names() {
  local -a names
  names=(\${(f)"$(\${words[1]} __complete $1 2>/dev/null)"})
  compadd -a names
}

_gradeport() {
  local command='' next
  local -i count=0 index
  local -a list
  for ((index = 2; index < CURRENT; index++)); do
    next=\${command:+$command/}\${words[index]}
    case $next in
      (${paths.join(' | ')}) command=$next ;;
      (*) [[ \${words[index]} == -* ]] || ((count += 1)) ;;
    esac
  done
  case "$command \${words[CURRENT - 1]}" in
${commands.flatMap(optionCases).join('\n')}
  esac
  case $command in
${commands.map(argumentCase).join('\n')}
  esac
}

# From a file in fpath, or sourced.
if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then _gradeport "$@"; else compdef _gradeport gradeport; fi
`;
}
