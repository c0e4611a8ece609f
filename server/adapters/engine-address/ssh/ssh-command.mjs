// What ssh is asked to do: forward the engine's socket, and run a script that looks for that socket and then waits.
/** @typedef {import('../parse-place.mjs').SshPlace} SshPlace */

const OPTIONS = {
  // A server cannot answer questions; an unconfirmed host key is refused with a sentence.
  BatchMode: 'yes',
  ConnectTimeout: '20',
  ServerAliveInterval: '15',
  ServerAliveCountMax: '3',
  StreamLocalBindUnlink: 'yes',
  // A connection of its own: it must end with this process, whatever the user's ssh_config shares or starts.
  ControlMaster: 'no',
  ControlPath: 'none',
  RemoteCommand: 'none',
  PermitLocalCommand: 'no',
  ForwardAgent: 'no',
  ForwardX11: 'no',
  ExitOnForwardFailure: 'no',
  LogLevel: 'ERROR',
};

/**
 * @param {SshPlace} place
 * @param {string} local the socket on this machine
 * @param {string} remote the engine's
 * @param {string} mark precedes what the script says: profiles of shells print, too
 */
export function sshArguments({ user, host, port, path }, local, remote, mark) {
  const options = Object.entries(OPTIONS).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return [
    '-T',
    ...options,
    '-L',
    `${local}:${remote}`,
    ...(user === null ? [] : ['-l', user]),
    ...(port === null ? [] : ['-p', String(port)]),
    '--',
    host,
    script(path, mark),
  ];
}

/**
 * One line in single quotes, so that every login shell hands it to sh as it is. It ends when its input does, which is
 * when this process ends, however that happens.
 * @param {string | null} path
 * @param {string} mark
 */
function script(path, mark) {
  const places =
    path === null
      ? '/var/run/docker.sock "$XDG_RUNTIME_DIR/docker.sock" "/run/user/$(id -u)/docker.sock" "$HOME/.docker/run/docker.sock" "$HOME/.docker/desktop/docker.sock"'
      : path;
  const look = `if [ -w "$p" ]; then echo ${mark} may "$p"; else echo ${mark} denied "$p"; fi`;
  return `sh -c 'for p in ${places}; do if [ -S "$p" ]; then ${look}; fi; done; echo ${mark} ready; exec cat >/dev/null'`;
}
