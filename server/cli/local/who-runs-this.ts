/** The user of a command on this machine, for functions that need to know who acts. */
import { userInfo } from 'node:os';
import { type Actor, operatorHere } from '../../rules/access.ts';

export function whoRunsThis(): Actor {
  try {
    return operatorHere(userInfo().username);
  } catch {
    return operatorHere(null); // a user without an entry in the list of users, as in some containers
  }
}
