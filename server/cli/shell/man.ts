/** gradeport man: the manual page, made from the commands themselves. docs/gradeport.1 is its output. */
import { Command, type Option } from 'commander';
import { data } from '../ui/terminal.ts';
import { allCommands, notesOf, pathOf, rootOf } from './help.ts';

export function manCommand(): Command {
  return new Command('man')
    .description('print the manual page, in the format of man')
    .addHelpText('after', EXAMPLES)
    .action((_options: unknown, command: Command) => data(manPage(rootOf(command))));
}

const EXAMPLES = `
Examples:
  gradeport man | man -l -
  gradeport man > /usr/local/share/man/man1/gradeport.1`;

/** Text without meaning to roff: no line begins with a dot or a quote, and a hyphen is a minus sign. */
const plain = (text: string): string =>
  text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/gm, '\\&$&');

const section = (title: string, ...lines: string[]): string => [`.SH ${title}`, ...lines].join('\n');
const term = (name: string, text: string): string => `.TP\n.B ${plain(name)}\n${plain(text)}`;
/** Lines without reformatting: examples. */
const verbatim = (text: string): string => `.nf\n${plain(text)}\n.fi`;

export function manPage(program: Command): string {
  const commands = allCommands(program).filter((command) => command.commands.length === 0);
  return [
    `.TH GRADEPORT 1 "" "gradeport ${program.version() ?? ''}" "User Commands"`,
    section('NAME', 'gradeport \\- grade submissions in isolated containers'),
    section('SYNOPSIS', '.B gradeport', '.I noun verb', '[options] [arguments]'),
    section('DESCRIPTION', plain(program.description())),
    section('COMMANDS', ...commands.map(commandPart)),
    section('EXIT STATUS', verbatim(notesOf(program))),
    section('ENVIRONMENT', ...ENVIRONMENT.map(([name, text]) => term(name, text))),
    section('FILES', ...FILES.map(([name, text]) => term(name, text))),
  ].join('\n');
}

function commandPart(command: Command): string {
  const parts = [
    `.SS ${plain(`${pathOf(command).join(' ')} ${command.usage()}`)}`,
    plain(sentence(command.description())),
    ...command.registeredArguments
      .filter(({ description }) => description !== '')
      .map((argument) => term(argument.name(), argument.description)),
    ...command.options.map((option) => term(option.flags, described(option))),
  ];
  const notes = notesOf(command);
  return [...parts, ...(notes === '' ? [] : ['.PP', verbatim(notes)])].join('\n');
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function described({ description, argChoices }: Option): string {
  return argChoices === undefined ? description : `${description}: ${argChoices.join(', ')}`;
}

const ENVIRONMENT = [
  ['GRADEPORT_CONFIG', 'A configuration file in YAML, for every command.'],
  ['GRADEPORT_…', 'One setting each, such as GRADEPORT_PORT; "gradeport config show" lists what holds.'],
  [
    'DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH',
    'Where the container engine is, as for Docker\'s own command; "gradeport doctor" says which one is used.',
  ],
  ['NO_COLOR', 'Not empty: no colours.'],
] as const;

const FILES = [
  ['data/', 'Everything that is kept, beside the code; see --data.'],
  ['environments/', 'The images that come with Gradeport, a folder each.'],
] as const;
