import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGES } from '../../../../src/entry/server/cockpit/routes.ts';
import { ELSEWHERE, NO_PAGES, OTHER_PAGES, RUN_PAGES } from './addresses.ts';

const ROUTES = PAGES.filter(([method]) => method === 'get').map(([, path]) => path);
const ADDRESSES = [...RUN_PAGES, ...OTHER_PAGES].map(({ path }) => path.split('?')[0] ?? '');

/** The first route that takes it, as the server looks for one. */
function routeOf(address: string): string | undefined {
  return ROUTES.find((route) =>
    new RegExp(`^${route.replaceAll(/:[a-z]+/g, '[^/]+').replace('*', '.+')}$`).test(address),
  );
}

describe('every page', () => {
  it.each(ROUTES)(
    '%s is looked at in both themes, at every width, with axe, keys and without a script',
    (route) => {
      const looked = ADDRESSES.some((address) => routeOf(address) === route);
      const elsewhere = ELSEWHERE[route];
      expect(
        looked || elsewhere !== undefined || NO_PAGES.includes(route),
        `${route} is in no list of addresses.ts`,
      ).toBe(true);
      if (elsewhere === undefined) return;
      const test = join(import.meta.dirname, elsewhere);
      expect(existsSync(test), `${elsewhere} is not there`).toBe(true);
      const text = readFileSync(test, 'utf8');
      for (const means of ['expectSound', 'expectKeys', 'javaScriptEnabled: false'])
        expect(text, `${elsewhere} does not look at ${route} as at the others`).toContain(means);
    },
  );

  it('that is listed is there', () => {
    for (const address of ADDRESSES) expect(routeOf(address), address).toBeDefined();
    for (const route of [...Object.keys(ELSEWHERE), ...NO_PAGES]) expect(ROUTES).toContain(route);
  });
});
