/** The text of the systemd unit. Pure. Settings: systemd.service(5), systemd.exec(5), systemd.kill(5), systemd.unit(5). */
import { commandLine, restOfLine, word } from './quoting.ts';

/** The first line of each unit that Gradeport wrote; others are left alone. */
export const MARK = '# Written by "gradeport service install", which writes it anew.';
/** The second line: for the commands that read the unit. */
export const FACTS = '# gradeport: ';

export type ServiceUser = { name: string; group: string | null };

export type UnitPlan = {
  /** gradeport.service */
  unit: string;
  node: string;
  /** bin/gradeport.mjs, and what follows. */
  args: readonly string[];
  /** The folder of the code: relative paths of a configuration file begin there. */
  folder: string;
  data: string;
  /** Where the server will answer on this machine. */
  address: string;
  variables: Readonly<Record<string, string>>;
  /** Holds secrets; it may be missing. */
  environmentFile: string;
  /** null: root. */
  user: ServiceUser | null;
  /** Folders beside the data folder in which the server writes. */
  writable: readonly string[];
  port: number;
  /** Units of the engine that are wanted; none where it is on another machine. */
  engineUnits: readonly string[];
};

export const unitText = (plan: UnitPlan): string =>
  [
    MARK,
    `${FACTS}${JSON.stringify({ data: plan.data, address: plan.address })}`,
    `# Your own changes: systemctl edit ${plan.unit}`,
    ...section('Unit', aboutUnit(plan)),
    ...section('Service', [...start(plan), ...stop(), ...(plan.user === null ? asRoot() : asUser(plan))]),
    ...section('Install', ['WantedBy=multi-user.target']),
  ].join('\n');

const section = (name: string, lines: readonly string[]): string[] => ['', `[${name}]`, ...lines];

const aboutUnit = ({ unit, engineUnits }: UnitPlan): string[] => [
  `Description=Gradeport grades submissions (${unit})`,
  `After=network-online.target ${['docker.service', 'podman.socket', 'mongod.service'].join(' ')}`,
  `Wants=${['network-online.target', ...engineUnits].join(' ')}`,
  '# A database or an engine may be away for some minutes; after an hour of failed starts systemd gives up.',
  'StartLimitIntervalSec=2h',
  'StartLimitBurst=240',
];

const start = ({ node, args, folder, variables, environmentFile, user }: UnitPlan): string[] => [
  '# The server reports by systemd-notify, a program of its own. Only root can do that in the name of the server.',
  'Type=notify',
  `NotifyAccess=${user === null ? 'main' : 'all'}`,
  `ExecStart=${commandLine(node, args)}`,
  `WorkingDirectory=${restOfLine(folder)}`,
  ...Object.entries(variables).map(([name, value]) => `Environment=${word(`${name}=${value}`)}`),
  `EnvironmentFile=-${environmentFile}`,
  '# A new version may change every document of the store before it serves.',
  'TimeoutStartSec=1h',
  'Restart=on-failure',
  'RestartSec=15s',
  '# Another start does not help where the configuration is wrong, or the data folder belongs to another user.',
  'RestartPreventExitStatus=2 3',
  '# A server whose event loop stands still sends no sign of life, and is started again.',
  'WatchdogSec=2min',
  'StandardOutput=journal',
  'StandardError=journal',
  'LimitNOFILE=65536',
  'LimitCORE=0',
];

const stop = (): string[] => [
  '# The server ends its containers and closes its store; what is left is killed. Unfinished runs are graded at the next start.',
  'KillMode=mixed',
  'TimeoutStopSec=60s',
];

const asRoot = (): string[] => [
  '# As root the server mounts folders that the engine must see, makes control groups and users, and starts the runtime.',
  '# ProtectSystem, PrivateTmp and everything else that gives a service mounts of its own would hide those folders from the',
  '# engine; filters of system calls, fewer capabilities and NoNewPrivileges would hold for programs in containers, too.',
  '# With --user the server needs none of this, and is confined.',
  'Delegate=yes',
  'OOMPolicy=continue',
  'TasksMax=infinity',
  'KeyringMode=private',
];

/** A port below 1024 needs a right that users do not have. */
const LOWEST_FREE_PORT = 1024;

const isTemporary = (folder: string): boolean => /^\/(var\/)?tmp(\/|$)/.test(folder);

function asUser({ user, folder, data, writable, port }: UnitPlan): string[] {
  const rights = port < LOWEST_FREE_PORT ? 'CAP_NET_BIND_SERVICE' : '';
  return [
    `User=${user?.name ?? ''}`,
    ...(user?.group ? [`Group=${user.group}`] : []),
    '# The engine starts all containers: the server needs its socket, its folders and the network.',
    'OOMPolicy=continue',
    'NoNewPrivileges=yes',
    `CapabilityBoundingSet=${rights}`,
    ...(rights === '' ? [] : [`AmbientCapabilities=${rights}`]),
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    `ReadWritePaths=${word(data)}`,
    // A dash: one that is missing is no reason not to start.
    ...writable.map((folder) => `ReadWritePaths=${word(`-${folder}`)}`),
    // A temporary folder of its own would hide them.
    ...([folder, data, ...writable].some(isTemporary) ? [] : ['PrivateTmp=yes']),
    'PrivateDevices=yes',
    ...['KernelTunables', 'KernelModules', 'KernelLogs', 'ControlGroups', 'Clock', 'Hostname'].map(
      (what) => `Protect${what}=yes`,
    ),
    'RestrictSUIDSGID=yes',
    'RestrictRealtime=yes',
    'RestrictNamespaces=yes',
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
    'LockPersonality=yes',
    'SystemCallArchitectures=native',
    'KeyringMode=private',
  ];
}
