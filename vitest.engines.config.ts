import { configDefaults } from 'vitest/config';
import { leftOut } from './test/support/left-out.ts';
import { suitesAlone } from './test/support/suites-alone.ts';

/** npm run test:engines: engines that are elsewhere, users without root, and every way of starting containers. */
export default suitesAlone({
  name: 'engines',
  exclude: [...configDefaults.exclude, ...leftOut],
  testTimeout: 120_000,
  hookTimeout: 120_000,
});
