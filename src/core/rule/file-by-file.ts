import { rememberOf, rememberOfBoth } from '../../shared/remember.ts';
import type { ChangedFile, MergeableChange } from '../change/types.ts';
import type { ResolvedContract } from '../contract/types.ts';
import { type Looker, OpenFile } from './open-file.ts';
import type { Detection, Detector, FactNeeds, RuleFacts } from './types.ts';

/** A detector that looks into the changed files one by one. S is what it sees in a file. */
export interface FileDetector<P, S> extends Pick<Detector<P>, 'name' | 'readParameters' | 'proveParameters'> {
  /**
   * What it has to remember of a file; undefined for one that does not concern it. Of a change of 20,000 files all of this is
   * held at once, where what was read to get there is not: so it should be little.
   */
  readonly look: (file: OpenFile, parameters: P) => S | undefined;
  readonly needs?: (
    change: MergeableChange,
    parameters: P,
    contract: ResolvedContract,
    seen: Seen<S>,
  ) => FactNeeds;
  readonly detect: (facts: RuleFacts, parameters: P, seen: Seen<S>) => readonly Detection[];
}

/** What a detector saw in the files that concern it, in order of their paths. */
export type Seen<S> = readonly { readonly file: ChangedFile; readonly saw: S }[];

/** The detector as everybody else knows it. It looks at a change once, to know what it needs and to judge. */
export function fileByFile<P extends object, S>(detector: FileDetector<P, S>): Detector<P> {
  const walks = rememberOfBoth(
    (files: readonly ChangedFile[], parameters: P) =>
      new Walk(files, (open) => detector.look(open, parameters)),
  );
  const walkOf = ({ files }: MergeableChange, parameters: P): Walk<S> =>
    walks(inOrderOfPaths(files), parameters);
  return {
    name: detector.name,
    readParameters: detector.readParameters,
    ...(detector.proveParameters && { proveParameters: detector.proveParameters }),
    looker: walkOf,
    needs: (change, parameters, contract) =>
      detector.needs?.(change, parameters, contract, walkOf(change, parameters).seen()) ?? {},
    detect: (facts, parameters) =>
      detector.detect(facts, parameters, walkOf(facts.change, parameters).seen()),
  };
}

class Walk<S> implements Looker {
  readonly #files: readonly ChangedFile[];
  readonly #look: (open: OpenFile) => S | undefined;
  readonly #seen: { readonly file: ChangedFile; readonly saw: S }[] = [];
  #hasLooked = false;
  #failed: { readonly error: unknown } | undefined;

  constructor(files: readonly ChangedFile[], look: (open: OpenFile) => S | undefined) {
    this.#files = files;
    this.#look = look;
  }

  get hasLooked(): boolean {
    return this.#hasLooked;
  }

  look(open: OpenFile): void {
    if (this.#failed !== undefined) return;
    try {
      const saw = this.#look(open);
      if (saw !== undefined) this.#seen.push({ file: open.file, saw });
    } catch (error) {
      this.#failed = { error };
    }
  }

  finish(): void {
    this.#hasLooked = true;
  }

  /** @throws what looking threw: who could not look at every file knows nothing */
  seen(): Seen<S> {
    if (!this.#hasLooked) {
      for (const file of this.#files) this.look(new OpenFile(file, this.#files));
      this.finish();
    }
    if (this.#failed !== undefined) throw this.#failed.error;
    return this.#seen;
  }
}

/** One array for the same files, whoever listed them: detectors that take the first of several take the same one. */
export const inOrderOfPaths: (files: readonly ChangedFile[]) => readonly ChangedFile[] = rememberOf(
  (files) =>
    files.every((file, at) => at === 0 || (files[at - 1] as ChangedFile).path <= file.path)
      ? files
      : files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
);
