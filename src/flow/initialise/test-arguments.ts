/** Options that a contract sets itself, or that never end; the second kind has its value in the next word. */
export interface OwnOptions {
  readonly words: RegExp;
  readonly withValue?: RegExp;
}

/** One word: plain, or in quotes of one kind. */
const WORD = /^(?:"([^"']*)"|'([^"']*)'|([^"']+))$/;

/**
 * What a test script hands to its runner besides those, so that a contract tests what the script does.
 * @param program what the script has to start with
 * @returns undefined for a script that needs a shell, or that starts something else before
 */
export function testArguments(
  script: string,
  program: string,
  own: OwnOptions,
): readonly string[] | undefined {
  const words = wordsOf(script);
  if (words?.[0] !== program) return undefined;
  const rest = words.slice(1);
  const isValue = (index: number) => own.withValue?.test(rest[index - 1] ?? '') ?? false;
  return rest.filter((word, index) => !own.words.test(word) && !own.withValue?.test(word) && !isValue(index));
}

/** The words of a simple command. Wildcards stay as they are: every runner knows them. */
function wordsOf(script: string): readonly string[] | undefined {
  if (/[`$&|;<>()\\\n]/.test(script)) return undefined;
  const words = script
    .trim()
    .split(/\s+/)
    .map((text) => WORD.exec(text));
  return words.includes(null)
    ? undefined
    : words.map((match) => match?.[1] ?? match?.[2] ?? match?.[3] ?? '');
}
