/** Completion for fish: one line for each word that may follow, and where. */
import { type CompletedCommand, type CompletedOption, quoted, type Value } from './model.ts';

const MADE_BY = '# Completion of gradeport for fish, made by: gradeport completion fish';

/** Inside single quotes fish does not know '\'', but \'. */
const text = (words: string): string => `'${words.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function offer(value: Value): string {
  if (value.kind === 'words') return `-x -a ${text(value.words.join(' '))}`;
  if (value.kind === 'paths') return '-r -F';
  return value.kind === 'anything' ? '-x' : `-x -a ${text(`(gradeport __complete ${value.kind})`)}`;
}

/** For an argument, not a flag: -r and -x are about a flag's value. */
function offerArgument(value: Value): string {
  if (value.kind === 'paths') return '-F';
  return offer(value).replace(/^-x ?/, '');
}

function optionLine(at: string, { long, short, description, value }: CompletedOption): string {
  const flags = [`-l ${long.replace(/^--/, '')}`, ...(short === null ? [] : [`-s ${short.slice(1)}`])];
  return [at, ...flags, ...(value === null ? [] : [offer(value)]), '-d', text(description)].join(' ');
}

function linesOf({ path, children, options, values }: CompletedCommand): string[] {
  const at = `complete -c gradeport -n ${text(`__gradeport_at ${quoted(path)}`)}`;
  const first = values.map(offerArgument).find((words) => words !== '');
  return [
    ...children.map(({ name, description }) => `${at} -a ${name} -d ${text(description)}`),
    ...options.map((option) => optionLine(at, option)),
    ...(first === undefined ? [] : [`${at} ${first}`]),
  ];
}

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => text(path));
  return `${MADE_BY}

function __gradeport_at
    set -l command
    for word in (commandline -opc)[2..]
        set -l next (string join -- / $command $word)
        contains -- $next ${paths.join(' ')}; and set command $next
    end
    test "$command" = "$argv[1]"
end

complete -c gradeport -f
${commands.flatMap(linesOf).join('\n')}
`;
}
