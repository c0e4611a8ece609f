/** The page of a run that is not over yet, loaded as a page of its own. */
import { followPage } from '../live/follow-run.ts';

followPage();
