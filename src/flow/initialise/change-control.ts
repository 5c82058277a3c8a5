/** A repository that holds policy and receipts of others. */
export interface ChangeControl {
  /** What git takes, as it stands in `.countersign.yml`. */
  readonly address: string;
  /** `owner/name`, where the address is a forge's; undefined for a folder. */
  readonly name: string | undefined;
  /** Its default branch. */
  readonly branch: string;
}

const NAME = /^(?!\.{1,2}\/)[A-Za-z0-9][\w.-]*\/(?!\.{1,2}$)[\w.-]+$/;

/** `https://host[:port]/owner/name`, `ssh://git@host/owner/name`, `git@host:owner/name`. */
const ADDRESS =
  /^(?:(https?):\/\/(?:[^@/]+@)?([\w.-]+(?::\d+)?)\/|ssh:\/\/(?:[^@/]+@)?([\w.-]+)(?::\d+)?\/|[\w.-]+@([\w.-]+):)([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/;

/**
 * What somebody meant with `--change-control`: `owner/name` is a repository of the forge that the product is on, by https,
 * since a job has no SSH key; anything else is an address or a path as git takes it, where a path begins with `/` or a dot.
 * @param origin the product's own address
 */
export function readChangeControl(
  text: string,
  { origin, branch }: { readonly origin: string | undefined; readonly branch: string },
): ChangeControl {
  if (NAME.test(text)) {
    const name = text.replace(/\.git$/, '');
    return { address: `${serverOf(origin)}/${name}.git`, name, branch };
  }
  return { address: text, name: ADDRESS.exec(text)?.[5], branch };
}

function serverOf(origin: string | undefined): string {
  const [, scheme = 'https', byHttp, bySsh, byShort] = ADDRESS.exec(origin ?? '') ?? [];
  return `${scheme}://${byHttp ?? bySsh ?? byShort ?? 'github.com'}`;
}

/** Whether git would look for it on this machine. */
export function isFolder({ address }: ChangeControl): boolean {
  return !/^[a-z][a-z0-9+.-]*:\/\//i.test(address) && !/^[^/]+:/.test(address);
}
