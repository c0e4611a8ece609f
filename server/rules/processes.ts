/** Whether a process with this id lives on this machine. It may be another one that got the same id since. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process answers EPERM: it lives.
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
}
