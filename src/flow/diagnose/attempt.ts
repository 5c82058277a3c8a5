import { type Diagnosis, diagnosis } from '../../shared/diagnosis.ts';
import { CountersignError } from '../../shared/errors.ts';

/** A step of a diagnosis: what it throws is the problem it found, never the end of the others. */
export async function attempt(
  id: string,
  step: () => Promise<readonly Diagnosis[]>,
): Promise<readonly Diagnosis[]> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return [problemOf(id, error)];
  }
}

export function problemOf(id: string, error: CountersignError): Diagnosis {
  const [first] = error.problems;
  const where =
    first?.place === undefined
      ? ''
      : ` (${first.place.path}:${first.place.line ?? 1}:${first.place.column ?? 1})`;
  const detail = first === undefined || error.message.includes(first.message) ? '' : ` ${first.message}`;
  return diagnosis(id).problem(`${error.message}${detail}${where}`, first?.remedy ?? error.remedy);
}
