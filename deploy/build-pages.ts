/** Bundles scripts and styles while the image is made: in the container the code cannot be written to. */
import { join } from 'node:path';
import { buildClient, WEB } from '../web/build.ts';

await buildClient({ outFolder: join(WEB, 'dist') });
