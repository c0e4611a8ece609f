import { suitesAlone } from './test/support/suites-alone.ts';

/** npm run test:compose: docker-compose.yml as it is deployed. Minutes: it makes the images of server, database and proxy. */
export default suitesAlone({ name: 'compose', testTimeout: 600_000, hookTimeout: 1_800_000 });
