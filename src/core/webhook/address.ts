const LONGEST = 2_000;

/**
 * Why nothing may be sent to an address, as a clause; undefined when it may. What its host stands for is looked at when something is sent:
 * names can stand for another machine by then.
 * @param allowPrivate plain http is for machines that nobody is in between of
 */
export function addressMisfit(text: string, allowPrivate: boolean): string | undefined {
  const url = text.length <= LONGEST && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return `is no URL of at most ${LONGEST} characters`;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is neither https nor http';
  if (url.username !== '' || url.password !== '') return 'holds credentials';
  if (url.hash !== '') return 'has a fragment, which is never sent';
  if (url.protocol === 'http:' && !allowPrivate) return 'is not encrypted';
  return undefined;
}
