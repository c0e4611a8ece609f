import pino from 'pino';

/** One JSON line per event on stderr; stdout belongs to data. Passwords and cookies never reach it. */
export const createLog = (level: string): pino.Logger =>
  pino(
    { level, redact: ['req.headers.cookie', 'req.headers.authorization', '*.password'] },
    pino.destination(2),
  );
