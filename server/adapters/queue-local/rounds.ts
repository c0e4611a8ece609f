/**
 * The order of the ids that wait. In each round every owner has one turn, so that the second owner in line waits for one
 * run, however many the first has handed in. Within a round courses take turns, so that a small course does not wait for
 * a large one. What one owner handed in keeps its order. A place is fixed when an id comes: finding it costs no walk.
 */
import type { Whose } from '../../ports/queue.ts';

type Place = {
  round: number;
  /** How many turns its course has in the round before it. */
  nth: number;
  /** The order of arrival. */
  arrival: number;
};
type Entry = Place & { id: string; whose: Whose };

const isBefore = (one: Place, other: Place): boolean =>
  (one.round - other.round || one.nth - other.nth || one.arrival - other.arrival) < 0;

export class Rounds {
  /** In the order in which they are handed out. */
  readonly #entries: Entry[] = [];
  readonly #byId = new Map<string, Entry>();
  /** The latest round in which an owner has an id that waits. */
  readonly #latest = new Map<string, number>();
  /** The next turn of each course in a round, for the present round and later ones. */
  readonly #turns = new Map<number, Map<string, number>>();
  /** The owners that had their turn in the present round. */
  readonly #served = new Set<string>();
  #round = 0;
  /** The nth of what was handed out last: turns that a course did not need are not kept for later. */
  #nth = 0;
  #arrivals = 0;

  get size(): number {
    return this.#entries.length;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  add(id: string, whose: Whose): void {
    this.#insert(id, whose, this.#arrivals);
    this.#arrivals += 1;
  }

  /** How many would be before an id that came now. */
  ahead(whose: Whose): number {
    return this.#before(this.#placeFor(whose, this.#arrivals));
  }

  position(id: string): number | null {
    const entry = this.#byId.get(id);
    return entry ? this.#before(entry) : null;
  }

  takeFirst(): { id: string; whose: Whose } | undefined {
    const first = this.#entries.shift();
    if (!first) return undefined;
    const { owner } = first.whose;
    this.#byId.delete(first.id);
    this.#beginRound(first.round);
    this.#nth = first.nth;
    this.#served.add(owner);
    if (this.#latest.get(owner) === first.round) this.#latest.delete(owner);
    return first;
  }

  /** @returns whether it waited */
  remove(id: string): boolean {
    const gone = this.#byId.get(id);
    if (!gone) return false;
    const { owner } = gone.whose;
    // What the same owner handed in later moves up by one turn.
    const later = this.#entries.filter(({ whose, round }) => whose.owner === owner && round > gone.round);
    const leaving = new Set([gone, ...later]);
    const staying = this.#entries.filter((entry) => !leaving.has(entry));
    this.#entries.splice(0, this.#entries.length, ...staying);
    this.#byId.delete(id);
    const earlier = staying.findLast(({ whose }) => whose.owner === owner);
    if (earlier) this.#latest.set(owner, earlier.round);
    else this.#latest.delete(owner);
    for (const other of later) this.#insert(other.id, other.whose, other.arrival);
    return true;
  }

  #placeFor({ owner, course }: Whose, arrival: number): Place {
    const free = this.#served.has(owner) ? this.#round + 1 : this.#round;
    const round = Math.max(free, (this.#latest.get(owner) ?? -1) + 1);
    const next = this.#turns.get(round)?.get(course) ?? 0;
    return { round, nth: round === this.#round ? Math.max(next, this.#nth) : next, arrival };
  }

  /** How many ids are before this place. */
  #before(place: Place): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry && isBefore(entry, place)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(id: string, whose: Whose, arrival: number): void {
    const entry = { ...this.#placeFor(whose, arrival), id, whose };
    this.#entries.splice(this.#before(entry), 0, entry);
    this.#byId.set(id, entry);
    this.#latest.set(whose.owner, entry.round);
    const courses = this.#turns.get(entry.round) ?? new Map<string, number>();
    this.#turns.set(entry.round, courses.set(whose.course, entry.nth + 1));
  }

  #beginRound(round: number): void {
    if (round === this.#round) return;
    this.#round = round;
    this.#nth = 0;
    this.#served.clear();
    for (const past of this.#turns.keys()) if (past < round) this.#turns.delete(past);
  }
}
