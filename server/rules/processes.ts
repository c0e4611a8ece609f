/** Whether a process of this machine lives. A number may have been given to another process since: that counts, too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process answers EPERM: it lives.
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
}
