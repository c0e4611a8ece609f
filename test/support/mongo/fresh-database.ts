/** Names of databases that tests may drop. */
import { randomBytes } from 'node:crypto';

export const TEST_DATABASE = /^gp-test-[0-9a-f]{16}$/;

export const freshDatabase = (): string => `gp-test-${randomBytes(8).toString('hex')}`;
