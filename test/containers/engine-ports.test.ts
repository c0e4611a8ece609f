/** The ports of an engine, each by its contract, on every implementation. They start containers, so they are here. */
import { openEngine } from '../../server/adapters/open-engine.ts';
import { builderContract } from '../contract/builder.contract.ts';
import { containersContract } from '../contract/containers.contract.ts';
import { imagesContract } from '../contract/images.contract.ts';
import { transfersContract } from '../contract/transfers.contract.ts';

containersContract('started by the engine', () => openEngine('local'));
containersContract('started by the runtime', () => openEngine('direct'));
containersContract('with the engine’s API alone', () => openEngine('portable'));
imagesContract('Docker', () => openEngine());
builderContract('Docker', () => openEngine());
transfersContract('Docker', () => openEngine());
